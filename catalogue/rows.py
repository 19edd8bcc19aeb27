"""Rows of a table in memory: made of records, chosen, sorted, cut to a page and written out.

A table is an Arrow table whose first column is `_id`, the number of the row. Meanings are PostgreSQL's, as a
CKAN's datastore has them: nothing comes last in an ascending order and is equal to no value.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalogue import words

ID = "_id"
# PostgreSQL's type → how a column of it is kept
TYPES = {
    "text": pa.string(),
    "numeric": pa.float64(),
    "float8": pa.float64(),
    "int4": pa.int64(),
    "int8": pa.int64(),
    "bool": pa.bool_(),
}
SAME = {"int": "int4", "integer": "int4", "bigint": "int8", "float": "float8", "boolean": "bool"}
COMPARED = {
    "eq": pc.equal,
    "gt": pc.greater,
    "gte": pc.greater_equal,
    "lt": pc.less,
    "lte": pc.less_equal,
}


class Wrong(Exception):
    """A value that does not fit its column; `row` is its place among the records, from 0."""

    def __init__(self, message: str, row: int = 0) -> None:
        super().__init__(message)
        self.row = row


@dataclass(frozen=True)
class Order:
    """One column to sort by."""

    column: str
    is_descending: bool = False
    nulls_first: bool = False


def empty(fields: Sequence[Mapping[str, Any]]) -> pa.Table:
    schema = pa.schema([(ID, pa.int64()), *((field["id"], TYPES[field["type"]]) for field in fields)])
    return schema.empty_table()


def from_bytes(rows: bytes) -> pa.Table:
    return pa.ipc.open_file(pa.py_buffer(rows)).read_all()


def to_bytes(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return sink.getvalue()


def with_fields(table: pa.Table, fields: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The same rows in these columns: new ones hold nothing, others go."""
    columns = {ID: table.column(ID)}
    for field in fields:
        there = field["id"] in table.column_names
        column = table.column(field["id"]) if there else pa.nulls(table.num_rows, TYPES[field["type"]])
        columns[field["id"]] = column
    return pa.table(columns)


def added(table: pa.Table, records: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The table with these rows at its end, numbered on. Raises Wrong."""
    first = (pc.max(table.column(ID)).as_py() or 0) + 1
    columns = {ID: pa.array(range(first, first + len(records)), pa.int64())}
    for field in table.schema:
        if field.name != ID:
            columns[field.name] = _column([r.get(field.name) for r in records], field.type)
    return pa.concat_tables([table, pa.table(columns, schema=table.schema)])


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    return pa.array([_value(value, kind, row) for row, value in enumerate(values)], kind)


def _value(value: Any, kind: pa.DataType, row: int) -> Any:
    if value is None or (value == "" and not pa.types.is_string(kind)):
        return None
    if pa.types.is_string(kind):
        return value if isinstance(value, str) else json.dumps(value)
    try:
        if pa.types.is_boolean(kind):
            return {"true": True, "false": False}[str(value).lower()]
        return float(value) if pa.types.is_floating(kind) else int(value)
    except (TypeError, ValueError, KeyError):
        names = {"double": "numeric", "int64": "integer", "bool": "boolean"}
        raise Wrong(f'invalid input syntax for type {names[str(kind)]}: "{value}"', row) from None


def replaced(table: pa.Table, records: Sequence[Mapping[str, Any]], key: Sequence[str]) -> pa.Table:
    """The table with each record in the place of the row that has its key, or at the end. Raises Wrong."""
    places = {tuple(row.values()): i for i, row in enumerate(table.select(key).to_pylist())}
    rows = table.to_pylist()
    new = []
    for record in records:
        place = places.get(tuple(record.get(name) for name in key))
        if place is None:
            new.append(record)
        else:
            rows[place] |= record
    columns = {f.name: _column([row[f.name] for row in rows], f.type) for f in table.schema}
    return added(pa.table(columns, schema=table.schema), new)


def has_twice(table: pa.Table, key: Sequence[str]) -> bool:
    """Whether two rows have one key."""
    return bool(key) and table.group_by(list(key)).aggregate([]).num_rows < table.num_rows


# -- choosing -----------------------------------------------------------------------------------


def chosen(table: pa.Table, filters: Mapping[str, Any]) -> pa.ChunkedArray:
    """A mask of the rows that meet every filter: a value, a list of which one is met, or `{"gte": 3}`."""
    mask = pa.chunked_array([pa.array([True] * table.num_rows, pa.bool_())])
    for name, wanted in filters.items():
        column = _plain(table.column(name))
        if isinstance(wanted, list):
            values = pa.array([_asked(value, column.type) for value in wanted], column.type)
            mask = pc.and_(mask, pc.is_in(column, value_set=values, skip_nulls=True))
            continue
        tests = wanted if isinstance(wanted, Mapping) else {"eq": wanted}
        for test, value in tests.items():
            found = COMPARED[test](column, pa.scalar(_asked(value, column.type), column.type))
            mask = pc.and_(mask, pc.fill_null(found, False))
    return mask


def _asked(value: Any, kind: pa.DataType) -> Any:
    return str(value) if pa.types.is_string(kind) else _value(value, kind, 0)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Values in place of a dictionary's numbers."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def with_words(table: pa.Table, text: str, names: Sequence[str]) -> pa.ChunkedArray:
    """A mask of the rows that have every word of `text` in one of these columns."""
    mask = pa.chunked_array([pa.array([True] * table.num_rows, pa.bool_())])
    for word in words.of_query(text):
        any_has = pa.chunked_array([pa.array([False] * table.num_rows, pa.bool_())])
        for name in names:
            any_has = pc.or_(any_has, _has_word(_plain(table.column(name)), word))
        mask = pc.and_(mask, any_has)
    return mask


def _has_word(column: pa.ChunkedArray, word: str) -> pa.ChunkedArray:
    """Each distinct value is looked into once; numbers are compared whole."""
    if not pa.types.is_string(column.type):
        return pc.fill_null(pc.equal(column.cast(pa.string()), word), False)
    distinct = pc.unique(column.drop_null())
    having = [value for value in distinct.to_pylist() if word in words.of_query(value)]
    return pc.is_in(column, value_set=pa.array(having, pa.string()), skip_nulls=True)


def in_order(table: pa.Table, orders: Sequence[Order]) -> pa.Table:
    """Sorted; rows that are equal stay as they were."""
    keys: dict[str, Any] = {}
    directions = []
    for number, order in enumerate(orders):
        column = _plain(table.column(order.column))
        keys[f"n{number}"] = pc.is_null(column).cast(pa.int8())
        keys[f"v{number}"] = column
        directions.append((f"n{number}", "descending" if order.nulls_first else "ascending"))
        directions.append((f"v{number}", "descending" if order.is_descending else "ascending"))
    keys["place"] = pa.array(range(table.num_rows), pa.int64())
    return table.take(pc.sort_indices(pa.table(keys), [*directions, ("place", "ascending")]))


# -- writing out --------------------------------------------------------------------------------


def written(table: pa.Table, form: str) -> Any:
    """The rows as `objects`, `lists`, or as text in `csv` or `tsv`, without a heading."""
    columns = [[_shown(value) for value in _plain(column).to_pylist()] for column in table.columns]
    if form == "objects":
        return [dict(zip(table.column_names, row, strict=True)) for row in zip(*columns, strict=True)]
    if form == "lists":
        return [list(row) for row in zip(*columns, strict=True)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter="," if form == "csv" else "\t", lineterminator="\n")
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue()


def _shown(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
