"""What was public on a day is one address, for pages, downloads and sheets; `latest` is public now."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.desk import actions, ahead
from tests.desk import probes
from tests.desk.conftest import twin, web
from tests.desk.world import TEAM, World

ALPHA = "alpha-df-jobs"


@pytest.fixture
def world(beginning: Path, tmp_path: Path, frozen: list[World]) -> World:
    """ALPHA's release of 2 March, and another of 5 March; it is 10 March."""
    world = twin(beginning, tmp_path)
    frozen.append(world)
    world.wait(days=3)
    first, second = TEAM["ALPHA"]
    made, _ = actions.submit(world.desk, first, [world.package("ALPHA", "2", y2024="9.75")])
    actions.schedule(world.desk, first, made.key, None)
    actions.approve(world.desk, second, made.key)
    assert ahead.release_due(world.desk) == ["alpha-2"]
    world.wait(days=5)
    return world


# address → status, and where it leads or what is in it
CASES = (
    ("/en/at/2026-03-02", 200, "alpha-1"),
    ("/en/at/2026-03-04", 200, "alpha-1"),
    ("/en/at/2026-03-05", 200, "alpha-2"),
    ("/en/at/latest", 200, "alpha-2"),
    ("/en/at/2026-03-05T07:00:00Z", 200, "alpha-1"),
    ("/id/at/2026-03-04", 200, "alpha-1"),
    ("/at/2026-03-04", 302, "/en/at/2026-03-04"),
    ("/en/at?on=2026-03-04", 302, "/en/at/2026-03-04"),
    ("/en/at/2026-03-01", 404, "2026-03-02"),
    ("/en/at/2026-03-11", 404, "has not come yet"),
    ("/en/at/yesterday", 404, "is no day"),
    ("/en/at/9999-12-31", 404, ""),
    (f"/at/2026-03-04/{ALPHA}.csv", 302, f"/files/1/{ALPHA}.csv"),
    (f"/at/2026-03-05/{ALPHA}.csv", 302, f"/files/2/{ALPHA}.csv"),
    (f"/at/latest/{ALPHA}.xlsx", 302, f"/files/2/{ALPHA}.xlsx"),
    ("/at/latest/nothing.csv", 404, ""),
    ("/en/at/2026-03-04/factsheets/AA", 302, "/files/1/factsheets/AA.en.html"),
    (f"/releases/alpha-1/files/{ALPHA}.csv", 302, f"/files/1/{ALPHA}.csv"),
    (f"/releases/alpha-2/files/{ALPHA}.parquet", 302, f"/files/2/{ALPHA}.parquet"),
    (f"/releases/latest/files/{ALPHA}.csv", 302, f"/files/2/{ALPHA}.csv"),
    ("/releases/nothing/files/x.csv", 404, ""),
    ("/releases/latest", 302, "/en/releases/alpha-2"),
    ("/releases/latest?provider=beta", 302, "/en/releases/beta-1"),
    ("/releases/latest?dataset=beta-df-jobs", 302, "/en/releases/beta-1"),
    ("/releases/latest?provider=gamma", 404, ""),
)


@pytest.mark.slow
def test_every_address(world: World) -> None:
    app = web(world)
    for path, status, told in CASES:
        seen = probes.ask(app, path)
        assert seen.status.startswith(str(status)), (path, seen.status, seen.body[-600:])
        where = dict(seen.headers).get("Location", "") if status == 302 else seen.body.decode()
        assert where.endswith(told) if status == 302 else told in where, path
        if status == 302 and "/files/" in told and "factsheets" not in told:
            assert probes.ask(app, where).status.startswith("200"), where


@pytest.mark.slow
def test_a_day_that_is_over_shows_the_same_for_ever(world: World) -> None:
    page = probes.ask(web(world), "/en/at/2026-03-04").body
    assert b"asOf=2026-03-02T08:00:00Z" in page
    first, second = TEAM["BETA"]
    made, _ = actions.submit(world.desk, first, [world.package("BETA", "2", y2024="3.5")])
    actions.schedule(world.desk, first, made.key, None)
    actions.approve(world.desk, second, made.key)
    assert ahead.release_due(world.desk) == ["beta-2"]
    world.wait(days=40)
    later = probes.ask(web(world), "/en/at/2026-03-04").body
    assert _main(later) == _main(page)


def _main(page: bytes) -> bytes:
    """The page without its frame, which tells what comes next."""
    return page.partition(b"<main")[2].partition(b"</main")[0]
