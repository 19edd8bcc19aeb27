"""How well datasets fit the words that were asked for: BM25 as FTS5 has it, over what the reader may see.

FTS5's own `bm25()` reckons with every row of its table, also with those of other vintages and of what is not
public: the order of what is public would tell of them. And it is slow where a word is in most records, so it
is asked of each phrase once.
Source: sqlite.org/fts5.html, 5.1.1 "The bm25() function", and of the table `%_docsize` among FTS5's data
structures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalogue.columns import Columns, Mask
from catalogue.embedded import Records
from catalogue.errors import Damaged

Floats = NDArray[np.float64]

WEIGHTS = {"name": 4, "title": 4, "tags": 2, "groups": 2, "text": 1, "joined": 1}  # CKAN's qf
K1, B = 1.2, 0.75
LEAST = 1e-6  # weight of a word that is in more than half of all


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


def scores(records: Records, there: Columns, scored: Sequence[Scored], seen: Mask) -> Floats:
    """The score of each place among those `seen`; 0 where nothing of what was asked for is."""
    total = np.zeros(len(there.docs))
    if not scored or not seen.any():
        return total
    long = _long(_sizes(records, there), seen)
    for each in scored:
        for phrase in each.phrases:
            often = _often(records, there, phrase)
            rare = _rare(int(seen.sum()), int(np.count_nonzero(often[seen])))
            total += np.where(each.where, rare * often * (K1 + 1) / (often + long), 0)
    return total


def _rare(of: int, many: int) -> float:
    """What a phrase weighs that is in so many texts."""
    return max(math.log((of - many + 0.5) / (many + 0.5)), LEAST)


def _long(sizes: Floats, among: Any) -> Floats:
    """What the length of each text does to its score."""
    found: Floats = K1 * (1 - B + B * sizes / max(sizes[among].mean(), 1))
    return found


def _often(records: Records, there: Columns, phrase: Phrase) -> Floats:
    """How often the phrase is at each place, each time by the weight of its column: the only unknown in what
    FTS5 says of it."""

    def make() -> Floats:
        weights = ", ".join(map(str, WEIGHTS.values()))
        rows = records.connection.execute(
            f"SELECT rowid, -bm25(document, {weights}) FROM document WHERE document MATCH ?", (phrase.match,)
        ).fetchall()
        every = _every(records, there)
        docs, scores = np.array(rows, np.float64).reshape(-1, 2).T
        long = _long(every[1], slice(None))[np.searchsorted(every[0], docs)]
        most = _rare(len(every[0]), len(rows)) * (K1 + 1)
        places, known = there.places(docs.astype(np.int64))
        found = np.zeros(len(there.docs))
        found[places[known]] = np.rint(scores * long / (most - scores))[known]
        return found

    return there.kept(("often", phrase), make)


def _sizes(records: Records, there: Columns) -> Floats:
    """The number of words of each place. Raises Damaged."""
    docs, sizes = _every(records, there)
    if not np.isin(there.docs, docs).all():
        raise Damaged("a dataset is not in the catalogue's index")
    found: Floats = sizes[np.searchsorted(docs, there.docs)]
    return found


def _every(records: Records, there: Columns) -> Floats:
    """Every document of the index, and the number of its words: FTS5 keeps those of each column as SQLite's
    varints in a blob. Raises Damaged."""

    def make() -> Floats:
        rows = records.connection.execute("SELECT id, sz FROM document_docsize ORDER BY id").fetchall()
        data = np.frombuffer(b"".join(blob for _, blob in rows), np.uint8)
        ends = np.flatnonzero(data < 128)  # the last byte of each number, after those of higher worth
        if len(ends) != len(WEIGHTS) * len(rows) or ends[-1:].tolist() != [len(data) - 1] * bool(rows):
            raise Damaged("the sizes of the catalogue's texts are not what was written")
        after = ends[np.searchsorted(ends, np.arange(len(data)))] - np.arange(len(data))
        of = np.repeat(np.arange(len(rows)), [len(blob) for _, blob in rows])
        return np.array([[doc for doc, _ in rows], np.bincount(of, (data & 127) * 128.0**after, len(rows))])

    return there.kept(("sizes",), make)
