"""The forms of `tags.Row` that only SDMX-ML 2.1 has, written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from publisher.formats.structure_forms import chain, chosen, local, localised, opened, reference
from publisher.structures import model as m
from publisher.structures import tags
from publisher.structures.tags import Row
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.formats.structure_ml import Writer


def local_ref(writer: Writer, row: Row, value: str) -> str:
    return local(row.name, value)


def inner_local_refs(writer: Writer, row: Row, value: tuple[str, ...]) -> str:
    return "".join(opened(row.name, "", local(row.of, text)) for text in value)


def primary_measure(writer: Writer, row: Row, value: tuple[m.Measure, ...]) -> str:
    """SDMXStructureDataStructure.xsd 2.1: one measure, always OBS_VALUE."""
    primary = next((measure for measure in value if measure.id == "OBS_VALUE"), value[0])
    return writer.element(row.name, primary, row.rows)


def included_code_lists(writer: Writer, row: Row, value: m.Hierarchy) -> str:
    lists = dict.fromkeys(code.code.parent for code in _all_codes(value.codes) if code.code)
    written = [reference(writer, row.name, codelist) for codelist in lists]
    aliases = [f'<{row.name} alias="{escape(codelist.id)}"' for codelist in lists]  # sdmx1 needs it
    return "".join(
        text.replace(f"<{row.name}", alias, 1) for text, alias in zip(written, aliases, strict=True)
    )


def _all_codes(codes: tuple[m.HierarchicalCode, ...]) -> Iterator[m.HierarchicalCode]:
    for code in codes:
        yield code
        yield from _all_codes(code.children)


def hierarchy(writer: Writer, row: Row, value: m.Hierarchy) -> str:
    """In 2.1 a hierarchy is part of a hierarchical code list: the only one, of the same id and name."""
    head = f' id="{escape(value.id)}"' + (' leveled="true"' if value.has_formal_levels else "")
    body = localised("com:Name", chosen(value.name, writer.languages))
    body += "".join(_code_21(writer, code) for code in value.codes)
    if value.levels:
        body += chain(writer, Row("str:Level", "levels", "chain", tags.NAMED), value.levels)
    return opened(row.name, head, body)


def _code_21(writer: Writer, code: m.HierarchicalCode) -> str:
    body = writer.row(code, tags.ANNOTATIONS)
    body += reference(writer, "str:Code", code.code) if code.code else ""
    body += "".join(_code_21(writer, child) for child in code.children)
    body += local("str:Level", code.level) if code.level else ""
    return opened("str:HierarchicalCode", f' id="{escape(code.id)}"', body)


def report(writer: Writer, row: Row, value: tuple[m.MetadataAttribute, ...]) -> str:
    """SDMXStructureMetadataStructure.xsd 2.1: one report, which may be on any object."""
    format_ = '<str:TextFormat textType="IdentifiableReference"/>'
    target = (
        '<str:MetadataTarget id="TARGET"><str:IdentifiableObjectTarget id="OBJECT" objectType="Any">'
        f"<str:LocalRepresentation>{format_}</str:LocalRepresentation>"
        "</str:IdentifiableObjectTarget></str:MetadataTarget>"
    )
    attributes = "".join(writer.element("str:MetadataAttribute", attribute, row.rows) for attribute in value)
    structure = opened(
        "str:ReportStructure", ' id="REPORT"', attributes + local("str:MetadataTarget", "TARGET")
    )
    return opened(row.name, "", target + structure)


def scheme_map(writer: Writer, row: Row, value: m.ItemSchemeMap | m.RepresentationMap) -> str:
    """SDMXStructureStructureSet.xsd ItemSchemeMapType: of the same id and name as its set."""
    source, target = ends(value)
    body = localised("com:Name", chosen(value.name, writer.languages))
    body += reference(writer, "str:Source", source) + reference(writer, "str:Target", target)
    for entry in value.mappings:
        pair = local("str:Source", entry.source[0].value) + local("str:Target", entry.target[0])
        body += opened(row.of, "", pair)
    return opened(row.name, f' id="{escape(value.id)}"', body)


def ends(value: m.ItemSchemeMap | m.RepresentationMap) -> tuple[Ref, Ref]:
    """The two schemes, or code lists, of a map from value to value."""
    if isinstance(value, m.RepresentationMap):
        both = (*value.source_codelists, *value.target_codelists)
    else:
        both = tuple(ref for ref in (value.source_scheme, value.target_scheme) if ref)
    source, target = (ref for ref in both if isinstance(ref, Ref))
    return source, target


# Class of a component → the class that a Ref of 2.1 names, and the list that it is in.
LISTS = {
    "Dimension": ("Dimension", "DimensionDescriptor"),
    "TimeDimension": ("TimeDimension", "DimensionDescriptor"),
    "DataAttribute": ("Attribute", "AttributeDescriptor"),
    "Measure": ("PrimaryMeasure", "MeasureDescriptor"),
}


def structure_map(writer: Writer, row: Row, value: m.LocatedStructureMap) -> str:
    body = localised("com:Name", chosen(value.name, writer.languages))
    for tag, ref in (("str:Source", value.source_structure), ("str:Target", value.target_structure)):
        body += reference(writer, tag, ref) if ref else ""
    for entry in value.component_maps:
        both = _component("str:Source", entry.source[0], value.source_components)
        both += _component("str:Target", entry.target[0], value.target_components)
        body += opened("str:ComponentMap", "", both)
    return opened(row.name, f' id="{escape(value.id)}"', body)


def _component(tag: str, id_: str, components: tuple[Ref, ...]) -> str:
    cls, container = next(LISTS[ref.cls or ""] for ref in components if ref.item == id_)
    where = f'containerID="{container}" class="{cls}" package="datastructure"'
    return f'<{tag}><Ref id="{escape(id_)}" {where}/></{tag}>'


FORMS: dict[str, Callable[[Writer, Row, Any], str]] = {
    "local ref": local_ref,
    "inner local refs": inner_local_refs,
    "primary measure": primary_measure,
    "included code lists": included_code_lists,
    "hierarchy": hierarchy,
    "report": report,
    "scheme map": scheme_map,
    "structure map": structure_map,
}
