"""A report as text for a terminal and for a log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from publisher.package.codes import RULES
from publisher.package.delivery import Report
from publisher.package.words import DEFAULT, Words


def to_text(report: Report, spoken: Words | None = None) -> str:
    """A line for each finding, after a line that says whether the package can be published."""
    if spoken is None or spoken.language == DEFAULT:
        return "\n".join([verdict(report), *(f"  {finding}" for finding in report.findings), *more(report)])
    lines = (f"  {spoken.line(finding)}" for finding in report.findings)
    hidden = (f"  {spoken.many('report.more', count)} [{code}]" for code, count in uncounted(report).items())
    return "\n".join([_verdict(report, spoken), *lines, *hidden])


def _verdict(report: Report, spoken: Words) -> str:
    state = spoken("verdict.yes" if report.valid else "verdict.no")
    counts = {name.split()[0]: count for name, count in numbers(report).items() if count}
    told = [spoken.many(f"verdict.{name}", count) for name, count in counts.items()]
    rows = spoken.many("verdict.rows", report.rows)
    return f"{report.package}: {state}; {rows}, {', '.join(told) or spoken('verdict.nothing')}"


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
    for code, count in uncounted(report).items():
        yield f"  … and {count:,} more [{code}]"


def uncounted(report: Report) -> dict[str, int]:
    """How many findings of each code are not listed."""
    kept = Counter(finding.code for finding in report.findings)
    return {code: count - kept[code] for code, count in report.counts.items() if count > kept[code]}
