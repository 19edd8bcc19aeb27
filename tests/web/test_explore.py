"""The explorer: its address is the SDMX query, its table is what that query answers."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as parser

from publisher.folders import folder
from publisher.settings import load
from publisher.structures.urns import Ref
from publisher.web.app import create_app
from publisher.web.explore import Address
from publisher.web.explore.chart import build as draw
from publisher.web.explore.grid import Grid, Line
from publisher.web.preview import Cell
from publisher.web.words import languages

UNE = Ref("dataflow", "LMIS", "DF_UNE", "1.0.0")
WHOLE = "/sdmx/v2/data/dataflow/LMIS/DF_UNE/1.0.0/*"
RATE = "c[FREQ]=A&c[INDICATOR]=UNE_DEAP_RT&c[SEX]=_T&c[AGE]=Y_GE15&c[SOURCE]=WDI_ILO_MOD"


@pytest.fixture(scope="module")
def demo(demo_home: Path) -> FlaskClient:
    return create_app(load(demo_home, environ={})).test_client()


def page(
    client: FlaskClient, query: str, status: int = 200, path: str = "/en/explore/DF_UNE"
) -> etree._Element:
    response = client.get(f"{path}?{query}")
    assert response.status_code == status, response.text[:2000]
    return parser.document_fromstring(response.text)


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("c[REF_AREA]=MYS", "c[REF_AREA]=MYS"),
        ("c%5BREF_AREA%5D=MYS%2CIDN", "c[REF_AREA]=MYS,IDN"),
        ("c[REF_AREA]=MYS&c[REF_AREA]=IDN", "c[REF_AREA]=MYS,IDN"),
        ("from=2015&to=2020", "c[TIME_PERIOD]=ge:2015+le:2020"),
        ("from=2015&to=&lastNObservations=5", "c[TIME_PERIOD]=ge:2015"),
        ("from=&to=&lastNObservations=5", "lastNObservations=5"),
        ("c[SEX]=&c[AGE]=Y_GE15", "c[AGE]=Y_GE15"),
        ("asOf=2025-06-10T04%3A00%3A00Z", "asOf=2025-06-10T04:00:00Z"),
    ],
)
def test_address(written: str, tidy: str) -> None:
    assert Address.read(UNE, written).tidy().text == tidy


@given(st.lists(st.sampled_from(["MYS", "IDN", "SGP", "VNM"]), max_size=8))
@settings(max_examples=50, deadline=None)
def test_toggling_twice_changes_nothing(codes: list[str]) -> None:
    address = Address.read(UNE, "c[REF_AREA]=THA")
    for code in codes:
        once = address.toggling("REF_AREA", code)
        assert set(once.toggling("REF_AREA", code).codes("REF_AREA")) == set(address.codes("REF_AREA"))
        address = once


@pytest.mark.parametrize(
    ("query", "to"),
    [
        ("", "c[REF_AREA]=VNM"),  # the cell that the dataflow's annotation names
        ("c[REF_AREA]=MYS&c[REF_AREA]=IDN", "c[REF_AREA]=MYS,IDN"),
        ("from=2015&to=2020", "c[TIME_PERIOD]=ge:2015+le:2020"),
    ],
)
def test_forms_end_at_the_address_of_the_query(demo: FlaskClient, query: str, to: str) -> None:
    response = demo.get(f"/en/explore/DF_UNE?{query}")
    assert response.status_code == 303
    assert to in unquote(response.headers["Location"])


@pytest.mark.parametrize(
    "query",
    [
        f"{RATE}&c[REF_AREA]=MYS,SGP&lastNObservations=6",
        f"{RATE}&c[TIME_PERIOD]=ge:2010+le:2014",
        "c[FREQ]=M&c[REF_AREA]=MYS&c[INDICATOR]=UNE_TUNE_NB&lastNObservations=4",
        "c[REF_AREA]=PHL&lastNObservations=3",
    ],
)
def test_the_table_is_what_the_query_answers(demo: FlaskClient, query: str) -> None:
    shown = page(demo, query).xpath("//table[contains(@class, 'preview')]//td[@class='num']/text()[1]")
    numbers = sorted(
        Decimal(text.strip().replace(",", "")) for text in shown if text.strip() not in ("", "–")
    )
    answer = demo.get(f"/sdmx/v2/data/dataflow/LMIS/DF_UNE/1.0.0/*?{query}&format=csvdata")
    rows = csv.DictReader(io.StringIO(answer.text))
    assert numbers == sorted(Decimal(r["OBS_VALUE"]) for r in rows if r["OBS_VALUE"] != "NaN")
    assert numbers


def test_as_of_a_past_release(demo: FlaskClient) -> None:
    query = (
        "c[FREQ]=M&c[REF_AREA]=MYS&c[INDICATOR]=EMP_TEMP_NB&c[SEASONAL_ADJUST]=N&c[AGE]=Y15T64"
        "&c[STATUS_IN_EMPLOYMENT]=_T&c[TIME_PERIOD]=ge:2024-01+le:2024-01"
    )
    path = "/en/explore/DF_EMP"
    now = page(demo, query, path=path).xpath("//table[contains(@class, 'preview')]//td/text()")
    then = page(demo, f"{query}&asOf=2025-06-30T00:00:00Z", path=path)
    assert "16,229.4" in now
    assert "16,483.0" in then.xpath("//table[contains(@class, 'preview')]//td/text()")
    assert "As it was public on Jun 30, 2025." in then.text_content()


def test_what_has_no_data_is_greyed_out(demo: FlaskClient) -> None:
    gone = page(demo, "c[REF_AREA]=PHL&c[SOURCE]=PHL_LFS").xpath("//li[@class='gone']//input/@value")
    assert {"A", "M", "S"} <= set(gone)
    assert "Q" not in gone


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("c[FOO]=1", "FOO"),
        ("c[TIME_PERIOD]=ge:soon", "soon"),
        ("lastNObservations=0", "lastNObservations"),
        ("asOf=yesterday", "yesterday"),
        ("asOf=1990-01-01T00:00:00Z", "nothing was public"),
        ("includeHistory=true", "give asOf"),
        (
            "c[FREQ]=A&updatedAfter=2025-01-01T00:00:00Z",
            "/sdmx/v2/data/dataflow/LMIS/DF_UNE/1.0.0/*?c[FREQ]=A",
        ),
        ("c[REF_AREA]=MYS'%22%3E%3Cscript%3Ealert(1)%3C/script%3E", None),
    ],
)
def test_a_wrong_address_is_a_helpful_page(demo: FlaskClient, query: str, says: str | None) -> None:
    response = demo.get(f"/en/explore/DF_UNE?{query}")
    assert response.status_code == (400 if says else 200)
    assert "<script>alert" not in response.text
    if says:
        assert says in parser.document_fromstring(response.text).text_content()


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_dataflow_opens(demo: FlaskClient, language: str) -> None:
    listing = page(demo, "", path=f"/{language}/explore")
    links = [href for href in listing.xpath("//main//h2/a/@href") if "/explore/" in href]
    assert len(links) == 14
    for link in links:
        response = demo.get(link, follow_redirects=True)
        assert response.status_code == 200, link
        assert "⟦" not in response.text, link
        opened = parser.document_fromstring(response.text)
        assert opened.xpath("//table[contains(@class, 'preview')]//td[@class='num']"), link
        ids = opened.xpath("//@id")
        assert len(ids) == len(set(ids)), link


@pytest.mark.parametrize(
    ("query", "lines"), [(f"{RATE}&lastNObservations=5", 8), ("c[REF_AREA]=MYS&lastNObservations=1", 0)]
)
def test_chart(demo: FlaskClient, query: str, lines: int) -> None:
    found = page(demo, query)
    for drawing in (
        "//div[@class='wide scroll']",
        "//div[@class='slim']/*[@role='img']",
        "//*[@class='key']",
    ):
        assert len(found.xpath(f"{drawing}//*[local-name()='polyline']")) == lines
    if lines:
        named = [span.text_content() for span in found.xpath("//*[@class='key']//span")]
        assert len(named) == lines
        assert any(name.endswith(" Malaysia") for name in named)
        assert "Line chart of 8 series, 2021 to 2025" in found.xpath("//*[@role='img']/@aria-label")[0]
    else:
        assert "No chart" in found.text_content()


def test_large_choices_stay_a_page(demo: FlaskClient) -> None:
    response = demo.get("/en/explore/DF_EARN?c[FREQ]=A")
    assert response.status_code == 200
    assert "The others are on the next pages and in the downloads" in response.text
    assert len(response.data) < 600_000


QUERY = f"{RATE}&c[REF_AREA]=MYS,SGP&lastNObservations=6"


def test_the_workbook_is_what_is_shown(demo: FlaskClient) -> None:
    answer = demo.get(f"/id/explore/DF_UNE.xlsx?{QUERY}", buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == "attachment; filename=DF_UNE.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["Tabel", "Data", "Catatan"]
    table, data, notes = (list(sheet.values) for sheet in book)
    rows = list(csv.DictReader(io.StringIO(demo.get(f"{WHOLE}?{QUERY}&format=csvdata").text)))
    released = sorted(float(row["OBS_VALUE"]) for row in rows)
    (column,) = [n for n, head in enumerate(data[0]) if head.startswith("OBS_VALUE")]
    assert sorted(row[column] for row in data[1:]) == released
    assert sorted(value for row in table[1:] for value in row if isinstance(value, float | int)) == released
    said = dict(notes[1:])
    assert said["Kueri SDMX"].endswith(f"/sdmx/v2/data/dataflow/LMIS/DF_UNE/1.0.0/*?{QUERY}")
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_workbook_lies_as_the_page_does(demo: FlaskClient) -> None:
    across, down = (
        list(openpyxl.load_workbook(io.BytesIO(answer.data))["Table"].values)
        for turn in ("", "&rows=periods")
        if (answer := demo.get(f"/en/explore/DF_UNE.xlsx?{QUERY}{turn}", buffered=True))
    )
    assert across[0][:3] == ("Reference area", "2020", "2021")
    assert down == list(zip(*across, strict=True))
    assert [type(value) for value in down[1]] == [str, float, float]
    single = f"{RATE}&c[REF_AREA]=MYS&lastNObservations=1&rows=periods"
    one = demo.get(f"/en/explore/DF_UNE.xlsx?{single}", buffered=True)
    head, row = openpyxl.load_workbook(io.BytesIO(one.data))["Table"].values
    assert head == ("Period", "Value")
    assert [type(value) for value in row] == [str, float]


def test_the_same_question_gives_the_same_bytes(demo: FlaskClient) -> None:
    for ending in ("xlsx", "parquet", "svg"):
        first, second = (
            demo.get(f"/en/explore/DF_UNE.{ending}?{QUERY}", buffered=True).data for _ in range(2)
        )
        assert first == second, ending


def test_parquet_is_what_the_query_answers(demo: FlaskClient) -> None:
    taken = demo.get(f"/en/explore/DF_UNE.parquet?{QUERY}", buffered=True)
    found = pq.read_table(io.BytesIO(taken.data))
    rows = list(csv.DictReader(io.StringIO(demo.get(f"{WHOLE}?{QUERY}&format=csvdata").text)))
    assert found.column("OBS_VALUE").to_pylist() == [float(row["OBS_VALUE"]) for row in rows]
    assert found.column("REF_AREA").to_pylist() == [row["REF_AREA"] for row in rows]


def test_the_chart_is_a_picture_that_says_what_it_shows(demo: FlaskClient) -> None:
    answer = demo.get(f"/en/explore/DF_UNE.svg?{QUERY}")
    assert answer.content_type == "image/svg+xml; charset=utf-8"
    drawing = etree.fromstring(answer.data)
    assert drawing.get("aria-label").startswith("Line chart of 2 series")
    assert not drawing.xpath("//@style | //*[local-name()='style']")  # a strict policy would block them
    assert demo.get(f"/en/explore/DF_UNE.png?{QUERY}").data.startswith(b"\x89PNG")
    assert demo.get("/en/explore/DF_UNE.svg?c[REF_AREA]=MYS&lastNObservations=1").status_code == 404


def test_a_frame_for_others_pages(demo: FlaskClient) -> None:
    answer = demo.get(f"/en/embed/DF_UNE?{QUERY}")
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in demo.get("/en/").headers["Content-Security-Policy"]
    found = parser.document_fromstring(answer.text)
    assert not found.xpath("//script")
    assert len(found.xpath("//div[@class='wide scroll']//*[local-name()='polyline']")) == 2
    assert "Set-Cookie" not in answer.headers


def test_rows_and_columns_change_over(demo: FlaskClient) -> None:
    shown, turned = page(demo, QUERY), page(demo, f"{QUERY}&rows=periods")
    link = shown.xpath("//p[@class='ways']/a/@href")[0]
    assert link.endswith("&rows=periods")
    cells = [
        [
            row.xpath("./td[@class='num']/text()[1]")
            for row in found.xpath("//table[contains(@class, 'preview')]/tbody/tr")
        ]
        for found in (shown, turned)
    ]
    assert [list(column) for column in zip(*cells[0], strict=True)] == cells[1]


def test_another_country_by_one_link(demo: FlaskClient) -> None:
    found = page(demo, f"{RATE}&c[REF_AREA]=MYS&lastNObservations=6")
    links = dict(
        zip(
            found.xpath("//nav[@class='switch']//a/text()"),
            found.xpath("//nav[@class='switch']//a/@href"),
            strict=True,
        )
    )
    assert "c[REF_AREA]=SGP" in unquote(links["Singapore"])
    assert found.xpath("//nav[@class='switch']//a[@aria-current]/text()") == ["Malaysia"]


def test_a_sheet_has_only_so_many_rows(demo: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.release.workbook.ROWS", 5)
    answer = demo.get(f"/en/explore/DF_UNE.xlsx?{QUERY}")
    assert answer.status_code == 413
    assert "a sheet of Excel has 5 rows, this choice 12 observations" in answer.text


def test_pages_of_the_table_hold_every_series_once(demo: FlaskClient) -> None:
    query, seen, pages = "c[FREQ]=A&c[REF_AREA]=MYS,SGP", [], 0
    address = f"/en/explore/DF_UNE?{query}"
    while address:
        found = parser.document_fromstring(demo.get(address).text)
        rows = found.xpath("//table[contains(@class, 'preview')]/tbody/tr")
        seen += [tuple(row.xpath("./th/text() | ./td[not(@class)]/text()")) for row in rows]
        pages += 1
        for column in range(1, len(rows[0].xpath("./td[@class='num']")) + 1):  # none is empty on all lines
            assert any(row.xpath(f"string(./td[@class='num'][{column}])").strip() for row in rows)
        address = next(iter(found.xpath("//nav[@class='pager']/a[starts-with(@rel, 'next')]/@href")), "")
    told = page(demo, query).xpath("string(//table[contains(@class, 'preview')]/caption)")
    assert f"of {len(seen)} series" in told
    assert pages > 1


@pytest.mark.parametrize(
    ("number", "says"), [("0", "from 1 on"), ("x", "from 1 on"), ("-1", "from 1 on"), ("9" * 30, "from 1 on"),
                         ("999", "pages")]
)  # fmt: skip
def test_a_page_that_there_is_not(demo: FlaskClient, number: str, says: str) -> None:
    assert says in page(demo, f"{RATE}&page={number}", 400).text_content()


def test_notes_are_under_the_table(demo: FlaskClient) -> None:
    found = page(demo, "c[FREQ]=M&c[REF_AREA]=MYS&c[INDICATOR]=UNE_TUNE_NB&lastNObservations=12")
    notes = found.xpath("//ol[contains(@class, 'notes')]/li/text()")
    assert "Population base: 2020" in notes
    marks = {part for sup in found.xpath("//td/sup/text()") for part in sup.split() if part.endswith(")")}
    assert marks == {f"{n})" for n in range(1, len(notes) + 1)}


def test_sources_side_by_side(demo: FlaskClient) -> None:
    (link,) = page(demo, f"{RATE}&c[REF_AREA]=PHL&lastNObservations=5").xpath(
        "//p[@class='ways']/a[text()='Sources side by side']/@href"
    )
    found = page(demo, link.partition("?")[2])
    heads = found.xpath(
        "//table[contains(@class, 'preview')]/thead/tr[th[text()='Source']]/th[@scope='col']/text()"
    )
    assert len(set(heads)) == len(heads) >= 2
    assert not found.xpath("//a[text()='Sources side by side']")


def test_links_roll_stay_or_grow(demo: FlaskClient) -> None:
    found = page(demo, f"{RATE}&c[REF_AREA]=MYS&lastNObservations=5")
    fixed, since = (unquote(found.xpath(f"//a[starts-with(text(), '{text}')]/@href")[0])
                    for text in ("this release", "from 2021"))  # fmt: skip
    assert fixed.endswith("&lastNObservations=5&asOf=2026-05-05T04:00:00Z")
    assert since.endswith("c[REF_AREA]=MYS&c[TIME_PERIOD]=ge:2021")
    cells = [page(demo, q.partition("?")[2]).xpath("//td[@class='num']/text()[1]") for q in (fixed, since)]
    assert cells[0] == cells[1] == found.xpath("//td[@class='num']/text()[1]")


def test_csv_with_names_in_the_pages_language(demo: FlaskClient) -> None:
    taken = demo.get(f"/id/explore/DF_UNE.csv?{QUERY}")
    rows = list(csv.DictReader(io.StringIO(taken.text)))
    plain = list(csv.DictReader(io.StringIO(demo.get(f"{WHOLE}?{QUERY}&format=csvdata").text)))
    assert taken.headers["Content-Disposition"] == 'attachment; filename="DF_UNE.csv"'
    assert {row["SEX: Jenis kelamin"] for row in rows} == {"_T: Total"}
    value = next(name for name in rows[0] if name.startswith("OBS_VALUE"))
    assert [row[value] for row in rows] == [row["OBS_VALUE"] for row in plain]
    assert demo.get("/id/explore/DF_UNE.csv?c[FOO]=1").status_code == 422


def test_a_line_ends_at_a_break_and_at_what_is_missing() -> None:
    def line(values: dict[str, str], breaks: set[str]) -> Line:
        cells = tuple(Cell(values.get(period, "")) for period in PERIODS)
        return Line((), "", cells, values, frozenset(breaks))

    values = {"2019": "1", "2020": "2", "2022": "3", "2023": "4", "2024": "5"}
    made = Grid((), (), PERIODS, (line(values, {"2021", "2024"}),), (), (), (), 1, 5, False, 1, 1)
    found = draw(made, languages((folder("templates"),))["en"])
    assert found
    assert [len(part.split()) for part in found.curves[0].parts] == [2, 2, 1]


PERIODS = ("2019", "2020", "2021", "2022", "2023", "2024")
