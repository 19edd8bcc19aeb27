"""A selection as people read it: series down, periods across, what all rows share said once above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from publisher.errors import QuerySemanticError
from publisher.store import Cube, Selection
from publisher.store.order import chronological
from publisher.store.runs import Runs
from publisher.structures.definition import Resolved
from publisher.structures.model import Attribute
from publisher.web.preview import SEPARATOR, STATUS, TOTAL, Cell, cell, label, unit
from publisher.web.words import Words

CELLS = 2_000  # of a table that is still looked at; more is the next page, and a download
LINES, PERIODS = 60, 120
BREAK = "B"  # SDMX cross-domain code list of statuses: break in series


@dataclass(frozen=True)
class Line:
    """One series."""

    labels: tuple[str, ...]  # in the dimensions that differ
    unit: str
    cells: tuple[Cell, ...]
    values: Mapping[str, str]  # period → decimal as released, for the chart
    breaks: frozenset[str]  # periods that the period before does not lead to
    notes: tuple[int, ...] = ()  # on the whole series


@dataclass(frozen=True)
class Grid:
    heads: tuple[str, ...]  # names of the dimensions in which the series differ
    common: tuple[tuple[str, str], ...]  # dimension and code that all series share, totals left out
    periods: tuple[str, ...]  # oldest first; those in which some series shown has something
    lines: tuple[Line, ...]
    units: tuple[str, ...]  # distinct
    legend: tuple[tuple[str, str], ...]  # the statuses that occur, and what they mean
    notes: tuple[str, ...]  # what cells and series refer to, numbered from 1
    series_count: int  # of the whole selection
    observation_count: int
    has_more_periods: bool
    page: int
    page_count: int

    @property
    def marks(self) -> int:
        """The most marks that a cell has."""
        return max((len(c.status) + len(c.notes) for line in self.lines for c in line.cells), default=0)


def build(cube: Cube, chosen: Selection, words: Words, page: int = 1) -> Grid:
    """A page of the table of a selection: as many whole series as fit into `CELLS`, their newest `PERIODS`.

    Raises QuerySemanticError for a page that there is not.
    """
    rows = max(CELLS // max(min(int(chosen.periods.sum()), PERIODS), 1), 1)
    rows = min(rows, LINES)
    page_count = max(-(-chosen.series_count // rows), 1)
    if not 1 <= page <= page_count:
        raise QuerySemanticError(f"page={page}: the table has {page_count:,} pages")
    shown = _part(chosen, (page - 1) * rows, page * rows)
    keys = shown.series.to_pylist()
    found = _observations(cube, shown)
    every = chronological({period for series in found.values() for period in series})
    periods = every[-PERIODS:]
    dimensions = cube.definition.dimensions
    differing = [d for d in dimensions if len({key[d.id] for key in keys}) > 1]
    notes = _Notes(cube, words)
    lines = tuple(
        _line(int(shown.numbers[row]), key, differing, found.get(row, {}), periods, notes)
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
        tuple(notes.numbers),
        chosen.series_count,
        chosen.count(),
        len(every) > len(periods),
        page,
        page_count,
    )


def _part(chosen: Selection, start: int, stop: int) -> Selection:
    """The series from place `start` to before `stop`."""
    place = chosen.runs.local()
    low, high = (int((place < end).sum()) for end in (start, stop))  # places never fall
    runs = chosen.runs
    part = Runs(runs.series[low:high], runs.start[low:high], runs.stop[low:high])
    return Selection(chosen.cube, part, chosen.with_observations)


Observation = Mapping[str, str | None]


def _observations(cube: Cube, shown: Selection) -> dict[int, dict[str, Observation]]:
    """Series → period → components: a table's worth, at most some thousand."""
    time = cube.definition.time
    names = [c.id for c in _texts(cube, cube.observations.schema.names)]
    wanted = [*([time.id] if time else []), cube.definition.measures[0].id, STATUS, *names]
    found: dict[int, dict[str, Observation]] = {}
    for batch in shown.batches(wanted):
        for row in batch.to_pylist():
            found.setdefault(row["series"], {})[row[time.id] if time else ""] = row
    return found


def _texts(cube: Cube, held: list[str]) -> list[Resolved]:
    """The attributes in which offices write what has no code."""
    return [
        c
        for c in cube.definition.components.values()
        if c.id in held and isinstance(c.component, Attribute) and c.codes is None and not c.is_numeric
    ]


class _Notes:
    """Numbers the texts of series and observations, each distinct one once."""

    def __init__(self, cube: Cube, words: Words) -> None:
        self.cube, self.words = cube, words
        self.numbers: dict[str, int] = {}
        self._on_series = _texts(cube, cube.series.column_names)
        self._on_observations = _texts(cube, cube.observations.schema.names)

    def of_series(self, key: Observation) -> tuple[int, ...]:
        return self._of(self._on_series, key)

    def of_observation(self, row: Observation) -> tuple[int, ...]:
        return self._of(self._on_observations, row)

    def _of(self, components: list[Resolved], row: Observation) -> tuple[int, ...]:
        told = [(c, part) for c in components for part in (row.get(c.id) or "").split(SEPARATOR) if part]
        texts = [f"{self.words.name(c.name)}: {part}" for c, part in told]
        return tuple(self.numbers.setdefault(text, len(self.numbers) + 1) for text in texts)


def _line(
    number: int,
    key: Observation,
    differing: list[Resolved],
    found: Mapping[str, Observation],
    periods: list[str],
    notes: _Notes,
) -> Line:
    cube, words = notes.cube, notes.words
    measure = cube.definition.measures[0].id
    on_series = notes.of_series(key)
    cells = []
    for period in periods:
        row = found.get(period)
        made = cell(row[measure], row.get(STATUS), words) if row else Cell("")
        cells.append(Cell(made.value, made.status, notes.of_observation(row)) if row else made)
    values = {period: row[measure] for period, row in found.items() if period in periods}
    return Line(
        tuple(label(d, key[d.id] or "", words) for d in differing),
        unit(cube, number, words),
        tuple(cells),
        {period: value for period, value in values.items() if value},
        frozenset(
            period
            for period, made in zip(periods, cells, strict=True)
            if BREAK in made.status or (period in values and not values[period])
        ),
        on_series,
    )


def _legend(status: Resolved | None, lines: tuple[Line, ...], words: Words) -> tuple[tuple[str, str], ...]:
    codes = {code for line in lines for cell in line.cells for code in cell.status}
    return tuple((code, label(status, code, words)) for code in sorted(codes)) if status else ()
