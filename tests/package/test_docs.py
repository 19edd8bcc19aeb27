"""docs/packages.md: its commands are run, its descriptors are understood, and its tables are complete."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import tomllib
from pathlib import Path
from typing import Any

import frictionless
import pytest

from publisher.cli import main, parser
from publisher.package import filing
from publisher.package.findings import Findings
from publisher.package.plan import ACTIONS
from publisher.package.titles import plain
from publisher.release.structures import registry
from publisher.settings import load
from publisher.structures.registry import Registry

DOCS = (Path(__file__).parents[2] / "docs" / "packages.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```([a-z]*)\n(.*?)^```$", DOCS, re.M | re.S)
COMMANDS = [line.partition("#")[0].strip() for kind, text in BLOCKS if not kind for line in text.splitlines()]
JSON = [json.loads(text) for kind, text in BLOCKS if kind == "json"]
FORMATS = {"my-package.zip": "zip", "my-package.tar.gz": "gztar"}
OFFICE = {"dataProvider": "MYS_DOSM", "release": "2025-11"}


def package_of(block: dict[str, Any]) -> dict[str, Any]:
    """The block, or a package around it when it is a resource."""
    return block if "resources" in block else {"name": "p", "sdmx": OFFICE, "resources": [block]}


@pytest.fixture(scope="module")
def structures() -> Registry:
    return registry(load("no-home", environ={}))


@pytest.mark.parametrize("block", JSON, ids=lambda block: str(block["name"]))
def test_descriptor(block: dict[str, Any], structures: Registry) -> None:
    findings, descriptor = Findings(), package_of(block)
    plan = filing.plan(descriptor, structures, findings)
    assert not findings.kept
    assert plan.filings
    shown = {name: value for name, value in plain(descriptor).items() if name != "sdmx"}
    frictionless.Package.from_descriptor(shown)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_one(command: str) -> None:
    name, *words = shlex.split(command)
    assert name == "lmis"
    parser().parse_args(words)


@pytest.mark.slow
def test_commands_do_what_they_say(
    demo_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One after the other, in an empty folder; only the home is not written to."""
    monkeypatch.chdir(tmp_path)
    for command in COMMANDS:
        words = [str(demo_home) if word == "my-home" else word for word in shlex.split(command)[1:]]
        if words[0] == "publish" and "--dry-run" not in words:
            continue
        if words[1].startswith("my-package."):
            shutil.make_archive("my-package", FORMATS[words[1]], base_dir="my-package")
        assert main(words) == 0, command
    printed = capsys.readouterr().out
    assert "nothing was changed" in printed
    assert {path.name for path in tmp_path.iterdir()} >= {"report.html", "report.xlsx", "une-again"}


def test_the_setting_is_one() -> None:
    (text,) = (text for kind, text in BLOCKS if kind == "toml")
    assert tomllib.loads(text).keys() == {"allowed_hosts"}
    load("no-home", environ={}, **tomllib.loads(text))


def test_every_action_is_told() -> None:
    assert set(re.findall(r"^\| `([A-Z][a-z]+)`", DOCS, re.M)) == set(ACTIONS)


@pytest.mark.parametrize("link", re.findall(r"\]\((?!http)([^)#]+)", DOCS))
def test_links_lead_somewhere(link: str) -> None:
    assert (Path(__file__).parents[2] / "docs" / link).is_file()
