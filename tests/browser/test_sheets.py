"""Every kind of fact sheet in every language: axe-core and 320 px; two by turns, or all."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from publisher.factsheets.definition import languages
from publisher.settings import Settings
from tests.browser.conftest import IS_WHOLE, SEED
from tests.browser.test_access import _STYLE, NARROW, RULES, SPACING, _overflow

if TYPE_CHECKING:
    from playwright.sync_api import Browser

KINDS = {"country": "MYS", "region": "ASEAN"}
EVERY = [(kind, tag) for kind in KINDS for tag in languages(Settings(home=Path()))]
JUDGED = EVERY if IS_WHOLE else random.Random(SEED).sample(EVERY, 2)


@pytest.mark.parametrize(("kind", "language"), JUDGED)
def test_axe_and_a_narrow_screen(browser: Browser, base: str, axe: str, kind: str, language: str) -> None:
    context = browser.new_context(**NARROW)
    page = context.new_page()
    answer = page.goto(f"{base}/{language}/factsheets/{KINDS[kind]}")
    assert answer is not None
    assert answer.status == 200
    assert page.evaluate("document.documentElement.lang") == language
    for summary in page.locator("summary").all():
        summary.click()
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    told = [f"{v['id']}: {n['html'][:200]}" for v in found["violations"] for n in v["nodes"]]
    assert not told
    assert not _overflow(page)
    page.evaluate(_STYLE, SPACING)
    assert not _overflow(page), "with the spacing of WCAG 1.4.12"
    context.close()
