"""CSV of any other declared dialect, by Python's csv: comments, several header rows, escapes, no header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from publisher.package.findings import Findings
from publisher.package.plan import Dialect, Table
from publisher.package.readers import encodings
from publisher.package.readers.model import InRows, Opened, Row


def read(file: str, text: bytes, table: Table, findings: Findings) -> Opened | None:
    """The table with the header that the dialect describes; None with findings."""
    body = _Body(file, text.removeprefix(encodings.BOM).decode(), table.dialect, findings)
    rows = iter(body)
    return headed(file, rows, body, table, findings)


def headed(
    place: str, rows: Iterator[Row], body: _Body | None, table: Table, findings: Findings
) -> Opened | None:
    """The rows below the header rows of the dialect, as a table."""
    wanted, dialect = table.dialect.header_rows, table.dialect
    if not wanted:
        return InRows(
            place, list(table.fields or ()), 1, _checked(place, rows, table, findings), table.missing
        )
    heads: list[Sequence[str | None]] = []
    for number, cells in rows:
        if number in wanted:
            heads.append(cells)
        if number >= wanted[-1]:
            break
    if not heads:
        findings.add("csv-empty", f"the file ends before its header in row {wanted[-1]}", file=place)
        return None
    names = joined(heads, dialect.header_join)
    kept = _checked(place, rows, table, findings, len(names))
    return InRows(place, names, wanted[-1], kept, table.missing)


def joined(heads: Sequence[Sequence[str | None]], join: str) -> list[str]:
    """Names of columns from header rows (Table Dialect, headerJoin); empty cells add nothing.

    >>> joined([["AREA", "2024", None], [None, "M", "F"]], " ")
    ['AREA', '2024 M', 'F']
    """
    width = max(map(len, heads))
    columns = ([row[at] for row in heads if at < len(row) and row[at]] for at in range(width))
    return [join.join(str(text) for text in column) for column in columns]


def _checked(
    place: str, rows: Iterator[Row], table: Table, findings: Findings, width: int | None = None
) -> Iterator[Row]:
    expected = len(table.fields or ()) if width is None else width
    for number, cells in rows:
        if len(cells) != expected:
            note = f"the row has {len(cells)} cells, the header {expected}"
            findings.add("row-width", note, file=place, row=number)
        else:
            yield number, cells


@dataclass
class _Body:
    """The rows of the file without comments and empty lines; what csv cannot read ends in a finding."""

    file: str
    text: str
    dialect: Dialect
    findings: Findings
    _at: int = field(default=0)

    def __iter__(self) -> Iterator[Row]:
        reader = csv.reader(io.StringIO(self.text, newline=""), **self.dialect.for_csv())
        before, comment = 0, self.dialect.comment
        try:
            for cells in reader:
                number, before = before + 1, reader.line_num
                is_comment = bool(comment and cells and cells[0].startswith(comment))
                if cells and not is_comment and number not in self.dialect.comment_rows:
                    yield number, cells
        except csv.Error as exc:
            code = "cell-too-long" if "field limit" in str(exc) else "csv-quoting"
            self.findings.add(code, f"the row cannot be read: {exc}", file=self.file, row=reader.line_num)
