"""The figures for Prometheus of a real `lmis serve`: every process is in them, and no secret."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from publisher.desk import actions
from tests.desk.conftest import twin
from tests.desk.world import ANNA, DSD

pytestmark = pytest.mark.slow
PATIENCE = 120.0  # seconds


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def read(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return str(answer.read().decode())


def awaited(ask: Callable[[], str], holds: str) -> str:
    """What `ask` gives once it holds the words."""
    end, told = time.monotonic() + PATIENCE, ""
    while time.monotonic() < end:
        try:
            told = ask()
        except OSError as error:
            told = repr(error)
        if holds in told:
            return told
        time.sleep(0.2)
    raise AssertionError(f"{holds!r} did not come: {told}")


def test_every_process_is_counted(beginning: Path, tmp_path: Path) -> None:
    world = twin(beginning, tmp_path)
    made, _ = actions.submit(world.desk, ANNA, [world.package("ALPHA", "secret", y2024="99999.5")])
    actions.schedule(world.desk, ANNA, made.key, world.clock + timedelta(days=9999))
    port, figures = free(), free()
    words = ["serve", "--home", str(world.settings.home), "--port", str(port), "--metrics-port", str(figures)]
    environ = {**os.environ, "LMIS_DSD": str(DSD), "LMIS_BUNDLED_DSD": "no", "LMIS_LOG_FORMAT": "json"}
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "publisher", *words], env=environ, stdout=log, stderr=log
        )
    try:
        awaited(lambda: read(port, "/healthz"), '"vintage":1')
        for _ in range(20):
            read(port, "/sdmx/v2/structure/dataflow")
        told = awaited(lambda: read(figures, "/metrics"), "\nlmis_publisher_clock_jump_seconds ")
    finally:
        server.terminate()
        server.wait(60)
    assert re.search(r'lmis_requests_total\{kind="sdmx v2 structure",status="200"\} 20\.0', told)
    assert re.search(r'lmis_request_seconds_count\{kind="sdmx v2 structure"\} 20\.0', told)
    assert "lmis_vintage 1.0" in told
    assert "lmis_announced_late 1.0" in told  # what the beginning announces
    assert "lmis_damaged_files 0.0" in told
    assert "lmis_publisher_late 0.0" in told
    assert not re.search("secret|ALPHA|pending|staged", told), "nothing of what waits"
