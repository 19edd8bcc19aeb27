"""`lmis publish --dry-run` tells what publishing then does, and leaves every byte of the home as it was."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from publisher.cli import main
from publisher.folders import folder
from publisher.release.dry_run import Effect, dry_run
from publisher.release.publish import examined, publish
from publisher.release.structures import registry
from publisher.settings import Settings, load
from publisher.store import Home, current

PSA = folder("demo") / "phl-psa-lfs"
STRUCTURES = registry(load("no-home", environ={}))
Row = dict[str, str]


def quiet(message: str) -> None:
    """No progress."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("published") / "home"
    publish(load(home, environ={}), [PSA], quiet, with_pages=False, structures=STRUCTURES)
    return home


@pytest.fixture
def settings(published: Path, tmp_path: Path) -> Settings:
    return load(shutil.copytree(published, tmp_path / "home"), environ={})


def rows() -> list[Row]:
    with (PSA / "df-une.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def package(out: Path, table: list[Row], **sdmx: Any) -> Path:
    """The PSA's package with another table, as the release 2024-05."""
    descriptor = json.loads((PSA / "datapackage.json").read_text(encoding="utf-8"))
    descriptor["sdmx"] |= {"release": "2024-05", "releaseDate": "2024-06-06T09:00:00+08:00"}
    (resource,) = descriptor["resources"]
    del resource["hash"], resource["bytes"]
    resource |= {"schema": sdmx.pop("schema")} if "schema" in sdmx else {}
    resource["sdmx"] |= sdmx
    out.mkdir()
    (out / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    with (out / "df-une.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    return out


def tree(home: Path) -> dict[str, bytes | None]:
    return {str(p.relative_to(home)): p.read_bytes() if p.is_file() else None for p in home.rglob("*")}


def dry(settings: Settings, path: Path) -> Effect:
    before = tree(settings.home)
    (effect,) = dry_run(settings, [path], quiet, STRUCTURES).effects
    assert tree(settings.home) == before
    return effect


def edited() -> list[Row]:
    """A value revised, a note changed, the last one left out, two added, one of them of a new series."""
    *table, last = rows()
    table[0]["OBS_VALUE"] = "5.2"
    table[1]["OBS_STATUS"] = "E"
    return [*table, last | {"TIME_PERIOD": "2019-Q1"}, last | {"INDICATOR": "UNE_LTU_RT"}]


def described() -> list[Row]:
    return [row | {"COMMENT_TS": "Another note on the series."} for row in rows()]


# what is sent → observations (added, revised, only in notes, withdrawn, unchanged), series (added, gone, …)
CASES = [
    (edited, {"action": "Replace"}, (2, 2, 1, 1, 18), (1, 0, 0, 1)),
    (rows, {"action": "Replace"}, (0, 0, 0, 0, 21), (0, 0, 0, 1)),
    (edited, {"action": "Merge"}, (2, 2, 1, 0, 19), (1, 0, 0, 1)),
    (described, {"action": "Merge"}, (0, 0, 0, 0, 21), (0, 0, 1, 0)),
    (lambda: rows()[:5], {"action": "Delete"}, (0, 0, 0, 5, 16), (0, 0, 0, 1)),
    (rows, {"action": "Delete"}, (0, 0, 0, 21, 0), (0, 1, 0, 0)),
    (lambda: [edited()[-1]], {"action": "Replace"}, (1, 0, 0, 21, 0), (1, 1, 0, 0)),
    (
        lambda: [edited()[-1]],
        {"action": "Replace", "scope": {"INDICATOR": ["UNE_LTU_RT"]}},
        (1, 0, 0, 0, 21),
        (1, 0, 0, 1),
    ),
]


NAMES = [f"{case[1]['action']}-{at}" for at, case in enumerate(CASES)]


@pytest.mark.slow
@pytest.mark.parametrize(("table", "sdmx", "observations", "series"), CASES, ids=NAMES)
def test_effect(
    table: Any,
    sdmx: dict[str, Any],
    observations: tuple[int],
    series: tuple[int],
    settings: Settings,
    tmp_path: Path,
) -> None:
    """And what it says is what publishing does."""
    path = package(tmp_path / "package", table(), **sdmx)
    effect = dry(settings, path)
    assert tuple(effect.observations.values()) == observations
    assert tuple(effect.series.values()) == series
    assert (effect.action, dict(effect.scope)) == (
        sdmx["action"],
        {k: tuple(v) for k, v in sdmx.get("scope", {}).items()},
    )
    publish(settings, [path], quiet, with_pages=False, structures=STRUCTURES)
    (done,) = current(Home(settings.home)).manifest("phl-psa-2024-05")["flows"].values()
    assert [done[name] for name in ("new", "revised", "deleted")] == [
        effect.observations[name] for name in ("added", "revised", "withdrawn")
    ]


@pytest.mark.slow
def test_single_changes(settings: Settings, tmp_path: Path) -> None:
    effect = dry(settings, package(tmp_path / "package", edited(), action="Replace"))
    value, note = effect.revised
    assert re.fullmatch(r"Q\.PHL\.UNE_DEAP_RT\..*\.2019-Q2", value.key)
    assert (value.old, value.new) == ("5.149762495139912", "5.2")
    assert (note.old, note.old_status, note.new_status) == (note.new, "A", "E")
    (gone,) = effect.withdrawn
    assert gone.key.endswith(".2024-Q2")
    assert gone.new is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        ({"OBS_STATUS": "A"}, set()),  # its series has the rest
        ({}, {"OBS_STATUS"}),
        ({"OBS_STATUS": "A", "INDICATOR": "UNE_LTU_RT"}, {"UNIT_MEASURE", "UNIT_MULT", "SOURCE_TYPE"}),
    ],
    ids=["of a series", "without its own", "of a new series"],
)
def test_what_a_merge_may_leave_out(said: Row, lacking: set[str], settings: Settings, tmp_path: Path) -> None:
    names = ("FREQ", "REF_AREA", "INDICATOR", "SOURCE", "TIME_PERIOD", "OBS_VALUE")
    thin = {name: rows()[0][name] for name in names} | {"TIME_PERIOD": "2019-Q1"} | said
    path = package(
        tmp_path / "package", [thin], action="Merge", schema={"fields": [{"name": n} for n in thin]}
    )
    (report,) = examined(settings, Home(settings.home), [path], STRUCTURES, quiet)
    assert {f.column for f in report.findings if f.code == "attribute-missing"} == lacking
    assert report.valid == (not lacking)


@pytest.mark.slow
def test_the_text(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = package(tmp_path / "package", edited(), action="Replace")
    words = ["publish", str(path), "--home", str(settings.home), "--quiet", "--dry-run"]
    assert main(words) == 0
    head, flow, series, observations, *singles = capsys.readouterr().out.splitlines()
    assert head == "phl-psa-2024-05 would be released as of 2024-06-06T01:00:00+00:00; nothing was changed"
    assert flow == "LMIS:DF_UNE(1.0.0): Replace, in place of everything of yours; 22 rows delivered"
    assert series == "  series: 1 added, 0 gone, 0 described anew, 1 unchanged"
    assert observations == ("  observations: 2 added, 2 revised, 1 only in notes, 1 withdrawn, 18 unchanged")
    assert singles[1].endswith("2019-Q2: 5.149762495139912 → 5.2")
    assert singles[2].endswith("(status A → E)")
    assert singles[4].endswith(" → nothing")
    assert main([*words, "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["effects"]
    assert told["observations"] == {
        "added": 2, "revised": 2, "only in notes": 1, "withdrawn": 1, "unchanged": 18
    }  # fmt: skip


@pytest.mark.slow
def test_published_already(settings: Settings) -> None:
    done = dry_run(settings, [PSA], quiet, STRUCTURES)
    assert str(done) == "phl-psa-2024-04: published already with this content, in vintage 1"


def test_into_nothing(tmp_path: Path) -> None:
    """A home that is not there stays not there."""
    done = dry_run(load(tmp_path / "home", environ={}), [PSA], quiet, STRUCTURES)
    assert done.effects[0].observations["added"] == 21
    assert not (tmp_path / "home").exists()


@pytest.mark.slow
def test_refusals(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As publishing would: the package, then the release."""
    before = tree(settings.home)
    wrong = package(tmp_path / "wrong", [rows()[0] | {"INDICATOR": "X"}])
    assert main(["publish", str(wrong), "--home", str(settings.home), "--dry-run", "--quiet"]) == 1
    outside = package(tmp_path / "outside", rows(), scope={"INDICATOR": ["UNE_LTU_RT"]})
    assert main(["publish", str(outside), "--home", str(settings.home), "--dry-run", "--quiet"]) == 1
    assert tree(settings.home) == before
    assert {"unknown-code", "outside-scope"} <= set(re.findall(r"\[([a-z-]+)\]", capsys.readouterr().err))


# OBS_VALUE and OBS_STATUS of a merged row, of a public or new period → codes, (revised, only in notes)
EMPTY = [
    ("", "A", "2019-Q2", set(), (0, 0)),
    ("", "E", "2019-Q2", set(), (1, 1)),
    ("", "O", "2019-Q2", set(), (1, 0)),
    ("", "A", "2018-Q1", {"missing-without-status"}, None),
]


@pytest.mark.slow
@pytest.mark.parametrize(("value", "status", "period", "codes", "counts"), EMPTY)
def test_an_empty_value_in_a_merge_leaves_what_is_public(
    value: str, status: str, period: str, codes: set[str], counts: Any, settings: Settings, tmp_path: Path
) -> None:
    merged = rows()[0] | {"OBS_VALUE": value, "OBS_STATUS": status, "TIME_PERIOD": period}
    path = package(tmp_path / "package", [merged], action="Merge")
    (report,) = examined(settings, Home(settings.home), [path], STRUCTURES, quiet)
    assert {f.code for f in report.findings if f.severity == "error"} == codes
    if counts is not None:
        effect = dry(settings, path)
        assert (effect.observations["revised"], effect.observations["only in notes"]) == counts
