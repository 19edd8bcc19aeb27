"""Every kind of page for everybody: axe-core, narrow screens, large text, wide spacing, the keyboard."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from publisher.settings import load
from publisher.web.app import create_app
from tests.browser.conftest import IS_WHOLE, SEED
from tests.browser.pages import ELSEWHERE, PAGES, SINGLE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LANGUAGES = ("en", "id")
THEMES: dict[str, dict[str, str]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# WCAG 2.2, 1.4.12: what a reader's own style sheet may set without loss.
SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important }
* { word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }"""


def _addresses(language: str) -> dict[str, str]:
    return {name: f"/{language}{rest}" for name, rest in PAGES.items()} | SINGLE


def _judged() -> Iterator[Any]:
    """Kind × theme; one language of each by turns, or all."""
    turn = random.Random(SEED)
    for name in (*PAGES, *SINGLE):
        for theme in THEMES:
            for language in LANGUAGES if IS_WHOLE else (turn.choice(LANGUAGES),):
                if not (name in SINGLE and language != LANGUAGES[0] and IS_WHOLE):
                    yield pytest.param(name, theme, language, id=f"{name} {theme} {language}")


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of its own whose errors, of scripts and of the content security policy, fail the test."""
    context = browser.new_context(**getattr(request, "param", {}))
    page, errors = context.new_page(), []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


def test_every_page_is_judged(tmp_path: Path) -> None:
    rules = create_app(load(tmp_path, environ={})).url_map.iter_rules()
    pages = {rule.endpoint for rule in rules if rule.endpoint.startswith("pages.")}
    assert pages - ELSEWHERE == set(PAGES)


@pytest.mark.parametrize(("name", "theme", "language"), list(_judged()))
def test_axe(browser: Browser, base: str, axe: str, name: str, theme: str, language: str) -> None:
    context = browser.new_context(**THEMES[theme])
    page = context.new_page()
    answer = page.goto(base + _addresses(language)[name])
    assert answer is not None
    assert answer.status == 200
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    context.close()
    assert found["passes"]
    told = [f"{v['id']}: {v['help']}: {n['html'][:200]}" for v in found["violations"] for n in v["nodes"]]
    assert not told


def test_axe_finds_what_is_wrong(browser: Browser, axe: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_content("<img src='data:,'><p style='color:#ccc;background:#fff'>pale</p><input>")
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    context.close()
    assert {"image-alt", "color-contrast", "label", "html-has-lang"} <= {v["id"] for v in found["violations"]}


NARROW = {"viewport": {"width": 320, "height": 640}}


@pytest.mark.parametrize("page", [NARROW], indirect=True, ids=["320 px"])
@pytest.mark.parametrize("name", [*PAGES, *SINGLE])
def test_nothing_overflows_a_narrow_screen(page: Page, base: str, name: str) -> None:
    """WCAG 2.2, 1.4.10; 320 px is also a screen of 1280 px at 400 %."""
    page.goto(base + _addresses("id")[name])
    assert not _overflow(page)
    page.evaluate(_STYLE, SPACING)
    assert not _overflow(page), "with the spacing of WCAG 1.4.12"


# A style sheet made by script: the pages' policy lets no inline one in.
_STYLE = """text => { const sheet = new CSSStyleSheet(); sheet.replaceSync(text);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; }"""


def _overflow(page: Page) -> list[str]:
    """What stands out to the right of the window, scrolled boxes left out."""
    found: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
          [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll'))
            .map(e => e.outerHTML.slice(0, 120))"""
    )
    return found or (
        ["the window"] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []
    )


LARGE = {"viewport": {"width": 640, "height": 480}}  # a screen of 1280 px at 200 %


@pytest.mark.parametrize("page", [LARGE], indirect=True, ids=["200 %"])
@pytest.mark.parametrize("name", [*PAGES, *SINGLE])
def test_every_control_is_reached_by_keyboard(page: Page, base: str, name: str) -> None:
    """WCAG 2.2, 2.1.1, 2.4.3, 2.4.7 and 2.4.11: in the order of the page, seen, and not hidden."""
    page.goto(base + _addresses("en")[name])
    assert not _overflow(page)
    order: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        told = page.evaluate(_FOCUSED)
        if told is None:  # past the last
            break
        assert told["is_seen"], told["html"]
        assert told["is_marked"], f"focus is not to be seen on {told['html']}"
        order.append(told["html"])
    assert order
    if page.locator("nav").count():  # a frame for others' pages has none
        assert len(order) > 5
        assert "#content" in order[0], "the first is the way past the menu"


_FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const box = e.getBoundingClientRect(), style = getComputedStyle(e);
  return {html: e.outerHTML.slice(0, 160), is_seen: box.width > 0 && box.height > 0,
    is_marked: style.outlineStyle !== 'none' || style.boxShadow !== 'none'};
}"""
