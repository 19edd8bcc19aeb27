"""Makes the pictures of the pages in docs/images, from a service that shows the demo.

python docs/images/pages.py http://127.0.0.1:8470; needs playwright, pillow, LibreOffice and pdftoppm.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
COLOURS = 160  # of a picture, so that it stays small
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
            save(name, page.screenshot())
            context.close()
        context = browser.new_context(viewport={"width": 1200, "height": 700})
        page = context.new_page()
        page.goto(f"{base}/en/")
        page.locator("#q").press_sequentially("unemploym")
        page.locator("#q-list li").first.wait_for()
        save("suggestions", page.screenshot())
        browser.close()
    save("workbook", opened(f"{base}{MODELLED}".replace("?", ".xlsx?", 1)))


def save(name: str, picture: bytes) -> None:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, Image.Quantize.FASTOCTREE).save(HERE / f"{name}.png", optimize=True)


def opened(address: str) -> bytes:
    """The workbook as LibreOffice opens it: the top of each sheet."""
    with TemporaryDirectory() as folder, urllib.request.urlopen(address) as answer:
        book = Path(folder) / "book.xlsx"
        book.write_bytes(answer.read())
        convert = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, str(book)]
        subprocess.run(convert, check=True, capture_output=True)
        subprocess.run(["pdftoppm", "-r", "110", "-png", f"{folder}/book.pdf", f"{folder}/page"], check=True)
        every = [Image.open(page).convert("RGB") for page in sorted(Path(folder).glob("page-*.png"))]
        pages = (every[0], every[1], every[-1])
        margin, heights = 70, (140, 200, 300)
        width = pages[0].width - 2 * margin
        joined = Image.new("RGB", (width, sum(heights)), "white")
        for n, (page, height) in enumerate(zip(pages, heights, strict=True)):
            joined.paste(page.crop((margin, margin, margin + width, margin + height)), (0, sum(heights[:n])))
        made = io.BytesIO()
        joined.save(made, "PNG")
        return made.getvalue()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
