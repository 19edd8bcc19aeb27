"""One dataflow in one vintage, ready to be read: memory-mapped Arrow in store order.

A cube is two Arrow files that any Arrow tool opens: `series.arrow`, one row a series, and
`obs.arrow`, one row an observation, sorted by series and time. Nothing is copied on opening.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.ipc

from publisher.store.arrays import as_numpy
from publisher.store.seal import check
from publisher.structures import periods
from publisher.structures.definition import Definition, Resolved
from publisher.structures.model import GROUP, OBSERVATION, Attribute

if TYPE_CHECKING:
    from publisher.store.times import Times

Codes = npt.NDArray[np.int32]
CODED = pa.dictionary(pa.int32(), pa.string())
PROVIDER = "PROVIDER"  # column beside the components: whose series it is


@dataclass(frozen=True)
class Cube:
    """`series`: columns as `formats.message.Observations.series`, and `PROVIDER`.

    `offsets[i]` up to `offsets[i + 1]` are the rows of series `i` in `observations`, whose columns
    are the time dimension, the measures (text) and the observation attributes that anyone has a value of.
    """

    definition: Definition
    series: pa.Table
    offsets: npt.NDArray[np.int64]
    observations: pa.RecordBatch
    mapping: mmap.mmap | None = field(default=None, repr=False, compare=False)  # of the observations
    _codes: dict[str, Codes] = field(default_factory=dict, repr=False, compare=False)

    @property
    def count(self) -> int:
        return int(self.observations.num_rows)

    def forget(self) -> None:
        """Give back the memory of pages that were read, after a long walk; they come back when needed."""
        if self.mapping is not None and hasattr(mmap, "MADV_DONTNEED"):
            self.mapping.madvise(mmap.MADV_DONTNEED)

    @cached_property
    def periods(self) -> pa.Table:
        """The distinct time periods in order: `period`, `start`, `end` (exclusive), `frequency`."""
        return periods.table(self.values(self.definition.time.id) if self.definition.time else ())

    @cached_property
    def times(self) -> Times:
        """Which periods the series have; with a time dimension only."""
        from publisher.store.times import Times

        assert self.definition.time is not None
        return Times(self, self.definition.time.id)

    def column(self, name: str) -> pa.DictionaryArray | pa.StringArray:
        """A column of the series, or else of the observations."""
        if name in self.series.column_names:
            return self.series.column(name).chunk(0)
        if name in self.observations.schema.names:
            return self.observations.column(name)
        return pa.nulls(self.count, CODED)

    def values(self, name: str) -> list[str]:
        """The distinct values of a dictionary column, in store order."""
        return list(self._index(name))

    def code(self, name: str, value: str) -> int | None:
        """The number that stands for `value` in `codes(name)`; None when it does not occur."""
        return self._index(name).get(value)

    def codes(self, name: str) -> Codes:
        """Per row, the place of its value in `values(name)`; -1 where it has none."""
        if name not in self._codes:
            self._codes[name] = codes_of(self.column(name))
        return self._codes[name]

    def _index(self, name: str) -> dict[str, int]:
        if name not in self._indexes:
            self._indexes[name] = {v: n for n, v in enumerate(self.column(name).dictionary.to_pylist())}
        return self._indexes[name]

    @cached_property
    def _indexes(self) -> dict[str, dict[str, int]]:
        return {}


def codes_of(column: pa.DictionaryArray) -> Codes:
    """The indices of `column` as numpy, without a copy where it has no nulls; -1 for null."""
    indices = column.indices
    filled = indices.fill_null(-1) if indices.null_count else indices
    codes: Codes = as_numpy(filled)
    return codes


def observation_attributes(definition: Definition) -> tuple[Resolved, ...]:
    """The attributes whose value may differ within a series, in structure order.

    SDMX 3.0 section 2, AttributeRelationship: one that hangs on time is one of the observation.
    """
    time = definition.time.id if definition.time else None
    return tuple(
        a
        for a in definition.attributes
        if isinstance(a.component, Attribute)
        and (a.component.attachment == OBSERVATION or time in attached_to(definition, a))
    )


def series_attributes(definition: Definition) -> tuple[Resolved, ...]:
    """The attributes attached above the observation, in structure order."""
    below = {a.id for a in observation_attributes(definition)}
    return tuple(a for a in definition.attributes if a.id not in below)


def observation_components(definition: Definition) -> tuple[Resolved, ...]:
    """Time, measures and observation attributes: the columns of `Cube.observations`."""
    time = (definition.time,) if definition.time else ()
    return (*time, *definition.measures, *observation_attributes(definition))


def attached_to(definition: Definition, component: Resolved) -> tuple[str, ...]:
    """The dimensions that an attribute hangs on, a group's being those of the group."""
    attribute = component.component
    assert isinstance(attribute, Attribute)
    if attribute.attachment == GROUP:
        groups = {group.id: group.dimensions for group in definition.structure.groups}
        return tuple(d for group in attribute.attached_to for d in groups.get(group, ()))
    return attribute.attached_to


def empty(definition: Definition) -> Cube:
    """The cube of a dataflow that nobody has released anything of."""
    coded = pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), pa.array([], pa.string()))
    above = (*definition.dimensions, *series_attributes(definition))
    series = pa.table({**{c.id: coded for c in above}, PROVIDER: coded})
    texts = {m.id for m in definition.measures}
    columns = {
        c.id: pa.array([], pa.string()) if c.id in texts else coded
        for c in observation_components(definition)
    }
    return Cube(definition, series, np.zeros(1, np.int64), pa.record_batch(columns))


def open_cube(folder: Path, definition: Definition) -> Cube:
    """The cube that `index.build` wrote into `folder`. Raises Damaged when it is another now."""
    check(folder)
    series, _ = _mapped(folder / "series.arrow")
    table = pa.Table.from_batches([series])
    offsets = as_numpy(table.column("offset").chunk(0))
    observations, mapping = _mapped(folder / "obs.arrow")
    ends = np.append(offsets, observations.num_rows)
    return Cube(definition, table.drop_columns(["offset"]), ends, observations, mapping)


def _mapped(path: Path) -> tuple[pa.RecordBatch, mmap.mmap]:
    with path.open("rb") as file:
        mapping = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return pa.ipc.open_file(pa.py_buffer(mapping)).get_batch(0), mapping
