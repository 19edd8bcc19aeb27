"""Structure-specific SDMX-ML, 3.0 and 2.1, grouped and flat: one writer over a table of versions.

Source: SDMX-ML 3.0 and 2.1, SDMXDataStructureSpecific.xsd, and its samples for `Comp`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from publisher.formats.fragments import Field, Heading, Part, Rows, as_is, chunks, data, joined
from publisher.formats.layout import SEPARATOR, Layout, missing, most_severe
from publisher.formats.message import DataMessage, DataSet
from publisher.formats.xmltext import DECLARATION, attributes, escaped, header, moment
from publisher.structures.definition import Resolved
from publisher.structures.urns import Ref

_ACTIONS = {"Merge": "Append"}  # Merge is a word of 3.1
REFERENCES = {"dataflow": "StructureUsage", "datastructure": "Structure"}
XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True)
class Version:
    """What differs between the versions of structure-specific data."""

    schemas: str  # common beginning of its namespaces
    root: str = "StructureSpecificData"
    has_arrays: bool = True  # several values of one attribute, as Comp elements
    scope: str | None = None  # ss:dataScope
    references: Mapping[str, str] = None  # type: ignore[assignment]  # element that references by kind
    by_urn: bool = True  # else by Ref
    dataset_attributes: str = "Atts"  # where: an element of its own, or "" for the data set itself
    actions: Mapping[str, str] = None  # type: ignore[assignment]


_ELEMENTS_30 = REFERENCES | {"provisionagreement": "ProvisionAgreement"}
_ELEMENTS_21 = REFERENCES | {"provisionagreement": "ProvisionAgrement"}  # as the 2.1 schema spells it
_SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas/"
V30 = Version(f"{_SCHEMAS}v3_0", references=_ELEMENTS_30, actions=_ACTIONS)
V21 = Version(
    f"{_SCHEMAS}v2_1",
    has_arrays=False,
    scope="DataStructure",
    references=_ELEMENTS_21,
    by_urn=False,
    dataset_attributes="",
    actions=_ACTIONS,
)
V21_SERIES = Version(
    **(V21.__dict__ | {"root": "StructureSpecificTimeSeriesData"}),
)


def write_30(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-ML 3.0."""
    return chunks(_write(message, V30))


def write_21(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-ML 2.1 structure-specific."""
    return chunks(_write(message, V21))


def write_21_series(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-ML 2.1 structure-specific time series."""
    return chunks(_write(message, V21_SERIES))


def reference(ref: Ref, elements: Mapping[str, str], by_urn: bool) -> str:
    """The element that names the structure, in `mes:Structure`."""
    element = elements[ref.kind]
    inside = f"{ref.urn}" if by_urn else f"<Ref{attributes(_ref(ref))}/>"
    return f"<com:{element}>{inside}</com:{element}>"


def _ref(ref: Ref) -> tuple[tuple[str, str], ...]:
    return ("agencyID", ref.agency), ("id", ref.id), ("version", ref.version)


def namespace(dataset: DataSet, ref: Ref) -> str:
    """Of the schema that describes exactly this data set; REST `/schema` answers with it."""
    return f"{ref.urn}:ObsLevelDim:{dataset.dimension_at_observation}"


def _write(message: DataMessage, version: Version) -> Iterator[str | memoryview]:
    layouts = [Layout(dataset) for dataset in message.datasets]
    places = [namespace(layout.dataset, layout.structure) for layout in layouts]
    prefixes = {place: f"ns{n}" for n, place in enumerate(dict.fromkeys(places), 1)}
    structures = ""
    for place, prefix in prefixes.items():
        layout = layouts[places.index(place)]
        about = attributes(
            [
                ("structureID", prefix.upper()),
                ("namespace", place),
                ("dimensionAtObservation", layout.dataset.dimension_at_observation),
            ]
        )
        inside = reference(layout.structure, version.references, version.by_urn)
        structures += f"<mes:Structure{about}>{inside}</mes:Structure>"
    spaces = [
        ("xmlns:mes", f"{version.schemas}/message"),
        ("xmlns:com", f"{version.schemas}/common"),
        ("xmlns:ss", f"{version.schemas}/data/structurespecific"),
        ("xmlns:xsi", XSI),
        *((f"xmlns:{prefix}", place) for place, prefix in prefixes.items()),
    ]
    yield f"{DECLARATION}<mes:{version.root}{attributes(spaces)}>{header(message.header, structures)}"
    for layout, place in zip(layouts, places, strict=True):
        yield from _dataset(layout, version, prefixes[place])
    yield f"</mes:{version.root}>"


def _dataset(layout: Layout, version: Version, prefix: str) -> Iterator[str | memoryview]:
    dataset = layout.dataset
    own = [(a.id, layout.same_everywhere(a)) for a in layout.attributes_at("dataset")]
    about = [
        ("ss:structureRef", prefix.upper()),
        ("xsi:type", f"{prefix}:DataSetType"),
        ("ss:action", version.actions.get(dataset.action, dataset.action)),
        ("ss:dataScope", version.scope),
        ("ss:validFromDate", dataset.valid_from),
        ("ss:validToDate", dataset.valid_to),
    ]
    yield f"<mes:DataSet{attributes([*about, *([] if version.dataset_attributes else own)])}>"
    if version.dataset_attributes and any(value is not None for _, value in own):
        yield f"<{version.dataset_attributes}{attributes(own)}/>"
    yield from _groups(layout, prefix)
    rows = Rows(
        _flat(layout, version, prefix) if layout.is_flat else _grouped(layout, version, prefix), layout.series
    )
    if not dataset.with_observations:
        yield from Rows([*_series(layout, version, prefix), "</Series>"], layout.series).series_only()
    is_open = False
    for batch in layout.batches():
        yield data(rows(batch))
        is_open = not layout.is_flat
    yield ("</Series>" if is_open else "") + "</mes:DataSet>"


def _groups(layout: Layout, prefix: str) -> Iterator[str]:
    """A Group element for each group of series that has attributes of its own."""
    held = [(a, group) for a in layout.attributes_at("group") for group in layout.groups_of(a)]
    for group in dict.fromkeys(group for _, group in held):
        own = [a for a, g in held if g == group]
        key = [_attribute(layout.component(d)) for d in group.dimensions]
        rows = Rows([], layout.series)
        opened = rows.texts([f'<Group xsi:type="{prefix}:{group.id}"', *key], layout.series)
        values = rows.texts([_attribute(a) for a in own], layout.series)
        texts = pc.unique(joined(opened, values, "/>").filter(pc.not_equal(values, "")))
        yield from texts.to_pylist()


def _grouped(layout: Layout, version: Version, prefix: str) -> list[Part]:
    heading = Heading(tuple(_series(layout, version, prefix)), "</Series>")
    key = layout.observation_dimensions
    return [
        heading,
        *_element("Obs", version, prefix, (*key, *layout.measures, *layout.attributes_at("observation"))),
    ]


def _series(layout: Layout, version: Version, prefix: str) -> list[str | Field]:
    parts = _element("Series", version, prefix, (*layout.series_dimensions, *layout.attributes_at("series")))
    return [*parts[:-1], ">"] if parts[-1] == "/>" else parts[:-1]


def _flat(layout: Layout, version: Version, prefix: str) -> list[Part]:
    own = tuple(
        a
        for a in layout.attributes
        if a in (*layout.attributes_at("series"), *layout.attributes_at("observation"))
    )
    return list(_element("Obs", version, prefix, (*layout.dimensions, *layout.measures, *own)))


def _element(name: str, version: Version, prefix: str, components: Sequence[Resolved]) -> list[str | Field]:
    """`<name A="…" …/>`, or with `Comp` elements inside where components have several values."""
    several = [c for c in components if c.is_array and version.has_arrays]
    simple = [_attribute(c) for c in components if c not in several]
    if not several:
        return [f"<{name}", *simple, "/>"]
    return [f"<{name}", *simple, ">", *(_comp(c, prefix) for c in several), f"</{name}>"]


def _attribute(component: Resolved) -> Field:
    before, after = f' {component.id}="', '"'
    if component.is_array:
        return Field(component.id, lambda texts: escaped(most_severe(texts)), before, after)
    if component.component.__class__.__name__ != "Measure":
        return Field(component.id, escaped, before, after)
    absent = f"{before}{missing(component)}{after}"
    return Field(
        component.id, as_is if component.is_numeric else escaped, before, after, absent, is_plain=True
    )


def _comp(component: Resolved, prefix: str) -> Field:
    def render(texts: pa.Array) -> pa.Array:
        return pc.replace_substring(escaped(texts), SEPARATOR, "</Value><Value>")

    before = f'<Comp id="{component.id}" xsi:type="{prefix}:{component.id}_ATTRIBUTE"><Value>'
    return Field(component.id, render, before, "</Value></Comp>")


__all__ = ["moment", "write_21", "write_21_series", "write_30"]
