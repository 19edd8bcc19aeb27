"""Where the figures of a national table stood: the page and the CSV, beside the office's own cells."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from string import ascii_uppercase

import pytest
from flask.testing import FlaskClient
from lxml import html

from publisher.release.publish import publish
from publisher.settings import load
from publisher.web.app import create_app

TABLE = Path(__file__).parents[1] / "specimens" / "national" / "idn-lf-by-age"


@pytest.fixture(scope="module")
def national(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    settings = load(tmp_path_factory.mktemp("national") / "home", environ={})
    publish(settings, [TABLE], lambda message: None, with_pages=False)
    return create_app(settings).test_client()


@pytest.fixture(scope="module")
def demo(demo_home: Path) -> FlaskClient:
    return create_app(load(demo_home, environ={})).test_client()


def office() -> dict[tuple[str, str], str]:
    """File and cell → what the office wrote there."""
    found = {}
    for path in TABLE.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.reader(file), 1):
                found |= {(path.name, f"{ascii_uppercase[at]}{number}"): text for at, text in enumerate(row)}
    return found


@pytest.mark.slow
def test_every_figure_beside_its_cell(national: FlaskClient) -> None:
    listing = html.document_fromstring(national.get("/en/releases").text)
    (release,) = {h for h in listing.xpath("//main//a/@href") if h.startswith("/en/releases/")}
    page = html.document_fromstring(national.get(release).text)
    (link, *_) = page.xpath("//main//a[contains(@href, '/lineage')]/@href")
    shown = html.document_fromstring(national.get(link.partition("#")[0]).text)
    files = [h for h in shown.xpath("//main//a/@href") if h.endswith(".csv")]
    assert files
    wrote = office()
    for address in files:
        answer = national.get(address)
        assert answer.content_type == "text/csv;charset=utf-8"
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert rows
        assert all(wrote[row["file"], row["cell"]] == row["figure"] for row in rows if row["figure"])
    shown_rows = shown.xpath("//tbody/tr")
    assert shown_rows
    for row in shown_rows:
        file, cell = row.xpath("th")[0].text_content().split()
        assert wrote[file, cell] == row.xpath("td")[1].text_content().strip()
    assert national.get(release + "x/lineage").status_code == 404
    assert national.get(files[0].replace(".csv", "x.csv")).status_code == 404


@pytest.mark.slow
def test_what_came_in_our_codes_has_none(demo: FlaskClient) -> None:
    assert "region's own codes" in html.document_fromstring(
        demo.get("/en/releases/mys-dosm-2025-10/lineage").text
    ).text_content().replace("’", "'")
    assert demo.get("/releases/mys-dosm-2025-10/lineage/mys-dosm-df-emp.csv").status_code == 404
