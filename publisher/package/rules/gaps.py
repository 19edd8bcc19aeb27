"""Periods missing inside a series that is declared continuous (`rules/continuous.csv`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from publisher.package.findings import Findings
from publisher.package.frame import Frame
from publisher.package.keys import Keys
from publisher.package.rules import tables
from publisher.structures import periods
from publisher.structures.registry import Registry

COLUMNS = ("structure", "where", "reason")
Numbers = npt.NDArray[np.signedinteger]
_FORM = 1 << 20  # more than the periods of any form, so that one number holds both
_PER_YEAR = {"A": 1, "S": 2, "T": 3, "Q": 4, "M": 12}  # forms whose periods can be counted through years
_NAMES = {"A": "{}", "S": "{}-S{}", "T": "{}-T{}", "Q": "{}-Q{}", "M": "{}-{:02}"}


@dataclass(frozen=True)
class Continuous:
    structure: str
    where: tables.Where


def load(registry: Registry) -> tuple[Continuous, ...]:
    """Which series are continuous, in all folders of the registry."""
    found = tables.rows(registry, "continuous.csv", COLUMNS)
    return tuple(Continuous(row["structure"], tables.where(row["where"])) for _, row in found)


def check(frame: Frame, keys: Keys, rules: tuple[Continuous, ...], findings: Findings) -> None:
    """A finding at the first row after each gap. Only a Replace brings whole series."""
    time = frame.definition.time
    own = [r for r in rules if tables.is_about(r.structure, frame.definition)]
    if not own or not time or time.id not in frame.coded or frame.filing.action != "Replace":
        return
    meant = np.logical_or.reduce([tables.holds(frame, rule.where) for rule in own])
    if not meant.any():
        return
    column = frame.coded[time.id]
    places = [place(value) for value in column.values]
    numbers = [_FORM * "ASTQM".find(form) + number if number >= 0 else -1 for form, number in places]
    when = column.each(np.array([*numbers, -1], np.int32))
    rows = np.flatnonzero(meant & (when >= 0)).astype(keys.order.dtype)
    series, when = keys.series[rows], when[rows]
    if not _in_order(series, when):
        order = np.lexsort((when, series))
        rows, series, when = rows[order], series[order], when[order]
    same = (series[1:] == series[:-1]) & (when[1:] // _FORM == when[:-1] // _FORM)
    gaps = np.flatnonzero(same & (when[1:] > when[:-1] + 1))
    _tell(frame, time.id, rows[gaps], rows[gaps + 1], findings)


def _in_order(series: Numbers, when: Numbers) -> bool:
    """Whether the rows come by series and then by period, as sorting would leave them."""
    return not np.any((series[1:] < series[:-1]) | ((series[1:] == series[:-1]) & (when[1:] < when[:-1])))


def _tell(frame: Frame, name: str, before: Numbers, after: Numbers, findings: Findings) -> None:
    room = findings.room("period-gap")
    order = np.argsort(after)
    for last, row in zip(before[order][:room].tolist(), after[order][:room].tolist(), strict=True):
        file, line, column = frame.cell(row, name)
        start, end = (frame.value(name, own) or "" for own in (last, row))
        missing = place(end)[1] - place(start)[1] - 1
        are = "periods are" if missing > 1 else "period is"
        findings.add(
            "period-gap",
            f"the series goes from {start} to {end}: {missing} {are} missing, the first {following(start)}",
            file=file,
            row=line,
            column=column,
            value=end,
        )
    findings.count("period-gap", len(after) - room)


def place(value: str) -> tuple[str, int]:
    """The form of a period and its number in the row of all of that form; ("-", -1): not countable."""
    try:
        form = periods.frequency_of(value) or "-"
        start = periods.parse(value).start
    except ValueError:
        return "-", -1
    if form not in _PER_YEAR:
        return "-", -1
    each = _PER_YEAR[form]
    return form, start.year * each + (start.month - 1) * each // 12


def following(value: str) -> str:
    """The period after `value`, of the same form.

    >>> following("2024-12"), following("2024-S1"), following("2024-Q4")
    ('2025-01', '2024-S2', '2025-Q1')
    """
    form, number = place(value)
    if form not in _PER_YEAR:
        return ""
    year, part = divmod(number + 1, _PER_YEAR[form])
    return _NAMES[form].format(year, part + 1)
