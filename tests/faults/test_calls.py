"""A publication or purge killed, or refused by the disk, at any call: it happened whole, or not at all.

A purge that was decided and then stopped is seen in part until the next start of a publisher, which ends it.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import zip_longest
from typing import Any

import pytest

from tests.faults import points
from tests.faults.conftest import IS_ALL, SEED, World

pytestmark = pytest.mark.slow
SHARES = 4  # tests that the points are spread over, for as many workers
SAMPLED = {"kill": 90, "refuse": 45, "limit": 16}  # of one run; FAULTS=all takes all
KINDS: dict[str, Callable[[dict[str, list[int]]], list[str]]] = {
    "kill": points.kills,
    "refuse": points.refusals,
    "limit": points.limits,
}


@pytest.fixture(scope="session")
def calls(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[int]]:
    """The calls of one whole publication."""
    return traced(world, tmp_path_factory)


@pytest.fixture(scope="session")
def calls_of_a_purge(purged: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[int]]:
    """The calls of a whole purge, which are mostly writes of many drafts."""
    return traced(purged, tmp_path_factory, is_thin=True)


def traced(
    world: World, tmp_path_factory: pytest.TempPathFactory, is_thin: bool = False
) -> dict[str, list[int]]:
    """The calls of the whole change."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed: no call can be hit")
    if not _may_trace():
        pytest.skip("this user may not trace processes (ptrace): no call can be hit")
    trace = tmp_path_factory.mktemp("trace") / "calls"
    world.begin()
    done = world.change(strace=["-y", "-o", str(trace), "-e", f"trace={','.join(points.CHANGING)}"])
    assert done["code"] == 0, done["errors"]
    return points.calls(trace, is_thin)


def _may_trace() -> bool:
    return subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True).returncode == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", range(SHARES))
def test_a_hit_leaves_the_old_release_or_the_new_one(
    world: World, calls: dict[str, list[int]], kind: str, share: int, record_property: Callable[..., None]
) -> None:
    wrong, told = hit_at(world, KINDS[kind](calls), SAMPLED[kind], share)
    record_property("faults", f"publish, {kind}: {told}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", range(SHARES))
def test_a_hit_purge_has_not_begun_or_is_ended_by_the_next_start(
    purged: World,
    calls_of_a_purge: dict[str, list[int]],
    kind: str,
    share: int,
    record_property: Callable[..., None],
) -> None:
    wrong, told = hit_at(purged, KINDS[kind](calls_of_a_purge), SAMPLED[kind] // 3, share)
    record_property("faults", f"purge, {kind}: {told}")
    assert not wrong, "\n".join(wrong)


def hit_at(world: World, every: list[str], sampled: int, share: int) -> tuple[list[str], str]:
    """What went wrong at the points of a share, and a line on what was found."""
    chosen = (every if IS_ALL else mixed(every)[:sampled])[share::SHARES]
    found, wrong = Counter[str](), list[str]()
    for point in chosen:
        problems = hit(world, point, found)
        wrong += [f"{point}: {problem}" for problem in problems]
    told = ", ".join(f"{number} {what}" for what, number in found.most_common())
    return wrong, f"{len(chosen)} of {len(every)} points: {told}; {len(wrong)} wrong"


def mixed(every: list[str]) -> list[str]:
    """One of each call, then another of each, and so on: most are writes, and few decide anything."""
    by_call: dict[str, list[str]] = {}
    random.Random(SEED).shuffle(every)
    for point in every:
        by_call.setdefault(point.partition(":")[0].partition("=")[0], []).append(point)
    rounds = zip_longest(*by_call.values())
    return [point for one in rounds for point in one if point]


def hit(world: World, point: str, found: Counter[str]) -> list[str]:
    """Make the change into the fault `point`; everything that is not as it must be afterwards."""
    world.begin()
    done = world.change(**points.fault(point))
    wrong = []
    is_half_way, served = world.is_half_way, world.which()
    found["half way" if is_half_way else served.partition(":")[0]] += 1
    if served not in ("old", "new") and not is_half_way:
        wrong.append(f"serves {served}")
    if "signal=KILL" in point:
        if done["code"] == 0:
            found["not reached"] += 1
    elif done["code"] != 0:
        found["refused"] += 1
        wrong += told_badly(done)
    elif served != "new":
        wrong.append("said to be done, and is not")
    if residue := world.residue():
        wrong.append(f"left behind {sorted(residue)[:5]}")
    if is_half_way and (served := world.which()) != "new":
        wrong.append(f"after the next start serves {served}")
    if problem := world.again():
        wrong.append(f"the same command again: {problem}")
    return wrong


def told_badly(done: Mapping[str, Any]) -> list[str]:
    """A refusal has one of the exit codes, a line for people and no trace; or DuckDB, which may open no file
    any more, ended the process as a kill does."""
    if done["code"] == -signal.SIGABRT and "unique_ptr that is NULL" in done["errors"]:
        return []
    is_well = done["code"] in (1, 4, 5, 7, 8) and "lmis: " in done["errors"]
    if is_well and "Traceback" not in done["errors"]:
        return []
    return [f"exit code {done['code']}, told: {done['errors'][-600:]}"]
