"""What a page and a workbook show of a report: findings by rule, and the office's own rows with marks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from publisher.errors import Finding
from publisher.package.codes import RULES, Rule
from publisher.package.delivery import Report

ERROR, WARNING, ACCEPTED = KINDS = ("error", "warning", "accepted")  # the worst first


@dataclass(frozen=True)
class Group:
    """All findings of one kind; `number` is how the page refers to it."""

    number: int
    rule: Rule
    kind: str  # accepted: all that were found are
    count: int
    taken: int  # of them accepted
    findings: tuple[Finding, ...]

    @property
    def hidden(self) -> int:
        """How many were counted and not kept."""
        return self.count - len(self.findings)

    @property
    def acceptance(self) -> str:
        """What to write into `sdmx.accepted` to accept the rest: as narrow as all of them are."""
        rest = [finding for finding in self.findings if finding.accepted is None]
        said = {name: {getattr(finding, name) for finding in rest} for name in ("file", "column", "row")}
        same = {name: next(iter(values)) for name, values in said.items() if len(values) == 1}
        place = {name: value for name, value in same.items() if value is not None}
        return json.dumps({"code": self.rule.code, **place, "reason": "…"}, ensure_ascii=False)


@dataclass(frozen=True)
class Cell:
    text: str
    kind: str  # of the worst finding about it; "": none
    numbers: tuple[int, ...]  # of the groups that speak of it


@dataclass(frozen=True)
class Row:
    """A row of the office's table; `skipped` rows without findings come before it."""

    line: int
    skipped: int
    cells: tuple[Cell, ...]
    findings: tuple[tuple[int, Finding], ...]  # with the number of the group


@dataclass(frozen=True)
class Table:
    """One file or sheet: its rows with findings, and their neighbours."""

    file: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    marked: int  # cells with findings


def kind_of(finding: Finding) -> str:
    """error, warning, or accepted."""
    return ACCEPTED if finding.accepted else finding.severity


def groups(report: Report) -> tuple[Group, ...]:
    """The findings by kind: errors, then warnings, then what is accepted, as the table of codes has them."""
    ordered = sorted(
        (code for code in RULES if code in report.counts), key=lambda code: KINDS.index(_kind(report, code))
    )
    return tuple(
        Group(
            number,
            RULES[code],
            _kind(report, code),
            report.counts[code],
            report.accepted.get(code, 0),
            tuple(sorted((f for f in report.findings if f.code == code), key=lambda f: bool(f.accepted))),
        )
        for number, code in enumerate(ordered, 1)
    )


def _kind(report: Report, code: str) -> str:
    """Of all findings of a code: accepted when each of them is."""
    return ACCEPTED if report.accepted.get(code) == report.counts[code] else RULES[code].severity


def tables(report: Report, grouped: Sequence[Group]) -> tuple[Table, ...]:
    """The office's tables, as far as open findings speak of their rows; those with errors first."""
    numbers = {group.rule.code: group.number for group in grouped}
    by_row: dict[tuple[str, int], list[Finding]] = {}
    for finding in report.findings:
        if finding.file and finding.row and not finding.accepted:
            by_row.setdefault((finding.file, finding.row), []).append(finding)
    wrong = {file for (file, _), own in by_row.items() if any(f.severity == ERROR for f in own)}
    files = sorted({place[0] for place in by_row.keys() & report.excerpts.keys()})
    files.sort(key=lambda file: file not in wrong)
    return tuple(_table(report, file, by_row, numbers) for file in files)


def _table(
    report: Report,
    file: str,
    by_row: Mapping[tuple[str, int], list[Finding]],
    numbers: Mapping[str, int],
) -> Table:
    lines = _near(sorted(line for place, line in report.excerpts if place == file), file, by_row)
    head = tuple(dict.fromkeys(name for line in lines for name in report.excerpts[file, line]))
    rows, before = [], lines[0] - 1
    for line in lines:
        own = by_row.get((file, line), [])
        rows.append(_row(line, line - before - 1, head, report.excerpts[file, line], own, numbers))
        before = line
    marked = sum(bool(cell.kind) for row in rows for cell in row.cells)
    return Table(file, head, tuple(rows), marked)


def _near(lines: list[int], file: str, by_row: Mapping[tuple[str, int], list[Finding]]) -> list[int]:
    """The lines with findings and those beside them; others are there for what is accepted."""
    found = [at for at, line in enumerate(lines) if (file, line) in by_row]
    kept = {at + step for at in found for step in (-1, 0, 1)}
    return [line for at, line in enumerate(lines) if at in kept]


def _row(
    line: int,
    skipped: int,
    head: Sequence[str],
    cells: Mapping[str, str],
    findings: Sequence[Finding],
    numbers: Mapping[str, int],
) -> Row:
    made = []
    for name in head:
        own = [finding for finding in findings if finding.column == name]
        kinds = sorted((kind_of(finding) for finding in own), key=KINDS.index)
        told = tuple(sorted({numbers[finding.code] for finding in own}))
        made.append(Cell(cells.get(name, ""), kinds[0] if kinds else "", told))
    said = sorted(((numbers[f.code], f) for f in findings), key=lambda pair: pair[0])
    return Row(line, skipped, tuple(made), tuple(said))
