"""Bytes of a file → columns of codes: each distinct text once, an integer per row; row numbers kept."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package import header, labels, marks, numbers, patterns
from publisher.package.findings import Findings
from publisher.package.lines import Positions
from publisher.package.plan import Filing, Table
from publisher.package.readers import READERS
from publisher.package.readers.model import MAX_CELL
from publisher.structures.definition import Resolved
from publisher.structures.model import OBSERVATION, Attribute, Measure

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
    """One file or sheet: its columns that the structure knows, string or dictionary<int32, string>."""

    file: str  # with the sheet, as findings name it
    table: Table
    columns: dict[str, pa.Array]
    rows: int
    numbers: Positions  # the number of each row in the file, ascending

    def line(self, row: int) -> int:
        """The number in the file of `row` (from 0)."""
        return int(self.numbers[row])

    def place(self, row: int, component: str) -> tuple[int, str]:
        """Where a finding about the cell of `component` points: number in the file, and column."""
        return self.line(row), component

    def rows_at(self, lines: list[int]) -> list[int | None]:
        """The row that begins at each of `lines`; None where none does."""
        found = np.searchsorted(self.numbers, lines)
        return [
            int(row) if row < len(self.numbers) and self.numbers[row] == line else None
            for row, line in zip(found.tolist(), lines, strict=True)
        ]


def read(file: str, data: bytes, table: Table, filing: Filing, findings: Findings) -> Part | None:
    """The file as columns; None, with findings, when its rows cannot be told apart for sure."""
    several = marks.are_several(table)
    plain = marks.kept(table) if several else marks.unread(table, filing.action)
    opened = READERS[table.format](file, data, plain, filing, findings)
    if opened is None:
        return None
    known = header.check(opened.place, opened.names, table, filing, findings, opened.header_row)
    if not known:
        return None
    components = filing.definition.components
    types = {
        n: pa.string() if is_plain(components[n]) else pa.dictionary(pa.int32(), pa.string()) for n in known
    }
    columns = opened.read(types)
    if columns is None:
        return None
    if not len(columns.numbers):
        _tell_empty(opened.place, findings)
        return None
    if several:
        marks.taken(columns.arrays, columns.numbers, opened.place, table, findings)
    elif plain is not table:
        marks.meant(columns.arrays, columns.numbers, opened.place, table, filing.definition, findings)
    for name in known:
        if components[name].codes is None:
            columns.arrays[name] = _composed(columns.arrays[name])
        elif table.labelled:
            columns.arrays[name] = labels.without(columns.arrays[name], components[name])
    part = Part(opened.place, table, columns.arrays, len(columns.numbers), columns.numbers)
    numbers.normalise(part.columns, part.numbers, part.file, table, findings)
    patterns.check(part.columns, part.numbers, part.file, table, findings)
    _lengths(part, findings)
    return part


def _tell_empty(place: str, findings: Findings) -> None:
    """A file without rows; not one whose rows are all told to be too short or too long."""
    if not any(f.file == place and f.code == "row-width" for f in findings.kept):
        findings.add("csv-empty", "the file has a header and no rows", file=place)


def _composed(column: pa.Array) -> pa.Array:
    """Texts in Unicode's composed form (NFC): cp1258 and macOS write accents as characters of their own."""
    if not pa.types.is_dictionary(column.type) or pc.all(pc.string_is_ascii(column.dictionary)).as_py():
        return column
    # each distinct text once, by Python: `utf8_normalize` of pyarrow 25 takes NFC for NFD
    texts = (text and unicodedata.normalize("NFC", text) for text in column.dictionary.to_pylist())
    return pc.take(pa.array(texts, column.dictionary.type), column.indices).dictionary_encode()


def _lengths(part: Part, findings: Findings) -> None:
    for name, column in part.columns.items():
        texts = column.dictionary if isinstance(column, pa.DictionaryArray) else column
        long = np.flatnonzero(pc.binary_length(texts).fill_null(0).to_numpy() > MAX_CELL)
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
