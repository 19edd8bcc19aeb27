"""Collects what a check finds: everything is counted, the first of each kind is kept to be shown."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable

from publisher.errors import Finding
from publisher.package.codes import RULES

SHOWN = 100  # findings kept per code; a wrong column of a million rows is one mistake
LISTED = 12  # codes listed in full in `allowed`


class Findings:
    """A growing list of findings; `counts` has the true number per code."""

    def __init__(self, shown: int = SHOWN) -> None:
        self.kept: list[Finding] = []
        self.counts: Counter[str] = Counter()
        self._shown = shown

    def room(self, code: str) -> int:
        """How many more findings of `code` would be kept."""
        return max(self._shown - self.counts[code], 0)

    def count(self, code: str, number: int) -> None:
        """Counts `number` findings that are not kept."""
        if number > 0:
            self.counts[code] += number

    def add(
        self,
        code: str,
        message: str,
        *,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        allowed: str | None = None,
        remedy: str | None = None,
    ) -> None:
        """Keeps a finding, or only counts it when there are enough of its kind."""
        rule = RULES[code]
        if self.room(code):
            self.kept.append(
                Finding(
                    code, message, rule.severity, file, row, column, value, allowed, remedy or rule.remedy
                )
            )
        self.counts[code] += 1

    @property
    def fatal(self) -> bool:
        """True when there is an error among them."""
        return any(RULES[code].severity == "error" for code in self.counts)

    def sorted(self) -> tuple[Finding, ...]:
        """By file, then row, then column; what concerns the whole package comes first."""
        return tuple(sorted(self.kept, key=lambda f: (f.file or "", f.row or 0, f.column or "", f.code)))


def nearest(value: str, known: Iterable[str]) -> str:
    """What may stand instead of `value`: all when they are few, else the most alike.

    >>> nearest("X", ["F", "M", "_T"])
    'F, M, _T'
    """
    names = list(known)
    if len(names) <= LISTED:
        return ", ".join(names) or "nothing"
    upper = {name.upper(): name for name in names}
    alike = difflib.get_close_matches(value.upper(), list(upper), n=5, cutoff=0.5)
    if alike:
        return ", ".join(upper[name] for name in alike) + f", … ({len(names)} in all)"
    return ", ".join(names[:5]) + f", … ({len(names)} in all)"


def quoted(value: str) -> str:
    """A value as a message shows it: short, with no character that could mislead the reader.

    >>> quoted("F" + chr(0x200B))
    "'F\\\\u200b'"
    """
    shown = value if len(value) <= 60 else value[:57] + "…"
    return ascii(shown) if not shown.isprintable() else f"'{shown}'"
