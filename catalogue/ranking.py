"""How well datasets fit the words that were asked for: BM25 as FTS5 has it, over what the reader may see.

FTS5's own `bm25()` reckons with every row of its table, also with those of other vintages and of what is not
public: the order of what is public would tell of them. And it is slow where a word is in most records.
Source: sqlite.org/fts5.html, 5.1.1 "The bm25() function" and the sections on `fts5vocab` and `%_docsize`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from catalogue.columns import Columns, Floats, Ints, Mask, numbers
from catalogue.embedded import Records
from catalogue.errors import Damaged

WEIGHTS = {"name": 4, "title": 4, "tags": 2, "groups": 2, "text": 1, "joined": 1}  # CKAN's qf
K1, B = 1.2, 0.75
LEAST = 1e-6  # weight of a word that is in more than half of all
_COLUMN = "CASE col " + " ".join(f"WHEN '{col}' THEN {i}" for i, col in enumerate(WEIGHTS)) + " END"
_OFFSETS = 24  # bits for a word's place in its column
_LAST = "\U0010ffff"


@dataclass(frozen=True)
class Phrase:
    """Words that follow each other; of the last, only the beginning where `is_begun`."""

    words: tuple[str, ...]
    is_begun: bool = False

    @property
    def match(self) -> str:
        """As FTS5's query."""
        return f'"{" ".join(self.words)}"' + " *" * self.is_begun


@dataclass(frozen=True)
class Scored:
    """Phrases that count where the whole condition that has them holds."""

    phrases: tuple[Phrase, ...]
    where: Mask


def found(records: Records, there: Columns, phrase: Phrase) -> Mask:
    """The places that have the phrase in any of their texts."""
    return there.among(records, "rowid", "document WHERE document MATCH ?", (phrase.match,))


def scores(records: Records, there: Columns, scored: Sequence[Scored], seen: Mask) -> NDArray[np.float64]:
    """The score of each place among those `seen`; 0 where nothing of what was asked for is."""
    total = np.zeros(len(there.docs))
    if not scored or not seen.any():
        return total
    sizes = there.kept(("sizes",), lambda: _sizes(records, there))
    long = K1 * (1 - B + B * sizes / max(sizes[seen].mean(), 1))
    for each in scored:
        for phrase in each.phrases:
            often = there.kept(("often", phrase), lambda phrase=phrase: _often(records, there, phrase))  # type: ignore[misc]
            many = np.count_nonzero(often[seen])
            rare = math.log((np.count_nonzero(seen) - many + 0.5) / (many + 0.5))
            total += np.where(each.where, max(rare, LEAST) * often * (K1 + 1) / (often + long), 0)
    return total


def _often(records: Records, there: Columns, phrase: Phrase) -> Floats:
    """How often the phrase is at each place, each time by the weight of its column."""
    *before, last = phrase.words
    starts = [_stands(records, word) - i for i, word in enumerate(before)]
    starts.append(_stands(records, last, phrase.is_begun) - len(before))
    at = reduce(np.intersect1d, starts) >> _OFFSETS
    places, known = there.places(at >> 3)
    weights = np.array([*WEIGHTS.values()])[at[known] & 7]
    often = np.bincount(places[known], weights, len(there.docs)).astype(np.float32)
    return np.maximum(often, found(records, there, phrase))  # what is found is FTS5's to say


def _stands(records: Records, word: str, is_begun: bool = False) -> Ints:
    """Where a word stands: document * 8 + column, then in `_OFFSETS` bits its place in the column."""
    word = "".join(alone if len(alone := sign.casefold()) == 1 else sign for sign in word)  # as FTS5: ς is σ
    word = "".join(alone if len(alone := sign.casefold()) == 1 else sign for sign in word)  # as FTS5: ς is σ
    test, bound = ("term >= ? AND term < ?", (word, word + _LAST)) if is_begun else ("term = ?", (word,))
    where = f"((doc * 8 + {_COLUMN}) << {_OFFSETS}) + offset"
    return numbers(records, where, f"document_term WHERE {test}", bound)


def _sizes(records: Records, there: Columns) -> NDArray[np.float64]:
    """The number of words of each place: FTS5 keeps those of each column as SQLite's varints in a blob."""
    rows = records.connection.execute("SELECT id, sz FROM document_docsize").fetchall()
    places, known = there.places(np.array([doc for doc, _ in rows], np.int64))
    lengths = np.array([len(blob) for _, blob in rows], np.int64)
    data = np.frombuffer(b"".join(blob for _, blob in rows), np.uint8)
    ends = np.flatnonzero(data < 128)  # the last byte of each number, after those of higher worth
    if len(ends) != len(WEIGHTS) * len(rows) or ends[-1:].tolist() != [len(data) - 1] * bool(rows):
        raise Damaged("the sizes of the catalogue's texts are not what was written")
    worth = 128 ** (ends[np.searchsorted(ends, np.arange(len(data)))] - np.arange(len(data)))
    of = np.repeat(np.where(known, places, -1), lengths)
    sizes = (data & 127) * worth
    return np.bincount(of[of >= 0], sizes[of >= 0], len(there.docs)).astype(np.float64)
