"""What people come for, from end to end, in a real browser: with JavaScript and without."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import openpyxl
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

RATE = "c[FREQ]=A&c[INDICATOR]=UNE_DEAP_RT&c[SEX]=_T&c[AGE]=Y_GE15&c[SOURCE]=WDI_ILO_MOD"
WAYS = {"with JavaScript": {}, "without": {"java_script_enabled": False}}


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
    rows = _rows(page, f"{base}/sdmx/v2/data/dataflow/LMIS/DF_UNE/1.0.0/*?{shown}")
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


def test_as_of_a_past_release(page: Page, base: str) -> None:
    page.goto(
        f"{base}/en/explore/DF_EMP?c[FREQ]=M&c[REF_AREA]=MYS&c[INDICATOR]=EMP_TEMP_NB&c[TIME_PERIOD]=ge:2024-01+le:2024-03"
    )
    now = page.locator("table.preview tbody").inner_text()
    page.locator("details", has_text="mys-dosm-2025-06").last.locator("summary").click()
    page.get_by_role("link", name="mys-dosm-2025-06").click()
    assert "asOf=" in page.url
    assert page.locator("table.preview tbody").inner_text() != now


def test_the_keyboard_alone(browser: Browser, base: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{base}/en/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # past the menu
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "search":
            break
    page.keyboard.type("unemployment")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dataset?q=unemployment*")
    assert page.get_by_role("heading", level=2).count() > 2
    context.close()


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
