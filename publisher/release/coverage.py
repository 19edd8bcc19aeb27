"""What one provider's part of a cube covers: counts, span of time, and the codes that occur."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from publisher.store.cube import PROVIDER, Cube

UNIT = "UNIT_MEASURE"  # SDMX cross-domain concepts
Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class Coverage:
    series: int
    observations: int
    start: str  # ISO dates, inclusive; "" without time or observations
    end: str
    codes: Mapping[str, tuple[str, ...]]  # dimension → codes that occur, in the order of the code list
    units: tuple[str, ...] = ()  # codes of UNIT_MEASURE that occur, dimension or attribute


def of(cube: Cube, provider: str) -> Coverage:
    """The coverage of `provider` in `cube`."""
    code = cube.code(PROVIDER, provider)
    mine = np.flatnonzero(cube.codes(PROVIDER) == (-2 if code is None else code))
    lengths = np.diff(cube.offsets)
    start, end = _span(cube, mine)
    codes = {
        dimension.id: tuple(cube.values(dimension.id)[i] for i in np.unique(cube.codes(dimension.id)[mine]))
        for dimension in cube.definition.dimensions
    }
    units = _units(cube, mine)
    return Coverage(int(mine.size), int(lengths[mine].sum()), start, end, codes, units)


def _units(cube: Cube, mine: Numbers) -> tuple[str, ...]:
    if UNIT in cube.series.column_names:
        found = cube.codes(UNIT)[mine]
    elif UNIT in cube.observations.schema.names:
        found = cube.codes(UNIT)[_rows(cube, mine)]
    else:
        return ()
    return tuple(cube.values(UNIT)[i] for i in np.unique(found) if i >= 0)


def _rows(cube: Cube, mine: Numbers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which observations are of these series."""
    is_mine = np.zeros(len(cube.offsets) - 1, dtype=bool)
    is_mine[mine] = True
    rows: np.ndarray[tuple[int], np.dtype[np.bool_]] = np.repeat(is_mine, np.diff(cube.offsets))
    return rows


def _span(cube: Cube, mine: Numbers) -> tuple[str, str]:
    """First day of the first and last day of the last period."""
    if cube.definition.time is None or not mine.size:
        return "", ""
    rows = _rows(cube, mine)
    time = cube.definition.time.id
    names = cube.values(time)
    present = {names[i] for i in np.unique(cube.codes(time)[rows])}
    spans = [row for row in cube.periods.to_pylist() if row["period"] in present]
    first = min(row["start"] for row in spans)
    last = max(row["end"] for row in spans) - timedelta(seconds=1)
    return first.date().isoformat(), last.date().isoformat()
