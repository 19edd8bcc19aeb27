"""Two hundred hostile texts as comments and as titles: in the page and in PDF they are but texts."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import lxml.html
import pytest

from publisher.factsheets import pdf
from publisher.factsheets.build import Writer
from publisher.factsheets.definition import load
from publisher.folders import folder
from publisher.settings import Settings
from publisher.store import Change, Release, Snapshot
from publisher.structures.registry import Registry
from tests.factsheets.conftest import flow, publish, table, unemployment
from tests.factsheets.hostile import TEXTS

pytestmark = pytest.mark.slow
AREAS = ("THA", "MMR", "VNM", "KHM", "LAO", "BRN", "PHL", "SGP")
YEARS = range(2001, 2026)
DANGEROUS = {
    "/JavaScript",
    "/JS",
    "/Launch",
    "/OpenAction",
    "/AA",
    "/EmbeddedFiles",
    "/SubmitForm",
    "/RichMedia",
}
Case = tuple[str, list[str]]  # a page, and the texts that must be on it


@pytest.fixture(scope="module")
def commented(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Snapshot:
    rows = [
        unemployment(str(year), "1.5", REF_AREA=area, COMMENT_OBS=text)
        for (area, year), text in zip(((a, y) for a in AREAS for y in YEARS), TEXTS, strict=True)
    ]
    change = Change(flow("LMIS:DF_UNE(1.0.0)"), "Replace", {}, table(rows, {}))
    release = Release("wb-hostile", "WB", datetime(2026, 1, 2, tzinfo=UTC), (change,))
    return publish(tmp_path_factory.mktemp("hostile"), registry, release)


def commented_pages(snapshot: Snapshot, place: Path) -> Iterator[Case]:
    """As notes: what offices write beside figures."""
    writer = Writer(snapshot, Settings(home=place))
    for number, area in enumerate(AREAS):
        yield writer.html(area, "en"), list(TEXTS[number * len(YEARS) :][: len(YEARS)])


def titled_pages(snapshot: Snapshot, place: Path) -> Iterator[Case]:
    """As titles: what a deployment's translators write."""
    english = json.loads(
        (folder("templates") / "factsheets/translations/en.json").read_text(encoding="utf-8")
    )
    sheet = load(Settings(home=place))
    names = [f"headline.{one.id}" for one in sheet.headlines] + [f"goal.{one.id}" for one in sheet.goals]
    for first in range(0, len(TEXTS), len(names)):
        texts = TEXTS[first : first + len(names)]
        own = place / str(first)
        (own / "factsheets/translations").mkdir(parents=True)
        strings = json.dumps(english | dict(zip(names, texts, strict=False)))
        (own / "factsheets/translations/en.json").write_text(strings, encoding="utf-8")
        yield Writer(snapshot, Settings(home=place, templates=(own,))).html("THA", "en"), list(texts)


@pytest.mark.parametrize("pages", [commented_pages, titled_pages], ids=["notes", "titles"])
def test_the_page_shows_them_as_texts(
    pages: Callable[[Snapshot, Path], Iterator[Case]], commented: Snapshot, tmp_path: Path
) -> None:
    for html, texts in pages(commented, tmp_path):
        page = lxml.html.document_fromstring(html.encode(), parser=lxml.html.HTMLParser(encoding="utf-8"))
        shown = plain(page.text_content())
        assert [text for text in texts if plain(text) not in shown] == []
        assert not page.xpath(
            "//script | //img | //iframe | //form | //base | //math | //textarea | //button"
        )
        assert not page.xpath("//@*[starts-with(name(), 'on')] | //@style | //meta[@http-equiv]")
        assert not [href for href in page.xpath("//@href | //@src") if not is_ours(str(href))]
        assert len(page.xpath("//h1")) == 1
        assert len(page.xpath("//@id")) == len(set(page.xpath("//@id")))


@pytest.mark.parametrize("pages", [commented_pages, titled_pages], ids=["notes", "titles"])
def test_pdf_shows_them_as_texts(
    pages: Callable[[Snapshot, Path], Iterator[Case]], commented: Snapshot, tmp_path: Path
) -> None:
    if absent := pdf.lacking():
        pytest.skip(f"PDF needs {', '.join(absent)} (extra `sheets`)")
    from publisher.factsheets import tree
    from tests.factsheets.printed import by_pdfium, links, names, tight

    settings = Settings(home=tmp_path)
    for html, texts in pages(commented, tmp_path):
        content = pdf.write(settings, html)
        assert not names(content) & DANGEROUS
        assert not [href for href in links(content) if not is_ours(href)]
        found = known(tight(by_pdfium(content)))
        wanted = [known(tight(tree.plain(text))) for text in texts if is_in_one_direction(text)]
        assert [text for text in wanted if text not in found] == []


def is_ours(href: str) -> bool:
    return href.startswith(("/", "#", Settings(home=Path()).base_url)) and not href.startswith("//")


def plain(text: str) -> str:
    """Without blanks and what HTML has no place for."""
    return "".join(letter for letter in text if not letter.isspace() and unicodedata.category(letter) != "Cc")


def known(text: str) -> str:
    """Without the letters that no font has; readers join several of these."""
    return text.replace("\N{REPLACEMENT CHARACTER}", "")


def is_in_one_direction(text: str) -> bool:
    """Whether a reader finds the letters in the order in which they were written, each by itself."""
    kinds = {unicodedata.bidirectional(letter) for letter in text}
    marks = [letter for letter in text if unicodedata.category(letter) in ("Mn", "Mc", "Me")]
    return not kinds & {"R", "AL", "AN", "RLO", "FSI"} and not marks
