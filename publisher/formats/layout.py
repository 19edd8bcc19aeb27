"""What of a data set goes where in a message: the same decisions for every format.

Attributes: of the data set, of a group, of the series, or of the observation. In a flat layout
(`AllDimensions`) the key, and what hangs on it, goes to each observation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publisher.formats.fragments import Above, Part, Rows
from publisher.formats.message import DataSet
from publisher.structures.definition import Resolved
from publisher.structures.model import DATASET, GROUP, Attribute, Codelist, Dimension, Group
from publisher.structures.urns import Ref

ALL_DIMENSIONS = "AllDimensions"
SEPARATOR = "\x1f"  # between several values of one attribute, see `message.Observations`
NUMBER_MISSING, TEXT_MISSING = "NaN", "#N/A"  # SDMX 3.0 section 6: values missing on purpose


@dataclass(frozen=True)
class Layout:
    """One data set, its components sorted by the level that they are written at."""

    dataset: DataSet

    @cached_property
    def series(self) -> pa.Table:
        return self.dataset.observations.series

    @cached_property
    def above(self) -> frozenset[str]:
        """What is told once a series: the names of its columns."""
        return frozenset(self.series.column_names)

    @property
    def structure(self) -> Ref:
        """What the data set says it is structured by."""
        return self.dataset.structure or self.dataset.definition.dataflow.ref

    @property
    def place(self) -> tuple[Ref, str]:
        """What tells one structure of a message from another."""
        return self.structure, self.dataset.dimension_at_observation

    @property
    def is_flat(self) -> bool:
        return self.dataset.dimension_at_observation == ALL_DIMENSIONS

    def component(self, name: str) -> Resolved:
        return self.dataset.definition.components[name]

    @cached_property
    def dimensions(self) -> tuple[Resolved, ...]:
        """In key order, time last; without the observation's own dimension when series only."""
        definition = self.dataset.definition
        found = (*definition.dimensions, *((definition.time,) if definition.time else ()))
        if self.dataset.with_observations:
            return found
        return tuple(d for d in found if d.id in self.above)

    @property
    def series_dimensions(self) -> tuple[Resolved, ...]:
        return tuple(d for d in self.dimensions if d.id in self.above)

    @property
    def observation_dimensions(self) -> tuple[Resolved, ...]:
        return tuple(d for d in self.dimensions if d.id not in self.above)

    @cached_property
    def measures(self) -> tuple[Resolved, ...]:
        wanted = self.dataset.measures if self.dataset.with_observations else ()
        return tuple(m for m in self.dataset.definition.measures if m.id in wanted)

    @cached_property
    def attributes(self) -> tuple[Resolved, ...]:
        """All that are to be written, in structure order."""
        definition = self.dataset.definition
        found = (a for a in definition.attributes if a.id in self.dataset.attributes)
        return tuple(a for a in found if self.dataset.with_observations or a.id in self.above)

    def attributes_at(self, level: str) -> tuple[Resolved, ...]:
        """Those written at "dataset", "group", "series" or "observation"."""
        return tuple(a for a in self.attributes if self._level(a) == level)

    def _level(self, attribute: Resolved) -> str:
        component = attribute.component
        assert isinstance(component, Attribute)
        if attribute.id not in self.above:
            return "observation"
        if component.attachment == DATASET:
            return "dataset"
        if component.attachment == GROUP and self.groups_of(attribute):
            return "group"
        return "series"

    @property
    def below_group(self) -> tuple[Resolved, ...]:
        """The attributes that a flat layout writes at each observation."""
        return tuple(a for a in self.attributes if self._level(a) in ("series", "observation"))

    def groups(self) -> list[tuple[Group, list[Resolved]]]:
        """Each group that attributes hang on, with those."""
        found: dict[str, tuple[Group, list[Resolved]]] = {}
        for attribute in self.attributes_at("group"):
            for group in self.groups_of(attribute):
                found.setdefault(group.id, (group, []))[1].append(attribute)
        return list(found.values())

    def groups_of(self, attribute: Resolved) -> tuple[Group, ...]:
        """The groups that the attribute hangs on, as far as their whole key is in the series."""
        component = attribute.component
        assert isinstance(component, Attribute)
        known = {group.id: group for group in self.dataset.definition.structure.groups}
        groups = (known[name] for name in component.attached_to if name in known)
        return tuple(g for g in groups if set(g.dimensions) <= self.above)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """What the batches must have."""
        wanted = (*self.dimensions, *self.measures, *self.attributes)
        return tuple(c.id for c in wanted if c.id not in self.above)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        if self.dataset.with_observations:
            wanted = self.columns if columns is None else columns
            yield from (b for b in self.dataset.observations.batches(wanted) if b.num_rows)

    def written(self, template: Sequence[Part], close: str = "") -> Iterator[memoryview]:
        """The text of all observations by `template`; after the last, `close`, which ends its series."""
        rows = Rows(template, self.series)
        is_open = False
        for batch in self.batches():
            yield from rows.written(batch)
            is_open = True
        if is_open and close:
            yield memoryview(close.encode())

    def missing(self, measure: Resolved) -> str:
        """What stands where a measure has no value; nothing in what is deleted."""
        return "" if self.dataset.action == "Delete" else missing(measure)

    @cached_property
    def agreed(self) -> tuple[Resolved, ...]:
        """The attributes of the data set that have one value in all of it."""
        return tuple(a for a in self.attributes_at("dataset") if self.same_everywhere(a) is not None)

    def of_dataset(self, parts: Sequence[Above]) -> str:
        """The text of `parts`, which ask for attributes in `agreed` only."""
        if not self.agreed:
            return ""
        return str(Rows([], self.series).texts(parts, self.series.slice(0, 1))[0].as_py())

    def same_everywhere(self, attribute: Resolved) -> str | None:
        """The value of a data set attribute; None where series differ in it, or none has one."""
        values = pc.unique(self.series.column(attribute.id)).to_pylist()
        return values[0] if len(values) == 1 else None

    def used(self, *names: str) -> dict[str, list[str]]:
        """The distinct values that components have in the data set, in the order of their dictionaries.

        Observations are walked only as long as some value of a dictionary was not yet met.
        """
        found = {name: _Used() for name in names}
        above = [name for name in names if name in self.series.column_names]
        for chunk in self.series.select(above).to_batches():
            _meet(found, chunk)
        left = [name for name in names if name not in above]
        for batch in self.batches(left) if left else ():  # the first tells which have no values at all
            _meet(found, batch)
            left = [name for name in left if not found[name].is_complete]
            break
        for batch in self.batches(left) if left else ():
            _meet(found, batch)
            if all(found[name].is_complete for name in left):
                break
        return {name: used.values for name, used in found.items()}


@dataclass
class _Used:
    """Which values of a dictionary were met; one component has the same dictionary in every batch."""

    dictionary: pa.Array | None = None
    met: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))

    def meet(self, column: pa.DictionaryArray) -> None:
        if self.dictionary is None or len(column.dictionary) > len(self.met):
            self.dictionary = column.dictionary
            self.met = np.append(self.met, np.zeros(len(column.dictionary) - len(self.met), bool))
        self.met[column.indices.drop_null().to_numpy()] = True

    @property
    def is_complete(self) -> bool:
        return self.dictionary is not None and bool(self.met.all())

    @property
    def values(self) -> list[str]:
        return [] if self.dictionary is None else self.dictionary.filter(pa.array(self.met)).to_pylist()


def _meet(found: Mapping[str, _Used], batch: pa.RecordBatch) -> None:
    for name in batch.schema.names:
        if name in found and not found[name].is_complete:
            found[name].meet(batch.column(name))


def is_safe(component: Resolved) -> bool:
    """True where values need no care in any format: SDMX ids, numbers and periods."""
    is_time = isinstance(component.component, Dimension) and component.component.is_time
    return isinstance(component.codes, Codelist) or is_time or component.is_numeric


def missing(measure: Resolved) -> str:
    """What stands for a measure's missing value: an observation without one is missing on purpose."""
    return NUMBER_MISSING if measure.is_numeric else TEXT_MISSING


def primary(measures: Sequence[Resolved]) -> tuple[Resolved, ...]:
    """The one measure of formats that have room for one (formats/gaps.py)."""
    return tuple(sorted(measures, key=lambda m: m.id != "OBS_VALUE")[:1])


def most_severe(texts: pa.Array) -> pa.Array:
    """Of several values the first, for formats before 3.0 (formats/gaps.py)."""
    return pc.replace_substring_regex(texts, f"(?s){SEPARATOR}.*", "")
