"""Bringing a catalogue to what it shall say: plan, then apply, through ckanapi only.

The same code serves a real CKAN over HTTP and the embedded catalogue in process. Records are found by their
deterministic names. An answer of 500, or none, is ambiguous (CKAN may have done it all the same), so the
record is read again before anything is tried a second time. Metadata and resources of a dataset change in one
call, `package_revise`, which holds only while nobody else has changed the dataset since it was read.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ckanapi.errors import NotAuthorized, NotFound, ValidationError

from catalogue.errors import Overtaken, SyncError
from catalogue.payload import dataset_payload, differences, group_payload, pairs
from catalogue.record import Catalogue
from catalogue.remote import UNCLEAR, Api, Busy, InProcess, Remote, embedded

__all__ = ["Api", "Change", "InProcess", "Patience", "Plan", "Remote", "apply", "embedded", "plan", "verify"]

MARK = "lmis"  # extra on each record of ours; a catalogue's other records are never touched
_PAGE = 100
_PAGE_OF_GROUPS = 25  # ckan.group_and_organization_list_all_fields_max


@dataclass
class Patience:
    """How often and how long something without a clear answer is tried."""

    tries: int = 4
    first: float = 1.0  # seconds; then twice as long each time
    most: float = 30.0
    total: float = 600.0  # seconds for everything that is done with this patience
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    spread: Callable[[], float] = field(default=lambda: random.uniform(0.5, 1.0))
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    def attempts(self) -> Iterator[int]:
        for attempt in range(self.tries):
            if attempt:
                self._pause(min(self.first * 2 ** (attempt - 1), self.most) * self.spread())
            if attempt and self.clock() - self.started > self.total:
                return
            yield attempt

    def heed(self, problem: Exception) -> None:
        """Wait as long as a server asked for, within reason."""
        if isinstance(problem, Busy):
            self._pause(min(problem.seconds, self.most))

    def _pause(self, seconds: float) -> None:
        left = self.total - (self.clock() - self.started)
        self.wait(max(0.0, min(seconds, left)))


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


def plan(api: Api, desired: Catalogue, patience: Patience | None = None) -> Plan:
    """What has to be done to `api` so that it says `desired`. Raises SyncError when it does not answer.

    Datasets of ours (extra `lmis` with the value that `desired` uses) that are no longer desired are deleted,
    within the organizations that `desired` names or that carry the mark; nothing else ever is.
    """
    patience = patience or Patience()
    there = _there(api, desired, patience)
    wanted: list[tuple[str, str, dict[str, Any]]] = [
        *(("organization", o.name, group_payload(o)) for o in desired.organizations),
        *(("group", g.name, group_payload(g)) for g in desired.groups),
        *(("package", d.name, dataset_payload(d)) for d in desired.datasets),
    ]
    found = [_change(kind, name, payload, there.get((kind, name))) for kind, name, payload in wanted]
    changes = [change for change in found if change]
    return Plan((*changes, *_superfluous(there, desired)), len(found) - len(changes))


def _change(kind: str, name: str, payload: dict[str, Any], there: Mapping[str, Any] | None) -> Change | None:
    if there is None:
        return Change("create", kind, name, payload)
    fields = differences(payload, there)
    return Change("update", kind, name, payload, fields) if fields else None


Records = dict[tuple[str, str], Mapping[str, Any]]


def _there(api: Api, desired: Catalogue, patience: Patience) -> Records:
    """What `api` has, by kind and name: from lists, and singly what they lack."""
    marks = _marks(desired)
    found: Records = {}
    for kind in ("organization", "group"):
        found |= {(kind, record["name"]): record for record in _groups(api, kind, patience)}
    ours = {n for (kind, n), r in found.items() if kind == "organization" and _mark(r) in marks}
    for name in sorted(ours | {o.name for o in desired.organizations if ("organization", o.name) in found}):
        found |= {("package", record["name"]): record for record in _datasets(api, name, patience)}
    missing = [("package", d.name) for d in desired.datasets if ("package", d.name) not in found]
    singly = {key: read(api, *key, patience) for key in missing}
    return found | {key: record for key, record in singly.items() if record is not None}


def _marks(desired: Catalogue) -> set[Any]:
    return {d.extras.get(MARK) for d in desired.datasets} - {None}


def _mark(record: Mapping[str, Any]) -> Any:
    return pairs(record.get("extras") or []).get(MARK)


def _superfluous(there: Records, desired: Catalogue) -> list[Change]:
    marks, keep = _marks(desired), {d.name for d in desired.datasets}
    return [
        Change("delete", "package", name, {"id": record["id"]})
        for (kind, name), record in sorted(there.items())
        if kind == "package" and name not in keep and _mark(record) in marks
    ]


def _groups(api: Api, kind: str, patience: Patience) -> Iterator[Mapping[str, Any]]:
    params = {"all_fields": True, "include_extras": True, "limit": _PAGE_OF_GROUPS}
    start = 0
    while page := _call(api, f"{kind}_list", params | {"offset": start}, patience):
        yield from page
        start += len(page)


def _datasets(api: Api, organization: str, patience: Patience) -> Iterator[Mapping[str, Any]]:
    params = {"fq": f'organization:"{organization}"', "rows": _PAGE, "sort": "name asc"}
    start = 0
    while page := _call(api, "package_search", params | {"start": start}, patience)["results"]:
        yield from page
        start += len(page)


def read(api: Api, kind: str, name: str, patience: Patience) -> Mapping[str, Any] | None:
    """The active record of that name, or None."""
    try:
        more = {} if kind == "package" else {"include_datasets": False, "include_users": False}
        there: Mapping[str, Any] = _call(api, f"{kind}_show", {"id": name, **more}, patience)
    except NotFound:
        return None
    return there if there.get("state", "active") == "active" and there.get("name") == name else None


def verify(reader: Api, desired: Catalogue, patience: Patience | None = None) -> None:
    """Raise SyncError unless an anonymous reader finds `desired`, whole and no more of ours."""
    left = plan(reader, desired, patience)
    if left.changes:
        raise SyncError(f"what was written does not read back: {'; '.join(map(str, left.changes[:5]))}")


# -- apply --------------------------------------------------------------------------------------


def apply(
    api: Api,
    plan: Plan,
    progress: Callable[[Change], None] = lambda change: None,
    wait: Callable[[float], None] = time.sleep,
    patience: Patience | None = None,
    is_due: Callable[[], bool] = lambda: True,
) -> None:
    """Make the changes in order. Raises SyncError that names the record; what was done before it stays done,
    and planning again goes on from there.

    `is_due()` says whether the plan is still wanted. It is asked between reading a record and writing it:
    what a younger sync writes after that, the optimistic lock keeps. Raises Overtaken when it is not.
    """
    patience = patience or Patience(wait=wait)
    for change in plan.changes:
        _make(api, change, patience, is_due)
        progress(change)


def _make(api: Api, change: Change, patience: Patience, is_due: Callable[[], bool]) -> None:
    problem: Exception | None = None
    for attempt in patience.attempts():
        call = _call_for(api, change, patience) if attempt or change.verb == "update" else _first(change)
        if call is None:
            return
        if not is_due():
            raise Overtaken(f"{change}: what is wanted has changed since it was planned")
        try:
            api.call_action(*call)
            return
        except (NotAuthorized, ValidationError, NotFound) as exc:
            # "Already exists" after an ambiguous answer, or somebody else was quicker: look, then decide.
            if isinstance(exc, NotAuthorized) or not _may_be_overtaken(api, change, exc, patience):
                raise SyncError(f"{change}: {_told(exc)}") from exc
            problem = exc
        except UNCLEAR as exc:
            problem = exc
            patience.heed(exc)
    if not _is_done(api, change, patience):
        raise SyncError(
            f"{change}: no clear answer in {patience.tries} tries: {str(problem)[:300]}"
        ) from problem


Call = tuple[str, Mapping[str, Any]]


def _first(change: Change) -> Call:
    return f"{change.kind}_{change.verb}", change.payload


def _call_for(api: Api, change: Change, patience: Patience) -> Call | None:
    """The call that is due as the record stands now; None when it is as it shall be."""
    there = read(api, change.kind, change.name, patience)
    if there is None and change.kind == "package" and change.verb != "delete":
        there = _deleted(api, change, patience)
    if there is None:
        return None if change.verb == "delete" else (f"{change.kind}_create", change.payload)
    if change.verb == "delete":
        return _first(change)
    is_deleted = there.get("state") == "deleted"
    if not is_deleted and not differences(change.payload, there):
        return None
    if change.kind != "package":
        # An update would take its members from an organization, as they are not sent.
        return f"{change.kind}_patch", {**change.payload, "id": there["id"]}
    return "package_revise", {
        "match": {"id": there["id"], "metadata_modified": there["metadata_modified"]},
        "filter": ["+id", "-*"],  # what is not in the payload goes
        "update": {**change.payload, "state": "active"},
    }


def _deleted(api: Api, change: Change, patience: Patience) -> Mapping[str, Any] | None:
    """The dataset that was deleted and still has the resources' ids: they are its own for good, so it comes
    back instead of a new one."""
    try:
        for resource in change.payload["resources"][:1]:
            owner = _call(api, "resource_show", {"id": resource["id"]}, patience)["package_id"]
            there: Mapping[str, Any] = _call(api, "package_show", {"id": owner}, patience)
            return there if there.get("state") == "deleted" else None
    except (NotFound, SyncError):
        return None
    return None


def _is_done(api: Api, change: Change, patience: Patience) -> bool:
    try:
        return _call_for(api, change, patience) is None
    except SyncError:
        return False


def _may_be_overtaken(api: Api, change: Change, error: Exception, patience: Patience) -> bool:
    """Whether a refusal only says that the record has changed since it was read, or is there by now."""
    told = error.error_dict if isinstance(error, ValidationError) else {}
    if told.get("match") or "Resource id already exists." in str(told.get("resources")):
        return _call_for(api, change, patience) != _first(change)
    there = read(api, change.kind, change.name, patience)
    return (there is None) == (change.verb != "create")


def _told(error: Any) -> str:
    if isinstance(error, NotAuthorized):
        return "the catalogue does not allow it to this token"
    if isinstance(error, NotFound):
        return f"the catalogue does not find it: {error}"
    found = {key: value for key, value in error.error_dict.items() if key != "__type"}
    return "the catalogue refused it: " + "; ".join(f"{key}: {value}" for key, value in found.items())


def _call(api: Api, action: str, params: Mapping[str, Any], patience: Patience) -> Any:
    """A reading call, tried again when there is no clear answer. Raises NotFound or SyncError."""
    problem: Exception | None = None
    for _ in patience.attempts():
        try:
            return api.call_action(action, params)
        except NotFound:
            raise
        except NotAuthorized as exc:
            raise SyncError(f"{action} {params.get('id', '')}: the catalogue does not allow it") from exc
        except UNCLEAR as exc:
            problem = exc
            patience.heed(exc)
    raise SyncError(f"{action}: no clear answer in {patience.tries} tries: {str(problem)[:300]}") from problem
