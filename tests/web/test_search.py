"""Finding: while it is typed, in every language that there is, and shown where it was found."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as parser

from publisher.settings import load
from publisher.web import finding
from publisher.web.app import create_app


@pytest.fixture(scope="module")
def demo(demo_home: Path) -> FlaskClient:
    return create_app(load(demo_home, environ={})).test_client()


def suggested(client: FlaskClient, typed: str, language: str = "en") -> list[tuple[str, str, str]]:
    answer = client.get(f"/{language}/suggest?q={quote(typed)}")
    assert answer.status_code == 200
    return [(s["kind"], "".join(text for text, _ in s["pieces"]), s["url"]) for s in answer.json]


@pytest.mark.parametrize(
    ("typed", "language", "found"),
    [
        ("malays", "en", ("Country or area", "Malaysia", "/en/dataset?country=MYS")),
        ("unemploym", "en", ("Topic", "Unemployment", "/en/group/unemployment")),
        ("unemploym", "en", ("Dataset", "Unemployment, World Bank", "/en/dataset/wb-df-une")),
        ("jangka panj", "id", ("Indikator", "Tingkat pengangguran jangka panjang",
                               "/id/explore/DF_HEADLINE?c[INDICATOR]=UNE_LTU_RT&lastNObservations=10")),
        ("pengangguran", "en", ("Topic", "Unemployment", "/en/group/unemployment")),  # in another language
        ("UNE_LTU_RT", "en", ("Indicator", "Long-term unemployment rate",
                              "/en/explore/DF_HEADLINE?c[INDICATOR]=UNE_LTU_RT&lastNObservations=10")),
        ("statistics depart", "en", ("Provider", "Department of Statistics Malaysia",
                                     "/en/organization/mys-dosm")),
        ("ว่างงาน", "id", ("Dataset", "Penduduk yang bekerja, Bank Dunia", "/id/dataset/wb-df-emp")),
    ],
)  # fmt: skip
def test_while_it_is_typed(demo: FlaskClient, typed: str, language: str, found: tuple[str, str, str]) -> None:
    assert found in suggested(demo, typed, language)


@pytest.mark.parametrize("typed", ["", "u", "%%%", "AND", "OR NOT", '"><script>', "text:*", "zz", "+-" * 99])
def test_whatever_is_typed_is_answered(demo: FlaskClient, typed: str) -> None:
    assert all(url.startswith("/en/") for _, _, url in suggested(demo, typed))


def test_every_suggestion_leads_somewhere(demo: FlaskClient) -> None:
    urls = {url for typed in ("em", "in", "ko", "ministry") for _, _, url in suggested(demo, typed)}
    assert len(urls) > 10
    for url in urls:
        assert demo.get(url).status_code == 200, url


@pytest.mark.parametrize(
    ("typed", "marks"),
    [
        ("ว่างงาน", {"ว่างงาน"}),
        ("unemployed", {"Unemployment", "unemployment", "unemployed", "Unemployed"}),
        ("ketenagakerjaan", {"ketenagakerjaan"}),
    ],
)
def test_what_was_found_is_marked(demo: FlaskClient, typed: str, marks: set[str]) -> None:
    page = parser.document_fromstring(demo.get(f"/en/dataset?q={quote(typed)}").text)
    entries = page.xpath("//ol[@class='entries']/li")
    assert entries
    found = set(page.xpath("//ol[@class='entries']//mark/text()"))
    assert found <= marks
    assert found


@given(st.text(max_size=60), st.text(max_size=12))
@settings(max_examples=200, deadline=None)
def test_marks_change_no_text(text: str, asked: str) -> None:
    for is_begun in (False, True):
        assert "".join(part for part, _ in finding.marked(text, asked, is_begun)) == text
    assert len("".join(part for part, _ in finding.passage(text * 9, asked))) <= finding.LENGTH + 4


WORDS = st.lists(
    st.sampled_from(["labour", "Labours", "youth", "ว่างงาน", "การว่างงาน", "งาน", "2025", "(a)", "à"])
)


@given(WORDS.map(" ".join), WORDS.map(" ".join))
@settings(max_examples=200, deadline=None)
def test_what_is_found_is_marked_and_nothing_else(text: str, asked: str) -> None:
    assert finding.is_found(text, asked) == finding.is_in(finding.marked(text, asked))
