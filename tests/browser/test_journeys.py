"""What people come for, from end to end, in a real browser: with JavaScript and without."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import openpyxl
import pytest

from publisher.folders import folder
from tests.clients.server import free_port, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RATE = "c[FREQ]=A&c[INDICATOR]=UNE_DEAP_RT&c[SEX]=_T&c[AGE]=Y_GE15&c[SOURCE]=WDI_ILO_MOD"
WHOLE = "/sdmx/v2/data/dataflow/LMIS/DF_UNE/1.0.0/*"
WAYS: dict[str, dict[str, bool]] = {"with JavaScript": {}, "without": {"java_script_enabled": False}}


@pytest.fixture(params=list(WAYS))
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(accept_downloads=True, **WAYS[request.param])
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def _rows(page: Page, path: str) -> list[dict[str, str]]:
    """The observations of the service's own answer in SDMX-CSV."""
    answer = page.request.get(path, headers={"Accept": "application/vnd.sdmx.data+csv;version=2.1.0"})
    assert answer.status == 200
    return list(csv.DictReader(io.StringIO(answer.text())))


def test_find_filter_and_take_away(page: Page, base: str) -> None:
    """By a Thai word, on a page in Indonesian."""
    page.goto(f"{base}/id/")
    page.locator("#q").fill("ว่างงาน")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dataset?q=*")
    assert page.locator("main mark").first.inner_text() == "ว่างงาน"
    page.get_by_role("heading", level=2).get_by_role("link", name="Pengangguran").click()
    page.locator("a[href*='/explore/']").last.click()
    assert "/id/explore/DF_UNE" in page.url
    page.locator("details", has=page.locator("input[value=IDN]")).first.locator("summary").click()
    page.locator("input[value=IDN]").check()
    page.locator("form.facets button").click()
    shown = unquote(urlsplit(page.url).query)
    assert "IDN" in shown
    rows = _rows(page, f"{base}{WHOLE}?{shown}")
    assert rows
    taken = csv.DictReader(io.StringIO(_taken(page, "SDMX-CSV").decode("utf-8")))
    assert [r["OBS_VALUE"] for r in taken] == [r["OBS_VALUE"] for r in rows]
    book = openpyxl.load_workbook(io.BytesIO(_taken(page, "Excel")))
    heads, *cells = book["Data"].values
    (column,) = [n for n, head in enumerate(heads) if head.startswith("OBS_VALUE")]
    assert [row[column] for row in cells] == [float(row["OBS_VALUE"]) for row in rows]


def _taken(page: Page, name: str) -> bytes:
    with page.expect_download() as download:
        page.locator("ul.take a", has_text=name).first.click()
    return Path(download.value.path()).read_bytes()


def test_a_suggestion_by_arrows_and_a_filter_by_letters(browser: Browser, base: str, axe: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{base}/en/")
    page.locator("#q").press_sequentially("unemploym")
    page.locator("#q-list li").first.wait_for()
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa']}})")
    assert not [violation["id"] for violation in found["violations"]]
    page.keyboard.press("ArrowDown")
    assert page.locator("#q").get_attribute("aria-activedescendant") == "q-list-0"
    page.keyboard.press("Enter")
    page.wait_for_url("**/group/unemployment")
    page.goto(f"{base}/en/explore/DF_UNE?{RATE}&lastNObservations=5")
    panel = page.locator("details", has=page.locator("input[value=IDN]")).first
    panel.locator("summary").click()
    panel.get_by_role("searchbox").fill("viet")
    left = panel.locator("li:visible input").evaluate_all("all => all.map(one => one.value)")
    assert left == ["VNM"]
    context.close()


def test_follow_a_number_to_its_query(page: Page, base: str) -> None:
    page.goto(f"{base}/en/factsheets/IDN")
    number = page.locator(".card .value a.n").first
    said, address = number.inner_text(), number.get_attribute("href")
    assert address
    rows = _rows(page, base + address if address.startswith("/") else address)
    values = {f"{float(row['OBS_VALUE']):,.1f}" for row in rows} | {row["OBS_VALUE"] for row in rows}
    assert said.replace("%", "").strip() in values


def test_share_a_rolling_link(page: Page, base: str, browser: Browser) -> None:
    page.goto(f"{base}/en/explore/DF_UNE?{RATE}&c[REF_AREA]=MYS,SGP")
    page.get_by_role("link", name="last 5").first.click()
    assert "lastNObservations=5" in page.url
    shown = page.locator("table.preview tbody tr").all_inner_texts()
    other = browser.new_context()
    again = other.new_page()
    again.goto(page.url)  # somebody else's browser: no session, no cookie
    assert again.locator("table.preview tbody tr").all_inner_texts() == shown
    assert not other.cookies()
    other.close()


MONTHLY = "c[FREQ]=M&c[REF_AREA]=MYS&c[INDICATOR]=UNE_DEAP_RT&c[AGE]=Y15T64&c[SEASONAL_ADJUST]=N"


def test_a_rolling_link_after_a_new_release(browser: Browser, tmp_path: Path) -> None:
    """The link shows the new periods, the fixed one what was public when it was made."""
    port = free_port()
    _publish(tmp_path / "home", "mys-dosm-lfs-2025-06")
    with serving(tmp_path / "home", port):
        sender = browser.new_context().new_page()
        sender.goto(f"http://127.0.0.1:{port}/en/explore/DF_UNE?{MONTHLY}")
        sender.get_by_role("link", name="last 5").first.click()
        rolling, before = sender.url, _cells(sender)
        fixed = sender.get_by_role("link", name="this release").get_attribute("href")
        _publish(tmp_path / "home", "mys-dosm-lfs-2025-10")
        for way in WAYS.values():
            context = browser.new_context(**way)
            page = context.new_page()
            page.goto(rolling)
            after = _cells(page)
            assert "Apr 2025" in before[0]
            assert "Aug 2025" not in before[0]
            assert "Aug 2025" in after[0]
            assert len(after[0]) == len(before[0])
            rows = _rows(page, f"http://127.0.0.1:{port}{WHOLE}?{urlsplit(rolling).query}")
            assert [row["OBS_VALUE"] for row in rows] == [cell.split()[0] for cell in after[1][1:]]
            page.goto(f"http://127.0.0.1:{port}{fixed}")
            assert _cells(page) == before
            context.close()
        sender.reload()
        assert _cells(sender) == after
        sender.context.close()


def _publish(home: Path, package: str) -> None:
    command = [sys.executable, "-m", "publisher", "publish", str(folder("demo") / package)]
    environment = {**os.environ, "LMIS_SHEET_LANGUAGES": "en"}
    done = subprocess.run(
        [*command, "--home", str(home)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _cells(page: Page) -> list[list[str]]:
    """The table as read, head first."""
    rows: list[list[str]] = page.locator("table.preview tr").evaluate_all(
        "rows => rows.map(row => [...row.children].map(cell => cell.innerText.trim()))"
    )
    return rows


def test_another_country_on_a_shared_view(page: Page, base: str) -> None:
    shared = f"{base}/id/explore/DF_UNE?{RATE}&c[REF_AREA]=MYS&c[TIME_PERIOD]=ge:2018&rows=periods"
    page.goto(shared)
    switch = page.get_by_role("navigation", name="Wilayah acuan")
    assert switch.locator("[aria-current]").inner_text() == "Malaysia"
    places = switch.get_by_role("link").all_inner_texts()
    assert len(places) > 5
    mine = _cells(page)
    switch.get_by_role("link", name="Vietnam").click()
    assert unquote(page.url) == shared.replace("REF_AREA]=MYS", "REF_AREA]=VNM"), "all else stays"
    assert page.locator("nav.switch [aria-current]").inner_text() == "Vietnam"
    assert _cells(page) != mine
    rows = _rows(page, f"{base}{WHOLE}?{RATE}&c[REF_AREA]=VNM&c[TIME_PERIOD]=ge:2018")
    shown = [cells[1].split()[0].replace(",", ".") for cells in _cells(page)[1:]]
    assert shown == [row["OBS_VALUE"] for row in rows]


def test_as_of_a_past_release(page: Page, base: str) -> None:
    page.goto(
        f"{base}/en/explore/DF_EMP?c[FREQ]=M&c[REF_AREA]=MYS&c[INDICATOR]=EMP_TEMP_NB&c[TIME_PERIOD]=ge:2024-01+le:2024-03"
    )
    now = page.locator("table.preview tbody").inner_text()
    page.locator("details", has_text="mys-dosm-2025-06").last.locator("summary").click()
    page.get_by_role("link", name="mys-dosm-2025-06").click()
    assert "asOf=" in page.url
    assert page.locator("table.preview tbody").inner_text() != now


def test_the_keyboard_alone(page: Page, base: str) -> None:
    """From the first page to a file: found, opened, filtered, taken away; nothing is pointed at."""
    page.goto(f"{base}/en/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # past the menu
    _tab(page, "#q")
    page.keyboard.type("unemployment modelled")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dataset?q=unemployment*")
    _go(page, "main h2 a[href*='/dataset/wb-df-une']", "**/dataset/wb-df-une")
    _go(page, "main a[href*='/explore/DF_UNE']", "**/explore/DF_UNE?*")
    _tab(page, "details:has(input[value=IDN]) > summary")
    page.keyboard.press("Enter")
    _tab(page, "input[value=IDN]")
    page.keyboard.press("Space")
    _go(page, "form.facets button", "**REF_AREA*IDN*")
    assert "Indonesia" in page.locator("main").inner_text()
    _tab(page, "ul.take a[href*='.xlsx']")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    heads, *rows = book["Data"].values
    (column,) = [n for n, head in enumerate(heads) if head.startswith("REF_AREA")]
    found = {row[column] for row in rows}
    assert "IDN: Indonesia" in found
    assert {area.partition(":")[0] for area in found} == _chosen(page.url, "REF_AREA")


def _chosen(address: str, dimension: str) -> set[str]:
    found = [part.partition("=") for part in unquote(urlsplit(address).query).split("&")]
    return {code for name, _, codes in found if name == f"c[{dimension}]" for code in codes.split(",")}


def _tab(page: Page, wanted: str) -> None:
    """Tab on until the focus is on `wanted`."""
    for _ in range(300):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    pytest.fail(f"{wanted} is not reached by Tab on {page.url}")


def _go(page: Page, wanted: str, address: str) -> None:
    _tab(page, wanted)
    page.keyboard.press("Enter")
    page.wait_for_url(address)


def test_a_phone_shows_the_whole_chart(browser: Browser, base: str) -> None:
    """Nothing of it scrolls sideways, also in a frame; marks of a cell stay off the next number."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    for place in ("explore", "embed"):
        page.goto(f"{base}/en/{place}/DF_UNE?{RATE}&c[REF_AREA]=MYS,SGP&lastNObservations=10")
        (drawing,) = [svg for svg in page.get_by_role("img").all() if svg.is_visible()]
        box = drawing.bounding_box()
        assert box
        assert box["x"] >= 0
        assert 300 < box["width"] <= 390
        assert page.locator(".key li:visible").count() == 2
        assert not page.locator(".charts .scroll:visible").count()
    page.goto(f"{base}/en/explore/DF_EMP?c[SOURCE]=IDN_SAKERNAS&c[INDICATOR]=EMP_TEMP_NB&lastNObservations=5")
    assert page.locator("table.preview sup").count()
    assert page.evaluate(_MARKS_OUTSIDE) == []
    context.close()


_MARKS_OUTSIDE = """() => [...document.querySelectorAll('table.preview td sup')].filter(mark =>
  mark.getBoundingClientRect().right > mark.closest('td').getBoundingClientRect().right + 8
).map(mark => mark.closest('tr').innerText)"""


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/en/explore/DF_UNE?c[FOO]=1", 400, "FOO"),
        ("/en/explore/DF_NONE", 404, "DF_NONE"),
        ("/xx/explore", 404, "xx"),
        ("/en/dataset/none", 404, "/en/dataset lists them"),
        ("/en/dataset?q=%22%3E%3Cscript%3Edocument.title%3D%27run%27%3C/script%3E", 200, "script"),
        ("/en/explore/DF_UNE?c[REF_AREA]=%3Cscript%3Edocument.title%3D%27run%27%3C/script%3E", 200, ""),
    ],
)
def test_what_is_wrong_is_a_page_that_helps(
    browser: Browser, base: str, path: str, status: int, says: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    answer = page.goto(base + path)
    assert answer is not None
    assert answer.status == status
    assert says in page.locator("main").inner_text() + page.locator("main").inner_html()
    assert page.title() != "run"
    assert page.locator("main a").count()
    context.close()
