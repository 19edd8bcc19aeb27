"""No answer, public or the desk's, names a path of the machine: not when nothing is published, or damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from publisher.desk import people
from publisher.desk.api import ROUTES, create_app
from tests.desk import probes
from tests.desk.conftest import twin, web
from tests.desk.test_api import EXPIRES, bearer
from tests.desk.world import World


def told(world: World) -> list[str]:
    """The addresses whose answers name the home, or a folder above it."""
    app = web(world)
    needles = [
        str(place).encode() for place in (world.settings.home, *world.settings.home.parents) if place.name
    ]
    needles = [needle for needle in needles if needle.count(b"/") > 1]
    found = []
    for path in probes.ALL:
        for headers in probes.HEADERS[::3]:
            seen = probes.ask(app, path, headers=headers)
            if any(needle in seen.body + repr(seen.headers).encode() for needle in needles):
                found.append(path)
    return found


def test_before_the_first_release(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.settings.home.mkdir()
    assert told(world) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "room", ["index", "structures", "releases", "pages", "vintages", "current", "catalogue.sqlite"]
)
def test_when_something_is_lost(beginning: Path, tmp_path: Path, room: str) -> None:
    world = twin(beginning, tmp_path)
    place = world.settings.home / "public" / room
    if place.is_dir():
        for path in place.rglob("*"):
            if path.is_file() and path.suffix != ".parquet":
                path.write_bytes(b"\xffdamaged")
    elif room != "current":
        place.write_bytes(b"damaged" * 1000)
    else:
        place.write_text("x", encoding="utf-8")
    assert told(world) == []
    shutil.rmtree(world.settings.home / "public")
    assert told(world) == []


def test_the_desk_names_none(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.settings.home.mkdir()
    token = people.issue(world.desk.folder, "con", "ALPHA", "controller", EXPIRES)
    client = create_app(world.desk).test_client()
    for rule, method, _, _ in ROUTES:
        path = rule.replace("<key>", "x").replace("<path:path>", "en/releases").replace("<id>", "x")
        for body in ({}, {"dataflow": "DF_JOBS", "cells": "A.AA", "reason": "x", "instant": "x"}):
            answer = client.open(path, method=method, headers=bearer(token), json=body)
            assert str(tmp_path) not in answer.text, (method, rule, answer.text)
