"""The check of ever larger packages, each in a process of its own: time a row, and peak memory.

    python -m benchmarks.scale [ROWS …]

CSV as far as a package may be large (512 MiB), Parquet up to ten million rows. CPU seconds are of
the whole process but its start: reading, sha256, every rule, and the table to be published.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import validate
from publisher.folders import folder
from publisher.package import archives, check
from publisher.structures.registry import Registry

SIZES = (100_000, 1_000_000, 10_000_000)
MOST_MEMORY = 2 << 30
SPREAD = 1.6  # of the times a row, largest by smallest: what is called flat on a shared machine


def main(sizes: tuple[int, ...]) -> int:
    registry = Registry.load(folder("dsd"))
    print("rows        format    MiB   CPU s   µs a row   peak MiB")
    results = []
    with tempfile.TemporaryDirectory(prefix="lmis-scale-") as name:
        for rows in sizes:
            for format_ in ("csv", "parquet"):
                path = Path(name) / f"{rows}-{format_}"
                if one := _measured(path, rows, format_, registry):
                    results.append(one)
    times = [spent / rows for rows, spent, _ in results]
    flat, most = max(times) / min(times), max(peak for _, _, peak in results)
    print(
        f"time a row: the slowest {flat:.2f} times the quickest: {'flat' if flat <= SPREAD else 'NOT FLAT'}"
    )
    kept = "met" if most <= MOST_MEMORY else "MISSED"
    print(f"peak memory {most >> 20:,} MiB of {MOST_MEMORY >> 20:,}: {kept}")
    return 0 if flat <= SPREAD and most <= MOST_MEMORY else 1


def _measured(path: Path, rows: int, format_: str, registry: Registry) -> tuple[int, float, int] | None:
    made = validate.balanced(registry, rows)
    size = validate.write(path, made.table, made.dataflow, made.provider, format_, made.fixed)
    del made
    if size > archives.MAX_TOTAL:
        print(f"{rows:<11,} {format_:8}{size >> 20:5}   more than a package may hold")
        return None
    words = [sys.executable, "-m", "benchmarks.scale", "--one", str(path)]
    spent, peak = json.loads(subprocess.run(words, capture_output=True, check=True, text=True).stdout)
    print(
        f"{rows:<11,} {format_:8}{size >> 20:5} {spent:7.2f} {1e6 * spent / rows:10.2f} {peak >> 20:10,}",
        flush=True,
    )
    for file in path.iterdir():
        file.unlink()
    return rows, spent, peak


def _one(path: Path) -> None:
    registry = Registry.load(folder("dsd"))
    check(folder("demo") / "mys-dosm-lfs-2025-10", registry)  # what is imported late is imported now
    before = time.process_time()
    report = check(path, registry)
    spent = time.process_time() - before
    if report.findings:
        raise SystemExit(str(report.findings[0]))
    print(json.dumps([spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(Path(sys.argv[2]))
    else:
        sys.exit(main(tuple(map(int, sys.argv[1:])) or SIZES))
