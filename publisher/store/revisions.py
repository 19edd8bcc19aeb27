"""What a release changed: new, revised and withdrawn observations, as rows and as sizes by subject."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from publisher.errors import NotFound
from publisher.store.vintage import Snapshot
from publisher.structures.definition import Definition
from publisher.structures.urns import Ref

NEW, REVISED, DELETED = "new", "revised", "deleted"
OLD = "old_"


@dataclass(frozen=True)
class Largest:
    """The revision that changed a value most, both values exactly as released."""

    key: tuple[str, ...]  # in the order of the dimensions, time last
    old: Decimal
    new: Decimal

    @property
    def difference(self) -> Decimal:
        return self.new - self.old


@dataclass(frozen=True)
class Size:
    """What happened to one code of the subject, e.g. to one indicator."""

    code: str
    new: int
    revised: int
    deleted: int
    only_notes: int  # of the revised: those whose value stayed
    first: str  # periods of what was revised or withdrawn; "" when nothing was
    last: str
    largest: Largest | None  # None: no value changed


def changes(snapshot: Snapshot, release: str, dataflow: Ref, only: Collection[str] | None = None) -> pa.Table:
    """Every observation that `release` changed in `dataflow`, in store order.

    Columns: `change` (new, revised, deleted), the dimensions, measures and attributes after it, and
    `old_…` before it; all strings. What is for protection only is left out. `only`: these components, if
    the structure has them. Raises NotFound.
    """
    flow = (
        snapshot.manifest(release)["flows"].get(dataflow.short)
        if release in snapshot.record["releases"]
        else None
    )
    if flow is None:
        raise NotFound(f"there is no release {release} of {dataflow.short} in vintage {snapshot.number}")
    path = snapshot.path("releases", release, flow["changes"]["file"])
    components = snapshot.registry.definition(dataflow).components
    shown = {c.id for c in components.values() if c.is_published and (only is None or c.id in only)}
    hidden = components.keys() - shown
    with pq.ParquetFile(path) as file:
        names = [name for name in file.schema_arrow.names if name.removeprefix(OLD) not in hidden]
        return file.read(names)


def sizes(table: pa.Table, definition: Definition, subject: str) -> tuple[Size, ...]:
    """The sizes of `changes(…)`, one for each code of the dimension `subject`, in the order met."""
    codes = pc.unique(table.column(subject)).to_pylist()
    return tuple(
        _size(table.filter(pc.equal(table.column(subject), code)), definition, code) for code in codes
    )


def _size(table: pa.Table, definition: Definition, code: str) -> Size:
    kinds = {row["values"]: row["counts"] for row in pc.value_counts(table.column("change")).to_pylist()}
    revised = table.filter(pc.equal(table.column("change"), REVISED))
    differences = _differences(revised, definition)
    touched = table.filter(pc.not_equal(table.column("change"), NEW))
    first, last = _span(touched, definition)
    return Size(
        code,
        kinds.get(NEW, 0),
        kinds.get(REVISED, 0),
        kinds.get(DELETED, 0),
        int(np.count_nonzero(differences == 0)),
        first,
        last,
        _largest(revised, definition, differences),
    )


def _differences(revised: pa.Table, definition: Definition) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """|new - old| of the first measure; 0 where the value stayed, NaN where one of both is missing."""
    measure = definition.measures[0].id
    new, old = revised.column(measure), revised.column(OLD + measure)
    apart = pc.abs(pc.subtract(_numbers(new), _numbers(old)))
    is_same = pc.or_kleene(pc.equal(new, old), pc.and_(pc.is_null(new), pc.is_null(old)))
    return np.asarray(pc.if_else(pc.fill_null(is_same, False), 0.0, apart).to_numpy(), np.float64)


def _numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.float64())


def _largest(
    revised: pa.Table, definition: Definition, differences: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> Largest | None:
    apart = np.nan_to_num(differences, nan=0.0)
    if not apart.size or not apart.max():
        return None
    row = revised.slice(int(apart.argmax()), 1).to_pylist()[0]
    measure = definition.measures[0].id
    names = [d.id for d in definition.dimensions] + ([definition.time.id] if definition.time else [])
    return Largest(tuple(row[name] for name in names), Decimal(row[OLD + measure]), Decimal(row[measure]))


def _span(table: pa.Table, definition: Definition) -> tuple[str, str]:
    """The first and last period, by their own order."""
    from publisher.store.order import chronological

    if definition.time is None or not table.num_rows:
        return "", ""
    periods: Sequence[str] = chronological(pc.unique(table.column(definition.time.id)).to_pylist())
    return periods[0], periods[-1]
