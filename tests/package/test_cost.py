"""What the dearest inputs cost to refuse: seconds and memory that the gate's limits hold them to."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_the_heavy_inputs_are_refused_within_ten_seconds_and_512_mib() -> None:
    words = [sys.executable, "-m", "tests.package.hostile.measure", "heavy"]
    done = subprocess.run(words, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
