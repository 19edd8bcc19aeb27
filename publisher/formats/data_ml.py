"""Structure-specific SDMX-ML, 3.1, 3.0 and 2.1, grouped and flat: one writer over a table of versions.

Source: SDMX-ML 3.0 and 2.1, SDMXDataStructureSpecific.xsd, and its samples for `Comp`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from publisher.formats.fragments import Field, Heading, Part, Rows, as_is, chunks, joined
from publisher.formats.layout import SEPARATOR, Layout, is_safe, missing, most_severe
from publisher.formats.message import DataMessage
from publisher.formats.xmltext import DECLARATION, attributes, escaped, header
from publisher.structures.definition import Resolved
from publisher.structures.model import Measure
from publisher.structures.urns import Ref

XSI = "http://www.w3.org/2001/XMLSchema-instance"
_APPEND: Mapping[str, str] = {"Merge": "Append"}  # Merge is a word of 3.1


@dataclass(frozen=True)
class Version:
    """What differs between the versions of structure-specific data."""

    schemas: str  # common beginning of its namespaces
    elements: Mapping[str, str]  # kind of artefact → element that refers to it in mes:Structure
    root: str = "StructureSpecificData"
    has_arrays: bool = True  # several values of one attribute, as Comp elements
    has_urns: bool = True  # references are URNs, else Ref elements
    has_atts: bool = True  # attributes of the data set in an Atts element, else on the data set itself
    scope: str | None = None  # ss:dataScope
    actions: Mapping[str, str] = field(default_factory=lambda: _APPEND)  # ours → its own, where they differ


_SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas/"
_ELEMENTS = {"dataflow": "StructureUsage", "datastructure": "Structure"}
V31 = Version(f"{_SCHEMAS}v3_1", _ELEMENTS | {"provisionagreement": "ProvisionAgreement"}, actions={})
V30 = replace(V31, schemas=f"{_SCHEMAS}v3_0", actions=_APPEND)
V21 = Version(
    f"{_SCHEMAS}v2_1",
    _ELEMENTS | {"provisionagreement": "ProvisionAgrement"},  # as the 2.1 schema spells it
    has_arrays=False,
    has_urns=False,
    has_atts=False,
    scope="DataStructure",
)
V21_SERIES = replace(V21, root="StructureSpecificTimeSeriesData")


def write_31(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-ML 3.1."""
    return chunks(_write(message, V31))


def write_30(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-ML 3.0."""
    return chunks(_write(message, V30))


def write_21(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-ML 2.1 structure-specific."""
    return chunks(_write(message, V21))


def write_21_series(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-ML 2.1 structure-specific time series."""
    return chunks(_write(message, V21_SERIES))


def reference(ref: Ref, version: Version) -> str:
    """The element that names the structure, in `mes:Structure`."""
    element = version.elements[ref.kind]
    parts = attributes([("agencyID", ref.agency), ("id", ref.id), ("version", ref.version)])
    return f"<com:{element}>{ref.urn if version.has_urns else f'<Ref{parts}/>'}</com:{element}>"


def declared(layouts: Sequence[Layout]) -> dict[tuple[Ref, str], str]:
    """Structure and dimension at the observation → the name that data sets refer to them by."""
    places = dict.fromkeys(layout.place for layout in layouts)
    return {place: f"S{number}" for number, place in enumerate(places, 1)}


def namespace(place: tuple[Ref, str]) -> str:
    """Of the schema that describes exactly such data sets; REST `/schema` answers with it."""
    return f"{place[0].urn}:ObsLevelDim:{place[1]}"


def _write(message: DataMessage, version: Version) -> Iterator[str | memoryview]:
    layouts = [Layout(dataset) for dataset in message.datasets]
    named = declared(layouts)
    structures = ""
    for place, name in named.items():
        about = [("structureID", name), ("namespace", namespace(place)), ("dimensionAtObservation", place[1])]
        inside = reference(place[0], version)
        structures += f"<mes:Structure{attributes(about)}>{inside}</mes:Structure>"
    spaces = [
        ("xmlns:mes", f"{version.schemas}/message"),
        ("xmlns:com", f"{version.schemas}/common"),
        ("xmlns:ss", f"{version.schemas}/data/structurespecific"),
        ("xmlns:xsi", XSI),
        *((f"xmlns:{_prefix(name)}", namespace(place)) for place, name in named.items()),
    ]
    yield f"{DECLARATION}<mes:{version.root}{attributes(spaces)}>{header(message.header, structures)}"
    for layout in layouts:
        yield from _dataset(layout, version, named[layout.place])
    yield f"</mes:{version.root}>"


def _prefix(name: str) -> str:
    return f"n{name.lower()}"


def _dataset(layout: Layout, version: Version, name: str) -> Iterator[str | memoryview]:
    dataset, prefix = layout.dataset, _prefix(name)
    own = [(a.id, layout.same_everywhere(a)) for a in layout.attributes_at("dataset")]
    about = [
        ("ss:structureRef", name),
        ("xsi:type", f"{prefix}:DataSetType"),
        ("ss:action", version.actions.get(dataset.action, dataset.action)),
        ("ss:dataScope", version.scope),
        ("ss:validFromDate", dataset.valid_from),
        ("ss:validToDate", dataset.valid_to),
    ]
    yield f"<mes:DataSet{attributes([*about, *([] if version.has_atts else own)])}>"
    if version.has_atts and any(value is not None for _, value in own):
        yield f"<Atts{attributes(own)}/>"
    yield from _groups(layout, prefix)
    if not dataset.with_observations:
        yield from Rows([*_series(layout, version, prefix), "</Series>"], layout.series).series_only()
    elif layout.is_flat:
        yield from layout.written(_flat(layout, version, prefix))
    else:
        yield from layout.written(_grouped(layout, version, prefix), "</Series>")
    yield "</mes:DataSet>"


def _groups(layout: Layout, prefix: str) -> Iterator[str]:
    """A Group element for each group of series that has attributes of its own."""
    for group, own in layout.groups():
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
    components = (*layout.dimensions, *layout.measures, *layout.below_group)
    return list(_element("Obs", version, prefix, components))


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
    render = as_is if is_safe(component) else escaped
    if not isinstance(component.component, Measure):
        return Field(component.id, render, before, after)
    return Field(component.id, render, before, after, f"{before}{missing(component)}{after}", is_plain=True)


def _comp(component: Resolved, prefix: str) -> Field:
    def render(texts: pa.Array) -> pa.Array:
        return pc.replace_substring(escaped(texts), SEPARATOR, "</Value><Value>")

    before = f'<Comp id="{component.id}" xsi:type="{prefix}:{component.id}_ATTRIBUTE"><Value>'
    return Field(component.id, render, before, "</Value></Comp>")
