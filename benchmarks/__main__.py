"""All the figures, one after the other: `python -m benchmarks [PART] [OBSERVATIONS]`, also `make bench`.

Each part runs ours and what it is compared with in the same run, and prints the ratio.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence

PARTS = (
    "validate",
    "releases",
    "scale",
    "publish",
    "factsheets",
    "write",
    "memory",
    "series",
    "availability",
    "structures",
    "http",
    "explorer",
    "catalogue",
)
# these have their own sizes
OF_THEIR_OWN = ("validate", "releases", "scale", "publish", "factsheets", "structures", "http", "catalogue")


def main(words: Sequence[str]) -> int:
    """Run every part, or those named, each in a process of its own; the first failure is the exit code."""
    parts = tuple(part for part in PARTS if part in words) or PARTS
    observations = next((word for word in words if word.isdecimal()), "10000000")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="lmis-bench-") as folder:
        for part in parts:
            print(f"\n== {part}", flush=True)
            given = [] if part in OF_THEIR_OWN else [folder, observations]
            code = subprocess.call([sys.executable, "-m", f"benchmarks.{part}", *given])
            failed = failed or code  # the other figures are wanted all the same
    return failed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
