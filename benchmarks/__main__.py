"""All the figures, one after the other: `python -m benchmarks [OBSERVATIONS]`, also `make bench`.

Each part runs ours and what it is compared with in the same run, and prints the ratio.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

PARTS = ("validate", "scale", "write", "memory", "series", "availability", "structures", "http")


def main(observations: str = "10000000") -> int:
    """Run every part in a process of its own; the first failure is the exit code."""
    failed = 0
    with tempfile.TemporaryDirectory(prefix="lmis-bench-") as folder:
        for part in PARTS:
            print(f"\n== {part}", flush=True)
            words = [] if part in ("validate", "scale", "structures", "http") else [folder, observations]
            failed = failed or subprocess.call([sys.executable, "-m", f"benchmarks.{part}", *words])
    return failed


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:2]))
