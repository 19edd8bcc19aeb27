"""Two homes that differ only in what is not public, and what the public sees of them."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from publisher.desk import actions, ahead
from publisher.web import fresh
from publisher.web.app import create_app
from publisher.web.direct import Direct
from tests.desk.world import ANNA, START, TEAM, World


def web(world: World) -> Flask:
    """The web of a home, as `lmis serve` stacks it."""
    app = create_app(world.settings)
    app.wsgi_app = Direct(app.wsgi_app, app)  # type: ignore[method-assign]
    return app


def begun(path: Path) -> World:
    """A world with one public release of each of two offices, and one announced."""
    world = World(path)
    for office in ("ALPHA", "BETA"):
        first, second = TEAM[office]
        made, _ = actions.submit(world.desk, first, [world.package(office, "1", y2023="1.0", y2024="2.0")])
        actions.schedule(world.desk, first, made.key, None)
        actions.approve(world.desk, second, made.key)
    ahead.release_due(world.desk)
    announced = {"provider": "ALPHA", "title": {"en": "Jobs"}, "instant": "2026-03-04T10:00", "zone": "UTC"}
    actions.announce(world.desk, ANNA, announced)
    return world


@pytest.fixture(scope="session")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home to copy."""
    path = tmp_path_factory.mktemp("beginning")
    begun(path)
    return path / "home"


def twin(beginning: Path, path: Path) -> World:
    """A world of its own that begins as the others do."""
    shutil.copytree(beginning, path / "home", symlinks=True)
    world = World(path)
    world.clock = START + timedelta(minutes=1)
    return world


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> list[World]:
    """The web's clock is the world's that was put into the list."""
    worlds: list[World] = []
    monkeypatch.setattr(fresh, "now", lambda: worlds[0].clock)
    return worlds
