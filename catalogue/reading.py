"""The actions that only read.

Source: CKAN 2.12 `ckan/logic/action/get.py`; unknown parameters are ignored there, except by package_search.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from catalogue import search, show
from catalogue.call import Action, Call
from catalogue.columns import columns
from catalogue.embedded import ACTIVE, DATASET, DELETED, GROUP, ORGANIZATION, Record
from catalogue.errors import NotAuthorized, NotFound, SearchQueryError, ValidationError
from catalogue.licences import LICENCES
from catalogue.lucene import MM
from catalogue.schema import integer

ROWS_MAX = 1000  # ckan.search.rows_max
VERSION = "2.12.0"  # of the CKAN whose Action API this is

_SEARCH_PARAMS = frozenset(
    (
        "q", "fq", "fq_list", "rows", "sort", "start", "fl", "wt", "qf", "bf", "boost", "facet",
        "facet.mincount", "facet.limit", "facet.field", "extras", "tie", "mm", "defType", "df",
        "include_private", "include_drafts", "include_deleted", "use_default_schema",
    )
)  # fmt: skip


def _paged(call: Call, items: list[Any], default: int | None = None) -> list[Any]:
    start = call.natural("offset", 0)
    limit = call.natural("limit", default if default is not None else len(items))
    return items[start : start + limit]


def _listed(value: Any) -> list[str]:
    """A list that may have come as JSON text, or as words with commas."""
    if value in (None, ""):
        return []
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = value.replace(",", " ").split()
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


# -- datasets -----------------------------------------------------------------------------------


def package_list(call: Call) -> list[str]:
    """The names of public datasets. CKAN 2.12 passes over the flags for others, which ckanapi sends."""
    return _paged(call, call.records.names(DATASET))


def package_show(call: Call) -> Record:
    key = call.params.get("id") or call.params.get("name_or_id")
    if not key:
        raise ValidationError({"name_or_id": ["Missing value"]})
    if not call.params.get("id"):
        raise ValidationError({"message": "Missing id, can not get Package object"})
    return show.dataset(call.records, call.dataset(str(key)))


def package_search(call: Call) -> Mapping[str, Any]:
    wanted = _search(call)
    found = search.run(call.records, wanted)
    fields = _fields(call.params.get("fl"))
    shown = partial(show.found, call.records, fields) if fields else partial(show.dataset, call.records)
    facets = {name: dict(counts) for name, counts in found.facets.items()}
    return {
        "count": found.count,
        "sort": wanted.sort,
        "facets": facets,
        "results": [shown(record) for record in found.records],
        "search_facets": show.search_facets(call.records, facets),
    }


def _fields(value: Any) -> tuple[str, ...]:
    """`fl`: the names of Solr fields, as a list or in a text with blanks or commas."""
    items = value if isinstance(value, list) else [value or ""]
    return tuple(name for item in items for name in str(item).replace(",", " ").split())


def _search(call: Call) -> search.Search:
    params = call.params
    errors: Record = {}
    numbers = {
        name: _number(params.get(name), least, errors, name)
        for name, least in (("rows", 0), ("start", 0), ("facet.mincount", 0), ("facet.limit", None))
    }
    facets = _facet_fields(params.get("facet.field"), errors)
    if errors:
        raise ValidationError(errors)
    if unknown := [name for name in params if name not in _SEARCH_PARAMS and not name.startswith("ext_")]:
        raise SearchQueryError(f'"Invalid search parameters: {unknown}"')
    rows, limit = numbers["rows"], numbers["facet.limit"]
    return search.Search(
        q=_text(params.get("q")),
        fq=_text(params.get("fq")),
        filters=tuple(_listed(params.get("fq_list"))),
        mm=_text(params.get("mm")) or MM,
        sort=_sort(params.get("sort")),
        rows=min(10 if rows is None else rows, ROWS_MAX),
        start=numbers["start"] or 0,
        facets=facets if call.flag("facet", True) else (),
        facet_limit=50 if limit is None else limit,
        facet_mincount=1 if numbers["facet.mincount"] is None else numbers["facet.mincount"],
        states=_states(call),
        private=call.is_publisher and call.flag("include_private"),
        everything=call.is_publisher,
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _sort(value: Any) -> str:
    return search.DEFAULT_SORT if value in (None, "", "rank") else str(value)


def _states(call: Call) -> tuple[str, ...]:
    drafts, deleted = call.flag("include_drafts"), call.flag("include_deleted")
    return ("active", *(("draft",) if drafts else ()), *((DELETED,) if deleted else ()))


def _number(value: Any, least: int | None, errors: Record, name: str) -> int | None:
    try:
        number = integer(value)
    except ValueError as exc:
        errors[name] = [str(exc)] if least is None or name != "rows" else [str(exc), *_also(value)]
        return None
    if number is not None and least is not None and number < least:
        errors[name] = ["Must be a natural number"]
    return number


def _also(value: Any) -> list[str]:
    return ["Please enter an integer value"] if isinstance(value, str) else []


def _facet_fields(value: Any, errors: Record) -> tuple[str, ...]:
    wrong = []
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            wrong.append("Could not parse as valid JSON")
    if value is None:
        return ()
    if not isinstance(value, list):
        errors["facet.field"] = [*wrong, "Not a list"]
        return ()
    if strangers := [item for item in value if not isinstance(item, str)]:
        errors["facet.field"] = [f"Not a string: {item}" for item in strangers]
    return tuple(map(str, value))


def current_package_list_with_resources(call: Call) -> list[Record]:
    records = sorted(
        call.records.all(DATASET), key=lambda r: (r["metadata_modified"], r["name"]), reverse=True
    )
    return [show.dataset(call.records, r) for r in _paged(call, records)]


def package_autocomplete(call: Call) -> list[Record]:
    wanted = call.need("q").lower()
    every: list[Record] = columns(call.records).once(
        "titles", lambda: [{key: r[key] for key in ("name", "title")} for r in call.records.all(DATASET)]
    )
    found = [
        r | {"match_field": field, "match_displayed": r[field]}
        for r in every
        for field in ("name", "title")
        if wanted in r[field].lower()
    ]
    return list({r["name"]: r for r in reversed(found)}.values())[::-1][: call.natural("limit", 10)]


# -- resources ----------------------------------------------------------------------------------


def resource_show(call: Call) -> Record:
    wanted = call.need()
    record = call.records.with_resource(wanted, (ACTIVE, "draft", DELETED))
    if record is None:
        raise NotFound
    if not call.is_publisher and (record["private"] or record["state"] != ACTIVE):
        raise NotAuthorized(f"User  not authorized to read resource {wanted}")
    position = next(i for i, r in enumerate(record["resources"]) if r["id"] == wanted)
    return show.resource(record, position)


def resource_search(call: Call) -> Mapping[str, Any]:
    """`query` is one or more of `field:term`; a term is found anywhere in the field, in either case."""
    query = call.params.get("query")
    if query in (None, ""):
        raise ValidationError({"query": "Missing value"})
    terms = []
    for part in [query] if isinstance(query, str) else _listed(query):
        name, colon, term = part.partition(":")
        if not colon:
            raise ValidationError({"query": "Must be <field>:<value> pair(s)"})
        terms.append((name, term.lower()))
    found = [
        {key: value for key, value in show.resource(record, i).items() if key != "datastore_active"}
        for record in call.records.all(DATASET)
        for i, r in enumerate(record["resources"])
        if all(term in str(r.get(name) or "").lower() for name, term in terms)
    ]
    return {"count": len(found), "results": _paged(call, found)}


def resource_view_list(call: Call) -> list[Record]:
    resource_show(call)
    return []


def format_autocomplete(call: Call) -> list[str]:
    wanted = call.need("q").lower()
    every = columns(call.records).once("formats", lambda: Counter(_formats(call)))
    found = sorted((name for name in every if wanted in name), key=lambda name: (-every[name], name))
    return found[: call.natural("limit", 5)]


def _formats(call: Call) -> Iterator[str]:
    """The format of each resource."""
    for record in call.records.all(DATASET):
        for resource in record["resources"]:
            yield resource["format"].lower()


# -- organizations and groups -------------------------------------------------------------------


def _counts(call: Call, kind: str, private: bool = False) -> Mapping[str, int]:
    name = {ORGANIZATION: "organization", GROUP: "groups"}[kind]
    wanted = search.Search(rows=0, facets=(name,), facet_limit=-1, private=private, everything=private)
    return search.run(call.records, wanted).facets[name]


# ckan.group_and_organization_list_all_fields_max
ALL_FIELDS_MAX = 25


def group_list(kind: str, call: Call) -> list[Any]:
    """Names, or with `all_fields` records, of which there are never more than 25 at once."""
    records = _sorted(kind, call)
    wanted = _listed(call.params.get(f"{kind}s") or call.params.get("groups"))
    words = str(call.params.get("q") or "").strip().lower()
    records = [
        r
        for r in records
        if (not wanted or r["name"] in wanted)
        and any(words in r[key].lower() for key in ("name", "title", "description"))
    ]
    all_fields = call.flag("all_fields")
    most = ALL_FIELDS_MAX if all_fields else ROWS_MAX
    start, limit = call.natural("offset", 0), min(call.natural("limit", most) or most, most)
    records = records[start : start + limit]
    if not all_fields:
        return [r["name"] for r in records]
    counts = _counts(call, kind)
    extras = call.flag("include_extras")
    return [show.group(r, kind, counts.get(r["name"], 0), extras=extras, listed=True) for r in records]


def _sorted(kind: str, call: Call) -> list[Record]:
    field, *direction = str(call.params.get("sort") or "title asc").split()
    if field in ("package_count", "packages") and not direction:
        direction = ["desc"]
    direction = direction or ["asc"]
    records = list(call.records.all(kind))
    counts = _counts(call, kind, private=True) if field in ("package_count", "packages") else {}
    keys: dict[str, Callable[[Record], Any]] = {
        "name": lambda r: r["name"],
        "title": lambda r: (r["title"], r["name"]),
        "package_count": lambda r: counts.get(r["name"], 0),
        "packages": lambda r: counts.get(r["name"], 0),
    }
    if field not in keys:
        raise ValidationError({"message": f"Cannot sort by field `{field}`"})
    if direction[0] not in ("asc", "desc"):
        raise ValidationError({"message": f"Invalid sort direction `{direction[0]}`"})
    return sorted(records, key=keys[field], reverse=direction[0] == "desc")


def group_show(kind: str, call: Call) -> Record:
    record = call.group(kind, call.need())
    count = _counts(call, kind).get(record["name"], 0) if call.flag("include_dataset_count", True) else None
    shown = show.group(
        record, kind, count, extras=call.flag("include_extras", True), users=call.flag("include_users", True)
    )
    if call.flag("include_datasets"):
        shown["packages"] = _members(call, kind, record, ROWS_MAX)
    return shown


def _members(call: Call, kind: str, record: Record, rows: int) -> list[Record]:
    name = {ORGANIZATION: "organization", GROUP: "groups"}[kind]
    found = search.run(call.records, search.Search(fq=f'{name}:"{record["name"]}"', rows=rows))
    return [show.dataset(call.records, r) for r in found.records]


def group_package_show(call: Call) -> list[Record]:
    return _members(call, GROUP, call.group(GROUP, call.need()), call.natural("limit", ROWS_MAX))


# -- the rest -----------------------------------------------------------------------------------


def license_list(call: Call) -> list[Record]:
    return list(LICENCES.values())


def status_show(call: Call) -> Record:
    return {
        "ckan_version": VERSION,
        "site_url": call.site.url,
        "site_title": call.site.title,
        "site_description": call.site.description,
        "locale_default": call.site.languages[0],
        "error_emails_to": None,
        "extensions": ["datastore"],
    }


READING: dict[str, Action] = {
    function.__name__: Action(function)
    for function in (
        package_list, package_show, package_search, package_autocomplete, current_package_list_with_resources,
        resource_show, resource_search, resource_view_list, format_autocomplete, group_package_show,
        license_list, status_show,
    )
}  # fmt: skip
READING |= {
    "organization_list": Action(partial(group_list, ORGANIZATION)),
    "organization_show": Action(partial(group_show, ORGANIZATION)),
    "group_list": Action(partial(group_list, GROUP)),
    "group_show": Action(partial(group_show, GROUP)),
    "user_list": Action(lambda call: []),  # people's accounts are not kept here
}
