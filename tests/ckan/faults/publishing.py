"""What is published through the proxy, and what must hold of the catalogue whatever happened on the way.

Two states of one office's catalogue; from each to the other one dataset is made, one changed, one deleted and
one stays. So that making one is a true creation, the deleted one is purged before each run.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from ckanapi.errors import NotFound

from catalogue import ckan
from catalogue.errors import SyncError
from catalogue.payload import dataset_payload, differences
from catalogue.record import Catalogue, Dataset, Group, Organization, Resource, Rows
from tests.ckan.faults.proxy import World

MARK = "http://127.0.0.1/contract"
ROUNDS = 6  # tries of the outbox
NAMES = ("contract-changes", "contract-stays", "contract-first", "contract-second")


def id_of(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


SCHEMA = {
    "fields": [
        {"name": "REF_AREA", "type": "string", "title": "Area", "sdmx": {"role": "dimension"}},
        {"name": "OBS_VALUE", "type": "number", "title": "Value"},
    ],
    "primaryKey": ["REF_AREA"],
}


def table(name: str, version: str) -> Rows:
    """Five rows, told two at a time; those of the dataset that stays at once."""
    whole = [{"REF_AREA": f"A{n}", "OBS_VALUE": n + int(version) / 2} for n in range(5)]
    at_once = 5 if name.endswith("stays") else 2
    return Rows(5, f"{name} {version}", lambda first, count: whole[first : first + count], at_once=at_once)


def rows_there(reader: ckan.Remote, name: str) -> list[dict[str, Any]] | None:
    """The rows that anybody finds under a dataset's name; None when there is no table of that name."""
    try:
        found = reader.action.datastore_search(resource_id=name)["records"]
    except NotFound:
        return None
    return [{key: value for key, value in row.items() if key != "_id"} for row in found]


def dataset(name: str, office: str, version: str) -> Dataset:
    resources = tuple(
        Resource(id_of(f"{name} {i}"), f"File {i}", f"http://127.0.0.1/{name}-{version}-{i}.csv", "CSV",
                 size=int(version), hash=f"{i}" * 64)
        for i in range(3)
    )  # fmt: skip
    resources = (replace(resources[0], extra={"schema": SCHEMA}, rows=table(name, version)), *resources[1:])
    extras = {"lmis": MARK, "release": version}
    return Dataset(name, f"Title {version}", "Notes", office, ("contract-topic",), ("tag",), version=version,
                   extras=extras, resources=resources)  # fmt: skip


def state(number: int, office: str = "contract-office", prefix: str = "contract-") -> Catalogue:
    """State 1 or 2."""
    other = ("first", "second")[number - 1]
    made = (dataset(f"{prefix}changes", office, str(number)), dataset(f"{prefix}stays", office, "7"),
            dataset(f"{prefix}{other}", office, "5"))  # fmt: skip
    marked = Organization(office, "An office", extras={"lmis": MARK})
    return Catalogue((marked,), (Group("contract-topic", "A topic"),), made)


@dataclass
class Tried:
    """One publication under one fault."""

    rounds: int = 0
    told: list[str] = field(default_factory=list)  # everything that a person or a log would read


def publish(
    proxy: str, token: str, wanted: Catalogue, tried: Tried, deadline: float, between: Any = lambda: None
) -> Tried:
    """As the outbox does it: plan, apply, read back as anybody, and again until it is done. Raises
    AssertionError when it never is."""
    for _ in range(ROUNDS):
        tried.rounds += 1
        patience = ckan.Patience(tries=2, total=60.0, wait=lambda seconds: None)
        try:
            with ckan.Remote(proxy, token, deadline) as api, ckan.Remote(proxy, deadline=deadline) as reader:
                due = ckan.plan(api, wanted, patience)
                tried.told.append(str(due))
                ckan.apply(api, due, lambda change: tried.told.append(str(change)), patience=patience,
                           beside=lambda: ckan.Remote(proxy, token, deadline))  # fmt: skip
                ckan.verify(reader, wanted, patience)
            return tried
        except SyncError as problem:
            tried.told.append(repr(problem))
            between()
    raise AssertionError(tried.told)


def check(reader: ckan.Remote, wanted: Catalogue) -> None:
    """Exactly the wanted records, each once and whole; nothing is left over."""
    office = wanted.organizations[0].name
    found = reader.action.package_search(fq=f'organization:"{office}"', rows=100)
    names = sorted(record["name"] for record in found["results"])
    assert names == sorted(d.name for d in wanted.datasets), names  # no duplicate, no orphan
    there = {record["name"]: record for record in found["results"]}
    for dataset in wanted.datasets:
        assert not differences(dataset_payload(dataset), there[dataset.name])
        ids = [resource["id"] for resource in there[dataset.name]["resources"]]
        assert ids == [resource.id for resource in dataset.resources]
        rows = dataset.resources[0].rows
        assert rows
        assert rows_there(reader, dataset.name) == rows.read(0, rows.count)
    for gone in set(NAMES) - {d.name for d in wanted.datasets}:
        assert office != "contract-office" or rows_there(reader, gone) is None


def check_between(reader: ckan.Remote, *allowed: Catalogue) -> None:
    """Half way, anybody finds each dataset wholly as it was or as it shall be, its table there or not."""
    versions: dict[str, list[Dataset]] = {}
    for catalogue in allowed:
        for each in catalogue.datasets:
            versions.setdefault(each.name, []).append(each)
    office = allowed[0].organizations[0].name
    for record in reader.action.package_search(fq=f'organization:"{office}"', rows=100)["results"]:
        rows = rows_there(reader, record["name"])  # none, or all of one state
        if record.get("title") != "Meddled":
            fits = [v for v in versions[record["name"]] if not differences(_told(v, rows), record)]
            assert fits, record
        assert rows in [None, *(v.resources[0].rows.read(0, 5) for v in versions[record["name"]])], record


def _told(dataset: Dataset, rows: object) -> dict[str, Any]:
    """Its record; one whose table is gone, or not yet there, says so."""
    payload = dataset_payload(dataset)
    if rows is None:
        payload["resources"] = [
            {key: value for key, value in resource.items() if key != "datastore_active"}
            for resource in payload["resources"]
        ]
    return payload


def purge(admin: ckan.Remote, wanted: Catalogue) -> None:
    """Away with what an earlier run deleted, so that it is made anew."""
    for name in set(NAMES) - {d.name for d in wanted.datasets}:
        try:
            admin.action.dataset_purge(id=name)
        except NotFound:
            continue


def meddler(admin: ckan.Remote, world: World) -> Any:
    """Somebody who changes the dataset between our reading and our writing."""

    def meddle(action: str) -> None:
        try:
            admin.action.package_patch(id="contract-changes", title="Meddled")
        except NotFound:
            return

    return meddle


def renamed(catalogue: Catalogue, office: str) -> Catalogue:
    """The same of another office, with names of its own."""
    made = tuple(
        replace(
            d,
            name=d.name.replace("contract-", f"{office}-"),
            owner_org=office,
            resources=tuple(replace(r, id=id_of(f"{office} {r.id}")) for r in d.resources),
        )
        for d in catalogue.datasets
    )
    return replace(catalogue, organizations=(Organization(office, office, extras={"lmis": office}),),
                   datasets=tuple(replace(d, extras={**d.extras, "lmis": office}) for d in made))  # fmt: skip
