"""A report as Frictionless describes reports, for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from publisher.errors import Finding
from publisher.package.codes import RULES
from publisher.package.delivery import Report
from publisher.package.gate import DESCRIPTOR
from publisher.package.report_text import more


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
        "warnings": [*warnings, *(line.strip() for line in more(report))],
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
