"""Fact sheets: all areas in all languages, as HTML and as PDF; what one indicator costs; sizes and memory.

    python -m benchmarks.factsheets

Cold, into an empty folder, printed by two processes beside the one that makes the pages; then again after a
release with other figures of one indicator of one office; then once more, when there is nothing to do. As
`lmis factsheets --all --pdf` does it. The clock tells the truth only where nothing else runs; elsewhere half
the CPU time is what two cores would take.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

JOBS = 2
MOST_SECONDS = {"cold": 120, "one indicator": 5, "nothing": 5}  # on the clock
MOST_HTML, MOST_PDF = 30_000, 250_000  # bytes; HTML gzipped, as it is sent
MOST_MEMORY = 350  # MiB of each process
INDICATOR = ("LMIS:DF_UNE(1.0.0)", "IDN", "UNE_DEAP_RT")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="lmis-sheets-") as name:
        home, out = Path(name) / "home", Path(name) / "out"
        subprocess.run(
            [sys.executable, "-m", "publisher", "demo", "--no-serve", "--quiet", "--home", home], check=True
        )
        print("sheets          clock s   CPU s   peak MiB   written")
        kept = []
        for what, limit in MOST_SECONDS.items():
            if what == "one indicator":
                subprocess.run([sys.executable, "-m", "benchmarks.factsheets", "--change", home], check=True)
            clock, memory = _measured(what, home, out)
            kept += [clock <= limit, memory <= MOST_MEMORY]
        kept += _sizes(out)
    print(f"all within their limits: {'met' if all(kept) else 'MISSED'}")
    return 0 if all(kept) else 1


def _measured(what: str, home: Path, out: Path) -> tuple[float, float]:
    """Seconds on the clock, and MiB of the largest process."""
    before = _moments(out)
    words = ["factsheets", "--all", "--pdf", "--jobs", str(JOBS), "--quiet"]
    began = time.perf_counter()
    command = [sys.executable, "-m", "publisher", *words, "--home", str(home), "--out", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    clock = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"lmis factsheets: exit {process.returncode}"
    memory = usage.ru_maxrss / 1024
    written = sum(before.get(name) != moment for name, moment in _moments(out).items())
    spent = usage.ru_utime + usage.ru_stime
    print(f"{what:14}{clock:9.1f} {spent:7.1f} {memory:10.0f} {written:9}", flush=True)
    return clock, memory


def _moments(out: Path) -> dict[str, int]:
    return {p.name: p.stat().st_mtime_ns for p in out.glob("*") if p.suffix in (".html", ".pdf")}


def _sizes(out: Path) -> list[bool]:
    pages = {path.name: len(gzip.compress(path.read_bytes(), 6)) for path in out.glob("*.html")}
    prints = {path.name: path.stat().st_size for path in out.glob("*.pdf")}
    for kind, sizes, limit in (("HTML, gzipped", pages, MOST_HTML), ("PDF", prints, MOST_PDF)):
        largest = max(sizes, key=lambda name: sizes[name])
        mean = sum(sizes.values()) // len(sizes)
        told = f"{sizes[largest]:,} ({largest}; limit {limit:,})"
        print(f"{kind}: {len(sizes)} files, {mean:,} bytes each, at most {told}")
    return [max(pages.values()) <= MOST_HTML, max(prints.values()) <= MOST_PDF]


def _change(home: Path) -> None:
    """Release other values of the newest figures of the indicator, by the office that has them."""
    import pyarrow as pa

    from publisher.factsheets.figures import Reader, reference
    from publisher.settings import load
    from publisher.store import Change, Home, Release, current, stage
    from publisher.structures.registry import Registry

    dataflow, area, indicator = INDICATOR
    settings = load(home, environ={})
    series = Reader(current(Home(home))).series(dataflow, {"REF_AREA": (area,), "INDICATOR": (indicator,)})
    provider = next(one.provider for one in series if one.provider.startswith(area))
    rows = [
        {**one.key, "TIME_PERIOD": one.latest.period, "OBS_VALUE": str(Decimal(one.latest.value) + 1)}
        for one in series
        if one.provider == provider and one.latest and one.latest.value
    ]
    table = pa.table({name: [row[name] for row in rows] for name in rows[0]})
    change = Change(reference(dataflow), "Merge", {}, table)
    release = Release("one-indicator", provider, datetime.now(UTC).replace(microsecond=0), (change,))
    with stage(Home(home)) as staged:
        staged.freeze(release, Registry.load(*settings.structures()), settings.structures())
        staged.snapshot()
        staged.release()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--change"]:
        _change(Path(sys.argv[2]))
    else:
        sys.exit(main())
