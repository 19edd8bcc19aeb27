"""Runs the corpus, each case in a process of its own: `python -m tests.package.hostile.measure [heavy]`.

Prints a line for each case (CPU seconds, peak memory in MiB, whether refused with its code) and the worst;
fails where a case is not refused, or takes more than it may. The peak has the making of the input in it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from publisher.structures.registry import Registry
from tests.package import conftest
from tests.package.hostile.case import Case
from tests.package.hostile.corpus import CASES, refused

SECONDS, MEMORY = 10, 512


def measured(case: Case, registry: Registry) -> tuple[float, float, bool]:
    """Seconds, peak MiB and whether it is refused as it must be; in a child of this process."""
    work = Path(tempfile.mkdtemp())
    child = os.fork()
    if not child:
        try:
            report, seen = refused(case, work, registry)
            os._exit(0 if case.code in report.counts and not report.valid and not seen else 1)
        except BaseException as exc:
            print(f"{case.name}: {exc!r}", file=sys.stderr)
            os._exit(2)
    _, status, usage = os.wait4(child, 0)
    shutil.rmtree(work)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, status == 0


def main(words: Sequence[str] = ()) -> int:
    registry = Registry({a.ref: a for a in conftest.artefacts()})
    cases = [case for case in CASES if case.heavy and not case.name.startswith("type: ")] if words else CASES
    lines = [(*measured(case, registry), case) for case in cases]
    for seconds, memory, right, case in lines:
        print(
            f"{seconds:6.2f} s {memory:6.0f} MiB {'refused' if right else 'WRONG  '} {case.code:20} {case.name!a}"
        )
    seconds, memory = max(line[0] for line in lines), max(line[1] for line in lines)
    print(
        f"{len(lines)} inputs, {sum(not right for *_, right, _ in lines)} wrong; "
        f"at most {seconds:.1f} s and {memory:.0f} MiB"
    )
    return 0 if all(right for *_, right, _ in lines) and seconds < SECONDS and memory < MEMORY else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
