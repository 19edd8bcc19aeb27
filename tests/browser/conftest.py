"""A real Chromium on the service as its users meet it, with the demo's data."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.clients.server import free_port, serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(os.environ.get("LMIS_BROWSER", ".venv/browser"))
SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
IS_WHOLE = bool(os.environ.get("WHOLE"))


def pytest_report_header() -> str:
    return f"browser: seed {SEED} (SEED=… repeats a run){', all of it' if IS_WHOLE else ''}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def base(demo_home: Path) -> Iterator[str]:
    port = free_port()
    with serving(demo_home, port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; nothing that it loads comes from elsewhere."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    path = FOLDER / "npm/node_modules/axe-core/axe.min.js"
    if not path.is_file():
        pytest.skip("axe-core is not installed")
    return path.read_text(encoding="utf-8")
