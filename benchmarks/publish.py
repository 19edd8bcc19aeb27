"""Publishing a million observations: checked, frozen, indexed and public; seconds and peak memory.

    python -m benchmarks.publish [ROWS …]

As `lmis publish` does it, in a process of its own and an empty home, but for the pages (files and fact
sheets), whose time depends on the sheets. CPU seconds of all threads, beside the time on the clock.
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
from publisher.release.publish import publish
from publisher.settings import load
from publisher.structures.registry import Registry

ROWS = 1_000_000
MOST_SECONDS = 30  # for a million observations


def main(sizes: tuple[int, ...]) -> int:
    registry = Registry.load(folder("dsd"))
    print("rows        format     clock s   CPU s   peak MiB")
    kept = [_measured(rows, format_, registry) for rows in sizes for format_ in ("csv", "parquet")]
    met = "met" if all(kept) else "MISSED"
    print(f"a million observations checked and staged within {MOST_SECONDS} CPU s: {met}")
    return 0 if all(kept) else 1


def _measured(rows: int, format_: str, registry: Registry) -> bool:
    with tempfile.TemporaryDirectory(prefix="lmis-publish-") as name:
        package, home = Path(name) / "package", Path(name) / "home"
        made = validate.balanced(registry, rows)
        validate.write(package, made.table, made.dataflow, made.provider, format_, made.fixed)
        del made
        words = [sys.executable, "-m", "benchmarks.publish", "--one", str(package), str(home)]
        clock, spent, peak = json.loads(subprocess.check_output(words, text=True).splitlines()[-1])
    print(f"{rows:<11,} {format_:8}{clock:10.1f} {spent:7.1f} {peak >> 20:10,}", flush=True)
    return bool(spent <= MOST_SECONDS * max(1.0, rows / ROWS))


def _one(package: str, home: str) -> None:
    settings = load(Path(home), environ={})
    began, before = time.perf_counter(), time.process_time()
    publish(settings, [Path(package)], lambda message: None, with_pages=False)
    spent = [time.perf_counter() - began, time.process_time() - before]
    print(json.dumps([*spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(*sys.argv[2:4])
    else:
        sys.exit(main(tuple(map(int, sys.argv[1:])) or (ROWS,)))
