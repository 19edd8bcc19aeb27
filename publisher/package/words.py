"""The words of reports and workbooks in a language: `package/translations/<language>.json` of the templates.

A string that a language lacks is shown in marks, never silently in another language. What a finding is called
and how to mend it stands in the table of codes in English; other languages bring `rule.<code>.title` and
`rule.<code>.remedy`, and `says …` for each sentence of the checks (see `sentences`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from publisher.errors import Finding, UsageError
from publisher.folders import folder
from publisher.package.codes import RULES, Rule
from publisher.package.sentences import SAYS, Sentences

DEFAULT = "en"


@dataclass(frozen=True)
class Words:
    language: str
    strings: Mapping[str, str]

    def __call__(self, name: str, /, **values: object) -> str:
        """The string `name` with its `{places}` filled; `⟦name⟧` where the language has none."""
        found = self.strings.get(name)
        return f"⟦{name}⟧" if found is None else found.format_map(values)

    def count(self, number: int) -> str:
        """A whole number with the thousands separated as the language does.

        >>> Words("id", {"thousands": "."}).count(1200)
        '1.200'
        """
        return f"{number:,}".replace(",", self("thousands"))

    def many(self, name: str, number: int) -> str:
        """`name.one` or `name.many` with the number in it."""
        return self(f"{name}.{'one' if number == 1 else 'many'}", count=self.count(number))

    def title(self, rule: Rule) -> str:
        """What a kind of finding is called."""
        return self._of_rule(rule, "title", rule.title)

    def remedy(self, rule: Rule) -> str:
        """How to mend it."""
        return self._of_rule(rule, "remedy", rule.remedy)

    def says(self, text: str) -> str:
        """A sentence of a check: what was found, or a remedy of its own."""
        if self.language == DEFAULT:
            return text
        return self._sentences(text) or f"⟦{text}⟧"

    def allowed(self, text: str) -> str:
        """What may stand in a place: codes and numbers as they are, words in the language."""
        return text if self.language == DEFAULT else self._sentences(text) or text

    def line(self, finding: Finding) -> str:
        """A finding in one line: place, what is wrong, what is allowed, how to mend it, code."""
        if self.language == DEFAULT:
            return str(finding)
        row = self("report.row-of", row=finding.row) if finding.row is not None else None
        place = ", ".join(filter(None, (finding.file, row, finding.column)))
        said = self.says(finding.message)
        parts = [f"{place}: {said}" if place else said]
        if finding.allowed:
            parts.append(f"{self('report.allowed')}: {self.allowed(finding.allowed)}")
        if finding.accepted:
            parts.append(f"{self('report.reason')}: {finding.accepted}")
        elif finding.remedy:
            parts.append(self.mend(finding))
        return "; ".join(parts) + f" [{finding.code}]"

    def mend(self, finding: Finding) -> str:
        """How to mend it: the rule's remedy, or one that the check knew better."""
        rule = RULES[finding.code]
        return self.remedy(rule) if finding.remedy == rule.remedy else self.says(finding.remedy or "")

    @cached_property
    def _sentences(self) -> Sentences:
        pairs = self.strings.items()
        return Sentences((key.removeprefix(SAYS), text) for key, text in pairs if key.startswith(SAYS))

    def _of_rule(self, rule: Rule, name: str, english: str) -> str:
        if self.language == DEFAULT:
            return english
        return self.strings.get(f"rule.{rule.code}.{name}") or f"⟦{english}⟧"


def words(language: str = DEFAULT, templates: Sequence[Path] = ()) -> Words:
    """The words of `language`; the first of `templates` wins, then the bundled ones. Raises UsageError."""
    folders = [*templates, folder("templates")]
    strings: dict[str, str] = {}
    for place in reversed(folders):
        path = place / "package" / "translations" / f"{language}.json"
        if path.is_file():
            strings |= json.loads(path.read_text(encoding="utf-8"))
    if not strings:
        known = {
            path.stem for place in folders for path in (place / "package" / "translations").glob("*.json")
        }
        raise UsageError(
            f"there are no words in {language!r}; there are: {', '.join(sorted(known))}; a deployment adds "
            f"package/translations/{language}.json to its templates"
        )
    return Words(language, strings)
