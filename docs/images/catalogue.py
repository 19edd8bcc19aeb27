"""Makes the pictures of one dataset as CKAN's own pages show it and as ours do, in docs/images.

python docs/images/catalogue.py CKAN OURS idn-bps-df-une (the first two addresses); needs playwright, pillow.
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


def main(ckan: str, ours: str, dataset: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE)
        for picture, address in (("ckan-dataset", ckan), ("catalogue-dataset", f"{ours}/en")):
            page.goto(f"{address}/dataset/{dataset}")
            shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            shot.quantize(COLOURS, dither=Image.Dither.NONE).save(HERE / f"{picture}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
