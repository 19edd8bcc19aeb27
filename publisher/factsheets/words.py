"""The strings of one language, and numbers and periods as its readers write them (CLDR, by Babel)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

from publisher.errors import Finding, StructureError
from publisher.factsheets.definition import folders
from publisher.settings import Settings
from publisher.structures.model import Text
from publisher.structures.model import text as in_language

MINUS = "\N{MINUS SIGN}"
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_REPORTING = re.compile(r"(\d{4})-([SQTWD])(\d+)")


@dataclass(frozen=True)
class Words:
    language: str  # BCP 47
    locale: Locale
    strings: Mapping[str, str]

    def __call__(self, name: str, /, **values: Any) -> str:
        """The string `name` with its `{places}` filled."""
        return self.strings[name].format_map(values) if values else self.strings[name]

    def get(self, name: str, default: str) -> str:
        """The string `name`, or `default` when the language has none."""
        return self.strings.get(name, default)

    def name(self, text: Text) -> str:
        """A name of the structures in this language."""
        return in_language(text, (self.language,))

    def number(self, value: Decimal, decimals: int, *, signed: bool = False) -> str:
        """`value` rounded half up to `decimals` digits: 3,59 in Indonesian."""
        rounded = round_to(value, decimals)
        whole = self.locale.decimal_formats[None].pattern.partition(";")[0].partition(".")[0]
        pattern = whole + ("." + "0" * decimals if decimals else "")
        text = format_decimal(abs(rounded), format=pattern, locale=self.locale)
        sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
        return sign + text

    def period(self, period: str) -> str:
        """A time period as a reader writes it: `2025-08` is August 2025."""
        if match := _MONTH.fullmatch(period):
            return format_skeleton("yMMM", date(int(match[1]), int(match[2]), 1), locale=self.locale)
        if match := _REPORTING.fullmatch(period):
            return self(f"period.{match[2]}", year=match[1], number=int(match[3]))
        return period

    def date(self, instant: datetime) -> str:
        return format_date(instant, format="long", locale=self.locale)

    def instant(self, instant: datetime) -> str:
        """Day and time with the name of the time zone."""
        return format_datetime(instant, format="long", locale=self.locale, tzinfo=instant.tzinfo)

    def list(self, parts: list[str]) -> str:
        return ", ".join(parts)

    def charts(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The number and time locale of d3, so that axes are written like the text."""
        months, days = self.locale.months["stand-alone"], self.locale.days["stand-alone"]
        numbers = {
            "decimal": get_decimal_symbol(self.locale),
            "thousands": get_group_symbol(self.locale),
            "grouping": [3],
            "currency": ["", ""],
            "minus": MINUS,
        }
        week = [6, 0, 1, 2, 3, 4, 5]  # d3 starts at Sunday, CLDR at Monday
        times = {
            "dateTime": "%x %X",
            "date": "%d/%m/%Y",
            "time": "%H:%M",
            "periods": ["AM", "PM"],
            "days": [days["wide"][day] for day in week],
            "shortDays": [days["abbreviated"][day] for day in week],
            "months": [months["wide"][month] for month in range(1, 13)],
            "shortMonths": [months["abbreviated"][month] for month in range(1, 13)],
        }
        return numbers, times


def round_to(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def load(settings: Settings, language: str) -> Words:
    """The words of `language`. Raises StructureError when there is no such language or strings lack."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError) as exc:
        raise StructureError(
            f"sheets in {language!r}: no such locale in CLDR; use a BCP 47 tag like `id`"
        ) from exc
    strings, english = _strings(settings, language), _strings(settings, "en")
    if missing := sorted(english.keys() - strings.keys()):
        place = f"factsheets/translations/{language}.json"
        raise StructureError(
            f"{place}: {len(missing)} strings are missing",
            [Finding("string-missing", f"{name} ({english[name]})", file=place) for name in missing],
        )
    return Words(language, locale, strings)


def _strings(settings: Settings, language: str) -> dict[str, str]:
    """Of every template folder, the deployment's own over the bundled."""
    merged: dict[str, str] = {}
    for place in reversed(folders(settings)):
        path = place / "factsheets" / "translations" / f"{language}.json"
        if path.is_file():
            merged |= json.loads(path.read_text(encoding="utf-8"))
    return merged
