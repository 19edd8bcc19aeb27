"""A dry run at the desk: against what is public, and against what is scheduled of the same office."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from publisher.desk import actions, ahead
from publisher.desk.rehearsal import dry_runs
from publisher.errors import Forbidden
from tests.desk.world import ANNA, BEA, START, TEAM, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Public 2023; scheduled 2024 and then 2025 of ALPHA, and something of BETA."""
    world = World(tmp_path)
    ready(world, "ALPHA", "1", 0, y2023="1.0")
    ahead.release_due(world.desk)
    ready(world, "ALPHA", "2", 2, y2023="1.0", y2024="2.0")
    ready(world, "BETA", "1", 3, y2024="9.0")
    ready(world, "ALPHA", "3", 4, y2023="1.0", y2024="2.5", y2025="3.0")
    return world


def ready(world: World, office: str, release: str, hours: float, **values: str) -> None:
    first, second = TEAM[office]
    made, _ = actions.submit(world.desk, first, [world.package(office, release, **values)])
    actions.schedule(world.desk, first, made.key, START + timedelta(hours=hours))
    actions.approve(world.desk, second, made.key)


def partial(world: World, action: str, **values: str) -> Path:
    path = world.package("ALPHA", "4", **values)
    told = json.loads((path / "datapackage.json").read_text("utf-8"))
    told["resources"][0]["sdmx"]["action"] = action
    (path / "datapackage.json").write_text(json.dumps(told), encoding="utf-8")
    return path


# action and figures → (added, revised, withdrawn, unchanged) on what is public, and on what is scheduled
CASES = [
    ("Merge", {"y2024": "2.7"}, (1, 0, 0, 1), (0, 1, 0, 2)),
    ("Merge", {"y2026": "4.0"}, (1, 0, 0, 1), (1, 0, 0, 3)),
    ("Replace", {"y2023": "1.0"}, (0, 0, 0, 1), (0, 0, 2, 1)),
    ("Delete", {"y2023": "1.0"}, (0, 0, 1, 0), (0, 0, 1, 2)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("action", "values", "public", "scheduled"), CASES)
def test_both_effects(
    action: str, values: dict[str, str], public: tuple[int, ...], scheduled: tuple[int, ...], world: World
) -> None:
    before = world.released()
    now, later = dry_runs(world.desk, ANNA, [partial(world, action, **values)])
    counts = [
        tuple(run.effects[0].observations[name] for name in ("added", "revised", "withdrawn", "unchanged"))
        for run in (now, later)
    ]
    assert counts == [public, scheduled]
    assert (now.scheduled, later.scheduled) == ((), ("alpha-2", "alpha-3"))
    assert "alpha-4 after what is scheduled (alpha-2, alpha-3); nothing was changed" in str(later)
    assert world.released() == before
    assert {s.release for s in world.desk.submissions().values()} == {
        "alpha-1",
        "alpha-2",
        "alpha-3",
        "beta-1",
    }
    assert [by for _, by in world.desk.find("alpha-3").seen_by] == ["anna"]


@pytest.mark.slow
def test_only_ones_own(world: World) -> None:
    with pytest.raises(Forbidden):
        dry_runs(world.desk, BEA, [partial(world, "Merge", y2024="2.7")])
    assert world.desk.find("alpha-3").seen_by == ()
