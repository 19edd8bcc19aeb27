"""The pages' strings in each language, and numbers, periods and dates as its readers write them.

A language is a file `translations/<language>.json` in a template folder. A string that a language lacks is
shown marked, never silently in another language.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date

from publisher.factsheets import words as sheets

DEFAULT = "en"


KEPT = 1 << 16  # printed numbers and periods of a language: tables have the same ones again and again


@dataclass(frozen=True)
class Words(sheets.Words):
    _printed: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, name: str, /, **values: Any) -> str:
        """The string `name` with its `{places}` filled; `⟦name⟧` where the language has none."""
        found = self.strings.get(name)
        return f"⟦{name}⟧" if found is None else found.format_map(values)

    @property
    def own_name(self) -> str:
        """The language's name in itself."""
        return self.strings.get("language") or self.locale.get_language_name(self.language) or self.language

    def count(self, value: int | str) -> str:
        """A whole number."""
        return self._kept(f"#{value}", lambda: super(Words, self).count(value))

    def value(self, text: str | None) -> str:
        """A released decimal with exactly the digits that were released; text that is no number stays."""
        return "" if text is None else self._kept(f"={text}", lambda: self._print(text))

    def period(self, period: str) -> str:
        """A time period as a reader writes it."""
        return self._kept(f"@{period}", lambda: super(Words, self).period(period))

    def _kept(self, name: str, write: Callable[[], str]) -> str:
        printed = self._printed.get(name)
        if printed is None:
            if len(self._printed) > KEPT:
                self._printed.clear()
            printed = self._printed[name] = write()
        return printed

    def _print(self, text: str) -> str:
        try:
            number = Decimal(text)
        except InvalidOperation:
            return text
        if not number.is_finite():
            return text
        exponent = number.as_tuple().exponent
        return self.number(number, max(-exponent, 0) if isinstance(exponent, int) else 0)

    def size(self, octets: int) -> str:
        """A file's size: `1.4 MB`."""
        for unit, scale in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
            if octets >= scale:
                return f"{self.number(Decimal(octets) / scale, 1)} {unit}"
        return f"{self.count(octets)} B"

    def day(self, instant: datetime | str) -> str:
        """`9 Oct 2025`, from an instant or CKAN's text of one."""
        moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        return format_date(moment, format="medium", locale=self.locale)


def languages(templates: tuple[Path, ...]) -> dict[str, Words]:
    """Every language that the template folders have, English first; the first folder's strings win."""
    strings: dict[str, dict[str, str]] = {}
    for place in reversed(templates):
        for path in sorted((place / "translations").glob("*.json")):
            strings.setdefault(path.stem, {}).update(json.loads(path.read_text(encoding="utf-8")))
    tags = sorted(strings, key=lambda tag: (tag != DEFAULT, tag))
    return {tag: Words(tag, Locale.parse(tag, sep="-"), strings[tag]) for tag in tags}
