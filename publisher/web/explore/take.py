"""What the explorer hands out to take away beside SDMX: a workbook, Parquet, the chart as a picture."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from publisher.errors import TooLarge
from publisher.query.model import DataQuery
from publisher.release import tables, workbook
from publisher.release.workbook import Sheet
from publisher.store import Cube, Selection, Snapshot, select
from publisher.structures.model import Codelist, Dataflow
from publisher.web.explore import grid
from publisher.web.explore.address import Address
from publisher.web.explore.grid import Grid, Line
from publisher.web.preview import STATUS, label
from publisher.web.words import Words

IN_MEMORY = 1 << 23  # bytes; larger files are on disk while they are sent
WIDE, NARROW = 60, 14


@dataclass(frozen=True)
class Taken:
    """What is asked for, with what tells where it is from."""

    dataflow: Dataflow
    address: Address
    snapshot: Snapshot
    query: DataQuery
    words: Words
    base_url: str
    as_of: datetime | None = None

    @property
    def cube(self) -> Cube:
        return self.snapshot.cube(self.dataflow.ref)

    def chosen(self) -> Selection:
        return select(self.cube, self.query)


def as_workbook(taken: Taken) -> IO[bytes]:
    """The table as shown, all observations with codes and names, and the notes; no cell is a formula.

    Raises TooLarge where a sheet has not enough rows.
    """
    chosen, words = taken.chosen(), taken.words
    if chosen.count() >= workbook.ROWS:
        raise TooLarge(
            f"a sheet of Excel has {workbook.ROWS:,} rows, this choice {chosen.count():,} observations; "
            "choose less, or take CSV or Parquet"
        )
    found = tables.of(chosen)
    shown = grid.build(taken.cube, chosen, words, taken.address.number)
    sheets = [
        _shown(shown, words, taken.address.is_turned),
        tables.sheet(found, taken.cube, words("take.data"), (words.language, "en")),
        _notes(taken, found, shown),
    ]
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- handed to the answer, which closes it
    workbook.write(file, sheets)
    file.seek(0)
    return file


def as_parquet(taken: Taken) -> IO[bytes]:
    """All observations: codes as text, measures as numbers."""
    found = tables.for_parquet(tables.of(taken.chosen()), taken.cube)  # may fail: nothing is open yet
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
    pq.write_table(found, file, compression="zstd")
    file.seek(0)
    return file


WRITERS = {"xlsx": as_workbook, "parquet": as_parquet}


def _shown(shown: Grid, words: Words, is_turned: bool) -> Sheet:
    """The table as it lies on the page: series down and periods across, or turned; numbers as numbers."""
    has_units, value = len(shown.units) > 1, words("explore.value")
    heads = [*shown.heads, *([words("preview.unit")] if has_units else [])]
    heads = heads or [words("explore.period") if is_turned else value]
    texts = [[*line.labels, *([line.unit] if has_units else [])] or [value] for line in shown.lines]
    values = [[_value(line, n, period) for n, period in enumerate(shown.periods)] for line in shown.lines]
    lines: list[list[str | None]] = [[*t, *v] for t, v in zip(texts, values, strict=True)]
    rows: list[list[str | None]] = [[*heads, *shown.periods], *lines]
    first, *rest = zip(*rows, strict=True) if is_turned else rows
    count = 1 if is_turned else len(heads)
    is_number = [n >= count for n in range(len(first))]
    columns = [pa.chunked_array([pa.array(column, pa.string())]) for column in zip(*rest, strict=True)]
    widths = [NARROW if number else WIDE // 2 for number in is_number]
    named = [str(head or "") for head in first]
    return Sheet(words("explore.table"), named, columns or _nothing(first), is_number, widths)


def _nothing(heads: Sequence[object]) -> list[pa.ChunkedArray]:
    return [pa.chunked_array([pa.array([], pa.string())]) for _ in heads]


def _value(line: Line, number: int, period: str) -> str | None:
    """The decimal as released; where there is none, the marks that tell why."""
    return line.values.get(period) or " ".join(line.cells[number].status) or None


def _notes(taken: Taken, found: pa.Table, shown: Grid) -> Sheet:
    pairs = list(_told(taken, found, shown))
    columns = [pa.chunked_array([pa.array(texts, pa.string())]) for texts in zip(*pairs, strict=True)]
    words = taken.words
    return Sheet(
        words("take.notes"), [words("take.what"), words("take.said")], columns, [False] * 2, [28, 90]
    )


def _told(taken: Taken, found: pa.Table, shown: Grid) -> Iterator[tuple[str, str]]:
    words, snapshot = taken.words, taken.snapshot
    yield words("take.title"), words.name(taken.dataflow.name)
    if note := words.name(taken.dataflow.description):
        yield words("take.about"), note
    yield from shown.common
    if shown.units:
        yield words("preview.unit"), "; ".join(shown.units)
    for code, meaning in _meanings(taken.cube, found, words):
        yield words("take.status", code=code), meaning
    for number, note in enumerate(shown.notes, 1):
        yield words("take.note", number=number), note
    yield words("take.count"), words.count(found.num_rows)
    yield words("take.released"), str(snapshot.record["instant"])
    yield words("take.vintage"), str(snapshot.number)
    yield words("take.address"), taken.base_url + taken.address.page(words.language)
    yield words("explore.query"), taken.base_url + taken.address.sdmx()
    yield words("take.rows"), words("take.rows-said")


def _meanings(cube: Cube, found: pa.Table, words: Words) -> Sequence[tuple[str, str]]:
    """The statuses that occur, and what they mean."""
    status = cube.definition.components.get(STATUS)
    if status is None or not isinstance(status.codes, Codelist) or STATUS not in found.column_names:
        return []
    texts = found.column(STATUS).unique().to_pylist()
    codes = sorted({code for value in texts if value for code in value.split(tables.SEVERAL)})
    return [(code, label(status, code, words)) for code in codes]
