"""Every page in every language: reachable, well formed, escaped, and with its numbers as released."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from lxml import html as parser

from catalogue import actions
from catalogue.call import Call, Site
from catalogue.embedded import Embedded
from publisher.factsheets.pdf import LIBRARIES
from publisher.folders import folder
from publisher.settings import Settings

LANGUAGES = ("en", "id")
PAGES = (
    "/", "/dataset", "/dataset?q=unemployment", "/dataset?country=MYS&frequency=A",
    "/dataset/mys-dosm-df-une",
    "/dataset/wb-df-une", "/organization", "/organization/mys-dosm", "/group", "/group/unemployment",
    "/releases", "/factsheets", "/docs",
)  # fmt: skip


def document(client: FlaskClient, path: str, status: int = 200) -> etree._Element:
    response = client.get(path)
    assert response.status_code == status, path
    assert response.mimetype == "text/html"
    page = parser.document_fromstring(response.text)
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_well_formed(client: FlaskClient, language: str, path: str) -> None:
    page = document(client, f"/{language}{path}")
    assert page.get("lang") == language
    assert len(page.findall(".//h1")) == 1
    assert len(page.findall(".//main")) == 1
    assert page.findtext(".//title")
    assert page.xpath("//a[@class='skip']/@href") == ["#content"]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for table in page.iter("table"):
        assert table.findtext("caption") is not None
        assert all(th.get("scope") in ("col", "row") for th in table.iter("th"))
    for field in page.xpath("//input[not(@type='hidden')]"):
        assert page.xpath(f"//label[@for='{field.get('id')}']")
    levels = [int(h.tag[1]) for h in page.xpath("//h1|//h2|//h3|//h4")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert not page.xpath("//@style|//@onclick|//style")  # the policy would refuse them
    assert {s.get("type") for s in page.xpath("//script[not(@src)]")} <= {"application/ld+json"}  # data


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_no_string_is_missing(client: FlaskClient, language: str, path: str) -> None:
    assert "⟦" not in client.get(f"/{language}{path}").text


# Without what prints sheets their PDFs are answered with what to install.
CAN_PRINT = all(map(find_spec, LIBRARIES))


def links(page: etree._Element, base: str) -> Iterator[str]:
    for address in page.xpath("//a/@href|//link/@href|//script/@src|//form/@action"):
        target = urlsplit(urljoin(base, address))
        if target.netloc in ("localhost", "lmis.test"):
            yield target.path + (f"?{target.query}" if target.query else "")


def test_no_internal_link_is_broken(client: FlaskClient) -> None:
    seen: set[str] = set()
    waiting = ["/en/", "/id/"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        response = client.get(unquote(path) if path.startswith("/sdmx") else path)
        allowed = (200, 302, 303) if CAN_PRINT or not path.endswith(".pdf") else (501,)
        assert response.status_code in allowed, (path, response.status_code)
        if response.mimetype == "text/html" and not path.startswith("/sdmx"):
            page = parser.document_fromstring(response.text)
            # each choice of the explorer is a link, to ever more choices; the API's examples are of the demo
            if "/explore/" not in path and path != "/docs/api":
                found = [link for link in links(page, f"http://localhost{path}") if link not in seen]
                waiting += [link for link in found if link.count("=") < 2]  # nor all choices of facets
    assert {"/en/dataset/mys-dosm-df-une", "/id/releases", "/id/factsheets/IDN"} <= seen
    assert any(path.startswith("/files/3/") for path in seen)


def test_a_dataset_leads_to_its_releases(client: FlaskClient) -> None:
    page = document(client, "/en/dataset/mys-dosm-df-une")
    releases = {a for a in page.xpath("//a/@href") if a.startswith("/en/releases/")}
    assert releases
    for path in releases:
        document(client, path)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/", "/dataset", "/dataset/wb-df-une", "/releases", "/organization/wb"])
def test_hostile_text_is_only_text(client: FlaskClient, language: str, path: str) -> None:
    response = client.get(f"/{language}{path}")
    page = parser.document_fromstring(response.text)
    assert "<script>alert" not in response.text
    assert not page.xpath("//img|//@onerror")
    assert not [a for a in page.xpath("//@href|//@src|//@action") if a.lower().startswith("javascript")]


def test_what_was_typed_is_only_text(client: FlaskClient) -> None:
    page = document(client, '/en/dataset?q="><script>alert(1)</script>&country="><b>')
    assert page.xpath("//input[@name='q']/@value") == ['"><script>alert(1)</script>']
    assert not page.xpath("//script[not(@src or @type='application/ld+json')]|//b[@onclick]")


@pytest.mark.parametrize(
    ("language", "values"),
    [("en", ["3.80", "1,234.50", "–"]), ("id", ["3,80", "1.234,50", "–"])],
)
def test_numbers_have_the_digits_that_were_released(
    client: FlaskClient, language: str, values: list[str]
) -> None:
    page = document(client, f"/{language}/dataset/mys-dosm-df-une")
    cells = page.xpath("//table[contains(@class, 'preview')]/tbody//td[@class='num']")
    assert [cell.text.strip() for cell in cells] == values


def test_the_dataset_page_shows_what_the_record_says(client: FlaskClient) -> None:
    text = html.unescape(client.get("/en/dataset/mys-dosm-df-une").text)
    for part in (
        "Department of Statistics Malaysia", "2022–2024", "CC BY", "The survey", "mys-dosm-2", "mys-dosm-1",
        "LMIS:DF_UNE(1.0.0)", "/files/3/mys-dosm-df-une.csv", "sdmx.read_url", "readSDMX",
        "curl --compressed",
        "/en/factsheets/MYS", "SHA-256",
    ):  # fmt: skip
        assert part in text, part


def test_releases_say_what_they_did(client: FlaskClient) -> None:
    page = document(client, "/en/releases")
    second = page.get_element_by_id("mys-dosm-2").text_content()
    assert re.search(r"1 new observations;\s+1 revised", second)
    assert "Oktober" in document(client, "/id/releases").text_content()


@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("q=unemployment", ["mys-dosm-df-une", "wb-df-une"]),
        ("country=MYS", ["mys-dosm-df-une"]),
        ("country=MYS&country=IDN", []),
        ("provider=wb", ["wb-df-une"]),
        ("frequency=M", []),
        ("topic=unemployment&q=malaysia", ["mys-dosm-df-une"]),
        ("q=a:b:c", []),
        ("q={!x}", []),
        ("start=1000", ["mys-dosm-df-une", "wb-df-une"]),
        ("start=99999999999999999999", ["mys-dosm-df-une", "wb-df-une"]),
        ("start=x", ["mys-dosm-df-une", "wb-df-une"]),
    ],
)
def test_the_list_finds(client: FlaskClient, q: str, names: list[str]) -> None:
    page = document(client, f"/en/dataset?{q}")
    found = page.xpath("//ol[@class='entries']//h2/a/@href")
    assert sorted(a.rpartition("/")[2] for a in found) == names


def test_a_list_shows_what_the_catalogue_has_now(
    settings: Settings, make: Callable[[Settings], Flask], tmp_path: Path
) -> None:
    copy = Settings(home=shutil.copytree(settings.home, tmp_path / "home"), base_url=settings.base_url)
    client = make(copy).test_client()
    embedded = Embedded(copy.home / "public" / "catalogue.sqlite")
    for title in ("First title", "Second title"):
        assert title not in client.get("/en/dataset").text
        assert title not in client.get("/en/group/unemployment").text
        with embedded.at(3, writable=True) as records:
            params: dict[str, Any] = {"id": "wb-df-une", "title": title, "extras": []}
            call = Call("package_patch", params, records, Site(copy.base_url, ""), is_publisher=True)
            actions.ACTIONS["package_patch"].run(call)
        assert title in client.get("/en/dataset").text
        assert title in client.get("/en/group/unemployment").text


def test_a_facet_can_be_taken_away_again(client: FlaskClient) -> None:
    page = document(client, "/en/dataset?country=MYS")
    assert page.xpath("//ul[@class='chosen']//a/@href") == ["?"]


# -- languages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "target"),
    [
        ("id", "/id/dataset?q=x"), ("id-ID,en;q=0.5", "/id/dataset?q=x"), ("fr", "/en/dataset?q=x"),
        ("", "/en/dataset?q=x"), ("en;q=0.1, id;q=0.9", "/id/dataset?q=x"), (";;;q=", "/en/dataset?q=x"),
    ],
)  # fmt: skip
def test_without_a_prefix_the_browser_decides(client: FlaskClient, accept: str, target: str) -> None:
    response = client.get("/dataset?q=x", headers={"Accept-Language": accept})
    assert (response.status_code, response.headers["Location"]) == (302, target)
    assert response.headers["Vary"] == "Accept-Language"


def test_the_same_page_in_the_other_language(client: FlaskClient) -> None:
    page = document(client, "/en/dataset?q=a%20b")
    other = page.xpath("//nav[@class='languages']//a[@hreflang='id']/@href")
    assert other == ["/id/dataset?q=a%20b"]


@pytest.mark.parametrize(
    "path", ["/xx/", "/xx/dataset", "/en/nope", "/nope", "/en/dataset/nope", "/en/factsheets/..", "/de-AT/"]
)
def test_what_is_not_there_is_a_page_with_the_languages(client: FlaskClient, path: str) -> None:
    page = document(client, path, 404)
    assert {"en", "id"} <= set(page.xpath("//@hreflang"))
    assert len(page.findall(".//h1")) == 1


def test_a_sheet_that_no_release_made_is_made_when_asked_for(client: FlaskClient) -> None:
    page = document(client, "/id/factsheets/MYS")
    assert page.get("lang") == "id"
    (permanent,) = set(page.xpath("//p[@class='citation']/a/@href"))
    kept = client.get("/files/3/factsheets/MYS.id.html")
    assert permanent.endswith("/files/3/factsheets/MYS.id.html")
    assert kept.data == client.get("/id/factsheets/MYS").data


def test_a_sheet_in_another_language_is_offered_not_served(client: FlaskClient) -> None:
    client.application.config["STORED_SHEETS_ONLY"] = True  # as for a copy of the site
    page = document(client, "/id/factsheets/MYS", 404)
    client.application.config["STORED_SHEETS_ONLY"] = False
    assert page.xpath("//main//a[@hreflang='en']/@href") == ["/en/factsheets/MYS"]
    assert document(client, "/en/factsheets/MYS").findtext(".//h1") == "Sheet"


def test_every_language_has_every_string() -> None:
    strings = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in (folder("templates") / "translations").glob("*.json")
    }
    english = strings.pop("en")
    places = re.compile(r"\{\w+\}")
    for tag, translated in strings.items():
        assert translated.keys() == english.keys(), tag
        for name, text in translated.items():
            assert sorted(places.findall(text)) == sorted(places.findall(english[name])), (tag, name)


def test_a_deployments_own_templates_and_strings_win(
    settings: Settings, make: Callable[[Settings], Flask], tmp_path: Path
) -> None:
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "en.json").write_text('{"site.name": "Our own name"}', encoding="utf-8")
    (tmp_path / "translations" / "ms.json").write_text("{}", encoding="utf-8")
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "pages.css").write_text("/* ours */", encoding="utf-8")
    own = Settings(home=settings.home, base_url=settings.base_url, templates=(tmp_path,))
    client = make(own).test_client()
    page = document(client, "/en/")
    assert page.xpath("//a[@class='brand']//b")[0].text == "Our own name"
    assert client.get(page.xpath("//link[@rel='stylesheet']/@href")[0]).text == "/* ours */"
    assert "⟦nav.data⟧" in client.get("/ms/").text  # marked, not in English


def test_an_empty_home_says_so(make: Callable[[Settings], Flask], tmp_path: Path) -> None:
    client = make(Settings(home=tmp_path)).test_client()
    assert "nothing has been published" in document(client, "/en/", 404).text_content()
    assert client.get("/healthz").status_code == 503
    assert client.get("/api/3/action/package_search").get_json()["result"]["count"] == 0


def test_health(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok", "vintage": 3, "damaged": 0, "late": 0}


def test_routes_are_made_once(app: Flask) -> None:
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    assert "/<language:lang>/dataset/<name>" in rules
