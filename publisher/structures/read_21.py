"""What only SDMX-ML 2.1 has: local references, the primary measure, hierarchical code lists.

A hierarchical code list becomes hierarchies: one artefact for each hierarchy in it.

Source: SDMXStructureHierarchicalCodelist.xsd 2.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from lxml import etree

from publisher.structures import model as m
from publisher.structures.read_forms import Elements, chain, local_id, name, reference
from publisher.structures.tags import NAMED, Row, Rows
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.structures.read_ml import Reader

_LEVEL = Row("str:Level", "levels", "chain", NAMED, m.Identifiable)


def hierarchies_21(
    reader: Reader, element: etree._Element, rows: Rows, cls: type[m.Maintainable], fixed: dict[str, Any]
) -> list[m.Maintainable]:
    """The hierarchies of a HierarchicalCodelist: of its id when there is one, else `<its id>_<their id>`."""
    lists = element.findall(reader.version.clark("str:IncludedCodelist"))
    aliases = {given.get("alias"): reference(reader, given, "codelist") for given in lists}
    found = element.findall(reader.version.clark("str:Hierarchy"))
    for child in (*lists, *found):
        element.remove(child)
    made = []
    for hierarchy in found:
        fields = reader.fields(element, rows) | _fields(reader, hierarchy, aliases)
        if len(found) > 1:
            fields["id"] = f"{fields.get('id')}_{hierarchy.get('id')}"
        made.append(m.Hierarchy(**fields, **fixed))
        reader.document.lines[id(made[-1])] = hierarchy.sourceline or 0
    return list(made)


def _fields(
    reader: Reader, element: etree._Element, aliases: Mapping[str | None, Ref | None]
) -> dict[str, Any]:
    clark = reader.version.clark
    fields: dict[str, Any] = {
        "has_formal_levels": element.get("leveled") in ("true", "1"),
        "codes": tuple(
            _code(reader, code, aliases) for code in element.findall(clark("str:HierarchicalCode"))
        ),
    }
    if names := element.findall(clark("com:Name")):
        fields["name"] = name(reader, NAMED[2], names)
    if levels := element.findall(clark("str:Level")):
        fields["levels"] = chain(reader, _LEVEL, levels)
    return fields


def _code(
    reader: Reader, element: etree._Element, aliases: Mapping[str | None, Ref | None]
) -> m.HierarchicalCode:
    clark = reader.version.clark
    level = element.find(f"{clark('str:Level')}/Ref")
    made = m.HierarchicalCode(
        str(element.get("id")),
        code=_pointed(reader, element, aliases),
        children=tuple(_code(reader, e, aliases) for e in element.findall(clark("str:HierarchicalCode"))),
        level=None if level is None else str(level.get("id")),
    )
    reader.document.lines[id(made)] = element.sourceline or 0
    return made


def _pointed(reader: Reader, element: etree._Element, aliases: Mapping[str | None, Ref | None]) -> Ref | None:
    """The code that a hierarchical code stands for: a reference, or an alias and the code's id."""
    clark = reader.version.clark
    code = element.find(clark("str:Code"))
    if code is not None:
        return reference(reader, code, "codelist")
    alias, named = element.findtext(clark("str:CodelistAliasRef")), element.find(f"{clark('str:CodeID')}/Ref")
    codelist = aliases.get(alias)
    if codelist is None or named is None:
        reader.found(element, "bad-reference", f"{element.get('id')} names a code list that is not included")
        return None
    return Ref(codelist.kind, codelist.agency, codelist.id, codelist.version, str(named.get("id")))


def local_ref(reader: Reader, row: Row, elements: Elements) -> str | None:
    return local_id(elements[0])


def inner_local_refs(reader: Reader, row: Row, elements: Elements) -> tuple[str, ...]:
    inner = (e for element in elements for e in element.iter(reader.version.clark(row.of)))
    return tuple(found for element in inner if (found := local_id(element)))


def primary_measure(reader: Reader, row: Row, elements: Elements) -> tuple[m.Measure, ...]:
    return (reader.make(elements[0], row.rows, m.Measure, id="OBS_VALUE"),)


def report(reader: Reader, row: Row, elements: Elements) -> tuple[m.MetadataAttribute, ...]:
    """The metadata attributes of all report structures; what they may be attached to is not held."""
    clark = reader.version.clark
    found: tuple[m.MetadataAttribute, ...] = ()
    for structure in elements[0].findall(clark("str:ReportStructure")):
        attributes = structure.findall(clark("str:MetadataAttribute"))
        found += tuple(reader.make(element, row.rows, m.MetadataAttribute) for element in attributes)
    return found


FORMS: dict[str, Callable[[Reader, Row, Elements], Any]] = {
    "local ref": local_ref,
    "inner local refs": inner_local_refs,
    "primary measure": primary_measure,
    "report": report,
}
