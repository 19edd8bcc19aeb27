"""Makes the pictures of the pages in docs/images, from a service that shows the demo.

python docs/images/pages.py http://127.0.0.1:8470
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
RATE = "c[FREQ]=A&c[INDICATOR]=UNE_DEAP_RT&c[SEX]=_T&c[AGE]=Y_GE15"
MODELLED = f"/en/explore/DF_UNE?{RATE}&c[SOURCE]=WDI_ILO_MOD&c[REF_AREA]=MYS,SGP,VNM&lastNObservations=10"
THEN = (
    "/en/explore/DF_EMP?c[FREQ]=M&c[REF_AREA]=MYS&c[INDICATOR]=EMP_TEMP_NB&c[SEASONAL_ADJUST]=N"
    "&c[TIME_PERIOD]=ge:2024-01+le:2024-06&asOf=2025-06-30T00:00:00Z"
)
SOURCES = f"/en/explore/DF_UNE?{RATE}&c[REF_AREA]=PHL&c[TIME_PERIOD]=ge:2015&rows=periods"
# name → address, size of the window, what the page is scrolled to, theme
PICTURES: dict[str, tuple[str, tuple[int, int], str, str]] = {
    "home": ("/en/", (1200, 900), "", "light"),
    "search": ("/en/dataset?q=ว่างงาน", (1200, 800), "", "light"),
    "dataset": ("/en/dataset/mys-dosm-df-une", (1200, 900), "", "light"),
    "explorer-chart": (MODELLED, (1200, 800), "", "light"),
    "explorer-table": (SOURCES, (1200, 800), "#table", "light"),
    "explorer-as-of": (THEN, (1200, 800), "", "light"),
    "phone": (MODELLED, (390, 844), "#chart", "light"),
    "dark": (MODELLED, (1200, 800), "", "dark"),
}


def main(base: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (path, (width, height), place, theme) in PICTURES.items():
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if theme == "dark" else "light",
                reduced_motion="reduce",  # no smooth scrolling
            )
            page = context.new_page()
            page.goto(base + path)
            if place:
                page.evaluate("place => document.querySelector(place).scrollIntoView()", place)
            page.screenshot(path=HERE / f"{name}.png")
            context.close()
        context = browser.new_context(viewport={"width": 1200, "height": 700})
        page = context.new_page()
        page.goto(f"{base}/en/")
        page.locator("#q").press_sequentially("unemploym")
        page.locator("#q-list li").first.wait_for()
        page.screenshot(path=HERE / "suggestions.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
