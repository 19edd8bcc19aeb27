"""The words that a text is found by: what CKAN's Solr schema makes of it.

Source: CKAN 2.12 `config/solr/schema.xml`, the types `text` and `text_general`: split at blanks, then at
signs, changes of case and between letters and digits (Lucene's WordDelimiterGraphFilter), lower case,
Snowball's English stemmer, letters without accents. Parts of one word are also kept joined together.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

_STEMMER = snowballstemmer.stemmer("english")
_FOLDED = str.maketrans(
    {"đ": "d", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"}
)
_LONGEST = 64  # signs of a word whose parts are kept at hand: most of a catalogue come often
_POSSESSIVE = re.compile(r"['’]s$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _kind(sign: str) -> str:
    """A letter's kind: upper, lower, digit, or empty for what divides words; `letter` has no case."""
    category = unicodedata.category(sign)
    if category[0] == "N":
        return "digit"
    return {"Lu": "upper", "Ll": "lower"}.get(category, "letter" if category[0] in "LM" else "")


def _parts(word: str, by_case: bool) -> list[tuple[str, bool]]:
    """The parts of a word, each with whether it is a number."""
    found: list[tuple[str, bool]] = []
    before = ""
    for sign in _POSSESSIVE.sub("", word):
        kind = _kind(sign)
        joins = kind and before and (kind == "digit") == (before == "digit")
        if joins and not (by_case and before == "lower" and kind == "upper"):
            found[-1] = (found[-1][0] + sign, found[-1][1])
        elif kind:
            found.append((sign, kind == "digit"))
        before = kind
    return found


def _joined(parts: list[tuple[str, bool]]) -> list[str]:
    """Neighbouring parts of one sort put together, where there is more than one."""
    runs: list[list[tuple[str, bool]]] = []
    for part in parts:
        if runs and runs[-1][0][1] == part[1]:
            runs[-1].append(part)
        else:
            runs.append([part])
    return ["".join(text for text, _ in run) for run in runs if len(run) > 1]


def fold(text: str) -> str:
    """Lower case, and Latin letters without their accents."""
    lower = text.lower().translate(_FOLDED)
    if lower.isascii():
        return lower
    return "".join(
        base if (base := unicodedata.normalize("NFKD", sign)[0]).isascii() else sign for sign in lower
    )


@lru_cache(maxsize=65536)
def _stemmed(text: str) -> str:
    return fold(_STEMMER.stemWord(text.lower()))


def of_query(text: str, *, stemmed: bool = True) -> list[str]:
    """The words of a query's term.

    >>> of_query("Labour-force's")
    ['labour', 'forc']
    """
    return [part for word in text.split() for part in _analysed(word, stemmed)[0]]


def of_text(text: str, *, stemmed: bool = True) -> tuple[str, str]:
    """What is kept of a text: its words with blanks between, and the joined ones apart.

    >>> of_text("see labour-force, 2025")
    ('see labour forc 2025', 'labourforc')
    """
    found = [_analysed(word, stemmed) for word in text.split()]
    words, joined = (part for one, _ in found for part in one), (part for _, one in found for part in one)
    return " ".join(words), " ".join(joined)


def _analysed(word: str, stemmed: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parts of one word as they are kept, and the joined ones; long ones are worked out each time."""
    return _often(word, stemmed) if len(word) <= _LONGEST else _often.__wrapped__(word, stemmed)


@lru_cache(maxsize=65536)
def _often(word: str, stemmed: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    parts = _parts(word, by_case=stemmed)
    written = _stemmed if stemmed else str.lower
    return tuple(written(part) for part, _ in parts), tuple(map(written, _joined(parts)))
