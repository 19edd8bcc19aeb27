"""What searches count and sort by, in memory: the datasets of a vintage and their fields, as arrays.

They are made of the file at the first search that needs them and kept until the file changes: SQLite counts
its commits in the file's header, and a reader that has begun to read knows that count for certain.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from catalogue.embedded import DATASET, VISIBLE, Records

_KEPT = 8  # vintages at hand in a process
_COMMITS = (24, 4)  # place and size of the count in the file: SQLite's file format, 1.3.7

Ints = NDArray[np.int64]


@dataclass
class Columns:
    """Datasets by place, in the order of `docs`; a text that a dataset lacks has the number -1."""

    docs: Ints
    lists: dict[str, tuple[Ints, Ints, list[str]]] = field(default_factory=dict)

    def values(self, records: Records, name: str) -> tuple[Ints, Ints, list[str]]:
        """Of a field: places, the numbers of their values, and the values in order; one may come often."""
        if name not in self.lists:
            rows = records.connection.execute(
                "SELECT doc, value FROM field WHERE name = ? ORDER BY value", (name,)
            ).fetchall()
            words = list(dict.fromkeys(value for _, value in rows))
            number = {word: i for i, word in enumerate(words)}
            docs = np.array([doc for doc, _ in rows], np.int64)
            codes = np.array([number[value] for _, value in rows], np.int64)
            places, known = self.places(docs)
            found = places[known], codes[known], words
            if not rows:  # any name may be asked for
                return found
            self.lists[name] = found
        return self.lists[name]

    def places(self, docs: Ints) -> tuple[Ints, NDArray[np.bool_]]:
        """The place of each, and whether it has one: others are of another vintage."""
        if not len(self.docs):
            return np.zeros(len(docs), np.int64), np.zeros(len(docs), np.bool_)
        places = np.minimum(np.searchsorted(self.docs, docs), len(self.docs) - 1)
        return places, self.docs[places] == docs

    def counted(self, records: Records, name: str, hits: Ints) -> dict[str, int]:
        """How many of the places `hits` have each value of a field."""
        places, codes, words = self.values(records, name)
        chosen = np.zeros(len(self.docs), np.bool_)
        chosen[hits] = True
        counts = np.bincount(codes[chosen[places]], minlength=len(words))
        return {words[i]: int(counts[i]) for i in np.flatnonzero(counts)}

    def least(self, records: Records, name: str) -> Ints:
        """Each place's least value of a field, as its number; -1 where it has none."""
        places, codes, words = self.values(records, name)
        found = np.full(len(self.docs), len(words), np.int64)
        np.minimum.at(found, places, codes)
        found[found == len(words)] = -1
        return found


_lock = Lock()
_at_hand: OrderedDict[tuple[str, int, int, int], Columns] = OrderedDict()


def columns(records: Records) -> Columns:
    """Those of the vintage. What a writer has not committed yet is looked at anew each time."""
    docs = records.connection.execute("SELECT 1 FROM record LIMIT 1").fetchone()  # it reads from now on
    key = _key(records) if docs else None
    with _lock:
        if key is not None and key in _at_hand:
            _at_hand.move_to_end(key)
            return _at_hand[key]
    rows = records.connection.execute(
        f"SELECT doc FROM record WHERE kind = '{DATASET}' AND {VISIBLE} ORDER BY doc",
        {"vintage": records.vintage},
    ).fetchall()
    made = Columns(np.array([doc for (doc,) in rows], np.int64))
    if key is not None:
        with _lock:
            _at_hand[key] = made
            while len(_at_hand) > _KEPT:
                _at_hand.popitem(last=False)
    return made


def _key(records: Records) -> tuple[str, int, int, int] | None:
    """The file, its commits and the vintage; None for a writer, and for what is in no file."""
    if not records.connection.execute("PRAGMA query_only").fetchone()[0]:
        return None
    path = records.connection.execute("PRAGMA database_list").fetchone()[2]
    if not path:
        return None
    with open(path, "rb") as file:
        number = os.fstat(file.fileno()).st_ino
        file.seek(_COMMITS[0])
        return path, number, int.from_bytes(file.read(_COMMITS[1]), "big"), records.vintage
