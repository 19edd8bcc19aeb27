"""The actions that only read.

Source: CKAN 2.12 `ckan/logic/action/get.py`; unknown parameters are ignored there, except by package_search.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from catalogue import search, show
from catalogue.call import Action, Call
from catalogue.embedded import ACTIVE, DATASET, DELETED, GROUP, ORGANIZATION, Record
from catalogue.errors import NotFound, SearchQueryError, ValidationError
from catalogue.licences import LICENCES

ROWS_MAX = 1000  # ckan.search.rows_max
VERSION = "2.12.0"  # of the CKAN whose Action API this is

_SEARCH_PARAMS = frozenset(
    (
        "q", "fq", "fq_list", "rows", "sort", "start", "fl", "qf", "bf", "boost", "facet", "facet.mincount",
        "facet.limit", "facet.field", "extras", "tie", "mm", "defType", "include_private", "include_drafts",
        "include_deleted", "use_default_schema",
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
    states = tuple(
        state
        for state, flag in ((ACTIVE, None), ("draft", "include_drafts"), (DELETED, "include_deleted"))
        if flag is None or (call.is_publisher and call.flag(flag))
    )
    private = call.is_publisher and call.flag("include_private")
    return _paged(call, [r["name"] for r in call.records.all(DATASET, states, private)])


def package_show(call: Call) -> Record:
    key = str(call.params.get("id") or call.params.get("name_or_id") or call.need())
    return show.dataset(call.records, call.dataset(key))


def package_search(call: Call) -> Mapping[str, Any]:
    if unknown := sorted(call.params.keys() - _SEARCH_PARAMS):
        raise SearchQueryError(f'"Invalid search parameters: {unknown}"')
    wanted = _search(call)
    found = search.run(call.records, wanted)
    fields = _listed(call.params.get("fl"))
    results = [show.dataset(call.records, record) for record in found.records]
    if fields and fields != ["*"]:
        results = [{key: r[key] for key in fields if key in r} for r in results]
    facets = {name: dict(counts) for name, counts in found.facets.items()}
    return {
        "count": found.count,
        "sort": wanted.sort,
        "facets": facets,
        "results": results,
        "search_facets": show.search_facets(call.records, facets),
    }


def _search(call: Call) -> search.Search:
    params = call.params
    filters = [params.get("fq") or "", *_listed(params.get("fq_list"))]
    if not all(isinstance(f, str) for f in filters):
        raise SearchQueryError("fq is a string")
    limit = params.get("facet.limit")
    facets = _facet_fields(params.get("facet.field")) if call.flag("facet", True) else ()
    states = [ACTIVE]
    if call.is_publisher:
        states += ["draft"] * call.flag("include_drafts") + [DELETED] * call.flag("include_deleted")
    return search.Search(
        q=str(params.get("q") or "*:*"),
        fq=" ".join(f"+({f})" if len(filters) > 1 and f else f for f in filters),
        sort=str(params.get("sort") or search.DEFAULT_SORT),
        rows=min(call.natural("rows", 10), ROWS_MAX),
        start=call.natural("start", 0),
        facets=facets,
        facet_limit=50
        if limit in (None, "")
        else -1
        if str(limit) == "-1"
        else call.natural("facet.limit", 50),
        facet_mincount=call.natural("facet.mincount", 1),
        states=tuple(states),
        private=call.is_publisher and call.flag("include_private"),
    )


def _facet_fields(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) and value.strip():
        try:
            value = json.loads(value)
        except ValueError:
            raise ValidationError({"facet.field": ["Could not be parsed as a list"]}) from None
    if value in (None, ""):
        return ()
    if not isinstance(value, list):
        raise ValidationError({"facet.field": ["Not a list"]})
    return tuple(str(item) for item in value)


def current_package_list_with_resources(call: Call) -> list[Record]:
    records = sorted(
        call.records.all(DATASET), key=lambda r: (r["metadata_modified"], r["name"]), reverse=True
    )
    return [show.dataset(call.records, r) for r in _paged(call, records)]


def package_autocomplete(call: Call) -> list[Record]:
    wanted = call.need("q").lower()
    found = [
        {"name": r["name"], "title": r["title"], "match_field": field, "match_displayed": r[field]}
        for r in call.records.all(DATASET)
        for field in ("name", "title")
        if wanted in r[field].lower()
    ]
    return list({r["name"]: r for r in reversed(found)}.values())[::-1][: call.natural("limit", 10)]


# -- resources ----------------------------------------------------------------------------------


def resource_show(call: Call) -> Record:
    wanted = call.need()
    record = call.records.with_resource(wanted, (ACTIVE, "draft", DELETED))
    if record is None:
        raise NotFound("Resource was not found.")
    record = call.dataset(record["id"])
    position = next(i for i, r in enumerate(record["resources"]) if r["id"] == wanted)
    return show.resource(record, position)


def resource_search(call: Call) -> Mapping[str, Any]:
    """`query` is one or more of `field:term`; a term is found anywhere in the field, in either case."""
    query = call.params.get("query")
    if query in (None, ""):
        raise ValidationError({"query": ["Missing value"]})
    terms = []
    for part in [query] if isinstance(query, str) else _listed(query):
        name, colon, term = part.partition(":")
        if not colon:
            raise ValidationError({"query": ["Must be <field>:<value> pair(s)"]})
        terms.append((name, term.lower()))
    found = [
        show.resource(record, i)
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
    counts: dict[str, int] = {}
    for record in call.records.all(DATASET):
        for resource in record["resources"]:
            name = resource["format"].lower()
            if wanted in name:
                counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))[: call.natural("limit", 5)]


# -- organizations and groups -------------------------------------------------------------------


def _counts(call: Call, kind: str) -> Mapping[str, int]:
    name = {ORGANIZATION: "organization", GROUP: "groups"}[kind]
    return search.run(call.records, search.Search(rows=0, facets=(name,), facet_limit=-1)).facets[name]


def group_list(kind: str, call: Call) -> list[Any]:
    counts = _counts(call, kind)
    keyword = str(call.params.get("sort") or "title asc").split()
    keys = {
        "name": lambda r: r["name"],
        "title": lambda r: ((r["title"] or r["name"]).lower(), r["name"]),
        "package_count": lambda r: (counts.get(r["name"], 0), r["name"]),
    }
    if keyword[0] not in keys or keyword[-1] not in (*keys, "asc", "desc"):
        raise ValidationError({"sort": [f"Cannot sort by field `{keyword[0]}`"]})
    wanted = set(_listed(call.params.get(f"{kind}s") or call.params.get("groups")))
    records = [r for r in call.records.all(kind) if not wanted or r["name"] in wanted]
    records.sort(key=keys[keyword[0]], reverse=keyword[-1] == "desc")
    records = _paged(call, records)
    if not call.flag("all_fields"):
        return [r["name"] for r in records]
    shown = [show.group(r, kind, counts.get(r["name"], 0)) for r in records]
    left_out = {"users", "tags", "groups"} | (set() if call.flag("include_extras") else {"extras"})
    return [{key: value for key, value in r.items() if key not in left_out} for r in shown]


def group_show(kind: str, call: Call) -> Record:
    record = call.group(kind, call.need())
    shown = show.group(record, kind, _counts(call, kind).get(record["name"], 0))
    if call.flag("include_datasets"):
        shown["packages"] = _members(call, kind, record, ROWS_MAX)
    if not call.flag("include_extras", True):
        shown["extras"] = []
    return shown


def _members(call: Call, kind: str, record: Record, rows: int) -> list[Record]:
    name = {ORGANIZATION: "organization", GROUP: "groups"}[kind]
    found = search.run(call.records, search.Search(fq=f'{name}:"{record["name"]}"', rows=rows))
    return [show.dataset(call.records, r) for r in found.records]


def group_package_show(call: Call) -> list[Record]:
    return _members(call, GROUP, call.group(GROUP, call.need()), call.natural("limit", ROWS_MAX))


# -- the rest -----------------------------------------------------------------------------------


def tag_list(call: Call) -> list[Any]:
    if call.params.get("vocabulary_id"):
        raise NotFound("could not find vocabulary")
    wanted = str(call.params.get("query") or call.params.get("q") or "").lower()
    names = sorted({t for r in call.records.all(DATASET) for t in r["tags"] if wanted in t.lower()})
    return [show.tag(name) for name in names] if call.flag("all_fields") else names


def tag_show(call: Call) -> Record:
    name = call.need()
    used = [r for r in call.records.all(DATASET) if name in r["tags"]]
    if not used:
        raise NotFound("Tag was not found.")
    packages = [show.dataset(call.records, r) for r in used] if call.flag("include_datasets") else None
    return show.tag(name) | ({"packages": packages} if packages is not None else {})


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
        "extensions": [],
    }


READING: dict[str, Action] = {
    function.__name__: Action(function)
    for function in (
        package_list, package_show, package_search, package_autocomplete, current_package_list_with_resources,
        resource_show, resource_search, resource_view_list, format_autocomplete, group_package_show,
        tag_list, tag_show, license_list, status_show,
    )
}  # fmt: skip
READING |= {
    "organization_list": Action(partial(group_list, ORGANIZATION)),
    "organization_show": Action(partial(group_show, ORGANIZATION)),
    "group_list": Action(partial(group_list, GROUP)),
    "group_show": Action(partial(group_show, GROUP)),
    "tag_autocomplete": Action(tag_list),
    "site_read": Action(lambda call: True),
    "user_list": Action(lambda call: []),  # people's accounts are not kept here
    "vocabulary_list": Action(lambda call: []),
}
