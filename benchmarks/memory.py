"""Peak memory of writing ten million observations in each format, and the time to the first byte.

    python -m benchmarks.memory FOLDER [OBSERVATIONS]

Each format in a process of its own, in the store's order and by value. The peak is what the process holds
for itself: the pages of the cube's files that it has mapped can be dropped at any moment, and are told
apart. The first byte is that of a process that has answered before: the best of three.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.data import make
from benchmarks.write import HEADER
from publisher.formats import DATA
from publisher.formats.message import DataMessage, DataSet, Observations
from publisher.query.model import DataQuery, Target
from publisher.store import Cube, select
from publisher.store.sorting import ordered

TIME = "TIME_PERIOD"
ORDERS = {"store": (), "value": (("OBS_VALUE", False),)}
MOST = {"store": 300, "value": 600}  # MB
FIRST = {"store": 250}  # milliseconds; another order than the store's is settled before it is told


class Peak:
    """The most memory that the process had while it ran, looked at every two milliseconds (Linux)."""

    def __init__(self) -> None:
        self.own = self.mapped = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.002):
            lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
            own, mapped = (int(lines[name].split()[0]) for name in ("RssAnon", "RssFile"))
            self.own, self.mapped = max(self.own, own), max(self.mapped, mapped)


def message(cube: Cube, order: str, in_rows: bool) -> DataMessage:
    """As the service makes it: formats of rows keep to the order row by row."""
    found: Observations = select(cube, DataQuery(Target("dataflow")))
    if ORDERS[order]:
        chosen = ordered(found, ORDERS[order], TIME)  # type: ignore[arg-type]
        found = chosen if in_rows else chosen.grouped()
    attributes = tuple(a.id for a in cube.definition.attributes)
    return DataMessage(HEADER, (DataSet(cube.definition, found, attributes=attributes),))


def write(cube: Cube, name: str, order: str) -> Iterator[bytes | memoryview]:
    return DATA[name].write(message(cube, order, "+csv" in name))


def first_byte(cube: Cube, name: str, order: str) -> float:
    """Milliseconds from the query to the first piece."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        next(write(cube, name, order))
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def limit(value: float, most: float | None) -> str:
    return "" if most is None else f" (limit {most}: {'kept' if value <= most else 'MISSED'})"


def one(place: Path, name: str, order: str) -> int:
    cube = make(place)
    with Peak() as peak:
        size = sum(map(len, write(cube, name, order)))
    first = first_byte(cube, name, order)
    short = name.removeprefix("application/vnd.sdmx.")
    own = peak.own >> 10
    print(
        f"{short:<52}{order:<7}{own:>5} MB{limit(own, MOST[order])}, {peak.mapped >> 10:>4} MB mapped;"
        f" first byte after {first:>5.0f} ms{limit(first, FIRST.get(order))} ({size / 1e9:.1f} GB)",
        flush=True,
    )
    return int(own > MOST[order] or first > FIRST.get(order, first))


def main() -> int:
    place = Path(sys.argv[1])
    if len(sys.argv) > 3:
        return one(place, *sys.argv[2:4])
    cube = make(place, *map(int, sys.argv[2:]))
    print(f"{cube.count:,} observations, {cube.series.num_rows:,} series")
    words = [sys.executable, "-m", "benchmarks.memory", str(place)]
    return max(subprocess.call([*words, name, order]) for order in ORDERS for name in DATA)


if __name__ == "__main__":
    sys.exit(main())
