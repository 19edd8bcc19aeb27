"""Observations from rows in memory, without a store: what a writer is given, made the obvious way."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby

import pyarrow as pa

from publisher.formats.message import DataSet
from publisher.store.cube import attached_to, observation_attributes
from publisher.structures.definition import Definition
from publisher.structures.model import Attribute
from tests.store.example import Row

ALL = "AllDimensions"


class Held:
    """Rows grouped by all dimensions but that of the observation, in the order of the key."""

    def __init__(self, definition: Definition, rows: Sequence[Row], at: str, size: int = 3) -> None:
        time = [definition.time.id] if definition.time else []
        dimensions = [*(d.id for d in definition.dimensions), *time]
        below = set(time) if at == ALL else {at}
        low = {a.id for a in observation_attributes(definition)}
        low |= {a.id for a in definition.attributes if below & set(_hangs_on(definition, a.id))}
        above = [name for name in dimensions if name not in below]
        self._series = [*above, *(a.id for a in definition.attributes if a.id not in low)]
        self._measures = [m.id for m in definition.measures]
        self._rest = [c for c in definition.components if c not in self._series and c not in self._measures]
        ordered = sorted(rows, key=lambda row: [str(row[name]) for name in (*above, *sorted(below))])
        groups = [list(found) for _, found in groupby(ordered, key=lambda row: [row[n] for n in above])]
        self._heads = [group[0] for group in groups]
        self.rows: list[Row] = [row for group in groups for row in group]
        self._numbers = [number for number, group in enumerate(groups) for _ in group]
        self._size = size

    @property
    def series(self) -> pa.Table:
        return pa.table({name: _coded(self._heads, name) for name in self._series})

    def batches(self, columns: Collection[str] | None = None) -> Iterator[pa.RecordBatch]:
        numbers = pa.array(self._numbers, pa.int32())
        every = {name: _coded(self.rows, name) for name in self._rest}
        every |= {m: pa.array([row.get(m) for row in self.rows], pa.string()) for m in self._measures}
        kept = {n: c for n, c in every.items() if columns is None or n in columns}
        whole = pa.record_batch({"series": numbers, **kept})
        for start in range(0, whole.num_rows, self._size):
            yield whole.slice(start, self._size)


def _hangs_on(definition: Definition, name: str) -> tuple[str, ...]:
    attribute = definition.components[name]
    assert isinstance(attribute.component, Attribute)
    return attached_to(definition, attribute)


def _coded(rows: Sequence[Row], name: str) -> pa.DictionaryArray:
    return pa.array([row.get(name) for row in rows], pa.string()).dictionary_encode()


def dataset(definition: Definition, rows: Sequence[Row], at: str = "TIME_PERIOD", **about: object) -> DataSet:
    """A data set of the rows with all their attributes."""
    attributes = tuple(a.id for a in definition.attributes)
    given: dict[str, object] = {"attributes": attributes, "dimension_at_observation": at, **about}
    return DataSet(definition, Held(definition, rows, at), **given)  # type: ignore[arg-type]
