"""Plan and apply: what they change, what they leave alone, and what happens when answers do not come."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ckanapi.errors import CKANAPIError

from catalogue import ckan
from catalogue.call import Site
from catalogue.embedded import Embedded
from catalogue.errors import Overtaken, SyncError
from catalogue.record import Catalogue, Dataset, Group, Organization, Resource


def id_of(name: str, number: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{name} {number}"))


MARK = {"lmis": "http://127.0.0.1:8470"}
WANTED = Catalogue(
    (Organization("mys-dosm", "Department of Statistics Malaysia", extras=MARK),),
    (Group("employment", "Employment"),),
    tuple(
        Dataset(
            name,
            "Labour force",
            "What it is",
            "mys-dosm",
            ("employment",),
            ("Malaysia", "women"),
            "CC-BY-4.0",
            version="2025-10",
            extras={**MARK, "num_series": "12"},
            resources=(
                Resource(id_of(name, 1), "CSV", "http://x/1.csv", "CSV", size=7, hash="ab"),
                Resource(id_of(name, 2), "Live", "http://x/2", "SDMX-ML 3.0", extra={"api": {"v": 2}}),
            ),
        )
        for name in ("mys-dosm-df-lf", "mys-dosm-df-une")
    ),
)


@pytest.fixture
def api(tmp_path: Path) -> ckan.InProcess:
    site = Site("http://127.0.0.1:8470", "Labour market information")
    return ckan.embedded(Embedded(tmp_path / "catalogue.sqlite"), 1, site)


def sync(api: ckan.Api, wanted: Catalogue) -> ckan.Plan:
    plan = ckan.plan(api, wanted)
    ckan.apply(api, plan, wait=lambda seconds: None)
    return plan


def test_the_first_run_makes_everything_the_second_does_nothing(api: ckan.InProcess) -> None:
    assert [str(change) for change in sync(api, WANTED).changes] == [
        "create organization mys-dosm",
        "create group employment",
        "create dataset mys-dosm-df-lf",
        "create dataset mys-dosm-df-une",
    ]
    before = api.action.package_show(id="mys-dosm-df-lf")
    assert str(sync(api, WANTED)) == "nothing to do\n4 records are as they shall be"
    assert api.action.package_show(id="mys-dosm-df-lf") == before


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": "Workers"}, "title"),
        ({"tags": ("women",)}, "tags"),
        ({"groups": ()}, "groups"),
        ({"extras": {**MARK, "num_series": "13"}}, "extras"),
        ({"resources": WANTED.datasets[0].resources[:1]}, "resources"),
        ({"resources": (replace(WANTED.datasets[0].resources[0], hash="cd"),)}, "resources"),
        ({"resources": WANTED.datasets[0].resources[::-1]}, "resources"),
        ({"version": "2025-11", "notes": ""}, "notes, version"),
    ],
)
def test_only_what_differs_is_written(api: ckan.InProcess, change: Mapping[str, Any], told: str) -> None:
    sync(api, WANTED)
    wanted = replace(WANTED, datasets=(replace(WANTED.datasets[0], **change), WANTED.datasets[1]))
    assert [str(c) for c in sync(api, wanted).changes] == [f"update dataset mys-dosm-df-lf: {told}"]
    assert not ckan.plan(api, wanted).changes
    resources = api.action.package_show(id="mys-dosm-df-lf")["resources"]
    assert [r["id"] for r in resources] == [r.id for r in wanted.datasets[0].resources]


def test_ours_that_are_no_longer_wanted_go_others_stay(api: ckan.InProcess) -> None:
    sync(api, WANTED)
    api.action.package_create(name="a-neighbours", owner_org="mys-dosm")
    api.action.package_create(
        name="another-lmis", owner_org="mys-dosm", extras=[{"key": "lmis", "value": "http://elsewhere"}]
    )
    wanted = replace(WANTED, datasets=WANTED.datasets[:1])
    assert [str(c) for c in sync(api, wanted).changes] == ["delete dataset mys-dosm-df-une"]
    assert api.action.package_list() == ["a-neighbours", "another-lmis", "mys-dosm-df-lf"]


def test_what_somebody_changed_by_hand_is_put_right(api: ckan.InProcess) -> None:
    sync(api, WANTED)
    api.action.resource_create(package_id="mys-dosm-df-lf", url="stray")
    api.action.package_patch(id="mys-dosm-df-une", title="Wrong")
    assert [c.name for c in sync(api, WANTED).changes] == ["mys-dosm-df-lf", "mys-dosm-df-une"]
    assert len(api.action.package_show(id="mys-dosm-df-lf")["resources"]) == 2


class Failing:
    """Gives no clear answer the first times; it may or may not have done what was asked."""

    def __init__(self, api: ckan.InProcess, action: str, times: int, does_it: bool) -> None:
        self.api, self.action, self.times, self.does_it = api, action, times, does_it
        self.calls = 0

    def call_action(self, action: str, data_dict: Mapping[str, Any] | None = None) -> Any:
        if action == self.action:
            self.calls += 1
            if self.calls <= self.times:
                if self.does_it:
                    self.api.call_action(action, data_dict)
                raise CKANAPIError("500 Internal Server Error")
        return self.api.call_action(action, data_dict)


@pytest.mark.parametrize(
    ("times", "does_it", "calls"),
    [(1, True, 2), (1, False, 3), (3, False, 5)],  # two datasets: two calls when nothing is repeated
)
def test_an_ambiguous_answer_is_looked_into(
    api: ckan.InProcess, times: int, does_it: bool, calls: int
) -> None:
    failing = Failing(api, "package_create", times, does_it)
    sync(failing, WANTED)
    assert failing.calls == calls
    assert not ckan.plan(api, WANTED).changes


def test_giving_up_names_the_record_and_going_on_later_works(api: ckan.InProcess) -> None:
    with pytest.raises(SyncError, match="create dataset mys-dosm-df-lf: no clear answer in 4 tries"):
        sync(Failing(api, "package_create", 99, False), WANTED)
    assert [c.name for c in sync(api, WANTED).changes] == ["mys-dosm-df-lf", "mys-dosm-df-une"]


def test_a_refusal_tells_every_field(api: ckan.InProcess) -> None:
    wanted = replace(WANTED, datasets=(replace(WANTED.datasets[0], name="Bad Name", tags=("x",)),))
    with pytest.raises(SyncError, match=r"create dataset Bad Name: the catalogue refused it: .*name.*tags"):
        sync(api, wanted)


def test_without_the_right_to_write_it_says_so(api: ckan.InProcess) -> None:
    stranger = ckan.InProcess(api.client, "not the token")
    with pytest.raises(SyncError, match="does not allow it to this token"):
        sync(stranger, WANTED)


class Slow:
    """Takes so long over a call, the first of the action or a later one, that a younger sync is done in
    between."""

    def __init__(self, api: ckan.Api, action: str, younger: Callable[[], object], at: int = 1) -> None:
        self.api, self.action, self.younger = api, action, younger
        self.left = at

    @property
    def is_due(self) -> bool:
        return self.left > 0

    def call_action(self, action: str, data_dict: Mapping[str, Any] | None = None) -> Any:
        if action == self.action and self.is_due:
            self.left -= 1
            if not self.left:
                self.younger()
        return self.api.call_action(action, data_dict)


def late(api: ckan.Api, older: Catalogue, younger: Catalogue, action: str) -> ckan.Plan:
    """Bring `older` there, overtaken by `younger` before the first such call; what is left to do then."""
    plan = ckan.plan(api, older)
    slow = Slow(api, action, lambda: sync(api, younger))
    with pytest.raises(Overtaken):
        ckan.apply(slow, plan, wait=lambda seconds: None, is_due=lambda: slow.is_due)
    return ckan.plan(api, younger)


@pytest.mark.parametrize("action", ["package_show", "package_revise"])
def test_an_older_sync_writes_nothing_over_a_younger(api: ckan.InProcess, action: str) -> None:
    sync(api, WANTED)
    older, younger = (replace(WANTED.datasets[0], title=title) for title in ("Older", "Younger"))
    old, new = (replace(WANTED, datasets=(d, *WANTED.datasets[1:])) for d in (older, younger))
    assert not late(api, old, new, action).changes
    assert api.action.package_show(id=younger.name)["title"] == "Younger"


@pytest.mark.parametrize("action", ["organization_create", "package_create"])
def test_nor_does_one_that_was_the_first(api: ckan.InProcess, action: str) -> None:
    younger = replace(WANTED, datasets=(replace(WANTED.datasets[0], title="Younger"),))
    assert not late(api, WANTED, younger, action).changes
    assert api.action.package_list() == ["mys-dosm-df-lf"]


def test_countries_and_topics_are_tags_of_vocabularies_where_that_is_wished(api: ckan.InProcess) -> None:
    named = {"country": ("Malaysia",), "topic": ("Employment",)}
    wanted = replace(WANTED, datasets=tuple(replace(d, vocabularies=named) for d in WANTED.datasets))
    api.action.vocabulary_create(name="topic", tags=[{"name": "Another one"}])
    due = ckan.plan(api, wanted, vocabularies=True)
    assert str(due.changes[0]) == "create vocabulary country"
    ckan.apply(api, due, wait=lambda seconds: None)
    assert not ckan.plan(api, wanted, vocabularies=True).changes
    assert {v["name"]: [t["name"] for t in v["tags"]] for v in api.action.vocabulary_list()} == {
        "country": ["Malaysia"],
        "topic": ["Another one", "Employment"],
    }
    found = api.action.package_search(fq="vocab_country:Malaysia", **{"facet.field": ["tags", "vocab_topic"]})
    assert found["facets"] == {"tags": {"women": 2}, "vocab_topic": {"Employment": 2}}
    sync(api, wanted)  # and back
    assert api.action.tag_list() == ["Malaysia", "women"]


@pytest.mark.parametrize("now", [lambda: datetime(2025, 1, 1, tzinfo=UTC)])
def test_two_catalogues_of_the_same_records_are_equal(tmp_path: Path, now: Callable[[], datetime]) -> None:
    site = Site("http://127.0.0.1:8470", "")
    shown = []
    for name in ("a", "b"):
        api = ckan.embedded(Embedded(tmp_path / name), 1, site, now)
        sync(api, WANTED)
        shown.append(api.action.package_search(sort="name asc"))
    assert shown[0] == shown[1]
