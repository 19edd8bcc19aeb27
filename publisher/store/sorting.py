"""A selection in an order that was asked for: a permutation of its rows, never of their contents.

Source: SDMX REST 2.2.2 doc/data.md `sort`: by code ids and by uncoded values, periods by time. What
has no value comes last, whichever way the order goes; rows that are equal keep the store's order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.store.cube import CODED, PROVIDER, Cube, attached_to, observation_components, series_attributes
from publisher.store.order import chronological
from publisher.store.runs import CHUNK, Numbers, Runs, rows_of
from publisher.store.selection import BATCH, LONG_WALK, Mask, Selection, at
from publisher.structures.definition import Resolved

Order = Sequence[tuple[str, bool]]  # components, and whether each descends
_FULL = 1 << 62  # so many places fit into one number that is sorted by


@dataclass(frozen=True)
class Ordered:
    """Rows of a cube in any order; fits `formats.message.Observations`.

    `rows`: numbers of observations, of series where there are none. `dimension`: what stands at the
    observation, time or another one; None: everything (flat). Only `rows` is as long as the answer.
    """

    cube: Cube
    rows: Numbers
    dimension: str | None
    with_observations: bool = True

    @property
    def series_count(self) -> int:
        return len(self._groups[0])

    def count(self) -> int:
        return len(self.rows) if self.with_observations else 0

    @property
    def is_empty(self) -> bool:
        return not len(self.rows)

    def cut(self, offset: int, limit: int | None) -> Ordered:
        """The rows from `offset` on, at most `limit`; series where there are no observations."""
        return replace(self, rows=self.rows[offset : None if limit is None else offset + limit])

    def grouped(self) -> Ordered:
        """The same with the rows of each series together, series in the order of their first row."""
        numbers = np.concatenate([np.empty(0, np.int32), *(self._numbers(part) for part in self._parts())])
        return replace(self, rows=self.rows[np.argsort(numbers, kind="stable")])

    @cached_property
    def series(self) -> pa.Table:
        heads = self.rows[np.sort(self._groups[1])]
        table = self.cube.series.take(pa.array(self._series_of(heads))).combine_chunks()
        time = self.cube.definition.time
        if not self._is_cross_section or not time:
            return table
        table = table.drop_columns([*self._moved, PROVIDER])
        column = at(self.cube.observations.column(time.id), heads)
        place = sum(d.id in table.column_names for d in self.cube.definition.dimensions)
        return table.add_column(place, time.id, column)

    def batches(self, columns: Collection[str] | None = None) -> Iterator[pa.RecordBatch]:
        if not self.with_observations:
            return
        time = self.cube.definition.time
        every = [c.id for c in observation_components(self.cube.definition)]
        if self._is_cross_section:
            every = [*self._moved, *(n for n in every if not time or n != time.id)]
        names = [n for n in every if columns is None or n in columns]
        for number, rows in enumerate(self._parts(BATCH), 1):
            arrays = {"series": pa.array(self._numbers(rows))}
            arrays |= {n: self._column(n, rows) for n in names}
            yield pa.record_batch(arrays)
            if number % LONG_WALK == 0:
                self.cube.forget()

    def _parts(self, size: int = CHUNK) -> Iterator[Numbers]:
        for start in range(0, len(self.rows), size):
            yield self.rows[start : start + size]

    def _column(self, name: str, rows: Numbers) -> pa.Array:
        if name in self.cube.series.column_names:
            return at(self.cube.series.column(name).chunk(0), self._series_of(rows))
        if name in self.cube.observations.schema.names:
            return at(self.cube.observations.column(name), rows)
        return pa.nulls(len(rows), CODED)

    def _series_of(self, rows: Numbers) -> Numbers:
        """The numbers of their series in the cube."""
        return series_of(self.cube, rows) if self.with_observations else rows.astype(np.int64)

    def series_numbers(self) -> Numbers:
        """Per row, the number of its series in the cube."""
        return self._series_of(self.rows)

    def section_keys(self) -> Numbers:
        """Per row, a number for its series in the answer, in the order of their keys."""
        return self._keys(self.rows)

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
    def _sections(self) -> Numbers:
        """Per series of the cube, a number for what is left of its key without the dimension."""
        names = [d.id for d in self.cube.definition.dimensions if d.id != self.dimension]
        return _packed([self.cube.codes(n) for n in names], self.cube.series.num_rows)

    def _keys(self, rows: Numbers) -> Numbers:
        """Per row, a number for its series in the answer."""
        series = self._series_of(rows)
        if not self._is_cross_section:
            return series
        keys, time = self._sections[series], self.cube.definition.time
        if time is None or not self.with_observations:
            return keys
        return keys * len(self.cube.values(time.id)) + self.cube.codes(time.id)[rows]

    @cached_property
    def _groups(self) -> tuple[Numbers, Numbers, npt.NDArray[np.int32]]:
        """The keys of the series in the answer, sorted; where each begins; its place by that."""
        keys, firsts, start = [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
        for part in self._parts():
            found, first = np.unique(self._keys(part), return_index=True)
            keys.append(found)
            firsts.append(first + start)
            start += len(part)
        known, index = np.unique(np.concatenate(keys), return_index=True)
        heads = np.concatenate(firsts)[index]
        place = np.empty(len(known), np.int32)
        place[np.argsort(heads, kind="stable")] = np.arange(len(known), dtype=np.int32)
        return known, heads, place

    def _numbers(self, rows: Numbers) -> npt.NDArray[np.int32]:
        """Per row, the number of its series in the answer: by first appearance."""
        known, _, place = self._groups
        return place[np.searchsorted(known, self._keys(rows))]


def series_of(cube: Cube, rows: Numbers) -> Numbers:
    """Per observation, the number of its series."""
    found: Numbers = np.searchsorted(cube.offsets, rows, side="right") - 1
    return found


def _packed(columns: list[npt.NDArray[np.int32]], count: int) -> Numbers:
    """One number for each distinct row of `columns`."""
    found = np.zeros(count, np.int64)
    for column in columns:
        found = np.unique(found * (int(column.max(initial=0)) + 2) + column, return_inverse=True)[1]
    return found


def ordered(selection: Selection, order: Order, dimension: str | None) -> Ordered:
    """The rows of `selection` by `order`; its series where it has no observations."""
    rows = all_rows(selection)
    runs = selection.runs if selection.with_observations else None
    ranks = _ranks(selection.cube, order, rows, runs)
    return Ordered(selection.cube, _sorted(ranks, rows), dimension, selection.with_observations)


def all_rows(selection: Selection) -> Numbers:
    """The numbers of the observations of `selection`; of its series where it has none."""
    if not selection.with_observations:
        return selection.numbers
    found = rows_of(selection.runs)
    return _narrow(found) if isinstance(found, slice) else found


def _narrow(rows: slice) -> Numbers:
    """The numbers of `rows` in 32 bits: half the memory of ten million."""
    found = np.arange(rows.start, rows.stop, dtype=np.int32 if rows.stop < 2**31 else np.int64)
    return cast(Numbers, found)


def _sorted(ranks: Iterable[tuple[Numbers, int]], rows: Numbers) -> Numbers:
    """`rows` in the stable order by several ranks, the first being the most important."""
    packs: list[tuple[Numbers, int]] = []
    for rank, size in ranks:
        if packs and packs[-1][1] * size < _FULL:
            before, range_ = packs.pop()
            before *= size
            before += rank
            packs.append((before, range_ * size))
        else:
            packs.append((rank, size))
    order: Numbers | None = None
    while packs:
        pack, _ = packs.pop()
        places = np.argsort(pack if order is None else pack[order], kind="stable")
        order = places if order is None else order[places]
    return rows if order is None else rows[order]


def _ranks(cube: Cube, order: Order, rows: Numbers, runs: Runs | None) -> Iterator[tuple[Numbers, int]]:
    """Per component of `order`, the place of each row's value among all, and how many places there are.

    `runs`: the runs of the rows, which are observations; None: the rows are series.
    """
    for name, is_descending in order:
        component = cube.definition.components[name]
        column = cube.column(name)
        if not pa.types.is_dictionary(column.type):
            if component.is_numeric:
                yield _of_numbers(_doubles(column, rows), is_descending), _FULL
            else:
                yield _of_texts(at(column, rows), is_descending)
            continue
        values = cube.values(name)
        table = _places(component, values, is_descending)
        if name in cube.series.column_names:
            above = table[cube.codes(name)[rows if runs is None else runs.series]]
            yield above if runs is None else np.repeat(above, runs.lengths), len(values) + 1
        elif name in cube.observations.schema.names:
            yield table[cube.codes(name)[rows]], len(values) + 1


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


def _doubles(column: pa.Array, rows: Numbers) -> npt.NDArray[np.float64]:
    """The numbers that `column` writes in `rows`; NaN for none."""
    found = np.empty(len(rows), np.float64)
    for start in range(0, len(rows), CHUNK):
        part = slice(start, start + CHUNK)
        found[part] = at(column, rows[part]).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return found


def _of_texts(column: pa.Array, is_descending: bool) -> tuple[Numbers, int]:
    """The same for a column of texts that is no dictionary."""
    absent: Mask = column.is_null().to_numpy(zero_copy_only=False)
    values = column.fill_null("").to_numpy(zero_copy_only=False).astype(str)
    found, rank = np.unique(values[~absent], return_inverse=True)
    places = np.full(len(values), len(found), np.int64)
    places[~absent] = len(found) - 1 - rank if is_descending else rank
    return places, len(found) + 1


def _of_numbers(values: npt.NDArray[np.float64], is_descending: bool) -> Numbers:
    """Doubles as whole numbers of the same order (IEEE 754: bits grow with the value, from zero on)."""
    absent = np.isnan(values)
    values += 0.0  # no negative zero
    bits: Numbers = values.view(np.int64)
    bits ^= (bits >> 63) & np.int64(2**63 - 1)
    if is_descending:
        np.invert(bits, out=bits)
    bits[absent] = 2**63 - 1
    return bits
