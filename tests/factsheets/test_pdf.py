"""PDF: the page's words and links, readable by others' tools in every script; the same bytes each time."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import lxml.html
import pytest
from lxml.html import HtmlElement

from publisher.errors import UsageError
from publisher.factsheets import pdf
from publisher.factsheets.build import Writer
from publisher.settings import Settings
from publisher.store import Snapshot
from tests.factsheets.sample import LANGUAGES, areas

pytestmark = pytest.mark.slow
BUNDLED = Settings(home=Path(), base_url="https://lmis.example.org")
MOST = 250_000  # bytes
A4 = (595, 842)
Print = Callable[[str, str], tuple[str, bytes]]


@pytest.fixture(scope="module", autouse=True)
def installed() -> None:
    if absent := pdf.lacking():
        pytest.skip(f"PDF needs {', '.join(absent)} (extra `sheets`)")


@pytest.fixture(scope="module")
def printed(bundled: Snapshot) -> Print:
    """(area, language) → the page and its PDF."""
    writer = Writer(bundled, BUNDLED)

    @cache
    def both(area: str, tag: str) -> tuple[str, bytes]:
        html = writer.html(area, tag)
        return html, pdf.write(BUNDLED, html)

    return both


@pytest.mark.parametrize("tag", LANGUAGES)
def test_text_reads_back(printed: Print, tag: str) -> None:
    """Every heading, figure, note and label, by each reader of PDF that is here."""
    from publisher.factsheets import tree
    from tests.factsheets.printed import READERS, texts, tight, without_feet

    for area in areas(tag):
        html, content = printed(area, tag)
        page = tree.read(html)
        wanted = {tight(text) for text in texts(page["blocks"])}
        assert len(wanted) > 50
        for name, read in READERS.items():
            found = without_feet(tight(read(content)), page["address"])
            assert sorted(text for text in wanted if text not in found) == [], (area, name)
            assert "\N{DOTTED CIRCLE}" not in found
            assert "\N{REPLACEMENT CHARACTER}" not in found


@pytest.mark.parametrize("tag", ["en", "pt", "my", "th"])
def test_marks_and_thousands_read_apart_and_together(printed: Print, tag: str) -> None:
    """A figure's marks are no digits of it, and no line ends between its thousands."""
    from tests.factsheets.printed import READERS

    html, content = printed("THA", tag)
    values = [value.text_content() for value in lxml.html.fromstring(html).xpath("//p[sup/a[2]]")]
    assert values
    for name, read in READERS.items():
        found = " ".join(read(content).split())
        assert [value for value in values if " ".join(value.split()) not in found] == [], name


@pytest.mark.parametrize("tag", LANGUAGES)
def test_small_tagged_and_titled(printed: Print, tag: str) -> None:
    import pikepdf

    for area in areas(tag):
        html, content = printed(area, tag)
        assert len(content) <= MOST
        with pikepdf.open(io.BytesIO(content)) as document:
            assert document.Root.MarkInfo.Marked
            assert str(document.Root.Lang) == tag
            assert document.Root.ViewerPreferences.DisplayDocTitle
            assert str(document.docinfo["/Title"]) == lxml.html.fromstring(html).findtext(".//title")
            assert {tuple(round(float(n)) for n in page.mediabox[2:]) for page in document.pages} == {A4}
            assert 3 <= len(document.pages) <= 5


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_figure_leads_to_its_query(printed: Print, tag: str) -> None:
    """All that the page shows but the long tables; and nothing leads where the page does not."""
    from tests.factsheets.printed import links

    for area in areas(tag):
        html, content = printed(area, tag)
        page = lxml.html.fromstring(html)
        every = {absolute(a) for a in page.xpath("//a[not(starts-with(@href, '#'))]")}
        long = set(page.xpath("//div[@class='data']/details//a"))
        shown = {absolute(a) for a in page.xpath("//a[@data-flow]") if a not in long}
        found = set(links(content))
        assert shown <= found <= every


def absolute(link: HtmlElement) -> str:
    href = str(link.get("href"))
    return href if href.startswith("http") else BUNDLED.base_url + href


def test_the_same_page_gives_the_same_bytes_in_another_process(printed: Print, tmp_path: Path) -> None:
    html, content = printed("KHM", "km")
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from publisher.factsheets import pdf;"
        "from publisher.settings import Settings; place = Path(sys.argv[1]);"
        "settings = Settings(home=Path(), base_url='https://lmis.example.org');"
        "page = (place / 'page.html').read_text(encoding='utf-8');"
        "(place / 'page.pdf').write_bytes(pdf.write(settings, page))"
    )
    surroundings = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Phnom_Penh", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=surroundings)
    assert (tmp_path / "page.pdf").read_bytes() == content


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LIBRARIES", ("typst", "no_such_typesetter"))
    with pytest.raises(UsageError, match=r"PDF needs no_such_typesetter.*pip install .*\[sheets\]"):
        pdf.write(BUNDLED, "")
