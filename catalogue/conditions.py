"""What a query holds for: its conditions as masks over the datasets of a vintage.

Field names and types are those of CKAN's Solr schema: a string field is compared whole, a text field by its
words; a field that the schema does not name is a string. Nothing that a client sent becomes SQL: the grammar
gives conditions, values are bound.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalogue import moments, ranking, words
from catalogue.columns import Columns, Mask
from catalogue.embedded import WORDS_OF_ONE, Records
from catalogue.errors import SearchError
from catalogue.lucene import UNREADABLE, Clauses, Everything, Loose, Node, Range, Term, unescape
from catalogue.ranking import Phrase, Scored

STEMMED = frozenset(("text", "title", "notes", "urls"))  # and extras_*: the schema's type `text`
PLAIN = frozenset(("author", "author_email", "maintainer", "maintainer_email", "res_name", "res_description"))
DATES = frozenset(("metadata_created", "metadata_modified"))  # and *_date
_DATASET = f"rowid / {WORDS_OF_ONE}"  # of a row in `words`


def is_date(name: str) -> bool:
    return name in DATES or (name.endswith("_date") and not name.startswith(("extras_", "res_extras_")))


def _is_text(name: str | None) -> bool:
    return name is None or name in STEMMED or name in PLAIN or name.startswith(("extras_", "res_extras_"))


@dataclass
class Conditions:
    records: Records
    there: Columns
    scored: list[Scored] = field(default_factory=list)  # what counts for the score
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def holds(self, node: Node) -> Mask:
        """The places that a node of a query holds for. Raises SearchError for what is no date in a field of
        dates."""
        if isinstance(node, Everything):
            return self._all(True)
        if isinstance(node, Clauses):
            return self._clauses(node)
        if isinstance(node, Loose):
            found = words.of_query(node.value)
            return self._anywhere(_phrases(found, node.is_phrase), any_will_do=True)
        if isinstance(node, Range):
            return self._range(node)
        return self._words(node) if _is_text(node.field) else self._exact(node)

    def _all(self, value: bool) -> Mask:
        return np.full(len(self.there.docs), value)

    def _among(self, what: str, source: str, *bound: Any) -> Mask:
        return self.there.among(self.records, what, source, bound)

    def _clauses(self, node: Clauses) -> Mask:
        found = self._all(True)
        for one in node.must:
            found &= self.holds(one)
        for one in node.never:
            found &= ~self.holds(one)
        should = [self.holds(one) for one in node.should]
        if node.least:
            found &= np.sum(should, axis=0) >= node.least
        return found

    # -- words ----------------------------------------------------------------------------------

    def _words(self, node: Term) -> Mask:
        name = node.field or "text"
        if node.value == "*":
            return self._all(True) if name == "text" else self._among(_DATASET, "words WHERE field = ?", name)
        if node.is_wild:
            return self._wild(name, unescape(words.fold(node.value)))
        value = node.value if node.is_phrase else unescape(node.value)
        found = words.of_query(value, stemmed=name not in PLAIN)
        phrases = _phrases(found, node.is_phrase)
        return self._anywhere(phrases) if name == "text" else self._in_field(phrases, name)

    def _anywhere(self, phrases: Sequence[Phrase], any_will_do: bool = False) -> Mask:
        """Where the phrases stand in any text, all of them or one; they count for the score."""
        found = [ranking.found(self.records, self.there, phrase) for phrase in phrases]
        if not found:
            return self._all(False)
        where: Mask = np.any(found, axis=0) if any_will_do else np.all(found, axis=0)
        self.scored.append(Scored(tuple(phrases), where))
        return where

    def _in_field(self, phrases: Sequence[Phrase], name: str) -> Mask:
        match = " AND ".join(phrase.match for phrase in phrases)
        if not match:
            return self._all(False)
        return self._among(_DATASET, "words WHERE words MATCH ? AND field = ?", match, name)

    def _wild(self, name: str, value: str) -> Mask:
        if re.fullmatch(r"[\w]+\*", value):
            begun = tuple(value[:-1].replace("_", " ").split())  # FTS5 keeps no such sign
            phrases = [Phrase(begun, is_begun=True)] if begun else []
            return self._anywhere(phrases) if name == "text" else self._in_field(phrases, name)
        table = "document" if name == "text" else "words"
        found = json.dumps(self._vocabulary(table, value))
        source = f"{table}_term WHERE term IN (SELECT value FROM json_each(?))"
        if name == "text":
            return self._among("doc", source, found)
        return self._among(
            _DATASET, f"words WHERE field = ? AND rowid IN (SELECT doc FROM {source})", name, found
        )

    def _vocabulary(self, table: str, pattern: str) -> list[str]:
        """The words of an index that fit a pattern, in RE2's linear time."""
        like = "".join(_LIKE.get(sign, re.escape(sign)) for sign in pattern)
        every = self.there.vocabulary(self.records, table)
        try:
            fitting = pc.match_substring_regex(every, pattern=f"^(?s:{like})$")
        except pa.ArrowInvalid:  # larger than RE2 takes
            raise SearchError(UNREADABLE) from None
        return [str(word) for word in every.filter(fitting).to_pylist()]

    # -- whole values ---------------------------------------------------------------------------

    def _exact(self, node: Term) -> Mask:
        name = node.field or ""
        if node.value == "*":
            return self._among("doc", "field WHERE name = ?", name)
        if node.is_wild:
            return self._among("doc", "field WHERE name = ? AND value GLOB ?", name, _glob(node.value))
        value = node.value if node.is_phrase else unescape(node.value)
        if name == "state":
            return np.equal(self.there.states, value)
        if name == "capacity" and value in ("public", "private"):
            return np.equal(self.there.private, value == "private")
        return self._among("doc", "field WHERE name = ? AND value = ?", name, self._moment(name, value))

    def _range(self, node: Range) -> Mask:
        name = node.field or "text"
        tests, bound = ["name = ?"], [name]
        for value, sign in ((node.low, ">"), (node.high, "<")):
            if value is not None:
                included = node.includes_low if sign == ">" else node.includes_high
                tests.append(f"value {sign}{'=' if included else ''} ?")
                bound.append(self._moment(name, value))
        return self._among("doc", f"field WHERE {' AND '.join(tests)}", *bound)

    def _moment(self, name: str, value: str) -> str:
        """A date as it is kept. Raises SearchError for what is none, in a field of dates."""
        if not is_date(name):
            return value
        try:
            return moments.asked(value, self.now)
        except ValueError:
            raise SearchError(UNREADABLE) from None


def _phrases(found: Sequence[str], is_phrase: bool) -> list[Phrase]:
    """The words as one phrase, or each as one of its own."""
    return [Phrase(tuple(found))] * bool(found) if is_phrase else [Phrase((word,)) for word in found]


_LIKE = {"*": ".*", "?": "."}


def _glob(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value.replace("[", "[[]"))
