"""Constraints: what data, or reports, an artefact may have or has.

Source: SDMX 3.0 section 2, "Constraints"; SDMX 3.1 (AvailabilityConstraint, no ReleaseCalendar).
"""

from __future__ import annotations

from dataclasses import dataclass

from publisher.structures.model_base import Maintainable
from publisher.structures.urns import Ref


@dataclass(frozen=True)
class MemberSelection:
    """Values of one component, or a time range `start`/`end`."""

    component: str
    values: tuple[str, ...] = ()
    is_included: bool = True
    start: str | None = None
    end: str | None = None
    start_included: bool = True
    end_included: bool = True
    cascading: tuple[str, ...] = ()  # of `values`, those that stand for their descendants too
    is_key: bool = True  # a dimension (KeyValue); False: an attribute or measure (Component)
    valid_from: str | None = None
    valid_to: str | None = None
    remove_prefix: bool | None = None  # 3.0: codes are written without the prefix of their extension


@dataclass(frozen=True)
class CubeRegion:
    """Also the MetadataTargetRegion of a metadata constraint, which alone has a validity."""

    selections: tuple[MemberSelection, ...] = ()
    is_included: bool = True
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass(frozen=True)
class DataKey:
    """One combination of values; a dimension that is not named may have any."""

    selections: tuple[MemberSelection, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass(frozen=True)
class DataKeySet:
    keys: tuple[DataKey, ...] = ()
    is_included: bool = True


@dataclass(frozen=True)
class ReleaseCalendar:
    """When data are released, as ISO 8601 durations: how often, how long after, how much later at most."""

    periodicity: str
    offset: str
    tolerance: str


@dataclass(frozen=True)
class DataConstraint(Maintainable):
    """What a dataflow, structure or agreement may hold (Allowed) or holds (Actual)."""

    kind = "dataconstraint"
    role: str = "Allowed"
    attached_to: tuple[Ref, ...] = ()
    regions: tuple[CubeRegion, ...] = ()
    key_sets: tuple[DataKeySet, ...] = ()
    calendar: ReleaseCalendar | None = None
    series_count: int | None = None
    obs_count: int | None = None


@dataclass(frozen=True)
class AvailabilityConstraint(DataConstraint):
    """An Actual constraint as SDMX 3.1 writes it: not maintained, its name says nothing."""

    role: str = "Actual"


@dataclass(frozen=True)
class MetadataConstraint(Maintainable):
    """What values reports may have, by metadata attribute."""

    kind = "metadataconstraint"
    role: str = "Allowed"
    attached_to: tuple[Ref, ...] = ()
    regions: tuple[CubeRegion, ...] = ()
    calendar: ReleaseCalendar | None = None
