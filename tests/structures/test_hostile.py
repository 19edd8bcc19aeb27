"""Structure files that mean harm are refused with a code, within a second and 256 MiB, and open nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.structures.hostile.corpus import CASES

ROOT = Path(__file__).parents[2]
SECONDS, MIB = 1.0, 256


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="memory of a single case is measured by fork")
def test_every_hostile_file_is_refused_in_bounds(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.structures.hostile.measure", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, check=True)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [
        (case.name, case.code, one)
        for case, one in zip(CASES, told, strict=True)
        if case.code not in one["codes"] or one["seen"] or one["seconds"] > SECONDS or one["peak"] > MIB
    ]
    assert wrong == []
