"""Two homes that differ only in what is not public, driven together: whatever is asked, they answer alike.

Each step does the same public thing to both, or something secret to one or differently to each, and then asks
random routes. `SEED=` repeats a run; `STEPS=` (`make embargo`) says how many rules are run in all.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from publisher.desk import actions, ahead
from publisher.errors import UserError
from publisher.web import fresh
from tests.desk import probes
from tests.desk.conftest import begun, twin, web
from tests.desk.world import TEAM, World

SEED = int(os.environ.get("SEED") or random.randrange(10**6))
LENGTH = 200  # rules of one life
ASKED = 3  # addresses after each rule
REST = 4  # rules between two for which something is staged, which takes long
OFFICES = st.sampled_from(["ALPHA", "BETA", "GAMMA"])
VALUES = st.sampled_from(["1", "2.5", "30"])
HOURS = st.integers(1, 30)


class Twins(RuleBasedStateMachine):
    """`pending`: (office, release) → key in each world; what is secret has another content in each."""

    beginning: Path
    place: Path
    random = random.Random(SEED)
    steps = 0

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=self.place))
        self.worlds = [twin(self.beginning, self.folder / name) for name in "ab"]
        self.webs = [web(world) for world in self.worlds]
        self.number, self.rest = 1, 0
        self.secrets: dict[int, tuple[str, str]] = {}  # world → office, key
        self.pending: dict[str, tuple[str, list[str]]] = {}  # release → office, keys
        fresh.now = lambda: self.worlds[0].clock  # type: ignore[assignment]

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    def both(self, act: Callable[[World, int], object]) -> list[object]:
        """Do the same in both worlds; what one refuses the other must refuse."""
        done: list[object] = []
        for number, world in enumerate(self.worlds):
            try:
                done.append(act(world, number))
            except UserError as error:
                done.append(type(error))
        assert isinstance(done[0], type) == isinstance(done[1], type), done
        return done

    # -- what differs ---------------------------------------------------------------------------

    @rule(
        office=OFFICES, value=VALUES, scheduled=st.booleans(), approved=st.booleans(), which=st.integers(0, 1)
    )
    @precondition(lambda self: self.rest <= 0 and len(self.secrets) < 2)
    def one_has_a_secret(self, office: str, value: str, scheduled: bool, approved: bool, which: int) -> None:
        """A release that the other world knows nothing of; it is far ahead."""
        if which in self.secrets:
            return
        self.number += 1
        world, (first, second) = self.worlds[which], TEAM[office]
        package = world.package(office, f"secret-{self.number}", y2025=value, y2026="77777.7")
        made, _ = actions.submit(world.desk, first, [package])
        if scheduled:
            actions.schedule(world.desk, first, made.key, world.clock + timedelta(days=400))
            if approved:
                actions.approve(world.desk, second, made.key)
        self.secrets[which] = (office, made.key)
        self.look(staged=True)

    @rule()
    @precondition(lambda self: self.rest <= 0 and self.secrets)
    def a_secret_is_pulled_back_or_looked_at(self) -> None:
        which, (office, key) = self.secrets.popitem()
        world, (_, second) = self.worlds[which], TEAM[office]
        if self.random.random() < 0.5:
            actions.difference(world.desk, second, key)
            self.secrets[which] = (office, key)
        else:
            actions.withdraw(world.desk, second, key, "not this year")
        self.look()

    @rule(office=OFFICES, values=st.tuples(VALUES, VALUES), hours=HOURS)
    @precondition(lambda self: self.rest <= 0 and len(self.pending) < 3)
    def a_draft_differs(self, office: str, values: tuple[str, str], hours: int) -> None:
        """Both worlds schedule a release, with other figures in each: one of them is wrong still."""
        self.number += 1
        release, (first, _) = f"{self.number}", TEAM[office]

        def act(world: World, which: int) -> str:
            draft = world.package(office, release, y2024="1", y2025=values[which] + str(which))
            made, _ = actions.submit(world.desk, first, [draft])
            actions.schedule(world.desk, first, made.key, world.clock + timedelta(hours=hours))
            return made.key

        keys = self.both(act)
        self.pending[release] = (office, [str(key) for key in keys])
        self.look(staged=True)

    # -- what is the same -----------------------------------------------------------------------

    @rule(value=VALUES, hours=HOURS)
    @precondition(lambda self: self.rest <= 0 and self.pending)
    def it_is_mended_and_approved(self, value: str, hours: int) -> None:
        """From here on both have the same content, for the same instant."""
        release, (office, keys) = self.pending.popitem()
        first, second = TEAM[office]

        def act(world: World, which: int) -> None:
            made = world.package(office, release, y2024="1", y2025=value)
            actions.submit(world.desk, first, [made], keys[which])
            actions.schedule(world.desk, first, keys[which], world.clock + timedelta(hours=hours))
            actions.approve(world.desk, second, keys[which])

        self.both(act)
        self.look(staged=True)

    @rule(office=OFFICES, hours=HOURS)
    def it_is_announced(self, office: str, hours: int) -> None:
        entry = {"provider": office, "title": {"en": "Jobs"}, "zone": "UTC"}

        def act(world: World, which: int) -> object:
            instant = (world.clock + timedelta(hours=hours)).isoformat()
            return actions.announce(world.desk, TEAM[office][0], {**entry, "instant": instant}).id

        assert len(set(map(str, self.both(act)))) == 1
        self.look()

    @rule(hours=HOURS, cancelled=st.booleans())
    def a_date_is_moved(self, hours: int, cancelled: bool) -> None:
        entries = self.worlds[0].desk.announce()
        entry = entries[hours % len(entries)]

        def act(world: World, which: int) -> None:
            instant = "" if cancelled else (world.clock + timedelta(hours=hours)).isoformat()
            actions.move(world.desk, TEAM[entry.provider][0], entry.id, instant, "UTC", "a storm")

        self.both(act)
        self.look()

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes: int) -> None:
        released = self.both(
            lambda world, which: (world.wait(minutes=minutes), ahead.release_due(world.desk))[1]
        )
        assert released[0] == released[1]
        self.look()

    @rule(seconds=st.integers(0, 70))
    def a_moment_passes(self, seconds: int) -> None:
        self.both(lambda world, which: (world.wait(seconds=seconds), ahead.release_due(world.desk)))
        self.look()

    @rule()
    def the_public_looks_around(self) -> None:
        self.look(2 * ASKED)

    @rule()
    def the_public_asks_for_headers(self) -> None:
        self.look(2 * ASKED, "HEAD")

    @rule()
    def a_replica_asks_again(self) -> None:
        self.look(2 * ASKED)

    # -- what must hold -------------------------------------------------------------------------

    def look(self, asked: int = ASKED, method: str = "GET", staged: bool = False) -> None:
        self.rest = REST if staged else self.rest - 1
        Twins.steps += 1
        for path in self.random.sample(probes.ALL, asked):
            headers = self.random.choice(probes.HEADERS)
            one, other = (probes.ask(app, path, method, headers) for app in self.webs)
            assert one == other, f"{method} {path} {headers}: {_first(one, other)}"
        names = [probes.on_disk(world.settings.home) for world in self.worlds]
        assert names[0] == names[1], set(names[0]) ^ set(names[1])


def _first(one: probes.Seen, other: probes.Seen) -> str:
    for name in ("status", "headers", "body"):
        ours, theirs = getattr(one, name), getattr(other, name)
        if ours != theirs:
            return f"{name}: {ours[:300]!r} and {theirs[:300]!r}"
    return "the same"


def drive(place: Path, steps: int, seed: int = SEED) -> int:
    """Run at least `steps` rules; how many were run."""
    begun(place / "beginning")
    Twins.beginning, Twins.place = place / "beginning" / "home", place
    Twins.random.seed(seed)
    Twins.steps = 0
    print(f"\nSEED={seed}")
    lives = settings(
        max_examples=2,
        stateful_step_count=LENGTH,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    while Twins.steps < steps:
        machine = seeded(Twins.random.randrange(2**32))(type("Lives", (Twins,), {}))
        run_state_machine_as_test(machine, settings=lives)
    return Twins.steps


@pytest.mark.slow
def test_a_short_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough to see that the machine runs; `make embargo` runs it at length."""
    monkeypatch.setattr(fresh, "now", fresh.now)
    assert drive(tmp_path, 50) >= 50


@pytest.mark.slow
@pytest.mark.skipif("STEPS" not in os.environ, reason="run by `make embargo`")
@pytest.mark.parametrize("half", [0, 1])
def test_many_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, half: int) -> None:
    monkeypatch.setattr(fresh, "now", fresh.now)
    wanted = int(os.environ["STEPS"]) // 2
    steps = drive(tmp_path, wanted, SEED + half)
    print(f"{steps} rules, {ASKED} or more routes after each: 0 differences")
    assert steps >= wanted
