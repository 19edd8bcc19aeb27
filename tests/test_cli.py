"""The `lmis` command as an office types it: what it prints, and its exit code."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sys
from pathlib import Path
from typing import cast

import pytest

from publisher.cli import COMMANDS, main
from publisher.folders import folder

GOOD = folder("demo") / "phl-psa-lfs"
BAD = sorted((Path(__file__).parent / "package" / "bad").iterdir())[0]


def run(*words: object) -> int:
    return main([str(word) for word in words])


def tree(home: Path) -> dict[str, bytes]:
    return {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()}


@pytest.mark.parametrize("command", [name for name, *_ in COMMANDS])
def test_help_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        run(command, "--help")
    assert stop.value.code == 0
    assert f"example:\n  lmis {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["validate", GOOD], 0, "phl-psa-lfs"),
        (["validate", BAD], 1, "error"),
        (["validate", GOOD, BAD], 1, "error"),
        (["validate", "no-such-folder"], 1, "no-such-folder"),
        (["validate", GOOD, "--format", "json"], 0, '"valid": true'),
        (["validate", GOOD, "--format", "html"], 0, "<html"),
        (["validate", GOOD], 0, "would be released as of"),
        (["validate", GOOD, "--format", "csv"], 0, "Package,Kind,Code"),
        (["validate", GOOD, "--report", "report.pdf"], 2, "ends in .txt, .json, .html, .csv, .xlsx"),
        (["publish", GOOD, "--dry-run"], 0, "nothing was changed"),
        (["publish", BAD], 1, "refused, nothing was published"),
        (["publish", GOOD, folder("demo") / "sgp-moe-training"], 4, "one release has one provider"),
        (["releases"], 2, "lmis publish"),
        (["factsheets"], 2, "lmis publish"),
        (["dsd", "schema"], 2, "needs a DATAFLOW"),
        (["dsd", "schema", "DF_NIX"], 2, "known: "),
        (["dsd", "schema", "DF_UNE"], 0, '"primaryKey"'),
        (["dsd", "check"], 0, "0 errors"),
        (["validate", GOOD, "--dsd", "no-such-folder"], 3, "no-such-folder"),
    ],
    ids=lambda value: " ".join(map(str, value))[-40:] if isinstance(value, list) else None,
)
def test_commands(
    words: list[object], code: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words, "--home", tmp_path / "home") == code
    printed = capsys.readouterr()
    assert says in printed.out + printed.err
    assert "Traceback" not in printed.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_errors_that_cannot_be_written_keep_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.FileIO("/dev/full", "w")
    with contextlib.closing(raw):
        monkeypatch.setattr(
            sys, "stderr", io.TextIOWrapper(cast("io.BufferedWriter", raw), write_through=True)
        )
        code = run("demo", "--no-serve", "--home", "/dev/full/no")
    assert code == 7


def test_publish_then_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    assert run("publish", GOOD, "--home", home, "--quiet") == 0
    assert "public as vintage 1" in capsys.readouterr().out
    before = tree(home)
    assert run("publish", GOOD, "--home", home, "--quiet") == 0
    assert "nothing to do" in capsys.readouterr().out
    assert tree(home) == before
    assert run("releases", "--home", home) == 0
    assert "phl-psa-2024-04" in capsys.readouterr().out


def test_other_content_under_a_released_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, package = tmp_path / "home", tmp_path / "package"
    assert run("publish", GOOD, "--home", home, "--quiet") == 0
    shutil.copytree(GOOD, package)
    descriptor = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        del resource["hash"], resource["bytes"]
        path = package / resource["path"]
        lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    (package / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    before = tree(home)
    assert run("publish", package, "--home", home, "--quiet") == 4
    assert "a published release never changes" in capsys.readouterr().err
    assert tree(home) == before


def test_a_refused_package_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert run("publish", GOOD, "--home", home, "--quiet") == 0
    before = tree(home)
    assert run("publish", BAD, "--home", home, "--quiet") == 1
    assert tree(home) == before


def test_demo_again_does_nothing(demo_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree(demo_home)
    assert run("demo", "--no-serve", "--home", demo_home) == 0
    assert capsys.readouterr().err.count("nothing to do") == 9
    assert tree(demo_home) == before
