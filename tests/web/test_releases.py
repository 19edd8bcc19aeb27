"""A release's page and the feeds of releases, over the demo's home."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml import etree
from lxml import html as parser

from publisher.settings import load
from publisher.web.app import create_app

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(scope="module")
def demo(demo_home: Path) -> FlaskClient:
    return create_app(load(demo_home, environ={})).test_client()


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_release_has_a_page(demo: FlaskClient, language: str) -> None:
    listing = parser.document_fromstring(demo.get(f"/{language}/releases").text)
    pages = [href for href in listing.xpath("//main//a/@href") if re.fullmatch(r"/\w+/releases/[^/]+", href)]
    assert len(pages) == 9
    for path in pages:
        response = demo.get(path)
        assert response.status_code == 200, path
        assert "⟦" not in response.text, path
        page = parser.document_fromstring(response.text)
        assert len(page.findall(".//h1")) == 1
        assert all(table.find("caption") is not None for table in page.iter("table"))


@pytest.mark.parametrize(
    ("language", "holds"),
    [
        (
            "en",
            [
                "16,483.0 → 16,229.4 (−253.6)",
                "Jan 2024 – Jan 2025",
                "Newly marked break in series: Jan 2024.",
            ],
        ),
        ("id", ["16.483,0 → 16.229,4 (−253,6)", "Jan 2024 – Jan 2025", "Pemutusan deret yang baru ditandai"]),
    ],
)
def test_the_page_tells_the_revisions(demo: FlaskClient, language: str, holds: list[str]) -> None:
    text = parser.document_fromstring(demo.get(f"/{language}/releases/mys-dosm-2025-10").text).text_content()
    for words in holds:
        assert words in re.sub(r"\s+", " ", text)


def test_the_csv_has_every_change(demo: FlaskClient) -> None:
    response = demo.get("/releases/mys-dosm-2025-10/mys-dosm-df-emp.csv")
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert response.mimetype == "text/csv"
    assert (len(rows), sum(row["change"] == "revised" for row in rows)) == (33, 25)
    assert (rows[0]["old_OBS_VALUE"], rows[0]["OBS_VALUE"]) == ("16483.0", "16229.4")


@pytest.mark.parametrize(
    "path",
    [
        "/en/releases/nix",
        "/releases/nix/mys-dosm-df-emp.csv",
        "/releases/mys-dosm-2025-10/mys-dosm-df-edu.csv",
    ],
)
def test_what_is_not_there(demo: FlaskClient, path: str) -> None:
    response = demo.get(path)
    assert response.status_code == 404
    assert "<h1" in response.text


def test_atom(demo: FlaskClient) -> None:
    response = demo.get("/feed.atom")
    feed = etree.fromstring(response.data)
    entries = feed.findall("a:entry", ATOM)
    updated = [entry.findtext("a:updated", namespaces=ATOM) for entry in entries]
    assert response.mimetype == "application/atom+xml"
    assert len(entries) == 9
    assert updated == sorted(updated, reverse=True)
    assert feed.findtext("a:updated", namespaces=ATOM) == updated[0]
    assert len({entry.findtext("a:id", namespaces=ATOM) for entry in entries}) == 9


def test_json_feed(demo: FlaskClient) -> None:
    feed = demo.get("/feed.json").get_json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    datasets = [d for item in feed["items"] for d in item["_sdmx"]["datasets"]]
    for dataset in datasets:
        for link in (dataset["changes"], f"{dataset['data']}?lastNObservations=1&limit=1"):
            assert demo.get(link.removeprefix("http://127.0.0.1:8470")).status_code == 200, link


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.json"])
def test_a_feed_is_cheap_to_poll(demo: FlaskClient, path: str) -> None:
    first = demo.get(path)
    again = demo.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
