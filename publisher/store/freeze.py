"""Freezing a release: the new state of each dataflow of its provider, what changed, and the manifest.

The laws (tests/store/test_freeze.py): Replace with a scope leaves everything outside it; Merge
inserts and updates, and an attribute that is not given stays; Delete takes keys away; the state after
a release is a table with unique keys in store order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from publisher.errors import Fault, Finding, ReleaseError
from publisher.store.change import Change, Release
from publisher.store.cube import attached_to, observation_attributes, series_attributes
from publisher.store.engine import connect, ident, in_order, key, literal
from publisher.store.home import write_json
from publisher.store.match import SEPARATOR
from publisher.structures.definition import MISSING, OBS_STATUS, Definition
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

_PARQUET = "(FORMAT parquet, COMPRESSION zstd)"
MERGE, REPLACE, DELETE = ACTIONS = ("Merge", "Replace", "Delete")


def file_name(dataflow: Ref) -> str:
    """`LMIS.DF_LF.1.0.0.parquet`: the same on every file system."""
    return f"{dataflow.agency}.{dataflow.id}.{dataflow.version}.parquet"


def content(release: Release) -> str:
    """A hash of what was delivered: the same for the same packages, whenever they are published."""
    digest = hashlib.sha256()
    about = [release.id, release.provider, release.descriptors, sorted(release.files.items())]
    digest.update(json.dumps(about, sort_keys=True, default=str).encode())
    for change in release.changes:
        scope = {name: list(values) for name, values in sorted(change.scope.items())}
        digest.update(json.dumps([change.dataflow.urn, change.action, scope]).encode())
        for name in sorted(change.table.column_names):
            digest.update(name.encode())
            _hash_column(digest, change.table.column(name))
    return digest.hexdigest()


def _hash_column(digest: Any, column: pa.ChunkedArray) -> None:
    """Independent of how the column is chunked, encoded and offset."""
    texts = pa.concat_arrays([pa.array([""], pa.large_string()), *column.cast(pa.large_string()).chunks])
    digest.update(pc.binary_length(texts).fill_null(-1).cast(pa.int64()).to_numpy().tobytes())
    _, offsets, values = texts.fill_null("").buffers()  # begins at 0: it was put together here
    end = np.frombuffer(offsets, np.int64, len(texts) + 1)[-1]
    digest.update(memoryview(values)[:end] if values else b"")


def freeze(
    folder: Path,
    release: Release,
    registry: Registry,
    previous: Mapping[str, tuple[str, Path]],
    scratch: Path,
    **about: Any,
) -> dict[str, Any]:
    """Write the release into `folder` and return its manifest.

    `previous`: dataflow (short) → release id and Parquet of the provider's state before. `about` goes
    into the manifest. Raises ReleaseError with all findings when the changes do not fit.
    """
    (folder / "obs").mkdir(parents=True)
    (folder / "changes").mkdir()
    flows: dict[str, list[Change]] = {}
    for change in release.changes:
        flows.setdefault(change.dataflow.short, []).append(change)
    entries = {}
    for short, changes in flows.items():
        definition = registry.definition(changes[0].dataflow)
        refuse(definition, changes)
        before = previous.get(short)
        with connect(scratch) as con:
            entry = _flow(con, folder, definition, changes, before[1] if before else None)
        entries[short] = {
            "dataflow": changes[0].dataflow.urn,
            "previous": before[0] if before else None,
            **entry,
            **_lineage(folder, definition, changes),
        }
    for package, descriptor in release.descriptors.items():
        write_json(folder / "packages" / package / "datapackage.json", descriptor)
    manifest = {
        "id": release.id,
        "provider": release.provider,
        "instant": release.instant.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "embargo": None,
        "content": content(release),
        "flows": entries,
        "files": dict(release.files),
        "packages": sorted(release.descriptors),
        "warnings": list(release.warnings),
        "purged": [],
        **release.about,
        **about,
    }
    write_json(folder / "manifest.json", manifest)
    return manifest


def refuse(definition: Definition, changes: Sequence[Change]) -> None:
    """Raise ReleaseError when a change does not fit the structure it is for."""
    findings = [finding for change in changes for finding in _misfits(definition, change)]
    if findings:
        raise ReleaseError(f"{definition.dataflow.ref.short}: {findings[0]}", findings)


def _misfits(definition: Definition, change: Change) -> list[Finding]:
    found = []
    known = ", ".join(definition.components)
    if change.action not in ACTIONS:
        found.append(Finding("unknown-action", f"action {change.action!r}", allowed=", ".join(ACTIONS)))
    for name in change.table.column_names:
        if name not in definition.components:
            found.append(
                Finding("unknown-column", f"the structure has no {name}", column=name, allowed=known)
            )
    for component in key(definition):
        if component.id not in change.table.column_names:
            found.append(
                Finding("missing-column", f"dimension {component.id} is missing", column=component.id)
            )
        elif change.table.column(component.id).null_count:
            found.append(Finding("missing-value", f"dimension {component.id} has gaps", column=component.id))
    for name in change.scope:
        if name not in definition.components:
            found.append(
                Finding("unknown-scope", f"scope: the structure has no {name}", value=name, allowed=known)
            )
    return found


def _flow(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    definition: Definition,
    changes: Sequence[Change],
    before: Path | None,
) -> dict[str, Any]:
    """Apply `changes` one after the other to the state in `before`; write the state and the changes."""
    nothing = ", ".join(f"NULL::VARCHAR AS {ident(name)}" for name in definition.components)
    con.execute(f"CREATE VIEW empty AS SELECT {nothing} WHERE false")
    held = f"UNION ALL BY NAME SELECT * FROM read_parquet({literal(before.as_posix())})" if before else ""
    columns = ", ".join(map(ident, definition.components))
    con.execute(f"CREATE TABLE before AS SELECT {columns} FROM (SELECT * FROM empty {held})")
    con.execute("CREATE TABLE state AS SELECT * FROM before")
    applied = []
    for change in changes:
        _apply(con, definition, change)
        scope = {name: list(values) for name, values in change.scope.items()}
        applied.append({"action": change.action, "scope": scope, "rows": change.table.num_rows})
    _refuse_duplicates(con, definition)
    name = file_name(definition.dataflow.ref)
    _write(con, definition, "state", folder / "obs" / name)
    con.execute(f"CREATE TABLE changes AS {_changes(definition)}")
    _write(con, definition, "changes", folder / "changes" / name)
    counts: dict[str, int] = dict(con.execute("SELECT change, count(*) FROM changes GROUP BY 1").fetchall())
    keys = ", ".join(ident(d.id) for d in definition.dimensions)
    rows, series = _one(con, f"SELECT count(*), count(DISTINCT row({keys})) FROM state")
    return {
        "applied": applied,
        "observations": rows,
        "series": series,
        **{kind: counts.get(kind, 0) for kind in ("new", "revised", "deleted")},
        "state": _file(folder, f"obs/{name}"),
        "changes": _file(folder, f"changes/{name}"),
    }


def _apply(con: duckdb.DuckDBPyConnection, definition: Definition, change: Change) -> None:
    table = pa.table(
        {name: change.table.column(name).cast(pa.string()) for name in change.table.column_names}
    )
    con.register("delivered", table)
    columns = ", ".join(map(ident, definition.components))
    con.execute(f"CREATE TABLE given AS SELECT {columns} FROM (FROM empty UNION ALL BY NAME FROM delivered)")
    con.unregister("delivered")
    same = " AND ".join(f"s.{ident(c.id)} = g.{ident(c.id)}" for c in key(definition))
    if change.action == REPLACE:
        con.execute(f"DELETE FROM state WHERE {_scope(con, definition, change)}")
        con.execute("INSERT INTO state FROM given")
    elif change.action == DELETE:
        con.execute(f"DELETE FROM state s USING given g WHERE {same}")
    else:
        values = ", ".join(_merged(definition, name) for name in definition.components)
        con.execute(f"CREATE TABLE merged AS SELECT {values} FROM given g LEFT JOIN state s ON {same}")
        con.execute(f"DELETE FROM state s USING given g WHERE {same}")
        con.execute("INSERT INTO state FROM merged; DROP TABLE merged")
    if change.action != DELETE:
        _spread(con, definition)
    if change.action == MERGE:
        _inherit(con, definition)
    con.execute("DROP TABLE given")


def _scope(con: duckdb.DuckDBPyConnection, definition: Definition, change: Change) -> str:
    """The condition "lies in the scope"; rows delivered outside it are refused."""
    parts = ["true"]
    for number, (name, values) in enumerate(sorted(change.scope.items())):
        con.register(f"scope_{number}", pa.table({"value": pa.array(list(values), pa.string())}))
        con.execute(f"CREATE OR REPLACE TEMP TABLE held_{number} AS FROM scope_{number}")
        con.unregister(f"scope_{number}")
        parts.append(f"coalesce({ident(name)} IN (SELECT value FROM held_{number}), false)")
    inside = " AND ".join(parts)
    keys = " || '.' || ".join(ident(c.id) for c in key(definition))
    outside = con.execute(f"SELECT {keys} FROM given WHERE NOT ({inside}) LIMIT 20").fetchall()
    if outside:
        scope = "; ".join(f"{name} {', '.join(values)}" for name, values in sorted(change.scope.items()))
        remedy = "widen the scope, or leave these rows out"
        findings = [
            Finding("outside-scope", f"{k} lies outside the scope", allowed=scope, remedy=remedy)
            for (k,) in outside
        ]
        raise ReleaseError(f"{definition.dataflow.ref.short}: {findings[0]}", findings)
    return inside


def _merged(definition: Definition, name: str) -> str:
    """An update: what is not given stays; a figure goes where the status that is given says it is missing.

    SDMX-CSV 2.0 field guide, `ACTION`: the absence of an observation value does not imply its deletion, the
    value remains unchanged.
    """
    held = f"coalesce(g.{ident(name)}, s.{ident(name)})"
    if any(m.id == name for m in definition.measures) and OBS_STATUS in definition.components:
        codes = ", ".join(map(literal, sorted(MISSING)))
        told = f"string_split(coalesce(g.{ident(OBS_STATUS)}, ''), {literal(SEPARATOR)})"
        held = f"CASE WHEN list_has_any({told}, [{codes}]) THEN g.{ident(name)} ELSE {held} END"
    return f"{held} AS {ident(name)}"


def _spread(con: duckdb.DuckDBPyConnection, definition: Definition) -> None:
    """An attribute above the observation has one value: the newest holds for the whole series or group."""
    for dimensions, names in _levels(definition):
        found = ", ".join(f"min({ident(name)}) AS {ident(name)}" for name in names)
        keys = ", ".join(map(ident, dimensions))
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE level AS SELECT {keys + ', ' if keys else ''}{found} FROM given "
            + (f"GROUP BY {keys}" if keys else "")
        )
        same = " AND ".join(f"s.{ident(d)} = l.{ident(d)}" for d in dimensions) or "true"
        values = ", ".join(f"{ident(name)} = coalesce(l.{ident(name)}, s.{ident(name)})" for name in names)
        differs = " OR ".join(
            f"l.{ident(n)} IS NOT NULL AND l.{ident(n)} IS DISTINCT FROM s.{ident(n)}" for n in names
        )
        con.execute(f"UPDATE state s SET {values} FROM level l WHERE {same} AND ({differs})")


def _inherit(con: duckdb.DuckDBPyConnection, definition: Definition) -> None:
    """A merged observation of a series that is there has the series' attributes, said or not."""
    for dimensions, names in _levels(definition):
        keys = ", ".join(map(ident, dimensions))
        found = ", ".join(f"min({ident(name)}) AS {ident(name)}" for name in names)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE level AS SELECT {keys + ', ' if keys else ''}{found} FROM state "
            + (f"GROUP BY {keys}" if keys else "")
        )
        same = " AND ".join(f"s.{ident(d)} = l.{ident(d)}" for d in dimensions) or "true"
        values = ", ".join(f"{ident(name)} = coalesce(s.{ident(name)}, l.{ident(name)})" for name in names)
        lacking = " OR ".join(f"s.{ident(n)} IS NULL AND l.{ident(n)} IS NOT NULL" for n in names)
        con.execute(f"UPDATE state s SET {values} FROM level l WHERE {same} AND ({lacking})")


def _levels(definition: Definition) -> Iterable[tuple[tuple[str, ...], list[str]]]:
    """The attributes above the observation, by the dimensions that they are attached to."""
    levels: dict[tuple[str, ...], list[str]] = {}
    for attribute in series_attributes(definition):
        levels.setdefault(attached_to(definition, attribute), []).append(attribute.id)
    return levels.items()


def _refuse_duplicates(con: duckdb.DuckDBPyConnection, definition: Definition) -> None:
    keys = ", ".join(ident(c.id) for c in key(definition))
    twice = con.execute(f"SELECT {keys} FROM state GROUP BY {keys} HAVING count(*) > 1 LIMIT 1").fetchone()
    if twice:
        raise Fault(f"{definition.dataflow.ref.short}: key {'.'.join(twice)} twice in one release, unchecked")


def _changes(definition: Definition) -> str:
    """Rows of `before` and `state` that differ: new values under the component's id, old under `old_…`.

    A revision is a difference in a measure or an observation attribute, as text.
    """
    keys = [ident(c.id) for c in key(definition)]
    values = [c.id for c in (*definition.measures, *observation_attributes(definition))]
    first = keys[0]
    kind = f"CASE WHEN b.{first} IS NULL THEN 'new' WHEN s.{first} IS NULL THEN 'deleted' ELSE 'revised' END"
    columns = [
        f"{kind} AS change",
        *(f"coalesce(s.{k}, b.{k}) AS {k}" for k in keys),
        *(f"s.{ident(v)} AS {ident(v)}" for v in values),
        *(f"b.{ident(v)} AS {ident('old_' + v)}" for v in values),
    ]
    same = " AND ".join(f"s.{k} = b.{k}" for k in keys)
    differs = " OR ".join(f"s.{ident(v)} IS DISTINCT FROM b.{ident(v)}" for v in values)
    return (
        f"SELECT {', '.join(columns)} FROM before b FULL JOIN state s ON {same} "
        f"WHERE b.{first} IS NULL OR s.{first} IS NULL OR {differs}"
    )


def _write(con: duckdb.DuckDBPyConnection, definition: Definition, source: str, path: Path) -> None:
    order = ", ".join(ident(c.id) for c in key(definition))
    con.execute(
        f"COPY (SELECT * FROM ({in_order(con, source, definition)}) ORDER BY {order}) "
        f"TO {literal(path.as_posix())} {_PARQUET}"
    )


def _lineage(folder: Path, definition: Definition, changes: Sequence[Change]) -> dict[str, Any]:
    """Where the figures of national tables stood, beside the observations; nothing when there are none."""
    tables = [change.lineage for change in changes if change.lineage is not None]
    if not tables:
        return {}
    name = f"lineage/{file_name(definition.dataflow.ref)}"
    (folder / "lineage").mkdir(exist_ok=True)
    pq.write_table(pa.concat_tables(tables, promote_options="default"), folder / name, compression="zstd")
    return {"lineage": _file(folder, name)}


def _file(folder: Path, name: str) -> dict[str, str | int]:
    with (folder / name).open("rb") as file:
        return {"file": name, "sha256": hashlib.file_digest(file, "sha256").hexdigest(), "bytes": file.tell()}


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = con.execute(sql).fetchone()
    assert row is not None
    return row
