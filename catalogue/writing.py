"""The actions that write.

Source: CKAN 2.12 `ckan/logic/action/{create,update,patch,delete}.py` and a running 2.12.0. What an update
means there: every field that is not sent is emptied, except `resources` of a dataset, which stay; a write
that changes nothing leaves `metadata_modified` as it was; a deleted record frees its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from catalogue import revise, schema, search, show, vocabulary
from catalogue.call import Action, Call
from catalogue.embedded import (
    ACTIVE,
    DATASET,
    DELETED,
    GROUP,
    NOTHING,
    ORGANIZATION,
    PURGED,
    Indexed,
    Record,
)
from catalogue.errors import NotAuthorized, NotFound, ValidationError

EVER = (ACTIVE, "draft", DELETED)
_NOT_CONTENT = ("metadata_modified", "created")


# -- datasets -----------------------------------------------------------------------------------


def package_create(call: Call) -> Record:
    call.publisher_only("create packages")
    errors: Record = {}
    id = call.params.get("id")
    if id and call.records.get(DATASET, str(id), (ACTIVE, "draft", DELETED)):
        errors["id"] = ["Dataset id already exists"]
    elif id:
        errors |= schema.wrong_id(id)
    record = _checked(call, call.params, str(id or ""), errors)
    if not id:
        id = schema.stable_id(DATASET, record["name"])
        other = call.records.get(DATASET, id, (ACTIVE, "draft"))
        id = schema.stable_id(DATASET, f"{record['name']} {call.records.time()}") if other else id
    return _keep(call, record | {"id": str(id), "metadata_created": call.records.time()}, None)


def package_update(call: Call) -> Record:
    key = call.params.get("id") or call.params.get("name")
    if not key:
        raise ValidationError({"id": "Missing value"})
    if not call.records.get(DATASET, str(key), (ACTIVE, "draft", DELETED)):
        raise NotFound("Package was not found.")
    return _update(call, call.editable(str(key)), call.params)


def package_patch(call: Call) -> Record:
    old = call.editable(call.need())
    return _update(call, old, _as_sent(call, old) | dict(call.params) | {"id": old["id"]})


def package_revise(call: Call) -> Record:
    """Match, filter, update: one change that happens whole or not at all."""
    request = revise.Request.of(call.params)
    if not (key := request.match.get("id") or request.match.get("name")):
        raise ValidationError({"match__id": "Missing value"})
    old = call.editable(str(key))
    sent = revise.apply(request, show.dataset(call.records, old))
    return {"package": _update(call, old, sent)}


def _as_sent(call: Call, record: Record) -> Record:
    """What a client would send to get the record that is there."""
    return show.dataset(call.records, record)


def _update(call: Call, old: Record, sent: Mapping[str, Any]) -> Record:
    whole = dict(sent)
    whole["resources"] = (
        _completed(schema.objects(whole, "resources"), old) if "resources" in whole else old["resources"]
    )
    whole.setdefault("name", old["name"])
    whole.setdefault("owner_org", old["owner_org"])
    whole.setdefault("state", old["state"])
    record = _checked(call, whole, old["id"], {})
    return _keep(call, record | {"id": old["id"], "metadata_created": old["metadata_created"]}, old)


def _completed(resources: list[Record], old: Record) -> list[Record]:
    """Of a resource that is there already, CKAN's own fields that are not sent stay; other keys go."""
    before = {r["id"]: {key: r[key] for key in schema.RESOURCE_KEPT} for r in old["resources"]}
    return [before.get(str(item.get("id")), {}) | item for item in resources]


def _checked(call: Call, sent: Mapping[str, Any], id: str, errors: Record) -> Record:
    """The checked record with its organization and groups as ids. Raises all findings together."""
    owner = sent.get("owner_org")
    found = call.records.get(ORGANIZATION, str(owner)) if owner else None
    if not owner:
        errors["owner_org"] = ["An organization must be provided"]
    elif found is None and call.records.get(GROUP, str(owner)):
        raise NotFound("Organization was not found.")
    elif found is None:
        errors["owner_org"] = ["Organization does not exist"]
    if isinstance(sent.get("name"), str) and call.records.taken(DATASET, sent["name"], id):
        errors["name"] = ["That URL is already in use."]
    _foreign_resources(call, sent, id, errors)
    chosen = vocabulary.chosen(call, schema.objects(sent, "tags"), errors)
    record = schema.dataset(sent, errors) | ({"vocabularies": chosen} if chosen else {})
    groups = []
    for item in schema.objects(sent, "groups"):
        group = call.records.get(GROUP, str(item.get("id") or item.get("name") or ""))
        groups += [group["id"]] if group else []  # CKAN passes over groups that there are not
    vocabulary.keep_tags(call, chosen)
    return record | {"owner_org": found and found["id"], "groups": sorted(set(groups))}


def _foreign_resources(call: Call, sent: Mapping[str, Any], id: str, errors: Record) -> None:
    """A resource's id belongs to one dataset for good, also when that is deleted."""
    wrong: list[Record] = []
    for item in schema.objects(sent, "resources"):
        other = call.records.with_resource(str(item["id"]), EVER) if item.get("id") else None
        wrong.append({"id": ["Resource id already exists."]} if other and other["id"] != id else {})
    if any(wrong):
        errors["resources"] = wrong


def _keep(call: Call, record: Record, old: Record | None) -> Record:
    """Store the record unless it says what is there already; then times stay as they were."""
    now = call.records.time()
    before = {r["id"]: r for r in old["resources"]} if old else {}
    for i, resource in enumerate(record["resources"]):
        was = before.get(resource["id"])
        resource["created"] = was["created"] if was else now
        same = was is not None and _content(was) == _content(resource)
        record["resources"][i]["metadata_modified"] = was["metadata_modified"] if was and same else now
    if old is not None and _content(old) == _content(record):
        return show.dataset(call.records, old)
    record["metadata_modified"] = now
    call.records.put(DATASET, record, _indexed(call, record))
    return show.dataset(call.records, record)


def _content(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _content(v) for k, v in value.items() if k not in _NOT_CONTENT}
    return [_content(v) for v in value] if isinstance(value, list) else value


def _indexed(call: Call, record: Record) -> Indexed:
    owner = call.records.get(ORGANIZATION, record["owner_org"]) if record["owner_org"] else None
    groups = (call.records.get(GROUP, id) for id in record["groups"])
    named = vocabulary.by_name(call.records, record)
    return search.indexed(
        record, owner["name"] if owner else "", tuple(g["name"] for g in groups if g), named
    )


def package_delete(call: Call) -> None:
    old = call.editable(call.need())
    record = old | {"state": DELETED, "metadata_modified": call.records.time()}
    call.records.put(DATASET, record, _indexed(call, record))


def dataset_purge(call: Call) -> None:
    call.publisher_only()
    record = call.records.get(DATASET, call.need(), (ACTIVE, "draft", DELETED))
    if record is None:
        raise NotFound("Dataset was not found")
    _purge(call, DATASET, record)


def _purge(call: Call, kind: str, record: Record) -> None:
    """From this vintage on nothing of it is left; older vintages still show what they showed."""
    left = {"id": record["id"], "name": record["name"], "state": PURGED}
    call.records.put(kind, left, NOTHING)


# -- resources: each is a change of its dataset -------------------------------------------------


def _dataset_of(call: Call, resource_id: str) -> tuple[Record, int]:
    record = call.records.with_resource(resource_id, (ACTIVE, "draft"))
    if record is None:
        raise NotFound("Resource was not found." if call.action == "resource_patch" else "")
    return record, next(i for i, r in enumerate(record["resources"]) if r["id"] == resource_id)


def _with_resources(call: Call, record: Record, resources: list[Record], position: int) -> Record:
    """Write the dataset with these resources; a finding is told as the resource's own, as CKAN does."""
    try:
        shown = _update(call, record, _as_sent(call, record) | {"resources": resources})
    except ValidationError as exc:
        found = exc.errors.get("resources")
        raise ValidationError(found[position] if found and found[position] else exc.errors) from None
    return shown["resources"][position] if position < len(shown["resources"]) else {}


def resource_create(call: Call) -> Record:
    key = call.need("package_id")
    record = call.records.get(DATASET, key, (ACTIVE, "draft", DELETED))
    if record is None:
        raise NotFound
    call.publisher_only(f"create resources on dataset {key}")
    id = call.params.get("id")
    if id and call.records.with_resource(str(id), EVER):
        raise ValidationError({"id": ["Resource id already exists."]})
    resources = [*record["resources"], dict(call.params)]
    return _with_resources(call, record, resources, len(resources) - 1)


def resource_update(call: Call) -> Record:
    call.publisher_only()
    record, position = _dataset_of(call, call.need())
    resources = list(record["resources"])
    resources[position] = dict(call.params)
    return _with_resources(call, record, resources, position)


def resource_patch(call: Call) -> Record:
    call.publisher_only()
    record, position = _dataset_of(call, call.need())
    resources = list(record["resources"])
    resources[position] = resources[position] | dict(call.params)
    return _with_resources(call, record, resources, position)


def resource_delete(call: Call) -> None:
    call.publisher_only()
    record, position = _dataset_of(call, call.need())
    resources = record["resources"][:position] + record["resources"][position + 1 :]
    _with_resources(call, record, resources, len(resources))


# -- organizations and groups -------------------------------------------------------------------


def group_create(kind: str, call: Call) -> Record:
    if not call.is_publisher:
        raise NotAuthorized(f"User None not authorized to create {kind}s")
    errors: Record = {}
    id = str(call.params.get("id") or "")
    if id and call.records.get(kind, id, (ACTIVE, DELETED)):
        errors["id"] = ["Id already exists"]
    elif id:
        errors |= schema.wrong_id(id)
    record = _checked_group(call, kind, call.params, id, errors)
    id = id or schema.stable_id(kind, record["name"])
    return _keep_group(call, kind, record | {"id": id, "created": call.records.time()}, None)


def group_update(kind: str, call: Call) -> Record:
    call.publisher_only()
    old = call.group(kind, call.need())
    kept = {key: old[key] for key in ("name", "description", "title", "image_url", "state")}
    shown = _update_group(call, kind, old, kept | dict(call.params))
    return _as_updated(shown)


def group_patch(kind: str, call: Call) -> Record:
    call.publisher_only()
    old = call.group(kind, call.need())
    return _as_updated(_update_group(call, kind, old, old | dict(call.params)))


def _as_updated(shown: Record) -> Record:
    return {key: value for key, value in shown.items() if key != "num_followers"} | {"packages": []}


def _update_group(call: Call, kind: str, old: Record, sent: Mapping[str, Any]) -> Record:
    record = _checked_group(call, kind, sent, old["id"], {})
    return _keep_group(call, kind, record | {"id": old["id"], "created": old["created"]}, old)


def _checked_group(call: Call, kind: str, sent: Mapping[str, Any], id: str, errors: Record) -> Record:
    """Organizations and groups share one space of names."""
    if isinstance(sent.get("name"), str):
        for other in (ORGANIZATION, GROUP):
            if call.records.taken(other, sent["name"], id, (ACTIVE, DELETED)):
                errors["name"] = ["Group name already exists in database"]
    return schema.group(sent, errors)


def _keep_group(call: Call, kind: str, record: Record, old: Record | None) -> Record:
    if old != record:
        call.records.put(kind, record, NOTHING)
    return show.group(record, kind, 0)


def group_delete(kind: str, call: Call) -> None:
    call.publisher_only()
    old = call.group(kind, call.need())
    if kind == ORGANIZATION and any(
        r["owner_org"] == old["id"] for r in call.records.all(DATASET, private=True)
    ):
        raise ValidationError({"message": "Organization cannot be deleted while it still has datasets"})
    call.records.put(kind, old | {"state": DELETED}, NOTHING)


def group_purge(kind: str, call: Call) -> None:
    call.publisher_only()
    record = call.records.get(kind, call.need(), (ACTIVE, DELETED))
    if record is None:
        raise NotFound(f"{kind.capitalize()} was not found")
    _purge(call, kind, record)


WRITING: dict[str, Action] = {
    function.__name__: Action(function, writes=True)
    for function in (
        package_create, package_update, package_patch, package_revise, package_delete, dataset_purge,
        resource_create, resource_update, resource_patch, resource_delete,
    )
}  # fmt: skip
WRITING |= {
    f"{kind}_{verb}": Action(partial(function, kind), writes=True)
    for kind in (ORGANIZATION, GROUP)
    for verb, function in (
        ("create", group_create),
        ("update", group_update),
        ("patch", group_patch),
        ("delete", group_delete),
        ("purge", group_purge),
    )
}
