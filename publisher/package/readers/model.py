"""What every reader gives: first the header, then the columns that are asked for, with their row numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package.lines import Positions

MAX_COLUMNS = 256
MAX_CELL = 64 * 1024
_WIDE = pa.dictionary(pa.int32(), pa.string())
BATCH = 50_000  # rows that are kept as Python objects at one time


@dataclass(frozen=True)
class Columns:
    """Columns of the types that were asked for, and the number that each row has in the file."""

    arrays: dict[str, pa.Array]
    numbers: Positions  # ascending; lines of a text file, rows of a sheet, rows of a Parquet file


class Opened(Protocol):
    """A table whose header is known."""

    @property
    def place(self) -> str: ...  # the file, and the sheet in it
    @property
    def names(self) -> list[str]: ...
    @property
    def header_row(self) -> int: ...
    def read(self, types: Mapping[str, pa.DataType]) -> Columns | None: ...


def place_of(file: str, sheet: str) -> str:
    """How findings name a sheet of a workbook.

    >>> place_of("lfs.xlsx", "Data"), file_of("lfs.xlsx, sheet Data"), file_of("lfs.csv")
    ('lfs.xlsx, sheet Data', 'lfs.xlsx', 'lfs.csv')
    """
    return f"{file}, sheet {sheet}"


def file_of(place: str) -> str:
    """The file of a place."""
    return place.partition(", sheet ")[0]


Row = tuple[int, Sequence[str | None]]  # its number and its cells


@dataclass(frozen=True)
class InRows:
    """A table that comes row by row; cells are in the order of `names`, a short row ends in empty ones."""

    place: str
    names: list[str]
    header_row: int
    rows: Iterable[Row]
    missing: tuple[str, ...] = ("",)

    def read(self, types: Mapping[str, pa.DataType]) -> Columns | None:
        """The columns `types`; texts of `missing` become null."""
        wanted = [self.names.index(name) for name in types]
        numbers: list[int] = []
        parts: list[list[pa.Array]] = [[] for _ in wanted]
        batch: list[Sequence[str | None]] = []
        for number, cells in self.rows:
            numbers.append(number)
            batch.append(cells)
            if len(batch) == BATCH:
                self._keep(batch, wanted, parts)
                batch = []
        self._keep(batch, wanted, parts)
        arrays = {
            name: cast(pa.chunked_array(part), type_)
            for (name, type_), part in zip(types.items(), parts, strict=True)
        }
        return Columns(arrays, np.array(numbers, np.int64))

    def _keep(
        self, batch: list[Sequence[str | None]], wanted: list[int], parts: list[list[pa.Array]]
    ) -> None:
        missing = pa.array(self.missing, pa.string())
        for at, part in zip(wanted, parts, strict=True):
            texts = pa.array([row[at] if at < len(row) else None for row in batch], pa.string())
            distinct = texts.dictionary_encode()
            empty = pc.is_in(distinct.dictionary, missing)
            values = pc.if_else(empty, pa.scalar(None, pa.string()), distinct.dictionary)
            part.append(pc.take(values, distinct.indices))


def index_type(count: int) -> pa.DataType:
    """The smallest type for the numbers of `count` texts and the number after them.

    >>> str(index_type(126)), str(index_type(127))
    ('int8', 'int16')
    """
    return pa.int8() if count < 127 else pa.int16() if count < 32767 else pa.int32()


def narrow(array: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same column with the smallest numbers that its texts need."""
    kind = index_type(len(array.dictionary))
    if array.type.index_type == kind:
        return array
    return pa.DictionaryArray.from_arrays(array.indices.cast(kind), array.dictionary)


def cast(texts: pa.ChunkedArray, type_: pa.DataType) -> pa.Array:
    """One array of `type_`, string or dictionary of int32 and string."""
    if not pa.types.is_dictionary(type_):
        return whole(texts)
    return whole(texts.dictionary_encode())


def whole(column: pa.ChunkedArray) -> pa.Array:
    """The column as one array, with one dictionary if it has any."""
    array = column.unify_dictionaries().combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks() if array.num_chunks else pa.array([], array.type)
    return narrow(array) if pa.types.is_dictionary(array.type) else array


def joined(parts: list[pa.Array], type_: pa.DataType) -> pa.Array:
    """The pieces of a column, string or dictionaries, as one array; `parts` is emptied on the way."""
    if not pa.types.is_dictionary(type_):
        column = pa.chunked_array(parts, type_)
        parts.clear()
        return whole(column)
    column = pa.chunked_array([part.cast(_WIDE) for part in parts], _WIDE)
    parts.clear()
    return whole(column)
