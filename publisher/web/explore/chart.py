"""A line chart of the first series of a table, as numbers for a template: places in a plot, never text.

Lines differ by dash and by mark as well as by colour, and are named at their end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from publisher.structures import periods
from publisher.web.explore.grid import Grid, Line
from publisher.web.words import Words

LINES = 8
TICKS = 5


@dataclass(frozen=True)
class Frame:
    """The plot's size, in units of the drawing, and how many periods are written below it."""

    width: int
    height: int
    periods: int


WIDE, SLIM = Frame(720, 300, 8), Frame(296, 220, 4)  # the second for phones, names below it


@dataclass(frozen=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True)
class Curve:
    name: str
    parts: tuple[str, ...]  # points of unbroken stretches, "x,y x,y"
    end: tuple[float, float]
    last: str  # the newest value, as printed
    label_at: float  # where its name stands, so that names do not overlap


@dataclass(frozen=True)
class Chart:
    frame: Frame
    curves: tuple[Curve, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    zero: float | None  # the place of 0, where it is inside
    left_out: int  # series that are in the table only
    alt: str


def build(grid: Grid, words: Words, frame: Frame = WIDE) -> Chart | None:
    """The chart; None when there is nothing to draw: fewer than two periods, no numbers, or several units."""
    lines = [line for line in grid.lines if len(_points(line)) > 1][:LINES]
    if not lines or len(grid.units) > 1:
        return None
    points = [_points(line) for line in lines]
    times = [t for line in points for t, _ in line]
    values = [v for line in points for _, v in line]
    ticks = _nice(min(values), max(values))
    low, high = ticks[0], ticks[-1]
    first, span = min(times), max(max(times) - min(times), 1e-9)

    def x(time: float) -> float:
        return round((time - first) / span * frame.width, 1)

    def y(value: float) -> float:
        return round(frame.height * (1 - (value - low) / (high - low)), 1)

    names = [", ".join(line.labels) or words("explore.value") for line in lines]
    ends = [(x(line[-1][0]), y(line[-1][1])) for line in points]
    places = _apart([end[1] for end in ends])
    curves = tuple(
        Curve(name, tuple(_drawn(of, x, y)), end, _last(of, words), place)
        for name, of, end, place in zip(names, lines, ends, places, strict=True)
    )
    return Chart(
        frame,
        curves,
        _across(grid.periods, x, words, frame),
        tuple(Tick(y(value), words.value(f"{value:.10g}")) for value in ticks),
        y(0) if low < 0 < high else None,
        len(grid.lines) - len(lines),
        _alt(grid, lines, names, words),
    )


def _points(line: Line) -> list[tuple[float, float]]:
    """Time and value of each period with a number, in order of time."""
    found = []
    for period, text in line.values.items():
        value = float(text)  # where a point lies on a screen, not a number that is shown
        if math.isfinite(value):
            found.append((_time(period), value))
    return sorted(found)


def _drawn(line: Line, x: Callable[[float], float], y: Callable[[float], float]) -> Iterator[str]:
    """Each unbroken stretch: a break in series, or a value reported as missing, ends one."""
    stretch: list[str] = []
    for period in sorted({*line.values, *line.breaks}, key=_time):
        if period in line.breaks and stretch:
            yield " ".join(stretch)
            stretch = []
        value = float(line.values.get(period, "nan"))
        if math.isfinite(value):
            stretch.append(f"{x(_time(period))},{y(value)}")
    if stretch:
        yield " ".join(stretch)


def _time(period: str) -> float:
    return (periods.parse(period).start - datetime(1970, 1, 1)).total_seconds()


def _nice(low: float, high: float) -> list[float]:
    """Round numbers from below `low` to above `high`; from 0 where that costs less than half the height."""
    if low > 0 and low < high / 2:
        low = 0.0
    step = 10 ** math.floor(math.log10(max(high - low, abs(high) * 1e-3, 1e-9) / TICKS))
    for factor in (1, 2, 5, 10):
        if (high - low) / (step * factor) <= TICKS:
            step *= factor
            break
    start, stop = math.floor(low / step), math.ceil(high / step)
    return [round(n * step, 10) for n in range(start, max(stop, start + 1) + 1)]


def _across(
    shown: Sequence[str], x: Callable[[float], float], words: Words, frame: Frame
) -> tuple[Tick, ...]:
    every = max(math.ceil(len(shown) / frame.periods), 1)
    chosen = [p for n, p in enumerate(reversed(shown)) if n % every == 0]
    return tuple(Tick(min(max(x(_time(p)), 0), frame.width), words.period(p)) for p in reversed(chosen))


def _apart(places: list[float], gap: float = 16) -> list[float]:
    """The same places moved apart so that two names never overlap."""
    order = sorted(range(len(places)), key=lambda n: places[n])
    moved = list(places)
    for above, below in pairwise(order):
        moved[below] = max(moved[below], moved[above] + gap)
    return moved


def _last(line: Line, words: Words) -> str:
    newest = max(line.values, key=_time)
    return words.value(line.values[newest])


def _alt(grid: Grid, lines: list[Line], names: list[str], words: Words) -> str:
    told = "; ".join(f"{name}: {_last(line, words)}" for name, line in zip(names, lines, strict=True))
    first, last = words.period(grid.periods[0]), words.period(grid.periods[-1])
    return words("explore.alt", count=words.count(len(lines)), first=first, last=last, values=told)
