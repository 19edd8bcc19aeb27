"""Finding datasets: what is indexed of one, and `package_search` over the embedded catalogue.

Field names and types are those of CKAN's Solr schema: a string field is compared whole, a text field by its
words. Nothing that a client sent becomes SQL: the grammar gives conditions, values are bound. Where an extra
holds a JSON list, each of its items is a value of its own for facets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalogue.embedded import DATASET, VISIBLE, WORDS_OF_ONE, Indexed, Record, Records
from catalogue.errors import SearchError, SearchQueryError
from catalogue.lucene import Clauses, Everything, Node, Range, Term, dismax, parse, unescape

TEXT = frozenset(("text", "title", "notes", "author", "maintainer", "res_name", "res_description"))
STRING = frozenset(
    (
        "id", "name", "title_string", "license_id", "url", "version", "state", "private", "capacity", "type",
        "dataset_type", "entity_type", "site_id", "owner_org", "organization", "groups", "tags", "res_id",
        "res_format", "res_url", "res_hash", "metadata_created", "metadata_modified", "author_email",
        "maintainer_email", "num_resources", "num_tags",
    )
)  # fmt: skip
_DYNAMIC = re.compile(r"(extras|vocab|res_extras)_[^\s]+")
_WEIGHTS = "4, 4, 2, 2, 1"  # CKAN's qf: name^4 title^4 tags^2 groups^2 text
DEFAULT_SORT = "score desc, metadata_modified desc"


def indexed(record: Record, organization: str, groups: tuple[str, ...]) -> Indexed:
    """What a dataset is found by."""
    extras = {f"extras_{e['key']}": _values(e["value"]) for e in record["extras"]}
    many: dict[str, list[str]] = {
        "organization": [organization],
        "groups": list(groups),
        "tags": record["tags"],
        "res_id": [r["id"] for r in record["resources"]],
        "res_format": [r["format"] for r in record["resources"]],
        "res_url": [r["url"] for r in record["resources"]],
        "res_hash": [r["hash"] for r in record["resources"]],
        "title_string": [record["title"]],
        "capacity": ["private" if record["private"] else "public"],
        "private": [str(record["private"]).lower()],
        "dataset_type": [record["type"]],
        "entity_type": ["package"],
    } | extras
    for key in STRING & record.keys() - many.keys():
        many[key] = [str(record[key])] if record[key] not in (None, "") else []
    exact = tuple((key, value) for key, values in many.items() for value in dict.fromkeys(values) if value)
    words = {key: record[key] or "" for key in ("title", "notes", "author", "maintainer")}
    words["res_name"] = "\n".join(r["name"] or "" for r in record["resources"])
    words["res_description"] = "\n".join(r["description"] or "" for r in record["resources"])
    words |= {key: "\n".join(values) for key, values in extras.items()}
    everything = "\n".join((*words.values(), record["name"], organization, *groups, *record["tags"]))
    ranked = (record["name"], record["title"], "\n".join(record["tags"]), "\n".join(groups), everything)
    return Indexed(exact, tuple((k, v) for k, v in words.items() if v), ranked)


def _values(value: Any) -> list[str]:
    try:
        many = json.loads(value) if isinstance(value, str) and value.startswith("[") else value
    except ValueError:
        many = value
    return [str(item) for item in many] if isinstance(many, list) else [str(many)]


# -- conditions ---------------------------------------------------------------------------------


@dataclass
class Condition:
    """SQL over `record` with everything that came from outside bound by number."""

    bound: dict[str, Any] = field(default_factory=dict)
    scored: list[str] = field(default_factory=list)  # full-text expressions that count for the score

    def bind(self, value: Any) -> str:
        name = f"b{len(self.bound)}"
        self.bound[name] = value
        return f":{name}"

    def sql(self, node: Node) -> str:
        if isinstance(node, Everything):
            return "1"
        if isinstance(node, Clauses):
            return self._clauses(node)
        kind = _field_type(node.field)
        if isinstance(node, Range):
            return self._range(node)
        return self._words(node) if kind == "text" else self._exact(node)

    def _clauses(self, node: Clauses) -> str:
        parts = [self.sql(n) for n in node.must] + [f"NOT {self.sql(n)}" for n in node.never]
        should = [self.sql(n) for n in node.should]
        if node.least and node.least == len(should):
            parts += should
        elif node.least == 1:
            parts.append(f"({' OR '.join(should)})")
        elif node.least:
            parts.append(f"({' + '.join(should)}) >= {node.least:d}")
        return f"({' AND '.join(parts) or '1'})"

    def _words(self, node: Term) -> str:
        if node.value == "*" and node.field not in (None, "text"):
            return f"({_doc_of_words('field = ' + self.bind(node.field))})"
        if node.is_wild and not re.fullmatch(r"[^*?]*\w\*", node.value):
            like = self.bind(_glob(node.value.lower()))
            return f"({_doc_of_words(f'lower(value) GLOB {like}' + self._of(node.field))})"
        prefix = " *" if node.is_wild else ""
        quoted = unescape(node.value.rstrip("*") if prefix else node.value).replace('"', '""')
        match = f'"{quoted}"{prefix}'
        if node.field in (None, "text"):
            self.scored.append(match)
            return f"(record.doc IN (SELECT rowid FROM document WHERE document MATCH {self.bind(match)}))"
        return f"({_doc_of_words(f'words MATCH {self.bind(match)}' + self._of(node.field))})"

    def _of(self, name: str | None) -> str:
        return f" AND field = {self.bind(name)}" if name not in (None, "text") else ""

    def _exact(self, node: Term) -> str:
        if node.value == "*":
            test = "1"
        elif node.is_wild:
            test = f"value GLOB {self.bind(_glob(node.value))}"
        else:
            value = node.value if node.is_phrase else unescape(node.value)
            test = f"value = {self.bind(_moment(node.field, value))}"
        return f"(record.doc IN (SELECT doc FROM field WHERE name = {self.bind(node.field)} AND {test}))"

    def _range(self, node: Range) -> str:
        tests = [f"name = {self.bind(node.field or 'text')}"]
        for value, sign in ((node.low, ">"), (node.high, "<")):
            if value is not None:
                included = node.includes_low if sign == ">" else node.includes_high
                tests.append(f"value {sign}{'=' if included else ''} {self.bind(_moment(node.field, value))}")
        return f"(record.doc IN (SELECT doc FROM field WHERE {' AND '.join(tests)}))"


def _doc_of_words(test: str) -> str:
    return f"record.doc IN (SELECT rowid / {WORDS_OF_ONE} FROM words WHERE {test})"


def _field_type(name: str | None) -> str:
    if name is None or name in TEXT or (name.startswith("extras_") and _DYNAMIC.fullmatch(name)):
        return "text"
    if name in STRING or _DYNAMIC.fullmatch(name):
        return "string"
    raise SearchError(f"undefined field {name}")


def _glob(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value.replace("[", "[[]"))


def _moment(name: str | None, value: str) -> str:
    """Dates are kept without a zone; Solr wants them with `Z`."""
    if name in ("metadata_created", "metadata_modified"):
        return value.removesuffix("Z").removesuffix(".000")
    return value


# -- the search ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Search:
    """One checked request of package_search."""

    q: str = "*:*"
    fq: str = ""
    sort: str = DEFAULT_SORT
    rows: int = 10
    start: int = 0
    facets: tuple[str, ...] = ()
    facet_limit: int = 50
    facet_mincount: int = 1
    states: tuple[str, ...] = ("active",)
    private: bool = False


@dataclass(frozen=True)
class Found:
    count: int
    records: tuple[Record, ...]
    facets: Mapping[str, Mapping[str, int]]


def run(records: Records, search: Search) -> Found:
    """The datasets found, a page of them, and how many fall on each value of the facets' fields."""
    condition = Condition({"vintage": records.vintage})
    q = search.q.strip() or "*:*"
    where = [f"record.kind = '{DATASET}'", VISIBLE, condition.sql(parse(q) if ":" in q else dismax(q))]
    scored = tuple(condition.scored)
    where.append(condition.sql(parse(search.fq)))
    where.append(f"state IN ({', '.join(condition.bind(s) for s in search.states)})")
    if not search.private:
        where.append("private = 0")
    docs = f"SELECT doc FROM record WHERE {' AND '.join(where)}"
    count = records.connection.execute(f"SELECT count(*) FROM ({docs})", condition.bound).fetchone()[0]
    facets = {name: _facet(records, docs, condition, name, search) for name in search.facets}
    return Found(count, _page(records, docs, condition, scored, search), facets)


def _page(
    records: Records, docs: str, condition: Condition, scored: tuple[str, ...], search: Search
) -> tuple[Record, ...]:
    order = _order(search.sort, condition)
    match = condition.bind(" OR ".join(scored) or '"matches nothing at all"')
    rows = records.connection.execute(
        f"SELECT body FROM record LEFT JOIN (SELECT rowid AS found, -bm25(document, {_WEIGHTS}) AS score"
        f" FROM document WHERE document MATCH {match}) ON found = doc"
        f" WHERE doc IN ({docs}) ORDER BY {order}, name LIMIT :rows OFFSET :start",
        condition.bound | {"rows": search.rows, "start": search.start},
    )
    return tuple(json.loads(body) for (body,) in rows)


def _order(sort: str, condition: Condition) -> str:
    terms = []
    for part in sort.split(","):
        match = re.fullmatch(r"\s*(\S+)\s+(asc|desc)\s*", part, re.IGNORECASE)
        if not match:
            raise SearchQueryError(
                f'Invalid "sort" parameter: {part.strip()!r} has no direction, asc or desc'
            )
        name = match[1]
        if name == "score":
            key = "coalesce(score, 0)"
        else:
            if name not in ("views_total", "views_recent") and name not in TEXT:
                _field_type(name)
            bound = condition.bind("title_string" if name == "title" else name)
            key = f"(SELECT min(value) FROM field WHERE field.doc = record.doc AND field.name = {bound})"
        terms.append(f"{key} {match[2].upper()}")
    return ", ".join(terms)


def _facet(records: Records, docs: str, condition: Condition, name: str, search: Search) -> dict[str, int]:
    _field_type(name)
    rows = records.connection.execute(
        f"SELECT value, count(*) AS n FROM field WHERE name = :facet AND doc IN ({docs})"
        " GROUP BY value HAVING n >= :least ORDER BY n DESC, value LIMIT :most",
        condition.bound | {"facet": name, "least": max(search.facet_mincount, 1), "most": search.facet_limit},
    )
    return dict(rows.fetchall())
