"""A part of a selection: the observations, or series, from one place up to another."""

from __future__ import annotations

from dataclasses import replace

from publisher.store.runs import Runs, window
from publisher.store.selection import Selection


def size(selection: Selection) -> int:
    """How many there are for `offset` and `limit`: observations, or series where only they are asked."""
    return selection.count() if selection.with_observations else selection.series_count


def cut(selection: Selection, offset: int, limit: int | None) -> Selection:
    """Those from `offset` on, at most `limit`."""
    if not offset and limit is None:
        return selection
    runs = selection.runs
    if selection.with_observations:
        return replace(selection, runs=window(runs, offset, limit))
    place = runs.local()
    keep = place >= offset
    if limit is not None:
        keep &= place < offset + limit
    return replace(selection, runs=Runs(runs.series[keep], runs.start[keep], runs.stop[keep]))
