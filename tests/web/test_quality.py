"""Quality reports as pages: found from what they are about, whole, and leading to every format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from lxml import etree
from lxml import html as parser

from publisher.formats import METADATA
from publisher.structures import model as m
from publisher.structures.registry import Registry
from publisher.web import quality
from publisher.web.names import Names
from publisher.web.words import Words

REPORT = "/quality/QUALITY_MYS_DOSM"


def document(client: FlaskClient, path: str, status: int = 200) -> etree._Element:
    response = client.get(path)
    assert response.status_code == status, path
    return parser.document_fromstring(response.text)


@pytest.mark.parametrize(
    "path", ["/dataset/mys-dosm-df-une", "/organization/mys-dosm", "/explore/DF_UNE?c[REF_AREA]=MYS"]
)
@pytest.mark.parametrize("language", ["en", "id"])
def test_pages_lead_to_the_report(client: FlaskClient, language: str, path: str) -> None:
    links = document(client, f"/{language}{path}").xpath("//a/@href")
    assert f"/{language}{REPORT}?provider=MYS_DOSM" in links


def test_pages_lead_to_no_other_report(client: FlaskClient) -> None:
    for path in ("/en/dataset/mys-dosm-df-une", "/en/organization/mys-dosm"):
        links = [a for a in document(client, path).xpath("//a/@href") if "/quality/" in a]
        assert links == [f"/en{REPORT}?provider=MYS_DOSM"]


def answers(attributes: tuple[m.ReportedAttribute, ...], language: str) -> Iterator[str]:
    for answer in attributes:
        if answer.text:
            yield answer.text[language]
        yield from answers(answer.attributes, language)


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ["Statistical population", "Frequency of dissemination", "Monthly", "Quarterly"]),
        ("id", ["Populasi statistik", "Frekuensi diseminasi", "Bulanan", "Triwulanan"]),
    ],
)
def test_everything_is_told_in_the_language(
    client: FlaskClient, bundled: Registry, language: str, parts: list[str]
) -> None:
    text = document(client, f"/{language}{REPORT}").find(".//main").text_content()
    (report,) = bundled.metadatasets(["MYS_DOSM"])
    for part in (*parts, *answers(report.attributes, language), report.name[language]):
        assert part in text


def test_every_format_is_a_link_that_answers(client: FlaskClient) -> None:
    links = [a for a in document(client, f"/en{REPORT}").xpath("//main//a/@href") if a.startswith("/sdmx/")]
    answered = [client.get(link) for link in links]
    assert [r.status_code for r in answered] == [200] * len(METADATA)
    assert [r.headers["Content-Type"] for r in answered] == list(METADATA)
    assert all("QUALITY_MYS_DOSM" in r.text for r in answered)


def test_it_leads_back(client: FlaskClient) -> None:
    links = document(client, f"/en{REPORT}").xpath("//main//a/@href")
    assert {"/en/organization/mys-dosm", "/en/dataset/mys-dosm-df-une", "https://www.dosm.gov.my"} <= set(
        links
    )
    assert "/en/dataset/mys-dosm-df-lf" not in links  # nothing of it has been released here


def test_the_list(client: FlaskClient, bundled: Registry) -> None:
    links = [a for a in document(client, "/en/quality").xpath("//main//h2/a/@href")]
    assert len(links) == len(bundled.metadatasets()) > 3
    for link in links:
        document(client, unquote(link))


@pytest.mark.parametrize("path", ["/en/quality/NOPE", f"/en{REPORT}?provider=WB", "/id/quality/..%2F"])
def test_what_is_not_there_is_a_page(client: FlaskClient, path: str) -> None:
    assert len(document(client, path, 404).findall(".//h1")) == 1


@pytest.fixture(scope="module")
def bundled() -> Registry:
    from publisher.folders import folder

    return Registry.load(folder("dsd"))


TEXTS = [  # text, whether it is XHTML, page → text and language of the page's value
    ({"en": "Yes", "id": "Ya"}, False, "id", ("Ya", "")),
    ({"en": "Yes"}, False, "id", ("Yes", "en")),
    ({"en": "<p>a <b>b</b></p><script>x</script>"}, True, "en", ("a bx", "")),
    ({"en": "<p>a"}, False, "en", ("<p>a", "")),
]


@pytest.mark.parametrize(("text", "is_structured", "language", "value"), TEXTS)
def test_values(
    bundled: Registry,
    client: FlaskClient,
    text: dict[str, str],
    is_structured: bool,
    language: str,
    value: tuple[str, str],
) -> None:
    (report,) = bundled.metadatasets(["MYS_DOSM"])
    said = m.ReportedAttribute("REF_PERIOD", text=m.Text(text), is_structured=is_structured)
    words: Words = client.application.extensions["lmis"].languages[language]
    with client.application.test_request_context():
        view = quality.build(
            client.application.extensions["lmis"], Names(words, bundled), replace(report, attributes=(said,))
        )
    ((found,),) = [answer.values for answer in view.answers]
    assert (found.text, found.language) == value
