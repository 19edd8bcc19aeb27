"""Tables in a datastore: what a plan tells, and that any way there ends with the same whole table."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ckanapi.errors import CKANAPIError, NotFound
from hypothesis import HealthCheck, given, settings, strategies

from catalogue import ckan
from catalogue.call import Site
from catalogue.embedded import Embedded
from catalogue.errors import Overtaken, SyncError
from catalogue.record import Catalogue, Rows
from tests.catalogue.test_sync import WANTED, Slow, id_of, sync

NAME = WANTED.datasets[0].name
RESOURCE = id_of(NAME, 1)
SCHEMA = {
    "fields": [
        {"name": "REF_AREA", "type": "string", "title": "Area", "sdmx": {"role": "dimension"}},
        {"name": "OBS_VALUE", "type": "number", "title": "Value", "i18n": {"id": {"title": "Nilai"}}},
    ],
    "primaryKey": ["REF_AREA"],
}


def rows(count: int, at_once: int = 3, factor: float = 1.5, most: int = 100) -> Rows:
    whole = [{"REF_AREA": f"A{n}", "OBS_VALUE": n * factor if n else None} for n in range(count)]
    return Rows(count, f"{count} of {factor}", lambda first, some: whole[first : first + some], most, at_once)


def wanted(table: Rows | None, schema: Mapping[str, Any] = SCHEMA) -> Catalogue:
    first, *others = WANTED.datasets
    csv = replace(first.resources[0], extra={"schema": schema}, rows=table)
    return replace(WANTED, datasets=(replace(first, resources=(csv, *first.resources[1:])), *others))


def there(api: ckan.Api, name: str = NAME) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.call_action("datastore_search", {"resource_id": name})["records"]
    return [{key: value for key, value in row.items() if key != "_id"} for row in found]


@pytest.fixture
def api(tmp_path: Path) -> ckan.InProcess:
    site = Site("http://127.0.0.1:8470", "Labour market information")
    return ckan.embedded(Embedded(tmp_path / "catalogue.sqlite"), 1, site)


@pytest.mark.parametrize("count", [0, 3, 8])
def test_all_rows_are_there_under_the_datasets_name(api: ckan.InProcess, count: int) -> None:
    told = f"load table of dataset {NAME}: {count} rows"
    assert str(sync(api, wanted(rows(count))).changes[-1]) == told
    assert there(api) == rows(count).read(0, count)
    assert not ckan.plan(api, wanted(rows(count))).changes


def test_fields_are_typed_and_labelled(api: ckan.InProcess) -> None:
    sync(api, wanted(rows(2)))
    fields = api.action.datastore_info(id=NAME, include_fields_schema=False)["fields"]
    assert [(field["id"], field["type"]) for field in fields] == [
        ("REF_AREA", "text"),
        ("OBS_VALUE", "numeric"),
    ]
    assert fields[0]["info"] == {"label": "Area", "notes": "Dimension", "sdmx": {"role": "dimension"}}
    assert fields[1]["info"] == {"label": "Value", "i18n": {"id": {"title": "Nilai"}}}
    assert api.action.package_show(id=NAME)["resources"][0]["datastore_active"]


OTHER = {**SCHEMA, "fields": [*SCHEMA["fields"], {"name": "NOTE", "type": "string"}]}

WIDER = wanted(rows(5), OTHER)


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (wanted(rows(5, factor=2)), ["load table"]),
        (wanted(rows(2)), ["load table"]),
        (WIDER, ["update dataset", "load table"]),
        (wanted(None), ["drop table", "update dataset"]),
        (wanted(rows(101)), ["drop table", "update dataset"]),
        (replace(WANTED, datasets=WANTED.datasets[1:]), ["drop table", "delete dataset"]),
    ],
)
def test_a_release_changes_what_differs(api: ckan.InProcess, after: Catalogue, told: list[str]) -> None:
    sync(api, wanted(rows(5)))
    assert [" ".join(str(c).split()[:2]) for c in sync(api, after).changes] == told
    assert not ckan.plan(api, after).changes
    table = after.datasets[0].resources[0].rows
    if table and table.is_wanted and after.datasets[0].name == NAME:
        more = {"NOTE": None} if after is WIDER else {}
        assert there(api) == [row | more for row in table.read(0, 100)]
    else:
        with pytest.raises(NotFound):
            there(api, RESOURCE)


def test_too_many_rows_are_told(api: ckan.InProcess) -> None:
    told = str(ckan.plan(api, wanted(rows(101))))
    assert f"no table of dataset {NAME}: 101 rows, and the setting table_rows allows 100" in told
    assert "load" not in told


class Without:
    """A CKAN without a datastore."""

    def __init__(self, api: ckan.Api) -> None:
        self.api = api

    def call_action(self, action: str, params: Mapping[str, Any] | None = None) -> Any:
        assert "datastore" not in action
        answer = self.api.call_action(action, params)
        return answer | {"extensions": []} if action == "status_show" else answer


def test_without_a_datastore_the_rest_is_brought_there(api: ckan.InProcess) -> None:
    due = ckan.plan(Without(api), wanted(rows(5)))
    assert "no tables: the catalogue has no datastore for the rows of 1 resources" in str(due)
    ckan.apply(Without(api), due)
    assert not ckan.plan(Without(api), wanted(rows(5))).changes


@pytest.mark.parametrize(
    ("action", "at"),
    [("datastore_delete", 1), *(("datastore_create", at) for at in range(1, 6))],  # the fifth: it is whole
)
def test_an_older_call_that_arrives_late_is_put_right(api: ckan.InProcess, action: str, at: int) -> None:
    sync(api, wanted(rows(5)))
    older, younger = wanted(rows(11, factor=2)), wanted(rows(2, factor=3))
    slow = Slow(api, action, lambda: sync(api, younger), at)
    with suppress(Overtaken):  # the last call is the last that is asked whether it is due
        ckan.apply(slow, ckan.plan(api, older), wait=lambda seconds: None, is_due=lambda: slow.is_due)
    sync(api, younger)
    assert there(api) == there_of(2, 3)


class Unsure:
    """Does, or does not do, what is asked, and then gives no clear answer; as `fates` say, call by call."""

    def __init__(self, api: ckan.Api, fates: list[str]) -> None:
        self.api, self.fates = api, list(fates)

    def call_action(self, action: str, params: Mapping[str, Any] | None = None) -> Any:
        writes = action.startswith("datastore_") and action not in ("datastore_search", "datastore_info")
        fate = self.fates.pop(0) if writes and self.fates else "clear"
        answer = self.api.call_action(action, params) if fate != "not done" else None
        if fate == "twice":
            answer = self.api.call_action(action, params)
        if fate in ("not done", "lost"):
            raise CKANAPIError("504")
        return answer


FATES = strategies.lists(strategies.sampled_from(["clear", "not done", "lost", "twice"]), max_size=8)


@pytest.mark.slow
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=FATES, before=strategies.integers(0, 8), after=strategies.integers(0, 8))
def test_whatever_becomes_of_the_calls_the_table_is_whole(
    tmp_path: Path, fates: list[str], before: int, after: int
) -> None:
    path = tmp_path / "any.sqlite"
    path.unlink(missing_ok=True)
    api = ckan.embedded(Embedded(path), 1, Site("http://127.0.0.1:8470", ""))
    sync(api, wanted(rows(before)))
    unsure = Unsure(api, fates)
    for _ in range(len(fates) + 1):
        try:
            sync(unsure, wanted(rows(after, factor=2)))
            break
        except SyncError:
            assert there_or_nothing(api) in ([], there_of(before, 1.5), there_of(after, 2))
    assert there(api) == there_of(after, 2)


def there_of(count: int, factor: float) -> list[dict[str, Any]]:
    return rows(count, factor=factor).read(0, count)


def there_or_nothing(api: ckan.Api) -> list[dict[str, Any]]:
    try:
        return there(api)
    except NotFound:
        return []
