"""A report as others read it: text, Frictionless JSON, a page, a table; by format, or by a file's ending."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from publisher.errors import UsageError
from publisher.package.delivery import Report
from publisher.package.report_json import to_descriptor, to_json
from publisher.package.report_text import to_text, verdict
from publisher.package.words import Words, words

__all__ = ["FORMATS", "to_csv", "to_descriptor", "to_html", "to_json", "to_text", "verdict", "write"]


def to_html(reports: Sequence[Report], spoken: Words | None = None) -> str:
    """One page that stands alone."""
    from publisher.package import report_page

    return report_page.to_html(reports, spoken or words())


def to_csv(reports: Sequence[Report], spoken: Words | None = None) -> str:
    """A row for each finding."""
    from publisher.package import report_sheets

    return report_sheets.to_csv(reports, spoken or words())


class Writer(Protocol):
    """Reports → their text, in the words of a language where there are words."""

    def __call__(self, reports: Sequence[Report], spoken: Words | None = None) -> str: ...


def _text(reports: Sequence[Report], spoken: Words | None = None) -> str:
    return "\n".join(to_text(report, spoken) for report in reports)


def _json(reports: Sequence[Report], spoken: Words | None = None) -> str:
    return to_json(reports)


FORMATS: dict[str, Writer] = {"text": _text, "json": _json, "html": to_html, "csv": to_csv}
ENDINGS = {".txt": "text", ".json": "json", ".html": "html", ".csv": "csv", ".xlsx": "xlsx"}


def format_of(path: Path) -> str:
    """What a file of this name holds. Raises UsageError."""
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(f"{path}: a report's name ends in {', '.join(ENDINGS)}")
    return ENDINGS[path.suffix.lower()]


def write(path: Path, reports: Sequence[Report], spoken: Words) -> None:
    """Write the reports as the ending of `path` says. CSV has a mark that tells Excel its encoding."""
    form = format_of(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if form == "xlsx":
        from publisher.package import report_sheets

        report_sheets.to_xlsx(reports, spoken, path)
    else:
        text = FORMATS[form](reports, spoken)
        encoding = "utf-8-sig" if form == "csv" else "utf-8"
        path.write_text(text + "\n" * (form in ("text", "json")), encoding=encoding, newline="\n")
