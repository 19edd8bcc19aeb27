"""Two hundred hostile texts, as notes and as titles, in a real Chromium: nothing runs, nothing breaks."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from publisher.factsheets.definition import languages, load
from publisher.folders import folder
from publisher.settings import Settings
from publisher.store import Change, Release
from publisher.structures.registry import Registry
from tests.browser.test_access import _STYLE, NARROW, SPACING, _overflow
from tests.clients.server import free_port, serving
from tests.factsheets.conftest import DSD, flow, publish, table, unemployment
from tests.factsheets.hostile import TEXTS
from tests.factsheets.test_hostile import AREAS, YEARS, plain

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BARE = Settings(home=Path())
TITLED = [tag for tag in languages(BARE) if tag != "en"]  # with the titles; English has the notes
ADDRESSES = [*((area, "en") for area in AREAS), *(("THA", tag) for tag in TITLED)]
WIDE = {"viewport": {"width": 1280, "height": 900}}

# Told before anything of the page runs: what the policy stopped, and what it did not.
_WATCH = """() => { window.stopped = [];
  document.addEventListener('securitypolicyviolation',
    e => stopped.push(e.violatedDirective + ' ' + e.blockedURI));
}"""
# What a reader could set off: the pointer over each element, the focus on it, all opened.
_TOUCHED = """() => { for (const e of document.querySelectorAll('body, body *')) {
  if (e instanceof HTMLDetailsElement) e.open = true;
  for (const name of ['mouseover', 'mouseenter', 'pointerover', 'load', 'error', 'toggle'])
    e.dispatchEvent(new Event(name, {bubbles: true}));
  if (e instanceof HTMLElement) e.focus();
} }"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service whose office wrote the texts beside figures, and whose translators wrote them as titles."""
    home, own = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("templates")
    places = [(area, year) for area in AREAS for year in YEARS]
    rows = [
        unemployment(str(year), "1.5", REF_AREA=area, COMMENT_OBS=text)
        for (area, year), text in zip(places, TEXTS, strict=True)
    ]
    change = Change(flow("LMIS:DF_UNE(1.0.0)"), "Replace", {}, table(rows, {}))
    release = Release("wb-hostile", "WB", datetime(2026, 1, 2, tzinfo=UTC), (change,))
    publish(home, Registry.load(DSD), release)
    (own / "factsheets/translations").mkdir(parents=True)
    for tag, titles in zip(TITLED, _titles(), strict=True):
        (own / f"factsheets/translations/{tag}.po").write_bytes(_translated(tag, titles))
    (home / "settings.toml").write_text(f"templates = [{json.dumps(str(own))}]\n", encoding="utf-8")
    port = free_port()
    with serving(home, port):
        yield f"http://127.0.0.1:{port}"


def _titles() -> list[dict[str, str]]:
    """Of each language: string → a text in place of its translation."""
    sheet = load(BARE)
    names = [f"headline.{one.id}" for one in sheet.headlines] + [f"goal.{one.id}" for one in sheet.goals]
    assert len(names) * len(TITLED) >= len(TEXTS)
    parts = [TEXTS[first : first + len(names)] for first in range(0, len(TEXTS), len(names))]
    return [dict(zip(names, part, strict=False)) for part in [*parts, *([()] * len(TITLED))][: len(TITLED)]]


def _translated(tag: str, titles: dict[str, str]) -> bytes:
    english = json.loads((folder("templates") / "factsheets/translations/en.json").read_text("utf-8"))
    catalogue = Catalog(locale=None, fuzzy=False)
    for name, text in titles.items():
        catalogue.add(english[name], text, context=name)
    written = io.BytesIO()
    write_po(written, catalogue, width=0)
    return written.getvalue()


def _expected(area: str, tag: str) -> list[str]:
    if tag == "en":
        number = AREAS.index(area)
        return list(TEXTS[number * len(YEARS) :][: len(YEARS)])
    return list(_titles()[TITLED.index(tag)].values())


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["320 px", "1280 px"])
def test_texts_stay_texts(browser: Browser, hostile: str, size: dict[str, dict[str, int]]) -> None:
    context, wrong = browser.new_context(**size), list[str]()
    page = context.new_page()
    page.add_init_script(f"({_WATCH})()")
    page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("popup", lambda opened: wrong.append(f"a window {opened.url}"))
    page.on("request", lambda asked: wrong.append(asked.url) if not _is_ours(asked.url, hostile) else None)
    for area, tag in ADDRESSES:
        address = f"{hostile}/{tag}/factsheets/{area}"
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        page.evaluate(_TOUCHED)
        assert not _overflow(page), address
        page.evaluate(_STYLE, SPACING)
        assert not _overflow(page), f"{address} with the spacing of WCAG 1.4.12"
        page.wait_for_timeout(100)  # what was set off has its time
        shown = plain(page.evaluate("document.body.textContent"))
        assert [text for text in _expected(area, tag) if plain(text) not in shown] == [], address
        assert page.evaluate("stopped") == [], address
        assert (wrong, page.url, len(page.frames)) == ([], address, 1)
    context.close()


def test_the_watch_sees_what_runs(browser: Browser, hostile: str) -> None:
    """The same watch on a page that lets such a text in."""
    context, seen = browser.new_context(**NARROW), list[str]()
    page = context.new_page()
    page.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda asked: seen.append("asked") if not _is_ours(asked.url, hostile) else None)
    page.set_content("<p onmouseover='alert(1)'>x</p><img src='http://127.0.0.2:9/x.png'>")
    page.evaluate(_TOUCHED)
    page.wait_for_timeout(100)
    context.close()
    assert {"1", "asked"} <= set(seen)


def _is_ours(address: str, base: str) -> bool:
    return urlsplit(address)[:2] == urlsplit(base)[:2]
