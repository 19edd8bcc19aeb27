"""The parts of an answer in time: what is public, what changed since, and everything that ever was.

Source: SDMX REST 2.2.2 doc/data.md `updatedAfter`, `includeHistory`, `asOf` and "Use cases behind the
various time-related queries"; REST 1.5.0 "How to handle the includeHistory parameter".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from publisher.errors import QuerySemanticError
from publisher.query.model import DataQuery
from publisher.query.period import instant
from publisher.rest.components import hidden
from publisher.store import Cube, Selection, Snapshot, select
from publisher.store.compare import Difference, compare, without_series
from publisher.store.cube import empty
from publisher.store.history import Step, before, steps
from publisher.store.purge import purged
from publisher.store.runs import Runs, ends
from publisher.store.whole import cube_of
from publisher.structures.urns import Ref

DELETE = "Delete"


@dataclass(frozen=True)
class Piece:
    """What becomes one data set; `action` None: what the query's attributes and measures make of it."""

    selection: Selection
    action: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None


def pieces(snapshot: Snapshot, structure: Ref, cube: Cube, query: DataQuery) -> Iterator[Piece]:
    """The pieces that answer `query` for one dataflow or data structure, perhaps empty ones.

    `offset` and `limit` are not looked at: they count over all pieces together.
    """
    if not (query.updated_after or query.include_history):
        as_of = moment(instant(query.as_of)) if query.as_of else None
        yield Piece(select(cube, replace(query, offset=0, limit=None)), None, as_of, as_of)
        return
    for step in _steps(snapshot, structure, query):
        later = cube if step.later is snapshot else cube_of(step.later, structure)
        difference = _difference(step, structure, later, query)
        when = moment(step.later.instant)
        changed = Piece(_ends(difference.changed, query), None, valid_from=when)
        gone = [Piece(_ends(difference.gone, query), DELETE, valid_to=when)]
        gone += [
            Piece(_ends(keys, query), DELETE, valid_to=when)
            for keys in _purged(step, structure, later, query)
        ]
        # the order of the standard's examples: history tells what came first, a delta makes room first
        yield from (changed, *gone) if query.include_history else (*gone, changed)


def moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _steps(snapshot: Snapshot, structure: Ref, query: DataQuery) -> Iterable[Step]:
    start = before(snapshot, instant(query.updated_after)) if query.updated_after else None
    if query.include_history:
        return steps(snapshot, structure, start)
    return [] if start and start.number == snapshot.number else [Step(start, snapshot)]


def _difference(step: Step, structure: Ref, later: Cube, query: DataQuery) -> Difference:
    whole = replace(query, first_n=None, last_n=None, offset=0, limit=None)
    earlier = _earlier(step, structure, later)
    found = compare(_selected(earlier, whole), _selected(later, whole), hidden(later.definition))
    if query.with_observations:
        return found
    return Difference(found.changed, _whole_series(found.gone, _selected(earlier, whole)))


def _purged(step: Step, structure: Ref, later: Cube, query: DataQuery) -> Iterator[Selection]:
    """What the step purged, by keys: the earlier vintage does not have it any more, a reader may."""
    after = step.earlier.number if step.earlier else step.later.number - 1
    for cube in purged(step.later, structure, after):
        names = {d.id for d in cube.definition.dimensions} | {
            cube.definition.time and cube.definition.time.id
        }
        by_key = tuple(
            f for f in query.filters if f.component in names
        )  # the figure that it had is not known
        whole = replace(query, filters=by_key, first_n=None, last_n=None, offset=0, limit=None)
        found, there = _selected(cube, whole), _selected(later, whole)
        yield compare(found, there).gone if query.with_observations else without_series(found, there)


def _earlier(step: Step, structure: Ref, later: Cube) -> Cube:
    return cube_of(step.earlier, structure) if step.earlier else empty(later.definition)


def _selected(cube: Cube, query: DataQuery) -> Selection:
    """Nothing where an older structure does not have what the query names."""
    try:
        return select(cube, query)
    except QuerySemanticError:
        nothing = np.empty(0, np.int64)
        return Selection(cube, Runs(nothing, nothing, nothing), query.with_observations)


def _whole_series(gone: Selection, earlier: Selection) -> Selection:
    """Of `gone` the series of which nothing is left: only those may be deleted by their key."""
    size = earlier.cube.series.num_rows
    left = _counts(earlier, size) - _counts(gone, size)
    keep = left[gone.runs.series] == 0
    runs = Runs(gone.runs.series[keep], gone.runs.start[keep], gone.runs.stop[keep])
    return Selection(gone.cube, runs, gone.with_observations)


def _counts(selection: Selection, size: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    counts = np.bincount(selection.runs.series, weights=selection.runs.lengths, minlength=size)
    return counts.astype(np.int64)


def _ends(selection: Selection, query: DataQuery) -> Selection:
    """REST 1.5: with `updatedAfter`, the first or last N of the observations that have changed."""
    return replace(selection, runs=ends(selection.runs, query.first_n, query.last_n))
