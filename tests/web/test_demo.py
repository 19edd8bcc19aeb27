"""The demo as its first command leaves it: built and served at one go, and able to draw."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.mark.slow
def test_what_is_built_and_served_at_one_go_draws_sheets_when_asked(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{(port := _port())}/th/factsheets/ASEAN"
    words = ["demo", "--quiet", "--home", tmp_path / "home", "--port", str(port), "--desk-port", str(_port())]
    with subprocess.Popen([sys.executable, "-m", "publisher", *words]) as demo:
        try:
            assert "<svg" in _until_there(address, demo)
        finally:
            demo.terminate()


def _until_there(address: str, server: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + 400
    while time.monotonic() < deadline:
        assert server.poll() is None, "the demo ended"
        try:
            return requests.get(address, timeout=60).text
        except requests.ConnectionError:  # not yet
            time.sleep(0.5)
    raise AssertionError("the demo did not answer")
