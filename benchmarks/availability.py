"""Availability of a slice of ten million observations: CPU milliseconds of one answer, warm.

python -m benchmarks.availability FOLDER [OBSERVATIONS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmarks.data import make
from publisher.query import v2
from publisher.query.model import AvailabilityQuery
from publisher.store.available import availability
from publisher.store.cube import Cube

TARGET = 50  # milliseconds
REPEATS = 20
FLOW = "availability/dataflow/LMIS/DF_LF/1.0.0"
SLICES: Mapping[str, str] = {
    "everything": FLOW,
    "one country, monthly": f"{FLOW}/M.MYS",
    "one country, a span of time": f"{FLOW}/*.MYS?c[TIME_PERIOD]=ge:2015-01%2Ble:2018-12",
    "three countries, the values of one dimension": f"{FLOW}/*/INDICATOR?c[REF_AREA]=MYS,IDN,LAO",
    "what else could be chosen": f"{FLOW}/M.MYS?mode=available",
    "what could be chosen at all": f"{FLOW}?mode=available",
}


def milliseconds(cube: Cube, address: str) -> list[float]:
    query = v2.parse(*address.partition("?")[::2])
    assert isinstance(query, AvailabilityQuery)
    times = []
    for _ in range(REPEATS + 2):
        start = time.process_time()
        availability(cube, query.data, query.components, query.mode)
        times.append((time.process_time() - start) * 1000)
    return times[2:]


def main() -> int:
    cube = make(Path(sys.argv[1]), *map(int, sys.argv[2:]))
    print(f"{cube.count:,} observations, {cube.series.num_rows:,} series")
    missed = 0
    for name, address in SLICES.items():
        middle, high = np.percentile(milliseconds(cube, address), [50, 95])
        missed += middle > TARGET
        met = "met" if middle <= TARGET else "MISSED"
        print(
            f"{name:<46}{middle:>7.1f} ms median {high:>7.1f} ms 95th percentile   target {TARGET} ms: {met}"
        )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
