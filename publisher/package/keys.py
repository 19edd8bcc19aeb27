"""Keys as integers: which rows have the same key, the same series; and duplicates among them.

A key is the mixed-radix number of its codes, so equal numbers are equal keys: nothing is hashed,
and nothing needs to be confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.package.findings import Findings
from publisher.package.frame import Column, Frame, Rows

Numbers = npt.NDArray[np.int64]
_ROOM = 2**62


def combine(columns: Iterable[Column], rows: int) -> Numbers:
    """A number per row, equal where all columns are equal, in the order of the columns' codes."""
    key, size = np.zeros(rows, np.int64), 1
    for column in columns:
        key, size = append(key, size, column)
    return key


def append(key: Numbers, size: int, column: Column) -> tuple[Numbers, int]:
    """`key` (below `size`) refined by `column`, and its new size; empty cells are a value too."""
    radix = len(column.values) + 1
    if radix == 2 and len(column.codes) and column.codes.min() == 0:
        return key, size  # one code throughout
    if size * radix >= _ROOM:
        distinct, key = np.unique(key, return_inverse=True)
        size = len(distinct)
    return key * radix + (column.codes + 1), size * radix


@dataclass(frozen=True)
class Keys:
    """`series` and `full` number each row's series and key; `order` sorts rows by `full`, stable."""

    series: Numbers
    full: Numbers
    order: Rows


def of(frame: Frame) -> Keys:
    """The keys of all rows, time last."""
    columns = [frame.coded[d.id] for d in frame.definition.dimensions if d.id in frame.coded]
    series = combine(columns, frame.rows)
    time = frame.definition.time
    full = series
    if time and time.id in frame.coded:
        full, _ = append(series, int(series.max(initial=0)) + 1, frame.coded[time.id])
    if np.all(full[1:] > full[:-1]):
        return Keys(series, full, np.arange(frame.rows))
    return Keys(series, full, np.argsort(full, kind="stable"))


def check(frame: Frame, keys: Keys, findings: Findings) -> Rows:
    """Finds rows that repeat an earlier row's key; gives those that say the same, to be dropped."""
    ordered = keys.full[keys.order]
    repeats = np.flatnonzero(ordered[1:] == ordered[:-1]) + 1
    if not len(repeats):
        return np.empty(0, np.int64)
    heads = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    firsts = keys.order[heads[np.searchsorted(heads, repeats, side="right") - 1]]
    later = keys.order[repeats]
    by_row = np.argsort(later)
    firsts, later = firsts[by_row], later[by_row]
    differing = {name: _differs(frame, name, firsts, later) for name in _values(frame)}
    unequal = np.logical_or.reduce([np.zeros(len(later), bool), *differing.values()])
    _tell_equal(frame, firsts[~unequal], later[~unequal], findings)
    _tell_unequal(frame, firsts[unequal], later[unequal], findings)
    equal: Rows = later[~unequal]
    return equal


def _values(frame: Frame) -> list[str]:
    """Measures and attributes that the files have; a Delete is only keys."""
    dimensions = {d.id for d in frame.definition.dimensions} | {t.id for t in [frame.definition.time] if t}
    return [name for name in (*frame.plain, *frame.coded) if name not in dimensions]


def _differs(frame: Frame, name: str, one: Rows, other: Rows) -> npt.NDArray[np.bool_]:
    if name in frame.coded:
        codes = frame.coded[name].codes
        return np.asarray(codes[one] != codes[other])
    texts = frame.plain[name]
    left, right = (texts.take(pa.array(rows)).fill_null("") for rows in (one, other))
    return np.asarray(pa.compute.not_equal(left, right))


def _tell_equal(frame: Frame, firsts: Rows, later: Rows, findings: Findings) -> None:
    room = findings.room("duplicate-equal")
    for first, row in zip(firsts[:room].tolist(), later[:room].tolist(), strict=True):
        file, line = frame.place(row)
        findings.add(
            "duplicate-equal", f"the same observation as {_place(frame, first)}", file=file, row=line
        )
    findings.count("duplicate-equal", len(later) - room)


def _tell_unequal(frame: Frame, firsts: Rows, later: Rows, findings: Findings) -> None:
    room = findings.room("duplicate-unequal")
    for first, row in zip(firsts[:room].tolist(), later[:room].tolist(), strict=True):
        names = [n for n in frame.definition.components if n in _values(frame)]
        name = next(n for n in names if frame.value(n, first) != frame.value(n, row))
        file, line, column = frame.cell(row, name)
        theirs = frame.value(name, first) or "nothing"
        findings.add(
            "duplicate-unequal",
            f"the key of {_place(frame, first)}, which has {name} {theirs}",
            file=file,
            row=line,
            column=column,
            value=frame.value(name, row) or "",
        )
    findings.count("duplicate-unequal", len(later) - room)


def _place(frame: Frame, row: int) -> str:
    file, line = frame.place(row)
    return f"row {line} of {file}"
