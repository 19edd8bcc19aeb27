"""A publication killed, or refused by the disk, at any system call: the old release or the new one, whole."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable

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
    if not shutil.which("strace"):
        pytest.skip("strace is not installed: no call can be hit")
    if not _may_trace():
        pytest.skip("this user may not trace processes (ptrace): no call can be hit")
    trace = tmp_path_factory.mktemp("trace") / "calls"
    world.begin()
    done = world.publish(strace=["-o", str(trace), "-e", f"trace={','.join(points.CHANGING)}"])
    assert done["code"] == 0, done["errors"]
    return points.calls(trace)


def _may_trace() -> bool:
    return subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True).returncode == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", range(SHARES))
def test_a_hit_leaves_the_old_release_or_the_new_one(
    world: World, calls: dict[str, list[int]], kind: str, share: int, record_property: Callable[..., None]
) -> None:
    every = KINDS[kind](calls)
    random.Random(SEED).shuffle(every)
    chosen = (every if IS_ALL else every[: SAMPLED[kind]])[share::SHARES]
    found, wrong = Counter[str](), list[str]()
    for point in chosen:
        problems = hit(world, point, found)
        wrong += [f"{point}: {problem}" for problem in problems]
    told = ", ".join(f"{number} {what}" for what, number in found.most_common())
    record_property("faults", f"{kind}: {len(chosen)} of {len(every)} points: {told}; {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)


def hit(world: World, point: str, found: Counter[str]) -> list[str]:
    """Publish into the fault `point`; everything that is not as it must be afterwards."""
    world.begin()
    done = world.publish(**points.fault(point))
    wrong = []
    served = world.which()
    found[served.partition(":")[0]] += 1
    if served not in ("old", "new"):
        wrong.append(f"serves {served}")
    if "signal=KILL" in point:
        if done["code"] == 0:
            found["not reached"] += 1
    elif done["code"] != 0:
        found["refused"] += 1
        if done["code"] not in (1, 4, 5, 7) or "lmis: " not in done["errors"]:
            wrong.append(f"exit code {done['code']}, told: {done['errors'][-600:]}")
    elif served != "new":
        wrong.append("said to be published, and is not")
    if residue := world.residue():
        wrong.append(f"left behind {sorted(residue)[:5]}")
    again = world.publish()
    if again["code"] != 0 or world.apart():
        wrong.append(f"the same command again: {again['errors'][-300:]} {sorted(world.apart())[:5]}")
    return wrong
