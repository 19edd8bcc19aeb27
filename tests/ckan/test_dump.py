"""`ckanapi dump` and `load`, unmodified: what one catalogue dumps the other loads, and dumps again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from ckanapi.errors import NotFound

from catalogue import ckan
from tests.ckan import twin
from tests.ckan.contract import catalogues
from tests.ckan.test_harvest import told

pytestmark = pytest.mark.slow
OFFICES = ("phl-psa", "sgp-moe")
CLI = "import sys; from ckanapi.cli.main import main; sys.exit(main())"
KINDS = ("organizations", "groups", "datasets")
# What each catalogue notes for itself, beside what `told` leaves out: counts and people.
OWN = ("id", "created", "users", "package_count", "num_followers", "packages")


def ckanapi(*arguments: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # its workers are called by name
    done = subprocess.run(
        [sys.executable, "-c", CLI, *arguments],
        capture_output=True, text=True, check=False, timeout=120, env=os.environ | {"PATH": path},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def dump(address: str, kind: str, names: tuple[str, ...]) -> str:
    return ckanapi("dump", kind, *names, "-q", "-r", address)


def plain(kind: str, text: str) -> dict[str, Any]:
    records = [json.loads(line) for line in text.splitlines()]
    if kind == "datasets":
        return {record["name"]: told(record) for record in records}
    for record in records:
        record["extras"] = {e["key"]: e["value"] for e in record["extras"]}
    return {r["name"]: {key: value for key, value in r.items() if key not in OWN} for r in records}


@pytest.fixture(scope="module")
def places(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[str, str]]]:
    """The twin that is dumped, and what loads it: an empty twin and the real CKAN; address and token."""
    asked = catalogues.real()
    if isinstance(asked, str):
        pytest.skip(asked)
    folder = tmp_path_factory.mktemp("dumps")
    with ExitStack() as stack:
        source, wanted = stack.enter_context(twin.served(demo_home, folder / "source", OFFICES))
        empty, _ = stack.enter_context(twin.served(demo_home, folder / "empty", ()))
        yield {
            "source": (source, twin.TOKEN),
            "empty twin": (empty, twin.TOKEN),
            "real": (asked.url, asked.tokens["admin"]),
        }
        with ckan.Remote(asked.url, asked.tokens["admin"]) as admin:
            for action, records in (
                ("dataset_purge", wanted.datasets),
                ("organization_purge", wanted.organizations),
                ("group_purge", wanted.groups),
            ):
                for record in records:
                    with suppress(NotFound):
                        admin.call_action(action, {"id": record.name})
    asked.session.close()


@pytest.mark.parametrize("place", ["empty twin", "real"])
def test_what_is_loaded_is_dumped_again(
    places: dict[str, tuple[str, str]], place: str, tmp_path: Path
) -> None:
    source, _ = places["source"]
    target, token = places[place]
    for kind in KINDS:
        dumped = dump(source, kind, ("--all",))
        (tmp_path / kind).write_text(dumped, encoding="utf-8")
        ckanapi("load", kind, "-I", str(tmp_path / kind), "-q", "-r", target, "-a", token)
        names = tuple(json.loads(line)["name"] for line in dumped.splitlines())
        assert names
        assert plain(kind, dump(target, kind, names)) == plain(kind, dumped)
        # Loading it again changes nothing.
        ckanapi("load", kind, "-I", str(tmp_path / kind), "-q", "-r", target, "-a", token)
        assert plain(kind, dump(target, kind, names)) == plain(kind, dumped)
