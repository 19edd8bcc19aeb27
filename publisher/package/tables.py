"""CSV bytes → columns of codes: each distinct text once, an integer per row; row numbers kept.

pyarrow parses and makes the dictionaries in one go; what it would read differently from another
reader (stray quotation marks, other encodings, ragged rows) is found first and refused.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from publisher.package import header
from publisher.package.findings import Findings
from publisher.package.lines import Lines, Positions
from publisher.package.plan import Filing, Table
from publisher.structures.definition import Resolved
from publisher.structures.model import OBSERVATION, Attribute, Measure

MAX_CELL = 64 * 1024
_BLOCK = 16 << 20
_BOM = b"\xef\xbb\xbf"

# Encodings that a resource may declare (names as in Python and IANA); those of the region among them.
ENCODINGS = {
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "ascii", "us-ascii", "latin-1", "iso-8859-1",
    "iso-8859-15", "iso-8859-11", "tis-620", "cp874", "windows-874", "windows-1252", "cp1252", "windows-1258",
    "cp1258", "gb18030", "big5", "shift_jis", "euc-kr",
}  # fmt: skip
_ALIASES = {"windows-874": "cp874"}  # Python knows it by this name only

# Decimal and integer types of SDMX (3.0 section 2, DataType): their cells are mostly all different.
NUMBERS = {"Decimal", "Double", "Float", "Integer", "BigInteger", "Long", "Short", "Count", "Incremental"}


def is_plain(resolved: Resolved) -> bool:
    """True for numbers of single observations: kept as text, without a dictionary."""
    component = resolved.component
    single = isinstance(component, Measure) or (
        isinstance(component, Attribute) and component.attachment == OBSERVATION
    )
    return single and resolved.codes is None and resolved.representation.text_type in NUMBERS


@dataclass(frozen=True)
class Part:
    """One file: its columns that the structure knows, string or dictionary<int32, string>."""

    file: str
    table: Table
    columns: dict[str, pa.Array]
    rows: int
    lines: Lines
    records: Positions | None  # number of each row's record in `lines`; None: all after the header

    def line(self, row: int) -> int:
        """The line of the file where `row` (from 0) begins."""
        return int(self.lines.numbers[row + 1 if self.records is None else self.records[row]])

    def rows_at(self, lines: list[int]) -> list[int | None]:
        """The row that begins at each of `lines`; None where none does."""
        own = self.lines.numbers[1:] if self.records is None else self.lines.numbers[self.records]
        found = np.searchsorted(own, lines)
        return [
            int(row) if row < len(own) and own[row] == line else None
            for row, line in zip(found.tolist(), lines, strict=True)
        ]


def read(file: str, data: bytes, table: Table, filing: Filing, findings: Findings) -> Part | None:
    """The file as columns; None, with findings, when its rows cannot be told apart for sure."""
    text = _utf8(file, data, table.encoding, findings)
    if text is None:
        return None
    lines = Lines(text, table.delimiter, table.quote)
    if (position := text.find(b"\0")) >= 0:
        findings.add("control-character", "the cell has a NUL byte", file=file, row=lines.line_of(position))
        return None
    if table.quote.encode() in text and (stray := lines.stray_quote()):
        findings.add(
            "csv-quoting", f"a {table.quote} stands inside a cell or is never closed", file=file, row=stray
        )
        return None
    names = _header(text, table)
    if not names:
        findings.add("csv-empty", "the file is empty", file=file)
        return None
    known = header.check(file, names, table, filing, findings)
    if not known:
        return None
    return _parse(file, lines, table, filing, known, len(names), findings)


def _utf8(file: str, data: bytes, encoding: str, findings: Findings) -> bytes | None:
    name = encoding.lower().replace("_", "-") if encoding.lower() != "shift_jis" else "shift_jis"
    if name not in ENCODINGS:
        findings.add(
            "encoding",
            f"encoding '{encoding}' is not supported",
            file=file,
            value=encoding,
            allowed=", ".join(sorted(ENCODINGS)),
        )
        return None
    if name in ("utf-8", "utf-8-sig"):
        return _named_utf8(file, data, findings)
    try:
        return data.decode(_ALIASES.get(name, name)).removeprefix("\ufeff").encode()
    except UnicodeDecodeError as exc:
        findings.add("encoding", f"byte {exc.start} is not {encoding}", file=file, value=encoding)
        return None


def _named_utf8(file: str, data: bytes, findings: Findings) -> bytes | None:
    for mark, name in ((b"\xff\xfe", "UTF-16 (little-endian)"), (b"\xfe\xff", "UTF-16 (big-endian)")):
        if data.startswith(mark):
            findings.add("encoding", f"the file is {name}, which is not declared", file=file, value=name)
            return None
    if data.startswith(_BOM):
        findings.add("byte-order-mark", "the file begins with a UTF-8 byte-order mark", file=file)
    try:
        if not data.isascii():
            data.decode()
    except UnicodeDecodeError as exc:
        note = f"byte 0x{data[exc.start]:02X} is not UTF-8, and no other encoding is declared"
        findings.add("encoding", note, file=file, row=Lines(data).line_of(exc.start))
        return None
    return data


def _header(text: bytes, table: Table) -> list[str]:
    head = text.removeprefix(_BOM)[: header.MAX_BYTES].decode("utf-8", "replace")
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=table.delimiter, quotechar=table.quote)
    try:
        return next((row for row in reader if row), [])
    except csv.Error:  # a line end of old Macs, or a cell of megabytes
        return head.replace("\r", "\n").split("\n")[0].split(table.delimiter)


def _parse(
    file: str, lines: Lines, table: Table, filing: Filing, known: list[str], width: int, findings: Findings
) -> Part | None:
    records: Positions | None = None
    components = filing.definition.components
    types = {
        n: pa.string() if is_plain(components[n]) else pa.dictionary(pa.int32(), pa.string()) for n in known
    }
    try:
        read = _arrow(lines, table, types, skip=False)
    except pa.ArrowInvalid:
        records = _why(file, lines, width, findings)
        if records is None:
            return None
        read = _arrow(lines, table, types, skip=True)
    if not read.num_rows:
        findings.add("csv-empty", "the file has a header and no rows", file=file)
        return None
    columns = {name: _whole(read[name]) for name in known}
    part = Part(file, table, columns, read.num_rows, lines, records)
    _lengths(part, findings)
    return part


def _arrow(lines: Lines, table: Table, types: dict[str, pa.DataType], skip: bool) -> pa.Table:
    return pa_csv.read_csv(
        pa.BufferReader(lines.data),
        pa_csv.ReadOptions(block_size=_BLOCK),
        pa_csv.ParseOptions(
            delimiter=table.delimiter,
            quote_char=table.quote,
            newlines_in_values=lines.breaks_in_cells,
            invalid_row_handler=(lambda row: "skip") if skip else None,
        ),
        pa_csv.ConvertOptions(
            check_utf8=False,  # done for the whole file
            column_types=types,
            include_columns=list(types),
            strings_can_be_null=True,
            null_values=list(table.missing),
        ),
    )


def _why(file: str, lines: Lines, width: int, findings: Findings) -> Positions | None:
    """Says why the file could not be parsed; the records that have the header's width, else None."""
    if len(long := np.flatnonzero(lines.sizes > _BLOCK)):
        findings.add("cell-too-long", "the row is too long", file=file, row=int(lines.numbers[long[0]]))
        return None
    ragged = np.flatnonzero(lines.widths != width)
    room = findings.room("row-width")
    for record in ragged[:room]:
        note = f"the row has {lines.widths[record]} cells, the header {width}"
        findings.add("row-width", note, file=file, row=int(lines.numbers[record]))
    findings.count("row-width", len(ragged) - room)
    return np.flatnonzero(lines.widths == width)[1:]


def _whole(column: pa.ChunkedArray) -> pa.Array:
    array = column.unify_dictionaries().combine_chunks()
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _lengths(part: Part, findings: Findings) -> None:
    for name, column in part.columns.items():
        texts = column.dictionary if isinstance(column, pa.DictionaryArray) else column
        long = np.flatnonzero(pa.compute.binary_length(texts).fill_null(0).to_numpy() > MAX_CELL)
        if len(long):
            where = (
                long
                if texts is column
                else np.flatnonzero(np.isin(column.indices.fill_null(-1).to_numpy(), long))
            )
            findings.add(
                "cell-too-long",
                f"a cell has more than {MAX_CELL >> 10} KiB",
                file=part.file,
                row=part.line(int(where[0])),
                column=name,
            )
