"""One series of 200 observations out of ten million, by key, to bytes: median and 99th percentile.

    python -m benchmarks.series FOLDER [OBSERVATIONS]

In process, from the query as data to the whole message in SDMX-CSV 2.0 and SDMX-ML 3.0.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.data import make
from publisher.formats import DATA
from publisher.formats.message import DataMessage, DataSet, Header
from publisher.query.model import DataQuery, Key, Target
from publisher.store import Cube, select

FORMATS = ("application/vnd.sdmx.data+csv;version=2.0.0", "application/vnd.sdmx.data+xml;version=3.0.0")
HEADER = Header("BENCHMARK", datetime(2025, 1, 1, tzinfo=UTC), "LMIS")


def keys(cube: Cube, wanted: int) -> list[Key]:
    """Keys of monthly series, drawn at random."""
    monthly = np.flatnonzero(np.diff(cube.offsets) == 200)
    chosen = np.random.default_rng(1).choice(monthly, wanted)
    names = [d.id for d in cube.definition.dimensions]
    return [tuple((cube.values(name)[cube.codes(name)[n]],) for name in names) for n in chosen]


def answer(cube: Cube, key: Key, name: str) -> int:
    """Bytes of the answer."""
    found = select(cube, DataQuery(Target("dataflow"), keys=(key,)))
    attributes = tuple(a.id for a in cube.definition.attributes)
    message = DataMessage(HEADER, (DataSet(cube.definition, found, attributes=attributes),))
    return sum(len(chunk) for chunk in DATA[name].write(message))


def main() -> None:
    cube = make(Path(sys.argv[1]), *map(int, sys.argv[2:]))
    wanted = keys(cube, 520)
    print(f"{cube.count:,} observations, {cube.series.num_rows:,} series")
    for name in FORMATS:
        times = []
        for key in wanted:
            start = time.perf_counter()
            size = answer(cube, key, name)
            times.append((time.perf_counter() - start) * 1000)
        middle, high = np.percentile(times[20:], [50, 99])
        print(f"{name}: {middle:.2f} ms median, {high:.2f} ms 99th percentile ({size:,} bytes)")


if __name__ == "__main__":
    main()
