"""The service as its users meet it, with the demo's data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.store import Home, Snapshot, current
from tests.clients.server import free_port, serving


@pytest.fixture(scope="session")
def port(demo_home: Path) -> Iterator[int]:
    port = free_port()
    with serving(demo_home, port):
        yield port


@pytest.fixture(scope="session")
def base(port: int) -> str:
    return f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def snapshot(demo_home: Path) -> Snapshot:
    return current(Home(demo_home))
