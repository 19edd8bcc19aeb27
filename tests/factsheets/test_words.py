"""The languages of the sheets: complete, and nothing of another language in between."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import lxml.html
import pytest
from babel import Locale

from publisher.errors import StructureError
from publisher.factsheets import catalogues, words
from publisher.factsheets.words import Words
from publisher.folders import folder
from publisher.settings import Settings

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
SAME = {"note", "unit.PT", "period.A", "alt.bar"}  # signs, patterns
BUNDLED = Settings(home=Path())


def strings(language: str) -> dict[str, str]:
    return catalogues.load(BUNDLED, language).strings


def test_every_string_is_translated() -> None:
    english, indonesian = strings("en"), strings("id")
    assert {name for name in indonesian if not name.startswith("reason.")} == english.keys()
    assert {name for name in english if english[name] == indonesian[name]} == SAME


@pytest.mark.parametrize("table", ["preferred.csv", "comparison.csv"])
def test_every_reason_is_translated(table: str) -> None:
    """The tables give reasons in English; other languages have them among their words."""
    with (folder("dsd") / "reference" / table).open(encoding="utf-8", newline="") as file:
        said = {row[name] for row in csv.DictReader(file) for name in ("reason", "decided_by")}
    assert {text for text in said if f"reason.{text}" not in strings("id")} == set()


def test_no_english_in_the_indonesian_sheet(sheets: dict[str, str], odd_sheets: dict[str, str]) -> None:
    for html in (sheets["IDN.id"], odd_sheets["IDN.id"]):
        page = lxml.html.fromstring(html)
        for foreign in page.xpath("//style | //*[@lang='en'][not(self::html)]"):
            foreign.drop_tree()
        said = " ".join([page.text_content(), *page.xpath("//@aria-label"), *page.xpath("//meta/@content")])
        plain = [text for name, text in strings("en").items() if "{" not in text and name not in SAME]
        assert [text for text in plain if re.search(rf"\b{re.escape(text)}\b", said)] == []


@pytest.mark.parametrize(
    ("language", "value", "decimals", "signed", "text"),
    [
        ("en", "3.59", 2, False, "3.59"),
        ("id", "3.59", 2, False, "3,59"),
        ("id", "1234567.8", 1, False, "1.234.567,8"),
        ("en", "0.125", 2, False, "0.13"),
        ("en", "2.50", 2, True, "+2.50"),
        ("id", "-0.28", 2, True, "−0,28"),
        ("en", "-0.001", 2, True, "0.00"),
        ("ta-SG", "1234567", 0, False, "1,234,567"),
    ],
)
def test_numbers(language: str, value: str, decimals: int, signed: bool, text: str) -> None:
    spoken = Words(language, Locale.parse(language, sep="-"), {})
    assert spoken.number(Decimal(value), decimals, signed=signed) == text


@pytest.mark.parametrize(
    ("period", "english", "indonesian"),
    [
        ("2025", "2025", "2025"),
        ("2025-08", "Aug 2025", "Agu 2025"),
        ("2025-S2", "half 2 of 2025", "semester 2 2025"),
        ("2024-Q1", "Q1 2024", "triwulan 1 2024"),
        ("2025-01-01/P3M", "2025-01-01/P3M", "2025-01-01/P3M"),
    ],
)
def test_periods(period: str, english: str, indonesian: str, settings: Settings) -> None:
    assert words.load(settings, "en").period(period) == english
    assert words.load(settings, "id").period(period) == indonesian


def test_a_half_translated_language_is_refused_with_all_that_lacks(tmp_path: Path) -> None:
    place = tmp_path / "factsheets" / "translations"
    place.mkdir(parents=True)
    entry = 'msgctxt "nav"\nmsgid "Site"\nmsgstr "Laman"\n'
    (place / "xh.po").write_text(HEAD + entry, encoding="utf-8")
    with pytest.raises(StructureError, match="strings are missing") as caught:
        words.load(Settings(home=tmp_path, templates=(tmp_path,)), "xh")
    assert len(caught.value.findings) == len(strings("en")) - 1


def test_an_unknown_language_is_refused(settings: Settings) -> None:
    with pytest.raises(StructureError, match="no such locale"):
        words.load(settings, "xx-none")
