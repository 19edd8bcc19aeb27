"""Every fault at every call, or a sample of them, and the table of what became of it.

python -m tests.ckan.faults.runs     every fault at every call on the embedded catalogue, a sample on the
                                     CKAN of `make ckan-up`; SEED=… repeats a sample
"""

from __future__ import annotations

import logging
import os
import random
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from ckanapi.errors import NotFound, ValidationError
from flask import Flask
from werkzeug.serving import make_server

from catalogue import actions, ckan
from catalogue.call import Site
from catalogue.embedded import Embedded
from tests.ckan.contract import catalogues
from tests.ckan.faults import publishing
from tests.ckan.faults.proxy import FAULTS, World, standing
from tests.ckan.faults.publishing import Tried, state

TOKEN = "the-publishers-secret-token"
SAMPLE = 62  # runs on a real CKAN
AFTER = 2  # calls of a publication after its datasets were read for the last time


@dataclass
class Row:
    """One kind of fault."""

    runs: int = 0
    rounds: int = 0  # most that any needed
    seconds: float = 0.0  # longest
    actions: set[str] = field(default_factory=set)  # at which it struck


@dataclass
class Place:
    """A catalogue with a proxy before it."""

    url: str
    token: str
    proxy: str
    world: World
    deadline: float

    def calls(self) -> int:
        """How many calls a publication takes when nothing is wrong; leaves state 1."""
        for number in (1, 2, 1):
            publishing.purge(self.admin(), state(3 - number))
            self.world.begin("", -1)
            publishing.publish(self.proxy, self.token, state(number), Tried(), self.deadline)
        return len(self.world.calls)

    def admin(self) -> ckan.Remote:
        return ckan.Remote(self.url, self.token)

    def run(self, fault: str, at: int, number: int) -> tuple[Tried, str]:
        """Publish state `number` over the other one with the fault at the call. Raises AssertionError."""
        with self.admin() as admin, ckan.Remote(self.url) as reader:
            publishing.purge(admin, state(3 - number))
            self.world.begin(fault, at)
            self.world.meddle = publishing.meddler(admin, self.world)
            tried = Tried()
            publishing.publish(
                self.proxy, self.token, state(number), tried, self.deadline,
                lambda: publishing.check_between(reader, state(1), state(2)),
            )  # fmt: skip
            publishing.check(reader, state(number))
        assert not self.world.strangers, self.world.strangers
        assert self.token not in "".join(tried.told)
        struck = self.world.calls[at] if at < len(self.world.calls) else "-"
        return tried, struck


@contextmanager
def embedded(folder: Path) -> Iterator[Place]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = Flask(__name__)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    catalogue = Embedded(folder / "catalogue.sqlite")
    app.register_blueprint(
        actions.blueprint(catalogue, lambda: 1, Site(url, "x"), lambda: actions.token_hash(TOKEN))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with standing(url, hold=0.5) as (proxy, world):
            yield Place(url, TOKEN, proxy, world, deadline=0.4)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def real() -> Iterator[Place | str]:
    """The CKAN of `make ckan-up`, or why there is none."""
    asked = catalogues.real()
    if isinstance(asked, str):
        yield asked
        return
    asked.session.close()
    with standing(asked.url, hold=4.0) as (proxy, world):
        place = Place(asked.url, asked.tokens["admin"], proxy, world, deadline=3.0)
        try:
            yield place
        finally:
            clean(place)


def clean(place: Place) -> None:
    for name in publishing.NAMES:
        without_table(place, publishing.id_of(f"{name} 0"))
        gone(place, "dataset_purge", name)
    gone(place, "organization_purge", "contract-office")
    gone(place, "group_purge", "contract-topic")


def without_table(place: Place, resource: str) -> None:
    """A purge leaves tables where they are."""
    with place.admin() as admin, suppress(NotFound, ValidationError):
        admin.action.datastore_delete(resource_id=resource, force=True)


def gone(place: Place, action: str, name: str) -> None:
    """Purge what has the name; a deleted record may have it as well."""
    with place.admin() as admin:
        for _ in range(3):
            try:
                admin.call_action(action, {"id": name})
            except NotFound:
                return


def table(place: Place, cases: Sequence[tuple[str, int]]) -> dict[str, Row]:
    """Run the cases; each publication goes from one state to the other."""
    rows: dict[str, Row] = {}
    for count, (fault, at) in enumerate(cases):
        started = time.monotonic()
        try:
            tried, struck = place.run(fault, at, 2 - count % 2)
        except AssertionError as problem:
            problem.add_note(f"{fault} at call {at} of {place.world.calls}")
            raise
        row = rows.setdefault(fault, Row())
        row.runs += 1
        row.rounds = max(row.rounds, tried.rounds)
        row.seconds = max(row.seconds, time.monotonic() - started)
        row.actions.add(struck)
    return rows


def every(calls: int) -> list[tuple[str, int]]:
    return [(fault, at) for fault in FAULTS for at in range(calls) if _may_be(fault, at, calls)]


def _may_be(fault: str, at: int, calls: int) -> bool:
    """Who overtakes us once all was read changes what was found right before."""
    return fault != "overtaken" or at < calls - AFTER


def sample(calls: int, seed: int, least: int = SAMPLE) -> list[tuple[str, int]]:
    """Each fault equally often, at calls by chance; at least so many runs."""
    rnd = random.Random(seed)
    times = range(-(-least // len(FAULTS)))
    last = {fault: max(at for at in range(calls) if _may_be(fault, at, calls)) for fault in FAULTS}
    chosen = [(fault, rnd.randint(0, last[fault])) for _ in times for fault in FAULTS]
    return chosen[: max(least, len(FAULTS))]


def told(title: str, rows: dict[str, Row]) -> str:
    lines = [title, f"{'fault':<28} {'runs':>5} {'rounds':>7} {'longest':>8}  struck at"]
    for fault, row in rows.items():
        lines.append(
            f"{fault:<28} {row.runs:>5} {row.rounds:>7} {row.seconds:>6.1f} s  {len(row.actions)} actions"
        )
    runs = sum(row.runs for row in rows.values())
    return "\n".join([*lines, f"{len(rows)} kinds, {runs} runs, all converged"])


def main() -> int:
    seed = int(os.environ.get("SEED") or random.randrange(10**6))
    with TemporaryDirectory() as folder, embedded(Path(folder)) as place:
        calls = place.calls()
        print(
            told(f"embedded catalogue, {calls} calls a publication", table(place, every(calls))), flush=True
        )
    with real() as there:
        if isinstance(there, str):
            print(f"no real CKAN: {there}")
            return 0
        calls = there.calls()
        rows = table(there, sample(calls, seed))
        print(told(f"real CKAN, {calls} calls a publication, SEED={seed}", rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
