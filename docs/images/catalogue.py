"""Makes the picture of a dataset as CKAN's own pages show it, in docs/images.

python docs/images/catalogue.py http://127.0.0.1:5000 idn-bps-df-une; needs playwright and pillow.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
COLOURS = 96  # of the picture, so that it stays small
SIZE = {"width": 1200, "height": 1000}


def main(ckan: str, dataset: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE)
        page.goto(f"{ckan}/dataset/{dataset}")
        Image.open(io.BytesIO(page.screenshot())).convert(
            "P", palette=Image.Palette.ADAPTIVE, colors=COLOURS
        ).save(HERE / "ckan-dataset.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
