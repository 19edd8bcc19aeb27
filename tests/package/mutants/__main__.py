"""`make fuzz-packages`: errors planted at random in slices of the bundled packages, and whether all are found.

    python -m tests.package.mutants [--mutants 10000] [--clean 1000] [--seed N] [--only TEXT]

Prints a table; exit code 1 when less is found than must be. The seed is printed and repeats a run.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from publisher.folders import folder
from publisher.structures.registry import Registry
from tests.package.mutants import clean, kinds
from tests.package.mutants.judge import Judge

FOUND, PLACED = 0.999, 0.99
COSTLY = 2  # those that run VTL take longer and are sampled


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.package.mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("--mutants", type=int, default=10_000)
    parser.add_argument("--clean", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or time.time_ns() % 10**6))
    parser.add_argument("--only", default="", help="kinds whose names have this text")
    asked = parser.parse_args(words)
    registry = Registry.load(folder("dsd"))
    print(f"SEED={asked.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="lmis-mutants-") as name:
        judge = Judge(registry, Path(name), Random(asked.seed))
        table = [kind for kind in kinds.kinds(registry) if asked.only in kind.name]
        right = run(judge, table, asked.mutants)
        return 0 if run_clean(judge, asked.clean) and right else 1


def shares(table: list[kinds.Kind], mutants: int) -> list[int]:
    """How many of each kind; together at least `mutants`."""
    weights = [1 / COSTLY if kind.slices == kinds.EQUATIONS else 1.0 for kind in table]
    return [max(1, -int(-mutants * weight // sum(weights))) for weight in weights]


def run(judge: Judge, table: list[kinds.Kind], mutants: int) -> bool:
    """Plants, prints and counts."""
    started, total, stories = time.process_time(), Counter[str](), []
    width = max(len(kind.name) for kind in table)
    print(f"{'kind':{width}}  {'finding':25} planted  found  at its place")
    for kind, count in zip(table, shares(table, mutants), strict=True):
        verdicts = [judge.mutant(kind) for _ in range(count)]
        found, placed = sum(v.found for v in verdicts), sum(v.placed for v in verdicts)
        total += Counter(planted=count, found=found, placed=placed)
        stories += [v.story for v in verdicts if v.story]
        print(f"{kind.name:{width}}  {kind.code:25} {count:7} {found:6} {placed:13}", flush=True)
    spent = time.process_time() - started
    print(
        f"{len(table)} kinds{'':{width - 6}} {'':25} {total['planted']:8} {total['found']:6} {total['placed']:13}"
    )
    found, placed = total["found"] / total["planted"], total["placed"] / total["planted"]
    print(
        f"found {found:.2%} (at least {FOUND:.1%}), at its row and column {placed:.2%} (at least {PLACED:.0%})"
    )
    print(f"{1000 * spent / total['planted']:.1f} ms a mutant, {spent:.0f} s of CPU", flush=True)
    for story in stories[:40]:
        print("  ", story)
    return found >= FOUND and placed >= PLACED


def run_clean(judge: Judge, count: int) -> bool:
    """Variants that say the same: no finding but those of the office's own figures."""
    told = [story for _ in range(count) if (story := clean.variant(judge))]
    print(f"{count} clean variants: {len(told)} with a finding that should not be")
    for story in told[:20]:
        print("  ", story)
    return not told


if __name__ == "__main__":
    sys.exit(main())
