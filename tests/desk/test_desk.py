"""The way of a release, as offices go it: what is public at each step, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from publisher.desk import actions, ahead, units
from publisher.desk.log import verify
from publisher.desk.people import ROLES, Person
from publisher.desk.states import Submission
from publisher.errors import Forbidden, NotFound, ReleaseError
from publisher.release.publish import publish
from publisher.structures.urns import Ref
from tests.desk.world import ALI, ANNA, BEA, BEN, CARA, CHIEF, CID, START, TEAM, World

JOBS = Ref("dataflow", "DESK", "DF_JOBS", "1.0.0")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def ready(world: World, office: str, release: str, hours: float, **values: str) -> Submission:
    """A release of `office`, scheduled and approved."""
    first, second = TEAM[office]
    made, _ = actions.submit(world.desk, first, [world.package(office, release, **values)])
    actions.schedule(world.desk, first, made.key, START + timedelta(hours=hours))
    return actions.approve(world.desk, second, made.key)


def figures(world: World) -> dict[str, str]:
    """Area and period → figure, as the public has them."""
    cube = world.public.cube(JOBS)
    areas, times = cube.values("REF_AREA"), cube.values("TIME_PERIOD")
    series = np.repeat(cube.codes("REF_AREA"), np.diff(cube.offsets))
    rows = [areas[number] for number in series]
    periods = [times[n] for n in cube.codes("TIME_PERIOD")]
    values = cube.column("OBS_VALUE").to_pylist()
    return {f"{area} {period}": value for area, period, value in zip(rows, periods, values, strict=True)}


def test_from_the_package_to_the_public(world: World) -> None:
    made, reports = actions.submit(world.desk, ANNA, [world.package("ALPHA", "1", y2024="1.5")])
    assert (made.state, made.release, reports[0].valid) == ("checked", "alpha-1", True)
    made = actions.schedule(world.desk, ANNA, made.key, START + timedelta(hours=2))
    told = actions.difference(world.desk, ALI, made.key)
    assert told["dataflows"][JOBS.short] == {"observations": 1, "new": 1, "revised": 0, "deleted": 0}
    actions.approve(world.desk, ALI, made.key, told["content"])
    world.wait(hours=2, microseconds=-1)
    assert ahead.release_due(world.desk) == []
    assert world.released() == []
    world.wait(microseconds=1)
    assert ahead.release_due(world.desk) == ["alpha-1"]
    assert figures(world) == {"AA 2024": "1.5"}
    assert world.public.instant == START + timedelta(hours=2)
    assert verify(world.desk.path) == []
    assert [by for _, by in world.desk.find("alpha-1").seen_by] == ["ali"]


def test_a_refused_package_stays_a_draft_with_its_report(world: World) -> None:
    bad = world.package("ALPHA", "1", y2024="one")
    made, reports = actions.submit(world.desk, ANNA, [bad])
    assert (made.state, reports[0].valid) == ("draft", False)
    made, _ = actions.submit(world.desk, ANNA, [world.package("ALPHA", "1", y2024="1")], made.key)
    assert made.state == "checked"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("who", "what"),
    [
        (BEA, "acts for BETA"),
        (Person("pia", "ALPHA", ROLES["reader"]), "may not submit"),
        (Person("jo", "ALPHA", ROLES["submitter"], dataflows=("DF_PAY",)), "may not deliver DF_JOBS"),
        (Person("jo", "ALPHA", ROLES["submitter"], areas=("BB",)), "REF_AREA AA is not within"),
        (Person("jo", "ALPHA", ROLES["submitter"], areas=("AA",), dataflows=("DF_JOBS",)), None),
        (CHIEF, None),
    ],
)
def test_a_token_reaches_as_far_as_the_agreement(world: World, who: Person, what: str | None) -> None:
    package = world.package("ALPHA", "1", y2024="1")
    if what is None:
        assert actions.submit(world.desk, who, [package])[0].state == "checked"
    else:
        with pytest.raises(Forbidden, match=what):
            actions.submit(world.desk, who, [package])


@pytest.mark.slow
def test_what_others_have_is_not_there(world: World) -> None:
    made = ready(world, "ALPHA", "1", 1, y2024="1")
    for act in (actions.difference, actions.approve, lambda d, p, k: actions.withdraw(d, p, k, "x")):
        with pytest.raises(NotFound):
            act(world.desk, BEA, made.key)
    assert actions.listed(world.desk, BEA) == []


@pytest.mark.slow
def test_whoever_submits_cannot_be_the_one_to_approve(world: World) -> None:
    made, _ = actions.submit(world.desk, ANNA, [world.package("ALPHA", "1", y2024="1")])
    actions.submit(world.desk, ALI, [world.package("ALPHA", "1", y2024="2")], made.key)
    actions.schedule(world.desk, ALI, made.key, None)
    for both in (ANNA, ALI):
        with pytest.raises(ReleaseError, match="cannot be the one"):
            actions.approve(world.desk, both, made.key)
    world.wait(hours=1)
    assert ahead.release_due(world.desk) == []


@pytest.mark.slow
def test_the_rule_can_be_switched_off(tmp_path: Path) -> None:
    world = World(tmp_path, two_persons=False)
    made, _ = actions.submit(world.desk, ANNA, [world.package("ALPHA", "1", y2024="1")])
    actions.schedule(world.desk, ANNA, made.key, None)
    assert ahead.release_due(world.desk) == ["alpha-1"]


@pytest.mark.slow
@pytest.mark.parametrize("change", ["content", "instant"])
def test_an_approval_is_of_what_was_seen(world: World, change: str) -> None:
    made = ready(world, "ALPHA", "1", 1, y2024="1")
    if change == "content":
        actions.submit(world.desk, ANNA, [world.package("ALPHA", "1", y2024="9")], made.key)
        actions.schedule(world.desk, ANNA, made.key, START + timedelta(hours=1))
    else:
        actions.schedule(world.desk, ANNA, made.key, START + timedelta(minutes=30))
    world.wait(hours=2)
    assert ahead.release_due(world.desk) == []
    assert "approval of another person" in ahead.late(world.desk)[0]


@pytest.mark.slow
def test_many_pending_releases(world: World) -> None:
    """Of one dataflow and of one office; staged each on what is public before it."""
    third = ready(world, "ALPHA", "2", 3, y2024="1", y2025="2")
    first = ready(world, "ALPHA", "1", 1, y2024="1")
    second = ready(world, "BETA", "1", 2, y2024="5")
    assert all(s.is_ready for s in world.desk.submissions().values())
    found = ahead.arrange(world.desk)
    assert [found[s.key].number for s in (first, second, third)] == [1, 2, 3]
    for hours, release in ((1, "alpha-1"), (2, "beta-1"), (3, "alpha-2")):
        world.clock = START + timedelta(hours=hours)
        assert ahead.release_due(world.desk) == [release]
    flow = world.public.manifest("alpha-2")["flows"][JOBS.short]
    assert (flow["new"], flow["revised"], flow["previous"]) == (1, 0, "alpha-1")
    assert figures(world) == {"AA 2024": "1", "AA 2025": "2", "BB 2024": "5"}
    assert [s.state for s in (world.desk.find(k.key) for k in (first, second, third))] == [
        "superseded", "released", "released",
    ]  # fmt: skip


@pytest.mark.slow
def test_an_approval_stages_nothing_anew(world: World) -> None:
    made, _ = actions.submit(world.desk, ANNA, [world.package("ALPHA", "1", y2024="1")])
    actions.schedule(world.desk, ANNA, made.key, START + timedelta(hours=1))
    before = units.units(world.desk.staged)
    actions.approve(world.desk, ALI, made.key)
    assert units.units(world.desk.staged) == before


@pytest.mark.slow
def test_releases_of_one_instant_are_one_vintage(world: World) -> None:
    ready(world, "ALPHA", "1", 1, y2024="1")
    ready(world, "BETA", "1", 1, y2024="2")
    world.wait(hours=1)
    assert ahead.release_due(world.desk) == ["alpha-1", "beta-1"]
    assert (world.public.number, len(figures(world))) == (1, 2)


@pytest.mark.slow
def test_what_lands_in_between_is_staged_under(world: World) -> None:
    ready(world, "ALPHA", "2", 1, y2024="1", y2025="2")
    publish(world.settings, [world.package("BETA", "1", y2020="7")], lambda m: None)
    world.clock = max(START + timedelta(hours=1), world.public.instant + timedelta(hours=1))
    assert ahead.release_due(world.desk) == ["alpha-2"]
    assert world.public.number == 2
    assert figures(world) == {"AA 2024": "1", "AA 2025": "2", "BB 2020": "7"}


@pytest.mark.slow
def test_a_missed_instant_is_not_claimed(world: World) -> None:
    ready(world, "ALPHA", "1", 1, y2024="1")
    world.wait(hours=5)
    assert ahead.release_due(world.desk) == ["alpha-1"]
    assert world.public.instant == START + timedelta(hours=5)


@pytest.mark.slow
def test_pulled_back_before_the_instant(world: World) -> None:
    made = ready(world, "ALPHA", "1", 1, y2024="1")
    actions.withdraw(world.desk, ALI, made.key, "figures of the wrong year")
    world.wait(hours=2)
    assert ahead.release_due(world.desk) == []
    assert list(world.desk.staged.iterdir()) == []


@pytest.mark.slow
def test_a_public_release_is_withdrawn_and_stays_in_history(world: World) -> None:
    for number, value in ((1, "1"), (2, "99")):
        ready(world, "ALPHA", str(number), number, y2024=value)
        world.clock = START + timedelta(hours=number)
        ahead.release_due(world.desk)
    made = actions.withdraw(world.desk, ANNA, "alpha-2", "wrong by a factor")
    assert ahead.release_due(world.desk) == []
    actions.approve(world.desk, ALI, made.key)
    assert ahead.release_due(world.desk) == ["alpha-2-withdrawn"]
    assert figures(world) == {"AA 2024": "1"}
    assert world.desk.find("alpha-2").state == "withdrawn"
    manifest = world.public.manifest("alpha-2-withdrawn")
    assert (manifest["withdraws"], manifest["reason"]) == ("alpha-2", "wrong by a factor")
    assert "alpha-2" in world.released()


@pytest.mark.slow
def test_only_the_newest_can_be_withdrawn(world: World) -> None:
    for number in (1, 2):
        ready(world, "ALPHA", str(number), number, y2024=str(number))
        world.clock = START + timedelta(hours=number)
        ahead.release_due(world.desk)
    with pytest.raises(ReleaseError, match="alpha-2 stands on alpha-1"):
        actions.withdraw(world.desk, ANNA, "alpha-1", "wrong")


@pytest.mark.slow
def test_a_correction_says_what_and_why(world: World) -> None:
    ready(world, "GAMMA", "1", 1, y2024="1")
    world.wait(hours=1)
    ahead.release_due(world.desk)
    package = world.package("GAMMA", "1a", y2024="2")
    with pytest.raises(ReleaseError, match="why"):
        actions.submit(world.desk, CARA, [package], corrects="gamma-1")
    made, _ = actions.submit(world.desk, CARA, [package], corrects="gamma-1", reason="a slip")
    actions.schedule(world.desk, CARA, made.key, None)
    actions.approve(world.desk, CID, made.key)
    assert ahead.release_due(world.desk) == ["gamma-1a"]
    manifest = world.public.manifest("gamma-1a")
    assert (manifest["corrects"], manifest["reason"]) == ("gamma-1", "a slip")


@pytest.mark.slow
@pytest.mark.parametrize("step", ["before the log", "half way", "before anything"])
def test_a_crash_at_the_instant(world: World, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(world, "ALPHA", "1", 1, y2024="1")
    ready(world, "BETA", "1", 2, y2024="2")
    world.wait(hours=1)
    with monkeypatch.context() as patch:
        if step == "before the log":
            patch.setattr(ahead, "_released", crash)
        elif step == "half way":
            patch.setattr("publisher.store.home.Home.point", crash)
        else:
            patch.setattr(units, "land", crash)
        with pytest.raises(Crash):
            ahead.release_due(world.desk)
    again = world.another_desk()
    ahead.release_due(again)
    assert world.released() == ["alpha-1"]
    assert figures(world) == {"AA 2024": "1"}
    assert again.find("alpha-1").state == "released"
    world.wait(hours=1)
    assert ahead.release_due(again) == ["beta-1"]
    assert verify(again.path) == []


class Crash(BaseException):
    pass


def crash(*_: object, **__: object) -> None:
    raise Crash


@pytest.mark.slow
def test_two_releases_that_cannot_both_be(world: World) -> None:
    ready(world, "BETA", "1", 1, y2024="1")
    twice = world.package("BETA", "1", y2024="3")
    with pytest.raises(ReleaseError, match="on the desk already"):
        actions.submit(world.desk, BEN, [twice])
