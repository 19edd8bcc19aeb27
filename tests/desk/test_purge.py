"""Purging: what should never have been public leaves every file, page and answer; all else stays as it was."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from publisher.desk import actions, ahead, purging
from publisher.desk.desk import Desk
from publisher.desk.log import verify as verify_log
from publisher.errors import ReleaseError
from publisher.operation.verify import verify
from publisher.store import journal
from tests.desk.world import ANNA, CHIEF, DEPUTY, START, TEAM, World

CANARY, SECOND = "271828.18", "314159.26"  # the figures that must not be anywhere
REASON = "one employer could be told"


def publish(world: World, office: str, release: str, flow: str = "DF_JOBS", **values: str) -> None:
    first, second = TEAM[office]
    made, _ = actions.submit(world.desk, first, [world.package(office, release, flow, **values)])
    actions.schedule(world.desk, first, made.key, None)
    actions.approve(world.desk, second, made.key)
    assert ahead.release_due(world.desk) == [f"{office.lower()}-{release}"]
    world.wait(hours=1)


def begun(path: Path) -> World:
    """The cell AA 2024 has one figure, then another; other cells and another office have theirs."""
    world = World(path)
    publish(world, "ALPHA", "1", y2023="1.5", y2024=CANARY)
    publish(world, "BETA", "1", y2023="8.5")
    publish(world, "ALPHA", "2", y2023="1.6", y2024=SECOND)
    publish(world, "ALPHA", "3", y2023="1.7", y2025="3.5", y2024=SECOND)
    return world


def purge(world: World, period: str = "2024") -> int:
    made = purging.ask(world.desk, CHIEF, "DF_JOBS", "A.AA", period, REASON)
    actions.approve(world.desk, DEPUTY, made.key)
    assert ahead.release_due(world.desk) == [made.release]
    return world.public.number


def places(home: Path, *texts: str) -> list[str]:
    """The files that have one of the texts in them, those in zip files and Parquet files too."""
    found = []
    for path in sorted(p for p in home.rglob("*") if p.is_file()):
        told = path.read_bytes()
        if path.suffix == ".parquet":
            told += str(pq.read_table(path).to_pydict()).encode()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(io.BytesIO(told)) as archive:
                told += b"".join(archive.read(name) for name in archive.namelist())
        if any(text.encode() in told for text in texts):
            found.append(path.relative_to(home).as_posix())
    return found


def test_nothing_of_the_figure_is_left(tmp_path: Path) -> None:
    world = begun(tmp_path)
    home = world.settings.home
    before = places(home, CANARY, SECOND)
    print(before)
    assert {name.split("/")[1] for name in before} >= {"releases", "index", "pages", "packages"}
    purge(world)
    assert places(home, CANARY, SECOND) == []
    assert verify(world.desk.home).findings == ()
    assert verify_log(world.desk.path) == []
