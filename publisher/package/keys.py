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
from publisher.package.lines import sequence

Numbers = npt.NDArray[np.signedinteger]
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
    if column.is_one:
        return key, size
    if size * radix >= _ROOM:
        distinct, key = np.unique(key, return_inverse=True)
        size = len(distinct)
    key *= radix  # in place: of ten million rows each copy has 80 MB
    key += column.codes
    key += 1
    return key, size * radix


@dataclass(frozen=True)
class Keys:
    """`series` and `full` number each row's series and key; `order` sorts rows by `full`, stable."""

    series: Numbers
    full: Numbers
    order: Rows
    is_sorted: bool = False  # no two rows have one key, and `order` is the order of the file


def of(frame: Frame) -> Keys:
    """The keys of all rows, time last."""
    columns = [frame.coded[d.id] for d in frame.definition.dimensions if d.id in frame.coded]
    key = combine(columns, frame.rows)
    time, periods = frame.definition.time, 1
    if time and time.id in frame.coded and not frame.coded[time.id].is_one:
        key, _ = append(key, int(key.max(initial=0)) + 1, frame.coded[time.id])
        periods = len(frame.coded[time.id].values) + 1
    if np.all(key[1:] > key[:-1]):
        rows = sequence(0, frame.rows)
        return Keys(ranks(key // periods), rows, rows, True)
    order = np.argsort(key, kind="stable").astype(sequence(0, frame.rows).dtype)
    series, full = np.empty_like(order), np.empty_like(order)
    ordered = key[order]
    full[order] = ranks(ordered)
    series[order] = ranks(ordered // periods)
    return Keys(series, full, order)


def ranks(ordered: Numbers) -> Numbers:
    """Numbers from 0 for sorted ones, equal where they are equal, in half the bytes where they fit.

    >>> ranks(np.array([3, 3, 7])).tolist()
    [0, 0, 1]
    """
    numbers = np.zeros_like(sequence(0, len(ordered)))
    np.cumsum(ordered[1:] != ordered[:-1], out=numbers[1:])
    return numbers


def check(frame: Frame, keys: Keys, findings: Findings) -> Rows:
    """Finds rows that repeat an earlier row's key; gives those that say the same, to be dropped."""
    if keys.is_sorted:
        return np.empty(0, np.int64)
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
