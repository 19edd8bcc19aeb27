"""`make conformance`: checklist lines and the tests that prove them; fails when a proof does."""

from __future__ import annotations

import re
import sys

import pytest

from tests.conformance.checklist import GENERATIONS, lines, named


class Results:
    """Which test functions failed, and which ran."""

    def __init__(self) -> None:
        self.ran: set[str] = set()
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        function = re.sub(r"\[.*", "", report.nodeid, flags=re.DOTALL)
        if report.when == "call":
            self.ran.add(function)
        if report.failed:
            self.failed.add(function)


def main() -> int:
    results = Results()
    pytest.main(["-q", "-p", "no:cacheprovider", *sorted(named())], plugins=[results])
    bad = 0
    for section, line in lines():
        cells = {}
        for api in GENERATIONS:
            tests = line.get(api, [])
            wrong = [test for test in tests if test in results.failed or test not in results.ran]
            bad += len(wrong)
            cells[api] = (
                "fails: " + ", ".join(wrong) if wrong else f"{len(tests)} tests" if tests else line["not"]
            )
        print(f"{section['title'][:24]:24} | {line['what'][:90]:90} | " + " | ".join(cells.values()))
    count = len(list(lines()))
    print(f"{count} lines, {len(named())} tests, {bad} without proof")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
