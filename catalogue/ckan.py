"""Bringing a catalogue to what it shall say: plan, then apply, through ckanapi only.

The same code serves a real CKAN over HTTP and the embedded catalogue in process. Records are found by their
deterministic names. An answer of 500, or none, is ambiguous (CKAN may have done it all the same), so the
record is read again before anything is tried a second time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import requests
from ckanapi import RemoteCKAN
from ckanapi.common import ActionShortcut, prepare_action, reverse_apicontroller_action
from ckanapi.errors import CKANAPIError, NotAuthorized, NotFound, ServerIncompatibleError, ValidationError

from catalogue.embedded import Embedded
from catalogue.errors import SyncError
from catalogue.record import Catalogue, Dataset, Group, Organization, Resource

MARK = "lmis"  # extra on each record of ours; a catalogue's other records are never touched
TRIES = 4
_PAGE = 100


class Api(Protocol):
    """What ckanapi's RemoteCKAN, LocalCKAN and TestAppCKAN have in common."""

    def call_action(self, action: str, data_dict: Mapping[str, Any] | None = None) -> Any: ...


class Remote(RemoteCKAN):  # type: ignore[misc]
    """A CKAN at an address, with timeouts on every call."""

    timeout = (10, 120)  # seconds to connect, and to wait for an answer

    def call_action(self, action: str, data_dict: Any = None, **more: Any) -> Any:
        options = {"timeout": self.timeout} | (more.pop("requests_kwargs", None) or {})
        return super().call_action(action, data_dict, requests_kwargs=options, **more)


class InProcess:
    """The embedded catalogue as ckanapi sees it, without a server: for the publisher's own process."""

    def __init__(self, client: Any, token: str) -> None:
        self.client, self.token = client, token
        self.action = ActionShortcut(self)

    def call_action(self, action: str, data_dict: Mapping[str, Any] | None = None) -> Any:
        url, body, headers = prepare_action(action, data_dict, self.token)
        response = self.client.post(f"/{url}", data=body, headers=headers)
        return reverse_apicontroller_action(url, response.status_code, response.get_data(as_text=True))


def embedded(
    catalogue: Embedded, vintage: int, site: Any, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> InProcess:
    """The embedded catalogue, to write what it shows from `vintage` on."""
    from catalogue.actions import standalone

    client, token = standalone(catalogue, vintage, site, now)
    return InProcess(client, token)


# -- what shall be, as CKAN is told -------------------------------------------------------------


def _extras(extras: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": extras[key]} for key in sorted(extras)]


def group_payload(record: Organization | Group) -> dict[str, Any]:
    return {
        "name": record.name,
        "title": record.title,
        "description": record.description,
        "extras": _extras(record.extras),
    }


def resource_payload(record: Resource) -> dict[str, Any]:
    return dict(record.extra) | {
        "id": record.id,
        "name": record.name,
        "url": record.url,
        "format": record.format,
        "description": record.description,
        "mimetype": record.mimetype,
        "size": record.size,
        "hash": record.hash,
    }


def dataset_payload(record: Dataset) -> dict[str, Any]:
    return {
        "name": record.name,
        "title": record.title,
        "notes": record.notes,
        "owner_org": record.owner_org,
        "private": False,
        "groups": [{"name": name} for name in sorted(record.groups)],
        "tags": [{"name": name} for name in sorted(record.tags)],
        "license_id": record.license_id,
        "url": record.url,
        "version": record.version,
        "author": record.author,
        "maintainer": record.maintainer,
        "maintainer_email": record.maintainer_email,
        "extras": _extras(record.extras),
        "resources": [resource_payload(r) for r in record.resources],
    }


# -- what is, in the same words -----------------------------------------------------------------


def differences(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields in which a record that is there differs from the one that shall be."""
    return tuple(key for key, value in wanted.items() if not _same(key, value, there))


def _same(key: str, value: Any, there: Mapping[str, Any]) -> bool:
    found = there.get(key)
    if key == "extras":
        return _pairs(value) == _pairs(found or [])
    if key in ("groups", "tags"):
        return sorted(item["name"] for item in value) == sorted(item["name"] for item in found or [])
    if key == "owner_org":
        return value in (found, (there.get("organization") or {}).get("name"))
    if key == "resources":
        return len(value) == len(found or []) and not any(
            differences(wanted, is_there) for wanted, is_there in zip(value, found or [], strict=True)
        )
    return bool(value == found) or (value in (None, "") and found in (None, ""))


def _pairs(extras: Any) -> dict[str, Any]:
    return {item["key"]: item["value"] for item in extras}


# -- plan ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One call to make, and why."""

    verb: str  # create | update | delete
    kind: str  # organization | group | package
    name: str
    payload: Mapping[str, Any]
    fields: tuple[str, ...] = ()  # what differs

    def __str__(self) -> str:
        kind = {"package": "dataset"}.get(self.kind, self.kind)
        return f"{self.verb} {kind} {self.name}" + (f": {', '.join(self.fields)}" if self.fields else "")


@dataclass(frozen=True)
class Plan:
    changes: tuple[Change, ...]
    unchanged: int

    def __str__(self) -> str:
        lines = [str(change) for change in self.changes] or ["nothing to do"]
        return "\n".join([*lines, f"{self.unchanged} records are as they shall be"])


def plan(api: Api, desired: Catalogue) -> Plan:
    """What has to be done to `api` so that it says `desired`. Raises SyncError when it does not answer.

    Datasets of ours (extra `lmis` with the value that `desired` uses) that are no longer desired are deleted,
    within the organizations that `desired` names or that carry the mark; nothing else ever is.
    """
    changes: list[Change] = []
    unchanged = 0
    wanted: list[tuple[str, str, dict[str, Any]]] = [
        *(("organization", o.name, group_payload(o)) for o in desired.organizations),
        *(("group", g.name, group_payload(g)) for g in desired.groups),
        *(("package", d.name, dataset_payload(d)) for d in desired.datasets),
    ]
    for kind, name, payload in wanted:
        change = _change(kind, name, payload, read(api, kind, name))
        changes += [change] if change else []
        unchanged += change is None
    return Plan((*changes, *_superfluous(api, desired)), unchanged)


def _change(kind: str, name: str, payload: dict[str, Any], there: Mapping[str, Any] | None) -> Change | None:
    if there is None:
        return Change("create", kind, name, payload)
    fields = differences(payload, there)
    if not fields:
        return None
    return Change("update", kind, name, payload | {"id": there["id"]}, fields)


def _superfluous(api: Api, desired: Catalogue) -> list[Change]:
    marks = {d.extras.get(MARK) for d in desired.datasets} - {None}
    keep = {d.name for d in desired.datasets}
    marked = _call(api, "organization_list", {"all_fields": True, "include_extras": True})
    ours = {o["name"] for o in marked if _pairs(o.get("extras") or []).get(MARK) in marks}
    found = []
    for name in sorted(ours | {o.name for o in desired.organizations}):
        for there in _datasets_of(api, name):
            if there["name"] not in keep and _pairs(there.get("extras") or []).get(MARK) in marks:
                found.append(Change("delete", "package", there["name"], {"id": there["id"]}))
    return found


def _datasets_of(api: Api, organization: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    while True:
        page = _call(
            api,
            "package_search",
            {"fq": f'organization:"{organization}"', "rows": _PAGE, "start": len(found), "sort": "name asc"},
        )["results"]
        found += page
        if not page:
            return found


def read(api: Api, kind: str, name: str) -> Mapping[str, Any] | None:
    """The active record of that name, or None."""
    try:
        more = {} if kind == "package" else {"include_datasets": False, "include_users": False}
        there: Mapping[str, Any] = _call(api, f"{kind}_show", {"id": name, **more})
    except NotFound:
        return None
    return there if there.get("state", "active") == "active" and there.get("name") == name else None


# -- apply --------------------------------------------------------------------------------------


def apply(
    api: Api,
    plan: Plan,
    progress: Callable[[Change], None] = lambda change: None,
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Make the changes in order. Raises SyncError that names the record; what was done before it stays done,
    and planning again goes on from there."""
    for change in plan.changes:
        _make(api, change, wait)
        progress(change)


def _make(api: Api, change: Change, wait: Callable[[float], None]) -> None:
    problem: Exception | None = None
    for attempt in range(TRIES):
        if attempt:
            wait(0.5 * 2**attempt)
            if _is_done(api, change):
                return
        try:
            api.call_action(f"{change.kind}_{change.verb}", change.payload)
            return
        except (NotAuthorized, ValidationError, NotFound) as exc:
            # "Already exists" after an ambiguous answer, or somebody else was quicker: look, then decide.
            if not isinstance(exc, NotAuthorized) and _is_done(api, change):
                return
            raise SyncError(f"{change}: {_told(exc)}") from exc
        except (CKANAPIError, ServerIncompatibleError, requests.RequestException) as exc:
            problem = exc
    if not _is_done(api, change):
        raise SyncError(f"{change}: no clear answer in {TRIES} tries: {str(problem)[:300]}") from problem


def _is_done(api: Api, change: Change) -> bool:
    try:
        there = read(api, change.kind, change.name)
    except SyncError:
        return False
    if change.verb == "delete":
        return there is None
    return there is not None and not differences(change.payload, there)


def _told(error: Any) -> str:
    if isinstance(error, NotAuthorized):
        return "the catalogue does not allow it to this token"
    if isinstance(error, NotFound):
        return f"the catalogue does not find it: {error}"
    found = {key: value for key, value in error.error_dict.items() if key != "__type"}
    return "the catalogue refused it: " + "; ".join(f"{key}: {value}" for key, value in found.items())


def _call(api: Api, action: str, params: Mapping[str, Any]) -> Any:
    """A reading call, tried again when there is no clear answer. Raises NotFound or SyncError."""
    problem: Exception | None = None
    for attempt in range(TRIES):
        try:
            return api.call_action(action, params)
        except NotFound:
            raise
        except NotAuthorized as exc:
            raise SyncError(f"{action} {params.get('id', '')}: the catalogue does not allow it") from exc
        except (CKANAPIError, ServerIncompatibleError, requests.RequestException) as exc:
            problem = exc
            time.sleep(0.2 * 2**attempt)
    raise SyncError(f"{action}: no clear answer in {TRIES} tries: {str(problem)[:300]}") from problem
