"""Finding datasets: what is indexed of one, and `package_search` over the embedded catalogue.

Field names and types are those of CKAN's Solr schema: a string field is compared whole, a text field by its
words; a field that the schema does not name is a string. Nothing that a client sent becomes SQL: the grammar
gives conditions, values are bound. Where an extra holds a JSON list, each of its items is a value of its own
for facets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from catalogue import moments, words
from catalogue.columns import Columns, Ints, columns
from catalogue.embedded import DATASET, WORDS_OF_ONE, Indexed, Record, Records, read
from catalogue.errors import SearchError, SearchIndexError, SearchQueryError
from catalogue.lucene import (
    MM,
    UNREADABLE,
    Clauses,
    Everything,
    Loose,
    Node,
    Range,
    Term,
    dismax,
    parse,
    unescape,
)

STEMMED = frozenset(("text", "title", "notes", "urls"))  # and extras_*: the schema's type `text`
PLAIN = frozenset(("author", "author_email", "maintainer", "maintainer_email", "res_name", "res_description"))
DATES = frozenset(("metadata_created", "metadata_modified"))  # and *_date
_WHOLE = (
    "id", "name", "license_id", "license_title", "url", "version", "state", "type", "owner_org",
    "metadata_created", "metadata_modified",
)  # fmt: skip
_WEIGHTS = "4, 4, 2, 2, 1, 1"  # CKAN's qf: name^4 title^4 tags^2 groups^2 text
DEFAULT_SORT = "score desc, metadata_modified desc"


def indexed(
    record: Record, organization: str, groups: tuple[str, ...], vocabularies: Mapping[str, list[str]] = {}
) -> Indexed:
    """What a dataset is found by: its tags by `vocab_<name>`, the free ones by `tags`, all by their words."""
    tags = (*record["tags"], *(name for names in vocabularies.values() for name in names))
    extras = {str(e["key"]): e["value"] for e in record["extras"]}
    many = _exact(record, organization, groups, extras)
    many |= {f"vocab_{name}": list(names) for name, names in vocabularies.items()}
    exact = tuple((key, value) for key, values in many.items() for value in dict.fromkeys(values) if value)
    texts = {key: record[key] or "" for key in ("title", "notes", *sorted(PLAIN)) if key in record}
    texts["res_name"] = "\n".join(r["name"] or "" for r in record["resources"])
    texts["res_description"] = "\n".join(r["description"] or "" for r in record["resources"])
    texts["urls"] = "\n".join((record["url"] or "", *(r["url"] for r in record["resources"])))
    texts |= {f"extras_{key}": str(value) for key, value in extras.items()}
    found = tuple(
        (key, *words.of_text(text, stemmed=key not in PLAIN)) for key, text in texts.items() if text
    )
    searched = (text for key, text in texts.items() if key != "urls")
    everything = "\n".join((*searched, record["name"], organization, *groups, *tags))
    ranked = (words.of_text(text)[0] for text in (record["name"], record["title"], "\n".join(tags),
                                                  "\n".join(groups)))  # fmt: skip
    return Indexed(exact, found, (*ranked, *words.of_text(everything)))


def _exact(
    record: Record, organization: str, groups: tuple[str, ...], extras: Mapping[str, Any]
) -> dict[str, list[str]]:
    """String fields with all their values; an extra is there under its own name and as `extras_<name>`."""
    many: dict[str, list[str]] = {
        "organization": [organization],
        "groups": list(groups),
        "tags": record["tags"],
        "res_id": [r["id"] for r in record["resources"]],
        "res_format": [r["format"] for r in record["resources"]],
        "res_url": [r["url"] for r in record["resources"]],
        "res_hash": [r["hash"] for r in record["resources"]],
        "res_type": [r["resource_type"] or "" for r in record["resources"]],
        "title_string": [record["title"]],
        "capacity": ["private" if record["private"] else "public"],
        "private": [str(record["private"]).lower()],
        "dataset_type": [record["type"]],
        "entity_type": ["package"],
        "num_resources": [str(len(record["resources"]))],
        "num_tags": [str(len(record["tags"]))],
    }
    many |= {key: [str(record[key])] for key in _WHOLE if record.get(key) not in (None, "")}
    many |= {f"extras_{key}": _values(value) for key, value in extras.items()}
    taken = {*many, *record}
    many |= {key: [str(value)] for key, value in extras.items() if key not in taken}
    return {key: [_kept(key, value) for value in values] for key, values in many.items()}


def _kept(key: str, value: str) -> str:
    """The value as it is indexed. CKAN writes an offset of time into Solr's dates, which Solr refuses; so it
    takes no record with a zoned date in an extra whose name ends in `_date`."""
    if key.endswith("_date") and moments.has_zone(value):
        raise SearchIndexError(f"Solr returned an error: Invalid Date String:'{value}'")
    return moments.kept(value) if _is_date(key) else value


def _values(value: Any) -> list[str]:
    try:
        many = json.loads(value) if isinstance(value, str) and value.startswith("[") else value
    except ValueError:
        many = value
    return [str(item) for item in many] if isinstance(many, list) else [str(many)]


def _is_date(name: str) -> bool:
    return name in DATES or (name.endswith("_date") and not name.startswith(("extras_", "res_extras_")))


# -- conditions ---------------------------------------------------------------------------------


@dataclass
class Condition:
    """SQL over `record` with everything that came from outside bound by number."""

    bound: dict[str, Any] = field(default_factory=dict)
    scored: list[str] = field(default_factory=list)  # full-text expressions that count for the score
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def bind(self, value: Any) -> str:
        name = f"b{len(self.bound)}"
        self.bound[name] = value
        return f":{name}"

    def sql(self, node: Node) -> str:
        if isinstance(node, Everything):
            return "1"
        if isinstance(node, Clauses):
            return self._clauses(node)
        if isinstance(node, Loose):
            return self._loose(node)
        if isinstance(node, Range):
            return self._range(node)
        return self._words(node) if _is_text(node.field) else self._exact(node)

    def _clauses(self, node: Clauses) -> str:
        parts = [self.sql(n) for n in node.must] + [f"NOT {self.sql(n)}" for n in node.never]
        should = [self.sql(n) for n in node.should]
        if node.least and node.least == len(should):
            parts += should
        elif node.least == 1 and should:
            parts.append(f"({' OR '.join(should)})")
        elif node.least:
            parts.append(f"({' + '.join(should)}) >= {node.least:d}" if should else "0")
        return f"({' AND '.join(parts) or '1'})"

    def _loose(self, node: Loose) -> str:
        found = words.of_query(node.value)
        match = f'"{" ".join(found)}"' if node.is_phrase else " OR ".join(f'"{part}"' for part in found)
        return self._anywhere(match) if found else "0"

    def _words(self, node: Term) -> str:
        name = node.field or "text"
        if node.value == "*":
            return "1" if name == "text" else f"({_doc_of_words('field = ' + self.bind(name))})"
        if node.is_wild:
            return self._wild(name, unescape(words.fold(node.value)))
        value = node.value if node.is_phrase else unescape(node.value)
        found = words.of_query(value, stemmed=name not in PLAIN)
        if not found:
            return "0"
        match = f'"{" ".join(found)}"' if node.is_phrase else " AND ".join(f'"{part}"' for part in found)
        return self._anywhere(match) if name == "text" else self._in_field(match, name)

    def _wild(self, name: str, value: str) -> str:
        if re.fullmatch(r"[\w]+\*", value):
            match = f'"{value[:-1]}" *'
            return self._anywhere(match) if name == "text" else self._in_field(match, name)
        table = "document_term" if name == "text" else "words_term"
        docs = f"SELECT doc FROM {table} WHERE term GLOB {self.bind(_glob(value))}"
        if name == "text":
            return f"(record.doc IN ({docs}))"
        return f"({_doc_of_words(f'rowid IN ({docs}) AND field = ' + self.bind(name))})"

    def _anywhere(self, match: str) -> str:
        self.scored.append(f"({match})")
        # The plus keeps SQLite at its index of states, which is slim, where a word is in most records.
        return f"(+record.doc IN (SELECT rowid FROM document WHERE document MATCH {self.bind(match)}))"

    def _in_field(self, match: str, name: str) -> str:
        return f"({_doc_of_words(f'words MATCH {self.bind(match)} AND field = {self.bind(name)}')})"

    def _exact(self, node: Term) -> str:
        name = node.field or ""
        if node.value == "*":
            test = "1"
        elif node.is_wild:
            test = f"value GLOB {self.bind(_glob(node.value))}"
        else:
            value = node.value if node.is_phrase else unescape(node.value)
            if name == "state":
                return f"(record.state = {self.bind(value)})"
            if name == "capacity" and value in ("public", "private"):
                return f"(record.private = {int(value == 'private')})"
            test = f"value = {self.bind(self._moment(name, value))}"
        return f"(record.doc IN (SELECT doc FROM field WHERE name = {self.bind(name)} AND {test}))"

    def _range(self, node: Range) -> str:
        name = node.field or "text"
        tests = [f"name = {self.bind(name)}"]
        for value, sign in ((node.low, ">"), (node.high, "<")):
            if value is not None:
                included = node.includes_low if sign == ">" else node.includes_high
                tests.append(f"value {sign}{'=' if included else ''} {self.bind(self._moment(name, value))}")
        return f"(record.doc IN (SELECT doc FROM field WHERE {' AND '.join(tests)}))"

    def _moment(self, name: str, value: str) -> str:
        """A date as it is kept. Raises SearchError for what is none, in a field of dates."""
        if not _is_date(name):
            return value
        try:
            return moments.asked(value, self.now)
        except ValueError:
            raise SearchError(UNREADABLE) from None


def _doc_of_words(test: str) -> str:
    return f"record.doc IN (SELECT rowid / {WORDS_OF_ONE} FROM words WHERE {test})"


def _is_text(name: str | None) -> bool:
    return name is None or name in STEMMED or name in PLAIN or name.startswith(("extras_", "res_extras_"))


def _glob(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value.replace("[", "[[]"))


# -- the search ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Search:
    """One checked request of package_search."""

    q: str = ""
    fq: str = ""
    filters: tuple[str, ...] = ()
    mm: str = MM
    sort: str = DEFAULT_SORT
    rows: int = 10
    start: int = 0
    facets: tuple[str, ...] = ()
    facet_limit: int = 50  # below 0: all
    facet_mincount: int = 1
    states: tuple[str, ...] = ("active",)
    private: bool = False  # private ones too
    everything: bool = False  # whether the reader may see more than what is public


@dataclass(frozen=True)
class Found:
    count: int
    records: tuple[Record, ...]
    facets: Mapping[str, Mapping[str, int]]


_PARSER = re.compile(r"(?:^|[^\\])(?:\\\\)*\{!")
_MAGIC = re.compile(r"(?<![\w\\])_(?:query|val)_\s*:")


def _checked(param: str, value: str) -> str:
    """Raises SearchError for what would choose another of Solr's parsers, in CKAN's words."""
    if _MAGIC.search(value):
        raise SearchError(f"\"Magic fields are not supported in param '{param}'.\"")
    parsers = _PARSER.findall(value.strip())
    if len(parsers) > 1:
        raise SearchError(f"\"Query parsers are not supported in param '{param}'.\"")
    if parsers and not value.strip().startswith("{!"):
        raise SearchError(f"\"Local parameters must be defined at the beginning of param '{param}'.\"")
    if parsers:
        raise SearchError(f"\"Local parameters are not supported in param '{param}'.\"")
    return value


def _filter(search: Search) -> str:
    """The filter as CKAN puts it together: one query, so that an OR in it meets these clauses too."""
    public = "" if search.private else "+capacity:public "
    state = "" if "+state" in search.fq else f" +state:({' OR '.join(search.states)})"
    return public + search.fq + state


def run(records: Records, search: Search) -> Found:
    """The datasets found, a page of them, and how many fall on each value of the facets' fields."""
    condition = Condition()
    q = "*:*" if search.q in ("", '""', "''") else _checked("q", search.q)
    where = [f"record.kind = '{DATASET}'"]
    where.append(condition.sql(parse(q) if ":" in q else dismax(q, search.mm)))
    scored = tuple(condition.scored)
    where.append(condition.sql(parse(_checked("fq", _filter(search)))))
    where.extend(condition.sql(parse(_checked("fq_list", one))) for one in search.filters)
    # CKAN keeps no deleted dataset in its index.
    where.append("state IN ('active', 'draft')" if search.everything else "state = 'active' AND private = 0")
    order = _orders(search.sort)
    there = columns(records)
    hits = _hits(records, there, f"SELECT doc FROM record WHERE {' AND '.join(where)}", condition)
    facets = {name: _facet(records, there, hits, name, search) for name in search.facets}
    return Found(len(hits), _page(records, there, hits, order, scored, search), facets)


def _hits(records: Records, there: Columns, sql: str, condition: Condition) -> Ints:
    """The places of what is found, of this vintage."""
    rows = records.connection.execute(sql, condition.bound).fetchall()
    places, known = there.places(np.array([doc for (doc,) in rows], np.int64))
    return np.sort(places[known])


def _page(
    records: Records,
    there: Columns,
    hits: Ints,
    order: tuple[tuple[str, bool], ...],
    scored: tuple[str, ...],
    search: Search,
) -> tuple[Record, ...]:
    """Sorted by each in turn; records without a value come last either way: the schema's sortMissingLast."""
    if not search.rows or search.start >= len(hits):
        return ()
    keys: list[Any] = [hits]  # the first key counts least
    for name, descends in reversed(order):
        if name == "score":
            values = _scores(records, there, scored)[hits]
            keys.append(-values if descends else values)
            continue
        numbers = there.least(records, name)[hits]
        keys += [-numbers if descends else numbers, numbers < 0]
    page = there.docs[hits[np.lexsort(keys)][search.start : search.start + search.rows]].tolist()
    found = (
        records.connection.execute("SELECT body FROM record WHERE doc = ?", (doc,)).fetchone() for doc in page
    )
    return tuple(read(body) for (body,) in found)


def _scores(records: Records, there: Columns, scored: tuple[str, ...]) -> NDArray[np.float64]:
    """How well each dataset fits the words that were asked for; 0 for one that does not."""
    scores = np.zeros(len(there.docs))
    if scored:
        rows = records.connection.execute(
            f"SELECT rowid, -bm25(document, {_WEIGHTS}) FROM document WHERE document MATCH ?",
            (" OR ".join(scored),),
        ).fetchall()
        places, known = there.places(np.array([doc for doc, _ in rows], np.int64))
        scores[places[known]] = np.array([score for _, score in rows])[known]
    return scores


def _orders(sort: str) -> tuple[tuple[str, bool], ...]:
    """Fields to sort by, each with whether it descends. Raises SearchQueryError."""
    found = []
    for part in [part for part in sort.split(",") if part.strip()] or [""]:
        match = re.fullmatch(r"\s*(\S+)\s+(asc|desc)\s*", part, re.IGNORECASE)
        if not match:
            raise SearchQueryError("'Invalid \"sort\" parameter'")
        name = "title_string" if match[1] == "title" else match[1]
        found.append((name, match[2].lower() == "desc"))
    return tuple(found)


def _facet(records: Records, there: Columns, hits: Ints, name: str, search: Search) -> dict[str, int]:
    counts = there.counted(records, name, hits)
    least = max(search.facet_mincount, 1)
    ranked = sorted((-count, value) for value, count in counts.items() if count >= least)
    most = None if search.facet_limit < 0 else search.facet_limit
    return {value: -count for count, value in ranked[:most]}
