"""Which time periods a selection has, without a look at each observation.

Offices report most series without gaps: then the ends of a run tell all periods of it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from publisher.store.runs import CHUNK, Numbers, Runs, pieces, rows_of

if TYPE_CHECKING:
    from publisher.store.cube import Cube

Mask = npt.NDArray[np.bool_]


class Times:
    """The periods of one cube, each frequency's in a line of their own."""

    def __init__(self, cube: Cube, time: str) -> None:
        self._cube = cube
        self._codes = cube.codes(time)

    def used(self, runs: Runs) -> Mask:
        """Per distinct period of the cube, in its order, whether an observation of `runs` is of it."""
        has_gaps = self._has_gaps[runs.series]
        found = self._between(_part(runs, ~has_gaps))
        for piece in pieces(_part(runs, has_gaps), CHUNK):
            found[self._codes[rows_of(piece)]] = True
        return found

    def _between(self, runs: Runs) -> Mask:
        """The periods from the first to the last of each run."""
        steps = np.zeros(len(self._line) * 2 + 1, np.int64)
        np.add.at(steps, self._line[self._codes[runs.start]], 1)
        np.add.at(steps, self._line[self._codes[runs.stop - 1]] + 1, -1)
        is_within: Mask = (np.cumsum(steps) > 0)[self._line]
        return is_within

    @cached_property
    def _line(self) -> Numbers:
        """Per distinct period its place among those of its frequency; after each frequency one is free."""
        names = self._cube.periods["frequency"].fill_null("").to_numpy().astype(str)
        frequency = np.unique(names, return_inverse=True)[1]
        line = np.empty(len(frequency), np.int64)
        line[np.argsort(frequency, kind="stable")] = np.arange(len(frequency))
        return line + frequency

    @cached_property
    def _has_gaps(self) -> Mask:
        """Per series, whether one of its observations is not of the period after the one before."""
        offsets = self._cube.offsets
        found = np.zeros(len(offsets) - 1, bool)
        for start in range(0, len(self._codes), CHUNK):
            places = self._line[self._codes[start : start + CHUNK + 1]]
            jumps = start + 1 + np.flatnonzero(np.diff(places) != 1)
            series = np.searchsorted(offsets, jumps, side="right") - 1
            found[series[jumps != offsets[series]]] = True  # the first of a series follows nothing
        return found


def _part(runs: Runs, keep: Mask) -> Runs:
    return runs if keep.all() else Runs(runs.series[keep], runs.start[keep], runs.stop[keep])
