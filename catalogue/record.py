"""What a catalogue shall say, in CKAN's words: the desired state that a sync converges to.

Source: CKAN 2.12 Action API (package, resource, organization, group).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Organization:
    name: str  # [a-z0-9_-]
    title: str
    description: str = ""
    extras: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    name: str
    title: str
    description: str = ""
    extras: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """The rows of a resource, for a catalogue's datastore; what their columns are is in `extra["schema"]`."""

    count: int
    content: str  # SHA-256 of the file that they are read from
    # (first, how many) → rows in the file's order, by column
    read: Callable[[int, int], list[dict[str, Any]]] = field(compare=False)
    most: int = 250_000  # with more rows there is no table
    at_once: int = 5_000  # rows that are told in one call

    @property
    def is_wanted(self) -> bool:
        return self.count <= self.most


@dataclass(frozen=True)
class Resource:
    id: str  # deterministic uuid5, stable over releases
    name: str
    url: str
    format: str  # CSV, SDMX-CSV, SDMX-JSON, SDMX-ML, …
    description: str = ""
    mimetype: str | None = None
    size: int | None = None
    hash: str = ""  # bare hex sha256 of a file; empty for a live query
    extra: Mapping[str, Any] = field(default_factory=dict)  # kept by CKAN as they are
    rows: Rows | None = None


@dataclass(frozen=True)
class Dataset:
    name: str  # <provider>-<dataflow>, lower case: the deterministic key
    title: str
    notes: str
    owner_org: str  # organization name
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    license_id: str = ""
    url: str = ""
    version: str = ""
    author: str = ""
    maintainer: str = ""
    maintainer_email: str = ""
    extras: Mapping[str, str] = field(default_factory=dict)  # title_id, dsd_urn, num_series, temporal…
    resources: tuple[Resource, ...] = ()
    vocabularies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # name → tags, where wished


@dataclass(frozen=True)
class Catalogue:
    """All records of one vintage."""

    organizations: tuple[Organization, ...]
    groups: tuple[Group, ...]
    datasets: tuple[Dataset, ...]
