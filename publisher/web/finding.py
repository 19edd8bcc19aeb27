"""What people type, as a query for the catalogue's own index, and where in a text it was found.

The index keeps words between blanks. Thai, Lao, Khmer and Burmese are written without blanks between words:
a word of theirs is looked for within what stands between two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from catalogue import words

# Unicode blocks of the scripts that put no blank between words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_SIGNS = r"\s!-/:-@\[-`{-~–—“”‘’«»…"
_BETWEEN, _WORD = re.compile(f"[{_SIGNS}]+"), re.compile(f"[^{_SIGNS}]+")
LENGTH = 220  # signs of a passage
BEFORE = 60  # of them before what was found
SHORTEST, ENDINGS = 3, 4  # letters of a beginning, and how many an English ending may have added
Pieces = tuple[tuple[str, bool], ...]  # parts of a text, each with whether it was looked for


def typed(text: str) -> list[str]:
    """The words as typed, without signs; what is left has no meaning in the language of queries.

    >>> typed('Youth-"unemployment": (rate)')
    ['youth', 'unemployment', 'rate']
    """
    return [word for word in _BETWEEN.split(text.lower()) if word]


def is_unspaced(word: str) -> bool:
    return bool(_UNSPACED.search(word))


def query(text: str) -> str:
    """The `q` of package_search for what was typed; everything for nothing.

    >>> query("youth unemployment: rate")
    'youth unemployment  rate'
    >>> query("ว่างงาน rate")
    '+text:*ว่างงาน* +text:rate'
    """
    found = typed(text)
    if not any(map(is_unspaced, found)):
        # A colon in what people type is no field name: only programs write queries in Lucene's language.
        return text.replace(":", " ").strip() or "*:*"
    return " ".join(map(_whole, found))


def _whole(word: str) -> str:
    return f"+text:*{word}*" if is_unspaced(word) else f"+text:{word}"


def beginnings(text: str) -> Iterator[str]:
    """Queries for a text whose last word is still being typed, the nearest first.

    The index has the stems of words: `unemploym` is found by what it shares with `unemploy`.
    """
    found = typed(text)
    if not found:
        return
    last, before = words.fold(found[-1]), [_whole(word) for word in found[:-1]]
    if is_unspaced(last):
        yield " ".join((*before, _whole(last)))
        return
    for length in range(len(last), max(min(len(last), SHORTEST), len(last) - ENDINGS) - 1, -1):
        whole = f"text:{last} OR " if length == len(last) else ""
        yield " ".join((*before, f"+({whole}text:{last[:length]}*)"))


def marked(text: str, asked: str, is_begun: bool = False) -> Pieces:
    """The text in pieces. `is_begun`: the last word typed is the beginning of one.

    >>> marked("Unemployment rates, youth", "rate")
    (('Unemployment ', False), ('rates', True), (', youth', False))
    """
    pieces, at = [], 0
    for start, end in _spans(text, asked, is_begun):
        if start < at:
            continue
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    return tuple(piece for piece in (*pieces, (text[at:], False)) if piece[0])


@lru_cache(maxsize=256)
def _asked(text: str) -> tuple[tuple[str, ...], frozenset[str], tuple[str, ...]]:
    """The words typed; the stems of those between blanks; those of scripts without blanks."""
    found = typed(text)
    parts = tuple(filter(is_unspaced, found))
    return tuple(found), frozenset[str]().union(*map(_stems, set(found).difference(parts))), parts


def is_found(text: str, asked: str) -> bool:
    """Whether anything of what was asked stands in the text.

    >>> is_found("Unemployment rates, youth", "rate"), is_found("อัตราการว่างงาน", "ว่างงาน")
    (True, True)
    """
    _, stems, parts = _asked(asked)
    if any(part in text for part in parts):
        return True
    return bool(stems) and any(not stems.isdisjoint(_stems(word)) for word in _WORD.findall(text))


def _spans(text: str, asked: str, is_begun: bool) -> list[tuple[int, int]]:
    every, stems, parts = _asked(asked)
    if not every:
        return []
    begun = words.fold(every[-1]) if is_begun else ""
    found = []
    for word in _WORD.finditer(text):
        if stems & _stems(word[0]):
            found.append(word.span())
        elif begun and words.fold(word[0]).startswith(begun):
            found.append((word.start(), word.start() + len(begun)))
    for part in parts:
        found += [hit.span() for hit in re.finditer(re.escape(part), text)]
    return sorted(found)


@lru_cache(maxsize=1 << 16)
def _stems(word: str) -> frozenset[str]:
    return frozenset(words.of_query(word))


def passage(text: str, asked: str) -> Pieces:
    """A short part of the text with what was found in it; its beginning when there is nothing."""
    plain = " ".join(text.split())
    first = _first(plain, asked)
    start = plain.rfind(" ", 0, first - BEFORE) + 1 if first > LENGTH - BEFORE else 0
    end = start + LENGTH
    if end < len(plain):
        end = plain.rfind(" ", start, end) if " " in plain[start:end] else end
    shown = "… " * (start > 0) + plain[start:end] + " …" * (end < len(plain))
    return marked(shown, asked)


def _first(text: str, asked: str) -> int:
    """Where the first of what was asked stands; 0 where nothing does."""
    _, stems, parts = _asked(asked)
    whole = (word.start() for word in _WORD.finditer(text) if stems & _stems(word[0]))
    found = [*islice(whole, 1), *(text.find(part) for part in parts)]
    return min((place for place in found if place >= 0), default=0)


def is_in(pieces: Pieces) -> bool:
    return any(is_found for _, is_found in pieces)
