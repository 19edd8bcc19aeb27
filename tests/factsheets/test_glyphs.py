"""Every letter of every language has its glyph, shaped by HarfBuzz: none is missing, no mark stands alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from publisher.factsheets import words
from publisher.factsheets.build import Writer
from publisher.settings import Settings
from publisher.store import Snapshot
from tests.factsheets.sample import LANGUAGES

uharfbuzz = pytest.importorskip("uharfbuzz", reason="PDF needs the extra `sheets`")
pytest.importorskip("typst", reason="PDF needs the extra `sheets`")
from publisher.factsheets import fonts, tree  # noqa: E402

pytestmark = pytest.mark.slow
BUNDLED = Settings(home=Path(), base_url="https://lmis.example.org")
CIRCLE = "\N{DOTTED CIRCLE}"
NOTDEF = 0


def runs(text: str, families: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The text in pieces that one family draws: the first that has the letter; marks stay with theirs."""
    family, run = families[0], ""
    for letter in text:
        stays = unicodedata.category(letter)[0] in "MZC" and ord(letter) in fonts.covered(family)
        chosen = (
            family if stays else next((f for f in families if ord(letter) in fonts.covered(f)), families[0])
        )
        if chosen != family and run:
            yield family, run
            run = ""
        family, run = chosen, run + letter
    yield family, run


def wrong(text: str, tag: str) -> list[str]:
    """The pieces of the text that are drawn with a missing glyph, or with a circle that nobody wrote."""
    found = []
    for family, run in runs(text, fonts.of(tag)):
        font = uharfbuzz.Font(fonts.face(family))
        circle = font.get_nominal_glyph(ord(CIRCLE))
        buffer = uharfbuzz.Buffer()
        buffer.add_str(run)
        buffer.guess_segment_properties()
        uharfbuzz.shape(font, buffer)
        drawn = {info.codepoint for info in buffer.glyph_infos}
        if NOTDEF in drawn or (circle in drawn and CIRCLE not in run):
            found.append(run)
    return found


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_glyph_is_missing(bundled: Snapshot, tag: str) -> None:
    """In all strings of the language, and all that the sheets of two areas print."""
    from tests.factsheets.printed import texts

    writer = Writer(bundled, BUNDLED)
    said = set(map(tree.plain, words.load(BUNDLED, tag).strings.values()))
    for area in ("IDN", "ASEAN"):
        said |= set(texts(tree.read(writer.html(area, tag))["blocks"]))
    assert [bad for text in sorted(said) for bad in wrong(text, tag)] == []


@pytest.mark.parametrize(
    ("tag", "text"),
    [("km", "\N{KHMER VOWEL SIGN U}"), ("my", "\N{MYANMAR VOWEL SIGN E}x"), ("en", "\U0001f600")],
)
def test_the_check_bites(tag: str, text: str) -> None:
    assert wrong(text, tag)
