"""Every language: whole, marked as unreviewed, written as its readers write, never silently English."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import lxml.html
import pytest
from babel.messages.pofile import read_po

from publisher.factsheets import words
from publisher.factsheets.build import Writer
from publisher.factsheets.definition import languages
from publisher.folders import folder
from publisher.settings import Settings
from publisher.store import Snapshot
from publisher.structures.model import ItemScheme
from publisher.structures.registry import Registry

BUNDLED = Settings(home=Path(), base_url="https://lmis.example.org")
LANGUAGES = languages(BUNDLED)
OTHERS = [tag for tag in LANGUAGES if tag != "en"]
SEED = os.environ.get("SEED") or str(random.randrange(10**6))
SAMPLED = random.Random(SEED).choice([tag for tag in OTHERS if tag != "id"])
PLACES = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("tag", OTHERS)
def test_every_string_is_there_with_its_places(tag: str) -> None:
    english, own = words.load(BUNDLED, "en").strings, words.load(BUNDLED, tag).strings
    assert english.keys() <= own.keys()
    wrong = [n for n in english if set(PLACES.findall(english[n])) != set(PLACES.findall(own[n]))]
    assert wrong == []


@pytest.mark.parametrize("tag", OTHERS)
def test_what_is_not_marked_unreviewed_has_a_reviewer(tag: str) -> None:
    path = folder("templates") / "factsheets" / "translations" / f"{tag}.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    reviewer = dict(catalogue.mime_headers).get("X-Reviewer", "").strip()
    head = path.read_text(encoding="utf-8").partition("\n\n")[0]
    named = reviewer or not head.rstrip().endswith('X-Reviewer: \\n"')
    assert named or all(message.fuzzy for message in catalogue if message.id)


@pytest.mark.parametrize(
    ("tag", "number", "month", "day"),
    [
        ("th", "1,234.50", "มี.ค. 2569", "5 มีนาคม พ.ศ. 2569"),
        ("my", "၁,၂၃၄.၅၀", "၂၀၂၆ မတ်", "၂၀၂၆ မတ် ၅"),
        ("tet", "1\N{NO-BREAK SPACE}234,50", "Mar 2026", "5 Marsu 2026"),
        ("pt", "1\N{NO-BREAK SPACE}234,50", "03/2026", "5 de março de 2026"),
        ("km", "1,234.50", "មីនា 2026", "5 មីនា 2026"),
        ("lo", "1.234,50", "ມ.ນ. 2026", "5 ມີນາ 2026"),
        ("zh", "1,234.50", "2026年3月", "2026年3月5日"),
        ("ta", "1,234.50", "மார். 2026", "5 மார்ச், 2026"),
        ("fil", "1,234.50", "Mar 2026", "Marso 5, 2026"),
    ],
)
def test_formats(tag: str, number: str, month: str, day: str) -> None:
    spoken = words.load(BUNDLED, tag)
    assert (
        spoken.number(Decimal("1234.5"), 2).replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")
        == number
    )
    assert spoken.period("2026-03") == month
    assert spoken.date(datetime(2026, 3, 5, tzinfo=UTC)) == day


def foreign(html: str) -> list[str]:
    """What stands in the page in English, marked so."""
    page = lxml.html.fromstring(html)
    return [str(found.text_content()) for found in page.xpath("//*[@lang='en'][not(self::a)]")]


def said(html: str) -> str:
    """All that the page says in its own language."""
    page = lxml.html.fromstring(html)
    for other in page.xpath("//style | //script | //pre | //a[@hreflang] | //*[@lang='en'] | //svg"):
        other.drop_tree()
    return " ".join([page.text_content(), *page.xpath("//@aria-label"), *page.xpath("//meta/@content")])


def judge(html: str, tag: str) -> None:
    english, own = words.load(BUNDLED, "en").strings, words.load(BUNDLED, tag).strings
    plain = [
        text for name, text in english.items() if "{" not in text and len(text) > 9 and own[name] != text
    ]
    assert [text for text in plain if re.search(rf"\b{re.escape(text)}\b", said(html))] == []
    assert "\N{DOTTED CIRCLE}" not in html
    page = lxml.html.fromstring(html)
    assert page.xpath("//*[@data-unreviewed]/@data-unreviewed") == [tag]
    assert (own["foreign"] in page.text_content()) == bool(foreign(html))


def test_nothing_falls_silently_to_english(odd: Snapshot) -> None:
    print(f"{SEED=} {SAMPLED}")
    judge(Writer(odd, BUNDLED).html("THA", SAMPLED), SAMPLED)


@pytest.mark.slow
def test_no_sheet_falls_silently_to_english(bundled: Snapshot) -> None:
    """In every language; only reasons and comments of offices are English, and few."""
    writer = Writer(bundled, BUNDLED)
    for tag in OTHERS:
        html = writer.html("MYS", tag)
        judge(html, tag)
        assert len(foreign(html)) <= 12, (tag, foreign(html))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("fc-list") is None, reason="needs fontconfig and the Noto fonts")
@pytest.mark.parametrize("tag", OTHERS)
def test_a_noto_font_has_every_character(tag: str) -> None:
    if not _fonts(words.load(BUNDLED, tag).overlay.name[0]):
        pytest.skip("no Noto font of this script is installed (fonts-noto-core, fonts-noto-cjk)")
    used = {c for text in words.load(BUNDLED, tag).strings.values() for c in text if ord(c) > 0x2FF}
    lacking = [c for c in sorted(used) if not _fonts(c)]
    assert lacking == []


def _fonts(character: str) -> bool:
    asked = ["fc-list", f":charset={ord(character):x}", "family"]
    return "Noto Sans" in subprocess.run(asked, capture_output=True, text=True, check=True).stdout


def test_names_of_lists_tell_that_they_are_unreviewed(registry: Registry) -> None:
    for scheme in registry.find("codelist"):
        assert isinstance(scheme, ItemScheme)
        spoken = {tag for item in scheme.items.values() for tag in item.name} & set(OTHERS) - {"id"}
        told = {a.title for a in scheme.annotations if a.type == "UNREVIEWED_TRANSLATION"}
        assert spoken <= set(" ".join(filter(None, told)).split())
