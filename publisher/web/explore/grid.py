"""A selection as people read it: series down, periods across, what all rows share said once above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from publisher.store import Cube, Selection
from publisher.store.order import chronological
from publisher.structures.definition import Resolved
from publisher.web.preview import STATUS, TOTAL, Cell, cell, label, unit
from publisher.web.words import Words

CELLS = 2_000  # of a table that is still looked at; more is a download
PERIODS = 120


@dataclass(frozen=True)
class Line:
    """One series."""

    labels: tuple[str, ...]  # in the dimensions that differ
    unit: str
    cells: tuple[Cell, ...]
    values: Mapping[str, str]  # period → decimal as released, for the chart


@dataclass(frozen=True)
class Grid:
    heads: tuple[str, ...]  # names of the dimensions in which the series differ
    common: tuple[tuple[str, str], ...]  # dimension and code that all series share, totals left out
    periods: tuple[str, ...]  # oldest first
    lines: tuple[Line, ...]
    units: tuple[str, ...]  # distinct
    legend: tuple[tuple[str, str], ...]  # the statuses that occur, and what they mean
    series_count: int  # of the whole selection
    observation_count: int
    has_more_periods: bool

    @property
    def has_more_series(self) -> bool:
        return self.series_count > len(self.lines)


def build(cube: Cube, chosen: Selection, words: Words) -> Grid:
    """The table of a selection: as many whole series as fit into `CELLS`, their newest `PERIODS`."""
    observations = _head(cube, chosen)
    time = cube.definition.time
    every = chronological(pc.unique(observations.column(time.id)).to_pylist()) if time else [""]
    periods = every[-PERIODS:]
    rows = min(chosen.series_count, max(CELLS // max(len(periods), 1), 1))
    keys = chosen.series.slice(0, rows).to_pylist()
    dimensions = cube.definition.dimensions
    differing = [d for d in dimensions if len({key[d.id] for key in keys}) > 1]
    found = _values(cube, observations)
    lines = tuple(
        _line(cube, int(chosen.numbers[row]), key, differing, found.get(row, {}), periods, words)
        for row, key in enumerate(keys)
    )
    same = [d for d in dimensions if keys and d not in differing and keys[0][d.id] != TOTAL]
    return Grid(
        tuple(words.name(d.name) for d in differing),
        tuple((words.name(d.name), label(d, keys[0][d.id], words)) for d in same),
        tuple(periods),
        lines,
        tuple(dict.fromkeys(line.unit for line in lines if line.unit)),
        _legend(cube.definition.components.get(STATUS), lines, words),
        chosen.series_count,
        chosen.count(),
        len(every) > len(periods),
    )


def _head(cube: Cube, chosen: Selection) -> pa.Table:
    """The first observations, enough to fill a table; at most one batch more is read."""
    time = [cube.definition.time.id] if cube.definition.time else []
    names = [*time, cube.definition.measures[0].id, STATUS]
    batches = []
    for batch in chosen.batches(names):
        batches.append(batch)
        if sum(b.num_rows for b in batches) > CELLS * 10:
            break
    if not batches:
        return pa.table({name: pa.array([], pa.string()) for name in ("series", *names)})
    return pa.Table.from_batches(batches).slice(0, CELLS * 10)


def _values(cube: Cube, observations: pa.Table) -> dict[int, dict[str, tuple[str | None, str | None]]]:
    """Series → period → value and status: a table's worth, at most some thousand."""
    time, measure = cube.definition.time, cube.definition.measures[0].id
    periods = observations.column(time.id).to_pylist() if time else [""] * observations.num_rows
    has_status = STATUS in observations.column_names
    statuses = observations.column(STATUS).to_pylist() if has_status else [None] * observations.num_rows
    found: dict[int, dict[str, tuple[str | None, str | None]]] = {}
    values = observations.column(measure).to_pylist()
    for row, period, value, status in zip(
        observations.column("series").to_pylist(), periods, values, statuses, strict=True
    ):
        found.setdefault(row, {})[period] = (value, status)
    return found


def _line(
    cube: Cube,
    number: int,
    key: Mapping[str, str],
    differing: list[Resolved],
    found: Mapping[str, tuple[str | None, str | None]],
    periods: list[str],
    words: Words,
) -> Line:
    return Line(
        tuple(label(d, key[d.id], words) for d in differing),
        unit(cube, number, words),
        tuple(cell(*found.get(period, ("", None)), words) for period in periods),
        {period: value for period, (value, _) in found.items() if value and period in periods},
    )


def _legend(status: Resolved | None, lines: tuple[Line, ...], words: Words) -> tuple[tuple[str, str], ...]:
    codes = {code for line in lines for cell in line.cells for code in cell.status}
    return tuple((code, label(status, code, words)) for code in sorted(codes)) if status else ()
