"""Rows of Arrow become the text of a document: each distinct piece is rendered once, Arrow joins them.

A template is a sequence of literals, fields and headings. Fields of the series are joined once per
series, fields of observations once per distinct value; per observation there is only one
`binary_join_element_wise` over a few columns. The value buffer of its result is the document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Render = Callable[[pa.Array], pa.Array]  # texts → texts of the same length
BATCH = 1 << 14  # series rendered at a time where there are no observations
FEW = 32  # series that are put together one by one
CHUNK = 1 << 16  # bytes; smaller pieces are put together before they are handed out
TEXT = 4 << 20  # bytes of text made at a time, about: a slow reader holds as much
FIRST = 1 << 10  # rows of the first text, which tells how long rows are
MOST = (1 << 31) - 1  # bytes in an array of texts: Arrow counts them in 32 bits
TOO_LONG = (pa.ArrowCapacityError, pa.ArrowInvalid)  # what Arrow says of more


def as_is(texts: pa.Array) -> pa.Array:
    return texts


@dataclass(frozen=True)
class Field:
    """One component in a template: `before` its rendered value `after`, or `absent` where it has none."""

    name: str
    render: Render = as_is
    before: str = ""
    after: str = ""
    absent: str = ""
    is_plain: bool = False  # its column is text, not a dictionary (measures): rendered per observation


@dataclass(frozen=True)
class Wrapped:
    """Fields together in something that must not be empty: nothing at all where none of them has a value."""

    before: str
    fields: tuple[Field, ...]
    after: str


@dataclass(frozen=True)
class Heading:
    """What stands before the first observation of each series; `close` ends the series before it.

    `between` stands before the other observations.
    """

    parts: tuple[str | Field | Wrapped, ...]
    close: str
    between: str = ""


Above = str | Field | Wrapped
Part = Above | Heading


@dataclass
class Rows:
    """Renders batches by a template; call it with the batches of one data set, in order."""

    template: Sequence[Part]
    series: pa.Table
    _parts: list[Part | tuple[Above, ...]] = field(init=False)
    _renderers: dict[int, _Renderer] = field(default_factory=dict)
    _last: int = -1
    _size: int = FIRST

    def __post_init__(self) -> None:
        self._parts = _absorbed(_grouped(self.template, set(self.series.column_names)))

    def written(self, batch: pa.RecordBatch) -> Iterator[memoryview]:
        """The text of `batch`, some MB at a time."""
        start = 0
        while start < batch.num_rows:
            part = batch.slice(start, self._size)
            size = 0
            for texts in in_parts(self, part):
                size += (piece := data(texts)).nbytes
                yield piece
            start += part.num_rows
            self._size = max(1, part.num_rows * TEXT // max(size, 1))

    def __call__(self, batch: pa.RecordBatch) -> pa.StringArray:
        """One text per row of `batch`."""
        numbers = batch.column("series").to_numpy()
        if (numbers[1:] < numbers[:-1]).any():
            return self._scattered(batch, numbers)
        low, high = int(numbers[0]), int(numbers[-1])
        series = self.series.slice(low, high - low + 1)
        texts = _joined([self._piece(part, batch, series, numbers) for part in self._parts], len(numbers))
        self._last = high
        return texts

    def _scattered(self, batch: pa.RecordBatch, numbers: np.ndarray) -> pa.StringArray:
        """The same for rows in another order than by series: a flat layout, which has no headings."""
        used, local = np.unique(numbers, return_inverse=True)
        series = self.series.take(pa.array(used)).combine_chunks()
        return _joined([self._piece(part, batch, series, local) for part in self._parts], len(numbers))

    def _piece(
        self,
        part: Part | tuple[Above, ...],
        batch: pa.RecordBatch,
        series: pa.Table,
        numbers: np.ndarray,
    ) -> pa.Array | str:
        if isinstance(part, str):
            return part
        if isinstance(part, Field):
            return self._rendered(part, batch.column(part.name))
        if isinstance(part, Wrapped):
            inside = [self._piece(f, batch, series, numbers) for f in self._within(part)]
            return _wrapped(part, inside, len(numbers))
        local = numbers - numbers.min()
        if isinstance(part, tuple):
            texts = self.texts(part, series)
            return texts[0].as_py() if len(texts) == 1 else texts.take(pa.array(local))
        opening = self.texts(part.parts, series)
        heads = joined(part.close, opening)
        if self._last < 0:  # nothing to close before the very first
            heads = pa.concat_arrays([opening.slice(0, 1), heads.slice(1)])
        opened = np.where(_changes(numbers, self._last), local + 1, 0)
        return pa.concat_arrays([pa.array([part.between]), heads]).take(pa.array(opened))

    def _within(self, part: Wrapped) -> list[Field | tuple[Field]]:
        return [(f,) if f.name in self.series.column_names else f for f in part.fields]

    def series_only(self) -> Iterator[memoryview]:
        """The template for each series instead of each observation: it must ask for nothing else."""
        parts: list[Above] = [part for part in self.template if not isinstance(part, Heading)]
        for start in range(0, self.series.num_rows, BATCH):
            found = in_parts(lambda series: self.texts(parts, series), self.series.slice(start, BATCH))
            yield from map(data, found)

    def texts(self, parts: Sequence[Above], series: pa.Table) -> pa.StringArray:
        """One text per row of `series`."""
        if series.num_rows <= FEW:
            return pa.array(_texts_of_few(parts, series), pa.string())
        return _joined([self._above(part, series) for part in parts], series.num_rows)

    def _above(self, part: Above, series: pa.Table) -> pa.Array | str:
        if isinstance(part, str):
            return part
        if isinstance(part, Field):
            return self._rendered(part, _one(series, part.name))
        return _wrapped(part, [self._above(f, series) for f in part.fields], series.num_rows)

    def _rendered(self, part: Field, column: pa.Array) -> pa.Array | str:
        return self._renderers.setdefault(id(part), _Renderer(part))(column)


def _texts_of_few(parts: Sequence[Above], series: pa.Table) -> list[str]:
    """The texts of few series: values that are rendered alike in one call, then put together here.

    A call of Arrow takes longer than to handle a few values, and there would be some for each field.
    """
    fields = [f for p in parts for f in (p.fields if isinstance(p, Wrapped) else [p]) if isinstance(f, Field)]
    columns = {name: series.column(name).to_pylist() for name in {f.name for f in fields}}
    values: dict[Render, dict[str | None, None]] = {}
    for part in fields:
        values.setdefault(part.render, {}).update(dict.fromkeys(columns[part.name]))
    rendered = {
        render: dict(zip(found, render(pa.array(found, pa.string())).to_pylist(), strict=True))
        for render, found in values.items()
    }

    def text(part: Above, row: int) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, Wrapped):
            inside = "".join(text(inner, row) for inner in part.fields)
            return part.before + inside + part.after if inside else ""
        value = rendered[part.render][columns[part.name][row]]
        return part.absent if value is None else part.before + value + part.after

    return ["".join(text(part, row) for part in parts) for row in range(series.num_rows)]


def _wrapped(part: Wrapped, pieces: Sequence[pa.Array | str], count: int) -> pa.Array | str:
    if all(isinstance(piece, str) for piece in pieces):
        constant = "".join(pieces)
        return part.before + constant + part.after if constant else ""
    inside = _joined(pieces, count)
    return pc.if_else(pc.equal(inside, ""), "", joined(part.before, inside, part.after))


def _joined(pieces: Sequence[pa.Array | str], count: int) -> pa.StringArray:
    """Texts of `count` rows, constants that stand side by side as one."""
    columns: list[pa.Array | str] = []
    for piece in pieces:
        if isinstance(piece, str) and columns and isinstance(columns[-1], str):
            columns[-1] += piece
        elif not isinstance(piece, str) or piece:
            columns.append(piece)
    if all(isinstance(column, str) for column in columns):
        return pa.repeat("".join(columns), count)
    return joined(*columns)


@dataclass
class _Renderer:
    """Renders the columns of one field; keeps the texts of the dictionary it saw last."""

    field: Field
    _seen: tuple[int, int] | None = None
    _texts: pa.Array = None

    def __call__(self, column: pa.Array) -> pa.Array | str:
        if not pa.types.is_dictionary(column.type):
            return self._all(column)
        dictionary, indices = column.dictionary, column.indices
        if not len(dictionary):
            return self.field.absent  # nobody has a value
        if len(column) < len(dictionary):  # few values of many: render those only
            return self._all(column.dictionary_decode())
        buffers = dictionary.buffers()
        seen = (buffers[2].address if buffers[2] else 0, len(dictionary))
        if seen != self._seen:
            texts = self._all(dictionary)
            self._texts = pa.concat_arrays([texts, pa.array([self.field.absent], texts.type)])
            self._seen = seen
        if indices.null_count:
            indices = indices.fill_null(len(dictionary))
        return self._texts.take(indices)

    def _all(self, column: pa.Array) -> pa.Array:
        texts = column.cast(pa.string()) if column.type == pa.large_string() else column
        texts = self.field.render(texts)
        if self.field.before or self.field.after:
            texts = pc.binary_join_element_wise(self.field.before, texts, self.field.after, "")
        return texts.fill_null(self.field.absent) if texts.null_count else texts


def _is_above(part: Above, above: set[str]) -> bool:
    fields = part.fields if isinstance(part, Wrapped) else [part]
    return all(isinstance(f, str) or f.name in above for f in fields)


def _grouped(template: Sequence[Part], above: set[str]) -> list[Part | tuple[Above, ...]]:
    """Fields of the series and the literals between them become one part, joined once per series."""
    parts: list[Part | tuple[Above, ...]] = []
    group: list[Above] = []
    for part in [*template, None]:
        if part is not None and not isinstance(part, Heading) and _is_above(part, above):
            group.append(part)
            continue
        if any(not isinstance(p, str) for p in group):
            parts.append(tuple(group))
        elif group:
            parts.append("".join(p for p in group if isinstance(p, str)))
        group = []
        if part is not None:
            parts.append(part)
    return parts


def _absorbed(parts: list[Part | tuple[Above, ...]]) -> list[Part | tuple[Above, ...]]:
    """Literals beside a dictionary field become part of what is rendered once per distinct value."""
    done: list[Part | tuple[Above, ...]] = []
    for part in parts:
        before = done[-1] if done else None
        if isinstance(part, Field) and isinstance(before, str) and not part.is_plain:
            done[-1] = _with(part, before, "")
        elif isinstance(part, str) and isinstance(before, Field) and not before.is_plain:
            done[-1] = _with(before, "", part)
        else:
            done.append(part)
    return done


def _with(part: Field, before: str, after: str) -> Field:
    return replace(
        part,
        before=before + part.before,
        after=part.after + after,
        absent=before + part.absent + after,
    )


def _one(series: pa.Table, name: str) -> pa.Array:
    column = series.column(name)
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _changes(numbers: np.ndarray, last: int) -> np.ndarray:
    changes = np.ones(len(numbers), bool)
    changes[0] = numbers[0] != last
    np.not_equal(numbers[1:], numbers[:-1], out=changes[1:])
    return changes


def joined(*columns: pa.Array | str) -> pa.Array:
    """One text per row. Raises one of TOO_LONG where they are more than an array can hold."""
    count = next(len(column) for column in columns if not isinstance(column, str))
    sizes = [len(c.encode()) * count if isinstance(c, str) else data(c).nbytes for c in columns]
    if sum(sizes) > MOST:
        raise pa.ArrowCapacityError(f"{sum(sizes)} bytes of text in {count} rows")
    return pc.binary_join_element_wise(*columns, "")


def in_parts(
    work: Callable[[Any], pa.StringArray], table: pa.Table | pa.RecordBatch
) -> Iterator[pa.StringArray]:
    """`work(table)`, of half the rows at a time where all are more text than an array can hold."""
    try:
        texts = work(table)
    except TOO_LONG:
        if table.num_rows < 2:
            raise
        half = table.num_rows // 2
        yield from in_parts(work, table.slice(0, half))
        yield from in_parts(work, table.slice(half))
    else:
        yield texts


def distinct(work: Callable[[pa.Table], pa.StringArray], series: pa.Table) -> Iterator[str]:
    """The texts that `work` makes of `series`, each once, in order."""
    seen: set[str] = set()
    for start in range(0, series.num_rows, BATCH):
        for texts in in_parts(work, series.slice(start, BATCH)):
            found = [text for text in pc.unique(texts).to_pylist() if text not in seen]
            seen.update(found)
            yield from found


def data(texts: pa.StringArray) -> memoryview:
    """The bytes of all `texts` one after the other, without a copy."""
    _, offsets, values = texts.buffers()
    if values is None or not len(texts):
        return memoryview(b"")
    ends = np.frombuffer(offsets, np.int32, len(texts) + 1, texts.offset * 4)
    return memoryview(values)[int(ends[0]) : int(ends[-1])]


def chunks(parts: Iterable[bytes | memoryview | str], size: int = CHUNK) -> Iterator[bytes | memoryview]:
    """The same bytes, small pieces put together; big ones pass without a copy."""
    pending = bytearray()
    for part in parts:
        piece = part.encode() if isinstance(part, str) else part
        if len(piece) >= size:
            if pending:
                yield bytes(pending)
                pending.clear()
            yield piece
            continue
        pending += piece
        if len(pending) >= size:
            yield bytes(pending)
            pending.clear()
    if pending:
        yield bytes(pending)
