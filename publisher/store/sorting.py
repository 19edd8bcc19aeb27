"""A selection in an order that was asked for: a permutation of its rows, never of their contents.

Source: SDMX REST 2.2.2 doc/data.md `sort`: by code ids and by uncoded values, periods by time. What
has no value comes last, whichever way the order goes; rows that are equal keep the store's order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.store.cube import CODED, PROVIDER, Cube, attached_to, observation_components, series_attributes
from publisher.store.order import chronological
from publisher.store.runs import Numbers, rows_of
from publisher.store.selection import BATCH, LONG_WALK, Mask, Selection, at
from publisher.structures.definition import Resolved

Order = Sequence[tuple[str, bool]]  # components, and whether each descends
_FULL = 1 << 62  # so many places fit into one number that is sorted by


@dataclass(frozen=True)
class Ordered:
    """Rows of a cube in any order; fits `formats.message.Observations`.

    `of_series`: per row, the number of its series in the cube. `dimension`: what stands at the
    observation, time or another one; None: everything (flat).
    """

    cube: Cube
    rows: Numbers
    of_series: npt.NDArray[np.int32]
    dimension: str | None
    with_observations: bool = True

    @property
    def series_count(self) -> int:
        return len(np.unique(self.of_series))

    def count(self) -> int:
        return len(self.rows) if self.with_observations else 0

    @property
    def is_empty(self) -> bool:
        return not len(self.of_series)

    def cut(self, offset: int, limit: int | None) -> Ordered:
        """The rows from `offset` on, at most `limit`; series where there are no observations."""
        end = None if limit is None else offset + limit
        return replace(self, rows=self.rows[offset:end], of_series=self.of_series[offset:end])

    def grouped(self) -> Ordered:
        """The same with the rows of each series together, series in the order of their first row."""
        order = np.argsort(self._groups, kind="stable")
        return replace(self, rows=self.rows[order], of_series=self.of_series[order])

    @cached_property
    def series(self) -> pa.Table:
        heads = np.unique(self._groups, return_index=True)[1]
        table = self.cube.series.take(pa.array(self.of_series[heads])).combine_chunks()
        time = self.cube.definition.time
        if not self._is_cross_section or not time:
            return table
        table = table.drop_columns([*self._moved, PROVIDER])
        column = at(self.cube.observations.column(time.id), self.rows[heads])
        place = sum(d.id in table.column_names for d in self.cube.definition.dimensions)
        return table.add_column(place, time.id, column)

    def batches(self, columns: Collection[str] | None = None) -> Iterator[pa.RecordBatch]:
        if not self.with_observations:
            return
        above = self._moved if self._is_cross_section else ()
        time = self.cube.definition.time
        every = [c.id for c in observation_components(self.cube.definition)]
        if self._is_cross_section:
            every = [*above, *(n for n in every if not time or n != time.id)]
        names = [n for n in every if columns is None or n in columns]
        for number, start in enumerate(range(0, len(self.rows), BATCH), 1):
            part = slice(start, start + BATCH)
            arrays = {"series": pa.array(self._groups[part])}
            arrays |= {n: self._column(n, part) for n in names}
            yield pa.record_batch(arrays)
            if number % LONG_WALK == 0:
                self.cube.forget()

    def _column(self, name: str, part: slice) -> pa.Array:
        if name in self.cube.series.column_names:
            return at(self.cube.series.column(name).chunk(0), self.of_series[part].astype(np.int64))
        if name in self.cube.observations.schema.names:
            return at(self.cube.observations.column(name), self.rows[part])
        return pa.nulls(len(self.rows[part]), CODED)

    @property
    def _is_cross_section(self) -> bool:
        time = self.cube.definition.time
        return self.dimension is not None and (time is None or self.dimension != time.id)

    @property
    def _moved(self) -> tuple[str, ...]:
        """What stands at the observation instead of time: the dimension, and what hangs on it."""
        assert self.dimension is not None
        definition = self.cube.definition
        below = [a.id for a in series_attributes(definition) if self.dimension in attached_to(definition, a)]
        return (self.dimension, *below)

    @cached_property
    def _groups(self) -> npt.NDArray[np.int32]:
        """Per row, the number of its series in the answer: by first appearance."""
        keys: Numbers = self.of_series.astype(np.int64)
        if self._is_cross_section:
            names = [d.id for d in self.cube.definition.dimensions if d.id != self.dimension]
            used, inverse = np.unique(self.of_series, return_inverse=True)
            keys = _packed([self.cube.codes(n)[used] for n in names], len(used))[inverse]
            if time := self.cube.definition.time:
                keys = keys * len(self.cube.values(time.id)) + self.cube.codes(time.id)[self.rows]
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        place = np.empty(len(first), np.int32)
        place[np.argsort(first, kind="stable")] = np.arange(len(first), dtype=np.int32)
        return place[inverse]


def _packed(columns: list[npt.NDArray[np.int32]], count: int) -> Numbers:
    """One number for each distinct row of `columns`."""
    found = np.zeros(count, np.int64)
    for column in columns:
        found = np.unique(found * (int(column.max(initial=0)) + 2) + column, return_inverse=True)[1]
    return found


def ordered(selection: Selection, order: Order, dimension: str | None) -> Ordered:
    """The rows of `selection` by `order`; its series where it has no observations."""
    cube = selection.cube
    if not selection.with_observations:
        numbers = selection.numbers.astype(np.int32)
        rows = np.zeros(len(numbers), np.int64)
    else:
        found = rows_of(selection.runs)
        rows = np.arange(found.start, found.stop) if isinstance(found, slice) else found
        numbers = np.repeat(selection.runs.series.astype(np.int32), selection.runs.lengths)
    places = _permutation(_ranks(cube, order, rows, numbers), len(rows))
    return Ordered(cube, rows[places], numbers[places], dimension, selection.with_observations)


def _permutation(ranks: Iterable[tuple[Numbers, int]], count: int) -> Numbers:
    """The stable order by several ranks, the first being the most important."""
    packs: list[tuple[Numbers, int]] = []
    for rank, size in ranks:
        if packs and packs[-1][1] * size < _FULL:
            before, range_ = packs.pop()
            packs.append((before * size + rank, range_ * size))
        else:
            packs.append((rank, size))
    order = np.arange(count)
    for pack, _ in reversed(packs):
        order = order[np.argsort(pack[order], kind="stable")]
    return order


def _ranks(
    cube: Cube, order: Order, rows: Numbers, series: npt.NDArray[np.int32]
) -> Iterator[tuple[Numbers, int]]:
    """Per component of `order`, the place of each row's value among all, and how many places there are."""
    for name, is_descending in order:
        component = cube.definition.components[name]
        column = cube.column(name)
        if pa.types.is_dictionary(column.type):
            values = cube.values(name)
            table = _places(component, values, is_descending)
            is_above = name in cube.series.column_names
            held = is_above or name in cube.observations.schema.names
            codes = cube.codes(name)[series if is_above else rows] if held else np.full(len(rows), -1)
            yield table[codes], len(values) + 1
        else:
            yield _of_texts(component, at(column, rows), is_descending)


def _places(component: Resolved, values: list[str], is_descending: bool) -> Numbers:
    """Per distinct value its place, and at the end, where -1 finds it, that of no value: the last."""
    wanted = _in_order(component, values)
    place = {value: n for n, value in enumerate(reversed(wanted) if is_descending else wanted)}
    return np.array([*(place[value] for value in values), len(values)], np.int64)


def _in_order(component: Resolved, values: list[str]) -> list[str]:
    if getattr(component.component, "is_time", False):
        return chronological(values)
    if component.is_numeric:
        return sorted(values, key=lambda value: (_number(value), value))
    return sorted(values)


def _number(value: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation:
        return Decimal(0)


def _of_texts(component: Resolved, column: pa.Array, is_descending: bool) -> tuple[Numbers, int]:
    """The same for a column that is no dictionary: measures."""
    absent: Mask = column.is_null().to_numpy(zero_copy_only=False)
    if component.is_numeric:
        values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
        absent = absent | np.isnan(values)
    else:
        values = column.fill_null("").to_numpy(zero_copy_only=False).astype(str)
    found, rank = np.unique(values[~absent], return_inverse=True)
    places = np.full(len(values), len(found), np.int64)
    places[~absent] = len(found) - 1 - rank if is_descending else rank
    return places, len(found) + 1
