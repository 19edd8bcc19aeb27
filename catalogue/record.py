"""What a catalogue shall say, in CKAN's words: the desired state that a sync converges to.

Source: CKAN 2.12 Action API (package, resource, organization, group).
"""

from __future__ import annotations

from collections.abc import Mapping
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


@dataclass(frozen=True)
class Catalogue:
    """All records of one vintage."""

    organizations: tuple[Organization, ...]
    groups: tuple[Group, ...]
    datasets: tuple[Dataset, ...]
