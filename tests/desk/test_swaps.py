"""Releases swap under load: every answer of `lmis serve`, with two web processes, is of one vintage alone.

`REQUESTS=` (`make swaps`: 100,000) says how many are made.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from publisher.desk import actions, ahead
from tests.desk import probes
from tests.desk.conftest import web
from tests.desk.test_metrics import awaited, free, read
from tests.desk.world import ALI, ANNA, World

pytestmark = pytest.mark.slow
REQUESTS = int(os.environ.get("REQUESTS") or 4000)
VINTAGES, CLIENTS, PAUSE = 4, 6, 0.03  # seconds between two swaps
ASKED = (
    "/sdmx/v2/data/dataflow/DESK/DF_JOBS/1.0.0/*?format=csvdata",
    "/sdmx/v2/data/dataflow/DESK/DF_JOBS/1.0.0/*",
    "/sdmx/v2/data/dataflow/DESK/DF_JOBS/1.0.0/*?includeHistory=true&format=csvdata",
    "/sdmx/v2/availability/dataflow/DESK/DF_JOBS/1.0.0",
    "/sdmx/v2/structure/dataflow/DESK?detail=allcompletestubs",
    "/sdmx/v2/registration",
    "/sdmx/v1/data/DF_JOBS",
    "/feed.json",
    "/feed.atom",
    "/en/",
    "/en/releases",
    "/en/dataset/alpha-df-jobs",
    "/api/3/action/package_show?id=alpha-df-jobs",
    "/api/3/action/package_search?facet.field=[%22organization%22]",
    "/dataset/alpha-df-jobs.ttl",
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Each vintage has other figures in every row."""
    world = World(tmp_path)
    for number in range(VINTAGES):
        values = {f"y{2020 + year}": f"{number + 1}{year}" for year in range(number + 1)}
        made, _ = actions.submit(world.desk, ANNA, [world.package("ALPHA", f"{number}", **values)])
        actions.schedule(world.desk, ANNA, made.key, None)
        actions.approve(world.desk, ALI, made.key)
        ahead.release_due(world.desk)
        world.wait(hours=1)
    return world


def digest(status: int, tag: str | None, body: bytes) -> str:
    return hashlib.sha256(f"{status} {tag} ".encode() + body).hexdigest()


def expected(world: World) -> dict[str, dict[str, int]]:
    """Address → hash of each vintage's whole answer → its number."""
    found: dict[str, dict[str, int]] = {path: {} for path in ASKED}
    numbers = range(1, world.public.number + 1)
    for number in numbers:
        world.desk.home.point(number)
        app = web(world)
        for path in ASKED:
            seen = probes.ask(app, path)
            assert seen.status == "200 OK", path
            found[path][digest(200, dict(seen.headers).get("ETag"), seen.body)] = number
    return found


@contextmanager
def serving(world: World) -> Iterator[int]:
    port, home = free(), world.settings.home
    words = ["serve", "--role", "web", "--workers", "2", "--port", str(port), "--home", str(home)]
    command = [sys.executable, "-m", "publisher", *words, "--base-url", world.base_url]
    environ = {**os.environ, "LMIS_RATE_LIMIT": "0"}
    server = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    try:
        awaited(lambda: read(port, "/healthz"), '"vintage"')
        yield port
    finally:
        server.terminate()
        server.wait(60)


@dataclass
class Clients:
    port: int
    right: dict[str, dict[str, int]]
    left: int = REQUESTS
    seen: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _ask(self, number: int) -> None:
        chance = random.Random(number)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        while self._take():
            path = chance.choice(ASKED)
            connection.request("GET", path)
            answer = connection.getresponse()
            self._note(path, digest(answer.status, answer.headers["ETag"], answer.read()), answer.status)
        connection.close()

    def _take(self) -> bool:
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def _note(self, path: str, told: str, status: int) -> None:
        with self.lock:
            if told in self.right[path]:
                self.seen[self.right[path][told]] += 1
            else:
                self.wrong.append(f"{status} {path}")


def test_no_answer_is_of_two_releases(world: World) -> None:
    right = expected(world)
    numbers = sorted(set(right[ASKED[0]].values()))
    assert len(numbers) == VINTAGES
    over, swaps = threading.Event(), 0

    def swap() -> None:
        nonlocal swaps
        while not over.wait(PAUSE):
            swaps += 1
            world.desk.home.point(numbers[swaps % len(numbers)])

    with serving(world) as port:
        clients = Clients(port, right)
        swapper = threading.Thread(target=swap)
        swapper.start()
        clients.run()
        over.set()
        swapper.join()
    print(f"{REQUESTS:,} requests, {swaps:,} swaps, {len(clients.wrong)} wrong; by vintage {clients.seen}")
    assert not clients.wrong, Counter(clients.wrong)
    assert set(clients.seen) == set(numbers), "every vintage was seen"
