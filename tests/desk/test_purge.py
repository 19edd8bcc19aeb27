"""Purging: what should never have been public leaves every file, page and answer; all else stays."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from publisher.desk import actions, ahead, purging
from publisher.desk.desk import Desk
from publisher.desk.log import verify as verify_log
from publisher.desk.people import ROLES, Person
from publisher.errors import Forbidden, NotFound, ReleaseError, UsageError
from publisher.operation.backup import backup
from publisher.operation.repair import repair
from publisher.operation.restore import restore
from publisher.operation.verify import verify
from publisher.rest import Answer, Request, answer
from publisher.store import Home, current, journal
from tests.desk import probes
from tests.desk.conftest import web
from tests.desk.test_replica import _held, replica
from tests.desk.world import ALI, ANNA, CHIEF, DEPUTY, TEAM, World

FIRST, SECOND = "271828.18", "314159.26"  # the figures that must not be anywhere
pytestmark = pytest.mark.slow
REASON = "one employer could be told"
# what a reader may ask; {at} is an instant of the past
ASKED = (
    "v2 data/dataflow/DESK/DF_JOBS/1.0.0/*?format=csvdata{at}",
    "v2 data/dataflow/DESK/DF_JOBS/1.0.0/*?format=jsondata{at}",
    "v2 data/dataflow/DESK/DF_JOBS/1.0.0/*?format=structurespecificdata&formatVersion=3.0.0{at}",
    "v2 data/datastructure/DESK/DSD_DESK/1.0.0/*?format=csvdata{at}",
    "v2 data/provisionagreement/DESK/PA_ALPHA_DF_JOBS/1.0.0/*?format=csvdata{at}",
    "v2 data/dataflow/DESK/DF_JOBS/1.0.0/*?format=csvdata&includeHistory=true{at}",
    "v2 availability/dataflow/DESK/DF_JOBS/1.0.0?references=none{at}",
    "v1 data/DF_JOBS?includeHistory=true",
)
BETWEEN = ("2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z", "2026-03-02T10:30:00Z", "2026-03-02T11:30:00Z")


def publish(world: World, office: str, release: str, flow: str = "DF_JOBS", **values: str) -> None:
    first, second = TEAM[office]
    made, _ = actions.submit(world.desk, first, [world.package(office, release, flow, **values)])
    actions.schedule(world.desk, first, made.key, None)
    actions.approve(world.desk, second, made.key)
    assert ahead.release_due(world.desk) == [f"{office.lower()}-{release}"]
    world.wait(hours=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The cell AA 2024 has one figure, then another, and both are withdrawn; other cells have others."""
    world = World(tmp_path_factory.mktemp("purge"))
    publish(world, "ALPHA", "1", y2023="1.5", y2024=FIRST)
    publish(world, "BETA", "1", y2023="8.5")
    publish(world, "ALPHA", "2", y2023="1.6", y2024=SECOND)
    publish(world, "ALPHA", "3", y2023="1.7", y2024=SECOND, y2025="3.5")
    return world


@pytest.fixture
def world(made: World, tmp_path: Path) -> World:
    """A copy that may be changed."""
    return copied(made, tmp_path)


def copied(made: World, path: Path) -> World:
    shutil.copytree(made.path / "home", path / "home", symlinks=True)
    world = World(path, clock=made.clock)
    world.made = 100
    return world


def purge(world: World, period: str = "2024") -> str:
    made = purging.ask(world.desk, CHIEF, "DF_JOBS", "A.AA", period, REASON)
    actions.approve(world.desk, DEPUTY, made.key)
    assert ahead.release_due(world.desk) == [made.release]
    return made.release


def places(home: Path, *texts: str) -> list[str]:
    """The files that have one of the texts in them, those in zip files and Parquet files too."""
    found = []
    for path in sorted(p for p in home.rglob("*") if p.is_file()):
        told = path.read_bytes()
        if path.suffix == ".parquet":
            told += str(pq.read_table(path).to_pydict()).encode()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                told += b"".join(archive.read(name) for name in archive.namelist())
        if any(text.encode() in told for text in texts):
            found.append(path.relative_to(home).as_posix())
    return found


def ask(world: World, asked: str, instant: str = "", **headers: str) -> Answer:
    path, _, query = asked.format(at=f"&asOf={instant}" if instant else "").partition("?")
    api, _, path = path.partition(" ")
    found = answer(current(Home(world.settings.home)), Request(api, path, query, headers))
    return Answer(found.status, found.headers, (b"".join(found.chunks),))


def rows(found: Answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(found.chunks).decode())))


def tree(home: Path) -> dict[str, str]:
    """The public files, but the catalogue: SQLite's pages differ from run to run."""
    return {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((home / "public").rglob("*"))
        if path.is_file() and path.suffix != ".sqlite"
    }


def test_no_byte_of_the_figure_is_left(world: World) -> None:
    home = world.settings.home
    before = places(home, FIRST, SECOND)
    assert {name.split("/")[1] for name in before} >= {"releases", "index", "pages", "packages"}
    release = purge(world)
    assert places(home, FIRST, SECOND) == []
    assert verify(world.desk.home).findings == ()
    assert verify_log(world.desk.path) == []
    assert world.desk.find(release).approved_by == ("deputy",)
    assert not home.joinpath("purge").exists()


def test_every_answer_of_every_vintage_lacks_it_and_has_all_else(world: World) -> None:
    def figures(asked: str, at: str) -> list[dict[str, str]]:
        return [{k: v for k, v in row.items() if k != "ACTION"} for row in rows(ask(world, asked, at))]

    before = {at: figures(ASKED[0], at) for at in BETWEEN}
    tags = {at: ask(world, ASKED[0], at).headers["ETag"] for at in BETWEEN}
    assert any(row["OBS_VALUE"] == SECOND for row in before[BETWEEN[-1]])
    purge(world)
    for at in ("", *BETWEEN):
        for asked in ASKED:
            found = ask(world, asked, at)
            told = b"".join(found.chunks).decode()
            assert found.status == 200, (asked, at, told)
            assert FIRST not in told, (asked, at)
            assert SECOND not in told, (asked, at)
    for at in BETWEEN:
        left = [row for row in before[at] if (row["REF_AREA"], row["TIME_PERIOD"]) != ("AA", "2024")]
        assert figures(ASKED[0], at) == left
        assert ask(world, ASKED[0], at, **{"if-none-match": tags[at]}).status == 200, (
            "a kept answer is not good"
        )
        since = {"if-modified-since": "Mon, 02 Mar 2026 11:59:00 GMT"}
        assert ask(world, ASKED[0], at, **since).status == 200


def test_what_is_not_concerned_is_the_same_byte_for_byte(world: World) -> None:
    before = tree(world.settings.home)
    purge(world)
    after = tree(world.settings.home)
    same = {name for name, digest in before.items() if after.get(name) == digest}
    changed = {name for name in before if name not in same and not name.startswith("public/index")}
    owns = ("releases/alpha-", "files/alpha-", "vintages/", "/SHA256SUMS", "public/current")
    assert not [name for name in changed if not any(part in name for part in owns)]
    assert {name for name in before if "beta" in name} <= same


def test_every_public_page_lacks_it(world: World) -> None:
    release = purge(world)
    app = web(world)
    for path in (*probes.ALL, f"/en/releases/{release}", f"/releases/{release}/alpha-df-jobs.csv"):
        seen = probes.ask(app, path)
        assert FIRST.encode() not in seen.body, path
        assert SECOND.encode() not in seen.body, path
    page = probes.ask(app, f"/en/releases/{release}").body.decode()
    assert "purges 1 observations" in page
    assert REASON in page
    assert release in probes.ask(app, "/en/releases/alpha-2").body.decode()
    assert release in probes.ask(app, "/feed.json").body.decode()


def test_a_replica_drops_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = sqlite3.connect(":memory:")
    app = web(world)

    def fetch(url: str, tag: str) -> tuple[int, str, str]:
        headers = {"If-None-Match": tag} if tag else {}
        seen = probes.ask(app, url.removeprefix("http://lmis.test"), headers=headers)
        return int(seen.status[:3]), dict(seen.headers).get("ETag", ""), seen.body.decode()

    def held() -> list[str]:
        return sorted(key.rpartition(" ")[2] for key in _held(copy))

    replica.keep("http://lmis.test", copy, fetch)
    assert held() == ["A.AA.2023", "A.AA.2024", "A.AA.2025", "A.BB.2023"]
    purge(world)
    assert replica.keep("http://lmis.test", copy, fetch) == 1
    assert held() == ["A.AA.2023", "A.AA.2025", "A.BB.2023"]
    copy.close()


# since when → what is deleted by key; a filter on the figure must not hide the deletion
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("updatedAfter=2026-03-02T09:30:00Z", ["A.AA.2024"]),
        ("updatedAfter=2026-03-02T12:00:00Z", ["A.AA.2024"]),
        ("updatedAfter=2026-03-02T12:00:00Z&c[OBS_VALUE]=ge:1", ["A.AA.2024"]),
        ("updatedAfter=2026-03-02T12:00:00Z&c[TIME_PERIOD]=lt:2024", []),
        ("updatedAfter=2026-03-02T12:00:01Z", []),
    ],
)
def test_a_delta_deletes_by_key(world: World, query: str, expected: list[str]) -> None:
    world.wait(seconds=1)
    purge(world)
    names = ("FREQ", "REF_AREA", "TIME_PERIOD")
    for context in ("dataflow/DESK/DF_JOBS", "datastructure/DESK/DSD_DESK"):
        found = rows(ask(world, f"v2 data/{context}/1.0.0/*?format=csvdata&{query}"))
        deleted = {".".join(row[name] for name in names) for row in found if row["ACTION"] == "D"}
        assert deleted == set(expected), context


def test_who_may_ask_and_who_may_approve(world: World) -> None:
    controller, other = (Person("con", office, ROLES["controller"]) for office in ("ALPHA", "BETA"))
    with pytest.raises(Forbidden, match="may not purge"):
        purging.ask(world.desk, ANNA, "DF_JOBS", "A.AA", "2024", REASON)
    with pytest.raises(Forbidden, match="acts for BETA"):
        purging.ask(
            world.desk, Person("bo", "BETA", ROLES["controller"]), "DF_JOBS", "A.AA", "2024", REASON, "ALPHA"
        )
    with pytest.raises(NotFound, match="nothing that was ever released"):
        purging.ask(world.desk, other, "DF_JOBS", "A.AA", "2024", REASON)
    with pytest.raises(UsageError, match="tells a figure"):
        purging.ask(world.desk, controller, "DF_JOBS", "A.AA", "2024", "it was 271,828.18")
    with pytest.raises(ReleaseError, match="say why"):
        purging.ask(world.desk, controller, "DF_JOBS", "A.AA", "2024", " ")
    made = purging.ask(world.desk, controller, "DF_JOBS", "A.AA", "2024", REASON)
    with pytest.raises(ReleaseError, match="ask a colleague"):
        actions.approve(world.desk, controller, made.key)
    assert ahead.release_due(world.desk) == []
    assert actions.difference(world.desk, ALI, made.key)["cells"] == {"DESK:DF_JOBS(1.0.0)": ["A.AA.2024"]}
    actions.approve(world.desk, ALI, made.key, made.content)
    assert ahead.release_due(world.desk) == [made.release]
    with pytest.raises(ReleaseError, match="cannot be taken back"):
        actions.withdraw(world.desk, ANNA, made.release, "no")


def test_what_waits_on_the_desk_does_not_bring_it_back(world: World) -> None:
    first, second = TEAM["ALPHA"]
    held = world.package("ALPHA", "4", y2023="1.8", y2024="99.5")
    clean = world.package("ALPHA", "5", y2023="1.9")
    keys = []
    for package in (held, clean):
        made, _ = actions.submit(world.desk, first, [package])
        actions.schedule(world.desk, first, made.key, world.clock.replace(hour=20))
        actions.approve(world.desk, second, made.key)
        keys.append(made.key)
    release = purge(world)
    ahead.arrange(world.desk)
    waiting = [world.desk.find(key) for key in keys]
    assert "went with a purge" in waiting[0].problem
    assert waiting[1].problem == ""
    made, _ = actions.submit(world.desk, first, [held], keys[0])
    assert f"A.AA.2024 was purged by {release}" in made.problem
    right, _ = actions.submit(world.desk, first, [held], keys[0], corrects=release, reason="the right figure")
    assert right.problem == ""


def test_a_withdrawal_that_is_no_purge_stays_in_history(world: World) -> None:
    made = actions.withdraw(world.desk, ANNA, "alpha-3", "an error")
    actions.approve(world.desk, ALI, made.key)
    ahead.release_due(world.desk)
    assert SECOND in b"".join(ask(world, ASKED[0], BETWEEN[-1]).chunks).decode()


class Stopped(BaseException):
    """As if the process were killed."""


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """`[n]`: the n-th entry that is put in place is not; how many were is counted down from it."""
    left: list[int] = []
    real = os.replace

    def stops(source: object, target: object) -> None:
        if left:
            left[0] -= 1
            if left[0] == 0:
                raise Stopped
        real(source, target)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "replace", stops)
    yield left
    left.clear()


def stopped(world: World, steps: list[int], number: int) -> bool:
    """Ask for the purge, and stop it at a step; whether it came so far."""
    made = purging.ask(world.desk, CHIEF, "DF_JOBS", "A.AA", "2024", REASON)
    actions.approve(world.desk, DEPUTY, made.key)
    steps[:] = [number]
    try:
        ahead.release_due(world.desk)
    except Stopped:
        return True
    finally:
        steps.clear()
    return False


def test_a_purge_that_is_killed_has_not_begun_or_is_gone_on_with(
    made: World, tmp_path: Path, steps: list[int]
) -> None:
    number, decided = 1, 0
    while True:
        world = copied(made, tmp_path / str(number))
        before = tree(world.settings.home)
        if not stopped(world, steps, number):
            break
        home = world.settings.home
        is_decided = journal.is_open(world.desk.home)
        decided += is_decided
        assert is_decided or {n: d for n, d in tree(home).items() if n in before} == before
        for at in BETWEEN:  # whatever it came to, nothing is damaged
            assert ask(world, ASKED[0], at).status == 200, number
        world.desk = world.another_desk()
        ahead.release_due(world.desk)
        assert verify(world.desk.home).findings == (), number
        assert places(home, FIRST, SECOND) == [], number
        assert [s.state for s in world.desk.submissions().values()][-1] == "released"
        number += 7
    assert decided >= 3, "the steps after the decision were met"


def test_a_stopped_purge_is_told_and_mended(world: World, steps: list[int], tmp_path: Path) -> None:
    number = 0
    while not journal.is_open(world.desk.home):
        number += 10
        assert stopped(world, steps, number)
        for submission in world.desk.submissions().values():
            if submission.is_pending and not journal.is_open(world.desk.home):
                actions.withdraw(world.desk, CHIEF, submission.key, "again")
    assert "stopped half way" in str(verify(world.desk.home))
    with pytest.raises(ReleaseError, match="stopped half way"):
        backup(world.desk.home, tmp_path / "kept", lambda message: None)
    assert repair(world.settings, None, lambda message: None).findings == ()
    assert places(world.settings.home / "public", FIRST, SECOND) == []


def test_an_older_backup_does_not_bring_it_back(world: World, tmp_path: Path) -> None:
    def told(message: str) -> None:
        pass

    backup(world.desk.home, tmp_path / "kept" / "old.tar", told)
    release = purge(world)
    backup(world.desk.home, tmp_path / "kept" / "new", told)
    assert places(tmp_path / "kept" / "new", FIRST, SECOND) == []
    made = restore(tmp_path / "kept" / "old.tar", tmp_path / "restored", told)
    assert made.purges == 1
    assert places(tmp_path / "restored", FIRST, SECOND) == []
    assert verify(Home(tmp_path / "restored")).findings == ()
    assert release in current(Home(tmp_path / "restored")).record["releases"]
    (world.settings.home / "public/releases/alpha-2/manifest.json").write_text("{}", encoding="utf-8")
    assert repair(world.settings, tmp_path / "kept" / "old.tar", told).findings == ()
    assert places(world.settings.home, FIRST, SECOND) == []


def test_desks_of_other_processes_see_it(world: World) -> None:
    release = purge(world)
    assert Desk(world.settings).find(release).state == "released"
