"""The pages for people: server time and weight of each kind, a filter's change, a workbook, a copy.

    python -m benchmarks.explorer [FOLDER [OBSERVATIONS]]

CPU time of this process, medians; the machine is shared. Each figure beside its limit. The choice is made in
a cube of OBSERVATIONS (benchmarks.data), everything else on the demo. Search and lists of many datasets:
benchmarks.catalogue.
"""

from __future__ import annotations

import gzip
import itertools
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask

from benchmarks import data
from publisher.folders import folder
from publisher.release.demo import build
from publisher.settings import Settings, load
from publisher.store import Snapshot
from publisher.web import explore
from publisher.web.app import create_app
from publisher.web.export import export
from publisher.web.memory import give_back

TIMES = 15
CELL = "c[FREQ]=A&c[INDICATOR]=UNE_DEAP_RT&c[SEX]=_T&c[AGE]=Y_GE15&c[SOURCE]=WDI_ILO_MOD&lastNObservations=10"
PAGES = (
    "/en/",
    "/en/dataset",
    "/en/dataset?q=unemployment",
    "/en/dataset/wb-df-une",
    "/en/explore",
    f"/en/explore/DF_UNE?{CELL}",
    "/en/explore/DF_EARN?c[FREQ]=A",
    f"/en/embed/DF_UNE?{CELL}",
    "/en/organization",
    "/en/organization/wb",
    "/en/group",
    "/en/group/unemployment",
    "/en/releases",
    "/en/releases/mys-dosm-2025-10",
    "/en/calendar",
    "/en/quality",
    "/en/quality/QUALITY_MYS_DOSM",
    "/en/factsheets",
    "/en/factsheets/IDN",
    "/en/docs",
    "/docs/api",
    "/conformance",
    "/en/suggest?q=unempl",
)
PAGE, CHOICE = 0.030, 0.050  # seconds
WEIGHT = 60_000  # bytes, gzipped
BOOK_ROWS = 100_000
BOOK, MEMORY, COPY = 3.0, 300_000_000, 60.0


def main(place: Path, observations: int) -> int:
    settings = load(place / "demo", environ={})
    if not settings.home.is_dir():
        build(settings, lambda message: None)
    kept = [
        *_pages(create_app(settings)),
        *_choices(settings, place / "big", observations),
        _workbook(place),
        _copy(settings, place / "copy"),
    ]
    return 0 if all(kept) else 1


def _told(what: str, figure: float, limit: float, unit: str, scale: float = 1.0) -> bool:
    is_kept = figure <= limit
    print(
        f"{what:54} {figure * scale:9,.1f} {unit:3} of {limit * scale:7,.0f} "
        f"{'' if is_kept else 'MISSED':8} {figure / limit:5.2f} of the limit",
        flush=True,
    )
    return is_kept


def _median(work: Callable[[], Any], times: int = TIMES) -> float:
    work()  # what is made once a vintage is made
    return statistics.median(_spent(work) for _ in range(times))


def _spent(work: Callable[[], Any]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def _pages(app: Flask) -> Iterator[bool]:
    client = app.test_client()
    for path in PAGES:
        body = client.get(path).data
        yield _told(path[:54], _median(lambda path=path: client.get(path)), PAGE, "ms", 1000)  # type: ignore[misc]
        if len(body) > 20_000:
            yield _told("  its weight", len(gzip.compress(body, 6)), WEIGHT, "kB", 0.001)
    scripts = b"".join(path.read_bytes() for path in (folder("templates") / "static").glob("*.js"))
    yield _told("all scripts", len(scripts), WEIGHT, "kB", 0.001)


def _choices(settings: Settings, place: Path, observations: int) -> Iterator[bool]:
    """The explorer's page with one filter after the other changed."""
    cube = data.make(place, observations)
    app = create_app(settings)
    with patch.object(Snapshot, "cube", lambda self, ref: cube):
        client = app.test_client()
        for what, query in (
            ("a country", "c[FREQ]=A&c[REF_AREA]={code}&lastNObservations=10"),
            ("an indicator", "c[FREQ]=M&c[INDICATOR]={code}&lastNObservations=12"),
            ("only a sex", "c[SEX]={code}"),
        ):
            dimension = query.partition("={code}")[0].rpartition("c[")[2].rstrip("]")
            codes = itertools.cycle(cube.values(dimension))

            def work(query: str = query, codes: Iterator[str] = codes) -> None:
                answer = client.get(f"/en/explore/DF_LF?{query.format(code=next(codes))}")
                assert answer.status_code == 200, answer.text

            yield _told(f"{what} of {observations:,} observations", _median(work), CHOICE, "ms", 1000)


def _workbook(place: Path) -> bool:
    words = [sys.executable, "-m", "benchmarks.explorer", "--workbook", str(place)]
    done = subprocess.run(words, capture_output=True, check=True, text=True)
    found = json.loads(done.stdout)
    kept = [
        _told(f"Excel of {found['rows']:,} observations", found["seconds"], BOOK, "s"),
        _told("  memory of the process at its most", found["peak"], MEMORY, "MB", 1e-6),
    ]
    return all(kept)


def _one_workbook(place: Path) -> None:
    """In a process of its own, with memory kept as a web process keeps it: seconds and peak memory."""
    give_back()
    settings = load(place / "demo", environ={})
    cube = data.make(place / "small", 2 * BOOK_ROWS)  # a large one would be in memory as far as it is read
    app = create_app(settings)
    with app.app_context(), patch.object(Snapshot, "cube", lambda self, ref: cube):
        from publisher.web.context import lmis
        from publisher.web.names import Names

        snapshot = lmis().snapshot()
        names = Names(lmis().languages["en"], snapshot.registry)
        flow = next(f for f in snapshot.registry.find("dataflow") if f.ref == data.FLOW)
        taken = explore.asked(lmis(), names, flow, explore.Address(flow.ref, {"limit": str(BOOK_ROWS)}))
        before = time.process_time()
        file = explore.WRITERS["xlsx"](taken)
        spent = time.process_time() - before
        file.close()
        rows = taken.chosen().count()
    print(json.dumps({"rows": rows, "seconds": spent, "peak": _peak()}))


def _peak() -> int:
    """Bytes of memory at most; Linux counts in `ru_maxrss` also what the process was before this program."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s*(\d+) kB", status.read_text())[1]) * 1024  # type: ignore[index]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _copy(settings: Settings, place: Path) -> bool:
    return _told(
        "copy of the demo's site", _spent(lambda: export(settings, place, lambda m: None)), COPY, "s"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--workbook"]:
        _one_workbook(Path(sys.argv[2]))
    elif len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1]), int((sys.argv[2:] or ["10000000"])[0])))
    else:
        with tempfile.TemporaryDirectory(prefix="lmis-explorer-") as made:
            sys.exit(main(Path(made), 10_000_000))
