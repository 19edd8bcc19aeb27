"""A sample of the mutation suite, another each run; `make fuzz-packages` is the whole."""

from __future__ import annotations

import pytest

from publisher.package import values
from tests.package.mutants.__main__ import main

pytestmark = pytest.mark.slow


def test_errors_planted_at_random_are_found() -> None:
    assert main(["--mutants", "200", "--clean", "40"]) == 0


def test_a_check_that_finds_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "check", lambda frame, findings: None)
    assert main(["--mutants", "10", "--clean", "0", "--only", "number with"]) == 1
