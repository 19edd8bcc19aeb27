"""The words of reports and workbooks in a language: `package/translations/<language>.json` of the templates.

A string that a language lacks is shown in marks, never silently in another language. What a finding is called
and how to mend it stands in the table of codes in English; other languages bring `rule.<code>.title` and
`rule.<code>.remedy`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import UsageError
from publisher.folders import folder
from publisher.package.codes import Rule

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
