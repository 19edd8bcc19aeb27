"""The datastore's actions: a resource's rows with typed and labelled fields.

Source: CKAN 2.12 `ckanext/datastore/logic/{action,schema}.py`, `backend/postgres.py` and a running 2.12.0.
A resource that a release made shows the rows of the release's own file, of the vintage that is read, and
nobody changes them; for any other resource rows are kept as clients wrote them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from catalogue import rows
from catalogue.call import Action, Call
from catalogue.embedded import ACTIVE, DATASET, DELETED, Record
from catalogue.errors import NotAuthorized, NotFound, ValidationError
from catalogue.payload import datastore_fields
from catalogue.rows import ID, Wrong
from catalogue.schema import MISSING

METHODS = ("upsert", "insert", "update")
READ_ONLY = (
    "Cannot edit read-only resource because changes made may be lost. Use a resource created for editing "
    'e.g. with datastore_create or use "force=True" to ignore this warning.'
)
_DUPLICATE = "duplicate key value violates unique constraint"


@dataclass(frozen=True)
class Table:
    """A table as anybody sees it; `read` gives all its rows."""

    resource: str
    fields: Sequence[Mapping[str, Any]]
    key: Sequence[str]
    aliases: Sequence[str]
    read: Callable[[], pa.Table]


# -- which table --------------------------------------------------------------------------------


def _found(call: Call, name: str) -> Table | None:
    """The table of a resource's id or under an alias; rights are not looked at."""
    kept = next((id for id, about in call.records.tables() if name in about["aliases"]), name)
    record = call.records.get(DATASET, name)
    named = next(_published_of(call, record), None) if record else None
    return _published(call, name) or _kept(call, kept) or named


def _kept(call: Call, resource: str) -> Table | None:
    kept = call.records.table(resource)
    if kept is None:
        return None
    about, content = kept
    return Table(resource, about["fields"], about["key"], about["aliases"], lambda: rows.from_bytes(content))


def _published(call: Call, resource: str) -> Table | None:
    record = call.records.with_resource(resource, (ACTIVE, "draft", DELETED))
    tables = _published_of(call, record) if record else ()
    return next((table for table in tables if table.resource == resource), None)


def _published_of(call: Call, record: Record) -> Iterator[Table]:
    """The rows of the release's files; the dataset's name is their alias."""
    for own in record["resources"]:
        path = call.published(own) if own.get("datastore_active") and "schema" in own else None
        if path is not None:
            fields, key = datastore_fields(own["schema"])
            yield Table(own["id"], fields, key, (record["name"],), partial(_read, path))


def _read(path: Path) -> pa.Table:
    table = pq.read_table(path)
    return table.add_column(0, ID, pa.array(range(1, table.num_rows + 1), pa.int64()))


def aliases(call: Call) -> list[tuple[str, str]]:
    """Each table's resource with each of its aliases."""
    kept = [(resource, alias) for resource, about in call.records.tables() for alias in about["aliases"]]
    return kept + [(t.resource, alias) for t in all_published(call) for alias in t.aliases]


def all_published(call: Call) -> list[Table]:
    return [t for record in call.records.all(DATASET) for t in _published_of(call, record)]


def readable(call: Call, name: str, what: str) -> Table:
    """Raises NotFound with `what` was looked for, NotAuthorized where the dataset is not for this reader."""
    table = _found(call, name)
    if table is None:
        raise NotFound(f'{what} "{name}" was not found.')
    record = call.records.with_resource(table.resource, (ACTIVE, "draft", DELETED))
    hidden = record is None or record["private"] or record["state"] != ACTIVE
    if hidden and not call.is_publisher:
        raise NotAuthorized(f"User  not authorized to perform resource_show on resource {table.resource}")
    return table


def _resource(call: Call) -> tuple[str, Record, Record]:
    """The resource that somebody wants to write to: its id, its dataset and itself."""
    id = str(call.params.get("resource_id") or call.params.get("id") or "")
    record = call.records.with_resource(id, (ACTIVE, "draft", DELETED)) if id else None
    if record is None:
        raise ValidationError({"resource_id": [f"Resource not found: {id}" if id else MISSING]})
    if not call.is_publisher:
        raise NotAuthorized(f"User  not authorized to perform resource_update on resource {id}")
    own = next(r for r in record["resources"] if r["id"] == id)
    if not call.flag("force") or _published(call, id) is not None:
        raise ValidationError({"read-only": [READ_ONLY]})
    return id, record, own


def _written(call: Call) -> tuple[str, Table]:
    """The table that somebody wants to change the rows of."""
    id, _, _ = _resource(call)
    table = _kept(call, id)
    if table is None:
        raise NotFound(f'Resource "{id}" was not found.')
    return id, table


def _keep(call: Call, table: Table, content: pa.Table) -> None:
    about = {"fields": list(table.fields), "key": list(table.key), "aliases": list(table.aliases)}
    call.records.keep_table(table.resource, about, rows.to_bytes(content))


def told_again(call: Call, *keys: str) -> Record:
    """The parameters as CKAN repeats them."""
    return {key: call.params[key] for key in keys if call.params.get(key) is not None}


def _count(call: Call) -> Any:
    return call.params.get("calculate_record_count", "background")


# -- writing ------------------------------------------------------------------------------------


def datastore_create(call: Call) -> Record:
    """Make a resource's table, or change its fields, key and aliases, and put rows at its end."""
    if not (call.params.get("resource_id") or call.params.get("id")):
        raise ValidationError({"resource_id": ["resource_id or resource required"]})
    fields = _checked_fields(call) if call.is_publisher else []
    id, record, own = _resource(call)
    aliases = texts(call.params.get("aliases"))
    for alias in aliases or ():
        if not _is_name(alias) or "%" in alias:
            raise ValidationError({"alias": [f'"{alias}" is not a valid alias name']})
    old = _kept(call, id)
    made, content = _made(id, old, fields, call.flag("delete_fields"))
    key = texts(call.params.get("primary_key"))
    made = Table(
        id,
        made.fields,
        list(made.key) if key is None else key,
        list(made.aliases) if aliases is None else aliases,
        made.read,
    )
    if strangers := [name for name in made.key if name not in {f["id"] for f in made.fields}]:
        raise ValidationError({"index": [f'The field "{strangers}" is not a valid column name.']})
    _no_other_has(call, made)
    _keep(call, made, _inserted(content, call.params.get("records") or [], made.key))
    _mark(call, record, own, True)
    told = told_again(call, "aliases", "fields", "primary_key") | {"method": "insert", "resource_id": id}
    return told | {
        "delete_fields": call.flag("delete_fields"),
        "calculate_record_count": _count(call),
    }


def _made(id: str, old: Table | None, fields: list[Record], goes: bool) -> tuple[Table, pa.Table]:
    """The table with these fields, and the rows that it has so far. A field that is there keeps its type."""
    if old is None:
        return Table(id, fields, (), (), lambda: rows.empty(fields)), rows.empty(fields)
    sent = {field["id"]: field for field in fields}
    there = {field["id"]: dict(field) for field in old.fields}
    if goes and fields:
        there = {name: field for name, field in there.items() if name in sent}
    for name, field in sent.items():
        there[name] = field | {"type": there[name]["type"]} if name in there else field
    made = Table(id, list(there.values()), old.key, old.aliases, old.read)
    return made, rows.with_fields(old.read(), made.fields)


def _checked_fields(call: Call) -> list[Record]:
    fields = call.params.get("fields") or []
    wrong: list[Record] = []
    for field in fields:
        name = field.get("id")
        told = [MISSING] if not name else [f'"{name}" is not a valid field name'] * (not _is_name(str(name)))
        wrong.append({"id": told} if told else {})
    if any(wrong):
        raise ValidationError({"fields": wrong})
    typed = [field | {"type": rows.SAME.get(field.get("type"), field.get("type"))} for field in fields]
    if strange := [field["type"] for field in typed if field["type"] not in rows.TYPES]:
        raise ValidationError({"fields": [f'"{strange[0]}" is not a valid field type']})
    if len({field["id"] for field in fields}) < len(fields):
        raise ValidationError({"field": ["Duplicate column names are not supported"]})
    return [{key: field[key] for key in ("id", "type", "info") if key in field} for field in typed]


def _is_name(name: str) -> bool:
    return bool(name) and name == name.strip() and name[0] != "_" and '"' not in name and name.isprintable()


def texts(value: Any) -> list[str] | None:
    """A list, or a text with commas; None when nothing was said."""
    if value is None:
        return None
    items = value if isinstance(value, list) else str(value).split(",")
    return [str(item).strip() for item in items if str(item).strip()]


def _no_other_has(call: Call, made: Table) -> None:
    taken = {alias for resource, alias in aliases(call) if resource != made.resource}
    for alias in made.aliases:
        if alias in taken:
            raise ValidationError({"alias": [f'"{alias}" already exists']})


def _inserted(content: pa.Table, records: Any, key: Sequence[str]) -> pa.Table:
    """The rows with these at the end. Raises ValidationError, and nothing is put in."""
    names = [name for name in content.column_names if name != ID]
    for number, record in enumerate(records):
        if not isinstance(record, dict):
            raise ValidationError({"records": [f'row "{number}" is not a json object']})
        if extra := [name for name in record if name not in names]:
            told = f'row "{number + 1}" has extra keys "{", ".join(extra)}"'
            raise ValidationError({"records": [told]})
    try:
        grown = rows.added(content, records)
    except Wrong as exc:
        raise ValidationError({"records": [str(exc)], "records_row": exc.row}) from None
    if rows.has_twice(grown, key):
        raise ValidationError({"records": [_DUPLICATE], "records_row": len(records) - 1})
    return grown


def datastore_upsert(call: Call) -> Record:
    """Put rows in (`insert`), or over those that have their key (`upsert`, `update`)."""
    method = str(call.params.get("method") or "upsert")
    if method not in METHODS:
        raise ValidationError({"method": [f"Value must be one of {list(METHODS)}"]})
    id, table = _written(call)
    records = call.params.get("records") or []
    content = table.read()
    if method == "insert":
        grown = _inserted(content, records, table.key)
    else:
        grown = _over(content, records, table.key, method)
    if not call.flag("dry_run"):
        _keep(call, table, grown)
    return told_again(call, "method") | {"resource_id": id, "calculate_record_count": _count(call)}


def _over(content: pa.Table, records: Any, key: Sequence[str], method: str) -> pa.Table:
    if not key:
        raise ValidationError({"table": ["unique key must be passed for update/upsert"]})
    for record in records:
        if absent := [name for name in key if name not in record]:
            told = f'fields "{", ".join(absent)}" are missing\n{" " * 28}but needed as key'
            raise ValidationError({"key": [told]})
        if extra := [name for name in record if name not in content.column_names]:
            raise ValidationError({"fields": [f'fields "{", ".join(extra)}" do not exist']})
    try:
        grown = rows.replaced(content, records, key)
    except Wrong as exc:
        raise ValidationError({"records": [str(exc)], "records_row": exc.row}) from None
    if method == "update" and grown.num_rows > content.num_rows:
        raise ValidationError({"key": ["key not found"]})
    return grown


def datastore_delete(call: Call) -> Record:
    """Take a table away; with `filters` only the rows that meet them."""
    if call.params.get("filters") is not None:
        return datastore_records_delete(call)
    id, record, own = _resource(call)
    if _kept(call, id) is None:
        raise NotFound(f'Resource "{id}" was not found.')
    call.records.keep_table(id, None)
    if own.get("datastore_active"):
        _mark(call, record, own, False)
    return {"resource_id": id}


def datastore_records_delete(call: Call) -> Record:
    """Take the rows away that meet `filters`; all when it is empty. The table stays."""
    if call.params.get("filters") is None:
        raise ValidationError({"filters": [MISSING]})
    id, table = _written(call)
    content = table.read()
    filters = filters_of(call, table)
    gone = rows.chosen(content, filters)
    _keep(call, table, content.filter(pc.invert(gone)))
    return {"resource_id": id, "filters": filters}


def _mark(call: Call, record: Record, own: Record, is_active: bool) -> None:
    """Note at the resource that it has a table, which is a change of its dataset as any other."""
    if bool(own.get("datastore_active")) == is_active:
        return
    from catalogue.writing import resource_patch

    params = {"id": own["id"], "datastore_active": is_active}
    resource_patch(Call("resource_patch", params, call.records, call.site, call.is_publisher))


def filters_of(call: Call, table: Table) -> Record:
    filters: Record = parsed(call.params.get("filters")) or {}
    if not isinstance(filters, dict):
        raise ValidationError({"filters": ["Not a dict"]})
    names = {ID, *(field["id"] for field in table.fields)}
    for name, wanted in filters.items():
        if name not in names:
            raise ValidationError({"filters": [f"Unknown field: {name}"]})
        if isinstance(wanted, dict) and (strange := [op for op in wanted if op not in rows.COMPARED]):
            raise ValidationError({"filters": [f"Unknown filter operation: {strange[0]}"]})
    return filters


def parsed(value: Any) -> Any:
    """What was sent, or what it is as JSON; None when it is none."""
    if not isinstance(value, str) or not value:
        return value or {}
    try:
        return json.loads(value)
    except ValueError:
        return None


WRITING: dict[str, Action] = {
    function.__name__: Action(function, writes=True)
    for function in (datastore_create, datastore_upsert, datastore_delete, datastore_records_delete)
}
