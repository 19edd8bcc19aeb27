"""Errors of a table as a whole: header, widths, quotation marks, bytes, encodings, dialects, workbooks."""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random
from typing import Any

import openpyxl

from publisher.structures import model as m
from tests.package.mutants import forms
from tests.package.mutants.sheet import VALUE, Draft, Plant, Planted, Sheet

Bytes = Callable[[bytes, Sheet, Random], "tuple[bytes, int | None] | None"]  # with the line that is wrong


def _is_needed(sheet: Sheet, name: str) -> bool:
    component = sheet.component(name).component
    return not isinstance(component, m.Attribute) or component.is_mandatory


def without(draft: Draft, rng: Random) -> Planted | None:
    """A column that must be there is not."""
    sheet = draft.sheet
    name = rng.choice([name for name in sheet.header if _is_needed(sheet, name)])
    at = sheet.at(name)
    del sheet.header[at]
    for row in sheet.rows:
        del row[at]
    return Planted(column=name, line=1)


def renamed(change: Callable[[str], str]) -> Plant:
    """A column with a name that the structure does not have."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        sheet = draft.sheet
        at = rng.randrange(len(sheet.header))
        name = change(sheet.header[at])
        if name in sheet.definition.components or name in sheet.header:
            return None
        sheet.header[at] = name
        return Planted(column=name, line=1)

    return plant


def more(name: str) -> Plant:
    """A column more than the structure has."""

    def plant(draft: Draft, rng: Random) -> Planted:
        at = rng.randrange(len(draft.sheet.header) + 1)
        draft.sheet.header.insert(at, name)
        for row in draft.sheet.rows:
            row.insert(at, "1")
        return Planted(column=name, line=1)

    return plant


def twice(draft: Draft, rng: Random) -> Planted:
    """A column is there twice."""
    sheet = draft.sheet
    at = rng.randrange(len(sheet.header))
    sheet.header.append(sheet.header[at])
    for row in sheet.rows:
        row.append(row[at])
    return Planted(column=sheet.header[at], line=1)


def fixed_too(draft: Draft, rng: Random) -> Planted | None:
    """A column of the file is fixed in the descriptor as well."""
    sheet = draft.sheet
    name = rng.choice([name for name in sheet.dimensions if name in sheet.header])
    sheet.resource["sdmx"]["fixed"] = {**sheet.fixed, name: sheet.get(0, name)}
    return Planted(column=name, line=1)


def wide(draft: Draft, rng: Random) -> Planted:
    sheet = draft.sheet
    count = 257 - len(sheet.header)
    sheet.header += [f"NOTE_{n}" for n in range(count)]
    sheet.rows = [[*row, *[""] * count] for row in sheet.rows]
    return Planted(line=1)


def width(change: Callable[[list[str], Random], list[str] | None]) -> Plant:
    """A row with more or fewer cells than the header."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        row = rng.randrange(len(draft.sheet.rows))
        cells = change(draft.sheet.rows[row], rng)
        if cells is None:
            return None
        draft.sheet.rows[row] = cells
        return Planted(row)

    return plant


def decimal_comma(draft: Draft, rng: Random) -> Planted | None:
    """A decimal comma that nothing quotes, in a file with commas between cells."""
    sheet = draft.sheet
    row = rng.randrange(len(sheet.rows))
    whole, point, rest = sheet.get(row, VALUE).partition(".")
    if not point:
        return None
    at = sheet.at(VALUE)
    sheet.rows[row][at : at + 1] = [whole, rest]
    return Planted(row)


def headless(draft: Draft, rng: Random) -> Planted:
    """The header is not there: the first row is taken for it."""
    name = rng.choice([n for n in draft.sheet.header if _is_needed(draft.sheet, n)])
    draft.sheet.write = lambda its: forms.text(its).partition("\n")[2].encode()
    return Planted(column=name, line=1)


def header_twice(draft: Draft, rng: Random) -> Planted:
    """Two files were put together, each with its header."""
    row = rng.randrange(len(draft.sheet.rows))
    draft.sheet.rows.insert(row, list(draft.sheet.header))
    return Planted(row, VALUE)


def bytes_of(change: Bytes) -> Plant:
    """The bytes of the file are changed after it was written; the finding names a line, or only the file."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        changed = change(forms.plain(draft.sheet), draft.sheet, rng)
        if changed is None:
            return None
        data, line = changed
        draft.sheet.write = lambda its: data
        return Planted(line=line)

    return plant


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _place(data: bytes, rng: Random) -> int:
    """A byte of a row, not of the header."""
    return rng.randrange(data.index(b"\n") + 1, len(data) - 1)


def put(text: bytes) -> Bytes:
    """`text` at random inside a row."""

    def change(data: bytes, sheet: Sheet, rng: Random) -> tuple[bytes, int]:
        at = _place(data, rng)
        return data[:at] + text + data[at:], _line(data, at)

    return change


def inside_a_cell(text: bytes) -> Bytes:
    """`text` between two letters or digits of a cell that is not quoted."""

    def change(data: bytes, sheet: Sheet, rng: Random) -> tuple[bytes, int] | None:
        for _ in range(50):
            at = _place(data, rng)
            if b'"' not in data and data[at - 1 : at].isalnum() and data[at : at + 1].isalnum():
                return data[:at] + text + data[at:], _line(data, at)
        return None

    return change


def never_closed(data: bytes, sheet: Sheet, rng: Random) -> tuple[bytes, int] | None:
    """A quotation begins at a cell and does not end."""
    if b'"' in data:
        return None
    at = data.index(b",", _place(data, rng) if rng.random() < 0.9 else data.rindex(b"\n", 0, -1))
    return data[: at + 1] + b'"' + data[at + 1 :], _line(data, at)


def only_header(data: bytes, sheet: Sheet, rng: Random) -> tuple[bytes, None]:
    return data[: data.index(b"\n") + rng.randint(0, 1)], None


def nothing(data: bytes, sheet: Sheet, rng: Random) -> tuple[bytes, None]:
    return rng.choice((b"", b"\n", b"\r\n\r\n")), None


SCRIPTS = {
    "tis-620": "สำรวจแรงงาน",
    "cp1258": "Điều tra lao động",
    "cp1252": "Enquête – emploi",
    "shift_jis": "労働力調査",
    "utf-16": "labour",
    "big5": "勞動力",
}


def undeclared(encoding: str) -> Plant:
    """The file is in an encoding that the descriptor does not name."""

    def plant(draft: Draft, rng: Random) -> Planted:
        sheet = draft.sheet
        row = rng.randrange(len(sheet.rows))
        sheet.add("COMMENT_OBS", ["" if n != row else SCRIPTS[encoding] for n in range(len(sheet.rows))])
        data = forms.text(sheet).encode(encoding, "replace")
        sheet.write = lambda its: data
        return Planted(line=None if encoding == "utf-16" else row + 2)

    return plant


def declared(encoding: str, **more: Any) -> Plant:
    """The descriptor names an encoding that the file does not have."""

    def plant(draft: Draft, rng: Random) -> Planted:
        draft.sheet.resource |= {"encoding": encoding, **more}
        if encoding == "ascii":
            draft.sheet.add("COMMENT_OBS", SCRIPTS["tis-620"])
        return Planted()

    return plant


def marked(draft: Draft, rng: Random) -> Planted:
    draft.sheet.write = lambda its: b"\xef\xbb\xbf" + forms.plain(its)
    return Planted()


def other_delimiter(draft: Draft, rng: Random) -> Planted | None:
    """Cells are separated by another sign than the dialect says: the header is one unknown column."""
    sign = rng.choice(";|\t")
    if b'"' in forms.plain(draft.sheet):
        return None
    draft.sheet.write = lambda its: forms.text(its, delimiter=sign).encode()
    return Planted(column=sign.join(draft.sheet.header), line=1)


# -- workbooks ------------------------------------------------------------------------------------


def in_workbook(column: str, value: object, number_format: str | None = None, letters: bool = False) -> Plant:
    """A cell of a workbook that holds something else than text or a number."""

    def plant(draft: Draft, rng: Random) -> Planted:
        sheet = draft.sheet
        row, at = rng.randrange(len(sheet.rows)), sheet.at(column)
        forms.FORMS["XLSX"](sheet)
        inner = sheet.write

        def write(its: Sheet) -> bytes:
            book = openpyxl.load_workbook(io.BytesIO(inner(its)))
            cell = book["Data"].cell(row + 2, at + 1)
            cell.value = value
            if number_format:
                cell.number_format = number_format
            out = io.BytesIO()
            book.save(out)
            return out.getvalue()

        sheet.write = write
        return Planted(row, openpyxl.utils.get_column_letter(at + 1) if letters else column)

    return plant


def two_sheets(draft: Draft, rng: Random) -> Planted:
    sheet = draft.sheet
    forms.FORMS["XLSX"](sheet)
    inner = sheet.write

    def write(its: Sheet) -> bytes:
        book = openpyxl.load_workbook(io.BytesIO(inner(its)))
        book.create_sheet("Notes")
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    sheet.write = write
    return Planted(file=sheet.file)


def not_that_format(format_: str) -> Plant:
    """CSV with the name of another format."""

    def plant(draft: Draft, rng: Random) -> Planted:
        draft.sheet.resource["format"] = format_
        return Planted(file=draft.sheet.file)

    return plant


def for_something_else(column: str, text: str) -> Plant:
    """An SDMX message that says another dataflow or action than the descriptor."""

    def plant(draft: Draft, rng: Random) -> Planted:
        sheet = draft.sheet
        forms.FORMS["SDMX-CSV"](sheet)
        inner, row = sheet.write, rng.randrange(len(sheet.rows))

        def write(its: Sheet) -> bytes:
            header, *lines = inner(its).decode().splitlines()
            cells = lines[row].split(",")
            cells[header.split(",").index(column)] = text
            lines[row] = ",".join(cells)
            return "\n".join([header, *lines]).encode()

        sheet.write = write
        return Planted(row, column)

    return plant
