"""The strings of one language, and numbers and periods as its readers write them (CLDR, by Babel)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel import Locale
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

from publisher.factsheets import catalogues, locales
from publisher.factsheets.locales import Overlay
from publisher.settings import Settings
from publisher.structures.model import Text

MINUS = "\N{MINUS SIGN}"
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_REPORTING = re.compile(r"(\d{4})-([SQTWD])(\d+)")


class Foreign(str):
    """A text in another language than the sheet's, because it has none; pages mark it with `lang`."""

    language: str

    def __new__(cls, text: str, language: str) -> Foreign:
        made = super().__new__(cls, text)
        made.language = language
        return made


@dataclass(frozen=True)
class Words:
    language: str  # BCP 47
    locale: Locale
    strings: Mapping[str, str]
    overlay: Overlay = field(default_factory=Overlay)
    unreviewed: frozenset[str] = frozenset()  # names of strings that no reader of the language has checked
    lacking: dict[str, str] = field(default_factory=dict, compare=False)  # shown in another language → which

    def __call__(self, name: str, /, **values: Any) -> str:
        """The string `name` with its `{places}` filled."""
        written = {place: self.count(v) if isinstance(v, int) else v for place, v in values.items()}
        return self.strings[name].format_map(written) if values else self.strings[name]

    def get(self, name: str, default: str) -> str:
        """The string `name`, or `default` when the language has none."""
        return self.strings.get(name, default)

    def name(self, text: Text) -> str:
        """A name of the structures in this language; a `Foreign` one where they have none."""
        tag = self.language
        while tag:
            if tag in text:
                return text[tag]
            tag = tag.rpartition("-")[0]
        language = "en" if "en" in text else next(iter(text), "")
        return self.foreign(text[language], language) if language else ""

    def foreign(self, text: str, language: str) -> str:
        """`text` marked as being in `language`, and remembered as lacking."""
        if language == self.language:
            return text
        self.lacking[text] = language
        return Foreign(text, language)

    def number(self, value: Decimal, decimals: int, *, signed: bool = False) -> str:
        """`value` rounded half up to `decimals` digits: 3,59 in Indonesian."""
        rounded = round_to(value, decimals)
        whole = self.locale.decimal_formats[None].pattern.partition(";")[0].partition(".")[0]
        pattern = whole + ("." + "0" * decimals if decimals else "")
        text = format_decimal(abs(rounded), format=pattern, locale=self.locale).translate(self.overlay.table)
        sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
        return sign + text

    def count(self, value: int | str) -> str:
        """A whole number."""
        return format_decimal(int(value), locale=self.locale).translate(self.overlay.table)

    def period(self, period: str) -> str:
        """A time period as a reader writes it: `2025-08` is August 2025."""
        if period.isdigit() and len(period) == 4:
            return self.overlay.year(period)
        if match := _MONTH.fullmatch(period):
            return self.overlay.month_of(date(int(match[1]), int(match[2]), 1), self.locale)
        if match := _REPORTING.fullmatch(period):
            year, number = self.overlay.year(match[1]), self.count(match[3])
            return self(f"period.{match[2]}", year=year, number=number)
        return period

    def date(self, instant: datetime) -> str:
        return self.overlay.day(instant, self.locale)

    def instant(self, instant: datetime) -> str:
        """Day and time with the name of the time zone."""
        return self.overlay.instant(instant, self.locale)

    def list(self, parts: list[str]) -> str:
        """`parts` with commas; foreign when one of them is."""
        joined = self.get("list.separator", ", ").join(parts)
        other = next((part.language for part in parts if isinstance(part, Foreign)), "")
        return Foreign(joined, other) if other else joined

    def charts(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The number and time locale of d3, so that axes are written like the text."""
        days = self.locale.days["stand-alone"]
        wide, short = self.overlay.chart_months(self.locale)
        numbers: dict[str, Any] = {
            "decimal": get_decimal_symbol(self.locale),
            "thousands": get_group_symbol(self.locale),
            "grouping": [3],
            "currency": ["", ""],
            "minus": MINUS,
        }
        if self.overlay.digits:
            numbers["numerals"] = list(self.overlay.digits)
        week = [6, 0, 1, 2, 3, 4, 5]  # d3 starts at Sunday, CLDR at Monday
        times = {
            "dateTime": "%x %X",
            "date": "%d/%m/%Y",
            "time": "%H:%M",
            "periods": ["AM", "PM"],
            "days": [days["wide"][day] for day in week],
            "shortDays": [days["abbreviated"][day] for day in week],
            "months": wide,
            "shortMonths": short,
        }
        return numbers, times


def round_to(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def load(settings: Settings, language: str) -> Words:
    """The words of `language`. Raises StructureError when there is no such language or strings lack."""
    overlay = locales.load(settings).get(language, Overlay())
    locale = locales.locale_of(language, overlay)
    found = catalogues.load(settings, language)
    return Words(language, locale, found.strings, overlay, found.unreviewed)
