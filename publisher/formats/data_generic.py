"""Generic SDMX-ML 2.1, grouped and flat, and its time series form.

Source: SDMX-ML 2.1, SDMXDataGenericBase.xsd. Everything is `gen:Value id="…" value="…"`; the elements
around them must not be empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from publisher.formats.data_ml import V21, declared, reference
from publisher.formats.fragments import (
    Above,
    Field,
    Heading,
    Part,
    Render,
    Rows,
    Wrapped,
    as_is,
    chunks,
    distinct,
    joined,
)
from publisher.formats.layout import Layout, is_safe, most_severe, primary
from publisher.formats.message import DataMessage
from publisher.formats.xmltext import DECLARATION, attributes, escaped, footer, header
from publisher.structures.definition import Resolved


def write(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-ML 2.1 generic."""
    return chunks(_write(message, "GenericData"))


def write_series(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-ML 2.1 generic time series."""
    return chunks(_write(message, "GenericTimeSeriesData"))


def _write(message: DataMessage, root: str) -> Iterator[str | memoryview]:
    layouts = [Layout(dataset) for dataset in message.datasets]
    named = declared(layouts)
    structures = "".join(
        f"<mes:Structure{attributes([('structureID', name), ('dimensionAtObservation', place[1])])}>"
        f"{reference(place[0], V21)}</mes:Structure>"
        for place, name in named.items()
    )
    spaces = [
        ("xmlns:mes", f"{V21.schemas}/message"),
        ("xmlns:com", f"{V21.schemas}/common"),
        ("xmlns:gen", f"{V21.schemas}/data/generic"),
    ]
    yield f"{DECLARATION}<mes:{root}{attributes(spaces)}>{header(message.header, structures)}"
    for layout in layouts:
        yield from _dataset(layout, named[layout.place])
    yield f"{footer(message.warnings, V21.schemas)}</mes:{root}>"


def _dataset(layout: Layout, name: str) -> Iterator[str | memoryview]:
    dataset = layout.dataset
    about = [
        ("structureRef", name),
        ("action", V21.actions.get(dataset.action, dataset.action)),
        ("validFromDate", dataset.valid_from),
        ("validToDate", dataset.valid_to),
    ]
    yield f"<mes:DataSet{attributes(about)}>"
    yield layout.of_dataset(["<gen:Attributes>", *map(_value, layout.agreed), "</gen:Attributes>"])
    yield from _groups(layout)
    if not dataset.with_observations:
        yield from Rows([*_series(layout), "</gen:Series>"], layout.series).series_only()
    elif layout.is_flat:
        yield from layout.written(_flat(layout))
    else:
        yield from layout.written(_grouped(layout), "</gen:Series>")
    yield "</mes:DataSet>"


def _groups(layout: Layout) -> Iterator[str]:
    for group, own in layout.groups():
        rows = Rows([], layout.series)
        key = _values("GroupKey", [layout.component(d) for d in group.dimensions])
        templates: list[list[Above]] = [
            [f'<gen:Group type="{group.id}">', *key],
            [_wrapped("Attributes", own)],
        ]

        def texts(series: pa.Table, rows: Rows = rows, templates: list[list[Above]] = templates) -> pa.Array:
            opened, values = (rows.texts(template, series) for template in templates)
            return joined(opened, values, "</gen:Group>").filter(pc.not_equal(values, ""))

        yield from distinct(texts, layout.series)


def _series(layout: Layout) -> list[Above]:
    own = layout.attributes_at("series")
    key = _values("SeriesKey", layout.series_dimensions)
    return ["<gen:Series>", *key, *([_wrapped("Attributes", own)] if own else [])]


def _grouped(layout: Layout) -> list[Part]:
    (dimension,) = layout.observation_dimensions
    own = layout.attributes_at("observation")
    return [
        Heading(tuple(_series(layout)), "</gen:Series>"),
        "<gen:Obs>",
        Field(dimension.id, _render(dimension), f'<gen:ObsDimension id="{dimension.id}" value="', '"/>'),
        *_measure(layout),
        *([_wrapped("Attributes", own)] if own else []),
        "</gen:Obs>",
    ]


def _flat(layout: Layout) -> list[Part]:
    own = layout.below_group
    return [
        "<gen:Obs>",
        *_values("ObsKey", layout.dimensions),
        *_measure(layout),
        *([_wrapped("Attributes", own)] if own else []),
        "</gen:Obs>",
    ]


def _measure(layout: Layout) -> list[Field]:
    """GenericData has room for one."""
    found = primary(layout.measures)
    before, after = '<gen:ObsValue value="', '"/>'
    absent = [before + layout.missing(m) + after if layout.missing(m) else "" for m in found]
    return [
        Field(m.id, _render(m), before, after, text, is_plain=True)
        for m, text in zip(found, absent, strict=True)
    ]


def _values(element: str, components: Sequence[Resolved]) -> list[str | Field]:
    return [f"<gen:{element}>", *map(_value, components), f"</gen:{element}>"]


def _wrapped(element: str, components: Sequence[Resolved]) -> Wrapped:
    return Wrapped(f"<gen:{element}>", tuple(map(_value, components)), f"</gen:{element}>")


def _value(component: Resolved) -> Field:
    return Field(component.id, _render(component), f'<gen:Value id="{component.id}" value="', '"/>')


def _render(component: Resolved) -> Render:
    render = as_is if is_safe(component) else escaped
    return (lambda texts: render(most_severe(texts))) if component.is_array else render
