"""What writing does: CKAN 2.12's ways, and what each vintage shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ckanapi.errors import NotFound, ValidationError

from catalogue import ckan, errors
from catalogue.call import Call, Site
from catalogue.embedded import Embedded
from catalogue.reading import READING
from catalogue.writing import WRITING

SITE = Site("http://127.0.0.1:8470", "Labour market information")
ID = "5b0c9a52-3b0e-4f0b-9d6e-7a1c5e6b2f10"
NOON = datetime(2025, 10, 9, 4, 0, tzinfo=UTC)


@pytest.fixture
def dataset(api: ckan.InProcess) -> Any:
    return api.action.package_create(
        name="one",
        owner_org="mys-dosm",
        version="1",
        groups=[{"name": "employment"}],
        extras=[{"key": "k", "value": "v"}],
        resources=[{"id": ID, "name": "a", "url": "a.csv", "format": "csv"}, {"name": "b"}],
        frequency="annual",
    )


def test_unknown_keys_of_a_dataset_are_dropped_those_of_a_resource_are_kept(api: ckan.InProcess) -> None:
    made = api.action.package_create(
        name="keys", owner_org="mys-dosm", frequency="annual", resources=[{"schema": {"fields": [1]}}]
    )
    assert "frequency" not in made
    assert made["resources"][0]["schema"] == {"fields": [1]}


@pytest.mark.parametrize(
    ("sent", "kept"), [("csv", "CSV"), (".csv", ".csv"), ("SDMX-ML", "SDMX-ML"), ("xlsx", "XLSX")]
)
def test_formats_are_written_one_way(api: ckan.InProcess, dataset: Any, sent: str, kept: str) -> None:
    assert api.action.resource_create(package_id="one", url="x", format=sent)["format"] == kept


def test_an_update_empties_what_is_not_sent_but_keeps_resources(api: ckan.InProcess, dataset: Any) -> None:
    updated = api.action.package_update(name="one", owner_org="mys-dosm")
    assert (updated["version"], updated["extras"], updated["groups"]) == (None, [], [])
    assert [r["id"] for r in updated["resources"]] == [r["id"] for r in dataset["resources"]]
    assert api.action.package_update(name="one", owner_org="mys-dosm", resources=[])["resources"] == []


def test_the_same_again_changes_no_time(catalogue: Embedded, api: ckan.InProcess, dataset: Any) -> None:
    later = ckan.embedded(catalogue, 1, SITE, lambda: NOON + timedelta(days=1))
    assert later.action.package_update(**dataset)["metadata_modified"] == dataset["metadata_modified"]
    changed = later.action.package_patch(id="one", version="2")
    assert changed["metadata_modified"] == "2025-10-10T04:00:00.000000"
    assert changed["resources"][0]["metadata_modified"] == dataset["resources"][0]["metadata_modified"]


def test_ids_follow_from_names_unless_the_publisher_chooses(
    api: ckan.InProcess, tmp_path: Path, dataset: Any
) -> None:
    other = ckan.embedded(Embedded(tmp_path / "other.sqlite"), 1, SITE)
    assert other.action.organization_create(name="mys-dosm")["id"] == dataset["organization"]["id"]
    assert other.action.package_create(name="one", owner_org="mys-dosm")["id"] == dataset["id"]
    assert other.action.package_create(name="two", owner_org="mys-dosm", id=ID)["id"] == ID


def test_a_deleted_dataset_frees_its_name(api: ckan.InProcess, dataset: Any) -> None:
    api.action.package_delete(id="one")
    assert api.action.package_list() == []
    assert api.action.package_show(id="one")["state"] == "deleted"  # to the publisher
    assert api.action.package_create(name="one", owner_org="mys-dosm")["state"] == "active"
    api.action.dataset_purge(id="one")
    with pytest.raises(NotFound):
        api.action.package_show(id="one")


def test_resources_one_by_one(api: ckan.InProcess, dataset: Any) -> None:
    made = api.action.resource_create(package_id="one", name="a", url="again")  # names need not differ
    assert made["position"] == 2
    assert api.action.resource_patch(id=made["id"], hash="ab")["url"] == "again"
    assert api.action.resource_update(id=made["id"], url="new")["hash"] == "ab"  # what is not sent stays
    api.action.resource_delete(id=made["id"])
    assert [r["position"] for r in api.action.package_show(id="one")["resources"]] == [0, 1]
    with pytest.raises(ValidationError):
        api.action.resource_create(package_id="one", id=ID)


@pytest.mark.parametrize(
    ("request_", "field", "value"),
    [
        ({"update": {"title": "T"}}, "title", "T"),
        ({"update__title": "T"}, "title", "T"),
        ({"update__resources__0__hash": "h"}, "hash", "h"),
        ({f"update__resources__{ID[:5]}__hash": "h"}, "hash", "h"),
        ({"update": {"resources__0__hash": "h"}}, "hash", ""),  # flattened inside: dropped
        ({"update__resources__extend": '[{"url": "c"}]'}, "num_resources", 3),
        ({"update__resources__extend": [{"url": "c"}]}, "num_resources", 3),
        ({"filter": ["-resources__1"]}, "num_resources", 1),
        ({"filter": ["+resources__*", "-resources__1"]}, "num_resources", 2),  # the first that matches
        ({"filter": ["-extras"]}, "extras", []),
    ],
)
def test_revise(api: ckan.InProcess, dataset: Any, request_: dict[str, Any], field: str, value: Any) -> None:
    revised = api.call_action("package_revise", {"match": {"name": "one"}, **request_})["package"]
    assert (revised | {"hash": revised["resources"][0]["hash"]})[field] == value


def test_revise_takes_one_of_two_that_write_at_once(api: ckan.InProcess, dataset: Any) -> None:
    match = {"match__id": dataset["id"], "match__version": "1"}
    api.call_action("package_revise", match | {"update__version": "2"})
    with pytest.raises(ValidationError):
        api.call_action("package_revise", match | {"update__version": "3"})


def test_organizations_and_groups(api: ckan.InProcess, dataset: Any) -> None:
    shown = api.action.organization_show(id="mys-dosm", include_datasets=True)
    assert (shown["package_count"], shown["packages"][0]["name"]) == (1, "one")
    assert api.action.group_list(all_fields=True)[0]["package_count"] == 1
    assert api.action.organization_patch(id="mys-dosm", description="d")["title"].startswith("Department")
    assert api.action.group_package_show(id="employment")[0]["name"] == "one"
    api.action.group_delete(id="employment")
    assert api.action.group_list() == []
    assert api.action.package_show(id="one")["groups"] == []


@pytest.mark.parametrize(
    ("action", "params", "result"),
    [
        ("package_list", {}, ["one"]),
        ("package_list", {"offset": 1}, []),
        ("organization_list", {}, ["mys-dosm"]),
        ("user_list", {"all_fields": False}, []),
        ("tag_list", {}, []),
        ("format_autocomplete", {"q": "cs"}, ["csv"]),
        ("resource_view_list", {"id": ID}, []),
        ("help_show", {"name": "status_show"}, None),
    ],
)
def test_small_actions(
    api: ckan.InProcess, dataset: Any, action: str, params: dict[str, Any], result: Any
) -> None:
    assert api.call_action(action, params) == result


def test_more_small_actions(api: ckan.InProcess, dataset: Any) -> None:
    assert api.action.status_show()["ckan_version"].startswith("2.12")
    assert api.action.resource_search(query="name:A")["count"] == 1
    assert api.action.current_package_list_with_resources(limit=1)[0]["name"] == "one"
    assert api.action.package_autocomplete(q="on")[0]["name"] == "one"
    assert "CC-BY-4.0" in {licence["id"] for licence in api.action.license_list()}


def anonymous(catalogue: Embedded, vintage: int, action: str, **params: Any) -> Any:
    with catalogue.at(vintage) as records:
        return READING[action].run(Call(action, params, records, SITE))


def test_each_vintage_shows_what_it_was_given(catalogue: Embedded, api: ckan.InProcess, dataset: Any) -> None:
    second = ckan.embedded(catalogue, 2, SITE, lambda: NOON)
    second.action.package_patch(id="one", title="Second")
    second.action.package_create(name="two", owner_org="mys-dosm")
    third = ckan.embedded(catalogue, 3, SITE, lambda: NOON)
    third.action.package_delete(id="one")
    third.action.dataset_purge(id="two")
    titles = {
        v: {r["name"]: r["title"] for r in anonymous(catalogue, v, "package_search")["results"]}
        for v in range(4)
    }
    assert titles == {0: {}, 1: {"one": "one"}, 2: {"one": "Second", "two": "two"}, 3: {}}
    assert anonymous(catalogue, 1, "package_search", q="second")["count"] == 0
    assert anonymous(catalogue, 1, "organization_show", id="mys-dosm")["package_count"] == 1


def test_what_a_vintage_that_never_came_was_given_is_forgotten(
    catalogue: Embedded, api: ckan.InProcess, dataset: Any
) -> None:
    ckan.embedded(catalogue, 2, SITE).action.package_patch(id="one", title="Never")
    catalogue.discard_after(1)
    assert anonymous(catalogue, 2, "package_search")["results"][0]["title"] == "one"
    assert anonymous(catalogue, 2, "package_search", q="never")["count"] == 0


def test_a_failed_write_leaves_nothing(catalogue: Embedded, api: ckan.InProcess) -> None:
    with pytest.raises(errors.ValidationError):
        half_done(catalogue)
    assert api.action.package_list() == []


def half_done(catalogue: Embedded) -> None:
    with catalogue.at(1, writable=True) as records:
        for params in ({"name": "half", "owner_org": "mys-dosm"}, {"name": "half"}):
            WRITING["package_create"].run(Call("package_create", params, records, SITE, True))


def test_reading_before_anything_was_written(tmp_path: Path) -> None:
    assert anonymous(Embedded(tmp_path / "none.sqlite"), 0, "package_search")["count"] == 0
    assert not (tmp_path / "none.sqlite").exists()


def test_a_deleted_dataset_is_not_for_everybody(
    catalogue: Embedded, api: ckan.InProcess, dataset: Any
) -> None:
    api.action.package_delete(id="one")
    with pytest.raises(errors.NotAuthorized):
        anonymous(catalogue, 1, "package_show", id="one")
