"""How a language's readers write dates, years and digits: CLDR by Babel, and what `locales.toml` adds.

CLDR has no Tetum; Babel has neither the Buddhist era nor a language's own digits.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton

from publisher.errors import StructureError
from publisher.factsheets.definition import folders
from publisher.settings import Settings

FILE = "factsheets/locales.toml"
LATIN = "0123456789"


@dataclass(frozen=True)
class Overlay:
    """One language of `locales.toml`; what it leaves empty is CLDR's."""

    name: str = ""  # the language in itself
    base: str = ""  # the locale whose numbers and dates are used
    era: int = 0  # added to Gregorian years: 543 for the Buddhist era
    date: str = ""  # "{day} {month} {year}"
    month: str = ""  # "{month} {year}"
    months: tuple[str, ...] = ()  # January first
    short_months: tuple[str, ...] = ()
    digits: str = ""  # the ten digits, where they are not 0 to 9
    fonts: str = ""  # of charts

    @cached_property
    def table(self) -> Mapping[int, int]:
        return dict(zip(map(ord, LATIN), map(ord, self.digits), strict=True)) if self.digits else {}

    def year(self, year: int | str) -> str:
        return str(int(year) + self.era).translate(self.table)

    def day(self, moment: datetime.date, locale: Locale) -> str:
        """`5 March 2026`."""
        if not self.date:
            return self._written(format_date(moment, format="long", locale=locale), moment)
        return self._filled(self.date, moment, self._months(locale, "wide"))

    def month_of(self, moment: datetime.date, locale: Locale) -> str:
        """`Mar 2026`."""
        if not self.month:
            return self._written(format_skeleton("yMMM", moment, locale=locale), moment)
        return self._filled(self.month, moment, self._months(locale, "abbreviated"))

    def instant(self, moment: datetime.datetime, locale: Locale) -> str:
        if self.date:
            time = format_datetime(moment, "HH:mm z", locale=locale, tzinfo=moment.tzinfo)
            return f"{self.day(moment, locale)}, {time.translate(self.table)}"
        written = format_datetime(moment, format="long", locale=locale, tzinfo=moment.tzinfo)
        return self._written(written, moment)

    def _filled(self, pattern: str, moment: datetime.date, months: Mapping[int, str]) -> str:
        day = str(moment.day).translate(self.table)
        return pattern.format(day=day, month=months[moment.month], year=self.year(moment.year))

    def _written(self, text: str, moment: datetime.date) -> str:
        """CLDR's form with the years and digits of the overlay."""
        if self.era:
            text = text.replace(str(moment.year), str(moment.year + self.era))
        return text.translate(self.table)

    def _months(self, locale: Locale, width: str) -> Mapping[int, str]:
        own = self.short_months if width == "abbreviated" and self.short_months else self.months
        if own:
            return dict(enumerate(own, 1))
        names: Mapping[int, str] = locale.months["format"][width]
        return names

    def chart_months(self, locale: Locale) -> tuple[list[str], list[str]]:
        """Wide and abbreviated, as an axis has them."""
        wide, short = (self._months(locale, width) for width in ("wide", "abbreviated"))
        return [wide[month] for month in range(1, 13)], [short[month] for month in range(1, 13)]


def load(settings: Settings) -> dict[str, Overlay]:
    """Language → overlay, of every template folder, the deployment's own over the bundled."""
    merged: dict[str, Overlay] = {}
    for place in reversed(folders(settings)):
        path = place / FILE
        if path.is_file():
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
            merged |= {tag: _overlay(tag, table) for tag, table in raw.items()}
    return merged


def _overlay(tag: str, table: Mapping[str, Any]) -> Overlay:
    known = {f.name for f in fields(Overlay)}
    if unknown := sorted(table.keys() - known):
        raise StructureError(
            f"{FILE} [{tag}]: unknown {', '.join(unknown)}; there are {', '.join(sorted(known))}"
        )
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in table.items()
    }
    return Overlay(**given)


def locale_of(language: str, overlay: Overlay) -> Locale:
    """The locale of a BCP 47 tag. Raises StructureError when CLDR has none and no overlay names another."""
    try:
        return Locale.parse(overlay.base or language, sep="-")
    except (UnknownLocaleError, ValueError) as exc:
        raise StructureError(
            f"sheets in {language!r}: no such locale in CLDR; use a BCP 47 tag like `id`,"
            f" or give it a `base` in {FILE}"
        ) from exc
