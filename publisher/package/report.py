"""A report as others read it: text for a terminal, Frictionless JSON for programs, HTML for the office."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from publisher.errors import Finding
from publisher.folders import folder
from publisher.package.codes import RULES, Rule
from publisher.package.delivery import Report
from publisher.package.gate import DESCRIPTOR


def to_text(report: Report) -> str:
    """A line for each finding, after a line that says whether the package can be published."""
    return "\n".join([verdict(report), *(f"  {finding}" for finding in report.findings), *_more(report)])


def verdict(report: Report) -> str:
    """Whether the package can be published, and the numbers.

    >>> verdict(Report("jobs", "jobs", (), rows=1200, seconds=0.5))
    'jobs: can be published; 1,200 rows, no findings'
    """
    numbers = Counter({"error": 0, "warning": 0})
    for code, count in report.counts.items():
        taken = report.accepted.get(code, 0)
        numbers[RULES[code].severity] += count - taken
        numbers["accepted warning"] += taken
    told = [f"{count:,} {name}{'s' * (count != 1)}" for name, count in numbers.items() if count]
    state = "can be published" if report.valid else "cannot be published"
    return f"{report.package}: {state}; {report.rows:,} rows, {' and '.join(told) or 'no findings'}"


def _more(report: Report) -> Iterator[str]:
    """What was counted and not kept."""
    kept = Counter(finding.code for finding in report.findings)
    for code, count in report.counts.items():
        if count > kept[code]:
            yield f"  … and {count - kept[code]:,} more [{code}]"


def to_json(reports: Sequence[Report]) -> str:
    """JSON that `frictionless.Report.from_descriptor` reads; a list of such when there are several."""
    descriptors = [to_descriptor(report) for report in reports]
    return json.dumps(descriptors[0] if len(descriptors) == 1 else descriptors, indent=2, ensure_ascii=False)


def to_descriptor(report: Report) -> dict[str, Any]:
    """A Frictionless report: what concerns the package at its top, a task for each file with its own.

    `stats` counts everything; errors are listed up to a number of each type, which a warning tells.
    """
    from publisher.package import frictionless_errors

    frictionless_errors.register()
    whole = [f for f in report.findings if f.file not in report.files or f.file == DESCRIPTOR]
    places = sorted(set(report.files) - {DESCRIPTOR})
    tasks = [_task(report, place, [f for f in report.findings if f.file == place]) for place in places]
    errors, warnings = _split(whole)
    total = Counter({RULES[code].severity: 0 for code in RULES})
    for code, count in report.counts.items():
        total[RULES[code].severity] += count
    return {
        "name": report.package,
        "valid": report.valid,
        "stats": {
            "tasks": len(tasks),
            "errors": total["error"],
            "warnings": total["warning"],
            "seconds": round(report.seconds, 3),
        },
        "warnings": [*warnings, *(line.strip() for line in _more(report))],
        "errors": errors,
        "tasks": tasks,
    }


def _task(report: Report, place: str, findings: list[Finding]) -> dict[str, Any]:
    errors, warnings = _split(findings)
    return {
        "name": place,
        "type": "table",
        "valid": not errors,
        "place": place,
        "labels": [],
        "stats": {
            "sha256": report.files[place],
            "errors": len(errors),
            "warnings": len(warnings),
            "seconds": round(report.seconds, 3),
        },
        "warnings": warnings,
        "errors": errors,
    }


def _split(findings: list[Finding]) -> tuple[list[dict[str, Any]], list[str]]:
    """Errors as Frictionless describes them, and warnings, which are only texts there."""
    from publisher.package import frictionless_errors

    errors = [frictionless_errors.describe(f) for f in findings if f.severity == "error"]
    return errors, [str(f) for f in findings if f.severity != "error"]


@dataclass(frozen=True)
class Shown:
    """A row with findings: its cells as (column, text, whether it is wrong), and what is wrong."""

    line: int
    cells: tuple[tuple[str, str, bool], ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Group:
    """All findings of one kind: `loose` ones without a row, `files` with their rows."""

    rule: Rule
    count: int
    loose: tuple[Finding, ...]
    files: tuple[tuple[str, tuple[Shown, ...]], ...]

    @property
    def hidden(self) -> int:
        """How many were counted and not kept."""
        return self.count - len(self.loose) - sum(len(row.findings) for _, rows in self.files for row in rows)


def groups(report: Report) -> tuple[Group, ...]:
    """The findings by kind, errors first, in the order of the table of codes."""
    by_code = {
        code: [f for f in report.findings if f.code == code] for code in RULES if code in report.counts
    }
    made = [_group(report, RULES[code], findings) for code, findings in by_code.items()]
    return tuple(sorted(made, key=lambda group: group.rule.severity != "error"))


def _group(report: Report, rule: Rule, findings: list[Finding]) -> Group:
    placed = [f for f in findings if f.file and f.row and (f.file, f.row) in report.excerpts]
    files = []
    for file, own in groupby(placed, key=lambda f: f.file or ""):
        lines = groupby(own, key=lambda f: f.row or 0)
        files.append((file, tuple(_shown(report, file, line, tuple(its)) for line, its in lines)))
    loose = tuple(f for f in findings if f not in placed)
    return Group(rule, report.counts[rule.code], loose, tuple(files))


def _shown(report: Report, file: str, line: int, findings: tuple[Finding, ...]) -> Shown:
    wrong = {finding.column for finding in findings}
    cells = report.excerpts[file, line]
    return Shown(line, tuple((name, text, name in wrong) for name, text in cells.items()), findings)


def to_html(reports: Sequence[Report]) -> str:
    """One page that stands alone: findings by kind, their remedies, their rows with the cells marked."""
    import jinja2

    loader = jinja2.FileSystemLoader(folder("templates") / "report")
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page = environment.get_template("report.html")
    return page.render(checked=[(report, verdict(report), groups(report)) for report in reports])


FORMATS: dict[str, Callable[[Sequence[Report]], str]] = {
    "text": lambda reports: "\n".join(map(to_text, reports)),
    "json": to_json,
    "html": to_html,
}
