"""Homes to be hit, the server that forks, and what each suite found, told at the end of the run."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from publisher.store import Home
from publisher.store.journal import is_open
from publisher.store.lock import KEEP
from tests.faults.forks import Forks
from tests.faults.world import deployment, packages, state, tree

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
IS_ALL = os.environ.get("FAULTS") == "all"


@dataclass(frozen=True)
class World:
    """A home before and after a change, what each answers, and the way to make the change."""

    forks: Forks
    home: Path  # where every run happens
    job: Mapping[str, Any]  # what makes the change
    kept: Path  # the home before, to copy from
    old: dict[str, str]
    new: dict[str, str]
    trees: tuple[dict[str, str], dict[str, str]]
    answered: dict[str, dict[str, str]] = field(default_factory=dict)  # by the state of `public/`
    mended: set[str] = field(default_factory=set)  # states of the home from which the change was made again

    def begin(self) -> None:
        """The home as it was before the change."""
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.kept, self.home)

    def change(self, **fault: Any) -> dict[str, Any]:
        return self.forks(home=self.home, **self.job, **fault)

    @property
    def is_half_way(self) -> bool:
        """Whether a purge was decided and then stopped: the next writer does the rest."""
        return is_open(Home(self.home))

    def answers(self) -> dict[str, str]:
        """What the home answers; the web reads `public/` alone, so each state of it is asked once."""
        public = state(self.home / "public")
        if public not in self.answered:
            asked = self.forks("ask", home=self.home)
            assert asked["code"] == 0, asked
            self.answered[public] = asked["answers"]
        return self.answered[public]

    def which(self) -> str:
        """`old` or `new`: what the home serves, whole; else what is mixed."""
        answers = self.answers()
        if answers in (self.old, self.new):
            return "old" if answers == self.old else "new"
        wrong = {path for path in answers if answers[path] not in (self.old[path], self.new[path])}
        return f"mixed: {wrong or answers}"

    def residue(self) -> set[str]:
        """What differs from the old home and from the new one, after the next start.

        SQLite's own journal is its next writer's to clear away; nobody reads from it what was not kept.
        """
        self.forks("sweep", home=self.home)
        now = tree(self.home)
        now.pop("public/catalogue.sqlite-journal", None)
        return min((_apart(now, then) for then in self.trees), key=len)

    def again(self) -> str:
        """Make the change once more, from each state once; what is wrong with that."""
        before = state(self.home)
        if before in self.mended:
            return ""
        done = self.change()
        if done["code"] != 0 or self.apart():
            return f"{done['errors'][-300:]} {sorted(self.apart())[:5]}"
        self.mended.add(before)
        return ""

    def apart(self) -> set[str]:
        """What differs from the new home."""
        return _apart(tree(self.home), self.trees[1])


def _apart(one: dict[str, str], other: dict[str, str]) -> set[str]:
    return {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    if sys.platform != "linux":
        pytest.skip("the server of the fault suites forks: Linux only")
    server = Forks()
    yield server
    server.close()


@pytest.fixture(scope="session")
def world(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A home with one release, and the next one as the change."""
    with _place(tmp_path_factory, "publish") as place:
        first, following = packages(place)
        yield _world(forks, place, {"do": "publish", "package": following}, first)


@pytest.fixture(scope="session")
def purged(forks: Forks, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A home with two releases, and the purge of a figure that is in both as the change."""
    with _place(tmp_path_factory, "purge") as place:
        yield _world(forks, place, {"do": "purge"}, *packages(place))


@contextmanager
def _place(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """A folder, in memory where that can be had."""
    place = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else tmp_path_factory.getbasetemp()
    place = place / f"lmis-faults-{name}-{os.getpid()}"
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _world(forks: Forks, place: Path, job: Mapping[str, Any], *public: Path) -> World:
    home, kept = place / "home", place / "kept"
    deployment(home)
    for package in public:
        assert forks("publish", home=home, package=package)["code"] == 0
    (home / KEEP).touch()  # the first who asks for the lock makes its file, which stays
    shutil.copytree(home, kept)
    old = forks("ask", home=home)["answers"]
    shutil.rmtree(home)
    shutil.copytree(kept, home)
    done = forks(home=home, **job)
    assert done["code"] == 0, done["errors"]
    trees = tree(kept), tree(home)
    return World(forks, home, job, kept, old, forks("ask", home=home)["answers"], trees)


def pytest_report_header() -> str:
    return f"faults: SEED={SEED}" + (" FAULTS=all" if IS_ALL else "")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """One line a suite: how many points, what was found at them."""
    reports = {id(r): r for found in terminalreporter.stats.values() for r in found}
    for report in reports.values():
        for name, told in getattr(report, "user_properties", ()):
            if name == "faults" and report.when == "call":
                terminalreporter.write_line(told)
