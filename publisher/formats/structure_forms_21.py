"""The forms of `tags.Row` that only SDMX-ML 2.1 has, written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import TYPE_CHECKING, Any

from publisher.formats.structure_forms import chain, chosen, local, localised, opened, reference
from publisher.structures import model as m
from publisher.structures import tags
from publisher.structures.tags import Row

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


FORMS: dict[str, Callable[[Writer, Row, Any], str]] = {
    "local ref": local_ref,
    "inner local refs": inner_local_refs,
    "primary measure": primary_measure,
    "included code lists": included_code_lists,
    "hierarchy": hierarchy,
}
