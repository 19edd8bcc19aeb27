"""All rows that a package files for one dataflow, as integer codes; and where each row stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.package.findings import Findings, quoted
from publisher.package.harmonise import Harmonised
from publisher.package.plan import Filing
from publisher.package.tables import Part, is_plain

Codes = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """Distinct texts, and for each row the number of its text; -1: empty."""

    values: list[str]
    codes: Codes

    def rows(self, wanted: Iterable[bool] | Mask) -> Rows:
        """The rows whose text is marked in `wanted` (one mark per distinct text)."""
        marks = np.append(np.fromiter(wanted, bool, len(self.values)), False)  # -1 takes the last
        return np.flatnonzero(marks[self.codes]) if marks.any() else np.empty(0, np.int64)

    def lookup(self, of_value: Callable[[str], int], empty: int) -> npt.NDArray[np.int64]:
        """A number for each row, from the row's text."""
        table = np.array([*(of_value(value) for value in self.values), empty], np.int64)
        return table[self.codes]


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
        self.plain = {
            n: self._joined(n, pa.string()) for n in names if is_plain(self.definition.components[n])
        }
        self.numbers: dict[str, np.ndarray] = {}  # plain columns as floats, made where first wanted
        self.legal: dict[str, np.ndarray] = {}  # plain columns: the rows that are well-formed or empty
        coded = pa.dictionary(pa.int32(), pa.string())
        self.coded = {n: _column(self._joined(n, coded)) for n in names if n not in self.plain}

    def _joined(self, name: str, kind: pa.DataType) -> pa.Array:
        arrays = [self._array(part, name, kind) for part in self.parts]
        if len(arrays) == 1:
            return arrays[0]
        return pa.chunked_array(arrays, kind).unify_dictionaries().combine_chunks()

    @staticmethod
    def _array(part: Part | Harmonised, name: str, kind: pa.DataType) -> pa.Array:
        if name in part.columns:
            return part.columns[name]
        if name in part.table.fixed:
            return pa.DictionaryArray.from_arrays(
                pa.array(np.zeros(part.rows, np.int32)), [part.table.fixed[name]]
            )
        return pa.nulls(part.rows, kind)

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


def _column(array: pa.DictionaryArray) -> Column:
    codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return Column(array.dictionary.to_pylist(), codes)
