"""Where data sets of a structure have their components, before there are any: what schemas describe.

The same decisions as `layout.Layout` makes of observations at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from publisher.formats.layout import ALL_DIMENSIONS
from publisher.formats.message import SchemaRequest
from publisher.structures.definition import Resolved
from publisher.structures.model import DATASET, DIMENSIONS, GROUP, OBSERVATION, Attribute, Group
from publisher.structures.urns import Ref


@dataclass(frozen=True)
class Levels:
    """The components of a structure, sorted by where its data sets have them."""

    request: SchemaRequest

    @property
    def structure(self) -> Ref:
        return self.request.structure or self.request.definition.dataflow.ref

    @property
    def is_flat(self) -> bool:
        return self.request.dimension_at_observation == ALL_DIMENSIONS

    @cached_property
    def dimensions(self) -> tuple[Resolved, ...]:
        """In key order, time last."""
        definition = self.request.definition
        return (*definition.dimensions, *((definition.time,) if definition.time else ()))

    @cached_property
    def series_dimensions(self) -> tuple[Resolved, ...]:
        """None in a flat data set."""
        at = self.request.dimension_at_observation
        return () if self.is_flat else tuple(d for d in self.dimensions if d.id != at)

    @property
    def observation_dimensions(self) -> tuple[Resolved, ...]:
        return tuple(d for d in self.dimensions if d not in self.series_dimensions)

    def attributes(self, level: str) -> tuple[Resolved, ...]:
        """Those at "dataset", "group", "series" or "observation"."""
        return tuple(a for a in self.request.definition.attributes if self._level(a) == level)

    def _level(self, attribute: Resolved) -> str:
        component = attribute.component
        assert isinstance(component, Attribute)
        if component.attachment == DATASET:
            return "dataset"
        if component.attachment == GROUP and any(a.id in component.attached_to for a in self.groups):
            return "group"
        if self.is_flat or component.attachment == OBSERVATION or self._below in self._keys(component):
            return "observation"
        return "series"

    @property
    def _below(self) -> str | None:
        """The dimension that no series or group can have: what hangs on it is the observation's."""
        time = self.request.definition.time
        return (time.id if time else None) if self.is_flat else self.request.dimension_at_observation

    def _keys(self, component: Attribute) -> Sequence[str]:
        if component.attachment == DIMENSIONS:
            return component.attached_to
        groups = self.request.definition.structure.groups
        return [d for g in groups if g.id in component.attached_to for d in g.dimensions]

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups that a data set has as such: their key has no part at the observation."""
        groups = self.request.definition.structure.groups
        return tuple(g for g in groups if self._below not in g.dimensions)

    def group_attributes(self, group: Group) -> tuple[Resolved, ...]:
        return tuple(a for a in self.attributes("group") if group.id in a.component.attached_to)  # type: ignore[attr-defined]

    def values(self, component: Resolved) -> tuple[str, ...] | None:
        """What may stand there, in the order of its list; None: it has no list."""
        allowed = self.request.allowed.get(component.id)
        if component.codes is None:
            # `%` in a constraint stands for any text (SDMX-ML 3.0, SimpleComponentValueType)
            return None if not allowed or any("%" in value for value in allowed) else tuple(sorted(allowed))
        return tuple(code for code in component.codes.items if allowed is None or code in allowed)
