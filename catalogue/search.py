"""Finding datasets: what is indexed of one, and `package_search` over the embedded catalogue.

Field names are those of CKAN's Solr schema, see `conditions`. Where an extra holds a JSON list, each of its
items is a value of its own for facets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from catalogue import moments, words
from catalogue.columns import Columns, Mask, columns
from catalogue.conditions import PLAIN, Conditions, is_date
from catalogue.embedded import Indexed, Record, Records, read
from catalogue.errors import SearchError, SearchIndexError, SearchQueryError
from catalogue.lucene import MM, dismax, parse
from catalogue.ranking import Scored, scores

_WHOLE = (
    "id", "name", "license_id", "license_title", "url", "version", "state", "type", "owner_org",
    "metadata_created", "metadata_modified",
)  # fmt: skip
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
    return moments.kept(value) if is_date(key) else value


def _values(value: Any) -> list[str]:
    try:
        many = json.loads(value) if isinstance(value, str) and value.startswith("[") else value
    except ValueError:
        many = value
    return [str(item) for item in many] if isinstance(many, list) else [str(many)]


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
    there = columns(records)
    asked, also = Conditions(records, there), Conditions(records, there)
    q = "*:*" if search.q in ("", '""', "''") else _checked("q", search.q)
    seen = there.seen(search.everything)
    chosen = seen & asked.holds(parse(q) if ":" in q else dismax(q, search.mm))
    chosen &= also.holds(parse(_checked("fq", _filter(search))))
    for one in search.filters:
        chosen &= also.holds(parse(_checked("fq_list", one)))
    order = _orders(search.sort)
    facets = {name: _facet(records, there, chosen, name, search) for name in search.facets}
    by = [_by(records, there, *key, asked.scored, seen) for key in order] if search.rows else []
    return Found(int(np.count_nonzero(chosen)), _page(records, there, chosen, by, search), facets)


def _by(
    records: Records, there: Columns, name: str, descends: bool, scored: list[Scored], seen: Mask
) -> list[Any]:
    """What to sort by for one field, the last counting most; datasets without a value come last either way:
    the schema's sortMissingLast."""
    if name == "score":
        values = scores(records, there, scored, seen)
        return [-values if descends else values]
    numbers = there.least(records, name)
    return [-numbers if descends else numbers, numbers < 0]


def _page(
    records: Records, there: Columns, chosen: Mask, by: list[list[Any]], search: Search
) -> tuple[Record, ...]:
    """The records of one page; of those that are equal, the first kept comes first."""
    hits = np.flatnonzero(chosen)
    if not search.rows or search.start >= len(hits):
        return ()
    keys = [hits, *(key[hits] for part in reversed(by) for key in part)]
    page = there.docs[hits[np.lexsort(keys)][search.start : search.start + search.rows]].tolist()
    found = (
        records.connection.execute("SELECT body FROM record WHERE doc = ?", (doc,)).fetchone() for doc in page
    )
    return tuple(read(body) for (body,) in found)


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


def _facet(records: Records, there: Columns, chosen: Mask, name: str, search: Search) -> dict[str, int]:
    counts = there.counted(records, name, chosen)
    least = max(search.facet_mincount, 1)
    ranked = sorted((-count, value) for value, count in counts.items() if count >= least)
    most = None if search.facet_limit < 0 else search.facet_limit
    return {value: -count for count, value in ranked[:most]}
