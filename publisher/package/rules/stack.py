"""All filings of one structure, one after the other: what an equation may join, in one numbering."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from publisher.package.frame import Frame
from publisher.package.keys import Keys
from publisher.package.rules import figures, tables
from publisher.package.rules.figures import Figures

Ids = npt.NDArray[np.int64]
_ROOM = 2**62


@dataclass(frozen=True, eq=False)
class Stack:
    """Rows are those of each frame whose key is not repeated and whose figure can be read."""

    frames: tuple[Frame, ...]
    kept: tuple[Ids, ...]  # of each frame, its rows
    figures: Figures  # of the kept rows, all frames
    _columns: dict[str, tuple[list[str], npt.NDArray[Any]]] = field(default_factory=dict, repr=False)

    def is_about(self, structure: str) -> bool:
        return tables.is_about(structure, self.frames[0].definition)

    @cached_property
    def offsets(self) -> Ids:
        return np.cumsum([0, *(len(rows) for rows in self.kept)])

    def place(self, row: int) -> tuple[Frame, int]:
        """The frame that `row` is of, and its number there."""
        number = int(np.searchsorted(self.offsets, row, side="right")) - 1
        return self.frames[number], int(self.kept[number][row - self.offsets[number]])

    def scale(self, row: int) -> float:
        """How many single units one of the row's is."""
        frame, own = self.place(row)
        text = frame.value(figures.UNIT_MULT, own)
        return 10.0 ** int(text) if text and text.lstrip("-").isdigit() else 1.0

    def _column(self, name: str) -> tuple[list[str], npt.NDArray[Any]]:
        """Distinct texts over all frames, and each row's; -1: empty."""
        if name not in self._columns:
            numbers: dict[str, int] = {}
            parts = []
            for frame, rows in zip(self.frames, self.kept, strict=True):
                column = frame.coded.get(name)
                if column is None:
                    parts.append(np.full(len(rows), -1, np.int32))
                    continue
                table = np.array(
                    [*(numbers.setdefault(v, len(numbers)) for v in column.values), -1], np.int32
                )
                parts.append(table[column.codes[rows]])
            self._columns[name] = list(numbers), np.concatenate(parts)
        return self._columns[name]

    def values(self, name: str) -> list[str]:
        return self._column(name)[0]

    def codes(self, name: str) -> npt.NDArray[Any]:
        return self._column(name)[1]

    def among(self, name: str, codes: Collection[str], conditions: tables.Where) -> Ids:
        """The rows that have one of `codes` in `name` and meet the conditions."""
        values, own = self._column(name)
        mask = np.append(np.array([value in codes for value in values], bool), False)[own]
        if conditions and mask.any():
            held = [tables.holds(f, conditions)[rows] for f, rows in zip(self.frames, self.kept, strict=True)]
            mask &= np.concatenate(held)
        return np.flatnonzero(mask)

    def key_without(self, dimension: str, rows: Ids) -> Ids:
        """A number for each of `rows`, equal where all other dimensions and the period are."""
        definition = self.frames[0].definition
        names = [d.id for d in definition.dimensions if d.id != dimension]
        names += [definition.time.id] if definition.time else []
        key, size = np.zeros(len(rows), np.int64), 1
        for name in names:
            values, codes = self._column(name)
            if len(values) <= 1:
                continue
            radix = len(values) + 1
            if size * radix >= _ROOM:
                distinct, key = np.unique(key, return_inverse=True)
                size = len(distinct)
            key, size = key * radix + (codes[rows] + 1), size * radix
        return key


def of(
    frames: Sequence[Frame], keys: Sequence[Keys], also: Sequence[tables.Mask] | None = None
) -> Iterator[Stack]:
    """A stack for each structure of the filings that bring figures; `also`: rows to keep without one."""
    groups: dict[str, list[tuple[Frame, Ids, Figures]]] = {}
    for number, (frame, its) in enumerate(zip(frames, keys, strict=True)):
        found = figures.of(frame, its) if frame.filing.action != "Delete" else None
        if found is not None:
            groups.setdefault(frame.definition.structure.ref.short, []).append(
                (frame, _kept(its, found, also[number] if also else None), found)
            )
    for group in groups.values():
        values = np.concatenate([found.values[rows] for _, rows, found in group])
        half = np.concatenate([found.half[rows] for _, rows, found in group])
        kept = tuple(rows for _, rows, _ in group)
        yield Stack(tuple(frame for frame, _, _ in group), kept, Figures(values, half))


def _kept(keys: Keys, found: Figures, also: tables.Mask | None) -> Ids:
    """Rows with a figure, the first of each key."""
    ordered = keys.full[keys.order]
    first = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    rows = keys.order if first.all() else np.sort(keys.order[first])
    wanted = ~np.isnan(found.values[rows])
    return rows[wanted if also is None else wanted | also[rows]]
