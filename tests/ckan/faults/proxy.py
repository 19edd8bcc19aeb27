"""A proxy on loopback that stands between us and a catalogue and does one kind of harm at one call."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

HTML = b"<!doctype html><title>Sign in</title><p>Welcome to the network"


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class World:
    """What the proxy knows: where it leads, which call is harmed and how, what it has seen."""

    target: str
    hold: float  # seconds: longer than the client's deadline
    fault: str = ""
    at: int = -1  # the number of the call, from 0
    calls: list[str] = field(default_factory=list)  # actions, in order
    last: Answer | None = None  # of the call before
    strangers: list[str] = field(default_factory=list)  # what went where no call of ours belongs
    meddle: Callable[[str], None] = lambda action: None  # somebody else, between our calls
    kill: Callable[[], None] = lambda: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, fault: str, at: int) -> None:
        self.fault, self.at, self.last = fault, at, None
        self.calls.clear()
        self.strangers.clear()


def _json(status: int, kind: str, message: str, action: str) -> Answer:
    body = {"success": False, "error": {"__type": kind, "message": message}}
    body |= {"help": f"http://x/api/3/action/help_show?name={action}"}
    return Answer(status, json.dumps(body).encode(), (("Content-Type", "application/json"),))


# Answers that come instead of the catalogue's: it has not heard of the call.
INSTEAD: dict[str, Callable[[str], Answer]] = {
    "429 slow down": lambda action: Answer(429, b"slow down", (("Retry-After", "1"),)),
    "500 page": lambda action: Answer(500, HTML),
    "500 search index down": lambda action: _json(500, "Search Index Error", "Unable to add", action),
    "500 search connection down": lambda action: _json(500, "Search Connection Error", "refused", action),
    "500 disk full": lambda action: _json(500, "Internal Server Error", "No space left on device", action),
    "502 bad gateway": lambda action: Answer(502, HTML),
    "503 maintenance": lambda action: Answer(503, HTML, (("Retry-After", "2"),)),
    "504 gateway timeout": lambda action: Answer(504, b""),
    "403 token lost": lambda action: _json(403, "Authorization Error", "Access denied", action),
    "200 page of a portal": lambda action: Answer(200, HTML),
    "200 empty": lambda action: Answer(200, b""),
    "200 another's answer": lambda action: Answer(
        200, b'{"help": "http://x/help_show?name=other", "success": true, "result": {"state": "active"}}'
    ),
    "302 to elsewhere": lambda action: Answer(302, b"", (("Location", "/elsewhere"),)),
    "400 bare text": lambda action: Answer(400, b'"Bad request"'),
}
# Harm to the connection. `lost`, `half`, … happen after the catalogue has done what was asked.
CONNECTION = (
    "no answer", "closed", "lost reply", "half a body", "slow drip", "answer after the deadline",
    "500 after all was done", "asked twice", "the answer before", "overtaken",
)  # fmt: skip
FAULTS = (*INSTEAD, *CONNECTION)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    world: World

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def handle(self) -> None:
        with suppress(ConnectionError):  # who asked may be gone, or was killed
            super().handle()

    def do_GET(self) -> None:
        self._act()

    def do_POST(self) -> None:
        self._act()

    def _act(self) -> None:
        world, action = self.world, urlsplit(self.path).path.rpartition("/")[2]
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.path.startswith("/api/"):
            world.strangers.append(self.path)
        with world.lock:
            number = len(world.calls)
            world.calls.append(action)
        try:
            self._harm(action, body) if number == world.at else self._answer(self._forward(body))
        except (ConnectionError, TimeoutError, OSError):
            self.close_connection = True

    def _harm(self, action: str, body: bytes) -> None:
        fault = self.world.fault
        if fault in INSTEAD:
            self._answer(INSTEAD[fault](action))
        else:
            getattr(self, "_" + fault.replace(" ", "_"))(action, body)

    def _forward(self, body: bytes) -> Answer:
        target = urlsplit(self.world.target)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
        asked = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
        with closing(asked) as connection:
            connection.request(self.command, self.path, body or None, headers)
            response = connection.getresponse()
            kept = tuple((k, v) for k, v in response.getheaders() if k.lower() == "content-type")
            return Answer(response.status, response.read(), kept)

    def _answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        self.world.last = answer

    # -- harm to the connection -----------------------------------------------------------------

    def _closed(self, action: str, body: bytes) -> None:
        self.close_connection = True

    def _no_answer(self, action: str, body: bytes) -> None:
        time.sleep(self.world.hold)
        self.close_connection = True

    def _lost_reply(self, action: str, body: bytes) -> None:
        self._forward(body)
        self.close_connection = True

    def _answer_after_the_deadline(self, action: str, body: bytes) -> None:
        answer = self._forward(body)
        time.sleep(self.world.hold)
        self._answer(answer)

    def _half_a_body(self, action: str, body: bytes) -> None:
        answer = self._forward(body)
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2])
        self.close_connection = True

    def _slow_drip(self, action: str, body: bytes) -> None:
        answer = self._forward(body)
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        deadline = time.monotonic() + self.world.hold
        for sign in answer.body:
            self.wfile.write(bytes([sign]))
            self.wfile.flush()
            time.sleep(self.world.hold / 20)
            if time.monotonic() > deadline:
                break
        self.close_connection = True

    def _500_after_all_was_done(self, action: str, body: bytes) -> None:
        self._forward(body)
        self._answer(_json(500, "Search Index Error", "Unable to add package to search index", action))

    def _asked_twice(self, action: str, body: bytes) -> None:
        self._forward(body)
        self._answer(self._forward(body))

    def _the_answer_before(self, action: str, body: bytes) -> None:
        before = self.world.last or Answer(200, b"{}")
        self._forward(body)
        self._answer(before)

    def _overtaken(self, action: str, body: bytes) -> None:
        self.world.meddle(action)
        self._answer(self._forward(body))

    def _kill_before(self, action: str, body: bytes) -> None:
        self.world.kill()
        self.close_connection = True

    def _kill_after(self, action: str, body: bytes) -> None:
        self._forward(body)
        self.world.kill()
        self.close_connection = True


@contextmanager
def standing(target: str, hold: float) -> Iterator[tuple[str, World]]:
    """The proxy's address, and the world to say in what it shall do."""
    world = World(target, hold)
    handler = type("Handler", (_Handler,), {"world": world})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", world
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
