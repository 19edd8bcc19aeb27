"""Backup, restore, verification and pruning of a small home; what each tells, and what it refuses."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from publisher.errors import Damaged, NotFound, PackageError, QuerySemanticError, UsageError
from publisher.operation.backup import backup
from publisher.operation.prune import prune
from publisher.operation.restore import restore
from publisher.operation.verify import verify
from publisher.rest import Request, answer
from publisher.store import Home, at, current, stage
from publisher.store.history import before
from tests.store.example import DSD, INSTANT, change, registry, release, row

DAY = timedelta(days=1)
ASKED = (
    "data/dataflow/LMIS/DF_EX/1.0.0/*",
    "data/dataflow/LMIS/DF_EX/1.0.0/*?includeHistory=true",
    "data/dataflow/LMIS/DF_EX/1.0.0/*?asOf=2025-01-02T12:00:00Z",
    "structure/dataflow/LMIS/DF_EX?references=all",
    "availability/dataflow/LMIS/DF_EX/1.0.0",
)


def told(message: str) -> None:
    pass


def answers(home: Home) -> list[tuple[int, dict[str, str], bytes]]:
    found = []
    for asked in ASKED:
        path, _, query = asked.partition("?")
        got = answer(current(home), Request("v2", path, query))
        found.append((got.status, dict(got.headers), b"".join(got.chunks)))
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Five releases, a day apart; each has one value more and corrects the last."""
    home = Home(tmp_path_factory.mktemp("operation") / "home")
    for day in range(5):
        rows = [row(f"M.MYS.F.2020-0{n + 1}", f"{n + day / 10}") for n in range(day + 1)]
        with stage(home) as staged:
            staged.freeze(
                release(f"mys-{day + 1}", change(rows), instant=INSTANT + day * DAY), registry(), [DSD]
            )
            pages = staged.folder / "pages" / str(staged.number) / "files"
            pages.mkdir(parents=True)
            (pages / "daily.csv").write_text(str(day))
            if day == 1:
                (pages / "once.csv").write_text("once")
            staged.release()
    return home


@pytest.fixture
def home(made: Home, tmp_path: Path) -> Home:
    """A copy that may be changed."""
    backup(made, tmp_path / "b", told)
    restore(tmp_path / "b", tmp_path / "copy", told)
    return Home(tmp_path / "copy")


@pytest.mark.parametrize("name", ["folder", "file.tar", "file.tar.gz"])
def test_a_restored_home_answers_byte_for_byte(made: Home, tmp_path: Path, name: str) -> None:
    assert backup(made, tmp_path / name, told).vintage == 5
    restore(tmp_path / name, tmp_path / "new", told)
    assert answers(Home(tmp_path / "new")) == answers(made)
    assert verify(Home(tmp_path / "new")).findings == ()


def test_a_backup_is_of_one_moment(home: Home, tmp_path: Path) -> None:
    kept = answers(home)
    backup(home, tmp_path / "kept", told)
    with stage(home) as staged:
        staged.freeze(
            release("mys-9", change([row("A.LAO.M.2020", "9")]), instant=INSTANT + 9 * DAY), registry(), [DSD]
        )
        staged.release()
    restore(tmp_path / "kept", tmp_path / "back", told)
    assert answers(Home(tmp_path / "back")) == kept != answers(home)


def test_what_is_refused(made: Home, home: Home, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nothing has been published"):
        backup(Home(tmp_path / "none"), tmp_path / "x", told)
    with pytest.raises(UsageError, match="is there already"):
        backup(made, home.path, told)
    with pytest.raises(UsageError, match="is not empty"):
        restore(tmp_path / "b", home.path, told)
    with pytest.raises(PackageError, match="is no backup"):
        restore(home.pointer, tmp_path / "y", told)
    with pytest.raises(UsageError, match="say what is kept"):
        prune(made, None, None, False)
    (tmp_path / "b" / "public" / "current").write_text("4")
    with pytest.raises(Damaged, match="nothing was restored"):
        restore(tmp_path / "b", tmp_path / "z", told)
    assert not (tmp_path / "z").exists()


def test_a_damaged_home_is_not_kept(home: Home, tmp_path: Path) -> None:
    state = next(home.public.glob("releases/*/obs/*.parquet"))
    state.write_bytes(state.read_bytes()[:-1])
    with pytest.raises(Damaged, match="nothing was kept"):
        backup(home, tmp_path / "x", told)
    assert [f.file for f in verify(home).findings] == [str(state)]


def test_pruning_keeps_what_a_kept_vintage_shows(home: Home) -> None:
    newest, third = answers(home), at(home, INSTANT + 2 * DAY)
    assert not prune(home, 3, None, is_sure=False).is_done
    assert answers(home) == newest
    done = prune(home, 3, None, is_sure=True)
    assert (done.first, verify(home).findings) == (3, ())
    kept = {p.relative_to(home.public).as_posix() for p in home.public.rglob("*") if p.is_file()}
    assert {"vintages/000003.json", "pages/2/files/once.csv", "pages/3/files/daily.csv"} <= kept
    assert not {"vintages/000002.json", "pages/2/files/daily.csv"} & kept
    assert [m["id"] for m in current(home).releases] == [f"mys-{n}" for n in range(1, 6)]
    assert at(home, INSTANT + 2 * DAY).record == third.record
    assert answers(home)[0] == newest[0]


def test_what_was_pruned_is_told(home: Home) -> None:
    prune(home, None, INSTANT + 2.5 * DAY, is_sure=True)
    assert before(current(home), INSTANT + 2 * DAY)
    with pytest.raises(NotFound, match="not kept any more; the oldest that is dates 2025-01-03"):
        at(home, INSTANT + DAY)
    with pytest.raises(QuerySemanticError, match="is not kept any more, but what was at"):
        before(current(home), INSTANT + DAY)
    assert prune(home, None, INSTANT, is_sure=True).paths == ()


LOST = {"public/current": "is lost, and there are vintages", "public/vintages/000002.json": "is lost"}


@pytest.mark.parametrize("name", LOST)
def test_what_is_lost_is_damage_and_costs_nothing_more(home: Home, name: str) -> None:
    (home.path / name).unlink()
    before_it = sorted(p for p in home.public.rglob("*") if p.is_file())
    (finding,) = verify(home).findings
    assert LOST[name] in finding.message
    with pytest.raises(Damaged):
        at(home, INSTANT + DAY)
    if name.endswith("current"):
        with pytest.raises(Damaged), stage(home):
            pass  # a writer sweeps what no vintage names: it must not begin
    assert sorted(p for p in home.public.rglob("*") if p.is_file()) == before_it


def test_a_first_publication_that_was_cut_short_is_none(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    for is_cut in (True, False):
        with stage(home) as staged:
            staged.freeze(release("mys-1", change([row("M.MYS.F.2020-01", "1")])), registry(), [DSD])
            staged.release()
        if is_cut:
            home.point(0)
            with pytest.raises(NotFound):
                current(home)
    assert current(home).number == 1
