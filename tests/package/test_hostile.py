"""Every hostile input is refused with its code, in time, with nothing written, opened or sent elsewhere."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from publisher.package import report
from publisher.package.words import words
from publisher.structures.registry import Registry
from tests.package.hostile.case import Case
from tests.package.hostile.corpus import CASES, refused

SECONDS = 10
INDONESIAN = words("id")
POSIX = os.name == "posix"


def params() -> list[object]:
    return [
        pytest.param(
            case,
            id=ascii(case.name)[1:-1],
            marks=[
                *([pytest.mark.slow] if case.heavy else []),
                *([pytest.mark.skipif(not POSIX, reason="Windows has no such files")] if case.posix else []),
            ],
        )
        for case in CASES
    ]


@pytest.mark.parametrize("case", params())
def test_refused(case: Case, tmp_path: Path, registry: Registry) -> None:
    started = time.perf_counter()
    checked, seen = refused(case, tmp_path, registry)
    assert time.perf_counter() - started < SECONDS
    assert seen == []
    assert case.code in checked.counts
    assert not checked.valid
    assert not checked.deliveries
    assert report.to_text(checked)
    assert "⟦" not in report.to_text(checked, INDONESIAN)


def test_the_corpus_is_large() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 200
