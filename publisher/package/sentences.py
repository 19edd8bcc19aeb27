"""The sentences of findings in another language, looked up by their English form.

A check writes its sentence once, in English, where it finds something. A language has the same sentence with
the same places, `"says {} is empty": "{} kosong"`; `{0}`, `{1}` where its order is another. What fills a
place may be a sentence too: `jobs.csv cannot be read: it has a DOCTYPE`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

SAYS = "says "  # before the keys of sentences among those of other words
_PLACE = re.compile(r"\{(\d*)\}")
_LEAST = 8  # letters that a sentence inside another has: fewer could be a name or a code


@dataclass(frozen=True)
class Sentence:
    pattern: re.Pattern[str]
    length: int  # of what is not a place
    text: str  # in the language


class Sentences:
    """Gives the translation of a sentence, or None where the language has none."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        told = [_sentence(english, text) for english, text in pairs]
        self._told = sorted(told, key=lambda one: -one.length)  # `{} is empty` before `{}`

        self._known: dict[tuple[str, int], str | None] = {}

    def __call__(self, text: str, least: int = 0) -> str | None:
        if (text, least) not in self._known:
            self._known[text, least] = self._found(text, least)
        return self._known[text, least]

    def _found(self, text: str, least: int) -> str | None:
        for one in self._told:
            if one.length >= least and (match := one.pattern.fullmatch(text)):
                return _filled(one.text, [self._inside(value) for value in match.groups()])
        return None

    def _inside(self, value: str) -> str:
        is_quoted = len(value) > 1 and value[0] == value[-1] == "'"  # as a package wrote it
        return value if is_quoted else self(value, _LEAST) or value


def _sentence(english: str, text: str) -> Sentence:
    pieces = english.split("{}")
    pattern = "(.+?)".join(map(re.escape, pieces))
    return Sentence(re.compile(pattern, re.DOTALL), sum(map(len, pieces)), text)


def _filled(text: str, values: list[str]) -> str:
    """`text` with its places filled, in order or by their numbers.

    >>> _filled("{1}, {0}", ["a", "b"]), _filled("{} {}", ["{}", "b"])
    ('b, a', '{} b')
    """
    order = iter(values)
    return _PLACE.sub(lambda place: values[int(place[1])] if place[1] else next(order), text)
