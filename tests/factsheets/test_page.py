"""The page as a page: whole, small, readable without script, colour or sight."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import lxml.html
import pytest

from publisher.factsheets.build import build
from publisher.settings import Settings
from publisher.store import Snapshot
from tests.factsheets.css import css

NAMES = ["BRN.en", "IDN.en", "IDN.id", "MYS.en", "SGP.en"]
VOID = {"meta", "link", "br", "img", "hr", "input", "wbr"}


class Balanced(HTMLParser):
    """Refuses a tag that is not closed, or closed in the wrong place."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        assert tag in VOID or "svg" in self.open, f"<{tag}/> is no void element of HTML"

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", NAMES)
def test_well_formed(name: str, sheets: dict[str, str]) -> None:
    parser = Balanced()
    parser.feed(sheets[name])
    assert parser.open == []
    assert sheets[name].startswith("<!doctype html>")


@pytest.mark.parametrize("name", NAMES)
def test_structure(name: str, sheets: dict[str, str]) -> None:
    page = lxml.html.fromstring(sheets[name])
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert page.get("lang") == name.partition(".")[2]
    assert len(page.xpath("//h1")) == 1
    levels = [int(heading.tag[1]) for heading in page.xpath("//h1|//h2|//h3|//h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(table.xpath("caption") for table in page.xpath("//table"))
    assert all(head.get("scope") for head in page.xpath("//th"))
    assert {href for href in page.xpath("//a/@href") if href.startswith("#")} <= {f"#{i}" for i in ids}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_a_strict_policy_blocks(name: str, sheets: dict[str, str]) -> None:
    page = lxml.html.fromstring(sheets[name])
    assert not page.xpath("//script|//iframe|//img|//@style|//*[starts-with(name(@*), 'on')]")
    assert not re.search(r"<[^>]*\son\w+=", sheets[name])


@pytest.mark.parametrize("name", NAMES)
def test_small(name: str, sheets: dict[str, str]) -> None:
    assert len(gzip.compress(sheets[name].encode())) <= 30_000


@pytest.mark.parametrize("name", NAMES)
def test_charts_are_described_and_have_a_table(name: str, sheets: dict[str, str]) -> None:
    for panel in css(lxml.html.fromstring(sheets[name]), "figure.panel"):
        (chart,) = css(panel, ".chart")
        assert chart.get("role") == "img"
        assert len(chart.get("aria-label")) > 60
        assert chart.xpath("*[name()='svg']/@aria-hidden") == ["true"]
        assert panel.xpath(".//table//td//a[@data-value]")


@pytest.mark.parametrize("name", NAMES)
def test_lines_differ_by_more_than_colour(name: str, sheets: dict[str, str]) -> None:
    (chart,) = css(lxml.html.fromstring(sheets[name]), "#chart-participation .chart")
    strokes = set(chart.xpath(".//*[name()='path'][@fill='none' or not(@fill)]/@stroke-dasharray"))
    assert len(strokes) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_has_only_what_is_seen(name: str, sheets: dict[str, str]) -> None:
    """Labels that would touch others are not there, so that print does not set them either."""
    (chart,) = css(lxml.html.fromstring(sheets[name]), "#chart-productivity .chart")
    assert not chart.xpath(".//*[@opacity='0' or @display='none']")


@pytest.mark.parametrize("name", NAMES)
def test_notes_are_linked_both_ways(name: str, sheets: dict[str, str]) -> None:
    page = lxml.html.fromstring(sheets[name])
    notes = css(page, "ol.notes > li")
    marks = css(page, "sup a")
    assert [note.get("id") for note in notes] == [f"n{number}" for number in range(1, len(notes) + 1)]
    assert {mark.get("href") for mark in marks} == {f"#{note.get('id')}" for note in notes}
    back = {way.get("href") for note in notes for way in css(note, ".ways a")}
    assert back == {f"#{mark.get('id')}" for mark in marks if mark.get("id")}


@pytest.mark.parametrize("name", NAMES)
def test_marks_of_notes_stand_apart(name: str, sheets: dict[str, str]) -> None:
    """Two notes of one figure are told as two, each with its link, and neither joins the figure."""
    several = [mark for mark in css(lxml.html.fromstring(sheets[name]), "sup") if len(css(mark, "a")) > 1]
    assert several
    for mark in several:
        numbers = [link.get("href").removeprefix("#n") for link in css(mark, "a")]
        assert mark.text_content() == "\N{NO-BREAK SPACE}" + ", ".join(numbers)


@pytest.mark.parametrize("name", NAMES)
def test_says_what_it_is_made_of(name: str, sheets: dict[str, str], bundled: Snapshot) -> None:
    text = lxml.html.fromstring(sheets[name]).text_content()
    assert f"https://lmis.example.org/files/{bundled.number}/factsheets/{name}.html" in text
    assert "wb-2026-04" in text


def test_two_builds_are_the_same_bytes(
    odd: Snapshot, settings: Settings, odd_sheets: dict[str, str], tmp_path: Path
) -> None:
    (again,) = build(odd, tmp_path, settings, areas=["THA"])
    assert again.read_bytes() == odd_sheets["THA.en"].encode()


def test_a_site_may_link_the_stylesheet(odd: Snapshot, settings: Settings, tmp_path: Path) -> None:
    (path,) = build(odd, tmp_path, settings, areas=["THA"], static_url=lambda name: f"/static/0/{name}")
    page = lxml.html.fromstring(path.read_text(encoding="utf-8"))
    assert page.xpath("//link[@rel='stylesheet']/@href") == ["/static/0/factsheets/sheet.css"]
    assert not page.xpath("//style")


def test_no_reports_and_no_progress_are_needed(odd: Snapshot, settings: Settings, tmp_path: Path) -> None:
    said: list[str] = []
    build(odd, tmp_path, settings, areas=["IDN"], languages=["id"], progress=said.append)
    assert said == ["fact sheet IDN (id)"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["IDN.edition.json", "IDN.id.html"]
