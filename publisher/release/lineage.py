"""`lmis lineage`: the cell of the provider's own table that each public observation came from."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from publisher.errors import UsageError
from publisher.package.protect.known import keys_in, names_of_key
from publisher.release.structures import dataflow
from publisher.store import Snapshot
from publisher.store.revisions import DELETED, changes
from publisher.structures.definition import Definition
from publisher.structures.urns import Ref

COLUMNS = (
    "key", "period", "value", "release", "file", "sheet", "cell", "source", "figure", "weight", "rule",
)  # fmt: skip
NOTHING = pa.table({column: pa.array([], pa.string()) for column in COLUMNS})


def lineage(snapshot: Snapshot, name: str, key: str, period: str = "") -> pa.Table:
    """The columns of COLUMNS, a row for each cell that a public observation was made of.

    `key` as SDMX REST writes it: `.` between dimensions, nothing or `*` for all, `+` or `,` between codes;
    dimensions left out at its end are all.
    What came in the region's own codes has its release and no cell. Raises UsageError.
    """
    flow = dataflow(snapshot.registry, name)
    definition = snapshot.registry.definition(flow)
    found = [
        _of_provider(snapshot, definition, provider, wanted(pq.read_table(path), definition, key, period))
        for provider, path in snapshot.states(flow).items()
    ]
    return pa.concat_tables([NOTHING, *found]).sort_by([("key", "ascending"), ("period", "ascending")])


def wanted(state: pa.Table, definition: Definition, key: str, period: str) -> pa.Table:
    """The rows that `key` and `period` name, see `lineage`. Raises UsageError."""
    dimensions = [d.id for d in definition.dimensions]
    parts = [] if key in ("", "*", "all") else key.split(".")
    if len(parts) > len(dimensions):
        raise UsageError(
            f"the key {key!r} has {len(parts)} parts; {definition.dataflow.ref.short} has "
            f"{len(dimensions)} dimensions: {'.'.join(dimensions)}"
        )
    asked = dict(zip(dimensions, parts, strict=False))
    if definition.time:
        asked[definition.time.id] = period
    for name, text in asked.items():
        if text not in ("", "*"):
            codes = pa.array(text.replace(",", "+").split("+"))
            state = state.filter(pc.is_in(state[name].cast(pa.string()), codes))
    return state


def _of_provider(snapshot: Snapshot, definition: Definition, provider: str, asked: pa.Table) -> pa.Table:
    """Through the releases, newest first: the first that brought an observation tells its cells."""
    flow = definition.dataflow.ref
    keys = keys_in(asked, definition)
    values = pa.table({"@key": keys, "value": asked[definition.measures[0].id].cast(pa.string())})
    found = []
    release = snapshot.heads.get((flow.short, provider))
    while release and len(keys):
        entry = snapshot.manifest(release)["flows"][flow.short]
        for table in _told(snapshot, definition, release, entry):
            own = table.filter(pc.is_in(table["@key"], keys))
            found.append(own)
            keys = keys.filter(pc.invert(pc.is_in(keys, own["@key"].combine_chunks())))
        release = entry["previous"]
    told = pa.concat_tables(found, promote_options="default") if found else None
    return _shown(told.join(values, "@key"), definition) if told else NOTHING


def _told(
    snapshot: Snapshot, definition: Definition, release: str, entry: dict[str, dict[str, str]]
) -> Iterator[pa.Table]:
    """What a release tells of its observations: cells first, then what it changed without any."""
    if "lineage" in entry:
        path = snapshot.path("releases", release, entry["lineage"]["file"])
        yield _keyed(pq.read_table(path), definition, release)
    changed = changes(snapshot, release, definition.dataflow.ref)
    changed = changed.filter(pc.not_equal(changed["change"], DELETED)).select(names_of_key(definition))
    yield _keyed(changed, definition, release)


def _keyed(table: pa.Table, definition: Definition, release: str) -> pa.Table:
    table = table.append_column("@key", keys_in(table, definition))
    return table.append_column("release", pa.array([release] * table.num_rows, pa.string()))


def _shown(table: pa.Table, definition: Definition) -> pa.Table:
    key = [_texts(table, d.id) for d in definition.dimensions]
    own = {"figure": "text", "period": definition.time.id if definition.time else "period"}
    columns = {name: _texts(table, own.get(name, name)) for name in COLUMNS[1:]}
    return pa.table({"key": pc.binary_join_element_wise(*key, "."), **columns})


def _texts(table: pa.Table, name: str) -> pa.ChunkedArray:
    if name not in table.column_names:
        return pa.chunked_array([pa.array([""] * table.num_rows, pa.string())])
    return pc.fill_null(table[name].cast(pa.string()), "")


def of_release(snapshot: Snapshot, release: str, flow: Ref) -> pa.Table:
    """The columns of COLUMNS for the figures that a release brought in a national table, as published then.

    Nothing where the release brought the dataflow in the region's own codes. Raises NotFound.
    """
    entry = snapshot.manifest(release)["flows"][flow.short]
    if "lineage" not in entry:
        return NOTHING
    definition = snapshot.registry.definition(flow)
    state = pq.read_table(snapshot.path("releases", release, entry["state"]["file"]))
    measure = state[definition.measures[0].id].cast(pa.string())
    values = pa.table({"@key": keys_in(state, definition), "value": measure})
    told = pq.read_table(snapshot.path("releases", release, entry["lineage"]["file"]))
    shown = _shown(_keyed(told, definition, release).join(values, "@key", join_type="inner"), definition)
    return shown.sort_by([("key", "ascending"), ("period", "ascending"), ("cell", "ascending")])
