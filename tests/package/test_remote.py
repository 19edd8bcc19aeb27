"""Fetching from an allowed host, against a server on the loopback that does what servers do to clients."""

from __future__ import annotations

import hashlib
import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.package import check, remote
from publisher.package.archives import Refused
from publisher.structures.registry import Registry
from tests.package import made

TABLE = made.as_csv(made.texts())


class Handler(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        getattr(self, "say_" + self.path.strip("/"))()

    def log_message(self, *_: object) -> None:
        pass

    def _head(self, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def say_good(self) -> None:
        self._head(Content_Length=str(len(TABLE)))
        self.wfile.write(TABLE)

    def say_missing(self) -> None:
        self._head(404)

    def say_moved(self) -> None:
        self._head(302, Location="/good")

    def say_packed(self) -> None:
        self._head(Content_Encoding="gzip")

    def say_short(self) -> None:
        self._head(Content_Length=str(len(TABLE) + 5))
        self.wfile.write(TABLE)

    def say_endless(self) -> None:
        self._head()
        while True:
            self.wfile.write(bytes(1 << 16))

    def say_slow(self) -> None:
        self._head()
        for _ in range(100):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """The client went away, as it must."""


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Asked", (Handler,), {"asked": asked})
    with Server(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}", asked
        running.shutdown()


@pytest.mark.parametrize(
    ("what", "code", "says"),
    [
        ("missing", "remote-failed", "404"),
        ("moved", "remote-failed", "redirects"),
        ("packed", "remote-failed", "packed"),
        ("short", "remote-failed", "early"),
        ("endless", "too-large", "more than"),
        ("slow", "remote-failed", "within 0.3 seconds"),
    ],
)
def test_refused(server: tuple[str, list[str]], what: str, code: str, says: str) -> None:
    address, asked = server
    started = time.perf_counter()
    with pytest.raises(Refused, match=says) as refused:
        remote.fetch(f"{address}/{what}", [address], most=1 << 20, deadline=0.3)
    assert refused.value.code == code
    assert time.perf_counter() - started < 2
    assert asked == [f"/{what}"]


def test_fetched_once_and_hashed(server: tuple[str, list[str]], tmp_path: Path, registry: Registry) -> None:
    address, asked = server
    url = f"{address}/good"
    folder = made.package(tmp_path / "p", "other.txt", b"", path=url, format="csv")
    report = check(folder, registry, hosts=(address,))
    assert [str(finding) for finding in report.findings] == []
    assert report.files[url] == hashlib.sha256(TABLE).hexdigest()
    assert asked == ["/good"]


@pytest.mark.parametrize("hosts", [(), ("data.example.org",), ("https://127.0.0.1",)])
def test_other_hosts_are_never_asked(
    server: tuple[str, list[str]], hosts: tuple[str, ...], tmp_path: Path, registry: Registry
) -> None:
    address, asked = server
    folder = made.package(tmp_path / "p", "other.txt", b"", path=f"{address}/good", format="csv")
    assert set(check(folder, registry, hosts=hosts).counts) == {"remote-reference"}
    assert asked == []
