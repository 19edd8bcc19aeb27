"""The demo's records brought to a real CKAN: by its sysadmin first, then by an editor without such rights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ckanapi.errors import NotFound

from catalogue import ckan
from catalogue.record import Catalogue
from publisher.release.records import records
from publisher.settings import load
from publisher.store import Home, current
from publisher.web.app import create_app
from tests.catalogue.test_sync import late
from tests.ckan.contract import catalogues

pytestmark = pytest.mark.slow


class Both:
    """A CKAN with the tokens of its sysadmin and of an editor."""

    def __init__(self, asked: catalogues.Asked) -> None:
        self.admin = ckan.Remote(asked.url, apikey=asked.tokens["admin"])
        self.editor = ckan.Remote(asked.url, apikey=asked.tokens["editor"])
        self.nobody = ckan.Remote(asked.url)

    def sync(self, api: ckan.Remote, wanted: Catalogue) -> list[str]:
        plan = ckan.plan(api, wanted)
        ckan.apply(api, plan, beside=lambda: ckan.Remote(api.address, api.apikey))
        ckan.verify(self.nobody, wanted)
        return [str(change) for change in plan.changes]

    def clear(self, wanted: Catalogue) -> None:
        """Leave the CKAN as it was found."""
        for dataset in wanted.datasets:
            for resource in (r for r in dataset.resources if r.rows):  # a purge leaves tables where they are
                with suppress(NotFound):
                    self.admin.action.datastore_delete(resource_id=resource.id, force=True)
            self.admin.action.dataset_purge(id=dataset.name)
        for organization in wanted.organizations:
            self.admin.action.organization_purge(id=organization.name)
        for group in wanted.groups:
            self.admin.action.group_purge(id=group.name)

    def times(self) -> dict[str, Any]:
        found = self.nobody.action.package_search(rows=1000)["results"]
        return {record["name"]: record["metadata_modified"] for record in found}


@pytest.fixture
def wanted(demo_home: Path) -> Catalogue:
    return records(current(Home(demo_home)), load(demo_home, environ={}))


@pytest.fixture
def both(wanted: Catalogue) -> Iterator[Both]:
    asked = catalogues.real()
    if isinstance(asked, str):
        pytest.skip(asked)
    both = Both(asked)
    yield both
    both.clear(wanted)
    asked.session.close()


ROWS = (
    {"sort": "_id", "limit": 50},
    {"filters": {"FREQ": "A"}, "fields": ["TIME_PERIOD", "OBS_VALUE"], "sort": "TIME_PERIOD desc, OBS_VALUE"},
    {
        "filters": {"OBS_VALUE": {"gte": 2, "lt": 20}},
        "sort": "OBS_VALUE desc, _id",
        "records_format": "lists",
    },
    {"fields": ["REF_AREA", "FREQ"], "distinct": True, "sort": "REF_AREA, FREQ"},
)


def same_rows(both: Both, wanted: Catalogue, demo_home: Path) -> None:
    """Anybody finds the same rows and fields in both catalogues, and they are those of the files."""
    twin = create_app(load(demo_home, environ={})).test_client()
    for dataset in wanted.datasets:
        rows = next(r.rows for r in dataset.resources if r.rows)
        assert both.nobody.action.datastore_search(resource_id=dataset.name, limit=0)["total"] == rows.count
        for asked in ({"resource_id": dataset.name} | more for more in ROWS):
            there = both.nobody.call_action("datastore_search", asked)
            here = twin.post("/api/3/action/datastore_search", json=asked).get_json()["result"]
            for key in ("records", "fields", "total", "resource_id"):
                assert there[key] == here[key], (asked, key)
    there = both.nobody.action.datastore_search(resource_id=wanted.datasets[0].name, limit=100)["records"]
    first = next(r.rows for r in wanted.datasets[0].resources if r.rows)
    assert [{k: v for k, v in row.items() if k != "_id"} for row in there] == first.read(0, 100)


def test_a_real_ckan_is_kept_right(both: Both, wanted: Catalogue, demo_home: Path) -> None:
    made = both.sync(both.admin, wanted)
    assert len(made) == len(wanted.organizations) + len(wanted.groups) + 2 * len(wanted.datasets)
    same_rows(both, wanted, demo_home)
    before = both.times()
    assert both.sync(both.admin, wanted) == []
    assert both.times() == before

    for organization in wanted.organizations:
        both.admin.action.organization_member_create(id=organization.name, username="editor", role="editor")
    for group in wanted.groups:
        both.admin.action.group_member_create(id=group.name, username="editor", role="editor")
    first, *others, last = wanted.datasets
    changed = replace(first, title="Changed", resources=first.resources[::-1])
    fewer = replace(wanted, datasets=(changed, *others))
    assert both.sync(both.editor, fewer) == [
        f"drop table of dataset {last.name}",
        f"update dataset {first.name}: title, resources",
        f"delete dataset {last.name}",
    ]
    assert both.times().keys() == before.keys() - {last.name}

    # A sync that is slow, and has the older record, writes nothing over the younger one's.
    older, younger = (
        replace(wanted, datasets=(replace(first, title=title), *others)) for title in ("Older", "Younger")
    )
    assert not late(both.editor, older, younger, "package_revise").changes

    # What was deleted comes back with its resources' ids, which stay its own.
    both.sync(both.editor, wanted)
    assert both.sync(both.editor, wanted) == []
    for dataset in (first, last):
        there = both.nobody.action.package_show(id=dataset.name)["resources"]
        assert [resource["id"] for resource in there] == [resource.id for resource in dataset.resources]
