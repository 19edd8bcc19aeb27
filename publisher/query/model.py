"""What a client asks, as frozen data: the same for REST 1.5 and REST 2.2. No HTTP, no storage.

Source: SDMX REST 2.2.2 doc/data.md, doc/structures.md, doc/availability.md, doc/schema.md;
SDMX REST 1.5.0. `v1.parse` and `v2.parse` make these; `rest` answers them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ANY = "*"

# What was passed over in a query that is answered all the same; no part of its meaning.
Warnings = tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """Which maintainable artefacts: each part several values, or `*`; versions in the grammar of
    doc/querying_versions.md (`1.0.0`, `+`, `~`, `*`, `2.3+.1`, …), already checked for form."""

    context: str  # dataflow | datastructure | provisionagreement | … | *
    agencies: tuple[str, ...] = (ANY,)
    ids: tuple[str, ...] = (ANY,)
    versions: tuple[str, ...] = (ANY,)


# One key: for each dimension in order the codes asked for, None for any. What is missing at the
# end is any (doc/data.md, `key`), so the one key `*` is the empty tuple. REST 1.5 wants either
# all dimensions or none: `rest` holds a v1 key to that, since only it knows the structure.
Key = tuple[tuple[str, ...] | None, ...]


@dataclass(frozen=True)
class Condition:
    operator: str  # eq ne lt le gt ge co nc sw ew
    value: str


@dataclass(frozen=True)
class Filter:
    """`c[COMPONENT]=…`: alternatives (`,`), each of conditions that hold together (`+`)."""

    component: str
    alternatives: tuple[tuple[Condition, ...], ...]


@dataclass(frozen=True)
class DataQuery:
    target: Target
    keys: tuple[Key, ...] = ((),)
    filters: tuple[Filter, ...] = ()
    providers: tuple[tuple[str | None, str], ...] = ()  # v1 providerRef: agency or None, provider id
    first_n: int | None = None
    last_n: int | None = None
    updated_after: str | None = None
    as_of: str | None = None
    include_history: bool = False
    dimension_at_observation: str | None = None  # None: TIME_PERIOD, or AllDimensions without time
    attributes: tuple[str, ...] = ("dsd",)  # dsd msd dataset series obs all none, or ids
    measures: tuple[str, ...] = ("all",)  # all none, or ids
    limit: int | None = None
    offset: int = 0
    sort: tuple[tuple[str, bool], ...] = ()  # component or series_key or *, descending
    reporting_year_start_day: str | None = None
    api: str = "v2"  # which generation asks: decides 204 or 404 and the default format
    warnings: Warnings = field(default=(), compare=False)

    @property
    def with_observations(self) -> bool:
        """False for series keys only (`measures=none&attributes=none`, `detail=serieskeysonly`)."""
        return not (self.measures == ("none",) and set(self.attributes) <= {"none", "series", "dataset"})


@dataclass(frozen=True)
class StructureQuery:
    kinds: tuple[str, ...]  # REST 2 names, or *
    target: Target
    items: tuple[str, ...] = (ANY,)
    detail: str = "full"
    references: tuple[str, ...] = ("none",)
    as_of: str | None = None
    role: str | None = None  # v1 actualconstraint, allowedconstraint: Actual or Allowed only
    api: str = "v2"
    warnings: Warnings = field(default=(), compare=False)


@dataclass(frozen=True)
class AvailabilityQuery:
    data: DataQuery
    components: tuple[str, ...] = (ANY,)
    mode: str = "exact"
    references: tuple[str, ...] = ("none",)
    api: str = "v2"
    warnings: Warnings = field(default=(), compare=False)


@dataclass(frozen=True)
class SchemaQuery:
    target: Target
    dimension_at_observation: str | None = None
    as_of: str | None = None
    deletion: bool = False
    api: str = "v2"
    warnings: Warnings = field(default=(), compare=False)


# A provider as `providerRef` names it: agency, None for any, and id.
Provider = tuple[str | None, str]


@dataclass(frozen=True)
class MetadataQuery:
    """Reference metadata: doc/metadata.md. `target` is of what `by` says: a metadata set by its provider
    (agencies) and id, a metadataflow, or the structures that metadata are attached to."""

    by: str  # metadataset | metadataflow | structure
    target: Target
    providers: tuple[Provider, ...] = ()  # of a metadataflow; none: all
    keys: tuple[Key, ...] = ((),)  # REST 1.5
    detail: str = "full"  # or allstubs
    as_of: str | None = None
    api: str = "v2"
    warnings: Warnings = field(default=(), compare=False)


@dataclass(frozen=True)
class RegistrationQuery:
    """Which data were registered when: doc/registration.md. By id, by provider, or by what `target` names."""

    target: Target = Target(ANY)
    ids: tuple[str, ...] = (ANY,)
    agencies: tuple[str, ...] = (ANY,)  # of the providers' schemes
    providers: tuple[str, ...] = (ANY,)
    updated_after: str | None = None  # exclusive, as updated_before
    updated_before: str | None = None
    as_of: str | None = None
    api: str = "v2"
    warnings: Warnings = field(default=(), compare=False)


Query = DataQuery | StructureQuery | AvailabilityQuery | SchemaQuery | MetadataQuery | RegistrationQuery
