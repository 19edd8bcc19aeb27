"""All filings of one structure, one after the other: what an equation may join, in one numbering."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from publisher.package.frame import Column, Frame, joined, nothing
from publisher.package.keys import Keys
from publisher.package.rules import figures, tables
from publisher.package.rules.figures import Figures

Ids = npt.NDArray[np.signedinteger]
Kept = Ids | None  # rows of a frame; None: all of them as they come, so that nothing is copied
_ROOM = 2**62


@dataclass(frozen=True, eq=False)
class Stack:
    """Rows are those of each frame whose key is not repeated and whose figure can be read."""

    frames: tuple[Frame, ...]
    kept: tuple[Kept, ...]  # of each frame, its rows
    figures: Figures  # of the kept rows, all frames
    _columns: dict[str, Column] = field(default_factory=dict, repr=False)

    def is_about(self, structure: str) -> bool:
        return tables.is_about(structure, self.frames[0].definition)

    @cached_property
    def offsets(self) -> Ids:
        return np.cumsum([0, *map(_count, self.frames, self.kept)])

    def place(self, row: int) -> tuple[Frame, int]:
        """The frame that `row` is of, and its number there."""
        number = int(np.searchsorted(self.offsets, row, side="right")) - 1
        kept, own = self.kept[number], row - int(self.offsets[number])
        return self.frames[number], own if kept is None else int(kept[own])

    def scale(self, row: int) -> float:
        """How many single units one of the row's is."""
        frame, own = self.place(row)
        text = frame.value(figures.UNIT_MULT, own)
        return 10.0 ** int(text) if text and text.lstrip("-").isdigit() else 1.0

    def _column(self, name: str) -> Column:
        """The column of the kept rows of all frames."""
        if name not in self._columns:
            own = [frame.coded.get(name) or nothing(frame.rows) for frame in self.frames]
            parts = [Column(o.values, take(o.codes, rows)) for o, rows in zip(own, self.kept, strict=True)]
            self._columns[name] = joined(parts)
        return self._columns[name]

    def values(self, name: str) -> list[str]:
        return self._column(name).values

    def codes(self, name: str) -> npt.NDArray[Any]:
        return self._column(name).codes

    def among(self, name: str, codes: Collection[str], conditions: tables.Where) -> Ids:
        """The rows that have one of `codes` in `name` and meet the conditions."""
        column = self._column(name)
        mask = column.marked(value in codes for value in column.values)
        if conditions and mask.any():
            pairs = zip(self.frames, self.kept, strict=True)
            mask = mask & np.concatenate([take(tables.holds(f, conditions), rows) for f, rows in pairs])
        return np.flatnonzero(mask).astype(np.int32 if len(mask) < 2**31 else np.int64)

    def key_without(self, dimension: str, rows: Ids) -> Ids:
        """A number for each of `rows`, equal where all other dimensions and the period are."""
        definition = self.frames[0].definition
        names = [d.id for d in definition.dimensions if d.id != dimension]
        names += [definition.time.id] if definition.time else []
        key, size = np.zeros(len(rows), np.int64), 1
        for name in names:
            column = self._column(name)
            if len(column.values) <= 1:
                continue
            radix = len(column.values) + 1
            if size * radix >= _ROOM:
                distinct, key = np.unique(key, return_inverse=True)
                size = len(distinct)
            key *= radix
            key += column.codes[rows]
            key += 1
            size *= radix
        return key


def of(
    frames: Sequence[Frame], keys: Sequence[Keys], also: Sequence[tables.Mask] | None = None
) -> Iterator[Stack]:
    """A stack for each structure of the filings that bring figures; `also`: rows to keep without one."""
    groups: dict[str, list[tuple[Frame, Kept, Figures]]] = {}
    for number, (frame, its) in enumerate(zip(frames, keys, strict=True)):
        found = figures.of(frame, its) if frame.filing.action != "Delete" else None
        if found is not None:
            groups.setdefault(frame.definition.structure.ref.short, []).append(
                (frame, _kept(its, found, also[number] if also else None), found)
            )
    for group in groups.values():
        values = _together([take(found.values, rows) for _, rows, found in group])
        half = _together([take(found.half, rows) for _, rows, found in group])
        kept = tuple(rows for _, rows, _ in group)
        yield Stack(tuple(frame for frame, _, _ in group), kept, Figures(values, half))


def take(column: npt.NDArray[Any], rows: Kept) -> npt.NDArray[Any]:
    """What `column` has at `rows`."""
    if rows is None:
        return column
    return np.broadcast_to(column[:1], len(rows)) if column.strides == (0,) else column[rows]


def _together(parts: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _count(frame: Frame, rows: Kept) -> int:
    return frame.rows if rows is None else len(rows)


def _kept(keys: Keys, found: Figures, also: tables.Mask | None) -> Kept:
    """Rows with a figure, the first of each key."""
    has = ~np.isnan(found.values) if also is None else ~np.isnan(found.values) | also
    if keys.is_sorted:
        return None if has.all() else np.flatnonzero(has).astype(keys.order.dtype)
    ordered = keys.full[keys.order]
    first = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    rows = keys.order if first.all() else np.sort(keys.order[first])
    return rows[has[rows]]
