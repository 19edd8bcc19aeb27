"""Clients that are slow to ask or to read take nothing from the others; Ctrl-C ends in good order."""

from __future__ import annotations

import http.client
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.clients.server import free_port, serving

pytestmark = pytest.mark.slow
CLIENTS = 300
MEMORY = 512  # MiB that one web process may have for itself
LARGE = "/sdmx/v2/data/dataflow/LMIS/DF_EMP?format=genericdata&dimensionAtObservation=AllDimensions"
SMALL = "/sdmx/v2/data/dataflow/LMIS/DF_UNE/*/M.MYS?limit=200"


@pytest.fixture(scope="module")
def own_port(demo_home: Path) -> Iterator[int]:
    """A server of its own, with the workers that `lmis serve` has."""
    port = free_port()
    with serving(demo_home, port, workers=2):
        yield port


def slow_to_ask(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(f"GET {SMALL} HTTP/1.1\r\nHost: 127.0.0.1\r\n".encode())  # and no end of the headers
    return client


def slow_to_read(port: int) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect(("127.0.0.1", port))
    client.sendall(f"GET {LARGE} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    return client


@contextmanager
def many(port: int, kind: Callable[[int], socket.socket]) -> Iterator[None]:
    with ExitStack() as opened:
        for _ in range(CLIENTS):
            opened.enter_context(kind(port))
        yield


def ask(port: int, path: str, timeout: float = 30) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Accept": "application/xml"})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("kind", [slow_to_ask, slow_to_read])
def test_others_are_answered(own_port: int, kind: Callable[[int], socket.socket]) -> None:
    with many(own_port, kind):
        assert ask(own_port, SMALL)[0] == 200  # after the burst of requests, each read once
        started = time.monotonic()
        assert [ask(own_port, SMALL)[0] for _ in range(20)] == [200] * 20
        assert time.monotonic() - started < 10


def test_too_many_large_downloads(own_port: int) -> None:
    """Who comes when all places for large answers are taken is told so, and gets them when they are free."""
    with many(own_port, slow_to_read):
        status, headers, body = next(
            found for found in (ask(own_port, LARGE) for _ in range(20)) if found[0] == 503
        )
        assert headers["Retry-After"]
        assert headers["Content-Type"].startswith("application/vnd.sdmx.structure+xml")
        assert b"too many large downloads" in body
    deadline = time.monotonic() + 30
    while (status := ask(own_port, LARGE)[0]) == 503 and time.monotonic() < deadline:
        time.sleep(0.5)
    assert status == 200


def processes(parent: int) -> list[int]:
    """The ids of `parent` and of what it started."""
    found = [parent]
    for pid in found:
        found += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return found


def most_memory(pid: int) -> int:
    """MiB that a process has had for itself at most, mapped files and all."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) >> 10


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc, which Linux has")
def test_slow_readers_cost_little_memory(demo_home: Path) -> None:
    """300 readers of a large answer: only so many are begun, and those hold little."""
    port = free_port()
    with serving(demo_home, port) as process, many(port, slow_to_read):
        refused = [ask(port, LARGE)[0] for _ in range(10)]
        assert 503 in refused
        assert ask(port, SMALL)[0] == 200
        assert max(map(most_memory, processes(process.pid))) < MEMORY


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_stops(demo_home: Path, sent: signal.Signals) -> None:
    """The exit code is 0, also with a client that is still reading."""
    port = free_port()
    with serving(demo_home, port) as process, slow_to_read(port):
        time.sleep(0.5)
        started = time.monotonic()
        process.send_signal(sent)
        assert process.wait(30) == 0
        assert time.monotonic() - started < 20
