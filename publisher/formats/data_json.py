"""SDMX-JSON 2.1, 2.0 and 1.0 data messages, series by series and flat.

Source: sdmx-json field guides and schemas of each version. Observations are indexes (`data_index`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from publisher.errors import NotAcceptable
from publisher.formats.data_index import EVERY_LANGUAGE, Indexed, Version, link
from publisher.formats.fragments import Above, Field, Heading, Part, Rows, chunks
from publisher.formats.jsontext import compact, numbers, strings
from publisher.formats.layout import Layout
from publisher.formats.message import DataMessage, Header
from publisher.formats.xmltext import WARNING, moment
from publisher.structures.definition import Resolved

_SCHEMAS = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/"
V20 = Version(f"{_SCHEMAS}2.0.0/sdmx-json-data-schema.json")
V21 = Version(
    "https://json.sdmx.org/2.1/sdmx-json-data-schema.json", actions={}, has_root=True, several="lists"
)
V10 = replace(
    V20,
    schema=f"{_SCHEMAS}1.0/sdmx-json-data-schema.json",
    has_many=False,
    has_measures=False,
    has_formats=False,
    several="first",
)


def write_21(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-JSON 2.1.0."""
    return _begun(_write(message, V21))


def write_20(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-JSON 2.0.0."""
    return _begun(_write(message, V20))


def write_10(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-JSON 1.0. Raises NotAcceptable where data sets have different structures."""
    return _begun(_write(message, V10))


def _begun(parts: Iterator[str | memoryview]) -> Iterator[bytes | memoryview]:
    """The beginning goes at once: what the structure lists is known only when all was looked at."""
    yield from chunks(islice(parts, 1))
    yield from chunks(parts)


def _write(message: DataMessage, version: Version) -> Iterator[str | memoryview]:
    found = _indexed(message, version)
    if len(found) > 1 and not version.has_many:
        raise NotAcceptable(
            "SDMX-JSON 1.0 has one structure a message, the answer has "
            f"{', '.join(one.layout.structure.short for one in found)}; ask for one of them, or for"
            " application/vnd.sdmx.data+json;version=2.0.0"
        )
    root = {"$schema": version.schema} if version.has_root else {}
    yield f'{compact(root | {"meta": _meta(message.header, version)})[:-1]},"data":{{'
    yield '"structures":[' if version.has_many else '"structure":'
    for number, one in enumerate(found):
        yield "," * bool(number) + compact(one.structure())
    yield ("]" if version.has_many else "") + ',"dataSets":['
    placed = {
        number: (place, layout)
        for place, one in enumerate(found)
        for number, layout in zip(one.numbers, one.layouts, strict=True)
    }
    for number, (place, layout) in sorted(placed.items(), key=lambda item: item[0]):
        yield "," * bool(number)
        yield from _dataset(found[place], layout, place)
    yield f"]}}{_errors(message)}}}"


def _indexed(message: DataMessage, version: Version) -> list[Indexed]:
    """The data sets of a message by structure."""
    groups: dict[object, list[tuple[int, Layout]]] = {}
    for number, layout in enumerate(map(Layout, message.datasets)):
        groups.setdefault((layout.place, layout.dataset.with_observations), []).append((number, layout))
    return [
        Indexed(tuple(la for _, la in one), tuple(n for n, _ in one), message.header.languages, version)
        for one in groups.values()
    ]


def _meta(header: Header, version: Version) -> dict[str, Any]:
    return {
        **({} if version.has_root else {"schema": version.schema}),
        "id": header.id,
        "test": header.test,
        "prepared": moment(header.prepared),
        "contentLanguages": [tag for tag in header.languages if tag != EVERY_LANGUAGE] or ["en"],
        "sender": {"id": header.sender},
    }


def _errors(message: DataMessage) -> str:
    """What was passed over in the query: status information goes with data (field guide, `errors`)."""
    found = [{"code": WARNING, "title": warning} for warning in message.warnings]
    return f',"errors":{compact(found)}' if found else ""


def _dataset(one: Indexed, layout: Layout, place: int) -> Iterator[str | memoryview]:
    dataset, version = layout.dataset, one.version
    about: dict[str, Any] = {"structure": place} if version.has_many else {}
    about |= {
        "action": version.actions.get(dataset.action, dataset.action),
        "links": [link(layout.structure)],
    }
    about |= {k: v for k, v in (("validFrom", dataset.valid_from), ("validTo", dataset.valid_to)) if v}
    own = _places(one, layout, one.at("dataSet"))
    yield compact(about)[:-1]
    if own:
        yield layout.of_dataset([',"attributes":[', *own, "]"])
    if layout.is_flat:
        yield from _flat(one, layout)
    else:
        yield from _grouped(one, layout)
    yield "}"


def _grouped(one: Indexed, layout: Layout) -> Iterator[str | memoryview]:
    own = _places(one, layout, one.at("series"))
    attributes: list[Above] = ['"attributes":[', *own, "]"] if own else []
    key = _key(one, layout.series_dimensions)
    yield ',"series":{'
    if not layout.dataset.with_observations:
        rows = Rows([',"', *key, '":{', *attributes, "}"], layout.series)
        yield from _without_first(rows.series_only())
    else:
        opening = ['"', *key, '":{', *attributes, "," * bool(own), '"observations":{']
        (dimension,) = layout.observation_dimensions
        heading = Heading(tuple(opening), "}},", ",")
        place = Field(dimension.id, one.index(dimension), '"', '":[')
        yield from layout.written([heading, place, *_values(one, layout), "]"], "}}")
    yield "}"


def _flat(one: Indexed, layout: Layout) -> Iterator[str | memoryview]:
    own = _places(one, layout, one.at("dimensionGroup"))
    if own:
        # a place for each dimension, empty for those that the attributes do not hang on: time
        rest = ":" * len(layout.observation_dimensions)
        rows = Rows([',"', *_key(one, layout.series_dimensions), f'{rest}":[', *own, "]"], layout.series)
        yield ',"dimensionGroupAttributes":{'
        yield from _without_first(rows.series_only())
        yield "}"
    yield ',"observations":{'
    template = [',"', *_key(one, layout.dimensions), '":[', *_values(one, layout), "]"]
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


def _places(one: Indexed, layout: Layout, attributes: Sequence[Resolved]) -> list[Above]:
    """The indexes of attributes; nothing where the data set has none of them."""
    if not any(a in layout.attributes for a in attributes):
        return []
    parts: list[Above] = []
    for number, attribute in enumerate(attributes):
        has_it = attribute in layout.attributes
        found: Above = Field(attribute.id, one.index(attribute), absent="null") if has_it else "null"
        parts += [","] * bool(number) + [found]
    return parts


def _values(one: Indexed, layout: Layout) -> list[Part]:
    """Measures, then the indexes of the observation's attributes."""
    own = _places(one, layout, one.at("observation"))
    parts: list[Part] = []
    for measure in one.measures if layout.measures or own else ():
        parts += [",", _measure(one, layout, measure) if measure in layout.measures else "null"]
    if not parts and not one.version.has_measures:
        parts = [",", "null"]  # 1.0: what comes first is the value
    return [*parts, ",", *own][1:] if own else parts[1:]


def _measure(one: Indexed, layout: Layout, measure: Resolved) -> Field:
    render = numbers if measure.is_numeric else strings
    missing = layout.missing(measure) if one.version.has_measures else None  # 1.0: null
    return Field(measure.id, render, absent=f'"{missing}"' if missing else "null", is_plain=True)
