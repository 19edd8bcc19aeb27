"""A national table as a grid of texts, whatever file it came in; and the names of its cells."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from publisher.package.archives import TooLarge
from publisher.package.findings import Findings, nearest, quoted
from publisher.package.harmonise.layout import Layout
from publisher.package.plan import Table
from publisher.package.readers import encodings
from publisher.package.readers.model import place_of
from publisher.package.readers.xlsx import cells_of
from publisher.package.readers.xlsx_parts import NotAWorkbook, open_workbook

Texts = npt.NDArray[np.object_]
MAX_CELLS = 20_000_000


@dataclass(frozen=True)
class Grid:
    """`texts[row, column]`, both from 0, "" where there is nothing; no blank edges below or right."""

    file: str
    sheet: str
    texts: Texts

    def cell(self, name: str) -> str:
        """The text of a cell such as B7; "" outside of the table."""
        letters = name.rstrip("0123456789")
        row, column = int(name[len(letters) :]) - 1, number_of(letters)
        inside = row < self.texts.shape[0] and column < self.texts.shape[1]
        return str(self.texts[row, column]) if inside else ""

    @property
    def place(self) -> str:
        """How findings name it: the file, and the sheet in it."""
        return place_of(self.file, self.sheet) if self.sheet else self.file


def letters_of(column: int) -> str:
    """The letters of a column, from 0.

    >>> letters_of(0), letters_of(27)
    ('A', 'AB')
    """
    letters = ""
    while column >= 0:
        letters = chr(ord("A") + column % 26) + letters
        column = column // 26 - 1
    return letters


def number_of(letters: str) -> int:
    """The number of a column, from 0.

    >>> number_of("AB")
    27
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def read(file: str, data: bytes, table: Table, layout: Layout, findings: Findings) -> Grid | None:
    """The grid of `file` as the layout says its format, or None with findings."""
    if table.format not in READERS:
        note = f"a map reads {', '.join(READERS)}, not {table.format}"
        findings.add("map-invalid", note, file=file, value=table.format)
        return None
    rows = READERS[table.format](file, data, table, layout, findings)
    if rows is None:
        return None
    width = max(map(len, rows), default=0)
    if width * len(rows) > MAX_CELLS:
        findings.add("too-large", f"the table has {width} columns and {len(rows)} rows", file=file)
        return None
    texts = np.full((len(rows), width), "", object)
    for number, row in enumerate(rows):
        texts[number, : len(row)] = row
    filled = texts != ""
    down, right = filled.any(axis=1).nonzero()[0], filled.any(axis=0).nonzero()[0]
    if not len(down):
        findings.add("csv-empty", "the table is empty", file=file)
        return None
    sheet = str(table.dialect.sheet or layout.sheet) if table.format == "xlsx" else ""
    return Grid(file, sheet, texts[: down[-1] + 1, : right[-1] + 1])


def _csv(file: str, data: bytes, table: Table, layout: Layout, findings: Findings) -> list[list[str]] | None:
    text = encodings.to_utf8(file, data, table.encoding, findings)
    if text is None:
        return None
    reader = csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""), **table.dialect.for_csv())
    try:
        return [[cell.strip() for cell in row] for row in reader]
    except csv.Error as exc:
        findings.add("csv-quoting", f"the file cannot be read as CSV: {exc}", file=file, row=reader.line_num)
        return None


def _parquet(
    file: str, data: bytes, table: Table, layout: Layout, findings: Findings
) -> list[list[str]] | None:
    """The names of the columns are the first row."""
    try:
        read = pq.read_table(pa.BufferReader(data))
        columns = [column.cast(pa.string()).fill_null("").to_pylist() for column in read.columns]
    except (pa.ArrowException, OSError) as exc:
        findings.add("file-invalid", f"{file} cannot be read: {exc}", file=file, allowed="a Parquet file")
        return None
    return [read.column_names, *map(list, zip(*columns, strict=True))]


def _xlsx(file: str, data: bytes, table: Table, layout: Layout, findings: Findings) -> list[list[str]] | None:
    """All rows of the sheet that the layout or the resource names; of merged cells each has the text."""
    try:
        book = open_workbook(data)
    except (NotAWorkbook, TooLarge) as exc:
        findings.add("file-invalid", f"{file} cannot be read: {exc}", file=file, allowed="a workbook (.xlsx)")
        return None
    name = _sheet(file, list(book.sheets), table, layout, findings)
    sheet = cells_of(book, name, place_of(file, name), findings) if name else None
    if sheet is None:
        return None
    filled = {number: [text or "" for text in sheet.row(number)] for number in sheet.cells}
    return [filled.get(number, []) for number in range(1, max(filled, default=0) + 1)]


def _sheet(file: str, names: list[str], table: Table, layout: Layout, findings: Findings) -> str | None:
    wanted = table.dialect.sheet or layout.sheet
    if isinstance(wanted, int) and 1 <= wanted <= len(names):
        return names[wanted - 1]
    if wanted in names or (not wanted and len(names) == 1):
        return str(wanted or names[0])
    note = f"the workbook has {len(names)} sheets, and none is called {quoted(str(wanted))}"
    findings.add("sheet-unknown", note, file=file, value=str(wanted), allowed=nearest(str(wanted), names))
    return None


READERS = {"csv": _csv, "parquet": _parquet, "xlsx": _xlsx}
