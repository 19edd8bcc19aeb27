"""The catalogues: search and lists of the embedded one among many datasets, and a real CKAN with a hundred.

    python -m benchmarks.catalogue [search] [real] [FOLDER]

Search: CPU time of this process, over the demo's datasets, each many times; FOLDER keeps them. `real` needs
the CKAN of `make ckan-up`, empty; without it that is said: wall time, as most of it is spent in other
processes. Each figure is beside its limit.
"""

from __future__ import annotations

import itertools
import json
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ckanapi.errors import NotFound
from flask.testing import FlaskClient

from catalogue import actions, ckan
from catalogue.call import Call, Site
from catalogue.embedded import Embedded
from catalogue.record import Catalogue, Dataset, Group, Organization, Resource, Rows
from publisher.release.demo import build
from publisher.settings import Settings, load
from publisher.store import Home, current
from publisher.web.app import create_app
from tests.ckan.contract import catalogues

DATASETS, MANY, RESOURCES = 100, 10_000, 8
COLD, AGAIN = 180.0, 5.0  # seconds
SITE = Site("http://127.0.0.1:8470", "Labour market information")
MARK = {"lmis": SITE.url}
SUBJECTS = ("unemployment", "employment", "wages", "hours", "skills", "migration", "training", "informality")
AREAS = ("Malaysia", "Indonesia", "Thailand", "Viet Nam", "Philippines", "Singapore", "Cambodia")
FORMATS = ("CSV", "XLSX", "Parquet", "SDMX-CSV 2.0", "SDMX-JSON 2.0", "SDMX-ML 3.0", "SDMX-ML 2.1", "HTML")
WORDS = (
    "",
    "unemployment",
    "wages women",
    "youth",
    "Malaysia",
    "labour force",
    "hours worked by age",
    "pekerja",
    "ว่างงาน",
)
FACETS = quote(json.dumps(["organization", "groups", "extras_frequency"]))
# what, limit in seconds, addresses
ASKED = (
    (
        "search with three facets", 0.030,
        [f"/api/3/action/package_search?q={quote(w)}&facet.field={FACETS}&rows=20" for w in WORDS],
    ),
    ("page of a search", 0.030, [f"/en/dataset?q={quote(word)}" for word in WORDS[1:]]),
    ("suggestion", 0.030, [f"/en/suggest?q={quote(word)}" for word in (*WORDS[1:], "une", "lab", "ว่าง")]),
    (
        "list", 0.050,
        ["/en/dataset", "/en/dataset?country=IDN", "/en/dataset?start=9980", "/en/group/unemployment",
         "/en/dataset?country=IDN&topic=unemployment&frequency=A", "/id/dataset?provider=wb"],
    ),
)  # fmt: skip
TIMES = 60
ROWS = 300  # of each dataset, in the datastore
SCHEMA = {
    "fields": [
        *({"name": f"COLUMN_{n}", "type": "string", "title": f"Column {n}"} for n in range(12)),
        {"name": "OBS_VALUE", "type": "number", "title": "Value"},
    ],
    "primaryKey": ["COLUMN_0"],
}


def main(words: Sequence[str]) -> int:
    parts = [part for part in PARTS if part in words] or [*PARTS]
    place = next((Path(word) for word in words if word not in PARTS), None)
    with tempfile.TemporaryDirectory(prefix="lmis-catalogue-") as folder:
        kept = [is_kept for part in parts for is_kept in PARTS[part](place or Path(folder))]
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


def _search(place: Path) -> Iterator[bool]:
    """The Action API's search and the pages that search, over many datasets: each word often, and the first
    time after a release, when nothing of it is at hand."""
    settings = load(place / "many", environ={})
    if not settings.home.is_dir():
        build(settings, lambda message: None)
        _multiply(settings)
    client = create_app(settings).test_client()
    _ask(client, "/en/dataset?q=nothing")  # templates are read once a process
    for what, limit, asked in ASKED:
        first = [_spent(lambda path=path: _ask(client, path)) for path in asked]  # type: ignore[misc]
        spent = [_spent(lambda path=path: _ask(client, path)) for path in asked * TIMES]  # type: ignore[misc]
        worst = statistics.quantiles(spent, n=100)[-1]
        yield _told(f"{what} among {MANY:,} datasets, 99 of 100", worst, limit, "ms", 1000)
        half, most = 1000 * statistics.median(spent), 1000 * max(first)
        print(f"  half of them {half:.1f} ms; the slowest of those asked for the first time {most:.1f} ms")


def _ask(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text


def _multiply(settings: Settings) -> None:
    """The demo's datasets, each many times under another name."""
    embedded = Embedded(settings.home / "public" / "catalogue.sqlite")
    number, site = current(Home(settings.home)).number, Site(settings.base_url, "")
    with embedded.at(number, writable=True) as records:

        def act(action: str, **params: Any) -> Any:
            return actions.ACTIONS[action].run(Call(action, params, records, site, is_publisher=True))

        every = act("package_search", rows=1000)["results"]
        for n in range(MANY - len(every)):
            record = every[n % len(every)]
            kept = {key: record[key] for key in ("title", "notes", "license_id", "extras")}
            kept["tags"] = [{"name": tag["name"]} for tag in record["tags"]]
            kept["groups"] = [{"name": group["name"]} for group in record["groups"]]
            kept["resources"] = [{"url": r["url"], "format": r["format"]} for r in record["resources"]]
            act("package_create", name=f"{record['name']}-{n}", owner_org=record["owner_org"], **kept)


def _spent(work: Callable[[], Any]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


# -- a real CKAN --------------------------------------------------------------------------------


def _real(place: Path) -> Iterator[bool]:
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


PARTS: dict[str, Callable[[Path], Iterator[bool]]] = {"search": _search, "real": _real}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
