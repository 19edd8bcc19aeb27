"""The whole of the bundled structures as one message, CPU milliseconds, warm; beside sdmx1 and pysdmx.

    python -m benchmarks.structures

Ours is `structure/*?references=all` from the request to the last byte. The libraries read not all of it:
they write code lists, concepts and data structures, from memory, and ours beside them the same
(pysdmx keeps one language of a name).
"""

from __future__ import annotations

import contextlib
import io
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.data import registry
from benchmarks.write import HEADER
from publisher.formats import STRUCTURE
from publisher.formats.message import StructureMessage
from publisher.rest import Request, answer
from publisher.store import Snapshot

TARGET = 50  # milliseconds
REPEATS = 7
ML = "application/vnd.sdmx.structure+xml"
COMMON = ("conceptscheme", "codelist", "datastructure")  # what all three can write


def public() -> Snapshot:
    """A vintage of the bundled structures, and no release."""
    instant = datetime(2025, 1, 1, tzinfo=UTC).isoformat()
    made = Snapshot({"number": 1, "instant": instant, "heads": {}, "releases": []}, (Path(),), Path())
    vars(made)["registry"] = registry()
    return made


def milliseconds(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) * 1000)
    return statistics.median(times)


def ours(snapshot: Snapshot, content_type: str) -> bytes:
    found = answer(snapshot, Request("v2", "structure/*", "references=all", {"accept": content_type}))
    if found.status != 200:
        raise SystemExit(b"".join(found.chunks).decode())
    return b"".join(found.chunks)


def sdmx1(document: bytes) -> Callable[[], object]:
    import sdmx

    with contextlib.redirect_stdout(io.StringIO()):
        held = sdmx.read_sdmx(io.BytesIO(document))
    return lambda: sdmx.to_xml(held)


def pysdmx(document: bytes) -> Callable[[], object]:
    from pysdmx.io import read_sdmx, write_sdmx
    from pysdmx.io.format import Format

    held = read_sdmx(document.decode(), validate=False)
    return lambda: write_sdmx(held.structures or (), Format.STRUCTURE_SDMX_ML_3_0)


def compare(name: str, content_type: str, make: Callable[[bytes], Callable[[], object]]) -> None:
    """A library beside ours, on what both can write."""
    message = StructureMessage(HEADER, tuple(a for a in registry().all() if a.kind in COMMON))

    def write() -> bytes:
        return b"".join(STRUCTURE[content_type].write(message))

    work = make(write())
    mine, found, size = milliseconds(write), milliseconds(work), len(str(work() or ""))
    print(f"{name:<62}{found:>8.1f} ms   {found / mine:.1f} x ours ({mine:.1f} ms)", flush=True)
    print(f"{'':<62}{size:,} characters, ours {len(write().decode()):,}", flush=True)


def main() -> int:
    warnings.simplefilter("ignore")  # of the libraries
    snapshot, missed = public(), 0
    for content_type in STRUCTURE:
        size = len(ours(snapshot, content_type))
        middle = milliseconds(lambda name=content_type: ours(snapshot, name))  # type: ignore[misc]
        missed += middle > TARGET
        met = "met" if middle <= TARGET else "MISSED"
        print(f"{content_type:<62}{middle:>8.1f} ms   {size:>9,} bytes   target {TARGET} ms: {met}")
    compare("sdmx1 to_xml (2.1)", f"{ML};version=2.1", sdmx1)
    compare("pysdmx write_sdmx (3.0)", f"{ML};version=3.0.0", pysdmx)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
