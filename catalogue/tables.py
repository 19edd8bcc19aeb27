"""Tables in a catalogue's datastore: which are not as they shall be, and the next call that brings one there.

A table is replaced by several calls, and any of them may be the last for a while. So its aliases say how far
it has come: `lmis-<seal>` stands at a table that is whole, where the seal is a hash of fields, key and rows;
`lmis-loading-<seal>-<count>` at one that is being filled, chunk after chunk in the order of the rows. The
dataset's name is an alias as well, and only of a table that is whole: by it nobody finds half of one.

Each call that writes sets the aliases, or takes the whole table away. So one that arrives late, when a
younger release has brought its own rows, leaves no table that passes for that release's.

Source: CKAN 2.12 `ckanext/datastore`; each call of it is one transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ckanapi.errors import NotAuthorized, NotFound, ValidationError

from catalogue.errors import Overtaken, SyncError
from catalogue.patience import Patience, asked, no_answer, told
from catalogue.payload import datastore_fields
from catalogue.record import Dataset, Resource, Rows
from catalogue.remote import UNCLEAR, Api

LISTED = "_table_metadata"  # CKAN's list of tables and aliases
_NAMES = 400  # that are looked for in one call
_MOST = 32_000  # ckan.datastore.search.rows_max
_LONGEST = 63  # bytes of a name in PostgreSQL

Call = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Table:
    """A table as it shall be."""

    dataset: str
    resource: str
    fields: Sequence[Mapping[str, Any]]
    key: Sequence[str]
    rows: Rows

    @classmethod
    def of(cls, dataset: Dataset, resource: Resource) -> Table:
        assert resource.rows is not None
        fields, key = datastore_fields(resource.extra["schema"])
        return cls(dataset.name, resource.id, fields, key, resource.rows)

    @cached_property
    def seal(self) -> str:
        whole = [self.resource, self.fields, self.key, self.rows.count, self.rows.content]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:32]

    @property
    def whole(self) -> list[str]:
        """The aliases of the table once all rows are there."""
        named = [self.dataset] if len(self.dataset.encode()) <= _LONGEST else []
        return [*named, f"lmis-{self.seal}"]

    def loading(self, count: int) -> list[str]:
        """The aliases while so many rows are there."""
        return [f"lmis-loading-{self.seal}-{count}"]


def wanted(datasets: Iterable[Dataset]) -> list[Table]:
    return [Table.of(d, r) for d in datasets for r in d.resources if r.rows and r.rows.is_wanted]


def has_datastore(api: Api, patience: Patience) -> bool:
    return "datastore" in asked(api, "status_show", {}, patience).get("extensions", ())


def unlike(api: Api, tables: Sequence[Table], patience: Patience) -> list[tuple[Table, bool]]:
    """The tables that are not there as they shall be, each with whether there is another in its place."""
    names = [name for table in tables for name in (table.resource, table.whole[-1])]
    found: set[str] = set()
    for start in range(0, len(names), _NAMES):
        params = {"resource_id": LISTED, "filters": {"name": names[start : start + _NAMES]}, "limit": _MOST}
        found |= {line["name"] for line in asked(api, "datastore_search", params, patience)["records"]}
    return [(table, table.resource in found) for table in tables if table.whole[-1] not in found]


def load(api: Api, table: Table, is_there: bool, patience: Patience, is_due: Callable[[], bool]) -> None:
    """Bring the table there, from wherever it stands. Raises SyncError; Overtaken when it is not due."""
    problem: Exception | None = None
    attempts = patience.attempts()
    next(attempts)
    call = _next(api, table, patience) if is_there else _chunk(table, 0)
    while call is not None:
        if not is_due():
            raise Overtaken(f"table of {table.dataset}: what is wanted has changed since it was planned")
        try:
            api.call_action(*call)
            if problem is None and call[1].get("aliases") == table.whole:
                return
            call = _next(api, table, patience)
            continue
        except NotAuthorized as exc:
            raise SyncError(f"table of {table.dataset}: {told(exc)}") from exc
        except (ValidationError, NotFound) as exc:
            # It may say only that the call was heard before, or that somebody else was quicker.
            problem, refused = exc, call
            call = _next(api, table, patience)
            if call == refused:
                raise SyncError(f"table of {table.dataset}: {told(exc)}") from exc
        except UNCLEAR as exc:
            problem = exc
            patience.heed(exc)
            call = _next(api, table, patience)
        if next(attempts, None) is None and call is not None:
            raise SyncError(f"table of {table.dataset}: {no_answer(problem, patience)}") from problem


def _next(api: Api, table: Table, patience: Patience) -> Call | None:
    """The call that is due as the table stands now; None when it is as it shall be."""
    try:
        count = asked(api, "datastore_search", {"resource_id": table.resource, "limit": 0}, patience)["total"]
    except NotFound:
        return _chunk(table, 0)
    params = {"resource_id": LISTED, "filters": {"alias_of": [table.resource]}, "limit": _MOST}
    aliases = {line["name"] for line in asked(api, "datastore_search", params, patience)["records"]}
    if table.whole[-1] in aliases and count == table.rows.count:
        return None
    if aliases == set(table.loading(count)):
        return _create(table, aliases=table.whole) if count == table.rows.count else _chunk(table, count)
    # Of another release, or not as any chunk leaves it.
    return "datastore_delete", {"resource_id": table.resource, "force": True}


def _chunk(table: Table, start: int) -> Call:
    """The rows from there on; where these are all, the table is whole at once. It has fields and key each
    time, as the table may be gone."""
    try:
        rows = table.rows.read(start, table.rows.at_once)
    except OSError as exc:
        raise SyncError(f"table of {table.dataset}: its rows cannot be read: {exc}") from exc
    if start and not rows:
        raise SyncError(f"table of {table.dataset}: its file has {start:,} rows, not {table.rows.count:,}")
    is_all = table.rows.count <= table.rows.at_once
    aliases = table.whole if is_all else table.loading(start + len(rows))
    return _create(table, fields=table.fields, primary_key=table.key, records=rows, aliases=aliases)


def _create(table: Table, **more: Any) -> Call:
    own = {"resource_id": table.resource, "force": True, "calculate_record_count": False}
    return "datastore_create", own | more


def drop(api: Api, resource: str, patience: Patience, is_due: Callable[[], bool]) -> None:
    """Take a table away that is no longer wanted. Raises SyncError; Overtaken when that is not due."""
    problem: Exception | None = None
    for _ in patience.attempts():
        if not is_due():
            raise Overtaken("a table that was to go: what is wanted has changed since it was planned")
        try:
            api.call_action("datastore_delete", {"resource_id": resource, "force": True})
            return
        except NotFound:
            return
        except (NotAuthorized, ValidationError) as exc:
            raise SyncError(f"table of resource {resource}: {told(exc)}") from exc
        except UNCLEAR as exc:
            problem = exc
            patience.heed(exc)
    raise SyncError(f"table of resource {resource}: {no_answer(problem, patience)}") from problem
