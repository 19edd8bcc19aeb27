"""Format and dialect of a resource: what is declared, and a finding for what no reader can follow.

Source: Data Package v2 (format, mediatype), Table Dialect v2, CSV Dialect (v1), Table Schema v2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from publisher.package.findings import Findings, quoted
from publisher.package.gate import DESCRIPTOR
from publisher.package.plan import Dialect, NumberForm

FORMATS = {
    "csv": "csv", "tsv": "csv", "xlsx": "xlsx", "parquet": "parquet", "sdmx-csv": "sdmx-csv",
    "sdmx-ml": "sdmx-ml", "xml": "sdmx-ml",
}  # fmt: skip
_MEDIA_TYPES = {
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.sdmx.data+csv": "sdmx-csv",
    "application/vnd.sdmx.data+xml": "sdmx-ml",
    "application/vnd.sdmx.structurespecificdata+xml": "sdmx-ml",
    "application/vnd.sdmx.genericdata+xml": "sdmx-ml",
    "application/xml": "sdmx-ml",
}
_OLD_EXCEL = {"xls", "xlsm", "xlsb", "ods"}


def format_of(where: str, resource: Mapping[str, Any], files: list[str], findings: Findings) -> str | None:
    """The reader's name by `format`, else `mediatype`, else the name of the file; None with a finding."""
    declared = resource.get("format")
    media = str(resource.get("mediatype") or "").partition(";")[0].strip().lower()
    ending = files[0].rpartition(".")[2].lower() if files else ""
    value = str(declared) if declared else media if media in _MEDIA_TYPES else ending
    found = FORMATS.get(value.lower()) or _MEDIA_TYPES.get(value)
    if found == "csv" and _MEDIA_TYPES.get(media) == "sdmx-csv":
        found = "sdmx-csv"  # `format` names the file's ending, the media type what is in it
    if found is None:
        findings.add(
            "format-unsupported",
            f"{quoted(value)} is not a format of tables" if value else "the resource has no format",
            file=DESCRIPTOR,
            column=f"{where}.format",
            value=value,
            allowed=", ".join(dict.fromkeys(FORMATS.values())),
            remedy="save it as .xlsx" if value.lower() in _OLD_EXCEL else None,
        )
    return found


def dialect_of(where: str, raw: Mapping[str, Any], format_: str, findings: Findings) -> Dialect | None:
    """The dialect (v1: in `dialect.csv` too), or None with findings."""
    inner = raw.get("csv")
    said = {**raw, **(inner if isinstance(inner, dict) else {})}
    said.pop("csv", None)
    known = _SHEET if format_ == "xlsx" else _DELIMITED
    values: dict[str, Any] = {}
    right = True
    for name, value in said.items():
        property_ = _ALWAYS.get(name) or known.get(name)
        try:
            if property_ is None:
                raise ValueError(f"not known for {format_}")
            values |= property_(value)
        except (TypeError, ValueError) as exc:
            findings.add(
                "dialect-unsupported",
                f"{quoted(str(value))} cannot be used",
                file=DESCRIPTOR,
                column=f"{where}.{name}",
                value=str(value),
                allowed=str(exc),
            )
            right = False
    if "header_rows" in values and said.get("header") is False:
        values["header_rows"] = ()
    if right and values.get("delimiter", ",") == values.get("quote", '"'):
        note = "delimiter and quoteChar are the same"
        findings.add("dialect-unsupported", note, file=DESCRIPTOR, column=f"{where}.quoteChar")
        right = False
    return Dialect(**values) if right else None


_Property = Callable[[Any], dict[str, Any]]


def _sign(name: str, *, none: bool = False) -> _Property:
    def property_(value: Any) -> dict[str, Any]:
        if none and value in (None, ""):
            return {name: ""} if name == "quote" else {}
        if not isinstance(value, str) or len(value) != 1 or not value.isascii() or value in "\r\n\0":
            raise ValueError("one ASCII character")
        return {name: value}

    return property_


def _flag(name: str) -> _Property:
    def property_(value: Any) -> dict[str, Any]:
        if not isinstance(value, bool):
            raise ValueError("true, false")
        return {name: value}

    return property_


def _row_numbers(value: Any) -> tuple[int, ...]:
    rows = value if isinstance(value, list) else []
    if not rows or len(rows) > 20 or not all(type(row) is int and 1 <= row <= 1_000 for row in rows):
        raise ValueError("a list of row numbers from 1")
    return tuple(sorted(set(rows)))


def _same(*allowed: Any) -> _Property:
    def property_(value: Any) -> dict[str, Any]:
        if allowed and value not in allowed:
            raise ValueError(", ".join(map(repr, allowed)))
        return {}

    return property_


def _header(value: Any) -> dict[str, Any]:
    return {} if _flag("header")(value)["header"] else {"header_rows": ()}


def _text(name: str) -> _Property:
    def property_(value: Any) -> dict[str, Any]:
        if not isinstance(value, str) or len(value) > 31:
            raise ValueError("a short text")
        return {name: value}

    return property_


def _sheet_number(value: Any) -> dict[str, Any]:
    if type(value) is not int or value < 1:
        raise ValueError("a number from 1")
    return {"sheet": value}


_ALWAYS: dict[str, _Property] = {
    "header": _header,
    "headerRows": lambda value: {"header_rows": _row_numbers(value)},
    "headerJoin": _text("header_join"),
    "commentRows": lambda value: {"comment_rows": frozenset(_row_numbers(value))},
    "$schema": _same(),
    "type": _same("delimited", "spreadsheet"),
    "caseSensitiveHeader": _same(),
    "csvddfVersion": _same(),
}
_DELIMITED: dict[str, _Property] = {
    "delimiter": _sign("delimiter"),
    "quoteChar": _sign("quote", none=True),
    "escapeChar": _sign("escape", none=True),
    "commentChar": _sign("comment", none=True),
    "doubleQuote": _flag("double_quote"),
    "skipInitialSpace": _flag("skip_initial_space"),
    "lineTerminator": _same("\n", "\r\n", "\r"),
}
_SHEET: dict[str, _Property] = {"sheetName": _text("sheet"), "sheetNumber": _sheet_number}


def number_forms(where: str, schema: Mapping[str, Any], findings: Findings) -> dict[str, NumberForm]:
    """The fields that declare decimalChar or groupChar; a sign that numbers could have is a finding."""
    forms = {}
    for field in schema.get("fields", ()):
        if "decimalChar" not in field and not field.get("groupChar"):
            continue
        form = NumberForm(str(field.get("decimalChar", ".")), str(field.get("groupChar") or ""))
        forms[str(field["name"])] = form
        if form.decimal == form.group or not all(map(_is_sign, (form.decimal, form.group or " "))):
            findings.add(
                "descriptor-invalid",
                "decimalChar and groupChar must be two different single signs, no digits",
                file=DESCRIPTOR,
                column=f"{where}.schema.fields.{field['name']}",
                value=f"{form.decimal} {form.group}",
            )
    return forms


def _is_sign(text: str) -> bool:
    return len(text) == 1 and not text.isalnum() and text not in "+-"


def date_forms(schema: Mapping[str, Any]) -> dict[str, str]:
    """What a date cell of a field means: the type that the field declares."""
    fields = schema.get("fields", ())
    return {str(f["name"]): f["type"] for f in fields if f.get("type") in ("year", "yearmonth", "date")}


def patterns(schema: Mapping[str, Any]) -> dict[str, str]:
    """constraints.pattern of the fields that have one."""
    fields = [f for f in schema.get("fields", ()) if isinstance(f.get("constraints"), dict)]
    return {str(f["name"]): str(f["constraints"]["pattern"]) for f in fields if "pattern" in f["constraints"]}
