"""Past vintages, restart and restore, each beside what it is measured by; prints the limits.

    python -m benchmarks.releases [PART [OBSERVATIONS]]

`vintages`: a store of 50 vintages, each a correction of one observation in a hundred (of 100,000); `asOf` and
`updatedAfter` beside the plain query, CPU seconds of one answer. `restart`: from `lmis serve` to the first
right answer with ten million observations in one dataflow. `restore`: the same home from a backup, answers
compared.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import data
from benchmarks.data import FLOW, _state
from publisher.folders import folder
from publisher.rest import Request, answer
from publisher.store import Change, Home, Release, Snapshot, current, stage

registry = cache(data.registry)
VINTAGES = 50
START = datetime(2025, 1, 1, tzinfo=UTC)
DATA = f"data/dataflow/{FLOW.agency}/{FLOW.id}/{FLOW.version}/"
ASKED = {"one country, 2020 on": "A.MYS?c[TIME_PERIOD]=ge:2020", "everything": "*"}
LIMITS = {"vintages": 2.0, "restart": 2.0, "restore": 60.0}
REPEATED = 7


def table(place: Path, observations: int) -> pa.Table:
    place.mkdir(parents=True, exist_ok=True)
    _state(registry().definition(FLOW), place / "rows.parquet", observations)
    found = pq.read_table(place / "rows.parquet")
    return found.select([name for name in found.column_names if found[name].null_count < found.num_rows])


def put(home: Home, number: int, action: str, rows: pa.Table) -> None:
    """Vintage `number`, a day after the one before."""
    made = Release(f"r-{number}", "WB", START + timedelta(days=number), (Change(FLOW, action, {}, rows),))
    with stage(home) as staged:
        staged.freeze(made, registry(), (folder("dsd"),))
        staged.release()


def verdict(name: str, value: float, unit: str) -> bool:
    met = value <= LIMITS[name]
    print(
        f"{name}: {value:.2f}{unit}, limit {LIMITS[name]:g}{unit}: {'met' if met else 'MISSED'}", flush=True
    )
    return met


# -- vintages -----------------------------------------------------------------------------------


def vintages(place: Path, observations: int) -> bool:
    home, rows = Home(place / "vintages"), table(place, observations)
    put(home, 1, "Replace", rows)
    for number in range(2, VINTAGES + 1):
        few = rows.take(pa.array(range((number * 997) % 100, rows.num_rows, 100)))
        at = few.column_names.index("OBS_VALUE")
        put(home, number, "Merge", few.set_column(at, "OBS_VALUE", pa.array([str(number)] * few.num_rows)))
    public, worst = current(home), 0.0
    for name, path in ASKED.items():
        plain = cpu(public, [path])
        told = [f"{name:<22} plain {plain * 1e3:8.2f} ms"]
        for what, more in variants().items():
            spent = cpu(public, [f"{path}{'&' if '?' in path else '?'}{m}" for m in more])
            worst = max(worst, spent / plain)
            told.append(f"{what} {spent * 1e3:.2f} ms, {spent / plain:.2f} x")
        print("   ".join(told), flush=True)
    return verdict("vintages", worst, " x the plain query")


def variants() -> dict[str, list[str]]:
    """Of one instant again and again, and of one after the other."""

    def at(number: int) -> str:
        return f"{START + timedelta(days=number, hours=1):%Y-%m-%dT%H:%M:%SZ}"

    every = range(1, VINTAGES, 7)
    return {
        "asOf": [f"asOf={at(VINTAGES // 2)}"],
        "asOf of many": [f"asOf={at(number)}" for number in every],
        "updatedAfter": [f"updatedAfter={at(VINTAGES // 2)}"],
        "updatedAfter of many": [f"updatedAfter={at(number)}" for number in every],
    }


def cpu(public: Snapshot, paths: list[str]) -> float:
    """CPU seconds of one answer, the median; every path was asked once before."""
    spent = []
    for number in range(REPEATED + 1):
        before = time.process_time()
        for path in paths:
            address, _, query = f"{DATA}{path}".partition("?")
            found = answer(public, Request("v2", address, f"{query}&format=csvdata"))
            size = sum(map(len, found.chunks))
            assert (found.status, bool(size)) in ((200, True), (204, False)), path  # 204: it did not change
        if number:
            spent.append((time.process_time() - before) / len(paths))
    return statistics.median(spent)


# -- restart and restore ------------------------------------------------------------------------


def large(place: Path, observations: int) -> Path:
    """A home with so many observations in one dataflow."""
    home = place / "home"
    if not home.exists():
        put(Home(home), 1, "Replace", table(place, observations))
        print(f"{observations:,} observations", flush=True)
    return home


def restart(place: Path, observations: int) -> bool:
    home = large(place, observations)
    public = current(Home(home))
    right = whole(public, "A.MYS?c[TIME_PERIOD]=ge:2020")
    found = [once(home, right) for _ in range(3)]
    print(f"restart: wall seconds {', '.join(f'{wall:.2f}' for wall, _ in found)}", flush=True)
    print(f"restart: CPU seconds of all processes {', '.join(f'{spent:.2f}' for _, spent in found)}")
    return verdict("restart", statistics.median(wall for wall, _ in found), " s")


def once(home: Path, right: str) -> tuple[float, float]:
    """Wall and CPU seconds from the start to the first right answer."""
    before, started = children(), time.monotonic()
    with serving(home) as port:
        while True:
            try:
                if asked(port, f"/sdmx/v2/{DATA}A.MYS?c[TIME_PERIOD]=ge:2020&format=csvdata") == right:
                    break
            except OSError:
                time.sleep(0.01)
        wall = time.monotonic() - started
    return wall, children() - before


def children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@contextmanager
def serving(home: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = ["serve", "--role", "web", "--home", str(home), "--port", str(port)]
    # byte code is kept, as it is of an installed program: the first start of three may compile it
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    server = subprocess.Popen(
        [sys.executable, "-m", "publisher", *words],
        stdout=subprocess.DEVNULL,
        env={**kept, "LMIS_BASE_URL": ""},
    )
    try:
        yield port
    finally:
        server.terminate()
        server.wait(60)


def asked(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        return hashlib.sha256(connection.getresponse().read()).hexdigest()
    finally:
        connection.close()


def whole(public: Snapshot, path: str) -> str:
    address, _, query = f"{DATA}{path}".partition("?")
    found = answer(public, Request("v2", address, f"{query}&format=csvdata"))
    digest = hashlib.sha256()
    for chunk in found.chunks:
        digest.update(chunk)
    return digest.hexdigest()


def restore(place: Path, observations: int) -> bool:
    from publisher.operation.backup import backup
    from publisher.operation.restore import restore as run

    home = large(place, observations)
    started = time.monotonic()
    backup(Home(home), place / "kept.tar", lambda text: None)
    print(f"backup: {time.monotonic() - started:.1f} s, {(place / 'kept.tar').stat().st_size >> 20:,} MiB")
    started, spent = time.monotonic(), time.process_time()
    run(place / "kept.tar", place / "again", lambda text: None)
    wall, spent = time.monotonic() - started, time.process_time() - spent
    print(f"restore: {spent:.1f} CPU seconds")
    same = all(
        whole(current(Home(home)), p) == whole(current(Home(place / "again")), p) for p in ASKED.values()
    )
    print(f"restore: every answer {'byte for byte as before' if same else 'NOT AS BEFORE'}")
    return verdict("restore", wall, " s") and same


PARTS: Mapping[str, tuple[Callable[[Path, int], bool], int]] = {
    "vintages": (vintages, 100_000),
    "restart": (restart, 10_000_000),
    "restore": (restore, 10_000_000),
}


def main(part: str = "", observations: str = "") -> int:
    with tempfile.TemporaryDirectory(prefix="lmis-releases-") as name:
        met = [
            run(Path(name), int(observations or usual))
            for wanted, (run, usual) in PARTS.items()
            if part in ("", wanted)
        ]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
