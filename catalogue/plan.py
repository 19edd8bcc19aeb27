"""What has to be done to a catalogue so that it says what it shall: read it all, and compare.

Records are found by their deterministic names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ckanapi.errors import NotFound

from catalogue import tables
from catalogue.errors import SyncError
from catalogue.patience import Patience, asked
from catalogue.payload import dataset_payload, differences, group_payload, pairs
from catalogue.record import Catalogue, Dataset
from catalogue.remote import Api
from catalogue.tables import Table

MARK = "lmis"  # extra on each record of ours; a catalogue's other records are never touched
_PAGE = 100
PENDING = "made with this plan: "  # in place of the id of a vocabulary
_PAGE_OF_GROUPS = 25  # ckan.group_and_organization_list_all_fields_max


@dataclass(frozen=True)
class Change:
    """One call to make, and why."""

    verb: str  # create | update | delete; of tables: load | drop
    kind: str  # vocabulary | organization | group | package | table
    name: str
    payload: Mapping[str, Any]
    fields: tuple[str, ...] = ()  # what differs
    table: Table | None = None  # to be loaded

    def __str__(self) -> str:
        kind = {"package": "dataset", "table": "table of dataset"}.get(self.kind, self.kind)
        return f"{self.verb} {kind} {self.name}" + (f": {', '.join(self.fields)}" if self.fields else "")


@dataclass(frozen=True)
class Plan:
    changes: tuple[Change, ...]
    unchanged: int
    notes: tuple[str, ...] = ()  # what is left out, and why

    def __str__(self) -> str:
        lines = [str(change) for change in self.changes] or ["nothing to do"]
        return "\n".join([*lines, *self.notes, f"{self.unchanged} records are as they shall be"])


def plan(
    api: Api,
    desired: Catalogue,
    patience: Patience | None = None,
    loads_tables: bool = True,
    vocabularies: bool = False,
) -> Plan:
    """What has to be done to `api` so that it says `desired`. Raises SyncError when it does not answer.

    Datasets of ours (extra `lmis` with the value that `desired` uses) that are no longer desired are deleted,
    within the organizations that `desired` names or that carry the mark; nothing else ever is.
    The embedded catalogue has the rows of a release by itself: there `loads_tables` is False. With
    `vocabularies` the tags that the datasets name for these are theirs.
    """
    patience = patience or Patience()
    notes: tuple[str, ...] = ()
    if loads_tables:
        desired, notes = _with_tables(api, desired, patience)
    ids = vocabularies_there(api, patience) if vocabularies else {}
    missing = _missing(desired, ids) if vocabularies else {}
    named = ids | {name: PENDING + name for name in missing} if vocabularies else None
    there = _there(api, desired, patience)
    wanted: list[tuple[str, str, dict[str, Any]]] = [
        *(("organization", o.name, group_payload(o)) for o in desired.organizations),
        *(("group", g.name, group_payload(g)) for g in desired.groups),
        *(("package", d.name, dataset_payload(d, named)) for d in desired.datasets),
    ]
    found = [_change(kind, name, payload, there.get((kind, name))) for kind, name, payload in wanted]
    changes = [change for change in found if change]
    made = [Change("create", "vocabulary", name, payload) for name, payload in missing.items()]
    wanted_tables = tables.wanted(desired.datasets) if loads_tables else []
    unlike = tables.unlike(api, wanted_tables, patience) if wanted_tables else []
    loads = [_load(table, is_there) for table, is_there in unlike]
    drops = list(_drops(there, desired)) if loads_tables else []
    unchanged = len(found) - len(changes) + len(wanted_tables) - len(loads)
    return Plan((*made, *drops, *changes, *_superfluous(there, desired), *loads), unchanged, notes)


def vocabularies_there(api: Api, patience: Patience) -> dict[str, str]:
    """The id of each, which is the catalogue's own, by its name."""
    return {each["name"]: each["id"] for each in asked(api, "vocabulary_list", {}, patience)}


def _missing(desired: Catalogue, there: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The vocabularies to make, with all their tags. One that is there gets new tags by the datasets that
    have them, and keeps those of others."""
    tags: dict[str, set[str]] = {}
    for dataset in desired.datasets:
        for name, names in dataset.vocabularies.items():
            tags.setdefault(name, set()).update(names)
    return {
        name: {"name": name, "tags": [{"name": tag} for tag in sorted(tags[name])]}
        for name in sorted(tags.keys() - there.keys())
    }


def _with_tables(api: Api, desired: Catalogue, patience: Patience) -> tuple[Catalogue, tuple[str, ...]]:
    """What is desired without the tables that the catalogue cannot have, and a line for each of these."""
    rows = [(d.name, r.rows) for d in desired.datasets for r in d.resources if r.rows]
    notes = tuple(
        f"no table of dataset {name}: {each.count:,} rows, and the setting table_rows allows {each.most:,}"
        for name, each in rows
        if not each.is_wanted
    )
    if len(notes) == len(rows) or tables.has_datastore(api, patience):
        return desired, notes
    return replace(desired, datasets=tuple(map(_without_tables, desired.datasets))), (
        f"no tables: the catalogue has no datastore for the rows of {len(rows)} resources",
    )


def _without_tables(dataset: Dataset) -> Dataset:
    return replace(dataset, resources=tuple(replace(r, rows=None) for r in dataset.resources))


def _load(table: Table, is_there: bool) -> Change:
    there = {"is_there": is_there}
    return Change("load", "table", table.dataset, there, (f"{table.rows.count:,} rows",), table)


def _drops(there: Records, desired: Catalogue) -> Iterator[Change]:
    """Tables of our datasets whose rows are no longer wanted: they go before what they belong to."""
    marks, wanted = _marks(desired), {table.resource for table in tables.wanted(desired.datasets)}
    for (kind, name), record in sorted(there.items()):
        if kind == "package" and _mark(record) in marks:
            for resource in record["resources"]:
                if resource.get("datastore_active") and resource["id"] not in wanted:
                    yield Change("drop", "table", name, {"resource_id": resource["id"]})


def _change(kind: str, name: str, payload: dict[str, Any], there: Mapping[str, Any] | None) -> Change | None:
    if there is None:
        return Change("create", kind, name, payload)
    fields = differences(payload, there)
    return Change("update", kind, name, payload, fields) if fields else None


Records = dict[tuple[str, str], Mapping[str, Any]]


def _there(api: Api, desired: Catalogue, patience: Patience) -> Records:
    """What `api` has, by kind and name: from lists, and singly what they lack."""
    marks = _marks(desired)
    found: Records = {}
    for kind in ("organization", "group"):
        found |= {(kind, record["name"]): record for record in _groups(api, kind, patience)}
    ours = {n for (kind, n), r in found.items() if kind == "organization" and _mark(r) in marks}
    for name in sorted(ours | {o.name for o in desired.organizations if ("organization", o.name) in found}):
        found |= {("package", record["name"]): record for record in _datasets(api, name, patience)}
    missing = [("package", d.name) for d in desired.datasets if ("package", d.name) not in found]
    singly = {key: read(api, *key, patience) for key in missing}
    return found | {key: record for key, record in singly.items() if record is not None}


def _marks(desired: Catalogue) -> set[Any]:
    return {d.extras.get(MARK) for d in desired.datasets} - {None}


def _mark(record: Mapping[str, Any]) -> Any:
    return pairs(record.get("extras") or []).get(MARK)


def _superfluous(there: Records, desired: Catalogue) -> list[Change]:
    marks, keep = _marks(desired), {d.name for d in desired.datasets}
    return [
        Change("delete", "package", name, {"id": record["id"]})
        for (kind, name), record in sorted(there.items())
        if kind == "package" and name not in keep and _mark(record) in marks
    ]


def _groups(api: Api, kind: str, patience: Patience) -> Iterator[Mapping[str, Any]]:
    params = {"all_fields": True, "include_extras": True, "limit": _PAGE_OF_GROUPS}
    start = 0
    while page := asked(api, f"{kind}_list", params | {"offset": start}, patience):
        yield from page
        start += len(page)


def _datasets(api: Api, organization: str, patience: Patience) -> Iterator[Mapping[str, Any]]:
    params = {"fq": f'organization:"{organization}"', "rows": _PAGE, "sort": "name asc"}
    start = 0
    while page := asked(api, "package_search", params | {"start": start}, patience)["results"]:
        yield from page
        start += len(page)


def read(api: Api, kind: str, name: str, patience: Patience) -> Mapping[str, Any] | None:
    """The active record of that name, or None."""
    try:
        more = (
            {} if kind in ("package", "vocabulary") else {"include_datasets": False, "include_users": False}
        )
        there: Mapping[str, Any] = asked(api, f"{kind}_show", {"id": name, **more}, patience)
    except NotFound:
        return None
    return there if there.get("state", "active") == "active" and there.get("name") == name else None


def verify(
    reader: Api, desired: Catalogue, patience: Patience | None = None, vocabularies: bool = False
) -> None:
    """Raise SyncError unless an anonymous reader finds `desired`, whole and no more of ours."""
    left = plan(reader, desired, patience, vocabularies=vocabularies)
    if left.changes:
        raise SyncError(f"what was written does not read back: {'; '.join(map(str, left.changes[:5]))}")
