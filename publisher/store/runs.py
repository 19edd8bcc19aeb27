"""Which observations: runs of consecutive rows, each of one series, in order.

A whole series is one run, a stretch of time of it too; so a selection of millions of observations is
small, and its rows can be handed out as slices of the mapped file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Rows = slice | Numbers
CHUNK = 1 << 19  # rows looked at in one go while filtering


@dataclass(frozen=True)
class Runs:
    """Parallel arrays: number of the series, first row, row after the last (never empty runs)."""

    series: Numbers
    start: Numbers
    stop: Numbers

    @property
    def lengths(self) -> Numbers:
        return self.stop - self.start

    @property
    def count(self) -> int:
        return int(self.lengths.sum())

    def distinct(self) -> Numbers:
        """The numbers of the series, each once, in order."""
        return self.series[self._firsts()]

    def local(self) -> npt.NDArray[np.int32]:
        """Per run, the place of its series in `distinct()`."""
        return (np.cumsum(self._firsts()) - 1).astype(np.int32)

    def _firsts(self) -> npt.NDArray[np.bool_]:
        firsts = np.ones(len(self.series), bool)
        np.not_equal(self.series[1:], self.series[:-1], out=firsts[1:])
        return firsts

    def cut(self, start: Numbers, stop: Numbers) -> Runs:
        """The same runs with other ends; those that end up empty go."""
        keep = stop > start
        if keep.all():
            return Runs(self.series, start, stop)
        return Runs(self.series[keep], start[keep], stop[keep])


def whole(series: Numbers, offsets: Numbers) -> Runs:
    """All observations of `series`."""
    start, stop = offsets[series], offsets[series + 1]
    return Runs(series, start, stop).cut(start, stop)


def kept(runs: Runs, mask_of: Callable[[Rows], npt.NDArray[np.bool_]]) -> Runs:
    """The rows of `runs` for which `mask_of(rows)` is true; looks at `CHUNK` rows at a time."""
    parts = [_kept(piece, mask_of) for piece in pieces(runs, CHUNK)]
    if not parts:
        return runs
    return Runs(*(np.concatenate([getattr(p, name) for p in parts]) for name in ("series", "start", "stop")))


def _kept(runs: Runs, mask_of: Callable[[Rows], npt.NDArray[np.bool_]]) -> Runs:
    rows = rows_of(runs)
    numbers = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
    series = np.repeat(runs.series, runs.lengths)
    mask = mask_of(rows)
    numbers, series = numbers[mask], series[mask]
    breaks = np.ones(len(numbers) + 1, bool)
    breaks[1:-1] = (np.diff(numbers) != 1) | (np.diff(series) != 0)
    first = np.flatnonzero(breaks[:-1])
    return Runs(series[first], numbers[first], numbers[np.flatnonzero(breaks[1:])] + 1)


def rows_of(runs: Runs) -> Rows:
    """The rows of all `runs`: a slice where they follow each other in the file, else their numbers."""
    if len(runs.start) == 0:
        return slice(0, 0)
    if np.array_equal(runs.start[1:], runs.stop[:-1]):
        return slice(int(runs.start[0]), int(runs.stop[-1]))
    lengths = runs.lengths
    before = np.cumsum(lengths) - lengths
    return np.repeat(runs.start - before, lengths) + np.arange(int(lengths.sum()))


def pieces(runs: Runs, size: int, first: int | None = None) -> Iterator[Runs]:
    """`runs` in order, in portions of at most `size` rows, the first of at most `first`."""
    ends = np.cumsum(runs.lengths)
    total = int(ends[-1]) if len(ends) else 0
    low = 0
    while low < total:
        high = min(low + (first if first and not low else size), total)
        left, right = np.searchsorted(ends, [low, high - 1], side="right")
        yield window(Runs(*(a[left : right + 1] for a in (runs.series, runs.start, runs.stop))),
                     low - (int(ends[left - 1]) if left else 0), high - low)  # fmt: skip
        low = high


def window(runs: Runs, offset: int, limit: int | None) -> Runs:
    """The observations from `offset` on, at most `limit`."""
    ends = np.cumsum(runs.lengths)
    before = ends - runs.lengths
    stop = runs.stop if limit is None else runs.stop - np.maximum(0, ends - (offset + limit))
    return runs.cut(runs.start + np.maximum(0, offset - before), stop)


def ends(runs: Runs, first: int | None, last: int | None) -> Runs:
    """Of each series the `first` observations, the `last` ones, or both where both are given."""
    if first is None and last is None:
        return runs
    local = runs.local()
    lengths = runs.lengths
    total = np.bincount(local, weights=lengths).astype(np.int64)[local] if len(local) else lengths
    upto = np.cumsum(lengths)
    starts = np.flatnonzero(np.diff(local, prepend=-1))
    before = upto - lengths - (upto - lengths)[starts][local] if len(local) else lengths  # within its series
    head = np.clip((first or 0) - before, 0, lengths)  # rows of the run that are among the first
    tail = np.clip(before + lengths - (total - (last or 0)), 0, lengths)  # among the last
    whole_run = head + tail >= lengths
    head = np.where(whole_run, lengths, head)
    tail = np.where(whole_run, 0, tail)
    series = np.repeat(runs.series, 2)
    start = np.column_stack([runs.start, runs.stop - tail]).ravel()
    stop = np.column_stack([runs.start + head, runs.stop]).ravel()
    return Runs(series, start, stop).cut(start, stop)
