"""Makes the pictures of fact sheets from a demo's home.

python docs/images/factsheets.py HOME [CHROMIUM]; needs playwright.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from publisher.release.sheets import Wanted, rebuild
from publisher.settings import Settings

HERE = Path(__file__).parent
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


def shoot(browser: Browser, html: Path, picture: Path, width: int, height: int, style: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(html.as_uri())
    if style:
        page.add_style_tag(content=style)
    page.screenshot(path=picture)
    page.close()


def main(home: Path, chromium: str) -> None:
    with TemporaryDirectory() as made, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (area, language, width, height, style) in PICTURES.items():
            wanted = Wanted(Path(made), (area,), (language,))
            (html,) = rebuild(Settings(home=home), wanted, lambda message: None)
            shoot(browser, html, HERE / f"{name}.png", width, height, style)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "/usr/bin/chromium")
