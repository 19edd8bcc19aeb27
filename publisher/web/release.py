"""One release's page: what it changed in each dataset, by subject and value by value; and the same as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from publisher.store.revisions import OLD, REVISED, Size, changes, sizes
from publisher.structures.definition import Definition, Resolved
from publisher.structures.urns import Ref
from publisher.web.context import Lmis
from publisher.web.dataset import Part, Release
from publisher.web.names import Names

SHOWN = 200  # revised values on the page; all are in the CSV
# SDMX cross-domain concepts: what a series is about, its quality mark; the mark of a break in series.
SUBJECT, STATUS, BREAK = "INDICATOR", "OBS_STATUS", "B"


@dataclass(frozen=True)
class Row:
    """One subject's line in the summary, as printed."""

    name: str
    size: Size
    span: str
    old: str  # of the largest revision; "" when no value changed
    new: str
    difference: str
    where: str  # the largest one's period


@dataclass(frozen=True)
class Value:
    """One revised value, as printed."""

    labels: tuple[str, ...]
    period: str
    old: str
    new: str
    difference: str
    is_break: bool


@dataclass(frozen=True)
class Revision:
    """What the release did to one dataset."""

    part: Part
    rows: tuple[Row, ...]
    heads: tuple[str, ...]  # the dimensions in which the revised values differ
    values: tuple[Value, ...]
    value_count: int  # of all revised values
    breaks: tuple[str, ...]  # periods that are newly marked as a break
    has_cells: bool  # the figures' cells in the office's own table are known


def build(lmis: Lmis, names: Names, release: Release) -> tuple[Revision, ...]:
    """The revisions of `release`, a dataset each."""
    snapshot = lmis.snapshot()
    made = []
    for part in release.flows.values():
        definition = snapshot.registry.definition(part.dataflow)
        table = changes(snapshot, release.id, part.dataflow, _looked_at(definition))
        has_cells = "lineage" in snapshot.manifest(release.id)["flows"][part.dataflow.short]
        made.append(_revision(part, definition, table, names, has_cells))
    return tuple(made)


def _looked_at(definition: Definition) -> set[str]:
    """What the page shows: keys, the value and its marks; notes and other attributes are in the CSV."""
    key = {d.id for d in definition.dimensions} | ({definition.time.id} if definition.time else set())
    return key | {definition.measures[0].id, STATUS}


def as_csv(lmis: Lmis, release: str, dataflow: Ref) -> bytes:
    """Every change of the release in `dataflow`. Raises NotFound."""
    table = changes(lmis.snapshot(), release, dataflow)
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(table, sink, pyarrow.csv.WriteOptions(quoting_style="needed"))
    return bytes(sink.getvalue().to_pybytes())


def _revision(part: Part, definition: Definition, table: pa.Table, names: Names, has_cells: bool) -> Revision:
    subject = definition.components.get(SUBJECT) or definition.dimensions[0]
    revised = table.filter(pc.equal(table.column("change"), REVISED))
    measure = definition.measures[0].id
    moved = revised.filter(_is_other(revised.column(measure), revised.column(OLD + measure)))
    differing = [d for d in definition.dimensions if len(pc.unique(moved.column(d.id))) > 1] or [subject]
    return Revision(
        part,
        tuple(_row(size, subject, definition, names) for size in sizes(table, definition, subject.id)),
        tuple(names.words.name(d.name) for d in differing),
        tuple(_value(row, differing, definition, names) for row in moved.slice(0, SHOWN).to_pylist()),
        moved.num_rows,
        _breaks(table, definition, names),
        has_cells,
    )


def _is_other(new: pa.ChunkedArray, old: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where the text differs, a missing value being a text of its own."""
    return pc.not_equal(pc.fill_null(new, ""), pc.fill_null(old, ""))


def _row(size: Size, subject: Resolved, definition: Definition, names: Names) -> Row:
    words, largest = names.words, size.largest
    first, last = (words.period(p) if p else "" for p in (size.first, size.last))
    return Row(
        _label(subject, size.code, names),
        size,
        first if first == last else f"{first} – {last}",
        words.value(str(largest.old)) if largest else "",
        words.value(str(largest.new)) if largest else "",
        _signed(largest.difference, names) if largest else "",
        words.period(largest.key[-1]) if largest and definition.time else "",
    )


def _value(row: Mapping[str, Any], differing: list[Resolved], definition: Definition, names: Names) -> Value:
    measure = definition.measures[0].id
    new, old = row[measure], row[OLD + measure]
    is_whole = new is not None and old is not None
    return Value(
        tuple(_label(d, row[d.id], names) for d in differing),
        names.words.period(row[definition.time.id]) if definition.time else "",
        names.words.value(old),
        names.words.value(new),
        _signed(Decimal(new) - Decimal(old), names) if is_whole else "",
        BREAK in _codes(row.get(STATUS)) and BREAK not in _codes(row.get(OLD + STATUS)),
    )


def _codes(text: str | None) -> list[str]:
    return (text or "").split("\x1f")


def _breaks(table: pa.Table, definition: Definition, names: Names) -> tuple[str, ...]:
    if STATUS not in table.column_names or definition.time is None:
        return ()
    pattern = rf"(^|\x1f){BREAK}(\x1f|$)"
    now = pc.fill_null(pc.match_substring_regex(table.column(STATUS), pattern), False)
    before = pc.fill_null(pc.match_substring_regex(table.column(OLD + STATUS), pattern), False)
    periods = pc.unique(table.filter(pc.and_not(now, before)).column(definition.time.id)).to_pylist()
    return tuple(names.words.period(period) for period in sorted(periods))


def _label(dimension: Resolved, code: str, names: Names) -> str:
    item = dimension.codes.items.get(code) if dimension.codes else None
    return (item and names.words.name(item.name)) or code


def _signed(difference: Decimal, names: Names) -> str:
    sign = "+" if difference > 0 else "−" if difference < 0 else ""
    return sign + names.words.value(str(abs(difference)))
