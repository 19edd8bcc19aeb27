"""DuckDB where an engine that sorts and spills is needed: freezing and indexing, never answering.

SQL here is made of identifiers and paths of ours only; values travel as Arrow tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from publisher.store.order import ordered
from publisher.structures.definition import Definition, Resolved


@contextmanager
def connect(scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own that spills into `scratch` and reaches no network.

    Raises OSError for what the disk refuses."""
    scratch.mkdir(parents=True, exist_ok=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(scratch),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "true",
    }
    try:
        with closing(duckdb.connect(config=config)) as con:
            con.execute("SET enable_progress_bar = false")  # not an option of the whole database
            yield con
    except duckdb.IOException as exc:
        raise OSError(str(exc).strip()) from exc


def ident(name: str) -> str:
    """`name` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as a quoted SQL string."""
    return "'" + text.replace("'", "''") + "'"


def key(definition: Definition) -> tuple[Resolved, ...]:
    """The components that identify an observation, in key order."""
    return (*definition.dimensions, *((definition.time,) if definition.time else ()))


def in_order(con: duckdb.DuckDBPyConnection, source: str, definition: Definition) -> str:
    """A SELECT of all of `source` whose key columns are ENUMs: they sort in store order, and are small."""
    components = key(definition)
    distinct = ", ".join(f"list(DISTINCT {ident(c.id)}) AS {ident(c.id)}" for c in components)
    found = con.sql(f"SELECT {distinct} FROM {source}").to_arrow_table().to_pylist()[0]  # one pass for all
    casts = []
    for number, component in enumerate(components):
        codes = pa.array(ordered(component, found[component.id] or ()), pa.string())
        if len(codes):
            name, kind = ident(component.id), ident(f"{source}_{number}")
            con.register("codes", pa.table({"code": codes, "place": pa.array(range(len(codes)), pa.int32())}))
            con.execute(f"CREATE OR REPLACE TYPE {kind} AS ENUM (SELECT code FROM codes ORDER BY place)")
            con.unregister("codes")
            casts.append(f"{name}::{kind} AS {name}")
    replaced = f" REPLACE ({', '.join(casts)})" if casts else ""
    return f"SELECT *{replaced} FROM {source}"
