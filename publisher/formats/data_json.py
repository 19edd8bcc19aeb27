"""SDMX-JSON 2.0 data messages, series by series and flat. Source: sdmx-json 2.0.0, schema and field guide.

Observations are indexes into the lists of values of `structures`; those hold only what is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from publisher.formats.fragments import Above, Field, Heading, Part, Render, Rows, chunks
from publisher.formats.jsontext import compact, numbers, single, strings
from publisher.formats.layout import SEPARATOR, Layout, missing
from publisher.formats.message import DataMessage, Header
from publisher.formats.xmltext import moment
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

SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/2.0.0/"
    "sdmx-json-data-schema.json"
)
EVERY_LANGUAGE = "*"  # among `Header.languages`: names in all languages
ACTIONS = {"Merge": "Append"}
LEVELS = ("dataSet", "dimensionGroup", "series", "observation")
_ID = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@$-")


def write_20(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-JSON 2.0.0."""
    return chunks(_write(message))


def _write(message: DataMessage) -> Iterator[str | memoryview]:
    indexed = [Indexed(Layout(dataset), message.header.languages) for dataset in message.datasets]
    yield f'{{"meta":{compact(_meta(message.header))},"data":{{"structures":['
    for number, one in enumerate(indexed):
        yield "," * bool(number) + compact(one.structure(number))
    yield '],"dataSets":['
    for number, one in enumerate(indexed):
        yield "," * bool(number)
        yield from _dataset(one, number)
    yield "]}}"


def _meta(header: Header) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "id": header.id,
        "test": header.test,
        "prepared": moment(header.prepared),
        "contentLanguages": [tag for tag in header.languages if tag != EVERY_LANGUAGE] or ["en"],
        "sender": {"id": header.sender},
    }


@dataclass(frozen=True)
class Indexed:
    """A data set, and the values that its indexes point at."""

    layout: Layout
    languages: tuple[str, ...]

    @cached_property
    def used(self) -> dict[str, list[str]]:
        """Component → the values that the list in `structures` holds, in order."""
        names = [c.id for c in (*self.layout.dimensions, *self.layout.attributes)]
        found = self.layout.used(*names)
        for attribute in self.layout.attributes:
            if attribute.is_array:
                found[attribute.id] = _singly_first(attribute, found[attribute.id])
        return found

    def level(self, attribute: Resolved) -> str:
        """At which of `LEVELS` the attribute is written."""
        if attribute.id not in self.layout.series.column_names:
            return "observation"
        if attribute in self.layout.attributes_at("dataset") and self.layout.same_everywhere(attribute):
            return "dataSet"
        return "dimensionGroup" if self.layout.is_flat else "series"

    def at(self, level: str) -> list[Resolved]:
        return [a for a in self.layout.attributes if self.level(a) == level]

    def structure(self, number: int) -> dict[str, Any]:
        layout = self.layout
        in_key = [] if layout.is_flat else layout.series_dimensions
        definition = layout.dataset.definition
        every = [*definition.dimensions, *([definition.time] if definition.time else [])]
        at_observation = [d for d in layout.dimensions if d not in in_key]
        dimensions = {"dataSet": [], "series": in_key, "observation": at_observation}
        return {
            "dataSets": [number],
            "links": [_link(layout.structure)],
            **self._named(definition.dataflow.name),
            "dimensions": {
                level: [
                    {**self._component(d), "keyPosition": every.index(d), "values": self._values(d)}
                    for d in found
                ]
                for level, found in dimensions.items()
            },
            "measures": {"observation": [self._measure(m) for m in layout.measures]},
            "attributes": {level: [self._attribute(a) for a in self.at(level)] for level in LEVELS},
        }

    def _named(self, name: Text, otherwise: str = "") -> dict[str, Any]:
        """`name` in the best language, and `names` in all where those are asked for."""
        found: dict[str, Any] = {"name": text(name, self.languages) or otherwise}
        if EVERY_LANGUAGE in self.languages and name:
            found["names"] = dict(name)
        return found

    def _component(self, component: Resolved) -> dict[str, Any]:
        found = {"id": component.id, **self._named(component.name, component.id)}
        roles = getattr(component.component, "roles", ())
        return found | ({"roles": [role.item or role.id for role in roles]} if roles else {})

    def _measure(self, measure: Resolved) -> dict[str, Any]:
        assert isinstance(measure.component, Measure)
        return {**self._component(measure), "isMandatory": measure.component.is_mandatory}

    def _attribute(self, attribute: Resolved) -> dict[str, Any]:
        component = attribute.component
        assert isinstance(component, Attribute)
        found = {**self._component(attribute), "isMandatory": component.is_mandatory}
        found["relationship"] = self._relationship(component)
        values = self._values(attribute)
        return found | ({"values": values} if values else {})

    def _relationship(self, component: Attribute) -> dict[str, Any]:
        if component.attachment == DATASET:
            return {"dataflow": {}}
        dimensions = component.attached_to
        if component.attachment == GROUP:
            groups = {g.id: g.dimensions for g in self.layout.dataset.definition.structure.groups}
            dimensions = tuple(d for group in component.attached_to for d in groups.get(group, ()))
        if component.attachment in (DIMENSIONS, GROUP) and dimensions:
            return {"dimensions": list(dimensions)}
        return {"observation": {}}

    def _values(self, component: Resolved) -> list[dict[str, Any]]:
        if isinstance(component.component, Dimension) and component.component.is_time:
            return [_period(value) for value in self.used[component.id]]
        return [self._value(component, value) for value in self.used[component.id]]

    def _value(self, component: Resolved, value: str) -> dict[str, Any]:
        type_ = component.representation.text_type if component.codes is None else "String"
        if SEPARATOR in value:
            return {"values": [single(part, type_) for part in value.split(SEPARATOR)]}
        if component.codes is None:
            return {"value": single(value, type_)}
        items = component.codes.items
        return {"id": value, **self._named(items[value].name if value in items else Text(), value)}

    def index(self, component: Resolved) -> Render:
        """Values to their places in the list, as text."""
        known = pa.array(self.used[component.id], pa.string())
        return lambda texts: pc.index_in(texts, value_set=known).cast(pa.string())


def _singly_first(attribute: Resolved, values: Sequence[str]) -> list[str]:
    """Each value that occurs, alone or with others, then those that occur together.

    The 2.0.0 schema refuses lists of indexes (a list of integers is one of numbers too, and it wants
    exactly one of both); so values that stand together are one entry, and have one index.
    """
    single = {part for value in values for part in value.split(SEPARATOR)}
    place = {code: n for n, code in enumerate(attribute.codes.items)} if attribute.codes else {}
    return [
        *sorted(single, key=lambda value: (place.get(value, len(place)), value)),
        *(value for value in values if SEPARATOR in value),
    ]


def _link(ref: Ref) -> dict[str, str]:
    return {"urn": ref.urn, "rel": ref.kind if ref.kind != "datastructure" else "structure"}


def _period(value: str) -> dict[str, str]:
    span = periods.parse(value)
    moments = {
        "start": span.start.isoformat() + "Z",
        "end": (span.end - timedelta(seconds=1)).isoformat(timespec="seconds") + "Z",
    }
    named = {"id": value, "name": value} if set(value) <= _ID else {"value": value}
    return named | moments


def _dataset(one: Indexed, number: int) -> Iterator[str | memoryview]:
    layout, dataset = one.layout, one.layout.dataset
    about: dict[str, Any] = {
        "structure": number,
        "action": ACTIONS.get(dataset.action, dataset.action),
        "links": [_link(layout.structure)],
    }
    about |= {k: v for k, v in (("validFrom", dataset.valid_from), ("validTo", dataset.valid_to)) if v}
    own = one.at("dataSet")
    if own:
        about["attributes"] = [one.used[a.id].index(layout.same_everywhere(a) or "") for a in own]
    yield compact(about)[:-1]
    if layout.is_flat:
        yield from _flat(one)
    else:
        yield from _grouped(one)
    yield "}"


def _grouped(one: Indexed) -> Iterator[str | memoryview]:
    layout = one.layout
    key = _key(one, layout.series_dimensions)
    own = one.at("series")
    attributes: list[Above] = ['"attributes":[', *_list(one, own), "]"] if own else []
    yield ',"series":{'
    if not layout.dataset.with_observations:
        rows = Rows([',"', *key, '":{', *attributes, "}"], layout.series)
        yield from _without_first(rows.series_only())
    else:
        opening = ['"', *key, '":{', *attributes, "," * bool(own), '"observations":{']
        (dimension,) = layout.observation_dimensions
        heading = Heading(tuple(opening), "}},", ",")
        template = [heading, Field(dimension.id, one.index(dimension), '"', '":['), *_values(one), "]"]
        yield from layout.written(template, "}}")
    yield "}"


def _flat(one: Indexed) -> Iterator[str | memoryview]:
    layout = one.layout
    own = one.at("dimensionGroup")
    if own:
        # a place for each dimension, empty for those that the attributes do not hang on: time
        rest = ":" * len(layout.observation_dimensions)
        rows = Rows(
            [',"', *_key(one, layout.series_dimensions), f'{rest}":[', *_list(one, own), "]"], layout.series
        )
        yield ',"dimensionGroupAttributes":{'
        yield from _without_first(rows.series_only())
        yield "}"
    yield ',"observations":{'
    template = [',"', *_key(one, layout.dimensions), '":[', *_values(one), "]"]
    yield from _without_first(layout.written(template))
    yield "}"


def _without_first(parts: Iterator[memoryview]) -> Iterator[memoryview]:
    """The comma before the first entry goes."""
    for number, part in enumerate(parts):
        yield part if number else part[1:]


def _key(one: Indexed, dimensions: Sequence[Resolved]) -> list[Above]:
    parts: list[Above] = []
    for number, dimension in enumerate(dimensions):
        parts += [":"] * bool(number) + [Field(dimension.id, one.index(dimension))]
    return parts


def _list(one: Indexed, attributes: Sequence[Resolved]) -> list[Above]:
    parts: list[Above] = []
    for number, attribute in enumerate(attributes):
        parts += [","] * bool(number) + [Field(attribute.id, one.index(attribute), absent="null")]
    return parts


def _values(one: Indexed) -> list[Part]:
    """Measures, then the indexes of the observation's attributes."""
    parts: list[Part] = []
    for measure in one.layout.measures:
        render = numbers if measure.is_numeric else strings
        parts += [",", Field(measure.id, render, absent=f'"{missing(measure)}"', is_plain=True)]
    own = one.at("observation")
    parts += [",", *_list(one, own)] if own else []
    return parts[1:]
