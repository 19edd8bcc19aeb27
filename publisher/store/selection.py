"""A query over a cube: which observations match, handed out in store order with flat memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.errors import QuerySemanticError
from publisher.query.model import DataQuery, Filter, Key
from publisher.store import match
from publisher.store.arrays import as_array
from publisher.store.cube import CODED, PROVIDER, Cube, observation_components
from publisher.store.runs import Numbers, Rows, Runs, ends, kept, pieces, rows_of, whole, window
from publisher.structures.definition import Resolved
from publisher.structures.periods import JANUARY_FIRST

if TYPE_CHECKING:
    from publisher.store.sorting import Ordered

LONG_WALK = 32  # batches after which memory is given back
BATCH = 1 << 14  # observations handed out at a time: as text some MB, which a slow reader holds
FIRST = 1 << 10  # the first time: what is refused for want of room should cost little
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Selection:
    """What matches a query; fits `formats.message.Observations`."""

    cube: Cube
    runs: Runs
    with_observations: bool = True

    @cached_property
    def numbers(self) -> Numbers:
        """The numbers of the series in the cube."""
        return self.runs.distinct()

    @cached_property
    def series(self) -> pa.Table:
        return pick(self.cube.series, self.numbers)

    @property
    def series_count(self) -> int:
        return len(self.numbers)

    @cached_property
    def periods(self) -> Mask:
        """Per distinct period of the cube, whether an observation is of it."""
        return self.cube.times.used(self.runs)

    def count(self) -> int:
        """How many observations `batches` hands out."""
        return self.runs.count if self.with_observations else 0

    @property
    def is_empty(self) -> bool:
        return not len(self.runs.series)

    def batches(self, columns: Collection[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Record batches as `Observations.batches`; with `columns` only these and `series`."""
        if not self.with_observations:
            return
        every = [c.id for c in observation_components(self.cube.definition)]
        names = [n for n in every if columns is None or n in columns]
        held = set(self.cube.observations.schema.names)
        located = Runs(self.runs.local().astype(np.int64), self.runs.start, self.runs.stop)
        for number, piece in enumerate(pieces(located, BATCH, FIRST), 1):
            rows = rows_of(piece)
            arrays = {"series": as_array(np.repeat(piece.series.astype(np.int32), piece.lengths))}
            for name in names:
                column = self.cube.observations.column(name) if name in held else None
                arrays[name] = pa.nulls(piece.count, CODED) if column is None else at(column, rows)
            yield pa.record_batch(arrays)
            if number % LONG_WALK == 0:
                self.cube.forget()

    def regrouped(self, dimension: str) -> Selection | Ordered:
        """The same with `dimension` at the observation instead of time, sorted so. See `regroup`."""
        from publisher.store.regroup import regroup

        time = self.cube.definition.time
        return self if time and dimension == time.id else regroup(self, dimension)


def select(cube: Cube, query: DataQuery) -> Selection:
    """What of `cube` matches `query`: keys, filters, providers, first and last N, offset and limit.

    Codes that the cube does not have match nothing; the others of the key answer all the same.
    Raises QuerySemanticError on an unknown component and on values that make no sense for theirs.
    """
    filters = [(_component(cube, f.component), f) for f in query.filters]
    series = matching_series(cube, query, filters)
    runs = whole(series, cube.offsets)
    for component, wanted in filters:
        if component in observation_components(cube.definition):
            mask = _mask(cube, component, wanted, query.reporting_year_start_day or JANUARY_FIRST)
            runs = kept(runs, mask)
    runs = ends(runs, query.first_n, query.last_n)
    if query.with_observations:
        runs = window(runs, query.offset, query.limit) if query.offset or query.limit is not None else runs
    elif query.offset or query.limit is not None:
        place = runs.local()
        keep = place >= query.offset
        if query.limit is not None:
            keep &= place < query.offset + query.limit
        runs = Runs(runs.series[keep], runs.start[keep], runs.stop[keep])
    return Selection(cube, runs, query.with_observations)


def _component(cube: Cube, name: str) -> Resolved:
    found = cube.definition.components.get(name)
    if found is None:
        known = ", ".join(cube.definition.components)
        flow = cube.definition.dataflow.ref.short
        raise QuerySemanticError(f"c[{name}]: {flow} has no component {name}; its components: {known}")
    return found


def matching_series(cube: Cube, query: DataQuery, filters: list[tuple[Resolved, Filter]]) -> Numbers:
    """Numbers of the series that match by key, provider and by what is attached to the series."""
    found = [_of_key(cube, key) for key in query.keys]
    series = found[0] if len(found) == 1 else np.unique(np.concatenate([np.empty(0, np.int64), *found]))
    if query.providers:
        names = {provider for _, provider in query.providers}
        series = series[_among(cube, PROVIDER, names)[cube.codes(PROVIDER)[series]]]
    for component, wanted in filters:
        if component not in observation_components(cube.definition):
            values = cube.values(component.id)
            allowed = match.table(component, wanted, values, JANUARY_FIRST)
            series = series[allowed[cube.codes(component.id)[series]]]
    return series


def _of_key(cube: Cube, key: Key) -> Numbers:
    """Series of one key. Series are sorted by key, so single codes at its start narrow by bisection."""
    dimensions = cube.definition.dimensions
    if len(key) > len(dimensions):
        names = ".".join(d.id for d in dimensions)
        flow = cube.definition.dataflow.ref.short
        raise QuerySemanticError(f"the key has {len(key)} parts, {flow} has {len(dimensions)}: {names}")
    low, high = 0, cube.series.num_rows
    rest: list[tuple[str, set[str]]] = []
    for dimension, wanted in zip(dimensions, key, strict=False):
        if wanted is None:
            rest.append((dimension.id, set()))
        elif len(wanted) == 1 and not rest:
            low, high = _narrowed(cube, dimension.id, wanted[0], low, high)
        else:
            rest.append((dimension.id, set(wanted)))
    series = np.arange(low, high, dtype=np.int64)
    for name, codes in rest:
        if codes:
            part = cube.codes(name)[low:high] if len(series) == high - low else cube.codes(name)[series]
            series = series[_among(cube, name, codes)[part]]
    return series


def _narrowed(cube: Cube, name: str, value: str, low: int, high: int) -> tuple[int, int]:
    code = cube.code(name, value)
    if code is None:
        return low, low
    part = cube.codes(name)[low:high]
    wanted = np.int32(code)  # of the array's own type: anything else would copy it
    return low + int(np.searchsorted(part, wanted)), low + int(np.searchsorted(part, wanted, side="right"))


def _among(cube: Cube, name: str, values: Collection[str]) -> Mask:
    return np.array([*(value in values for value in cube.values(name)), False], bool)


def _mask(cube: Cube, component: Resolved, wanted: Filter, year_start: str) -> Callable[[Rows], Mask]:
    """A function from rows to which of them `wanted` lets through."""
    column = cube.column(component.id)
    if not pa.types.is_dictionary(column.type):
        return lambda rows: _texts(component, wanted, at(column, rows), year_start)
    allowed = match.table(component, wanted, cube.values(component.id), year_start)
    codes = cube.codes(component.id)

    def mask(rows: Rows) -> Mask:
        found: Mask = allowed[codes[rows]]
        return found

    return mask


def _texts(component: Resolved, wanted: Filter, column: pa.Array, year_start: str) -> Mask:
    """The same of texts; of large ones as many at a time as 32 bits count."""
    step = BATCH if column.type == pa.large_string() else max(len(column), 1)
    parts = [column.slice(start, step) for start in range(0, max(len(column), 1), step)]
    return np.concatenate([match.texts(component, wanted, _plain(part), year_start) for part in parts])


def _plain(column: pa.Array) -> pa.Array:
    return column.cast(pa.string()) if column.type == pa.large_string() else column


def at(column: pa.Array, rows: Rows) -> pa.Array:
    """The values of `column` in `rows`; dictionaries get indices of 32 bits, as the contract says."""
    if not pa.types.is_dictionary(column.type):
        return _part(column, rows)
    part = _part(column.indices, rows)
    return pa.DictionaryArray.from_arrays(part.cast(pa.int32()), column.dictionary, safe=False)


def _part(column: pa.Array, rows: Rows) -> pa.Array:
    if isinstance(rows, slice):
        return column.slice(rows.start, rows.stop - rows.start)
    return column.take(as_array(rows))


def pick(table: pa.Table, numbers: Numbers) -> pa.Table:
    """Rows `numbers` of `table`, as a slice without a copy where they follow each other."""
    if len(numbers) == 0:
        return table.slice(0, 0)
    first, last = int(numbers[0]), int(numbers[-1])
    if last - first + 1 == len(numbers):
        return table.slice(first, len(numbers))
    return table.take(as_array(numbers))
