"""CSV by pyarrow, block by block.

What pyarrow would read differently from another reader (stray quotation marks, other encodings,
ragged rows) is found first and refused. Dialects that it does not know are read by `odd`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from publisher.package.findings import Findings
from publisher.package.lines import Lines, Positions
from publisher.package.plan import Filing, Table
from publisher.package.readers import coding, encodings, odd
from publisher.package.readers.model import MAX_COLUMNS, Columns, Opened

_BLOCK = 16 << 20  # more than a row of 256 cells of 64 KiB
_PIECE = 4 << 20  # where rows are shorter: what the caches of a processor hold
_HEADER_BYTES = MAX_COLUMNS * 256


def read(file: str, data: bytes, table: Table, filing: Filing, findings: Findings) -> Opened | None:
    """The file with its header; None, with findings, when its rows cannot be told apart for sure."""
    text = encodings.to_utf8(file, data, table.encoding, findings)
    if text is None:
        return None
    if (position := text.find(b"\0")) >= 0:
        row = Lines(text).line_of(position)
        findings.add("control-character", "the cell has a NUL byte", file=file, row=row)
        return None
    return (
        _plain(file, text, table, findings)
        if table.dialect.is_plain
        else odd.read(file, text, table, findings)
    )


def _plain(file: str, text: bytes, table: Table, findings: Findings) -> Opened | None:
    lines = Lines(text, table.dialect.delimiter, table.dialect.quote)
    if table.dialect.quote.encode() in text and (stray := lines.stray_quote()):
        note = f"a {table.dialect.quote} stands inside a cell or is never closed"
        findings.add("csv-quoting", note, file=file, row=stray)
        return None
    names = _header(text, table)
    if not names:
        findings.add("csv-empty", "the file is empty", file=file)
        return None
    return Delimited(file, names, lines, table, findings)


def _header(text: bytes, table: Table) -> list[str]:
    head = text.removeprefix(encodings.BOM)[:_HEADER_BYTES].decode("utf-8", "replace")
    dialect = table.dialect
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote)
    try:
        return next((row for row in reader if row), [])
    except csv.Error:  # a line end of old Macs, or a cell of megabytes
        return head.replace("\r", "\n").split("\n")[0].split(dialect.delimiter)


@dataclass(frozen=True)
class Delimited:
    """A CSV file of the usual dialect."""

    place: str
    names: list[str]
    lines: Lines
    table: Table
    findings: Findings

    @property
    def header_row(self) -> int:
        return self.lines.first

    def read(self, types: Mapping[str, pa.DataType]) -> Columns | None:
        """The columns `types` of the rows that are as wide as the header; findings for the others."""
        try:
            read = self._arrow(self.lines.data, types, min(_PIECE, _BLOCK))
        except pa.ArrowInvalid:
            return self._rest(types)
        return Columns(read, self.lines.of_records(len(next(iter(read.values())))))

    def _rest(self, types: Mapping[str, pa.DataType]) -> Columns | None:
        """The same, where not every row could be read: what can be."""
        records = self._why()
        if records is None:
            return None
        if not len(records):
            return Columns({name: pa.array([], type_) for name, type_ in types.items()}, records)
        read = self._arrow(self.lines.only(np.insert(records, 0, 0)), types, _BLOCK)
        return Columns(read, self.lines.numbers[records])

    def _arrow(self, data: bytes, types: Mapping[str, pa.DataType], block: int) -> dict[str, pa.Array]:
        dialect = self.table.dialect
        blocks = pa_csv.open_csv(
            pa.BufferReader(data),
            pa_csv.ReadOptions(block_size=block, use_threads=False),
            pa_csv.ParseOptions(
                delimiter=dialect.delimiter,
                quote_char=dialect.quote,
                newlines_in_values=self.lines.breaks_in_cells,
            ),
            pa_csv.ConvertOptions(
                check_utf8=False,  # done for the whole file
                column_types=dict.fromkeys(types, pa.string()),
                include_columns=list(types),
                strings_can_be_null=True,
                null_values=list(self.table.missing),
            ),
        )
        return coding.columns(blocks, types)

    def _why(self) -> Positions | None:
        """Says why the file could not be parsed; the records that have the header's width, else None."""
        lines, width = self.lines, len(self.names)
        if len(long := np.flatnonzero(lines.sizes > _BLOCK)):
            row = int(lines.numbers[long[0]])
            self.findings.add("cell-too-long", "the row is too long", file=self.place, row=row)
            return None
        ragged = np.flatnonzero(lines.widths != width)
        room = self.findings.room("row-width")
        for record in ragged[:room]:
            note = f"the row has {lines.widths[record]} cells, the header {width}"
            self.findings.add("row-width", note, file=self.place, row=int(lines.numbers[record]))
        self.findings.count("row-width", len(ragged) - room)
        return np.flatnonzero(lines.widths == width)[1:]
