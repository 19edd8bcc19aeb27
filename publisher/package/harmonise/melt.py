"""Wide to long: one row for each figure of the table, with the labels that its row and column give it.

The long table is a pandas frame: `row` and `column` (from 0), `text`, and a column for each variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from publisher.package.findings import Findings, quoted
from publisher.package.harmonise.codemap import plain
from publisher.package.harmonise.grid import Grid, letters_of, number_of
from publisher.package.harmonise.layout import Layout, Variable

ROW, COLUMN, TEXT = "@row", "@column", "@text"  # @: variables of a layout have other names
Numbers = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]


def strings(column: pd.Series) -> pa.StringArray:
    """The column as Arrow has it, in one piece; what is missing is null."""
    return pa.array(column.to_numpy(object), pa.string(), from_pandas=True)


@dataclass(frozen=True)
class Long:
    """The figures, and where each variable's labels stand."""

    grid: Grid
    cells: pd.DataFrame
    columns: Mapping[str, int] = field(default_factory=dict)  # variable → its column, from 0
    rows: Mapping[str, int] = field(default_factory=dict)  # variable → its header row, from 0

    def origin(self, name: str, row: int, column: int) -> tuple[int, int]:
        """The cell that gives the figure at (row, column) its `name`: itself, when no cell does."""
        if name in self.columns:
            return row, self.columns[name]
        return (self.rows[name], column) if name in self.rows else (row, column)


def melt(grid: Grid, layout: Layout, given: Mapping[str, str], findings: Findings) -> Long | None:
    """The figures of `grid`; None, with findings, when the table is not as the layout says."""
    before = findings.counts["layout-differs"]
    _expected(grid, layout, findings)
    columns = {v.name: _column(grid, layout, v, findings) for v in layout.variables if v.is_label}
    last = _last_row(grid, layout, findings)
    absent = sorted(v.name for v in layout.variables if not (v.is_label or v.row) and v.name not in given)
    for name in absent:
        _differs(findings, grid, f"the package must give the variable {quoted(name)} (sdmx.variables)")
    if findings.counts["layout-differs"] > before:
        return None
    return _long(grid, layout, given, columns, last, findings)


def _differs(findings: Findings, grid: Grid, message: str, row: int | None = None, column: int = -1) -> None:
    findings.add(
        "layout-differs",
        message,
        file=grid.place,
        row=None if row is None else row + 1,
        column=letters_of(column) if column >= 0 else None,
        value=str(grid.texts[row, column]) if row is not None and column >= 0 else None,
    )


def _expected(grid: Grid, layout: Layout, findings: Findings) -> None:
    for cell, wanted in layout.expect.items():
        found = plain(grid.cell(cell))
        if found != plain(wanted):
            letters = cell.rstrip("0123456789")
            findings.add(
                "layout-differs",
                f"cell {cell} says {quoted(found)}, not {quoted(wanted)}",
                file=grid.place,
                row=int(cell[len(letters) :]),
                column=letters,
                value=found,
                allowed=wanted,
            )


def _column(grid: Grid, layout: Layout, variable: Variable, findings: Findings) -> int:
    if variable.column:
        number = number_of(variable.column)
        if number >= grid.texts.shape[1]:
            _differs(findings, grid, f"there is no column {variable.column} for {quoted(variable.name)}")
        return number
    names = [plain(text) for text in grid.texts[layout.header_row - 1]] if layout.header_row else []
    if names.count(variable.header) != 1:
        note = f"{names.count(variable.header)} columns are called {quoted(variable.header)}, not one"
        _differs(findings, grid, note, layout.header_row - 1)
        return 0
    return names.index(variable.header)


def _last_row(grid: Grid, layout: Layout, findings: Findings) -> int:
    """The end of the figures: the first row that is blank, since notes follow it."""
    first = layout.first_row - 1
    if first >= grid.texts.shape[0]:
        _differs(findings, grid, f"the table ends before row {layout.first_row}, where the figures begin")
        return first
    blank = (grid.texts[first:] == "").all(axis=1).nonzero()[0]
    return first + int(blank[0]) if len(blank) else int(grid.texts.shape[0])


def _long(
    grid: Grid,
    layout: Layout,
    given: Mapping[str, str],
    stubs: Mapping[str, int],
    last: int,
    findings: Findings,
) -> Long:
    first = layout.first_row - 1
    headers = {v: _header(grid, v) for v in layout.variables if v.row}
    used = np.array(
        [c for c in range(grid.texts.shape[1]) if c not in stubs.values() and _is_used(grid, c, first, last)]
    )
    used = used.astype(np.int64)
    rows, columns = (a.ravel() for a in np.meshgrid(np.arange(first, last), used, indexing="ij"))
    cells = pd.DataFrame({ROW: rows, COLUMN: columns, TEXT: grid.texts[rows, columns]})
    places: dict[str, dict[str, int]] = {"columns": {}, "rows": {}}
    for variable in layout.variables:
        if variable in headers:
            labels, where = headers[variable][columns], ("rows", variable.row - 1)
        elif variable.is_label:
            column = stubs[variable.name]
            labels, where = _plain(grid.texts[:, column])[rows], ("columns", column)
        else:
            labels, where = np.full(len(cells), given[variable.name], object), ("", 0)
        made = {variable.name: labels} | _groups(variable, labels)
        for name, values in made.items():
            cells[name] = values
            if where[0]:
                places[where[0]][name] = where[1]
    long = Long(grid, cells, places["columns"], places["rows"])
    _unmatched(long, layout, findings)
    return long


def _is_used(grid: Grid, column: int, first: int, last: int) -> bool:
    return bool((grid.texts[first:last, column] != "").any())


def _plain(texts: Texts) -> Texts:
    return np.array([plain(str(text)) for text in texts], object)


def _header(grid: Grid, variable: Variable) -> Texts:
    """The labels of a header row; of merged cells only the first has a text."""
    labels = _plain(grid.texts[variable.row - 1])
    if not variable.is_merged:
        return labels
    filled = pd.Series(labels).replace("", None).ffill().fillna("")
    return np.asarray(filled, object)


def _groups(variable: Variable, labels: Texts) -> dict[str, Texts]:
    """What the groups of the variable's pattern find; "" where it does not fit."""
    if variable.pattern is None:
        return {}
    codes, distinct = pd.factorize(labels)
    found = [variable.pattern.fullmatch(label) for label in distinct]
    return {
        name: np.array([match[name] or "" if match else "" for match in found], object)[codes]
        for name in variable.pattern.groupindex
    }


def _unmatched(long: Long, layout: Layout, findings: Findings) -> None:
    for variable in layout.variables:
        if variable.pattern is None:
            continue
        distinct = long.cells[variable.name].drop_duplicates()
        for index, label in distinct.items():
            if variable.pattern.fullmatch(label) is None:
                row, column = long.cells.loc[index, [ROW, COLUMN]]
                place = long.origin(variable.name, int(row), int(column))
                note = f"{quoted(label)} has not the form {variable.pattern.pattern} of {variable.name}"
                _differs(findings, long.grid, note, *place)
