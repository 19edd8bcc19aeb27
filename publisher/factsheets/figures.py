"""Figures as the store holds them: series and observations, and which of them a sheet shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import repeat

import numpy as np
import pyarrow as pa

from publisher.errors import StructureError
from publisher.query.model import DataQuery, Target
from publisher.store import Snapshot, select
from publisher.store.arrays import as_numpy
from publisher.structures.definition import Definition as Structure
from publisher.structures.urns import Ref

SEPARATOR = "\x1f"  # between several values of one attribute
REMEMBERED = 4096  # sets of attributes: most observations have one of few


@dataclass(frozen=True, slots=True)
class Observation:
    period: str
    value: str | None  # the decimal as released; None: missing
    attributes: Mapping[str, tuple[str, ...]]  # only those present

    @property
    def decimal(self) -> Decimal | None:
        """The value as a number; None when missing, also when released as NaN."""
        number = None if self.value is None else Decimal(self.value)
        return number if number is not None and number.is_finite() else None


@dataclass(frozen=True)
class Series:
    """One series with its observations in time order."""

    dataflow: Ref
    key: Mapping[str, str]  # dimension → code, in key order
    attributes: Mapping[str, tuple[str, ...]]
    provider: str  # data provider id; "" when the store does not tell
    table: pa.Table = field(repr=False, compare=False)  # its rows: period, measure, attributes

    @cached_property
    def observations(self) -> tuple[Observation, ...]:
        columns = dict(zip(self.table.column_names, self.table.columns, strict=True))
        periods, values = columns.pop("period").to_pylist(), columns.pop("value").to_pylist()
        told = {name: column for name, column in columns.items() if column.null_count < len(column)}
        rows = zip(*(column.to_pylist() for column in told.values()), strict=True) if told else repeat(())
        names = tuple(told)
        return tuple(
            Observation(period or "", value, _attributes(names, row))
            for period, value, row in zip(periods, values, rows, strict=False)
        )

    @property
    def text(self) -> str:
        """The series key as a query writes it: `A.IDN.UNE_DEAP_RT…`."""
        return ".".join(self.key.values())

    @cached_property
    def latest(self) -> Observation | None:
        """The newest observation with a value, else the newest."""
        newest_first = tuple(reversed(self.observations))
        return next((one for one in newest_first if one.decimal is not None), next(iter(newest_first), None))

    def attribute(self, name: str) -> str:
        """The value of a dimension or series attribute; "" when absent."""
        return self.key.get(name) or next(iter(self.attributes.get(name, ())), "")


class Reader:
    """Series of one vintage; each question is asked of the store once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._asked: dict[tuple[object, ...], tuple[Series, ...]] = {}

    def structure(self, dataflow: str) -> Structure:
        """The structure of `AGENCY:ID(VERSION)`."""
        return self.snapshot.registry.definition(reference(dataflow))

    def series(self, dataflow: str, key: Mapping[str, tuple[str, ...]]) -> tuple[Series, ...]:
        """All series of `dataflow` whose dimensions have one of the codes in `key`; others are free."""
        asked = (dataflow, *sorted(key.items()))
        if asked not in self._asked:
            self._asked[asked] = tuple(self._read(reference(dataflow), key))
        return self._asked[asked]

    def _read(self, ref: Ref, key: Mapping[str, tuple[str, ...]]) -> Iterable[Series]:
        structure = self.snapshot.registry.definition(ref)
        codes = tuple(key.get(dimension.id) for dimension in structure.dimensions)
        if unknown := sorted(key.keys() - {d.id for d in structure.dimensions}):
            raise StructureError(
                f"sheet.toml asks {ref.short} for {', '.join(unknown)}, not among its dimensions"
            )
        target = Target("dataflow", (ref.agency,), (ref.id,), (ref.version,))
        chosen = select(self.snapshot.cube(ref), DataQuery(target, keys=(codes,)))
        yield from _series(ref, structure, chosen.series, list(chosen.batches()))


def reference(dataflow: str) -> Ref:
    """The reference written as `AGENCY:ID(VERSION)`. Raises StructureError when it is not one."""
    agency, colon, rest = dataflow.partition(":")
    name, bracket, version = rest.partition("(")
    if not (colon and bracket and version.endswith(")")):
        raise StructureError(f"sheet.toml: {dataflow!r} is not a dataflow; write AGENCY:ID(VERSION)")
    return Ref("dataflow", agency, name, version.removesuffix(")"))


def _series(
    ref: Ref, structure: Structure, series: pa.Table, batches: list[pa.RecordBatch]
) -> Iterable[Series]:
    if not batches:
        return
    rows = pa.Table.from_batches(batches)
    number = as_numpy(rows.column("series").combine_chunks())
    bounds = np.searchsorted(number, np.arange(series.num_rows + 1))
    time = structure.time.id if structure.time else "TIME_PERIOD"
    measure = structure.measures[0].id
    names = [name for name in rows.column_names if name not in ("series", time, measure)]
    rows = rows.select([time, measure, *names]).rename_columns(["period", "value", *names])
    dimensions = [dimension.id for dimension in structure.dimensions]
    others = [attribute.id for attribute in structure.attributes if attribute.id in series.column_names]
    for row, record in enumerate(series.to_pylist()):
        yield Series(
            dataflow=ref,
            key={name: record[name] for name in dimensions},
            attributes={name: _split(record[name]) for name in others if record[name] is not None},
            provider=record.get("PROVIDER") or "",
            table=rows.slice(bounds[row], bounds[row + 1] - bounds[row]),
        )


@lru_cache(maxsize=REMEMBERED)
def _attributes(names: tuple[str, ...], values: tuple[str | None, ...]) -> Mapping[str, tuple[str, ...]]:
    """One mapping for all observations that have the same."""
    return {name: _split(text) for name, text in zip(names, values, strict=True) if text is not None}


def _split(value: str) -> tuple[str, ...]:
    return tuple(value.split(SEPARATOR))
