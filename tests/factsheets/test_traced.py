"""Every printed figure, asked of the SDMX service over HTTP: the same value, and its status told."""

from __future__ import annotations

import csv
import io
import urllib.request
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import lxml.html
import pytest
from babel.numbers import get_decimal_symbol, get_group_symbol
from lxml.html import HtmlElement

from publisher.factsheets import words
from publisher.factsheets.definition import load
from publisher.factsheets.figures import reference
from publisher.factsheets.words import MINUS, round_to
from publisher.settings import Settings
from publisher.store import Snapshot
from publisher.structures.model import Text
from tests.clients.server import free_port, serving
from tests.factsheets.sample import LANGUAGES, areas

pytestmark = pytest.mark.slow
BUNDLED = Settings(home=Path())
Get = Callable[[str], str]


@pytest.fixture(scope="module")
def get(demo_home: Path) -> Iterator[Get]:
    """The body of an answer of the demo's service; each address is asked once."""
    port = free_port()

    @cache
    def body(path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return str(answer.read().decode("utf-8"))

    with serving(demo_home, port):
        yield body


def observation(get: Get, href: str) -> dict[str, str]:
    """The one observation that the address returns."""
    (row,) = csv.DictReader(io.StringIO(get(href)))
    return row


def read(text: str, tag: str) -> Decimal:
    """The number as a reader of the language reads it."""
    spoken = words.load(BUNDLED, tag)
    latin = {own: str(digit) for digit, own in enumerate(spoken.overlay.digits)}
    plain = "".join(latin.get(letter, letter) for letter in text)
    plain = plain.replace(get_group_symbol(spoken.locale), "").replace(get_decimal_symbol(spoken.locale), ".")
    return Decimal(plain.replace(MINUS, "-"))


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_figure_is_what_the_service_says(get: Get, tag: str) -> None:
    for area in areas(tag):
        figures = lxml.html.fromstring(get(f"/{tag}/factsheets/{area}")).xpath("//a[@data-flow]")
        assert len(figures) > 40
        for figure in figures:
            compare(figure, get, tag)


def compare(figure: HtmlElement, get: Get, tag: str) -> None:
    """The figure's value and what is printed of it, with what its address returns."""
    found = observation(get, figure.get("href"))
    if "data-missing" in figure.attrib:
        assert found["OBS_VALUE"] in ("", "NaN"), figure.attrib
        return
    assert Decimal(found["OBS_VALUE"]) == Decimal(figure.get("data-value")), figure.attrib
    printed = read(figure.text_content(), tag)
    exact = Decimal(figure.get("data-value")).scaleb(-int(figure.get("data-scale", "0")))
    assert printed == round_to(exact, -int(printed.as_tuple().exponent)), figure.attrib


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_status_that_is_not_normal_is_told(get: Get, bundled: Snapshot, tag: str) -> None:
    """By a note of the figure, of its row or of its column, which has the status's name."""
    normal, told = load(BUNDLED).normal["OBS_STATUS"], 0
    for area in areas(tag):
        page = lxml.html.fromstring(get(f"/{tag}/factsheets/{area}"))
        notes = {f"#{note.get('id')}": note.text_content() for note in page.xpath("//ol[@class='notes']/li")}
        for figure in page.xpath("//a[@data-value]"):
            found = observation(get, figure.get("href"))["OBS_STATUS[]"]
            for status in {*found.split(";")} - {"", *normal}:
                name = status_name(bundled, figure.get("data-flow"), status)
                said = " ".join(notes[mark] for mark in marks(figure))
                assert name.get(tag, name["en"]) in said, figure.attrib
                told += 1
    assert told


def status_name(snapshot: Snapshot, dataflow: str, status: str) -> Text:
    codes = snapshot.registry.definition(reference(dataflow)).components["OBS_STATUS"].codes
    assert codes is not None
    return codes.items[status].name


def marks(figure: HtmlElement) -> list[str]:
    """The notes that a reader finds with a figure: beside it, or in the heads of its row and column."""
    near = [*following(figure)]
    cells = figure.xpath("ancestor::td[1]")
    if cells:
        column = len(cells[0].xpath("preceding-sibling::*"))
        near += cells[0].xpath("../th[1]//sup/a/@href")
        near += cells[0].xpath("ancestor::table[1]/thead/tr/th")[column].xpath(".//sup/a/@href")
    return [str(one) for one in near]


def following(figure: HtmlElement) -> Iterator[str]:
    """The marks that stand right after the figure."""
    one = figure.getnext()
    while one is not None and one.tag == "sup":
        yield from map(str, one.xpath("./a/@href"))
        one = one.getnext()
