"""The web's `/healthz`: what is announced and late, what is damaged, and nothing else."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from publisher.desk import actions, ahead
from tests.desk.conftest import twin, web
from tests.desk.world import ALI, ANNA, START, World

pytestmark = pytest.mark.slow
ANNOUNCED = datetime.fromisoformat("2026-03-04T10:00+00:00")  # in the world's beginning


@pytest.fixture
def world(beginning: Path, tmp_path: Path, frozen: list[World]) -> World:
    world = twin(beginning, tmp_path)
    frozen.append(world)
    return world


def told(world: World) -> tuple[str, int, int]:
    """Status, how many are late, and the HTTP status with `strict`; without it everything is 200."""
    client = web(world).test_client()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json["status"], answer.json["late"], client.get("/healthz?strict").status_code


@pytest.mark.parametrize(
    ("seconds", "found"),
    [(-1, ("ok", 0, 200)), (0, ("ok", 0, 200)), (5, ("ok", 0, 200)), (6, ("late", 1, 503))],
)
def test_what_is_announced_is_late(world: World, seconds: int, found: tuple[str, int, int]) -> None:
    world.clock = ANNOUNCED + timedelta(seconds=seconds)
    assert told(world) == found


def test_it_came(world: World) -> None:
    made, _ = actions.submit(world.desk, ANNA, [world.package("ALPHA", "2", y2024="3")])
    actions.schedule(world.desk, ANNA, made.key, ANNOUNCED)
    world.clock = ANNOUNCED + timedelta(minutes=1)
    assert told(world) == ("late", 1, 503)
    actions.approve(world.desk, ALI, made.key)
    assert ahead.release_due(world.desk) == ["alpha-2"]
    assert told(world) == ("ok", 0, 200)


def test_what_is_not_announced_is_not_told(world: World) -> None:
    """Nobody knows that it is to come: the desk's own `/healthz` says that it is late."""
    made, _ = actions.submit(world.desk, ANNA, [world.package("ALPHA", "2", y2024="3")])
    actions.schedule(world.desk, ANNA, made.key, START + timedelta(hours=1))
    world.wait(hours=2)
    assert told(world) == ("ok", 0, 200)


@pytest.mark.parametrize("room", ["releases", "structures", "index", "pages"])
def test_what_is_damaged(world: World, room: str) -> None:
    assert told(world)[0] == "ok"
    files = sorted(p for p in (world.settings.home / "public" / room).rglob("*") if p.is_file())
    newest = [p for p in files if room != "pages" or f"pages/{world.public.number}/" in p.as_posix()]
    whole = newest[0].read_bytes()
    newest[0].write_bytes(whole + b" ")
    assert told(world) == ("damaged", 0, 503)
    newest[0].write_bytes(whole)
    assert told(world) == ("ok", 0, 200), "mended"


def test_nothing_can_be_answered(world: World) -> None:
    client = web(world).test_client()
    shutil.rmtree(world.settings.home / "public" / "vintages")
    assert client.get("/healthz").status_code == 503
