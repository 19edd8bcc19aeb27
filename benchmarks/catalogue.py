"""The catalogues: search in the embedded one among many datasets, and a real CKAN brought to 100 datasets.

    python -m benchmarks.catalogue

The second needs the CKAN of `make ckan-up`, empty; without it that is said. Search: CPU time of this
process, the Action API with three facets. CKAN: wall time, as most of it is spent in other processes.
Each figure is beside its limit.
"""

from __future__ import annotations

import itertools
import json
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ckanapi.errors import NotFound

from catalogue import actions, ckan
from catalogue.call import Call, Site
from catalogue.embedded import Embedded
from catalogue.payload import dataset_payload, group_payload
from catalogue.record import Catalogue, Dataset, Group, Organization, Resource, Rows
from tests.ckan.contract import catalogues

DATASETS, MANY, RESOURCES = 100, 10_000, 8
SEARCH, COLD, AGAIN = 0.030, 180.0, 5.0  # seconds
SITE = Site("http://127.0.0.1:8470", "Labour market information")
MARK = {"lmis": SITE.url}
SUBJECTS = ("unemployment", "employment", "wages", "hours", "skills", "migration", "training", "informality")
AREAS = ("Malaysia", "Indonesia", "Thailand", "Viet Nam", "Philippines", "Singapore", "Cambodia")
FORMATS = ("CSV", "XLSX", "Parquet", "SDMX-CSV 2.0", "SDMX-JSON 2.0", "SDMX-ML 3.0", "SDMX-ML 2.1", "HTML")
FACETS = ["organization", "groups", "extras_frequency"]
WORDS = (
    "",
    "unemployment",
    "wages women",
    "youth",
    "Malaysia",
    "labour force",
    "hours worked by age",
    "pekerja",
)
TIMES = 60
ROWS = 300  # of each dataset, in the datastore
SCHEMA = {
    "fields": [
        *({"name": f"COLUMN_{n}", "type": "string", "title": f"Column {n}"} for n in range(12)),
        {"name": "OBS_VALUE", "type": "number", "title": "Value"},
    ],
    "primaryKey": ["COLUMN_0"],
}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="lmis-catalogue-") as folder:
        kept = [_search(Path(folder)), *_real()]
    return 0 if all(kept) else 1


def _told(what: str, figure: float, limit: float, unit: str, scale: float = 1.0) -> bool:
    is_kept = figure <= limit
    told = "" if is_kept else "MISSED"
    print(
        f"{what:58} {figure * scale:8,.1f} {unit:2} of {limit * scale:5,.0f} {told:6} {figure / limit:5.2f}",
        flush=True,
    )
    return is_kept


# -- what there shall be ------------------------------------------------------------------------


def wanted(number: int) -> Catalogue:
    """So many datasets of eight resources."""
    return Catalogue(
        tuple(Organization(f"bench-{_name(area)}", f"Statistics {area}", extras=MARK) for area in AREAS),
        tuple(Group(f"bench-{subject}", subject.title()) for subject in SUBJECTS),
        tuple(_dataset(n, *pair) for n, pair in zip(range(number), itertools.cycle(_pairs()), strict=False)),
    )


def _pairs() -> list[tuple[str, str]]:
    return [(area, subject) for subject in SUBJECTS for area in AREAS]


def _name(area: str) -> str:
    return area.lower().replace(" ", "-")


def _dataset(n: int, area: str, subject: str) -> Dataset:
    name = f"bench-{_name(area)}-{subject}-{n}"
    return Dataset(
        name,
        f"{subject.title()} of women, men and youth by age, {area}, table {n}",
        f"{subject.title()} in the labour force of {area}: quarterly and yearly figures. " * 5,
        f"bench-{_name(area)}",
        (f"bench-{subject}",),
        (area, subject, "labour"),
        "CC-BY-4.0",
        version="2025-10",
        extras=MARK
        | {"frequency": json.dumps(["A", "QM"[n % 2]]), "num_series": str(n), "spatial": f'["A{n % 7}"]'},
        resources=tuple(_resource(name, format) for format in FORMATS[:RESOURCES]),
    )


def _resource(name: str, format: str) -> Resource:
    id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name} {format}"))
    is_table = format == "CSV"
    return Resource(
        id, format, f"{SITE.url}/files/{name}/{format}", format, f"All observations as {format}",
        "text/csv", 12345, "ab" * 32, {"schema": SCHEMA} if is_table else {},
        Rows(ROWS, name, _rows) if is_table else None,
    )  # fmt: skip


def _rows(first: int, count: int) -> list[dict[str, Any]]:
    return [
        {f"COLUMN_{n}": f"code {row if n == 0 else n}" for n in range(12)} | {"OBS_VALUE": row / 10}
        for row in range(first, min(first + count, ROWS))
    ]


# -- the embedded catalogue ---------------------------------------------------------------------


def _search(folder: Path) -> bool:
    embedded = Embedded(folder / "catalogue.sqlite")
    _fill(embedded, wanted(MANY))
    client, _ = actions.standalone(embedded, 1, SITE, lambda: datetime.now(UTC))
    asked = [{"q": word, "facet.field": FACETS, "rows": 20} for word in WORDS] * TIMES

    def ask(params: dict[str, Any]) -> None:
        answer = client.post("/api/3/action/package_search", json=params)
        assert answer.json["success"], answer.text

    for params in asked[: len(WORDS)]:
        ask(params)
    spent = [_spent(lambda params=params: ask(params)) for params in asked]  # type: ignore[misc]
    worst = statistics.quantiles(spent, n=100)[-1]
    return _told(f"search among {MANY:,} datasets, three facets, 99 of 100", worst, SEARCH, "ms", 1000)


def _fill(embedded: Embedded, catalogue: Catalogue) -> None:
    with embedded.at(1, writable=True) as records:

        def act(action: str, params: dict[str, Any]) -> None:
            actions.ACTIONS[action].run(Call(action, params, records, SITE, is_publisher=True))

        for organization in catalogue.organizations:
            act("organization_create", group_payload(organization))
        for group in catalogue.groups:
            act("group_create", group_payload(group))
        for dataset in catalogue.datasets:
            act("package_create", dataset_payload(dataset))


def _spent(work: Callable[[], Any]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


# -- a real CKAN --------------------------------------------------------------------------------


def _real() -> Iterator[bool]:
    asked = catalogues.real()
    if isinstance(asked, str):
        print(f"not measured: {asked}")
        return
    asked.session.close()
    catalogue = wanted(DATASETS)
    with ckan.Remote(asked.url, apikey=asked.tokens["admin"]) as admin, ckan.Remote(asked.url) as nobody:
        try:
            cold = _elapsed(lambda: _sync(admin, nobody, catalogue))
            yield _told(f"{DATASETS} datasets of {RESOURCES} resources into an empty CKAN", cold, COLD, "s")
            again = statistics.median(_elapsed(lambda: _sync(admin, nobody, catalogue)) for _ in range(3))
            yield _told("the same again, nothing to do", again, AGAIN, "s")
        finally:
            _purge(admin, catalogue)


def _sync(admin: ckan.Remote, nobody: ckan.Api, catalogue: Catalogue) -> None:
    """As `lmis catalogue sync`: plan, apply, read back as anybody."""
    plan = ckan.plan(admin, catalogue)
    ckan.apply(admin, plan, beside=lambda: ckan.Remote(admin.address, apikey=admin.apikey))
    if plan.changes:
        ckan.verify(nobody, catalogue)


def _elapsed(work: Callable[[], Any]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def _purge(admin: ckan.Api, catalogue: Catalogue) -> None:
    there = set(admin.call_action("package_list"))
    for dataset in (d for d in catalogue.datasets if d.name in there):
        for resource in (r for r in dataset.resources if r.rows):  # a purge leaves tables where they are
            with suppress(NotFound):
                admin.call_action("datastore_delete", {"resource_id": resource.id, "force": True})
        admin.call_action("dataset_purge", {"id": dataset.name})
    for kind, records in (("organization", catalogue.organizations), ("group", catalogue.groups)):
        there = set(admin.call_action(f"{kind}_list"))
        for name in (record.name for record in records if record.name in there):
            admin.call_action(f"{kind}_purge", {"id": name})


if __name__ == "__main__":
    sys.exit(main())
