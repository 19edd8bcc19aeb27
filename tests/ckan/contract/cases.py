"""What both catalogues are asked, in order: records made with chosen ids, then searches, errors and writes.

A value `{case:path.to.value}` is taken from the answer to an earlier case.
"""

# ruff: noqa: E501 - one case a line

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

ORGANIZATIONS = ("contract-north", "contract-south")
GROUPS = ("contract-jobs", "contract-pay")


@dataclass(frozen=True)
class Case:
    """One call. `form`: how the parameters are sent, and by whom."""

    name: str
    action: str
    params: Any = field(default_factory=dict)
    how: str = "json"  # json | get | form | multipart | raw
    who: str = "admin"  # admin | nobody | wrong | bearer


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


# number, name, organization, group, tags, title, notes, extras, resources (name, format, url)
DATASETS: tuple[dict[str, Any], ...] = (
    dict(n=1, name="contract-labour-force", org=0, groups=(0,), tags=("Malaysia", "women"),
         title="Labour force, Malaysia", notes="Participation of women and men by age.",
         extras={"frequency": "M", "provider": "NORTH", "release_date": "2025-10-09", "count": "12"},
         resources=(("Labour file", "csv", "http://x.test/1.csv"), ("Live", "SDMX-ML 3.0", "http://x.test/1")),
         license_id="cc-by", version="1.0", author="North Office"),
    dict(n=2, name="contract-unemployment", org=0, groups=(0,), tags=("Malaysia", "Lao PDR"),
         title="Unemployment, Malaysia", notes="The unemployed by age; see labour-force.",
         extras={"frequency": "Q", "provider": "NORTH", "release_date": "2025-10-10"},
         resources=(("File", "CSV", "http://x.test/2.csv"),), license_id="cc-by", version="2.0",
         author="North Office", maintainer="Desk"),
    dict(n=3, name="contract-unemployment-idn", org=1, groups=(0, 1), tags=("Indonesia",),
         title="Unemployment, Indonesia", notes="Sakernas rounds in café [index] (twice a year).",
         extras={"frequency": "A", "provider": "SOUTH", "release_date": "2024-05-05"},
         resources=(("File", "XLSX", "http://x.test/3.xlsx"), ("Query", "json", "http://x.test/3.json")),
         license_id="odc-by", version="1.0", author="South Office"),
    dict(n=4, name="contract_earnings", org=1, groups=(1,), tags=("Indonesia", "net pay"),
         title="Earnings, Indonesia", notes="Net pay of informal workers; TVET graduates.",
         extras={"frequency": "A", "provider": "SOUTH"}, resources=(), license_id="notspecified"),
    dict(n=5, name="contract-wages", org=1, groups=(), tags=(), title="Wages", notes="",
         extras={}, resources=(("Z", "pdf", "http://x.test/5.pdf"),), license_id="other-closed"),
    dict(n=6, name="contract-hidden", org=0, groups=(), tags=(), title="Hidden earnings", notes="Not yet",
         extras={}, resources=(("H", "CSV", "http://x.test/6.csv"),), private=True),
    dict(n=7, name="contract-thai", org=0, groups=(), tags=("ไทย",), title="กำลังแรงงาน ประเทศไทย",
         notes="Việt Nam lao động; ລາວ", extras={"frequency": "A"}, resources=(), license_id="cc-by-sa"),
)  # fmt: skip


def dataset(row: dict[str, Any]) -> dict[str, Any]:
    sent = {key: row[key] for key in ("name", "title", "notes")}
    sent |= {
        key: row[key] for key in ("license_id", "version", "author", "maintainer", "private") if key in row
    }
    return sent | {
        "id": uuid(row["n"]),
        "owner_org": ORGANIZATIONS[row["org"]],
        "groups": [{"name": GROUPS[g]} for g in row["groups"]],
        "tags": [{"name": tag} for tag in row["tags"]],
        "extras": [{"key": key, "value": value} for key, value in sorted(row["extras"].items())],
        "resources": [
            {"id": uuid(row["n"] * 100 + i), "name": name, "format": format, "url": url}
            for i, (name, format, url) in enumerate(row["resources"])
        ],
    }


SET_UP: tuple[Case, ...] = (
    *(
        Case(f"organization {name}", "organization_create",
             {"name": name, "id": uuid(9000 + i), "title": name.title(), "description": "An office",
              "extras": [{"key": "lmis", "value": "x"}]})
        for i, name in enumerate(ORGANIZATIONS)
    ),
    *(
        Case(f"group {name}", "group_create", {"name": name, "id": uuid(9100 + i), "title": name.title()})
        for i, name in enumerate(GROUPS)
    ),
    *(Case(f"dataset {row['name']}", "package_create", dataset(row)) for row in DATASETS),
)  # fmt: skip

_FACETS = json.dumps(["organization", "groups", "tags", "res_format", "license_id"])


def _found(**params: Any) -> dict[str, Any]:
    """A search whose answer holds only what is compared."""
    return {"fl": ["id", "name"], "rows": 100} | params


_WORDS = (
    "unemployment", "UNEMPLOYMENT", "Unemployed", "labour", "labours", "labour force", "force labour",
    "indonesia unemployment", "indonesia -earnings", "+indonesia earnings", "-indonesia", "cafe", "café", "index",
    '"informal workers"', '"workers informal"', '"net pay"', "net pay of informal workers",
    "net pay of informal nowhere", "malaysia nowhere", "one two three four five", "sakernas", "SAKERNAS",
    "labour-force", "labourforce", "contract-labour-force", "contract", "earn", "earn*", "unemploy*", "tvet",
    "TVET", "women men", "women AND men", "women OR indonesia", "NOT indonesia", "wages", "wage", "the", "of",
    "cc-by", "csv", "CSV", "xlsx", "north", "North Office", "contract-north", "desk", "SOUTH", "กำลังแรงงาน",
    "ไทย", "Việt", "viet", "lao", "Lao PDR", "ລາວ", "x.test", "http", "2025", "12", "age", "ages", "aged",
    "by age", "(earnings)", "[index]", "earnings?", "a b", "!", "'", '"', '"unclosed', "unemployment~",
    "wages^2", "*", "**", "?", "", " ", '""', "''", "hidden", "'; DROP TABLE package; --", "<script>",
    "women,men", "women;men", "twice a year", "year", "years", "round", "rounds", "participate", "graduate",
    "UnemploymentMalaysia", "labour_force", "un employment", "informal", "formal", "payed", "worker's",
)  # fmt: skip
_QUERIES = (
    "*:*", "name:contract-labour-force", "name:contract-*", "name:*force", "name:contract-l*e", "name:contract?wages",
    "name:CONTRACT-WAGES", "title:malaysia", "title:Malaysia", "title:(malaysia unemployment)",
    "title:malaysia title:labour", "title:malaysia OR title:indonesia", "title:malaysia AND NOT notes:women",
    "title:mal*", "title:MAL*", 'title:"labour force"', 'title:"force labour"', "notes:women", "notes:age",
    "notes:\\[index\\]", "notes:*", "-notes:*", "title:unemployment -title:indonesia", "+title:unemployment +tags:Indonesia",
    "!title:indonesia name:*", "title:indonesia && title:earnings", "title:wages || title:earnings",
    "name:(contract-wages OR contract_earnings)", "name:contract-wages name:contract_earnings", "tags:Indonesia",
    'tags:"Lao PDR"', "tags:Lao\\ PDR", "tags:lao*", "tags:Lao*", "tags:*", "tags:indonesia", "groups:contract-pay",
    "organization:contract-north", "organization:contract-*", "res_format:CSV", "res_format:csv", "res_format:XLSX",
    "res_format:SDMX*", 'res_format:"SDMX-ML 3.0"', "res_name:file", "res_name:FILE", "res_url:http\\:\\/\\/x.test\\/2.csv",
    "license_id:cc-by", "version:1.0", "author:office", 'author:"North Office"', "author:north*", "maintainer:desk",
    "state:active", "state:deleted", "private:true", "private:false", "capacity:public", "capacity:private",
    "dataset_type:dataset", "type:dataset", "entity_type:package", "extras_frequency:A", "extras_frequency:a",
    "extras_provider:NORTH", "extras_provider:north", "extras_provider:*", "provider:NORTH", "provider:north",
    "frequency:Q", "nope:x", "nope:*", "extras_nope:*", "extras_count:12", "text:malaysia", "text:nowhere",
    "metadata_modified:[2020-01-01T00:00:00Z TO *]", "metadata_modified:[* TO 2020-01-01T00:00:00Z]",
    "metadata_modified:[NOW-1YEAR TO NOW]", "metadata_created:[2020-01-01T00:00:00Z TO 2099-01-01T00:00:00Z]",
    "metadata_modified:{2020-01-01T00:00:00Z TO *}", "name:[contract-t TO contract-v]", "name:[contract-t TO *}",
    "version:[1 TO 1.9]", "extras_release_date:[2025 TO 2026]", "release_date:[2025-01-01T00:00:00Z TO *]",
    "title:unemployment^4 title:malaysia", "title:Unemploiment~", "(title:wages OR title:earnings) AND tags:Indonesia",
    "((title:wages))", "title:", "title:(", "(title:wages", "title:wages)", "AND title:wages", "title:wages AND",
    'title:"wages', "metadata_modified:yesterday", "metadata_modified:[a TO b]", "{!lucene}title:wages",
    "{!func}views_total:1", "title:wages {!x}", "_query_:x", "id:00000000-0000-4000-8000-000000000005",
    "owner_org:00000000-0000-4000-8000-000000009000", "title_string:Wages", "title_string:wages", "title:wage",
    "title:wages AND (NOT title:wages)", "notes:labour-force", "notes:women-nowhere", "notes:\"labour-force\"", "title:wages^2", "-title:wages", "-title:wages -title:earnings", "title:wages OR -title:earnings", "author:offices", "res_name:fil*", "id:*", "*:* -title:wages",
    "title:ກ", "title:ประเทศไทย", "tags:ไทย", 'notes:"lao động"',
)  # fmt: skip
_FILTERS = (
    "organization:contract-north", "organization:(contract-north OR contract-south)", "-organization:contract-north",
    "organization:contract-north OR organization:contract-south", "+groups:contract-jobs +organization:contract-south",
    "groups:contract-jobs OR groups:contract-pay", "groups:contract-jobs groups:contract-pay", "-groups:*",
    "metadata_modified:[2020-01-01T00:00:00Z TO *]", "metadata_modified:[2099-01-01T00:00:00Z TO *]",
    "res_format:CSV", "+res_format:CSV -license_id:cc-by", "tags:Indonesia tags:\"net pay\"", "(", "nope:a", "title:wages",
    "wages", "state:active", "state:(active OR deleted)", "+state:draft", "+state:deleted", "capacity:private",
    '["organization:contract-north", "res_format:CSV"]', "{!lucene}title:wages", "  organization:contract-north  ", "*:*",
)  # fmt: skip
_SORTS = (
    "name asc", "name desc", "title_string asc", "title_string desc", "name asc, title_string desc",
    "organization asc, name desc", "license_id asc, name asc", "version desc, name asc", "metadata_created asc, name asc",
    "metadata_modified desc, name asc", "id asc", "id desc", "views_recent desc, name asc", "score asc, name asc",
    "score desc, name desc", "name", "name sideways", "nope asc", "nope asc, name desc", "name ASC", "name asc,", ",",
    "title asc", "rank", "type asc, name asc", "num_resources desc, name asc",
    "res_format asc", "capacity asc, id asc", "name  asc", "name+asc", " name asc ",
)  # fmt: skip
_OTHERS: tuple[dict[str, Any], ...] = (
    {"rows": 0}, {"rows": 2, "sort": "name asc"}, {"rows": 2, "start": 2, "sort": "name asc"},
    {"rows": 2, "start": 99, "sort": "name asc"}, {"rows": 5000, "sort": "name asc"}, {"rows": "3", "sort": "name asc"},
    {"rows": -1}, {"rows": "many"}, {"start": -1}, {"start": "x"}, {"rows": 1.5}, {"rows": ""},
    {"rows": None, "sort": "name asc"}, {"fl": "name", "sort": "name asc"}, {"fl": "id,name", "sort": "name asc"},
    {"fl": "id name", "sort": "name asc"}, {"fl": ["name", "title"], "sort": "name asc"}, {"fl": ["nope"]},
    {"fl": ["name", "organization"], "sort": "name asc"}, {"fl": ["name", "tags", "res_format"], "sort": "name asc"},
   
    {"fl": ["extras_frequency", "name"], "sort": "name asc"}, {"fl": "*", "rows": 0},
    {"facet.field": '["organization"]'}, {"facet.field": ["organization"]}, {"facet.field": "organization"},
    {"facet.field": ["groups"], "facet.limit": 1}, {"facet.field": ["groups"], "facet.limit": -1},
    {"facet.field": ["tags"], "facet.mincount": 2}, {"facet.field": ["tags"], "facet.mincount": 0},
    {"facet.field": ["tags"], "facet": "false"}, {"facet.field": ["tags"], "facet": "true", "rows": 0},
    {"facet.field": []}, {"facet.field": ""}, {"facet.field": "[1]"}, {"facet.field": {"a": 1}}, {"facet.field": "[a"},
    {"facet.field": ["res_format", "license_id"], "fq": "organization:contract-south"}, {"facet.field": ["nope"]},
    {"facet.field": ["organization"], "facet.limit": "x"}, {"facet.field": ["organization"], "facet.limit": 0},
    {"facet.field": ["organization"], "facet.limit": -5}, {"facet.field": ["organization"], "facet.mincount": -1},
    {"facet.field": ["license_id"], "q": "unemployment"}, {"facet.field": ["capacity", "state", "type"]},
    {"facet.field": ["provider"]}, {"nope": 1}, {"fq_list": ["organization:contract-north"]}, {"extras": {"ext_a": "b"}},
    {"ext_boo": "x", "rows": 0}, {"qf": "title^2", "q": "wages"}, {"mm": "1", "q": "women nowhere"},
    {"defType": "edismax", "q": "title:wages"}, {"include_private": True, "q": "name:contract-hidden"},
    {"include_private": "true", "fq": "capacity:private"}, {"include_drafts": True}, {"include_deleted": True},
    {"use_default_schema": True, "rows": 1, "sort": "name asc"}, 
    {"fq": ["organization:contract-north"]}, {"tie": "0.5", "q": "wages"},
)  # fmt: skip

SEARCHES: tuple[Case, ...] = (
    *(Case(f"words {text!r}", "package_search", _found(q=text, sort="name asc"), who="nobody") for text in _WORDS),
    *(Case(f"q {text!r}", "package_search", _found(q=text, sort="name asc"), who="nobody") for text in _QUERIES),
    *(Case(f"fq {text!r}", "package_search", _found(fq=text, sort="name asc"), who="nobody") for text in _FILTERS),
    *(Case(f"sort {text!r}", "package_search", _found(sort=text), who="nobody") for text in _SORTS),
    *(
        Case(f"search {json.dumps(more, ensure_ascii=False)}", "package_search", {"fl": ["name"]} | more,
             who="admin" if "include_private" in more else "nobody")
        for more in _OTHERS
    ),
    Case("search as a get", "package_search", {"q": "unemployment", "rows": "3", "sort": "name asc",
         "facet.field": _FACETS}, "get", "nobody"),
    Case("search in full", "package_search", {"q": "*:*", "sort": "name asc", "facet.field": json.loads(_FACETS)},
         who="nobody"),
    Case("search as a harvester", "package_search",
         {"rows": "100", "start": "0", "sort": "id asc", "fq": "-organization:nothing"}, "get", "nobody"),
    Case("search as a harvester, the next page", "package_search",
         {"rows": "100", "start": "100", "sort": "id asc", "fq": "-organization:nothing"}, "get", "nobody"),
)  # fmt: skip

ONE, TWO = uuid(1), uuid(2)
NEW = {"name": "contract-new", "id": uuid(20), "owner_org": "contract-north"}


def _create(case: str, /, **more: Any) -> Case:
    return Case(f"create: {case}", "package_create", NEW | more)


READS: tuple[Case, ...] = (
    Case("show by name", "package_show", {"id": "contract-labour-force"}, who="nobody"),
    Case("show by id", "package_show", {"id": ONE}, "get", "nobody"),
    Case("show with what nobody knows", "package_show", {"id": ONE, "nope": 1, "include_tracking": True}, who="nobody"),
    Case("show by form", "package_show", {"id": ONE}, "form", "nobody"),
    Case("show by multipart", "package_show", {"id": ONE}, "multipart", "nobody"),
    Case("show name_or_id", "package_show", {"name_or_id": ONE}, who="nobody"),
    Case("show nothing", "package_show", {}, who="nobody"),
    Case("show empty", "package_show", {"id": ""}, who="nobody"),
    Case("show unknown", "package_show", {"id": "contract-nope"}, who="nobody"),
    Case("show hidden", "package_show", {"id": "contract-hidden"}, who="nobody"),
    Case("show hidden, wrong token", "package_show", {"id": "contract-hidden"}, who="wrong"),
    Case("show hidden, bearer", "package_show", {"id": "contract-hidden"}, who="bearer"),
    Case("show hidden to its publisher", "package_show", {"id": "contract-hidden"}),
    Case("list", "package_list", {}, who="nobody"),
    Case("list with private", "package_list", {"include_private": True}),
    Case("list with private to nobody", "package_list", {"include_private": True}, who="nobody"),
    Case("list a page", "package_list", {"limit": 2, "offset": 1}, who="nobody"),
    Case("list a wrong page", "package_list", {"limit": -1}, who="nobody"),
    Case("list a wrong page 2", "package_list", {"limit": "x"}, who="nobody"),
    Case("current", "current_package_list_with_resources", {"limit": 2}, who="nobody"),
    Case("resource", "resource_show", {"id": uuid(100)}, who="nobody"),
    Case("resource, unknown", "resource_show", {"id": "nope"}, who="nobody"),
    Case("resource, hidden", "resource_show", {"id": uuid(600)}, who="nobody"),
    Case("resource, none", "resource_show", {}, who="nobody"),
    Case("resources found", "resource_search", {"query": "name:file"}, who="nobody"),
    Case("resources found twice", "resource_search", {"query": ["name:file", "format:CSV"]}, who="nobody"),
    Case("resources, no pair", "resource_search", {"query": "file"}, who="nobody"),
    Case("resources, no query", "resource_search", {}, who="nobody"),
    Case("resource views", "resource_view_list", {"id": uuid(100)}, who="nobody"),
    Case("formats", "format_autocomplete", {"q": "cs"}, who="nobody"),
    Case("formats, none", "format_autocomplete", {}, who="nobody"),
    *(
        case
        for kind, names in (("organization", ORGANIZATIONS), ("group", GROUPS))
        for case in (
            Case(f"{kind} list", f"{kind}_list", {}, who="nobody"),
            Case(f"{kind} list, all fields", f"{kind}_list", {"all_fields": True}, who="nobody"),
            Case(f"{kind} list, extras", f"{kind}_list", {"all_fields": True, "include_extras": True}, who="nobody"),
            Case(f"{kind} list by get", f"{kind}_list", {"all_fields": "true", "sort": "name desc"}, "get", "nobody"),
            Case(f"{kind} list by count", f"{kind}_list", {"sort": "package_count desc"}, who="nobody"),
            Case(f"{kind} list by nonsense", f"{kind}_list", {"sort": "nope"}, who="nobody"),
            Case(f"{kind} list by nonsense 2", f"{kind}_list", {"sort": "name sideways"}, who="nobody"),
            Case(f"{kind} list of some", f"{kind}_list", {f"{kind}s": [names[1]]}, who="nobody"),
            Case(f"{kind} list, a page", f"{kind}_list", {"limit": 1, "offset": 1}, who="nobody"),
            Case(f"{kind} show", f"{kind}_show", {"id": names[0]}, who="nobody"),
            Case(f"{kind} show by id", f"{kind}_show",
                 {"id": uuid(9000 if kind == "organization" else 9100), "include_users": False}, who="nobody"),
            Case(f"{kind} show as ckanapi dumps", f"{kind}_show",
                 {"id": names[0], "include_datasets": False, "include_password_hash": True}, who="nobody"),
            Case(f"{kind} show bare", f"{kind}_show",
                 {"id": names[0], "include_extras": False, "include_dataset_count": False}, who="nobody"),
            Case(f"{kind} show with datasets", f"{kind}_show", {"id": names[0], "include_datasets": True}, who="nobody"),
            Case(f"{kind} show unknown", f"{kind}_show", {"id": "nope"}, who="nobody"),
            Case(f"{kind} show nothing", f"{kind}_show", {}, who="nobody"),
        )
    ),
    Case("an organization is no group", "group_show", {"id": ORGANIZATIONS[0]}, who="nobody"),
    Case("a group's datasets", "group_package_show", {"id": GROUPS[1], "limit": 1}, who="nobody"),
    Case("tags", "tag_list", {}, who="nobody"),
    Case("tags found", "tag_list", {"query": "i"}, who="nobody"),
    Case("tags in full", "tag_list", {"all_fields": True}, who="nobody"),
    Case("tag", "tag_show", {"id": "Malaysia"}, who="nobody"),
    Case("tag, unknown", "tag_show", {"id": "nope"}, who="nobody"),
    Case("tags of a vocabulary", "tag_list", {"vocabulary_id": "nope"}, who="nobody"),
    Case("vocabularies", "vocabulary_list", {}, who="nobody"),
    Case("completed", "package_autocomplete", {"q": "unempl"}, who="nobody"),
    Case("completed tags", "tag_autocomplete", {"q": "mal"}, who="nobody"),
    Case("site", "site_read", {}, who="nobody"),
    Case("licences", "license_list", {}, who="nobody"),
    Case("help for nothing", "help_show", {}, who="nobody"),
    Case("help for no action", "help_show", {"name": "nope"}, who="nobody"),
    Case("no such action", "nope", {}),
    Case("no such action by get", "nope", {}, "get"),
    Case("writing by get", "package_create", {"name": "x"}, "get"),
    Case("no JSON", "package_show", "{", "raw"),
    Case("a list", "package_show", "[]", "raw"),
    Case("a string", "package_show", '"x"', "raw"),
    Case("nothing at all", "package_show", "", "raw"),
    Case("null", "package_show", "null", "raw"),
)  # fmt: skip

OWNED = {"name": "contract-words", "owner_org": ORGANIZATIONS[0]}

WRITES: tuple[Case, ...] = (
    Case("nobody creates", "package_create", NEW, who="nobody"),
    Case("a wrong token creates", "package_create", NEW, who="wrong"),
    Case("a bearer creates", "package_create", NEW, who="bearer"),
    Case("nobody makes an organization", "organization_create", {"name": "contract-x"}, who="nobody"),
    Case("nobody deletes", "package_delete", {"id": ONE}, who="nobody"),
    Case("nobody deletes what is not there", "package_delete", {"id": "nope"}, who="nobody"),
    Case("nobody patches", "package_patch", {"id": ONE, "title": "x"}, who="nobody"),
    Case("nobody revises", "package_revise", {"match": {"id": ONE}, "update": {"title": "x"}}, who="nobody"),
    Case("nobody updates", "package_update", {"id": ONE}, who="nobody"),
    Case("nobody adds a resource", "resource_create", {"package_id": ONE, "url": "x"}, who="nobody"),
    Case("nobody purges", "dataset_purge", {"id": ONE}, who="nobody"),
    _create("nothing", name=None, owner_org=None),
    _create("taken", name="contract-wages"),
    _create("taken by an organization", name="contract-north", private=True),
    Case("purge that", "dataset_purge", {"id": uuid(20)}),
    _create("id taken", id=ONE),
    _create("bad id", id="x y"),
    _create("short name", name="a"),
    _create("long name", name="a" * 101),
    _create("bad name", name="A b"),
    _create("umlaut", name="äöü"),
    _create("reserved", name="new"),
    _create("number as name", name=5),
    _create("no such organization", owner_org="contract-nope"),
    _create("a group for an organization", owner_org="contract-jobs"),
    _create("extras twice", extras=[{"key": "k", "value": "1"}] * 2),
    _create("extra without key", extras=[{"value": "1"}]),
    _create("extra of a field's name", extras=[{"key": "title", "value": "1"}]),
    _create("extras as text", extras="x"),
    _create("extra without value", extras=[{"key": "k"}]),
    _create("wrong size", resources=[{}, {"size": "big", "url": "x"}]),
    _create("wrong size of the second", resources=[{"url": "x"}, {"size": "big", "url": "x"}]),
    _create("wrong tag of the second", tags=[{"name": "fine"}, {"name": "x"}, {"name": "&&"}]),
    _create("wrong extra of the second", extras=[{"key": "a", "value": "1"}, {"value": "1"}]),
    _create("tag of one", tags=[{"name": "a"}]),
    _create("tag with signs", tags=[{"name": "a&b"}, {"name": "fine"}]),
    _create("tag too long", tags=[{"name": "a" * 101}]),
    _create("tags as text", tags="text"),
    _create("tags as texts", tags=["text"]),
    _create("a date with a zone", extras=[{"key": "release_date", "value": "2026-05-05T04:00:00Z"}]),
    _create("no such group", groups=[{"name": "contract-nope"}]),
    Case("purge that too", "dataset_purge", {"id": uuid(20)}),
    _create("bad mail", maintainer_email="x"),
    _create("many faults", name="A", tags=[{"name": "x"}], resources=[{"size": "z"}], author_email="q"),
    _create("resources as text", resources="x"),
    _create("resource id taken", resources=[{"id": uuid(100), "url": "x"}]),
    _create("bad resource id", resources=[{"id": "a b", "url": "x"}]),
    _create("short resource id", resources=[{"id": "abc", "url": "x"}]),
    Case("purge what may be left", "dataset_purge", {"id": uuid(20)}),
    _create("unknown key of the dataset", frequency="annual", resources=[
        {"id": uuid(2000), "url": "http://x.test/n.csv", "format": ".csv", "schema": {"fields": [1]}, "size": "12"},
        {"id": uuid(2001), "url": "http://x.test/n", "format": "Csv", "name": None, "hash": None}]),
    Case("show the new one", "package_show", {"id": "contract-new"}, who="nobody"),
    Case("update without organization", "package_update", {"id": uuid(20), "name": "contract-new"}),
    Case("update empties", "package_update", {"id": uuid(20), "name": "contract-new", "owner_org": "contract-north",
         "title": "New"}),
    Case("update by name", "package_update", {"name": "contract-new", "owner_org": "contract-north", "version": "1",
         "extras": [{"key": "b", "value": "2"}, {"key": "a", "value": "1"}], "tags": [{"name": "zz"}, {"name": "aa"}]}),
    Case("update by unknown name", "package_update", {"name": "contract-nope"}),
    Case("update nothing", "package_update", {}),
    Case("patch", "package_patch", {"id": "contract-new", "title": "Patched", "notes": "N"}),
    Case("patch the same", "package_patch", {"id": "contract-new", "title": "Patched"}),
    Case("patch without id", "package_patch", {"title": "x"}),
    Case("patch unknown", "package_patch", {"id": "contract-nope"}),
    Case("patch wrongly", "package_patch", {"id": "contract-new", "name": "A b"}),
    Case("patch a resource in the list", "package_patch", {"id": "contract-new", "resources": [{"id": uuid(2000), "url": "http://y"}]}),
    Case("revise", "package_revise", {"match": {"id": uuid(20)}, "update": {"version": "2"}}),
    Case("revise by name", "package_revise", {"match": {"name": "contract-new"}, "update": {"version": "3"}}),
    Case("revise nothing", "package_revise", {}),
    Case("revise no match", "package_revise", {"match": {"id": "nope"}}),
    Case("revise what is stale", "package_revise",
         {"match": {"name": "contract-new", "metadata_modified": "2001-01-01T00:00:00.000000"}, "update": {"version": "4"}}),
    Case("revise what is not", "package_revise", {"match": {"name": "contract-new", "version": "9"}}),
    Case("revise with the lock", "package_revise", {"match__id": uuid(20),
         "match__metadata_modified": "{revise by name:result.package.metadata_modified}",
         "update__version": "5", "update__resources__00000__hash": "ab"}),
    Case("revise flattened inside is dropped", "package_revise",
         {"match": {"id": uuid(20)}, "update": {"resources__0__hash": "zz", "version": "6"}}),
    Case("revise extend", "package_revise", {"match": {"id": uuid(20)},
         "update__resources__extend": [{"id": uuid(2002), "url": "http://x.test/extra", "format": "json"}]}),
    Case("revise extend as text", "package_revise", {"match__id": uuid(20),
         "update__resources__extend": json.dumps([{"id": uuid(2003), "url": "http://x.test/more"}])}, "multipart"),
    Case("revise the last", "package_revise", {"match__id": uuid(20), "update__resources__-1__format": "pdf"}),
    Case("revise out of range", "package_revise", {"match__id": uuid(20), "update__resources__9__format": "pdf"}),
    Case("revise unknown part", "package_revise", {"match__id": uuid(20), "update__resources__nope9__format": "pdf"}),
    Case("revise below nothing", "package_revise", {"match__id": uuid(20), "update__nope__x": "pdf"}),
    Case("revise a filter", "package_revise", {"match__id": uuid(20), "filter": ["-resources__1"]}),
    Case("revise a filter by id", "package_revise", {"match__id": uuid(20), "filter": ["-resources__" + uuid(2003)]}),
    Case("revise a filter, the first that matches", "package_revise",
         {"match__id": uuid(20), "filter": ["+resources__*", "-resources__0"]}),
    Case("revise a filter as text", "package_revise", {"match__id": uuid(20), "filter": "-extras,-tags"}),
    Case("revise a filter without sign", "package_revise", {"match__id": uuid(20), "filter": ["x"]}),
    Case("revise all but", "package_revise", {"match__id": uuid(20),
         "filter": ["+id", "+name", "+owner_org", "+resources__0__id", "+resources__0__url", "-*"],
         "update": {"title": "Only this"}}),
    Case("revise wrongly", "package_revise", {"match__id": uuid(20), "update": {"name": "A b"}}),
    Case("revise with bad JSON", "package_revise", {"match": "{", "update": "x"}),
    Case("revise the same", "package_revise", {"match__id": uuid(20), "update": {"title": "Only this"}}),
    Case("add a resource", "resource_create", {"package_id": "contract-new", "id": uuid(2010), "url": "http://x.test/z",
         "format": "xml", "size": 3}),
    Case("add a resource by multipart", "resource_create",
         {"package_id": "contract-new", "id": uuid(2011), "url": "http://x.test/z", "name": "again"}, "multipart"),
    Case("add a resource to nothing", "resource_create", {"url": "x"}),
    Case("add a resource to what is not there", "resource_create", {"package_id": "contract-nope", "url": "x"}),
    Case("add a wrong resource", "resource_create", {"package_id": "contract-new", "size": "x"}),
    Case("patch a resource", "resource_patch", {"id": uuid(2010), "hash": "ab"}),
    Case("patch a resource wrongly", "resource_patch", {"id": uuid(2010), "size": "ab"}),
    Case("patch no resource", "resource_patch", {"id": "nope"}),
    Case("patch a resource without id", "resource_patch", {"hash": "x"}),
    Case("update a resource", "resource_update", {"id": uuid(2010), "url": "http://x.test/new"}),
    Case("delete a resource", "resource_delete", {"id": uuid(2010)}),
    Case("delete a resource that never was", "resource_delete", {"id": uuid(2999)}),
    Case("delete no resource", "resource_delete", {}),
    Case("after the resources", "package_show", {"id": "contract-new"}),
    Case("hide", "package_patch", {"id": "contract-new", "private": True}),
    Case("hidden", "package_show", {"id": "contract-new"}, who="nobody"),
    Case("move", "package_patch", {"id": "contract-new", "owner_org": "contract-south", "private": "false"}),
    Case("rename", "package_patch", {"id": "contract-new", "name": "contract-renamed"}),
    Case("under the old name", "package_show", {"id": "contract-new"}, who="nobody"),
    Case("delete", "package_delete", {"id": "contract-renamed"}),
    Case("delete nothing", "package_delete", {}),
    Case("delete what is not there", "package_delete", {"id": "contract-nope"}),
    Case("deleted to nobody", "package_show", {"id": uuid(20)}, who="nobody"),
    Case("deleted to its publisher", "package_show", {"id": uuid(20)}),
    Case("deleted in the list", "package_list", {"include_deleted": True}),
    Case("deleted in a search", "package_search", {"include_deleted": True, "q": "id:" + uuid(20), "fl": ["name"]}),
    Case("brought back", "package_patch", {"id": uuid(20), "state": "active"}),
    Case("deleted again", "package_delete", {"id": uuid(20)}),
    Case("a deleted one's name is free", "package_create", NEW | {"id": uuid(21), "name": "contract-renamed"}),
    Case("purge", "dataset_purge", {"id": uuid(20)}),
    Case("purge the other", "dataset_purge", {"id": uuid(21)}),
    Case("purge again", "dataset_purge", {"id": uuid(21)}),
    Case("purged", "package_show", {"id": uuid(21)}),
    *(
        case
        for kind, name, number in (("organization", "contract-third", 9010), ("group", "contract-topic", 9110))
        for case in (
            Case(f"{kind}: nothing", f"{kind}_create", {}),
            Case(f"{kind}: taken", f"{kind}_create", {"name": (ORGANIZATIONS if kind == "organization" else GROUPS)[0]}),
            Case(f"{kind}: bad name", f"{kind}_create", {"name": "A b"}),
            Case(f"{kind}: taken by the other kind", f"{kind}_create",
                 {"name": (GROUPS if kind == "organization" else ORGANIZATIONS)[0]}),
            Case(f"{kind}: created", f"{kind}_create", {"name": name, "id": uuid(number), "title": "Third",
                 "extras": [{"key": "b", "value": "2"}, {"key": "a", "value": "1"}]}),
            Case(f"{kind}: id taken", f"{kind}_create", {"name": name + "-x", "id": uuid(number)}),
            Case(f"{kind}: id of words", f"{kind}_create", {"name": name + "-y", "id": "words-of-mine"}),
            Case(f"{kind}: patched", f"{kind}_patch", {"id": name, "description": "D"}),
            Case(f"{kind}: updated", f"{kind}_update", {"id": name, "name": name, "title": "Again"}),
            Case(f"{kind}: updated without name", f"{kind}_update", {"id": name, "title": "Again"}),
            Case(f"{kind}: extras twice", f"{kind}_update",
                 {"id": name, "name": name, "extras": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]}),
            Case(f"{kind}: patched unknown", f"{kind}_patch", {"id": "contract-nope", "description": "D"}),
            Case(f"{kind}: deleted", f"{kind}_delete", {"id": name}),
            Case(f"{kind}: deleted again", f"{kind}_delete", {"id": name}),
            Case(f"{kind}: deleted to nobody", f"{kind}_show", {"id": name}, who="nobody"),
            Case(f"{kind}: deleted to its publisher", f"{kind}_show", {"id": name}),
            Case(f"{kind}: created under a deleted one's name", f"{kind}_create", {"name": name}),
            Case(f"{kind}: purged", f"{kind}_purge", {"id": name}),
            Case(f"{kind}: purged again", f"{kind}_purge", {"id": name}),
        )
    ),
    Case("an organization with datasets", "organization_delete", {"id": "contract-south"}),
    Case("dataset id of words", "package_create", OWNED | {"id": "dataset-of-words"}),
    Case("resource id of words", "package_create", OWNED | {"resources": [{"id": "resource-of-words"}]}),
    Case("resource id without hyphens", "package_create",
         OWNED | {"id": uuid(32), "resources": [{"id": uuid(3201).replace("-", "")}]}),
    Case("with a resource", "package_create", OWNED | {"id": uuid(30), "name": "contract-ids", "resources": [{"id": uuid(3001)}]}),
    Case("with a resource: deleted", "package_delete", {"id": uuid(30)}),
    Case("a deleted one's resource", "resource_show", {"id": uuid(3001)}),
    Case("a deleted one's resource to nobody", "resource_show", {"id": uuid(3001)}, who="nobody"),
    Case("a deleted one's resource id stays its own", "package_create",
         OWNED | {"id": uuid(31), "name": "contract-ids", "resources": [{"id": uuid(3001)}]}),
    Case("a deleted one's resource id is not for another's new one", "resource_create",
         {"package_id": uuid(32), "id": uuid(3001)}),
    Case("a deleted one comes back", "package_patch", {"id": uuid(30), "state": "active"}),
)  # fmt: skip

# -- the datastore: tables of resources -----------------------------------------------------------

TABLE, OTHER_TABLE = uuid(4001), uuid(4002)
FIELDS = [{"id": "REF_AREA", "type": "text", "info": {"label": "Area", "sdmx": {"role": "dimension"}}},
          {"id": "TIME_PERIOD", "type": "text"}, {"id": "OBS_VALUE", "type": "numeric", "info": {"label": "Value"}},
          {"id": "NOTE", "type": "text"}]  # fmt: skip
ROWS = [{"REF_AREA": area, "TIME_PERIOD": period, "OBS_VALUE": value, **({"NOTE": note} if note else {})}
        for area, period, value, note in (
            ("MYS", "2024-Q1", 3.3, ""), ("MYS", "2024-Q2", 3.25, "Revised figures"), ("IDN", "2024-Q1", 4.8, ""),
            ("IDN", "2024-Q2", None, "Missing, never asked"), ("THA", "2024-Q1", 10, "a,b\"c"), ("THA", "2023", -1, ""),
        )]  # fmt: skip
KEY = ["REF_AREA", "TIME_PERIOD"]


def _rows(case: str, /, **more: Any) -> Case:
    return Case(f"rows: {case}", "datastore_search", {"resource_id": TABLE} | more, who="nobody")


def _table(case: str, /, **more: Any) -> Case:
    return Case(f"table: {case}", "datastore_create", {"resource_id": TABLE, "force": True} | more)


TABLES: tuple[Case, ...] = (
    Case("dataset with tables", "package_create",
         OWNED | {"id": uuid(40), "name": "contract-table", "resources": [
             {"id": TABLE, "url": "http://x.test/t.csv", "format": "CSV", "datastore_active": True},
             {"id": OTHER_TABLE, "url": "http://x.test/o.csv", "format": "CSV"}]}),
    _rows("none yet"),
    _rows("of no resource", resource_id="nope"),
    _rows("of nothing", resource_id=None),
    Case("table: nothing is said", "datastore_create", {}),
    Case("table: of no resource", "datastore_create", {"resource_id": "nope", "force": True}),
    Case("table: without force", "datastore_create", {"resource_id": TABLE, "fields": FIELDS}),
    Case("table: by nobody", "datastore_create", {"resource_id": TABLE, "force": True, "fields": FIELDS}, who="nobody"),
    _table("no such type", fields=[{"id": "A", "type": "nope"}]),
    _table("field with a bad name", fields=[{"id": "_A", "type": "text"}]),
    _table("field without a name", fields=[{"type": "text"}]),
    _table("field twice", fields=[{"id": "A", "type": "text"}] * 2),
    _table("row with a key too many", fields=FIELDS[:2], records=[{}, {"NOTE": "x"}]),
    _table("key that is no field", fields=FIELDS, primary_key=["NOPE"]),
    _table("alias with a bad name", fields=FIELDS, aliases=["_x"]),
    _table("made", fields=FIELDS, primary_key=KEY, records=ROWS[:4], aliases=["contract-alias"], calculate_record_count=False),
    Case("table: is told of", "datastore_info", {"id": TABLE}, who="nobody"),
    Case("table: is told of by its alias", "datastore_info", {"id": "contract-alias", "include_fields_schema": False}, who="nobody"),
    Case("table: of nothing is told", "datastore_info", {"id": "nope"}, who="nobody"),
    Case("table: a dataset with it", "package_show", {"id": "contract-table"}, who="nobody"),
    _table("a number that is none", records=[ROWS[4] | {"OBS_VALUE": "many"}], calculate_record_count=False),
    _table("more rows", records=ROWS[4:5], calculate_record_count=False),
    Case("rows: put in", "datastore_upsert", {"resource_id": TABLE, "force": True, "method": "insert", "records": ROWS[5:],
         "calculate_record_count": False}),
    Case("rows: put in again", "datastore_upsert", {"resource_id": TABLE, "force": True, "method": "insert", "records": ROWS[5:],
         "calculate_record_count": False}),
    Case("rows: put over", "datastore_upsert", {"resource_id": TABLE, "force": True,
         "records": [ROWS[5] | {"OBS_VALUE": -2}], "calculate_record_count": False}),
    Case("rows: put over without their key", "datastore_upsert", {"resource_id": TABLE, "force": True,
         "records": [{"OBS_VALUE": 1}], "calculate_record_count": False}),
    Case("rows: put over with what is no field", "datastore_upsert", {"resource_id": TABLE, "force": True,
         "records": [ROWS[0] | {"NOPE": 1}], "calculate_record_count": False}),
    Case("rows: put in no table", "datastore_upsert", {"resource_id": OTHER_TABLE, "force": True, "records": ROWS[:1]}),
    Case("rows: put without force", "datastore_upsert", {"resource_id": TABLE, "records": ROWS[:1]}),
    Case("rows: put by nobody", "datastore_upsert", {"resource_id": TABLE, "force": True, "records": ROWS[:1]}, who="nobody"),
    Case("rows: put by no method", "datastore_upsert", {"resource_id": TABLE, "force": True, "method": "nope"}),
    _table("the same key again", records=ROWS[:1], calculate_record_count=False),
    _rows("all"),
    _rows("by alias", resource_id="contract-alias"),
    Case("rows: by get", "datastore_search", {"resource_id": TABLE, "filters": '{"REF_AREA": "IDN"}', "limit": "5"}, "get", "nobody"),
    _rows("none of them", limit=0),
    _rows("a page", limit=2, offset=3),
    _rows("without a total", limit=1, include_total=False),
    _rows("too many", limit=99_999),
    _rows("a wrong number", limit=-1),
    _rows("a wrong start", offset="x"),
    _rows("of one value", filters={"REF_AREA": "MYS"}),
    _rows("of several values", filters={"REF_AREA": ["MYS", "THA"], "TIME_PERIOD": "2024-Q1"}),
    _rows("of a number", filters={"OBS_VALUE": 3.3}),
    _rows("of a range", filters={"OBS_VALUE": {"gte": 3.3, "lt": 10}}),
    _rows("of no values", filters={"REF_AREA": []}),
    _rows("of what is no field", filters={"NOPE": 1}),
    _rows("of filters that are none", filters="x"),
    _rows("some fields", fields=["OBS_VALUE", "REF_AREA"], sort="OBS_VALUE desc nulls last"),
    _rows("some fields as text", fields="REF_AREA, TIME_PERIOD", limit=1),
    _rows("what is no field", fields=["NOPE"]),
    _rows("sorted", sort="REF_AREA desc, TIME_PERIOD asc"),
    _rows("sorted with nothing in between", sort="OBS_VALUE"),
    _rows("sorted by what is no field", sort="NOPE"),
    _rows("each once", fields=["REF_AREA"], distinct=True, sort="REF_AREA"),
    _rows("as lists", records_format="lists", limit=2),
    _rows("as CSV", records_format="csv"),
    _rows("as tabs", records_format="tsv", limit=5),
    _rows("as nonsense", records_format="nope"),
    _rows("with a word", q="revised", fields=["REF_AREA", "NOTE"]),
    _rows("with two words", q="figure revised", fields=["REF_AREA", "NOTE"]),
    _rows("with no word", q="nowhere", fields=["REF_AREA", "NOTE"]),
    _rows("with a word in a field", q={"NOTE": "ASKED"}, fields=["REF_AREA", "NOTE"]),
    _rows("nonsense is asked", nope=1),
    Case("rows: tables that there are", "datastore_search",
         {"resource_id": "_table_metadata", "filters": {"name": [TABLE, OTHER_TABLE, "contract-alias"]}, "sort": "name",
          "fields": ["name", "alias_of"]}, who="nobody"),
    _table("under no alias", aliases=[]),
    _rows("by an alias that was", resource_id="contract-alias"),
    Case("rows: some are taken away", "datastore_records_delete", {"resource_id": TABLE, "force": True, "filters": {"REF_AREA": "MYS"},
         "calculate_record_count": False}),
    _rows("what is left"),
    Case("rows: all are taken away", "datastore_records_delete", {"resource_id": TABLE, "force": True, "filters": {},
         "calculate_record_count": False}),
    Case("rows: taken away without a choice", "datastore_records_delete", {"resource_id": TABLE, "force": True}),
    _table("with other fields", fields=[*FIELDS[:3], {"id": "MORE", "type": "text"}], delete_fields=True),
    _rows("of other fields", limit=0),
    Case("dataset with tables: written without the mark of one", "package_revise", {"match__id": uuid(40), "update": {"resources": [
        {"id": TABLE, "url": "http://x.test/2.csv", "format": "CSV"}]}}),
    Case("dataset with tables: written anew without the mark", "package_revise", {"match__id": uuid(40), "filter": ["+id", "-*"],
        "update": OWNED | {"name": "contract-table", "resources": [{"id": TABLE, "url": "http://x.test/3.csv", "format": "CSV", "mimetype": "text/csv"}]}}),
    Case("table: taken away by nobody", "datastore_delete", {"resource_id": TABLE, "force": True}, who="nobody"),
    Case("table: taken away without force", "datastore_delete", {"resource_id": TABLE}),
    Case("table: taken away", "datastore_delete", {"resource_id": TABLE, "force": True}),
    Case("table: taken away again", "datastore_delete", {"resource_id": TABLE, "force": True}),
    _rows("when the table is gone"),
    _table("of a dataset that has no mark", fields=FIELDS[:1]),
    Case("dataset with tables: hidden", "package_patch", {"id": uuid(40), "private": True}),
    _rows("of a hidden dataset"),
    Case("rows: of a hidden dataset to its publisher", "datastore_search", {"resource_id": TABLE}),
    Case("table: of a hidden dataset", "datastore_info", {"id": TABLE}, who="nobody"),
    Case("dataset with tables: its mark", "package_show", {"id": uuid(40)}),
    Case("table: taken away at last", "datastore_delete", {"resource_id": TABLE, "force": True}),
    Case("dataset with tables: purged", "dataset_purge", {"id": uuid(40)}),
)  # fmt: skip

# -- vocabularies ---------------------------------------------------------------------------------

_V = "{vocabulary made:result.id}"
VOCABULARIES: tuple[Case, ...] = (
    Case("vocabulary made", "vocabulary_create", {"name": "contract-country", "tags": [{"name": "Malaysia"}, {"name": "Viet Nam"}]}),
    Case("vocabulary: made again", "vocabulary_create", {"name": "contract-country", "tags": []}),
    Case("vocabulary: wrong", "vocabulary_create", {"name": "x", "tags": [{"name": "a"}]}),
    Case("vocabulary: without a name", "vocabulary_create", {"tags": []}),
    Case("vocabulary: by nobody", "vocabulary_create", {"name": "contract-y", "tags": []}, who="nobody"),
    Case("vocabulary: shown", "vocabulary_show", {"id": "contract-country"}, who="nobody"),
    Case("vocabulary: shown by id", "vocabulary_show", {"id": _V}, who="nobody"),
    Case("vocabulary: unknown", "vocabulary_show", {"id": "nope"}, who="nobody"),
    Case("vocabulary: none", "vocabulary_show", {}, who="nobody"),
    Case("vocabularies: there are", "vocabulary_list", {}, who="nobody"),
    Case("vocabulary: a tag more", "tag_create", {"name": "Thailand", "vocabulary_id": _V}),
    Case("vocabulary: the tag again", "tag_create", {"name": "Thailand", "vocabulary_id": _V}),
    Case("vocabulary: a tag of none", "tag_create", {"name": "Thailand"}),
    Case("vocabulary: a tag of an unknown one", "tag_create", {"name": "Thailand", "vocabulary_id": "nope"}),
    Case("vocabulary: a tag by nobody", "tag_create", {"name": "Laos", "vocabulary_id": _V}, who="nobody"),
    Case("vocabulary: its tags", "tag_list", {"vocabulary_id": "contract-country"}, who="nobody"),
    Case("vocabulary: its tags in full", "tag_list", {"vocabulary_id": _V, "all_fields": True}, who="nobody"),
    Case("vocabulary: one of its tags", "tag_show", {"id": "Malaysia", "vocabulary_id": "contract-country"}, who="nobody"),
    Case("dataset of a vocabulary", "package_create", OWNED | {"id": uuid(50), "name": "contract-vocabulary", "tags": [
        {"name": "free"}, {"name": "Malaysia", "vocabulary_id": _V}]}),
    Case("dataset of a vocabulary: a tag that it has not", "package_patch", {"id": uuid(50), "tags": [
        {"name": "Malaysia"}, {"name": "Malaysia", "vocabulary_id": _V}, {"name": "Laos", "vocabulary_id": _V}]}),
    Case("dataset of an unknown vocabulary", "package_create", OWNED | {"name": "contract-v2", "tags": [
        {"name": "free"}, {"name": "Malaysia", "vocabulary_id": "nope"}]}),
    Case("dataset of a vocabulary: shown", "package_show", {"id": uuid(50)}, who="nobody"),
    Case("dataset of a vocabulary: found", "package_search", {"fq": "vocab_contract-country:Laos", "fl": ["name"],
         "facet.field": ["vocab_contract-country"]}, who="nobody"),
    Case("dataset of a vocabulary: found as any tag", "package_search", {"fq": "tags:Laos", "fl": ["name"]}, who="nobody"),
    Case("dataset of a vocabulary: found by the word", "package_search", {"q": "laos", "fl": ["name"], "sort": "name asc"}, who="nobody"),
    Case("vocabulary: with the tag that a dataset brought", "tag_list", {"vocabulary_id": "contract-country"}, who="nobody"),
    Case("dataset of a vocabulary: purged", "dataset_purge", {"id": uuid(50)}),
    Case("vocabulary: its tags are other ones", "vocabulary_update", {"id": _V, "name": "contract-country", "tags": []}),
    Case("vocabulary: taken away by nobody", "vocabulary_delete", {"id": _V}, who="nobody"),
    Case("vocabulary: taken away", "vocabulary_delete", {"id": _V}),
    Case("vocabulary: taken away again", "vocabulary_delete", {"id": _V}),
)  # fmt: skip

CASES: tuple[Case, ...] = (*SET_UP, *READS, *SEARCHES, *WRITES, *TABLES, *VOCABULARIES)
