"""The first look at a dataset: its most general series and their last periods, as printed values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from publisher.store.cube import PROVIDER, Cube
from publisher.structures.definition import Resolved
from publisher.structures.model import Attribute
from publisher.web.names import FREQUENCY
from publisher.web.words import Words

ROWS, FEW, PERIODS = 20, 8, 8
# SDMX cross-domain code lists and concepts: total, normal value, unit, multiplier, status.
TOTAL, NORMAL, UNIT, MULTIPLIER, STATUS = "_T", "A", "UNIT_MEASURE", "UNIT_MULT", "OBS_STATUS"
SEPARATOR = "\x1f"
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cell:
    value: str  # as the locale writes it; "" when there is no observation
    status: tuple[str, ...] = ()  # codes other than normal
    notes: tuple[int, ...] = ()  # numbers of the texts that go with it


@dataclass(frozen=True)
class Row:
    labels: tuple[str, ...]
    unit: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Preview:
    heads: tuple[str, ...]  # names of the dimensions in which the rows differ
    common: tuple[tuple[str, str], ...]  # dimension and code that all rows share, totals left out
    periods: tuple[str, ...]
    rows: tuple[Row, ...]
    series_count: int  # of the whole dataset
    legend: tuple[tuple[str, str], ...]  # the statuses that occur, and what they mean
    unit: str  # of all rows; "" when they differ or have none
    status: str  # of all values, in words; "" when they differ or are normal
    has_units: bool  # the rows' units differ
    has_gaps: bool  # some value is missing or was never there


def build(cube: Cube, provider: str, words: Words) -> Preview:
    """The preview of a provider's part of the cube."""
    mine = np.flatnonzero(_is(cube, PROVIDER, provider))
    shown = _choose(cube, mine)
    dimensions = [d for d in cube.definition.dimensions]
    keys = {d.id: [_value(cube, d.id, row) for row in shown] for d in dimensions}
    differing = [d for d in dimensions if len(set(keys[d.id])) > 1]
    common = [d for d in dimensions if d not in differing and shown.size and keys[d.id][0] != TOTAL]
    periods = _periods(cube, shown)
    rows = tuple(
        Row(
            tuple(label(d, keys[d.id][i], words) for d in differing),
            unit(cube, row, words),
            _cells(cube, row, periods, words),
        )
        for i, row in enumerate(shown)
    )
    units = {row.unit for row in rows}
    statuses = {cell.status for row in rows for cell in row.cells if cell.value}
    is_shared = len(statuses) == 1 and any(statuses)
    explained = legend(cube, rows, words)
    return Preview(
        tuple(words.name(d.name) for d in differing),
        tuple((words.name(d.name), label(d, keys[d.id][0], words)) for d in common),
        tuple(words.period(p) for p in periods),
        tuple(_unmarked(row) for row in rows) if is_shared else rows,
        int(mine.size),
        () if is_shared else explained,
        units.pop() if len(units) == 1 else "",
        ", ".join(label for _, label in explained) if is_shared else "",
        len(units) > 1,
        any(cell.value in ("", words("preview.missing")) for row in rows for cell in row.cells),
    )


def _unmarked(row: Row) -> Row:
    return replace(row, cells=tuple(Cell(cell.value) for cell in row.cells))


def _is(cube: Cube, column: str, value: str) -> npt.NDArray[np.bool_]:
    code = cube.code(column, value)
    found: npt.NDArray[np.bool_] = cube.codes(column) == (-2 if code is None else code)
    return found


def _choose(cube: Cube, mine: Numbers) -> Numbers:
    """Of the frequency with most observations the series with most totals; fewer totals only to fill up."""
    lengths = np.diff(cube.offsets)
    if FREQUENCY in cube.series.column_names and mine.size:
        frequency = cube.codes(FREQUENCY)[mine]
        most = np.bincount(frequency, weights=lengths[mine]).argmax()
        mine = mine[frequency == most]
    totals = np.zeros(mine.size, dtype=np.int64)
    for dimension in cube.definition.dimensions:
        totals += _is(cube, dimension.id, TOTAL)[mine]
    tiers = np.sort(np.unique(totals))[::-1]
    enough = next((t for t in tiers if (totals >= t).sum() >= FEW), tiers[-1] if tiers.size else 0)
    order = np.lexsort((mine, -totals))[: min(ROWS, int((totals >= enough).sum()))]
    return np.sort(mine[order])


def _periods(cube: Cube, shown: Numbers) -> tuple[str, ...]:
    """The last periods that any of the series has, oldest first."""
    time = cube.definition.time
    if time is None or not shown.size:
        return ()
    codes = cube.codes(time.id)
    rows = np.concatenate([np.arange(cube.offsets[s], cube.offsets[s + 1]) for s in shown])
    start = dict(zip(cube.periods["period"].to_pylist(), cube.periods["start"].to_pylist(), strict=True))
    values = cube.values(time.id)
    present = [values[code] for code in np.unique(codes[rows])]
    return tuple(sorted(present, key=lambda p: (start[p], p))[-PERIODS:])


def _cells(cube: Cube, row: int, periods: Sequence[str], words: Words) -> tuple[Cell, ...]:
    time = cube.definition.time
    if time is None:
        return ()
    part = cube.observations.slice(int(cube.offsets[row]), int(cube.offsets[row + 1] - cube.offsets[row]))
    times = part.column(time.id).to_pylist()
    values = part.column(cube.definition.measures[0].id).to_pylist()
    names = part.schema.names
    statuses = part.column(STATUS).to_pylist() if STATUS in names else [None] * len(times)
    found = {t: (v, s) for t, v, s in zip(times, values, statuses, strict=True) if t in periods}
    return tuple(cell(*found.get(period, ("", None)), words) for period in periods)


def cell(value: str | None, status: str | None, words: Words) -> Cell:
    codes = tuple(code for code in (status or "").split(SEPARATOR) if code and code != NORMAL)
    return Cell(words("preview.missing") if value is None else words.value(value), codes)


def _value(cube: Cube, column: str, row: int) -> str:
    code = int(cube.codes(column)[row])
    return cube.values(column)[code] if code >= 0 else ""


def label(resolved: Resolved, code: str, words: Words) -> str:
    item = resolved.codes.items.get(code) if resolved.codes else None
    return (words.name(item.name) if item else "") or code


def unit(cube: Cube, row: int, words: Words) -> str:
    """`Persons, thousands`, from the attributes; a unit that is a dimension is among the labels."""
    parts = []
    for name in (UNIT, MULTIPLIER):
        resolved = cube.definition.components.get(name)
        if resolved and isinstance(resolved.component, Attribute) and name in cube.series.column_names:
            code = _value(cube, name, int(row))
            if code and not (name == MULTIPLIER and code == "0"):
                parts.append(label(resolved, code, words))
    return ", ".join(parts)


def legend(cube: Cube, rows: Sequence[Row], words: Words) -> tuple[tuple[str, str], ...]:
    status = cube.definition.components.get(STATUS)
    codes = {code for row in rows for cell in row.cells for code in cell.status}
    labels: Mapping[str, str] = {code: label(status, code, words) for code in codes} if status else {}
    return tuple(sorted(labels.items()))
