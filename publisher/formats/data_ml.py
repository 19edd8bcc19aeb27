"""Structure-specific SDMX-ML, 3.1, 3.0 and 2.1, grouped and flat: one writer over a table of versions.

Source: SDMX-ML 3.0 and 2.1, SDMXDataStructureSpecific.xsd, and its samples for `Comp`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from publisher.formats.fragments import Above, Field, Heading, Part, Rows, as_is, chunks, distinct, joined
from publisher.formats.layout import SEPARATOR, Layout, is_safe, most_severe
from publisher.formats.message import DataMessage
from publisher.formats.xmltext import DECLARATION, attributes, escaped, footer, header
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
    scopes: Mapping[str, str] = field(default_factory=dict)  # kind of artefact → ss:dataScope
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
    scopes={
        "datastructure": "ConstrainedDataStructure",
        "dataflow": "Dataflow",
        "provisionagreement": "ProvisionAgreement",
    },
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
    yield f"{footer(message.warnings, version.schemas)}</mes:{version.root}>"


def _prefix(name: str) -> str:
    return f"n{name.lower()}"


def _dataset(layout: Layout, version: Version, name: str) -> Iterator[str | memoryview]:
    dataset, prefix = layout.dataset, _prefix(name)
    about = [
        ("ss:structureRef", name),
        ("xsi:type", f"{prefix}:DataSetType"),
        ("ss:action", version.actions.get(dataset.action, dataset.action)),
        ("ss:dataScope", version.scopes.get(layout.structure.kind)),
        ("ss:validFromDate", dataset.valid_from),
        ("ss:validToDate", dataset.valid_to),
    ]
    yield f"<mes:DataSet{attributes(about)}{'' if version.has_atts else _own(layout)}>"
    yield _atts(layout, version, prefix) if version.has_atts else ""
    yield from _groups(layout, version, prefix)
    if not dataset.with_observations:
        yield from Rows([*_series(layout, version, prefix), "</Series>"], layout.series).series_only()
    elif layout.is_flat:
        yield from layout.written(_flat(layout, version, prefix))
    else:
        yield from layout.written(_grouped(layout, version, prefix), "</Series>")
    yield "</mes:DataSet>"


def _own(layout: Layout) -> str:
    """The attributes of the data set on the data set itself."""
    return layout.of_dataset([_attribute(layout, a) for a in layout.agreed])


def _atts(layout: Layout, version: Version, prefix: str) -> str:
    if not layout.agreed:
        return ""
    return layout.of_dataset(_element("Atts", layout, version, prefix, layout.agreed))


def _groups(layout: Layout, version: Version, prefix: str) -> Iterator[str]:
    """A Group element for each group of series that has attributes of its own."""
    for group, own in layout.groups():
        key = [_attribute(layout, layout.component(d)) for d in group.dimensions]
        rows = Rows([], layout.series)
        simple, several = _split(own, version)
        templates: list[list[Above]] = [
            [f'<Group xsi:type="{prefix}:{group.id}"', *key],
            [_attribute(layout, a) for a in simple],
            [_comp(a, prefix) for a in several],
        ]

        def texts(series: pa.Table, rows: Rows = rows, templates: list[list[Above]] = templates) -> pa.Array:
            opened, values, comps = (rows.texts(template, series) for template in templates)
            found = pc.or_(pc.not_equal(values, ""), pc.not_equal(comps, ""))
            return joined(opened, values, ">", comps, "</Group>").filter(found)

        yield from distinct(texts, layout.series)


def _grouped(layout: Layout, version: Version, prefix: str) -> list[Part]:
    heading = Heading(tuple(_series(layout, version, prefix)), "</Series>")
    below = (*layout.observation_dimensions, *layout.measures, *layout.attributes_at("observation"))
    return [heading, *_element("Obs", layout, version, prefix, below)]


def _series(layout: Layout, version: Version, prefix: str) -> list[str | Field]:
    above = (*layout.series_dimensions, *layout.attributes_at("series"))
    parts = _element("Series", layout, version, prefix, above)
    return [*parts[:-1], ">"] if parts[-1] == "/>" else parts[:-1]


def _flat(layout: Layout, version: Version, prefix: str) -> list[Part]:
    components = (*layout.dimensions, *layout.measures, *layout.below_group)
    return list(_element("Obs", layout, version, prefix, components))


def _split(components: Sequence[Resolved], version: Version) -> tuple[list[Resolved], list[Resolved]]:
    """Those that are XML attributes, and those that are Comp elements."""
    several = [c for c in components if c.is_array and version.has_arrays]
    return [c for c in components if c not in several], several


def _element(
    name: str, layout: Layout, version: Version, prefix: str, components: Sequence[Resolved]
) -> list[str | Field]:
    """`<name A="…" …/>`, or with `Comp` elements inside where components have several values."""
    simple, several = _split(components, version)
    start: list[str | Field] = [f"<{name}", *(_attribute(layout, c) for c in simple)]
    return [*start, ">", *(_comp(c, prefix) for c in several), f"</{name}>"] if several else [*start, "/>"]


def _attribute(layout: Layout, component: Resolved) -> Field:
    before, after = f' {component.id}="', '"'
    if component.is_array:
        return Field(component.id, lambda texts: escaped(most_severe(texts)), before, after)
    render = as_is if is_safe(component) else escaped
    if not isinstance(component.component, Measure):
        return Field(component.id, render, before, after)
    absent = layout.missing(component)
    absent = f"{before}{absent}{after}" if absent else ""
    return Field(component.id, render, before, after, absent, is_plain=True)


def _comp(component: Resolved, prefix: str) -> Field:
    def render(texts: pa.Array) -> pa.Array:
        return pc.replace_substring(escaped(texts), SEPARATOR, "</Value><Value>")

    before = f'<Comp id="{component.id}" xsi:type="{prefix}:{component.id}_ATTRIBUTE"><Value>'
    return Field(component.id, render, before, "</Value></Comp>")
