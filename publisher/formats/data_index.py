"""What SDMX-JSON data messages point at: the structure of data sets, and the values of its components.

Observations are indexes into these lists; they hold only what is used. Data sets of one structure
share one description.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from publisher.formats.fragments import FEW, Render
from publisher.formats.jsontext import single
from publisher.formats.layout import SEPARATOR, Layout, most_severe, primary
from publisher.structures import periods
from publisher.structures.definition import Resolved
from publisher.structures.model import (
    DATASET,
    DIMENSIONS,
    GROUP,
    Attribute,
    Dimension,
    Measure,
    Text,
    text,
)
from publisher.structures.urns import Ref

Json = dict[str, Any]
EVERY_LANGUAGE = "*"  # among the languages: names in all languages
LEVELS = ("dataSet", "dimensionGroup", "series", "observation")
_ID = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@$-")
_LENGTHS = ("minLength", "maxLength")


@dataclass(frozen=True)
class Version:
    """What differs between the versions of SDMX-JSON."""

    schema: str
    actions: Mapping[str, str] = field(default_factory=lambda: {"Merge": "Append"})
    has_root: bool = False  # `$schema`, else `meta.schema`
    has_many: bool = True  # `structures`, else one `structure`
    has_measures: bool = True  # they are described, and the level of groups of dimensions is there
    has_formats: bool = True  # of what has no code list
    several: str = "entries"  # values of one attribute: their own "entries", "lists" of indexes, the "first"


@dataclass(frozen=True)
class Indexed:
    """Data sets of one structure, and the values that their indexes point at."""

    layouts: tuple[Layout, ...]
    numbers: tuple[int, ...]  # their places among the data sets of the message
    languages: tuple[str, ...]
    version: Version

    @property
    def layout(self) -> Layout:
        """Any of them: they have the same dimensions."""
        return self.layouts[0]

    @cached_property
    def attributes(self) -> tuple[Resolved, ...]:
        """Those that any of the data sets has, in structure order."""
        used = {a.id for layout in self.layouts for a in layout.attributes}
        return tuple(a for a in self.layout.dataset.definition.attributes if a.id in used)

    @cached_property
    def measures(self) -> tuple[Resolved, ...]:
        used = {m.id for layout in self.layouts for m in layout.measures}
        found = tuple(m for m in self.layout.dataset.definition.measures if m.id in used)
        return found if self.version.has_measures else primary(found)

    @cached_property
    def used(self) -> dict[str, list[str]]:
        """Component → the values that the list in the structure holds, in order."""
        components = (*self.layout.dimensions, *self.attributes)
        found = [
            layout.used(*(c.id for c in (*layout.dimensions, *layout.attributes))) for layout in self.layouts
        ]
        return {
            c.id: self._listed(c, list(dict.fromkeys(chain(*(f.get(c.id, ()) for f in found)))))
            for c in components
        }

    def _listed(self, component: Resolved, values: Sequence[str]) -> list[str]:
        """Of values that stand together each by itself, or all that stand together as well.

        The 2.0.0 schema refuses lists of indexes (a list of integers is one of numbers too, and it wants
        exactly one of both); so values that stand together are one entry, and have one index.
        """
        if not component.is_array or (component.codes is None and self.version.several == "lists"):
            return list(values)
        if self.version.several == "first":
            return list(dict.fromkeys(value.partition(SEPARATOR)[0] for value in values))
        place = {code: n for n, code in enumerate(component.codes.items)} if component.codes else {}
        alone = {part for value in values for part in value.split(SEPARATOR)}
        found = sorted(alone, key=lambda value: (place.get(value, len(place)), value))
        together = [value for value in values if SEPARATOR in value]
        return found if self.version.several == "lists" else [*found, *together]

    def index(self, component: Resolved) -> Render:
        """Values to their places in the list, as text."""
        used = self.used[component.id]
        place = {value: str(number) for number, value in enumerate(used)}
        if component.is_array and self.version.several == "lists" and component.codes is not None:
            return lambda texts: _lists(texts, place)
        if component.is_array and self.version.several == "first":
            return lambda texts: _indexes(most_severe(texts), place)
        return lambda texts: _indexes(texts, place)

    # -- levels

    @cached_property
    def levels(self) -> dict[str, str]:
        """Attribute → at which of `LEVELS` it is written."""
        return {a.id: self._level(a) for a in self.attributes}

    def _level(self, attribute: Resolved) -> str:
        if attribute.id not in self.layout.above:
            return "observation"
        if isinstance(attribute.component, Attribute) and attribute.component.attachment == DATASET:
            values = {
                layout.same_everywhere(attribute) for layout in self.layouts if attribute in layout.attributes
            }
            if len(values) == 1 and None not in values:
                return "dataSet"
        if self.layout.is_flat:
            return "dimensionGroup" if self.version.has_measures else "observation"
        return "series"

    def at(self, level: str) -> list[Resolved]:
        return [a for a in self.attributes if self.levels[a.id] == level]

    # -- the structure

    def structure(self) -> Json:
        layout, version = self.layout, self.version
        in_key = [] if layout.is_flat else layout.series_dimensions
        at_observation = [d for d in layout.dimensions if d not in in_key]
        dimensions: dict[str, Sequence[Resolved]] = {
            "dataSet": [],
            "series": in_key,
            "observation": at_observation,
        }
        levels = LEVELS if version.has_measures else tuple(n for n in LEVELS if n != "dimensionGroup")
        about: Json = {"dataSets": list(self.numbers)} if version.has_many else {}
        about |= {"links": [link(layout.structure)], **self._named(layout.dataset.definition.dataflow.name)}
        about["dimensions"] = {n: [self._dimension(d) for d in found] for n, found in dimensions.items()}
        if version.has_measures:
            about["measures"] = {"observation": [self._measure(m) for m in self.measures]}
        about["attributes"] = {level: [self._attribute(a) for a in self.at(level)] for level in levels}
        return about

    def _named(self, name: Text, otherwise: str = "") -> Json:
        """`name` in the best language, and `names` in all where those are asked for."""
        found: Json = {"name": text(name, self.languages) or otherwise}
        if EVERY_LANGUAGE in self.languages and name:
            found["names"] = dict(name)
        return found

    def _component(self, component: Resolved) -> Json:
        found = {"id": component.id, **self._named(component.name, component.id)}
        roles = getattr(component.component, "roles", ())
        found |= {"roles": [role.item or role.id for role in roles]} if roles else {}
        if component.codes is None and self.version.has_formats:
            facets = component.representation.facets
            lengths = {n: int(facets[n]) for n in _LENGTHS if facets.get(n, "0") != "0"}
            found["format"] = {"dataType": component.representation.text_type, **lengths}
        if component.is_array and self.version.several == "lists":
            most = component.representation.max_occurs
            found |= {"minOccurs": component.representation.min_occurs, "maxOccurs": most or "unbounded"}
        return found

    def _dimension(self, dimension: Resolved) -> Json:
        definition = self.layout.dataset.definition
        every = [*definition.dimensions, *([definition.time] if definition.time else [])]
        found = {**self._component(dimension), "keyPosition": every.index(dimension)}
        values = self._values(dimension)
        return found | ({"values": values} if values or not self.version.has_root else {})

    def _measure(self, measure: Resolved) -> Json:
        assert isinstance(measure.component, Measure)
        return {**self._component(measure), "isMandatory": measure.component.is_mandatory}

    def _attribute(self, attribute: Resolved) -> Json:
        component = attribute.component
        assert isinstance(component, Attribute)
        found = self._component(attribute)
        if self.version.has_measures:
            found["isMandatory"] = component.is_mandatory
        found["relationship"] = self._relationship(component)
        values = self._values(attribute)
        return found | ({"values": values} if values or not self.version.has_measures else {})

    def _relationship(self, component: Attribute) -> Json:
        if component.attachment == DATASET:
            return {"dataflow" if self.version.has_measures else "none": {}}
        dimensions = component.attached_to
        if component.attachment == GROUP:
            groups = {g.id: g.dimensions for g in self.layout.dataset.definition.structure.groups}
            dimensions = tuple(d for group in component.attached_to for d in groups.get(group, ()))
        if component.attachment in (DIMENSIONS, GROUP) and dimensions:
            return {"dimensions": list(dimensions)}
        if self.version.has_measures:
            return {"observation": {}}
        return {"primaryMeasure": next((m.id for m in self.measures), "OBS_VALUE")}

    # -- values

    def _values(self, component: Resolved) -> list[Json]:
        if isinstance(component.component, Dimension):
            of = self._period if component.component.is_time else self._of_dimension
            return [of(component, value) for value in self.used[component.id]]
        return [self._value(component, value) for value in self.used[component.id]]

    def _of_dimension(self, component: Resolved, value: str) -> Json:
        if component.codes is None and not self.version.has_measures:
            return {"id": value, "name": value}  # 1.0 has nothing else
        return self._value(component, value)

    def _period(self, _: Resolved, value: str) -> Json:
        moments = _moments(value)
        is_named = not self.version.has_root and (set(value) <= _ID or not self.version.has_measures)
        return ({"id": value, "name": value} if is_named else {"value": value}) | moments

    def _value(self, component: Resolved, value: str) -> Json:
        if component.codes is None:
            return self._uncoded(component, value)
        if SEPARATOR in value:
            return {"values": value.split(SEPARATOR)}
        items = component.codes.items
        name = items[value].name if value in items else Text()
        if set(value) <= _ID or not self.version.has_measures:
            return {"id": value, **self._named(name, value)}
        return {"value": value}  # a value list's: its ids may be any text

    def _uncoded(self, component: Resolved, value: str) -> Json:
        type_ = component.representation.text_type
        if not self.version.has_measures:
            return {"name": value}
        if SEPARATOR in value or (component.is_array and self.version.several == "lists"):
            return {"values": [single(part, type_) for part in value.split(SEPARATOR)]}
        return {"value": single(value, type_)}


@lru_cache(4096)
def _moments(period: str) -> Json:
    """First and last second of a period."""
    span = periods.parse(period)
    last = span.end - timedelta(seconds=1)
    return {"start": f"{span.start.isoformat()}Z", "end": f"{last.isoformat(timespec='seconds')}Z"}


def _indexes(texts: pa.Array, place: Mapping[str, str]) -> pa.Array:
    if len(texts) <= FEW:
        return pa.array([place.get(value) for value in texts.to_pylist()], pa.string())
    found = pc.index_in(texts, value_set=pa.array(place, pa.string()))
    return pa.array(place.values(), pa.string()).take(found)


def _lists(texts: pa.Array, place: Mapping[str, str]) -> pa.Array:
    values = texts.to_pylist()
    found = {
        v: f"[{','.join(place.get(p, '') for p in v.split(SEPARATOR))}]" for v in set(values) if v is not None
    }
    return pa.array([found.get(v) for v in values], pa.string())


def link(ref: Ref) -> dict[str, str]:
    return {"urn": ref.urn, "rel": ref.kind if ref.kind != "datastructure" else "structure"}
