"""A dataflow's structure with everything looked up: what readers, checks and writers work with.

`Registry.definition(dataflow)` makes it; it is frozen and may be kept as long as its registry.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from publisher.structures.model import (
    Attribute,
    Codelist,
    Component,
    Concept,
    Dataflow,
    DataStructure,
    Dimension,
    Measure,
    Representation,
    Text,
    ValueList,
)

# SDMX data types whose values are numbers (SDMX 3.0 section 2, "Representation": DataType)
NUMERIC = frozenset(
    {"BigInteger", "Integer", "Long", "Short", "Decimal", "Float", "Double", "Count", "Incremental"}
    | {"InclusiveValueRange", "ExclusiveValueRange"}
)


OBS_STATUS = "OBS_STATUS"  # cross-domain concept
# CL_OBS_STATUS: missing because of a holiday, not collected, cannot exist, missing, suppressed.
MISSING = frozenset("HLMOQ")
IN_ONLY = "IN_ONLY"  # annotation of an attribute that never leaves


@dataclass(frozen=True)
class Resolved:
    """A component, its concept, the representation that holds for it and its list of codes."""

    component: Component
    concept: Concept
    representation: Representation
    codes: Codelist | ValueList | None  # None: not enumerated

    @property
    def id(self) -> str:
        return self.component.id

    @property
    def name(self) -> Text:
        return self.component.name or self.concept.name

    @property
    def is_published(self) -> bool:
        """False for what is delivered for protection only (annotation IN_ONLY): no answer may tell it."""
        return not any(IN_ONLY in (a.id, a.type) for a in self.component.annotations)

    @property
    def is_array(self) -> bool:
        return self.representation.max_occurs != 1

    @property
    def is_numeric(self) -> bool:
        return self.codes is None and self.representation.text_type in NUMERIC


@dataclass(frozen=True)
class Definition:
    """One dataflow and its data structure, resolved."""

    dataflow: Dataflow
    structure: DataStructure
    components: dict[str, Resolved]  # dimensions in key order, time, measures, attributes

    @cached_property
    def dimensions(self) -> tuple[Resolved, ...]:
        """Key dimensions in order, without time."""
        return tuple(
            r
            for r in self.components.values()
            if isinstance(r.component, Dimension) and not r.component.is_time
        )

    @cached_property
    def time(self) -> Resolved | None:
        return next(
            (
                r
                for r in self.components.values()
                if isinstance(r.component, Dimension) and r.component.is_time
            ),
            None,
        )

    @cached_property
    def measures(self) -> tuple[Resolved, ...]:
        return tuple(r for r in self.components.values() if isinstance(r.component, Measure))

    @cached_property
    def attributes(self) -> tuple[Resolved, ...]:
        return tuple(r for r in self.components.values() if isinstance(r.component, Attribute))

    def attributes_of(self, *attachments: str) -> tuple[Resolved, ...]:
        """The attributes attached at one of `model.OBSERVATION, DATASET, GROUP, DIMENSIONS`."""
        return tuple(
            r
            for r in self.attributes
            if isinstance(r.component, Attribute) and r.component.attachment in attachments
        )
