"""The list of datasets: what was searched and chosen, the facets to choose from, and a page of results."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from catalogue.errors import ActionError
from publisher.web import finding
from publisher.web.context import Lmis
from publisher.web.finding import Pieces
from publisher.web.names import Names

ROWS = 20
# name in the address → field of the catalogue
FACETS = {
    "country": "extras_spatial",
    "topic": "groups",
    "provider": "organization",
    "frequency": "extras_frequency",
    "format": "res_format",
    "period": "extras_years",
}


# What a result shows and is found by: the search gives just these of a record, extras by their names.
SHOWN = (
    *("name", "title", "notes", "organization", "extras_issued", "extras_num_observations"),
    *("extras_temporal_start", "extras_temporal_end"),
    *(f"extras_{name}_translated" for name in ("title", "notes", "keywords", "release_title")),
)


@dataclass(frozen=True)
class Choice:
    """One value of a facet."""

    label: str
    count: int
    url: str  # the list with this value added, or taken away when it is chosen
    is_chosen: bool


@dataclass(frozen=True)
class Result:
    """A dataset that was found, and by what."""

    record: Mapping[str, Any]  # as far as `SHOWN`
    provider: str
    title: Pieces
    notes: Pieces
    elsewhere: Pieces  # names or another language's text, where title and notes do not have what was typed
    language: str  # of `elsewhere`


@dataclass(frozen=True)
class Listing:
    q: str
    count: int
    results: tuple[Result, ...]
    facets: Mapping[str, tuple[Choice, ...]]
    chosen: tuple[Choice, ...]
    earlier: str | None  # the page before
    later: str | None
    problem: str = ""  # what is wrong with the query


def build(
    lmis: Lmis, names: Names, args: MultiDict[str, str], fixed: Mapping[str, str] | None = None
) -> Listing:
    """The list for an address's query; `fixed` facets come from its path and cannot be taken away."""
    q = args.get("q", "").strip()
    chosen = {name: args.getlist(name) for name in FACETS if name not in (fixed or {})}
    start = _start(args.get("start", "0"))
    terms = [(name, value) for name, values in {**chosen, **_many(fixed)}.items() for value in values]
    try:
        found = _search(lmis, q, terms, start) if q or start or any(chosen.values()) else _first(lmis, terms)
    except ActionError as exc:
        return Listing(q, 0, (), {}, _chosen(names, q, chosen), None, None, exc.message)
    if start >= found["count"] > 0:  # behind the last page: the last one
        start = (found["count"] - 1) // ROWS * ROWS
        found = _search(lmis, q, terms, start)
    facets = {
        name: _choices(name, found["search_facets"][field]["items"], names, q, chosen)
        for name, field in FACETS.items()
        if name in chosen
    }
    return Listing(
        q,
        found["count"],
        _results(found, names, q),
        {name: choices for name, choices in facets.items() if len(choices) > 1 or chosen[name]},
        _chosen(names, q, chosen),
        _url(q, chosen, start=max(start - ROWS, 0)) if start else None,
        _url(q, chosen, start=start + ROWS) if start + ROWS < found["count"] else None,
    )


def _start(text: str) -> int:
    """The place of the first dataset shown; the first for what is no place."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _results(found: Mapping[str, Any], names: Names, q: str) -> tuple[Result, ...]:
    providers = {
        item["name"]: names.facet("provider", item["name"], item["display_name"])
        for item in found["search_facets"][FACETS["provider"]]["items"]
    }
    return tuple(
        _result(record, providers.get(record.get("organization"), ""), names, q)
        for record in found["results"]
    )


def _result(record: Mapping[str, Any], provider: str, names: Names, q: str) -> Result:
    title = finding.marked(names.record(record, "title", record), q)
    notes = finding.passage(names.record(record, "notes", record), q)
    if q and not finding.is_in((*title, *notes)):
        for language, text in _texts(record):
            if finding.is_found(text, q) and finding.is_in(elsewhere := finding.passage(text, q)):
                return Result(record, provider, title, notes, elsewhere, language)
    return Result(record, provider, title, notes, (), "")


def _texts(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a dataset is found by beside its title and notes: language and text."""
    for name in ("keywords", "title", "notes", "release_title"):
        for language, text in json.loads(record.get(f"{name}_translated", "{}")).items():
            for part in text if isinstance(text, list) else (text,):
                yield language, str(part)


def _choices(
    name: str, items: list[Any], names: Names, q: str, chosen: Mapping[str, list[str]]
) -> tuple[Choice, ...]:
    """Years from the newest on; all else by how often it is met, then by its name."""
    found = [
        Choice(
            names.facet(name, item["name"], item["display_name"]),
            item["count"],
            _url(q, chosen, toggle=(name, item["name"])),
            item["name"] in chosen[name],
        )
        for item in items
    ]
    if name == "period":
        return tuple(sorted(found, key=lambda choice: choice.label, reverse=True))
    return tuple(sorted(found, key=lambda choice: (-choice.count, choice.label)))


def _many(fixed: Mapping[str, str] | None) -> dict[str, list[str]]:
    return {name: [value] for name, value in (fixed or {}).items()}


def _search(lmis: Lmis, q: str, terms: list[tuple[str, str]], start: int) -> Any:
    fq = " ".join(f'+{FACETS[name]}:"{_quoted(value)}"' for name, value in terms)
    return lmis.ask(
        "package_search",
        q=finding.query(q),
        fq=fq,
        rows=ROWS,
        start=start,
        sort="score desc, extras_issued desc, title_string asc" if q else "extras_issued desc, title asc",
        fl=list(SHOWN),
        **{"facet.field": json.dumps(list(FACETS.values())), "facet.limit": -1},
    )


def _first(lmis: Lmis, terms: list[tuple[str, str]]) -> Any:
    """A list as it is opened first, kept until the catalogue changes: those are few, and most visits."""
    kept: dict[str, Any] = lmis.once(("list", *(part for term in terms for part in term)), dict)
    state = _state(lmis.embedded.path)
    if kept.get("state") != state:
        kept |= {"found": _search(lmis, "", terms, 0), "state": state}
    return kept["found"]


def _state(path: Path) -> tuple[object, ...]:
    """What differs after each change of a SQLite file: its change counter (format, 1.3.7), time and size."""
    if not path.is_file():
        return ()
    with path.open("rb") as file:
        file.seek(24)
        told = os.fstat(file.fileno())
        return file.read(4), told.st_mtime_ns, told.st_size, told.st_ino


def _quoted(value: str) -> str:
    return value.replace("\\", " ").replace('"', " ")


def _url(
    q: str, chosen: Mapping[str, list[str]], toggle: tuple[str, str] | None = None, start: int = 0
) -> str:
    values = [(name, value) for name, many in chosen.items() for value in many]
    if toggle in values:
        values.remove(toggle)
    elif toggle:
        values.append(toggle)
    pairs = [("q", q)] * bool(q) + values + [("start", str(start))] * bool(start)
    return f"?{'&'.join(_pair(*pair) for pair in pairs)}"


@lru_cache(maxsize=1 << 12)
def _pair(name: str, value: str) -> str:
    """A page has some hundred links, in which most pairs are the same."""
    return urlencode([(name, value)])


def _chosen(names: Names, q: str, chosen: Mapping[str, list[str]]) -> tuple[Choice, ...]:
    return tuple(
        Choice(names.facet(name, value, value), 0, _url(q, chosen, toggle=(name, value)), True)
        for name, values in chosen.items()
        for value in values
    )
