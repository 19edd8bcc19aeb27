"""The publisher's loop: never early, on time, through restarts and clocks that jump."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.desk import actions, ahead
from publisher.desk.scheduler import PAUSE, Clock, Publisher
from publisher.web import fresh
from tests.desk import probes
from tests.desk.conftest import web
from tests.desk.world import START, TEAM, World

SEED = random.randrange(10**6)


@dataclass
class Hands:
    """A machine's two clocks, moved by hand."""

    wall: float = START.timestamp()
    steady: float = 1000.0
    told: list[str] = field(default_factory=list)

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds

    def clock(self) -> Clock:
        return Clock(lambda: self.wall, lambda: self.steady)


def publisher(world: World, hands: Hands) -> Publisher:
    """A publisher as it is after a start."""
    return Publisher(world.another_desk(), hands.clock(), hands.told.append, hands.pass_)


def scheduled(world: World, office: str, release: str, at: datetime, **values: str) -> None:
    first, second = TEAM[office]
    made, _ = actions.submit(world.desk, first, [world.package(office, release, **values)])
    actions.schedule(world.desk, first, made.key, at)
    actions.approve(world.desk, second, made.key)


@pytest.mark.parametrize(
    ("moves", "now"),
    [
        ([("both", 10)], 10),
        ([("wall", 3600)], 0),  # put forward: believed when as much has passed
        ([("wall", 3600), ("both", 3600)], 3600),
        ([("wall", 0.5)], 0.5),  # corrected a little
        ([("wall", 0.5), ("wall", 0.5), ("both", 1)], 2),
        ([("wall", -3600)], -3600),  # put back: believed
        ([("wall", -3600), ("wall", 3600), ("both", 5)], 5),
        ([("wall", -10), ("both", 20)], 10),
    ],
)
def test_the_time_that_has_come_for_sure(moves: list[tuple[str, float]], now: float) -> None:
    hands = Hands()
    clock = hands.clock()
    for which, seconds in moves:
        hands.wall += seconds
        hands.steady += seconds if which == "both" else 0
        told = clock.now()
    assert told.timestamp() == pytest.approx(START.timestamp() + now)


@pytest.mark.slow
@pytest.mark.parametrize("jump", [-86400 * 366, -7200, 7200, 86400 * 366])
def test_a_jump_releases_nothing_early(tmp_path: Path, jump: float) -> None:
    """A leap year off, or the hours of a wrong zone."""
    world, hands = World(tmp_path), Hands()
    scheduled(world, "ALPHA", "1", START + timedelta(hours=1), y2024="1")
    one = publisher(world, hands)
    one.look()
    hands.wall += jump
    for _ in range(59):
        hands.pass_(60)
        one.look()
        assert world.released() == []
    assert any("jumped" in told for told in hands.told)
    hands.wall -= jump
    hands.pass_(60)
    one.look()
    assert world.released() == ["alpha-1"]


@pytest.mark.slow
def test_a_restart_after_the_instant(tmp_path: Path) -> None:
    world, hands = World(tmp_path), Hands()
    scheduled(world, "ALPHA", "1", START + timedelta(hours=1), y2024="1")
    scheduled(world, "BETA", "1", START + timedelta(hours=2), y2024="1")
    publisher(world, hands).look()
    hands.pass_(3600 + 900)
    publisher(world, hands).look()
    assert world.released() == ["alpha-1"]
    assert world.public.instant == START + timedelta(minutes=75), "it was not public before"
    hands.pass_(2700)
    publisher(world, hands).look()
    assert world.released() == ["alpha-1", "beta-1"]


@pytest.mark.slow
def test_a_late_one_is_an_alarm(tmp_path: Path) -> None:
    world, hands = World(tmp_path), Hands()
    first, _ = TEAM["ALPHA"]
    made, _ = actions.submit(world.desk, first, [world.package("ALPHA", "1", y2024="1")])
    actions.schedule(world.desk, first, made.key, START + timedelta(minutes=1))
    one = publisher(world, hands)
    hands.pass_(60 + ahead.GRACE)
    one.look()
    assert hands.told == []
    hands.pass_(0.1)
    one.look()
    assert "late: alpha-1 was due" in hands.told[0]
    assert "another person than anna" in hands.told[0]
    one.look()
    assert len(hands.told) == 1, "told once a minute"


@pytest.mark.slow
def test_every_channel_at_the_instant_and_never_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Releases at random instants, the loop driven on a clock that only its own waiting moves."""
    print(f"SEED={SEED}")
    chance = random.Random(SEED)
    world, hands = World(tmp_path), Hands()
    monkeypatch.setattr(fresh, "now", lambda: datetime.fromtimestamp(hands.wall, UTC))
    one, app = publisher(world, hands), web(world)
    took = 0.0
    for number in range(RELEASES):
        world.clock = datetime.fromtimestamp(hands.wall, UTC)
        due = (world.clock + timedelta(seconds=chance.randrange(3, 30))).replace(microsecond=0)
        office = chance.choice(["ALPHA", "BETA", "GAMMA"])
        scheduled(world, office, str(number), due, y2024=str(number))
        before = list(channels(app))
        while (left := due.timestamp() - hands.wall) > 1e-5:
            pause = one.look()
            assert number == len(world.released())
            if number and left <= PAUSE:
                assert list(channels(app)) == before
            hands.pass_(min(pause, left) if pause else left)
        started = time.monotonic()
        one.look()
        took = max(took, time.monotonic() - started)
        assert abs(hands.wall - due.timestamp()) < 0.001
        assert world.public.instant == due
        assert all(f"{office.lower()}-{number}" in text for text in list(channels(app))[:3])
    assert hands.told == []
    print(f"{RELEASES} releases at their instants, switched within {took:.2f} s")


RELEASES = int(os.environ.get("RELEASES") or 4)  # 200 by `make embargo`


def channels(app: object) -> Iterator[str]:
    """What names the newest release, and what counts or shows its figures."""
    for path in (
        "/feed.json",
        "/en/releases",
        "/feed.atom",
        "/healthz",
        "/sdmx/v2/data/dataflow/DESK/DF_JOBS/1.0.0/*?format=csvdata",
        "/api/3/action/package_search",
        "/en/",
    ):
        yield probes.ask(app, path).body.decode()  # type: ignore[arg-type]


def test_it_looks_again_in_time(tmp_path: Path) -> None:
    world, hands = World(tmp_path), Hands()
    assert publisher(world, hands).look() == pytest.approx(PAUSE)
