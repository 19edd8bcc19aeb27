"""What searches choose, count and sort by, in memory: the datasets of a vintage and their fields, as arrays.

They are made of the file at the first search that needs them and kept until the file changes: SQLite counts
its commits in the file's header, and a reader that has begun to read knows that count for certain.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from catalogue.embedded import DATASET, VISIBLE, Records

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
T = TypeVar("T")
AnyArray = TypeVar("AnyArray", bound=NDArray[Any])

_KEPT = 8  # vintages at hand in a process
_MOST = 32_000_000  # bytes of what single conditions and words gave
_COMMITS = (24, 4)  # place and size of the count in the file: SQLite's file format, 1.3.7


def numbers(records: Records, what: str, source: str, bound: Sequence[Any] = ()) -> Ints:
    """The integers that a query gives. SQLite writes them as one text: a third of the time of rows."""
    text = records.connection.execute(f"SELECT group_concat({what}) FROM {source}", bound).fetchone()[0]
    return _integers(text)


def _integers(text: str | None) -> Ints:
    return np.fromstring(text, np.int64, sep=",") if text else np.zeros(0, np.int64)


@dataclass
class Columns:
    """Datasets by place, in the order of `docs`; a text that a dataset lacks has the number -1."""

    key: tuple[Any, ...] | None  # None: of what may still change
    docs: Ints
    states: NDArray[np.str_]
    private: Mask
    lists: dict[str, tuple[Ints, Ints, list[str]]] = field(default_factory=dict)
    leasts: dict[str, Ints] = field(default_factory=dict)
    vocabularies: dict[str, pa.Array] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)

    def seen(self, everything: bool) -> Mask:
        """What a reader may find; `everything` is for the publisher. CKAN keeps no deleted dataset in its
        index."""
        active = np.equal(self.states, "active")
        return active | np.equal(self.states, "draft") if everything else active & ~self.private

    def among(self, records: Records, what: str, source: str, bound: Sequence[Any] = ()) -> Mask:
        """The places whose documents a query gives."""

        def make() -> Mask:
            places, known = self.places(numbers(records, what, source, bound))
            found = np.zeros(len(self.docs), np.bool_)
            found[places[known]] = True
            return found

        return self.kept(("among", what, source, *bound), make)

    def kept(self, key: tuple[Any, ...], make: Callable[[], AnyArray]) -> AnyArray:
        """The array that `make` gives for the key, not made again while it is at hand."""
        return make() if self.key is None else _arrays.get((self.key, key), make)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What is made of all records, small and the same for each reader, made once."""
        if name not in self.told:
            self.told[name] = make()
        found: T = self.told[name]
        return found

    def vocabulary(self, records: Records, index: str) -> pa.Array:
        """Each word of a full-text index once, as texts; also those of other vintages."""
        if index not in self.vocabularies:
            self.vocabularies[index] = pa.array(records.words(index), pa.string())
        return self.vocabularies[index]

    def values(self, records: Records, name: str) -> tuple[Ints, Ints, list[str]]:
        """Of a field: places, the numbers of their values, and the values in order; one may come often."""
        if name not in self.lists:
            rows = records.connection.execute(
                "SELECT value, count(*), group_concat(doc) FROM field WHERE name = ?"
                " GROUP BY value ORDER BY value",
                (name,),
            ).fetchall()
            words = [word for word, _, _ in rows]
            docs = _integers(",".join(docs for _, _, docs in rows))
            codes = np.repeat(np.arange(len(rows)), np.array([count for _, count, _ in rows], np.int64))
            places, known = self.places(docs)
            found = places[known], codes[known], words
            if not rows:  # any name may be asked for
                return found
            self.lists[name] = found
        return self.lists[name]

    def places(self, docs: Ints) -> tuple[Ints, Mask]:
        """The place of each, and whether it has one: others are of another vintage."""
        if not len(self.docs):
            return np.zeros(len(docs), np.int64), np.zeros(len(docs), np.bool_)
        places = np.minimum(np.searchsorted(self.docs, docs), len(self.docs) - 1)
        return places, self.docs[places] == docs

    def counted(self, records: Records, name: str, chosen: Mask) -> dict[str, int]:
        """How many of the chosen places have each value of a field."""
        places, codes, words = self.values(records, name)
        counts = np.bincount(codes[chosen[places]], minlength=len(words))
        return {words[i]: int(counts[i]) for i in np.flatnonzero(counts)}

    def least(self, records: Records, name: str) -> Ints:
        """Each place's least value of a field, as its number; -1 where it has none."""
        if name not in self.leasts:
            places, codes, words = self.values(records, name)
            found = np.full(len(self.docs), len(words), np.int64)
            np.minimum.at(found, places, codes)
            found[found == len(words)] = -1
            if not words:
                return found
            self.leasts[name] = found
        return self.leasts[name]


class _Arrays:
    """Arrays at hand; what was not asked for the longest goes once they are too many."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.held: OrderedDict[tuple[Any, ...], NDArray[Any]] = OrderedDict()
        self.size = 0

    def get(self, key: tuple[Any, ...], make: Callable[[], AnyArray]) -> AnyArray:
        with self.lock:
            if key in self.held:
                self.held.move_to_end(key)
                return self.held[key]  # type: ignore[return-value]  # what `make` gave for this key
        made = make()
        made.flags.writeable = False
        with self.lock:
            if key not in self.held:
                self.held[key] = made
                self.size += made.nbytes
            while self.size > _MOST:
                self.size -= self.held.popitem(last=False)[1].nbytes
        return made


_arrays = _Arrays()
_lock = Lock()
_at_hand: OrderedDict[tuple[Any, ...], Columns] = OrderedDict()


def columns(records: Records) -> Columns:
    """Those of the vintage. What a writer has not committed yet is looked at anew each time."""
    docs = records.connection.execute("SELECT 1 FROM record LIMIT 1").fetchone()  # it reads from now on
    key = _key(records) if docs else None
    with _lock:
        if key is not None and key in _at_hand:
            _at_hand.move_to_end(key)
            return _at_hand[key]
    rows = records.connection.execute(
        f"SELECT doc, state, private FROM record WHERE kind = '{DATASET}' AND {VISIBLE} ORDER BY doc",
        {"vintage": records.vintage},
    ).fetchall()
    made = Columns(
        key,
        np.array([doc for doc, _, _ in rows], np.int64),
        np.array([state for _, state, _ in rows], np.str_),
        np.array([private for _, _, private in rows], np.bool_),
    )
    if key is not None:
        with _lock:
            _at_hand[key] = made
            while len(_at_hand) > _KEPT:
                _at_hand.popitem(last=False)
    return made


def _key(records: Records) -> tuple[Any, ...] | None:
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
