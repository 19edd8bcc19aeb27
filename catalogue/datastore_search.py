"""Reading the datastore: `datastore_info` and `datastore_search`.

Source: CKAN 2.12 `ckanext/datastore/logic/{action,schema}.py`, `backend/postgres.py`, `filters.py` and a
running 2.12.0. A filter is a value, a list of which one is met, or `eq`, `gt`, `gte`, `lt`, `lte`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from catalogue import rows
from catalogue.call import Action, Call
from catalogue.datastore import Table, aliases, all_published, filters_of, parsed, readable, texts, told_again
from catalogue.embedded import Record
from catalogue.errors import ValidationError
from catalogue.rows import ID, Order, Wrong
from catalogue.schema import MISSING, integer

ROWS_MAX = 32_000  # ckan.datastore.search.rows_max
LISTED = "_table_metadata"  # what lists all tables and aliases
FORMATS = ("objects", "lists", "csv", "tsv")
_SORT = re.compile(r"(.+?)(?: +(asc|desc))?(?: nulls +(first|last) *)?", re.IGNORECASE)


# -- reading ------------------------------------------------------------------------------------


def datastore_info(call: Call) -> Record:
    """A table's fields and how much there is of it."""
    name = str(call.params.get("resource_id") or call.params.get("id") or "")
    if not name:
        raise ValidationError({"resource_id": [MISSING]})
    table = readable(call, name, "Resource/Alias")
    fields = [dict(field) for field in table.fields]
    if call.flag("include_fields_schema", True):
        for field in fields:
            is_key = field["id"] in table.key
            native = {"int4": "integer", "int8": "bigint", "float8": "double precision", "bool": "boolean"}
            kind = native.get(field["type"], field["type"])
            field["schema"] = {
                "native_type": kind, "notnull": False, "is_index": is_key, "uniquekey": False,
            }  # fmt: skip
    if not call.flag("include_meta", True):
        return {"fields": fields}
    meta = {"id": table.resource, "count": table.read().num_rows, "table_type": "BASE TABLE"}
    return {"fields": fields, "meta": meta | {"aliases": sorted(table.aliases)}}


@dataclass(frozen=True)
class Search:
    """One checked request of datastore_search."""

    limit: int
    offset: int
    fields: tuple[str, ...]
    orders: tuple[Order, ...]
    filters: Mapping[str, Any]
    words: tuple[tuple[str, tuple[str, ...]], ...]  # what is looked for, and in which columns
    is_distinct: bool
    form: str


def datastore_search(call: Call) -> Record:
    """Rows of a table: chosen by `filters` and `q`, sorted, a page of them, in one of four forms."""
    limit, offset, form = _numbers(call)
    name = str(call.params.get("resource_id") or call.params.get("id") or "")
    table = _listing(call) if name == LISTED else readable(call, name, "Resource")
    search = _search(call, table, limit, offset, form)
    found = _run(table.read(), search)
    page = found.slice(offset, limit)
    told = {
        "include_next_page": False,
        "include_total": call.flag("include_total", True),
        "limit": limit,
        "records_format": form,
        "resource_id": table.resource,
        "records": rows.written(page, form),
        "fields": _shown_fields(table, search.fields),
    }
    told |= {"total": found.num_rows} if told["include_total"] else {}
    told |= {"offset": offset} if call.params.get("offset") is not None else {}
    told |= {"distinct": search.is_distinct} if call.params.get("distinct") is not None else {}
    told |= {"filters": search.filters} if call.params.get("filters") is not None else {}
    return told | told_again(call, "q", "sort", "full_text", "plain", "language")


def _numbers(call: Call) -> tuple[int, int, str]:
    """The page and its form. Raises ValidationError with everything that is wrong."""
    errors: Record = {}
    if not (call.params.get("resource_id") or call.params.get("id")):
        errors["resource_id"] = [MISSING]
    values = {"limit": 100, "offset": 0}
    for name, default in values.items():
        try:
            found = integer(call.params.get(name))
            values[name] = default if found is None else found
        except ValueError as exc:
            errors[name] = [str(exc)]
    if values["limit"] < 0:
        errors["limit"] = ["Must be a natural number"]
    form = str(call.params.get("records_format") or "objects")
    if form not in FORMATS:
        errors["records_format"] = [f"Value must be one of {list(FORMATS)}"]
    if parsed(call.params.get("filters")) is None:
        errors["filters"] = ["Cannot parse JSON"]
    if errors:
        raise ValidationError(errors)
    return min(values["limit"], ROWS_MAX), max(values["offset"], 0), form


_ASKED = frozenset(
    (
        "resource_id", "id", "q", "plain", "filters", "language", "limit", "offset", "fields", "sort",
        "distinct", "include_total",
        "total_estimation_threshold", "records_format", "include_next_page", "full_text",
    )
)  # fmt: skip


def _search(call: Call, table: Table, limit: int, offset: int, form: str) -> Search:
    names = [ID, *(field["id"] for field in table.fields)]
    if strange := [name for name in call.params if name not in _ASKED]:
        raise ValidationError({"__extras": [f'invalid value "{strange[0]}"']})
    fields = texts(call.params.get("fields")) or []
    if strange := [name for name in fields if name not in names]:
        raise ValidationError({"fields": [f'invalid value "{strange[0]}"']})
    return Search(
        limit, offset, tuple(fields or names), tuple(_orders(call, names)), filters_of(call, table),
        tuple(_words(call, names)), call.flag("distinct"), form,
    )  # fmt: skip


def _orders(call: Call, names: Sequence[str]) -> list[Order]:
    found = []
    for part in texts(call.params.get("sort")) or []:
        match = _SORT.fullmatch(part)
        name = match[1].strip('"') if match else ""
        if match is None or name not in names:
            raise ValidationError({"sort": [f'invalid value "{part}"']})
        descending = (match[2] or "").lower() == "desc"
        nulls = (match[3] or "").lower()
        found.append(Order(name, descending, nulls == "first" if nulls else descending))
    return found


def _words(call: Call, names: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    asked = call.params.get("q") or call.params.get("full_text") or {}
    everywhere = tuple(name for name in names if name != ID)
    if isinstance(asked, str) and asked.lstrip()[:1] == "{":
        asked = parsed(asked) or asked
    if not isinstance(asked, dict):
        return [(str(asked), everywhere)]
    if strange := [name for name in asked if name not in names]:
        raise ValidationError({"q": [f'invalid value "{strange[0]}"']})
    return [(str(text), (name,)) for name, text in asked.items()]


def _run(table: pa.Table, search: Search) -> pa.Table:
    """All rows that are wanted, in order, in the columns that are wanted."""
    try:
        mask = rows.chosen(table, search.filters)
    except Wrong as exc:
        raise ValidationError({"query": ["Invalid query"], "info": {"orig": [str(exc)]}}) from None
    for text, names in search.words:
        mask = pc.and_(mask, rows.with_words(table, text, names))
    found = table.filter(mask) if search.filters or search.words else table
    if search.is_distinct:
        found = found.select(search.fields).group_by(list(search.fields)).aggregate([])
    return (rows.in_order(found, search.orders) if search.orders else found).select(search.fields)


def _shown_fields(table: Table, names: Sequence[str]) -> list[Record]:
    typed: dict[str, Mapping[str, Any]] = {ID: {"id": ID, "type": "int"}}
    typed |= {field["id"]: field for field in table.fields}
    return [dict(typed[name]) for name in names]


def _listing(call: Call) -> Table:
    """All tables and aliases, as the view of that name has them."""
    resources = [resource for resource, _ in call.records.tables()]
    resources += [table.resource for table in all_published(call)]
    lines: list[dict[str, Any]] = [{"name": resource} for resource in resources]
    lines += [{"name": alias, "alias_of": resource} for resource, alias in aliases(call)]
    fields = [{"id": name, "type": "name"} for name in ("name", "alias_of")]
    typed = rows.empty([field | {"type": "text"} for field in fields])
    return Table(LISTED, fields, (), (), lambda: rows.added(typed, lines))


READING: dict[str, Action] = {
    function.__name__: Action(function) for function in (datastore_info, datastore_search)
}
