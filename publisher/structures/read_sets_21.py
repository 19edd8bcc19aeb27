"""Structure sets of SDMX-ML 2.1 as the maps of 3.0: one artefact for each map in the set.

Source: SDMXStructureStructureSet.xsd 2.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lxml import etree

from publisher.structures import model as m
from publisher.structures.read_forms import local_id, name, reference
from publisher.structures.tags import NAMED, Rows
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.structures.read_ml import Reader

# Element → class, kind of the schemes, element of one pair.
ITEM_MAPS: Mapping[str, tuple[type[m.ItemSchemeMap], str, str]] = {
    "str:OrganisationSchemeMap": (m.OrganisationSchemeMap, "agencyscheme", "str:OrganisationMap"),
    "str:CategorySchemeMap": (m.CategorySchemeMap, "categoryscheme", "str:CategoryMap"),
    "str:ConceptSchemeMap": (m.ConceptSchemeMap, "conceptscheme", "str:ConceptMap"),
    "str:ReportingTaxonomyMap": (m.ReportingTaxonomyMap, "reportingtaxonomy", "str:ReportingCategoryMap"),
}
_MAPS = ("str:CodelistMap", "str:StructureMap", *ITEM_MAPS)


def structure_sets(
    reader: Reader, element: etree._Element, rows: Rows, cls: type[m.Maintainable], fixed: dict[str, Any]
) -> list[m.Maintainable]:
    """The maps of a StructureSet: of its id when there is one, else `<its id>_<their id>`."""
    tags = {reader.version.clark(tag): tag for tag in _MAPS}
    found = [(tags[child.tag], child) for child in element.iterchildren(*tags)]
    for _, child in found:
        element.remove(child)
    if not found:
        message = f"StructureSet {element.get('id')} has no map that is held"
        reader.found(element, "left-out", message, severity="warning")
    head = reader.fields(element, rows)
    made: list[m.Maintainable] = []
    for tag, child in found:
        own = {"id": f"{head.get('id')}_{child.get('id')}", **_names(reader, child)} if len(found) > 1 else {}
        artefact = _map(reader, tag, child, {**head, **own, **fixed}, len(found) > 1)
        reader.document.lines[id(artefact)] = child.sourceline or 0
        made.append(artefact)
    return made


def _names(reader: Reader, element: etree._Element) -> dict[str, Any]:
    names = element.findall(reader.version.clark("com:Name"))
    return {"name": name(reader, NAMED[2], names)} if names else {}


def _map(
    reader: Reader, tag: str, element: etree._Element, head: dict[str, Any], several: bool
) -> m.Maintainable:
    clark = reader.version.clark
    cls, kind, pair = ITEM_MAPS.get(tag, (m.ItemSchemeMap, "codelist", "str:CodeMap"))
    kind = "datastructure" if tag == "str:StructureMap" else kind
    ends = (element.find(clark(end)) for end in ("str:Source", "str:Target"))
    source, target = (None if end is None else reference(reader, end, kind) for end in ends)
    if tag == "str:StructureMap":
        maps = tuple(_component(reader, e, head, several) for e in element.findall(clark("str:ComponentMap")))
        return m.StructureMap(**head, source_structure=source, target_structure=target, component_maps=maps)
    values = tuple(_pair(reader, e) for e in element.findall(clark(pair)))
    if tag == "str:CodelistMap":
        sources, targets = ((end,) if end else () for end in (source, target))
        return m.RepresentationMap(
            **head, source_codelists=sources, target_codelists=targets, mappings=values
        )
    return cls(**head, source_scheme=source, target_scheme=target, mappings=values)


def _local(reader: Reader, element: etree._Element, tag: str) -> str:
    found = element.find(reader.version.clark(tag))
    return "" if found is None else local_id(found) or ""


def _pair(reader: Reader, element: etree._Element) -> m.ValueMapping:
    source, target = _local(reader, element, "str:Source"), _local(reader, element, "str:Target")
    return m.ValueMapping((m.MappedValue(source),), (target,))


def _component(
    reader: Reader, element: etree._Element, head: dict[str, Any], several: bool
) -> m.ComponentMap:
    """How values are mapped: by a code list map of the same set, or not at all."""
    source, target = _local(reader, element, "str:Source"), _local(reader, element, "str:Target")
    mapping, by = element.find(reader.version.clark("str:RepresentationMapping")), None
    if mapping is not None:
        if (id_ := _local(reader, mapping, "str:CodelistMap")) and several:
            set_id = str(head["id"]).removesuffix(f"_{element.getparent().get('id')}")
            by = Ref("representationmap", head["agency"], f"{set_id}_{id_}", head.get("version", "1.0"))
        else:
            reader.unknown(mapping, "element RepresentationMapping")
    return m.ComponentMap((source,), (target,), by)
