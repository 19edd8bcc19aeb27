"""Plausibility beside the last release: slips of ×1000, signs, outliers, large revisions, vanished series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from publisher.package.findings import Findings
from publisher.package.frame import Frame
from publisher.package.rules import figures, gaps, tables
from publisher.package.rules.previous import Ids, Pair
from publisher.structures.registry import Registry

COLUMNS = ("structure", "where", "revision", "step", "factor", "reason")
Numbers = npt.NDArray[np.float64]
_SLIPS = (1e3, 1e6)  # thousands for units, millions for units
_SLACK = 4.0  # how far from exactly ×1000 a figure may have moved
_LEAST = 6  # steps that a series must have shown before one can be called unusual


@dataclass(frozen=True)
class Limit:
    structure: str
    where: tables.Where
    revision: str  # "10%" of the old figure, or "3" of the measure's own units
    step: str  # a step below is never unusual
    factor: float  # times the usual step of the series

    @staticmethod
    def size(text: str, level: Numbers) -> Numbers:
        if text.endswith("%"):
            return float(text[:-1]) / 100 * np.abs(level)
        return np.full(len(level), float(text))


def load(registry: Registry) -> tuple[Limit, ...]:
    """The limits of all folders of the registry."""
    return tuple(
        Limit(
            row["structure"], tables.where(row["where"]), row["revision"], row["step"], float(row["factor"])
        )
        for _, row in tables.rows(registry, "plausible.csv", COLUMNS)
    )


def check(pair: Pair, limits: tuple[Limit, ...], findings: Findings) -> None:
    """Everything that is unlikely about a filing, given what was public."""
    _vanished(pair, findings)
    rows, old = pair.before()
    with np.errstate(invalid="ignore", divide="ignore"):
        told = _revisions(pair, rows, old, limits, findings)
        _steps(pair, limits, told, findings)


def _revisions(pair: Pair, rows: Ids, old: Ids, limits: tuple[Limit, ...], findings: Findings) -> Ids:
    """Figures that were public and are now another; each is told once, as the worst that it can be."""
    new, before = pair.values[0][rows], pair.values[1][old]
    slip = _is_slip(new, before)
    flip = ~slip & (new * before < 0)
    large = np.zeros(len(rows), bool)
    for limit in _own(pair.frame, limits):
        meant = tables.holds(pair.frame, limit.where)[rows]
        large |= meant & (np.abs(new - before) > limit.size(limit.revision, before))
    large &= ~slip & ~flip
    for code, mask in (("scale-slip", slip), ("sign-flip", flip), ("revision-large", large)):
        _tell(pair, code, rows[mask], before[mask], "was", findings)
    return rows


def _is_slip(new: Numbers, before: Numbers) -> npt.NDArray[np.bool_]:
    ratio = np.abs(new / before)
    slip = np.zeros(len(new), bool)
    for factor in _SLIPS:
        for wanted in (factor, 1 / factor):
            slip |= (ratio > wanted / _SLACK) & (ratio < wanted * _SLACK)
    return slip


def _steps(pair: Pair, limits: tuple[Limit, ...], told: Ids, findings: Findings) -> None:
    """New periods of known series: the step from the last public figure beside the series' usual steps."""
    last, usual, number = _history(pair)
    position = np.searchsorted(number, pair.series[0])
    position = np.minimum(position, max(len(number) - 1, 0))
    known = (number[position] == pair.series[0]) if len(number) else np.zeros(pair.frame.rows, bool)
    known[told] = False
    rows = np.flatnonzero(known & ~np.isnan(pair.values[0]))
    new, before, step = pair.values[0][rows], last[position[rows]], usual[position[rows]]
    slip, odd = _is_slip(new, before), np.zeros(len(rows), bool)
    for limit in _own(pair.frame, limits):
        meant = tables.holds(pair.frame, limit.where)[rows]
        size = np.abs(new - before)
        odd |= meant & (size > limit.size(limit.step, before)) & (size > limit.factor * step)
    _tell(pair, "scale-slip", rows[slip], before[slip], "last", findings)
    _tell(pair, "outlier", rows[odd & ~slip], before[odd & ~slip], "last", findings)


def _history(pair: Pair) -> tuple[Numbers, Numbers, Ids]:
    """Of each old series its last figure, its usual step (the median of all) and its number, in order."""
    time = pair.frame.definition.time
    assert time
    column = pair.old[time.id].cast("string").combine_chunks().dictionary_encode()
    order_of = np.array([gaps.place(value)[1] for value in column.dictionary.to_pylist()] or [0])
    when = order_of[column.indices.to_numpy()]
    full = np.flatnonzero(~np.isnan(pair.values[1]))
    rows = full[np.lexsort((when[full], pair.series[1][full]))]
    series, values = pair.series[1][rows], pair.values[1][rows]
    if not len(rows):
        return values, values, series
    heads = np.flatnonzero(np.append(True, series[1:] != series[:-1]))
    ends = np.append(heads[1:], len(rows)) - 1
    inside = series[1:] == series[:-1]
    steps, owner = np.abs(np.diff(values))[inside], series[1:][inside]
    usual = np.full(len(heads), np.inf)
    by_size = np.lexsort((steps, owner))
    first = np.searchsorted(owner[by_size], series[heads], side="left")
    after = np.searchsorted(owner[by_size], series[heads], side="right")
    enough = after - first >= _LEAST
    usual[enough] = steps[by_size][(first + after)[enough] // 2]
    return values[ends], usual, series[heads]


def _own(frame: Frame, limits: tuple[Limit, ...]) -> list[Limit]:
    return [limit for limit in limits if tables.is_about(limit.structure, frame.definition)]


def _tell(pair: Pair, code: str, rows: Ids, before: Numbers, how: str, findings: Findings) -> None:
    frame, name = pair.frame, figures.measure(pair.frame)
    assert name
    scale = figures.scaled(frame, figures.UNIT_MULT, lambda text: 10.0 ** int(text), 1.0)
    room = findings.room(code)
    texts = {
        "was": "the figure was {} in the last release",
        "last": "the last figure of the series was {}",
    }
    for row, old in zip(rows[:room].tolist(), before[:room].tolist(), strict=True):
        file, line, column = frame.cell(row, name)
        findings.add(
            code,
            texts[how].format(figures.shown(old / scale[row])),
            file=file,
            row=line,
            column=column,
            value=frame.value(name, row),
        )
    findings.count(code, len(rows) - room)


def _vanished(pair: Pair, findings: Findings) -> None:
    """Series that were public and that a Replace does not bring again."""
    if pair.frame.filing.action != "Replace":
        return
    gone = np.setdiff1d(pair.series[1], pair.series[0])
    room = findings.room("series-vanished")
    first = {int(s): n for n, s in reversed(list(enumerate(pair.series[1].tolist())))} if len(gone) else {}
    names = [d.id for d in pair.frame.definition.dimensions]
    for number in gone[:room].tolist():
        row = pair.old.slice(first[number], 1).to_pylist()[0]
        key = ".".join(str(row[name]) for name in names)
        findings.add(
            "series-vanished",
            f"the series {key} was public and is not sent",
            file=pair.frame.parts[0].file,
            value=key,
        )
    findings.count("series-vanished", len(gone) - room)
