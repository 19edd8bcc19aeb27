"""All rows that a package files for one dataflow, as integer codes; and where each row stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.package.findings import Findings, quoted
from publisher.package.harmonise import Harmonised
from publisher.package.plan import Filing
from publisher.package.readers.model import index_type, narrow
from publisher.package.tables import Part, is_plain

Codes = npt.NDArray[np.signedinteger]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_Kind = TypeVar("_Kind", bound=np.generic)


@dataclass(frozen=True)
class Column:
    """Distinct texts, and for each row the number of its text; -1: empty.

    The numbers have the fewest bytes that also hold the number after the last; a column of one text
    is one number, broadcast.
    """

    values: list[str]
    codes: Codes

    @property
    def is_one(self) -> bool:
        """True when every row has the same number, and only one is kept."""
        return self.codes.strides == (0,) and len(self.codes) > 0

    def each(self, table: npt.NDArray[_Kind]) -> npt.NDArray[_Kind]:
        """For each row the entry of `table`: one per distinct text, the last for empty cells. Read-only."""
        return np.broadcast_to(table[self.codes[:1]], len(self.codes)) if self.is_one else table[self.codes]

    def marked(self, wanted: Iterable[bool] | Mask, empty: bool = False) -> Mask:
        """For each row whether its text is marked in `wanted` (one mark per distinct text)."""
        return self.each(np.append(np.fromiter(wanted, bool, len(self.values)), empty))

    def rows(self, wanted: Iterable[bool] | Mask) -> Rows:
        """The rows whose text is marked in `wanted`."""
        marks = np.fromiter(wanted, bool, len(self.values))
        return np.flatnonzero(self.marked(marks)) if marks.any() else np.empty(0, np.int64)

    def lookup(self, of_value: Callable[[str], int], empty: int) -> npt.NDArray[np.int32]:
        """A number for each row, from the row's text."""
        return self.each(np.array([*(of_value(value) for value in self.values), empty], np.int32))


class Frame:
    """The parts of one filing one after the other; rows are counted from 0 across files."""

    def __init__(self, filing: Filing, parts: Sequence[Part | Harmonised]) -> None:
        self.filing = filing
        self.parts = parts
        self.definition = filing.definition
        self.offsets = np.cumsum([0, *(part.rows for part in parts)])
        self.rows = int(self.offsets[-1])
        present = {name for part in parts for name in (*part.columns, *part.table.fixed)}
        names = [name for name in self.definition.components if name in present]
        self.plain = {n: self._plain(n) for n in names if is_plain(self.definition.components[n])}
        self.numbers: dict[str, np.ndarray] = {}  # plain columns as floats, made where first wanted
        self.legal: dict[str, np.ndarray] = {}  # plain columns: the rows that are well-formed or empty
        self.coded = {n: joined([_column(p, n) for p in parts]) for n in names if n not in self.plain}

    def _plain(self, name: str) -> pa.StringArray:
        arrays = [_texts(part, name) for part in self.parts]
        return arrays[0] if len(arrays) == 1 else pa.concat_arrays(arrays)

    def place(self, row: int) -> tuple[str, int]:
        """File and line of `row`."""
        number = int(np.searchsorted(self.offsets, row, side="right")) - 1
        part = self.parts[number]
        return part.file, part.line(row - int(self.offsets[number]))

    def cell(self, row: int, component: str) -> tuple[str, int, str]:
        """File, line and column of what `row` says of `component`; of a national table, its own cell."""
        number = int(np.searchsorted(self.offsets, row, side="right")) - 1
        part = self.parts[number]
        return part.file, *part.place(row - int(self.offsets[number]), component)

    def value(self, name: str, row: int) -> str | None:
        """The text in column `name` of `row`; None when it is empty or there is no such column."""
        if name in self.plain:
            text: str | None = self.plain[name][row].as_py()
            return text
        column = self.coded.get(name)
        return None if column is None or column.codes[row] < 0 else column.values[column.codes[row]]

    def texts(self, name: str, rows: Rows) -> list[str]:
        """The texts in column `name` of `rows`, "" where it is empty."""
        if name in self.plain:
            return [text or "" for text in self.plain[name].take(pa.array(rows)).to_pylist()]
        column = self.coded[name]
        return [column.values[code] if code >= 0 else "" for code in column.codes[rows].tolist()]

    @cached_property
    def absent(self) -> dict[str, Mask]:
        """Component id → rows of files that have no such column; only those with such rows."""
        masks = {}
        for name in self.definition.components:
            lacking = [name not in part.columns for part in self.parts]
            if any(lacking):
                masks[name] = np.repeat(lacking, [part.rows for part in self.parts])
        return masks

    def written(self, name: str, rows: Rows) -> Rows:
        """Those of `rows` whose file has the column `name`: a missing column is one finding, not many."""
        return rows[~self.absent[name][rows]] if name in self.absent else rows

    def empty(self, name: str) -> Mask:
        """Rows without a text in column `name`."""
        if name in self.plain:
            return np.asarray(self.plain[name].is_null())
        return self.coded[name].codes < 0

    def tell(
        self,
        findings: Findings,
        code: str,
        rows: Rows,
        column: str,
        message: str | Callable[[str], str],
        allowed: str | Callable[[str], str | None] | None = None,
    ) -> None:
        """A finding for each of `rows`; functions get the cell's text, `{}` in a message becomes it."""
        room = findings.room(code)
        for row in rows[:room].tolist():
            file, line, place = self.cell(row, column)
            value = self.value(column, row) or ""
            findings.add(
                code,
                message(value) if callable(message) else message.replace("{}", quoted(value)),
                file=file,
                row=line,
                column=place,
                value=value,
                allowed=allowed(value) if callable(allowed) else allowed,
            )
        findings.count(code, len(rows) - room)


def _texts(part: Part | Harmonised, name: str) -> pa.StringArray:
    if name in part.columns:
        return part.columns[name]
    return pa.repeat(pa.scalar(part.table.fixed.get(name), pa.string()), part.rows)


def _column(part: Part | Harmonised, name: str) -> Column:
    if name not in part.columns:
        fixed = part.table.fixed.get(name)
        return nothing(part.rows) if fixed is None else _one([fixed], part.rows)
    array = narrow(part.columns[name])
    values = array.dictionary.to_pylist()
    if len(values) == 1 and not array.null_count:
        return _one(values, len(array))
    return Column(values, array.indices.fill_null(-1).to_numpy(zero_copy_only=False))


def _one(values: list[str], rows: int) -> Column:
    return Column(values, np.broadcast_to(np.zeros(1, np.int8), rows))


def nothing(rows: int) -> Column:
    """A column that no row has a text in."""
    return Column([], np.broadcast_to(np.array([-1], np.int8), rows))


def joined(columns: Sequence[Column]) -> Column:
    """Columns of several files one after the other, in one numbering."""
    if len(columns) == 1:
        return columns[0]
    numbers: dict[str, int] = {}
    tables = [[*(numbers.setdefault(v, len(numbers)) for v in one.values), -1] for one in columns]
    kind = index_type(len(numbers)).to_pandas_dtype()
    parts = [one.each(np.array(table, kind)) for one, table in zip(columns, tables, strict=True)]
    return Column(list(numbers), np.concatenate(parts))
