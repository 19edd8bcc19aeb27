"""Croissant as MLCommons' own library reads it: nothing to say of any dataset, and what the files have."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from publisher.settings import load
from publisher.store import Home
from publisher.web.app import create_app
from tests.clients.test_scripts import INSTALLED

pytestmark = pytest.mark.slow
PYTHON = INSTALLED / "croissant" / "bin" / "python"  # of its own environment: it needs half a gigabyte
SPOILED = "spoiled"  # has fields of a file that there is not


@pytest.fixture(scope="module")
def told(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the library says of each dataset, and of one that is spoiled."""
    if not PYTHON.exists():
        pytest.skip("mlcroissant is not installed; tests/clients/install.sh says why")
    folder = tmp_path_factory.mktemp("croissant")
    client = create_app(load(demo_home, environ={})).test_client()
    for name in client.get("/api/3/action/package_list").json["result"]:
        (folder / f"{name}.json").write_bytes(client.get(f"/dataset/{name}.croissant.json").data)
    about = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    about["distribution"] = about["distribution"][:1]
    (folder / f"{SPOILED}.json").write_text(json.dumps(about), encoding="utf-8")
    command = [str(PYTHON), str(Path(__file__).with_name("croissant.py")), str(folder), str(files(demo_home))]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": ""}
    )
    assert not done.returncode, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def files(home: Path) -> Path:
    return home / "public" / "pages" / str(Home(home).number()) / "files"


def test_it_has_nothing_to_say_of_any_dataset(told: dict[str, Any]) -> None:
    assert told[SPOILED]["errors"]
    sound = {name: each for name, each in told.items() if name != SPOILED}
    assert len(sound) == 29
    assert all(each["errors"] == each["warnings"] == [] for each in sound.values())


def test_it_reads_the_figures_of_the_files(told: dict[str, Any], demo_home: Path) -> None:
    for name in told.keys() - {SPOILED}:
        table = pq.read_table(files(demo_home) / f"{name}.parquet").slice(0, len(told[name]["rows"]))
        assert told[name]["rows"] == table.to_pylist(), name
