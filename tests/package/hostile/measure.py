"""Runs the whole corpus, each case in a process of its own: `python -m tests.package.hostile.measure`.

Prints a line for each case (seconds, peak memory in MiB, whether refused with its code) and the worst.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from publisher.structures.registry import Registry
from tests.package import conftest
from tests.package.hostile.case import Case
from tests.package.hostile.corpus import CASES, refused


def measured(case: Case, registry: Registry) -> tuple[float, float, bool]:
    """Seconds, peak MiB and whether it is refused as it must be; in a child of this process."""
    work = Path(tempfile.mkdtemp())
    started = time.perf_counter()
    child = os.fork()
    if not child:
        try:
            report, seen = refused(case, work, registry)
            os._exit(0 if case.code in report.counts and not report.valid and not seen else 1)
        except BaseException as exc:
            print(f"{case.name}: {exc!r}", file=sys.stderr)
            os._exit(2)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    shutil.rmtree(work)
    return seconds, usage.ru_maxrss / 1024, status == 0


def main() -> int:
    registry = Registry({a.ref: a for a in conftest.artefacts()})
    measured(CASES[0], registry)
    lines = [(*measured(case, registry), case) for case in CASES]
    for seconds, memory, right, case in lines:
        print(
            f"{seconds:6.2f} s {memory:6.0f} MiB {'refused' if right else 'WRONG  '} {case.code:20} {case.name!a}"
        )
    print(
        f"{len(lines)} inputs, {sum(not right for *_, right, _ in lines)} wrong; "
        f"at most {max(line[0] for line in lines):.1f} s and {max(line[1] for line in lines):.0f} MiB"
    )
    return 0 if all(right for *_, right, _ in lines) else 1


if __name__ == "__main__":
    raise SystemExit(main())
