"""What a release does to the store, and the record that is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from publisher.structures.urns import Ref


@dataclass(frozen=True)
class Change:
    """One dataflow's part of a release.

    `table` has string columns named by component id: all dimensions (never null, keys unique),
    measures (decimal text, null: missing) and attributes (null: absent). Replace: what the provider
    had inside `scope` goes, `table` comes. Merge: keys of `table` are inserted or updated, null
    leaves what was there, except a measure whose status says that it is missing. Delete: the keys go.
    """

    dataflow: Ref
    action: str
    scope: Mapping[str, tuple[str, ...]]
    table: pa.Table
    lineage: pa.Table | None = None  # dimensions, and where each figure stood in the provider's own table


@dataclass(frozen=True)
class Release:
    """What is frozen together under one id."""

    id: str  # <provider>-<the provider's name of the release>, lower case, [a-z0-9._-]
    provider: str  # data provider id
    instant: datetime  # aware UTC, whole seconds
    changes: tuple[Change, ...]
    descriptors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # package name → descriptor
    files: Mapping[str, str] = field(default_factory=dict)  # "<package>/<path>" → sha256, as delivered
    warnings: tuple[Mapping[str, Any], ...] = ()  # findings kept with the release
    about: Mapping[str, Any] = field(default_factory=dict)  # said of it: corrects, withdraws, reason
