"""A report as text for a terminal and for a log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from publisher.package.codes import RULES
from publisher.package.delivery import Report


def to_text(report: Report) -> str:
    """A line for each finding, after a line that says whether the package can be published."""
    return "\n".join([verdict(report), *(f"  {finding}" for finding in report.findings), *more(report)])


def verdict(report: Report) -> str:
    """Whether the package can be published, and the numbers.

    >>> verdict(Report("jobs", "jobs", (), rows=1200, seconds=0.5))
    'jobs: can be published; 1,200 rows, no findings'
    """
    told = [f"{count:,} {name}{'s' * (count != 1)}" for name, count in numbers(report).items() if count]
    state = "can be published" if report.valid else "cannot be published"
    return f"{report.package}: {state}; {report.rows:,} rows, {' and '.join(told) or 'no findings'}"


def numbers(report: Report) -> dict[str, int]:
    """How many errors, warnings and accepted warnings there are, those not listed among them."""
    counted = Counter({"error": 0, "warning": 0, "accepted warning": 0})
    for code, count in report.counts.items():
        taken = report.accepted.get(code, 0)
        counted[RULES[code].severity] += count - taken
        counted["accepted warning"] += taken
    return dict(counted)


def more(report: Report) -> Iterator[str]:
    """What was counted and not kept."""
    kept = Counter(finding.code for finding in report.findings)
    for code, count in report.counts.items():
        if count > kept[code]:
            yield f"  … and {count - kept[code]:,} more [{code}]"
