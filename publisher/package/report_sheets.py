"""A report as rows: a CSV file, or a workbook with the office's own tables and their cells marked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from publisher.errors import Finding
from publisher.package.codes import RULES
from publisher.package.delivery import Report
from publisher.package.readers.model import file_of
from publisher.package.report_model import KINDS, Table, groups, kind_of, tables
from publisher.package.words import Words

COLUMNS = (
    "package", "kind", "code", "title", "file", "sheet", "row", "column", "value", "message", "allowed",
    "remedy", "accepted",
)  # fmt: skip
_WIDTHS = (18, 10, 20, 34, 20, 12, 7, 16, 20, 50, 24, 40, 30)
_LONGEST = 32_767  # characters of a cell
_FORMULA = re.compile(r"[=+\-@\t\r]")  # what Excel takes for the beginning of a formula
_NUMBER = re.compile(r"-?[0-9.]+")
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_COLOURS = {
    "error": ("#FDE7E5", "#B3261E"),
    "warning": ("#FFF3D6", "#7A4F00"),
    "accepted": ("#E8EDF2", "#4D5A67"),
}


def rows(reports: Sequence[Report], words: Words) -> Iterator[tuple[str, ...]]:
    """The header, then a row for each finding; what was counted and not kept ends a package."""
    yield tuple(words(f"column.{name}") for name in COLUMNS)
    for report in reports:
        blank = [""] * (len(COLUMNS) - 4)
        if not report.findings:
            yield (report.package, "", "", words("verdict.nothing"), *blank)
        for finding in report.findings:
            yield _row(report, finding, words)
        for group in groups(report):
            if group.hidden:
                told = words.many("report.more", group.hidden)
                yield (report.package, words(f"kind.{group.kind}"), group.rule.code, told, *blank)


def _row(report: Report, finding: Finding, words: Words) -> tuple[str, ...]:
    rule, file = RULES[finding.code], file_of(finding.file or "")
    sheet = (finding.file or "").removeprefix(file).removeprefix(", sheet ")
    allowed = words.allowed(finding.allowed) if finding.allowed else None
    said = (words.says(finding.message), allowed, words.mend(finding) if finding.remedy else None)
    told = (file, sheet, finding.row, finding.column, finding.value, *said)
    return (
        report.package,
        words(f"kind.{kind_of(finding)}"),
        finding.code,
        words.title(rule),
        *("" if each is None else str(each) for each in told),
        finding.accepted or "",
    )


def to_csv(reports: Sequence[Report], words: Words) -> str:
    """All findings as CSV. What Excel would take for a formula gets an apostrophe before it."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([harmless(c) for c in row] for row in rows(reports, words))
    return out.getvalue()


def harmless(text: str) -> str:
    """A cell that a spreadsheet does not calculate; numbers stay.

    >>> harmless("=1+1"), harmless("-5.2"), harmless("F")
    ("'=1+1", '-5.2', 'F')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def to_xlsx(reports: Sequence[Report], words: Words, path: Path) -> None:
    """All findings in one sheet, then one for each table with its wrong cells in colour; cells are text."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        strong = book.add_format({"bold": True, "bg_color": "#0B4A6F", "font_color": "#FFFFFF"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(words("sheet.findings"))
        for at, width in enumerate(_WIDTHS):
            sheet.set_column(at, at, width, wrap)
        for number, row in enumerate(rows(reports, words)):
            for at, text in enumerate(row):
                sheet.write_string(number, at, text[:_LONGEST], strong if number == 0 else wrap)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, number, len(COLUMNS) - 1)
        names = {words("sheet.findings").lower()}
        for report in reports:
            for table in tables(report, groups(report)):
                _table(book, _name(table.file, names), table, strong, words)


def _table(book: Any, name: str, table: Table, strong: Any, words: Words) -> None:
    """The rows that findings speak of, at the numbers that they have in the file."""
    formats = {
        kind: book.add_format({"bg_color": back, "font_color": ink, "bold": kind != KINDS[2]})
        for kind, (back, ink) in _COLOURS.items()
    }
    sheet = book.add_worksheet(name)
    for at, title in enumerate((words("report.row"), *table.head, words("report.what"))):
        sheet.write_string(0, at, title, strong)
    sheet.set_column(0, 0, 7)
    sheet.set_column(1, len(table.head), 16)
    sheet.set_column(len(table.head) + 1, len(table.head) + 1, 90)
    for number, row in enumerate(table.rows, 1):
        sheet.write_number(number, 0, row.line)
        for at, cell in enumerate(row.cells, 1):
            sheet.write_string(number, at, cell.text[:_LONGEST], formats.get(cell.kind))
        told = "; ".join(words.says(finding.message) for _, finding in row.findings)
        sheet.write_string(number, len(table.head) + 1, told[:_LONGEST])
    sheet.freeze_panes(1, 1)


def _name(file: str, taken: set[str]) -> str:
    """A sheet's name: at most 31 characters, none that Excel forbids, each once."""
    plain = _SHEET_NAME.sub(" ", file)[-27:].strip() or "table"
    name, number = plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{plain} {number}"
    taken.add(name.lower())
    return name
