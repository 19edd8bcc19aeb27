"""What differs between two vintages of a dataflow, for a query: rows that came or changed, rows that went.

Both sides are selections, so that the answer to "what changed" is made of the same stuff as any answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from publisher.store.cube import Codes, Cube
from publisher.store.runs import Numbers, Rows, Runs, kept, rows_of
from publisher.store.selection import Mask, Selection, at

BLOCK = 1 << 20  # observations compared in one go


@dataclass(frozen=True)
class Difference:
    """The law: `earlier` without the keys of `gone`, overwritten by `changed`, is `later`."""

    changed: Selection  # of the later cube
    gone: Selection  # of the earlier cube


def compare(earlier: Selection, later: Selection, hidden: Collection[str] = ()) -> Difference:
    """How `earlier` becomes `later`; a difference in `hidden` attributes is none.

    A series whose own attributes changed has changed as a whole (SDMX REST doc/data.md `updatedAfter`:
    where the information hangs on the series, the series that have changed).
    """
    came, went = np.ones(later.cube.count, bool), np.ones(earlier.cube.count, bool)
    if _key(earlier.cube) == _key(later.cube):
        _Pairs(earlier, later, frozenset(hidden)).strike(went, came)
    return Difference(_kept(later, came), _kept(earlier, went))


def without_series(selection: Selection, other: Selection) -> Selection:
    """The series of `selection` that `other` has nothing of."""
    shared, _ = _Pairs(selection, other, frozenset())._series()
    keep = ~np.isin(selection.runs.series, shared)
    runs = Runs(selection.runs.series[keep], selection.runs.start[keep], selection.runs.stop[keep])
    return Selection(selection.cube, runs, selection.with_observations)


def _key(cube: Cube) -> list[str]:
    time = [cube.definition.time.id] if cube.definition.time else []
    return [d.id for d in cube.definition.dimensions] + time


def _kept(selection: Selection, mask: Mask) -> Selection:
    def of(rows: Rows) -> Mask:
        found: Mask = mask[rows]
        return found

    return Selection(selection.cube, kept(selection.runs, of), selection.with_observations)


@dataclass(frozen=True)
class _Pairs:
    """The series that both sides have, compared a block at a time."""

    earlier: Selection
    later: Selection
    hidden: frozenset[str]

    def strike(self, went: Mask, came: Mask) -> None:
        """Take out of both masks the rows that both sides have; those that are alike out of `came` too."""
        old, new = self._series()
        alike = self._alike(old, new)
        sizes = np.cumsum(np.diff(self.later.cube.offsets)[new] + np.diff(self.earlier.cube.offsets)[old])
        for block in np.split(np.arange(len(new)), np.flatnonzero(np.diff(sizes // BLOCK)) + 1):
            if len(block):
                self._strike(went, came, old[block], new[block], alike[block])

    def _series(self) -> tuple[Numbers, Numbers]:
        """Numbers of the same series in both cubes, in the later one's order."""
        names = [d.id for d in self.later.cube.definition.dimensions]
        old, new = self.earlier.numbers, self.later.numbers
        keys = [_key_bytes([_codes_as(self.earlier.cube, n, self.later.cube)[old] for n in names])]
        keys.append(_key_bytes([self.later.cube.codes(n)[new] for n in names]))
        order = np.argsort(keys[0], kind="stable")
        place, found = _among(keys[0][order], keys[1])
        return old[order[place[found]]], new[found]

    def _alike(self, old: Numbers, new: Numbers) -> Mask:
        """Per pair, whether what is attached to the series is the same."""
        alike = np.ones(len(new), bool)
        columns = {*self.earlier.cube.series.column_names, *self.later.cube.series.column_names}
        for name in columns - {d.id for d in self.later.cube.definition.dimensions} - self.hidden:
            alike &= (
                _codes_as(self.earlier.cube, name, self.later.cube, old)
                == _codes_of(self.later.cube, name)[_places(self.later.cube, name, new)]
            )
        return alike

    def _strike(self, went: Mask, came: Mask, old: Numbers, new: Numbers, alike: Mask) -> None:
        before, after = _block(self.earlier, old), _block(self.later, new)
        old_ids = self._ids(before, self._times())
        order = np.argsort(old_ids, kind="stable")
        time = self.later.cube.definition.time
        new_ids = self._ids(after, self.later.cube.codes(time.id) if time else None)
        place, found = _among(old_ids[order], new_ids)
        left, right = before.rows[order[place[found]]], after.rows[found]
        went[left] = False
        same = alike[after.pair[found]] & self._same(left, right)
        came[right[same]] = False

    def _times(self) -> Codes | None:
        time = self.later.cube.definition.time
        return _codes_as(self.earlier.cube, time.id, self.later.cube) if time else None

    def _ids(self, block: _Block, times: Codes | None) -> Numbers:
        """What tells the observations of a block apart: the pair, and the period."""
        if times is None:
            return block.pair
        time = self.later.cube.definition.time
        size = len(self.later.cube.values(time.id)) + 1 if time else 1
        found: Numbers = block.pair * size + times[block.rows] + 1
        return np.where(times[block.rows] < 0, -1, found)

    def _same(self, left: Numbers, right: Numbers) -> Mask:
        """Per observation on both sides, whether its measures and attributes are the same."""
        before, after = self.earlier.cube.observations, self.later.cube.observations
        names = {*before.schema.names, *after.schema.names} - self.hidden
        same = np.ones(len(left), bool)
        for name in names - {c for c in _key(self.later.cube)}:
            same &= _equal(_taken(before, name, left), _taken(after, name, right))
        return same


@dataclass(frozen=True)
class _Block:
    rows: Numbers
    pair: Numbers  # per row, its series' place in the block


def _block(selection: Selection, series: Numbers) -> _Block:
    """The selected rows of `series` (which may come in any order)."""
    order = np.argsort(series, kind="stable")
    chosen = np.isin(selection.runs.series, series)
    runs = Runs(selection.runs.series[chosen], selection.runs.start[chosen], selection.runs.stop[chosen])
    found = rows_of(runs)
    rows = np.arange(found.start, found.stop) if isinstance(found, slice) else found
    pair = order[np.searchsorted(series[order], np.repeat(runs.series, runs.lengths))]
    return _Block(rows, pair)


def _among(known: npt.NDArray[np.generic], wanted: npt.NDArray[np.generic]) -> tuple[Numbers, Mask]:
    """Per member of `wanted` its place in sorted `known`, and whether it is there."""
    if not len(known):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return place, known[place] == wanted


def _key_bytes(columns: list[Codes]) -> npt.NDArray[np.bytes_]:
    """Rows of codes as bytes, which numpy can sort and find."""
    if not columns:
        return np.zeros(1, "S1")
    matrix = np.ascontiguousarray(np.column_stack(columns).astype(np.int32) + 1)
    return matrix.view(f"S{matrix.shape[1] * 4}").ravel()


def _codes_of(cube: Cube, name: str) -> Codes:
    held = name in cube.series.column_names
    return cube.codes(name) if held else np.full(1, -1, np.int32)


def _places(cube: Cube, name: str, numbers: Numbers) -> Numbers:
    return numbers if name in cube.series.column_names else np.zeros(len(numbers), np.int64)


def _codes_as(cube: Cube, name: str, other: Cube, numbers: Numbers | None = None) -> Codes:
    """`cube.codes(name)` in the numbers of `other`; -2 for values that `other` does not have."""
    held = name in cube.series.column_names or name in cube.observations.schema.names
    if not held:
        return np.full(1 if numbers is None else len(numbers), -1, np.int32)
    known = [other.code(name, value) for value in cube.values(name)] if _has(other, name) else []
    table = np.array([*(-2 if code is None else code for code in known or [-2] * len(cube.values(name))), -1])
    codes: Codes = table.astype(np.int32)[cube.codes(name)]
    return codes if numbers is None else codes[numbers]


def _has(cube: Cube, name: str) -> bool:
    return name in cube.series.column_names or name in cube.observations.schema.names


def _taken(observations: pa.RecordBatch, name: str, rows: Numbers) -> pa.Array:
    if name not in observations.schema.names:
        return pa.nulls(len(rows), pa.string())
    column = at(observations.column(name), rows)
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column.cast(pa.string())


def _equal(left: pa.Array, right: pa.Array) -> Mask:
    """Value by value, absent being equal to absent."""
    both_absent = pc.and_(pc.is_null(left), pc.is_null(right))
    same = pc.fill_null(pc.equal(left, right), False)
    found: Mask = pc.or_(same, both_absent).to_numpy(zero_copy_only=False)
    return found
