"""The Excel file that an office fills in: locked headers, drop-down lists, notes; no formula anywhere.

Choices stand in a hidden sheet, because a list inside a validation holds at most 255 characters. A cell shows
the code with its name (`M: Male`), and the check reads the code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from publisher.package.labels import labelled
from publisher.package.skeleton.columns import (
    CONDITIONAL,
    OPTIONAL,
    REQUIRED,
    UNPUBLISHED,
    VALUE,
    Column,
    Columns,
)
from publisher.package.words import Words

HEADER_ROW = 2  # as a person counts: row 1 has titles, row 2 the ids that the check reads
LAST_ROW = 1_048_575  # of the format, from 0
CODES = "Codes"
_JOINED = "\x1f"  # between several values, in the store's tables
_COLOURS = {
    VALUE: "#0B4A6F",
    REQUIRED: "#0B4A6F",
    CONDITIONAL: "#8A5A00",
    OPTIONAL: "#4D5A67",
    UNPUBLISHED: "#6B3FA0",
}
_ALLOWED = {
    "format_columns": True, "format_rows": True, "sort": True, "autofilter": True, "insert_rows": True,
}  # fmt: skip
_PROMPT, _PROMPT_TITLE = 255, 32  # characters that Excel shows beside a cell
_EXACT = 1e15  # above it Excel rounds


@dataclass(frozen=True)
class Sheets:
    """The workbook being written and the formats of its cells."""

    book: Any
    words: Words
    formats: Mapping[str, Format]


def write(
    path: Path, name: str, layout: Columns, about: Sequence[str], words: Words, filled: pa.Table | None
) -> None:
    """Write the workbook: sheet `name` with `filled`, one of notes that begins with `about`, the choices."""
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheets = Sheets(book, words, _formats(book))
        data = book.add_worksheet(name)
        _notes(sheets, book.add_worksheet(words("sheet.notes")), layout, about)
        hidden = book.add_worksheet(CODES)
        _head(sheets, data, layout)
        _choices(sheets, hidden, layout)
        for at, column in enumerate(layout.columns):
            data.data_validation(HEADER_ROW, at, LAST_ROW, at, _validation(column, at, words))
        if filled is not None:
            _fill(sheets, data, layout, filled)
        hidden.hide()


def _formats(book: Any) -> dict[str, Format]:
    plain = {"valign": "top", "text_wrap": True}
    found = {
        "text": book.add_format({"num_format": "@", "locked": False}),
        "number": book.add_format({"locked": False}),
        "note": book.add_format(plain),
        "strong": book.add_format(plain | {"bold": True}),
        "heading": book.add_format({"bold": True, "font_size": 14}),
    }
    for duty, colour in _COLOURS.items():
        shade = {"bg_color": colour, "font_color": "#FFFFFF"}
        found[duty] = book.add_format(shade | {"bold": True, "text_wrap": True, "valign": "top"})
        found[f"{duty}.id"] = book.add_format(shade | {"font_size": 9})
    return found


def _head(sheets: Sheets, data: Worksheet, layout: Columns) -> None:
    """Two locked rows, each column wide enough for what it takes, everything below free to be filled in."""
    for at, column in enumerate(layout.columns):
        longest = max(map(len, column.choices.values()), default=0)
        own = sheets.formats["number" if column.resolved.is_numeric else "text"]
        data.set_column(at, at, min(max(longest, len(column.id), 12), 38) + 2, own)
        data.write_string(0, at, column.title, sheets.formats[column.duty])
        data.write_string(1, at, column.id, sheets.formats[f"{column.duty}.id"])
    data.set_row(0, 32)
    data.freeze_panes(HEADER_ROW, 0)
    data.protect("", _ALLOWED)


def _choices(sheets: Sheets, hidden: Worksheet, layout: Columns) -> None:
    for at, column in enumerate(layout.columns):
        for row, choice in enumerate((column.id, *column.choices.values())):
            hidden.write_string(row, at, choice)


def _validation(column: Column, at: int, words: Words) -> dict[str, Any]:
    prompt = {
        "input_title": column.title[:_PROMPT_TITLE],
        "input_message": f"{words(f'duty.{column.duty}')}. {column.takes}. {column.description}"[:_PROMPT],
        "error_title": column.title[:_PROMPT_TITLE],
        "error_message": column.takes[:_PROMPT],
    }
    if column.choices:
        from xlsxwriter.utility import xl_range_abs

        source = f"={CODES}!{xl_range_abs(1, at, len(column.choices), at)}"
        # of several codes in one cell the list has none: it helps, and does not forbid
        stop = "information" if column.resolved.is_array else "stop"
        return {"validate": "list", "source": source, "error_type": stop, **prompt}
    if column.resolved.is_numeric:
        return {"validate": "decimal", "criteria": "between", "minimum": -_EXACT, "maximum": _EXACT, **prompt}
    longest = column.resolved.representation.facets.get("maxLength")
    if longest:
        return {"validate": "length", "criteria": "<=", "value": int(longest), **prompt}
    return {"validate": "any", **prompt}


def _fill(sheets: Sheets, data: Worksheet, layout: Columns, filled: pa.Table) -> None:
    """The rows of a release; a cell at a time, because that is how a workbook is written."""
    for at, column in enumerate(layout.columns):
        if column.id not in filled.column_names:
            continue
        texts = filled.column(column.id).to_pylist()
        numeric = column.resolved.is_numeric
        own = sheets.formats["number" if numeric else "text"]
        for row, value in enumerate(texts, HEADER_ROW):
            if value is None:
                continue
            if numeric and is_exact(value):
                data.write_number(row, at, float(value), own)
            else:
                data.write_string(row, at, _cell(column, value), own)
        if numeric:
            data.ignore_errors({"number_stored_as_text": f"A1:XFD{LAST_ROW + 1}"})


def is_exact(value: str) -> bool:
    """Whether a number cell gives back the digits: `67.60` is another text than `67.6`.

    >>> is_exact("67.6"), is_exact("67.60"), is_exact("1e5")
    (True, False, False)
    """
    number = float(value)
    return abs(number) < _EXACT and f"{Decimal(repr(number)):f}".removesuffix(".0") == value


def _cell(column: Column, value: str) -> str:
    """What stands in a cell: each code with its name, also one that is not a choice any more."""
    if column.resolved.codes is None:
        return value
    return ";".join(column.choices.get(code, labelled(code, "")) for code in value.split(_JOINED))


def _notes(sheets: Sheets, notes: Worksheet, layout: Columns, about: Sequence[str]) -> None:
    words, formats = sheets.words, sheets.formats
    notes.set_column(0, 0, 22)
    notes.set_column(1, 1, 26)
    notes.set_column(2, 3, 34, formats["note"])
    notes.set_column(4, 4, 70, formats["note"])
    notes.hide_gridlines(2)
    for row, line in enumerate(about):
        notes.write_string(row, 0, line, formats["heading"] if row == 0 else None)
    row = len(about) + 1
    for at, name in enumerate(("column", "title", "duty", "takes", "description")):
        notes.write_string(row, at, words(f"notes.{name}"), formats[REQUIRED])
    for column in layout.columns:
        row += 1
        duty = words(f"duty.{column.duty}") + (f": {column.when}" if column.when else "")
        notes.write_string(row, 0, column.id, formats[f"{column.duty}.id"])
        for at, cell in enumerate((column.title, duty, column.takes, column.description), 1):
            notes.write_string(row, at, cell, formats["note"])
    if layout.fixed_labels:
        row += 2
        notes.write_string(row, 0, words("notes.fixed"), formats["heading"])
        for below, cells in enumerate(layout.fixed_labels, row + 1):
            for at, cell in enumerate(cells):
                notes.write_string(below, at, cell)
    notes.protect("", _ALLOWED)
