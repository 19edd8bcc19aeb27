"""Tags, free ones and those of vocabularies: the actions, and what a dataset says of them.

A free tag is there as long as a dataset has it; a vocabulary keeps its tags, and a dataset that names another
one adds it. Source: CKAN 2.12 `ckan/logic/action/{get,create,update,delete}.py` and a running 2.12.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue import schema, show
from catalogue.call import Action, Call
from catalogue.columns import columns
from catalogue.embedded import ACTIVE, DATASET, NOTHING, PURGED, VOCABULARY, Record, Records
from catalogue.errors import NotAuthorized, NotFound, ValidationError
from catalogue.schema import MISSING

UNKNOWN = "Tag vocabulary was not found."


# -- of a dataset -------------------------------------------------------------------------------


def chosen(call: Call, tags: list[Record], errors: Record) -> dict[str, list[str]]:
    """The names of tags by the id of their vocabulary."""
    found: dict[str, list[str]] = {}
    wrong: list[Record] = []
    for tag in tags:
        id = tag.get("vocabulary_id")
        known = not id or call.records.get(VOCABULARY, str(id))
        wrong += [] if known else [{"vocabulary_id": [UNKNOWN]}]
        if id and known:
            found.setdefault(str(id), []).append(str(tag.get("name")))
    if wrong:
        errors["tags"] = wrong
    return {id: sorted(set(names)) for id, names in found.items()}


def keep_tags(call: Call, chosen: Mapping[str, list[str]]) -> None:
    """Vocabularies have from now on what datasets name."""
    for id, names in chosen.items():
        record = call.records.get(VOCABULARY, id)
        if record is not None and (new := sorted({*names} - {*record["tags"]})):
            call.records.put(VOCABULARY, record | {"tags": [*record["tags"], *new]}, NOTHING)


def by_name(records: Records, dataset: Record) -> dict[str, list[str]]:
    """A dataset's tags by the name of their vocabulary."""
    named = ((records.get(VOCABULARY, id), names) for id, names in dataset.get("vocabularies", {}).items())
    return {record["name"]: names for record, names in named if record}


# -- reading ------------------------------------------------------------------------------------


def _vocabulary(call: Call, key: str) -> Record:
    record = call.records.get(VOCABULARY, key)
    if record is None:
        raise NotFound(f'Could not find vocabulary "{key}"')
    return record


def _shown(record: Record) -> Record:
    tags = [show.tag(name, record["id"]) for name in record["tags"]]
    return {"id": record["id"], "name": record["name"], "tags": tags}


def vocabulary_list(call: Call) -> list[Record]:
    return [_shown(record) for record in call.records.all(VOCABULARY)]


def vocabulary_show(call: Call) -> Record:
    if not call.params.get("id"):
        raise ValidationError({"id": "id not in data"})
    return _shown(_vocabulary(call, str(call.params["id"])))


def tag_list(call: Call) -> list[Any]:
    """Free tags that datasets have, or all of a vocabulary."""
    wanted = str(call.params.get("query") or call.params.get("q") or "").lower()
    key = str(call.params.get("vocabulary_id") or "")
    vocabulary = call.records.get(VOCABULARY, key) if key else None
    if key and vocabulary is None:
        raise NotFound(f"could not find vocabulary '{key}'")
    every = vocabulary["tags"] if vocabulary else _free_tags(call)
    names = sorted(name for name in every if wanted in name.lower())
    id = vocabulary["id"] if vocabulary else None
    return [show.tag(name, id) for name in names] if call.flag("all_fields") else names


def _free_tags(call: Call) -> set[str]:
    every = call.records.all(DATASET)
    return columns(call.records).once("tags", lambda: {tag for record in every for tag in record["tags"]})


def tag_show(call: Call) -> Record:
    name = call.need()
    if key := call.params.get("vocabulary_id"):
        vocabulary = _vocabulary(call, str(key))
        if name not in vocabulary["tags"]:
            raise NotFound
        return show.tag(name, vocabulary["id"])
    used = [r for r in call.records.all(DATASET) if name in r["tags"]]
    if not used:
        raise NotFound
    packages = [show.dataset(call.records, r) for r in used] if call.flag("include_datasets") else None
    return show.tag(name) | ({"packages": packages} if packages is not None else {})


READING: dict[str, Action] = {
    function.__name__: Action(function) for function in (vocabulary_list, vocabulary_show, tag_list, tag_show)
}
READING |= {"tag_autocomplete": Action(tag_list)}


# -- writing ------------------------------------------------------------------------------------


def _sysadmin(call: Call) -> None:
    if not call.is_publisher:
        raise NotAuthorized


def vocabulary_create(call: Call) -> Record:
    _sysadmin(call)
    record = _checked(call, None)
    record["id"] = schema.stable_id(VOCABULARY, record["name"])
    call.records.put(VOCABULARY, record, NOTHING)
    return _shown(record)


def vocabulary_update(call: Call) -> Record:
    """Its name and all its tags."""
    _sysadmin(call)
    old = _vocabulary(call, call.need())
    record = _checked(call, old["id"]) | {"id": old["id"]}
    call.records.put(VOCABULARY, record, NOTHING)
    return _shown(record)


def _checked(call: Call, id: str | None) -> Record:
    errors: Record = {}
    name = str(call.params.get("name") or "")
    if not name:
        errors["name"] = [MISSING]
    elif len(name) < 2:
        errors["name"] = ["Name must be at least 2 characters long"]
    elif call.records.taken(VOCABULARY, name, id):
        errors["name"] = ["That vocabulary name is already in use."]
    if "tags" not in call.params:
        errors["tags"] = [MISSING]
    tags = []
    for item in schema.objects(call.params, "tags"):
        try:
            tags.append(schema.tag(str(item.get("name") or "")))
        except ValueError as exc:
            errors.setdefault("tags", []).append(str(exc))
    if errors:
        raise ValidationError(errors)
    return {"name": name, "tags": tags, "state": ACTIVE}


def vocabulary_delete(call: Call) -> None:
    _sysadmin(call)
    record = call.records.get(VOCABULARY, call.need())
    if record is None:
        raise NotFound(f'Could not find vocabulary "{call.need()}"')
    call.records.put(VOCABULARY, {"id": record["id"], "name": record["name"], "state": PURGED}, NOTHING)


def tag_create(call: Call) -> Record:
    _sysadmin(call)
    name, key = call.need("name"), call.params.get("vocabulary_id")
    record = call.records.get(VOCABULARY, str(key)) if key else None
    if record is None:
        raise ValidationError({"vocabulary_id": [UNKNOWN if key else MISSING]})
    if name in record["tags"]:
        told = f"Tag {name} already belongs to vocabulary {record['id']}"
        raise ValidationError({"vocabulary_id": [told]})
    call.records.put(VOCABULARY, record | {"tags": [*record["tags"], name]}, NOTHING)
    return show.tag(name, record["id"]) | {"packages": []}


WRITING: dict[str, Action] = {
    function.__name__: Action(function, writes=True)
    for function in (vocabulary_create, vocabulary_update, vocabulary_delete, tag_create)
}
