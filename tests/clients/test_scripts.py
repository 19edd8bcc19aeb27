"""The same pulls by each client: what it finds is what is in the store, to the last number.

Each script lists the dataflows, gets a structure with what it refers to, and gets data; it prints
`flow ID`, `dimension ID CODES` and `obs KEY PERIOD VALUE`, by tabs.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher import frames
from publisher.store import Snapshot
from publisher.structures.urns import Ref

pytestmark = pytest.mark.slow
SCRIPTS = Path(__file__).parent / "scripts"
INSTALLED = Path(os.environ.get("LMIS_CLIENTS", Path(sys.prefix) / "clients"))  # by install.sh
Command = Callable[[str], list[str]]


def python(name: str, *arguments: str) -> Command:
    return lambda base: [sys.executable, "-W", "error", str(SCRIPTS / name), base, *arguments]


def r(name: str) -> Command:
    def command(base: str) -> list[str]:
        found = shutil.which("Rscript")
        probe = 'quit(status = !requireNamespace("rsdmx", quietly = TRUE))'
        if not found or subprocess.run([found, "-e", probe], check=False).returncode:
            pytest.skip("rsdmx is not installed; tests/clients/install.sh says why")
        return [found, str(SCRIPTS / name), base]

    return command


def node(name: str, version: str) -> Command:
    def command(base: str) -> list[str]:
        if not shutil.which("node") or not (INSTALLED / "npm" / "node_modules" / "sdmx-rest").is_dir():
            pytest.skip("npm's sdmx-rest is not installed; tests/clients/install.sh says why")
        return ["node", str(SCRIPTS / name), base, version]

    return command


def java(name: str) -> Command:
    def command(base: str) -> list[str]:
        jars = sorted(map(str, (INSTALLED / "java").glob("*.jar")))
        if not shutil.which("java") or len(jars) < 2:
            pytest.skip("sdmx-dl is not installed; tests/clients/install.sh says why")
        return ["java", "-cp", os.pathsep.join(jars), str(SCRIPTS / name), base]

    return command


def shell(name: str) -> Command:
    def command(base: str) -> list[str]:
        if not shutil.which("sh") or not shutil.which("curl"):
            pytest.skip("sh or curl is not installed")
        return ["sh", str(SCRIPTS / name), base]

    return command


PYSDMX = ("V1_0_0", "V1_2_0", "V1_3_0", "V1_5_0", "V2_0_0", "V2_1_0", "V2_2_0", "V2_2_1", "V2_2_2")
CLIENTS = {
    "sdmx1-2.1": python("sdmx1_v1.py"),
    "sdmx1-3.0": python("sdmx1_v2.py"),
    **{f"pysdmx-{version}": python("pysdmx_pull.py", version) for version in PYSDMX},
    "rsdmx": r("rsdmx.R"),
    "sdmx-rest-1.5.0": node("sdmx-rest.js", "v1.5.0"),
    "sdmx-rest-2.0.0": node("sdmx-rest.js", "v2.0.0"),
    "sdmx-dl": java("SdmxDl.java"),
    "curl": shell("pull.sh"),
}
Found = dict[str, set[tuple[object, ...]]]


@pytest.fixture(scope="module")
def expected(snapshot: Snapshot) -> Found:
    definition = snapshot.registry.definition(Ref("dataflow", "LMIS", "DF_UNE", "1.0.0"))
    frame = frames.read(snapshot, "data/dataflow/LMIS/DF_UNE/*/M.MYS?c[TIME_PERIOD]=ge:2024-01")
    names = [d.id for d in definition.dimensions]
    keys = frame[names].astype(str).agg(".".join, axis=1)
    assert len(frame) > 100
    return {
        "flow": {(flow.id,) for flow in snapshot.registry.find("dataflow")},
        "dimension": {(d.id, str(len(d.codes.items))) for d in definition.dimensions if d.codes},
        "obs": {
            (key, period, float(value))
            for key, period, value in zip(keys, frame.TIME_PERIOD, frame.OBS_VALUE, strict=True)
        },
    }


def read(text: str) -> Found:
    found: Found = {}
    for kind, *cells in (line.split("\t") for line in text.splitlines()):
        row = (*cells[:-1], float(cells[-1])) if kind == "obs" else tuple(cells)
        assert row not in found.setdefault(kind, set()), f"{row} twice"
        found[kind].add(row)
    return found


@pytest.mark.parametrize("client", CLIENTS)
def test_client_finds_what_is_in_the_store(client: str, base: str, expected: Found, tmp_path: Path) -> None:
    environment = {**os.environ, "NODE_PATH": str(INSTALLED / "npm" / "node_modules"), "HOME": str(tmp_path)}
    done = subprocess.run(
        CLIENTS[client](base), capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = read(done.stdout)
    for kind in found:
        assert found[kind] == expected[kind], kind
    assert set(found) == (set(expected) - {"dimension"} if client == "curl" else set(expected))
