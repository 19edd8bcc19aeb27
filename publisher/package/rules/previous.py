"""A filing beside what the provider has published before: one numbering of the keys of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package.frame import Frame
from publisher.package.rules import figures
from publisher.structures.urns import Ref

Ids = npt.NDArray[np.int64]
Previous = Callable[[str, Ref], pa.Table | None]  # provider and dataflow → its public state, columns as text
_ROOM = 2**62


@dataclass(frozen=True)
class Public:
    """A `Previous` that knows the history: `gone` gives what earlier releases told and the state does not."""

    now: Previous
    gone: Previous

    def __call__(self, provider: str, dataflow: Ref) -> pa.Table | None:
        return self.now(provider, dataflow)


@dataclass(frozen=True, eq=False)
class Pair:
    """New rows and old rows; `series` and `full` are numbered alike in both."""

    frame: Frame
    old: pa.Table
    series: tuple[Ids, Ids]  # new, old
    full: tuple[Ids, Ids]
    values: tuple[figures.Numbers, figures.Numbers]

    def before(self) -> tuple[Ids, Ids]:
        """New rows whose key was public, and the old row of each."""
        order = np.argsort(self.full[1], kind="stable")
        ordered = self.full[1][order]
        at = np.minimum(np.searchsorted(ordered, self.full[0]), max(len(ordered) - 1, 0))
        found = np.flatnonzero(ordered[at] == self.full[0]) if len(ordered) else np.empty(0, np.int64)
        return found, order[at[found]]


def pair(frame: Frame, old: pa.Table) -> Pair | None:
    """None when one of the two has no figures."""
    name = figures.measure(frame)
    dimensions = [d.id for d in frame.definition.dimensions]
    time = frame.definition.time
    if (
        name is None
        or time is None
        or name not in old.column_names
        or not {*dimensions, time.id} <= set(old.column_names)
    ):
        return None
    old = _scoped(frame, old)
    series, size = numbered(frame, old, dimensions, np.zeros(frame.rows + old.num_rows, np.int64), 1)
    full, _ = numbered(frame, old, [time.id], series, size)
    cut = frame.rows
    texts = pc.cast(old[name], pa.string()).combine_chunks()
    scale = _old_scale(old)
    values = (_new_values(frame, name), figures.numbers(_plain(texts)) * scale)
    return Pair(frame, old, (series[:cut], series[cut:]), (full[:cut], full[cut:]), values)


def _scoped(frame: Frame, old: pa.Table) -> pa.Table:
    """What a Replace would take away; a Merge leaves the rest as it is."""
    for name, codes in frame.filing.scope.items():
        if name in old.column_names:
            old = old.filter(pc.is_in(pc.cast(old[name], pa.string()), pa.array(codes)))
    return old


def _plain(texts: pa.Array) -> pa.Array:
    """NaN, the sign of a missing value, is none."""
    return pc.if_else(pc.equal(texts, "NaN"), pa.scalar(None, pa.string()), texts)


def _new_values(frame: Frame, name: str) -> figures.Numbers:
    return figures.measured(frame, name) * figures.scaled(
        frame, figures.UNIT_MULT, lambda text: 10.0 ** int(text), 1.0
    )


def _old_scale(old: pa.Table) -> figures.Numbers:
    if figures.UNIT_MULT not in old.column_names:
        return np.ones(old.num_rows)
    column = pc.cast(old[figures.UNIT_MULT], pa.string()).combine_chunks()
    return 10.0 ** np.nan_to_num(figures.numbers(column))


def numbered(frame: Frame, old: pa.Table, names: list[str], key: Ids, size: int) -> tuple[Ids, int]:
    """`key` (below `size`) of the rows of `frame`, then of `old`, refined by `names`; and its new size."""
    for name in names:
        column = frame.coded[name]
        table = {value: number for number, value in enumerate(column.values)}
        encoded = pc.cast(old[name], pa.string()).combine_chunks().dictionary_encode()
        theirs = [table.setdefault(value, len(table)) for value in encoded.dictionary.to_pylist()]
        codes = np.array([*theirs, -1], np.int64)[encoded.indices.fill_null(len(theirs)).to_numpy()]
        radix = len(table) + 1
        if size * radix >= _ROOM:
            distinct, key = np.unique(key, return_inverse=True)
            size = len(distinct)
        key = key * radix + np.concatenate([column.codes.astype(np.int64), codes]) + 1
        size *= radix
    return key, size
