"""The cube of a dataflow, built from the states of its providers: disposable, the states are the truth."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc

from publisher.errors import Finding, ReleaseError
from publisher.store.cube import PROVIDER, observation_components, series_attributes
from publisher.store.engine import connect, ident, in_order, key, literal
from publisher.store.order import ordered
from publisher.store.seal import seal
from publisher.structures.definition import Definition, Resolved

MOST = (1 << 31) - 1  # bytes of texts in one array: Arrow counts them in 32 bits
ROWS = 1 << 14  # at a time from the engine: of cells of 64 KiB, the longest there are, less than MOST


def cube_folder(
    public: Path, name: str, definition: Definition, states: Mapping[str, Path], scratch: Path
) -> Path:
    """Build the cube called `name` beside the others below `public`; it appears there whole."""
    target = public / "index" / name
    made = scratch / f"{name}.{secrets.token_hex(4)}"
    build(made, definition, states, scratch)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.replace(made, target)
    except OSError:
        if not target.is_dir():  # somebody else was quicker: theirs is the same
            raise
        shutil.rmtree(made, ignore_errors=True)
    return target


def build(folder: Path, definition: Definition, states: Mapping[str, Path], scratch: Path) -> None:
    """Write the cube of `definition` into `folder` from `states` (provider id → Parquet).

    Raises ReleaseError when two providers have the same series: a client could not tell them apart.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with connect(scratch) as con:
        _load(con, definition, states)
        _refuse_shared_series(con, definition)
        _write(folder / "series.arrow", _series(con, definition))
        _write(folder / "obs.arrow", _observations(con, definition))
    seal(folder)


def _load(con: duckdb.DuckDBPyConnection, definition: Definition, states: Mapping[str, Path]) -> None:
    """View `states` with the key columns as ENUMs: they sort in store order, and are small."""
    parts = [
        f"SELECT *, {literal(provider)} AS {ident(PROVIDER)} FROM read_parquet({literal(path.as_posix())})"
        for provider, path in sorted(states.items())
    ]
    names = ", ".join(f"NULL::VARCHAR AS {ident(name)}" for name in (*definition.components, PROVIDER))
    con.execute(f"CREATE VIEW raw AS {' UNION ALL BY NAME '.join([*parts, f'SELECT {names} WHERE false'])}")
    con.execute(f"CREATE VIEW states AS {in_order(con, 'raw', definition)}")


def _dimensions(definition: Definition) -> str:
    return ", ".join(ident(d.id) for d in definition.dimensions)


def _refuse_shared_series(con: duckdb.DuckDBPyConnection, definition: Definition) -> None:
    keys = _dimensions(definition)
    shared = con.execute(
        f"SELECT {keys}, string_agg(DISTINCT {ident(PROVIDER)}, ', ' ORDER BY {ident(PROVIDER)}) FROM states "
        f"GROUP BY {keys} HAVING count(DISTINCT {ident(PROVIDER)}) > 1 ORDER BY {keys} LIMIT 20"
    ).fetchall()
    if shared:
        remedy = "keep them apart by a dimension (SOURCE), or delete one provider's"
        findings = [
            Finding("shared-series", f"series {'.'.join(key)} comes from {names}", remedy=remedy)
            for *key, names in shared
        ]
        raise ReleaseError(
            f"{definition.dataflow.ref.short}: series {'.'.join(shared[0][:-1])} comes from more than one "
            f"provider: {shared[0][-1]}; {remedy}",
            findings,
        )


def _series(con: duckdb.DuckDBPyConnection, definition: Definition) -> pa.RecordBatch:
    """One row a series; `offset` is the row of its first observation."""
    keys = _dimensions(definition)
    above = [a for a in series_attributes(definition) if a.is_published]
    columns = [keys, f"any_value({ident(PROVIDER)}) AS {ident(PROVIDER)}"]
    columns += [f"min({ident(a.id)}) AS {ident(a.id)}" for a in above]  # constant in a series: any would do
    reader = con.sql(
        f"SELECT {', '.join(columns)}, count(*) AS offset FROM states GROUP BY {keys} ORDER BY {keys}"
    ).to_arrow_reader(ROWS)
    table = reader.read_all()
    counts = table.column("offset").to_numpy()
    arrays = {d.id: _dictionary(table.column(d.id), d) for d in definition.dimensions}
    arrays |= {PROVIDER: _dictionary(table.column(PROVIDER), None)}
    arrays |= {a.id: _dictionary(table.column(a.id), a) for a in above}
    arrays["offset"] = pa.array(np.cumsum(counts) - counts, pa.int64())
    return pa.record_batch(arrays)


def _observations(con: duckdb.DuckDBPyConnection, definition: Definition) -> pa.RecordBatch:
    components = [c for c in observation_components(definition) if c.is_published]
    columns = ", ".join(ident(c.id) for c in components)
    order = ", ".join(ident(c.id) for c in key(definition))
    reader = con.sql(f"SELECT {columns} FROM states ORDER BY {order}").to_arrow_reader(ROWS)
    table = reader.read_all()
    arrays = {}
    for component in components:
        column = table.column(component.id)
        is_text = component in definition.measures
        if is_text:
            arrays[component.id] = _text(column)
        elif column.null_count < len(column) or component is definition.time:
            arrays[component.id] = _narrow(_dictionary(column, component))
    return pa.record_batch(arrays)


def _dictionary(column: pa.ChunkedArray, component: Resolved | None) -> pa.DictionaryArray:
    """`column` as dictionary<int32, string> with its distinct values in store order."""
    plain = column.cast(pa.string()) if not pa.types.is_dictionary(column.type) else column
    _refuse_too_much_text(plain, component)
    encoded = _one(plain.dictionary_encode() if plain is not column else column.unify_dictionaries())
    values = encoded.dictionary.cast(pa.string())
    used = pc.unique(encoded.indices.drop_null())
    present = values.take(used).to_pylist()
    order = pa.array(ordered(component, present) if component else sorted(present), pa.string())
    places = pc.index_in(values, value_set=order).take(encoded.indices)
    return pa.DictionaryArray.from_arrays(places.cast(pa.int32()), order)


def _refuse_too_much_text(column: pa.ChunkedArray, component: Resolved | None) -> None:
    """Raises ReleaseError when the distinct texts of `column` are more than a dictionary can hold."""
    if pa.types.is_dictionary(column.type) or column.nbytes <= MOST:
        return
    distinct: set[str] = set()
    size = 0
    for chunk in column.chunks:
        new = set(pc.unique(chunk.drop_null()).to_pylist()) - distinct
        distinct |= new
        size += sum(len(text.encode()) for text in new)
        if size > MOST:
            name = component.id if component else PROVIDER
            raise ReleaseError(
                f"{name}: the different texts of this dataflow's observations are more than {MOST:,} bytes"
                " together, which is all that one column can hold; shorten them, or say in a report"
                " (reference metadata) what holds for many"
            )


def _narrow(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same with the smallest indices that hold: ten million observations stay in the page cache."""
    size = len(column.dictionary)
    kind = pa.int8() if size <= 127 else pa.int16() if size <= 32767 else pa.int32()
    return pa.DictionaryArray.from_arrays(column.indices.cast(kind), column.dictionary)


def _text(column: pa.ChunkedArray) -> pa.Array:
    big = column.nbytes > MOST
    return _one(column.cast(pa.large_string() if big else pa.string()))


def _one(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    return combined if isinstance(combined, pa.Array) else pa.concat_arrays(combined.chunks)


def _write(path: Path, batch: pa.RecordBatch) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)
