"""Runs the corpus, each case in a process of its own: `python -m tests.structures.hostile.measure FOLDER`.

Prints a line of JSON for each case: its name, the codes that it is refused with, seconds, peak MiB, and
what was opened or called outside.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from publisher.structures import check as structures
from publisher.structures import registry, rules
from tests.package.hostile.corpus import watched
from tests.structures.hostile.corpus import CASES, Case


def codes(folder: Path) -> list[str]:
    """What loading finds; the check with its XSD and second reader only where loading finds nothing."""
    loaded = registry.read(folder)
    found = {f.code for f in (*loaded.findings, *rules.check(loaded))}
    return sorted(found or {f.code for f in structures.check(folder)})


def measured(case: Case, folder: Path) -> dict[str, object]:
    """Made in one child of this process and read in another, so that memory is the reading's own."""
    folder.mkdir()
    if not (child := os.fork()):
        for name, content in case.make().items():
            (folder / name).write_bytes(content)
        os._exit(0)
    os.waitpid(child, 0)
    told = folder.with_suffix(".json")
    child = os.fork()
    if not child:
        started = time.process_time()
        with watched(folder) as seen:
            found = codes(folder)
        spent = time.process_time() - started
        told.write_text(json.dumps({"codes": found, "seconds": spent, "seen": seen}), encoding="utf-8")
        os._exit(0)
    _, _, usage = os.wait4(child, 0)
    return {"name": case.name, "peak": usage.ru_maxrss >> 10, **json.loads(told.read_text(encoding="utf-8"))}


if __name__ == "__main__":
    for number, one in enumerate(CASES):
        print(json.dumps(measured(one, Path(sys.argv[1]) / str(number))), flush=True)
