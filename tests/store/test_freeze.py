"""Releases and vintages: the laws of merge, replace and delete, what is recorded, and what a crash leaves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from publisher.errors import NotFound, ReleaseError
from publisher.query.model import DataQuery, Target
from publisher.store import Change, Home, Release, Snapshot, at, current, released, select, stage
from publisher.store.home import sync_tree
from tests.store.example import DSD, FLOW, INSTANT, Row, change, registry, release, row

FIRST = (row("M.MYS.F.2020-01", "1"), row("M.MYS.F.2020-02", "2", "P"), row("A.IDN.F.2019", "3"))


def publish(home: Home, *releases: Release) -> Snapshot:
    for one in releases:
        with stage(home) as staged:
            staged.freeze(one, registry(), [DSD])
            staged.snapshot()
            staged.release()
    return current(home)


def read(snapshot: Snapshot) -> dict[str, tuple[str | None, ...]]:
    """Key → value, status, unit multiplier, title."""
    found = select(snapshot.cube(FLOW), DataQuery(Target("dataflow")))
    series = found.series.to_pylist()
    rows = [{**series[r["series"]], **r} for batch in found.batches() for r in batch.to_pylist()]
    return {
        ".".join(r[n] for n in ("FREQ", "REF_AREA", "SEX", "TIME_PERIOD")): (
            r["OBS_VALUE"],
            r["OBS_STATUS"],
            r["UNIT_MULT"],
            r["TITLE"],
        )
        for r in rows
    }


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


KEEP = {
    "M.MYS.F.2020-01": ("1", "A", "3", "MYS & F"),
    "M.MYS.F.2020-02": ("2", "P", "3", "MYS & F"),
    "A.IDN.F.2019": ("3", "A", "3", "IDN & F"),
}


@pytest.mark.parametrize(
    ("second", "differences", "counts"),
    [
        pytest.param(
            change([row("M.MYS.F.2020-01", "1")]),
            {"M.MYS.F.2020-02": None, "A.IDN.F.2019": None},
            (0, 0, 2),
            id="replace all",
        ),
        pytest.param(
            change([row("M.MYS.F.2020-03", "4")], FREQ=("M",)),
            {"M.MYS.F.2020-01": None, "M.MYS.F.2020-02": None, "M.MYS.F.2020-03": ("4", "A", "3", "MYS & F")},
            (1, 0, 2),
            id="replace in a scope",
        ),
        pytest.param(
            change([row("M.MYS.F.2020-02", "2.5")], FREQ=("M",), TIME_PERIOD=("2020-02", "2020-03")),
            {"M.MYS.F.2020-02": ("2.5", "A", "3", "MYS & F")},
            (0, 1, 0),
            id="replace in a scope of time",
        ),
        pytest.param(
            change([row("M.MYS.F.2020-02", "2.5", None), row("M.MYS.F.2020-03", "4")], "Merge"),
            {"M.MYS.F.2020-02": ("2.5", "P", "3", "MYS & F"), "M.MYS.F.2020-03": ("4", "A", "3", "MYS & F")},
            (1, 1, 0),
            id="merge keeps the attribute that is not given",
        ),
        pytest.param(
            change([row("M.MYS.F.2020-02", None, "M")], "Merge"),
            {"M.MYS.F.2020-02": (None, "M", "3", "MYS & F")},
            (0, 1, 0),
            id="merge of a missing value",
        ),
        pytest.param(
            change([row("M.MYS.F.2020-02", None)], "Merge"),
            {"M.MYS.F.2020-02": ("2", "A", "3", "MYS & F")},
            (0, 1, 0),
            id="merge of an empty value leaves what is there",
        ),
        pytest.param(
            change([row("M.MYS.F.2020-02", None, None)], "Merge"),
            {},
            (0, 0, 0),
            id="merge of nothing changes nothing",
        ),
        pytest.param(
            change([without(row("M.MYS.F.2020-02", None, "O"), "OBS_VALUE")], "Merge"),
            {"M.MYS.F.2020-02": (None, "O", "3", "MYS & F")},
            (0, 1, 0),
            id="merge of a status that says missing takes the value away",
        ),
        pytest.param(
            change([without(row("M.MYS.F.2020-02", None), "OBS_VALUE", "TITLE")], "Merge"),
            {"M.MYS.F.2020-02": ("2", "A", "3", "MYS & F")},
            (0, 1, 0),
            id="merge of attributes only",
        ),
        pytest.param(
            change([row("M.MYS.F.2020-03", "4", UNIT_MULT="0", TITLE="new")], "Merge"),
            {
                "M.MYS.F.2020-01": ("1", "A", "0", "new"),
                "M.MYS.F.2020-02": ("2", "P", "0", "new"),
                "M.MYS.F.2020-03": ("4", "A", "0", "new"),
            },
            (1, 0, 0),
            id="an attribute of the series or group holds for all of it",
        ),
        pytest.param(
            change([without(row("M.MYS.F.2020-01", None), "OBS_VALUE", "OBS_STATUS", "TITLE")], "Delete"),
            {"M.MYS.F.2020-01": None},
            (0, 0, 1),
            id="delete",
        ),
        pytest.param(
            change([row("M.PHL.M.2020-01", "1")], "Delete"), {}, (0, 0, 0), id="delete what is not there"
        ),
    ],
)
def test_laws(
    home: Home, second: Change, differences: dict[str, object], counts: tuple[int, int, int]
) -> None:
    snapshot = publish(home, release("a", change(FIRST)), release("b", second))
    assert read(snapshot) == {k: v for k, v in {**KEEP, **differences}.items() if v is not None}
    flow = snapshot.manifest("b")["flows"][FLOW.short]
    assert (flow["new"], flow["revised"], flow["deleted"]) == counts
    assert flow["previous"] == "a"
    changes = pq.read_table(home.public / "releases" / "b" / flow["changes"]["file"])
    assert changes.num_rows == sum(counts)


def test_a_merged_observation_has_the_attributes_of_its_series(home: Home) -> None:
    thin = change([without(row("M.MYS.F.2020-03", "4"), "UNIT_MULT", "TITLE")], "Merge")
    snapshot = publish(home, release("a", change(FIRST)), release("b", thin))
    state = pq.read_table(snapshot.states(FLOW)["MYS_DOSM"]).to_pylist()
    assert {(r["UNIT_MULT"], r["TITLE"]) for r in state if r["FREQ"] == "M"} == {("3", "MYS & F")}


def test_changes_tell_old_and_new(home: Home) -> None:
    publish(home, release("a", change(FIRST)), release("b", change([row("M.MYS.F.2020-02", "2.5")], "Merge")))
    file = home.public / "releases" / "b" / "changes" / "LMIS.DF_EX.1.0.0.parquet"
    (only,) = pq.read_table(file).to_pylist()
    assert (only["change"], only["TIME_PERIOD"]) == ("revised", "2020-02")
    assert (only["OBS_VALUE"], only["old_OBS_VALUE"]) == ("2.5", "2")
    assert (only["OBS_STATUS"], only["old_OBS_STATUS"]) == ("A", "P")


def test_two_changes_of_one_dataflow_in_one_release(home: Home) -> None:
    gone = change([without(row("A.IDN.F.2019", None), "OBS_VALUE")], "Delete")
    snapshot = publish(
        home, release("a", change(FIRST)), release("b", gone, change([row("A.IDN.F.2018", "2")], "Merge"))
    )
    assert [k for k in read(snapshot) if k.startswith("A")] == ["A.IDN.F.2018"]


def test_providers_are_kept_apart_and_come_together(home: Home) -> None:
    other = release("c", change([row("A.PHL.F.2019", "7")]), provider="PHL_PSA")
    snapshot = publish(home, release("a", change(FIRST)), other)
    assert len(read(snapshot)) == 4
    assert snapshot.heads == {(FLOW.short, "MYS_DOSM"): "a", (FLOW.short, "PHL_PSA"): "c"}
    clash = release("d", change([row("M.MYS.F.2020-09", "7")], "Merge"), provider="PHL_PSA")
    with pytest.raises(
        ReleaseError, match=r"series M\.MYS\.F comes from more than one provider: MYS_DOSM, PHL_PSA"
    ):
        publish(home, clash)
    assert current(home).number == 2


def test_the_same_again_changes_nothing(home: Home) -> None:
    publish(home, release("a", change(FIRST)))
    later = release("a", change(FIRST), instant=INSTANT + timedelta(days=1))
    assert released(home, later) == 1
    with stage(home) as staged:
        assert staged.freeze(later, registry(), [DSD])["vintage"] == 1
        assert staged.release() == 1
    assert current(home).number == 1
    other = release("a", change(FIRST[:1]))
    with pytest.raises(ReleaseError, match="published already, of 2025-01-01T04:00:00Z, with other content"):
        released(home, other)
    with pytest.raises(ReleaseError), stage(home) as staged:
        staged.freeze(other, registry(), [DSD])
    assert released(home, release("b", change(FIRST))) is None


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (release("b", change(FIRST), instant=INSTANT - timedelta(seconds=1)), "in the order of their dates"),
        (release("b", change(FIRST, FREQ=("M",))), "A.IDN.F.2019 lies outside the scope; allowed: FREQ M"),
        (release("b", change(FIRST, NOPE=("M",))), "scope: the structure has no NOPE"),
        (release("b", change([without(FIRST[0], "SEX")])), "dimension SEX is missing"),
        (release("b", change([{**FIRST[0], "SEX": None}])), "dimension SEX has gaps"),
        (release("b", change([{**FIRST[0], "NOPE": "1"}])), "the structure has no NOPE"),
        (release("b", change(FIRST, "Append")), "action 'Append'; allowed: Merge, Replace, Delete"),
    ],
)
def test_refuses(home: Home, bad: Release, message: str) -> None:
    publish(home, release("a", change(FIRST)))
    before = files(home.public)
    with pytest.raises(ReleaseError) as caught:
        publish(home, bad)
    assert message in str(caught.value)
    assert files(home.public) == before
    assert not list(home.staged.glob("*"))


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_vintages(home: Home) -> None:
    later = INSTANT + timedelta(days=30)
    publish(
        home,
        release("a", change(FIRST)),
        release("b", change([row("M.MYS.F.2020-01", "9")], "Merge"), instant=later),
    )
    assert [m["id"] for m in current(home).releases] == ["a", "b"]
    assert (current(home).number, current(home).instant) == (2, later)
    assert read(at(home, later - timedelta(seconds=1)))["M.MYS.F.2020-01"][0] == "1"
    assert read(at(home, later))["M.MYS.F.2020-01"][0] == "9"
    with pytest.raises(NotFound, match="nothing was public yet at 2025-01-01T03:59:59"):
        at(home, INSTANT - timedelta(seconds=1))
    assert current(home) is current(home)
    assert current(home).registry.definition(FLOW).dataflow.ref == FLOW
    assert current(home).cube(FLOW) is current(home).cube(FLOW)


def test_nothing_published(home: Home) -> None:
    with pytest.raises(NotFound, match="nothing has been published"):
        current(home)


def test_unchanged_cubes_are_shared_and_lost_ones_built_again(home: Home) -> None:
    publish(home, release("a", change(FIRST)), release("b", change([row("M.PHL.M.2020-01", "1")], "Delete")))
    first = set((home.public / "index").iterdir())
    snapshot = publish(home, release("c", change([row("A.PHL.F.2019", "7")]), provider="PHL_PSA"))
    assert len(set((home.public / "index").iterdir()) - first) == 1
    import shutil

    shutil.rmtree(home.public / "index")
    assert len(read(at(home, INSTANT))) == 4 or snapshot.number == 3


class Crash(Exception):
    pass


def crash(home: Home) -> None:
    with stage(home) as staged:
        staged.freeze(release("b", change(FIRST[:1])), registry(), [DSD])
        staged.snapshot()
        raise Crash


def test_leaving_the_stage_early_leaves_nothing(home: Home) -> None:
    publish(home, release("a", change(FIRST)))
    before = files(home.path)
    with pytest.raises(Crash):
        crash(home)
    assert files(home.path) == before


@pytest.mark.parametrize("step", range(6))
def test_a_crash_at_any_step_of_the_release_leaves_the_old_vintage(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    publish(home, release("a", change(FIRST)))
    moves: list[Path] = []

    def move(source: Path, target: Path) -> None:
        if len(moves) == step:
            raise Crash
        moves.append(source)
        real(source, target)

    from publisher.store import staging as module

    real = module.move_into
    monkeypatch.setattr(module, "move_into", move)
    monkeypatch.setattr(Home, "point", lambda self, number: (_ for _ in ()).throw(Crash))
    second = release("b", change([row("A.IDN.F.2019", "4")], "Merge"))
    with pytest.raises(Crash):
        publish(home, second)
    assert read(current(home)) == KEEP
    monkeypatch.undo()
    assert read(publish(home, second))["A.IDN.F.2019"][0] == "4"  # and trying again goes through
    assert current(home).number == 2


def test_one_writer(home: Home) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from publisher.errors import ReleaseError\n"
        "from publisher.store import Home, stage\n"
        "try:\n"
        "    with stage(Home(Path(sys.argv[1]))): pass\n"
        "except ReleaseError as exc: print(exc)\n"
    )
    with stage(home):
        done = subprocess.run(
            [sys.executable, "-c", program, str(home.path)], capture_output=True, text=True, check=True
        )
    assert "another process is publishing" in done.stdout


def test_everything_reaches_the_disk(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c").write_text("x")
    sync_tree(tmp_path)


def test_the_content_does_not_depend_on_chunks() -> None:
    import pyarrow as pa

    from publisher.store.freeze import content

    whole = change(FIRST)
    parts = Change(FLOW, "Replace", {}, pa.concat_tables([whole.table.slice(0, 1), whole.table.slice(1)]))
    coded = Change(
        FLOW,
        "Replace",
        {},
        pa.table({n: whole.table[n].dictionary_encode() for n in whole.table.column_names}),
    )
    other: Iterable[Row] = (*FIRST[:2], row("A.IDN.F.2019", "33"))
    assert content(release("a", whole)) == content(release("a", parts)) == content(release("a", coded))
    assert content(release("a", whole)) != content(release("a", change(other)))
