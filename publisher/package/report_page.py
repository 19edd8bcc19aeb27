"""A report as one page that stands alone: no script, no other file, and a policy that forbids both."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache

import jinja2

from publisher.folders import folder
from publisher.package.delivery import Report
from publisher.package.report_model import groups, tables
from publisher.package.report_text import numbers
from publisher.package.words import Words

LISTED = 5  # places of a rule that are shown at once; the others are folded
_SECTION = re.compile(r"^### `([a-z0-9-]+)`(?: \(warning\))?\n(.*?)(?=^#|\Z)", re.M | re.S)
Block = tuple[str, tuple[str, ...]]  # "p" or "li", and its text; every second piece is code


def to_html(reports: Sequence[Report], words: Words) -> str:
    """Findings by rule with their remedies, and the office's own rows with the cells marked."""
    place = folder("templates") / "package"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(place),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (place / "report.css").read_text(encoding="utf-8")
    shown = []
    for report in reports:
        grouped = groups(report)
        shown.append((report, numbers(report), grouped, tables(report, grouped)))
    return environment.get_template("report.html").render(
        checked=shown, t=words, style=style, policy=policy(style), explained=explained(), listed=LISTED
    )


def policy(style: str) -> str:
    """The content security policy of a page that has this style sheet and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def explained() -> dict[str, tuple[Block, ...]]:
    """Code → its section of docs/findings.md, without its first sentence, which is the title."""
    text = (folder("docs") / "findings.md").read_text(encoding="utf-8")
    return {code: tuple(_blocks(section)) for code, section in _SECTION.findall(text)}


def _blocks(section: str) -> list[Block]:
    found = []
    for paragraph in re.split(r"\n\n|\n(?=- )", section.strip()):
        kind = "li" if paragraph.startswith("- ") else "p"
        plain = " ".join(paragraph.removeprefix("- ").split())
        found.append((kind, tuple(plain.split("`"))))
    return found
