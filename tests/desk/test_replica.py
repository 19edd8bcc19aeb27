"""The example client: a copy that is fed by deltas alone is what the service has, after any releases."""

from __future__ import annotations

import csv
import io
import json
import random
import runpy
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from publisher.desk import actions, ahead
from publisher.web import fresh
from tests.desk import probes
from tests.desk.conftest import web
from tests.desk.world import TEAM, World

SCRIPT = Path(__file__).parents[1] / "clients" / "scripts" / "replica.py"
replica = SimpleNamespace(**runpy.run_path(str(SCRIPT)))
Fetch = Callable[[str, str], tuple[int, str, str]]
SEED = random.randrange(10**6)


@pytest.mark.slow
def test_a_copy_fed_by_deltas_is_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Releases, corrections, withdrawals; the copy looks now and then, and misses some."""
    print(f"SEED={SEED}")
    chance = random.Random(SEED)
    world = World(tmp_path)
    monkeypatch.setattr(fresh, "now", lambda: world.clock)
    copies = {every: sqlite3.connect(":memory:") for every in (1, 3)}
    for number in range(1, 16):
        _something(world, number, chance)
        world.wait(hours=chance.choice([0, 1, 2]))
        app = web(world)

        def fetch(url: str, tag: str, app: object = app) -> tuple[int, str, str]:
            headers = {"If-None-Match": tag} if tag else {}
            seen = probes.ask(app, url.removeprefix("http://lmis.test"), headers=headers)  # type: ignore[arg-type]
            return int(seen.status[:3]), dict(seen.headers).get("ETag", ""), seen.body.decode()

        for every, copy in copies.items():
            if number % every == 0:
                replica.keep("http://lmis.test", copy, fetch)
                assert _held(copy) == _source(fetch), f"after {number}"
                assert replica.keep("http://lmis.test", copy, fetch) == 0, "nothing new: 304"


def _something(world: World, number: int, chance: random.Random) -> None:
    office = chance.choice(list(TEAM))
    first, second = TEAM[office]
    mine = [id for id in world.released() if id.startswith(office.lower())]
    if mine and chance.random() < 0.25 and "withdrawn" not in mine[-1]:
        made = actions.withdraw(world.desk, first, mine[-1], "an error")
    else:
        flow = "DF_PAY" if office == "ALPHA" and chance.random() < 0.5 else "DF_JOBS"
        values = {f"y{year}": str(chance.randrange(100)) for year in chance.sample(range(2010, 2026), 6)}
        package = world.package(office, str(number), flow, **values)
        made, _ = actions.submit(world.desk, first, [package])
        made = actions.schedule(world.desk, first, made.key, world.clock + timedelta(minutes=1))
    actions.approve(world.desk, second, made.key)
    world.wait(minutes=1)
    assert ahead.release_due(world.desk)


def _held(copy: sqlite3.Connection) -> dict[str, dict[str, str]]:
    rows = copy.execute("SELECT dataflow, key, row FROM observation").fetchall()
    return {f"{flow} {key}": json.loads(row) for flow, key, row in rows}


def _source(fetch: Fetch) -> dict[str, dict[str, str]]:
    found = {}
    for flow in ("DF_JOBS", "DF_PAY"):
        urn = f"urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=DESK:{flow}(1.0.0)"
        url = f"http://lmis.test/sdmx/v2/data/dataflow/DESK/{flow}/1.0.0/*?format=csvdata&formatVersion=2.0.0"
        for row in csv.DictReader(io.StringIO(fetch(url, "")[2])):
            for name in ("STRUCTURE", "STRUCTURE_ID", "ACTION"):
                del row[name]
            key = ".".join(row[name] for name in ("FREQ", "REF_AREA", "TIME_PERIOD"))
            found[f"{urn} {key}"] = row
    return found
