"""Makes the pictures of fact sheets from a demo's home.

python docs/images/factsheets.py HOME [CHROMIUM]; needs playwright, pillow, pdftoppm and the extra `sheets`.
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from publisher.release.sheets import Wanted, rebuild
from publisher.settings import Settings

HERE = Path(__file__).parent
COLOURS = 160  # of a picture, so that it stays small
# picture → area, language, width, height, more styles
PICTURES = {
    "factsheet-idn": ("IDN", "id", 1100, 1180, ""),
    "factsheet-khm": ("KHM", "km", 1100, 1180, ""),
    "factsheet-mmr": ("MMR", "my", 1100, 1180, ""),
    "factsheet-sgp": ("SGP", "ta", 1100, 1180, ""),
    "factsheet-tls": ("TLS", "tet", 1100, 1180, ""),
    "factsheet-asean": ("ASEAN", "th", 1100, 1180, ""),
    "factsheet-phone": ("LAO", "lo", 360, 1180, ""),
    "factsheet-grey": ("VNM", "vi", 1100, 1180, "html{filter:grayscale(1)}"),
}
# first pages as PDF, side by side; in grey, as an office's printer has them
PRINTS = {
    "factsheet-pdf-1": (("IDN", "id"), ("KHM", "km"), ("MMR", "my")),
    "factsheet-pdf-2": (("SGP", "ta"), ("TLS", "tet"), ("ASEAN", "th")),
    "factsheet-pdf-grey": (("VNM", "vi"), ("LAO", "lo"), ("SGP", "zh")),
}


def made(home: Path, folder: Path, area: str, language: str) -> tuple[Path, Path]:
    """The page and its PDF."""
    wanted = Wanted(folder, (area,), (language,), pdf=True)
    html, printed = rebuild(Settings(home=home), wanted, lambda message: None)
    return html, printed


def shoot(browser: Browser, html: Path, width: int, height: int, style: str) -> Image.Image:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(html.as_uri())
    if style:
        page.add_style_tag(content=style)
    picture = Image.open(io.BytesIO(page.screenshot()))
    page.close()
    return picture


def first_page(printed: Path) -> Image.Image:
    command = ["pdftoppm", "-png", "-r", "64", "-l", "1", "-singlefile", str(printed)]
    return Image.open(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout))


def save(picture: Image.Image, name: str) -> None:
    small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(HERE / f"{name}.png", optimize=True)


def side_by_side(pages: list[Image.Image]) -> Image.Image:
    width, height, gap = pages[0].width, pages[0].height, 12
    whole = Image.new("RGB", (len(pages) * (width + gap) + gap, height + 2 * gap), "#8a95a0")
    for number, page in enumerate(pages):
        whole.paste(page, (gap + number * (width + gap), gap))
    return whole


def main(home: Path, chromium: str) -> None:
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (area, language, width, height, style) in PICTURES.items():
            html, _ = made(home, Path(folder), area, language)
            save(shoot(browser, html, width, height, style), name)
        browser.close()
        for name, sheets in PRINTS.items():
            pages = [first_page(made(home, Path(folder), *sheet)[1]) for sheet in sheets]
            whole = side_by_side(pages)
            save(whole.convert("L") if "grey" in name else whole, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "/usr/bin/chromium")
