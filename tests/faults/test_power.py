"""The power fails while a release is published: the disk then has the old one or the new one, whole."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import power
from tests.faults.conftest import IS_ALL, SEED, World

pytestmark = pytest.mark.slow
SHARES = 2
SAMPLED = 24  # of one run and way; FAULTS=all takes every moment


@pytest.fixture(scope="session")
def record(world: World) -> Path:
    """One whole publication, looked at before each fsync and each rename."""
    kept = world.home.with_name("record")
    shutil.rmtree(kept, ignore_errors=True)
    world.begin()
    done = world.forks(home=world.home, into=kept, **(dict(world.job) | {"do": "record"}))
    assert done["code"] == 0, done["errors"]
    assert world.which() == "new"
    return kept


@pytest.mark.parametrize("way", power.LEFT)
@pytest.mark.parametrize("share", range(SHARES))
def test_the_power_fails(
    world: World, record: Path, way: str, share: int, record_property: Callable[..., None]
) -> None:
    seen = power.looks(record)
    moments = list(range(len(seen) - 1))
    random.Random(SEED).shuffle(moments)
    end = len(seen) - 1  # it said that it is done: from here on it is there, whatever happens
    chosen = [*(moments if IS_ALL else moments[:SAMPLED])[share::SHARES], end]
    found, wrong = Counter[str](), list[str]()
    for at in chosen:
        shutil.rmtree(world.home, ignore_errors=True)
        power.lay(record, world.home, power.Crash(seen, at, way, SEED))
        served = world.which()
        found[served.partition(":")[0]] += 1
        if served not in ("old", "new") or (at == end and served != "new"):
            wrong.append(f"moment {at} of {end}: serves {served}")
        if residue := world.residue():  # once a publisher has started: to publish the same again may not
            wrong.append(f"moment {at}: left behind {sorted(residue)[:5]}")
        if problem := world.again():
            wrong.append(f"moment {at}: again: {problem}")
    told = ", ".join(f"{number} {what}" for what, number in found.most_common())
    record_property(
        "faults", f"power, {way}: {len(chosen)} of {len(seen)} moments: {told}; {len(wrong)} wrong"
    )
    assert not wrong, "\n".join(wrong)
