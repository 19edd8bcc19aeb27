"""Doing what a plan says, whatever becomes of the calls.

An answer of 500, or none, is ambiguous (CKAN may have done it all the same), so the record is read again
before anything is tried a second time. Metadata and resources of a dataset change in one call,
`package_revise`, which holds only while nobody else has changed the dataset since it was read.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from ckanapi.errors import NotAuthorized, NotFound, ValidationError

from catalogue import tables
from catalogue.errors import Overtaken, SyncError
from catalogue.patience import Patience, asked, no_answer, told
from catalogue.payload import differences
from catalogue.plan import PENDING, Change, Plan, read, vocabularies_there
from catalogue.remote import UNCLEAR, Api

CONNECTIONS = 4  # at once to one catalogue
_OF_DATASETS = ("package", "table")


def apply(
    api: Api,
    plan: Plan,
    progress: Callable[[Change], None] = lambda change: None,
    wait: Callable[[float], None] = time.sleep,
    patience: Patience | None = None,
    is_due: Callable[[], bool] = lambda: True,
    beside: Callable[[], AbstractContextManager[Api]] | None = None,
) -> None:
    """Make the changes: organizations and groups in order, then the datasets, each with its tables in order;
    where `beside` opens connections to the same catalogue, a few datasets at once. Raises SyncError that
    names the record; what was done before it stays done, and planning again goes on from there.

    `is_due()` says whether the plan is still wanted. It is asked between reading a record and writing it:
    what a younger sync writes after that, the optimistic lock keeps. Raises Overtaken when it is not.
    """
    patience = patience or Patience(wait=wait)
    telling = threading.Lock()

    def make(api: Api, change: Change) -> None:
        _make(api, change, patience, is_due)
        with telling:
            progress(change)

    for change in plan.changes:
        if change.kind not in _OF_DATASETS:
            make(api, change)
    datasets: Sequence[Change] = plan.changes
    if any(change.kind == "vocabulary" for change in plan.changes):
        ids = vocabularies_there(api, patience)
        datasets = [_settled(change, ids) for change in plan.changes]
    lanes = _lanes(datasets)
    if beside is None or len(lanes) == 1:
        for change in (change for lane in lanes for change in lane):
            make(api, change)
    else:
        _side_by_side(lanes, beside, make)


def _settled(change: Change, ids: Mapping[str, str]) -> Change:
    """The change with the ids of vocabularies that were made meanwhile."""
    tags = [
        tag | {"vocabulary_id": ids[id.removeprefix(PENDING)]} if id.startswith(PENDING) else tag
        for tag in change.payload.get("tags", ())
        for id in [tag.get("vocabulary_id", "")]
    ]
    return replace(change, payload={**change.payload, "tags": tags}) if tags else change


def _lanes(changes: Sequence[Change]) -> list[list[Change]]:
    """The changes of each dataset in their order: its old table goes before it, its new one comes after."""
    lanes: dict[str, list[Change]] = {}
    for change in changes:
        if change.kind in _OF_DATASETS:
            lanes.setdefault(change.name, []).append(change)
    return list(lanes.values())


def _side_by_side(
    lanes: Sequence[Sequence[Change]],
    beside: Callable[[], AbstractContextManager[Api]],
    make: Callable[[Api, Change], None],
) -> None:
    """Each lane on one connection. Raises the first problem once what was begun has ended; what was not begun
    by then is left."""
    waiting: queue.SimpleQueue[Sequence[Change]] = queue.SimpleQueue()
    for lane in lanes:
        waiting.put(lane)
    problems: list[BaseException] = []

    def work() -> None:
        try:
            with beside() as api:
                while not problems:
                    for change in waiting.get_nowait():
                        make(api, change)
        except queue.Empty:
            return
        except BaseException as exc:
            problems.append(exc)

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


def _make(api: Api, change: Change, patience: Patience, is_due: Callable[[], bool]) -> None:
    if change.table is not None:
        tables.load(api, change.table, change.payload["is_there"], patience, is_due)
    elif change.kind == "table":
        tables.drop(api, change.payload["resource_id"], patience, is_due)
    else:
        _write(api, change, patience, is_due)


def _write(api: Api, change: Change, patience: Patience, is_due: Callable[[], bool]) -> None:
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
                raise SyncError(f"{change}: {told(exc)}") from exc
            problem = exc
        except UNCLEAR as exc:
            problem = exc
            patience.heed(exc)
    if not _is_done(api, change, patience):
        raise SyncError(f"{change}: {no_answer(problem, patience)}") from problem


Call = tuple[str, Mapping[str, Any]]


def _first(change: Change) -> Call:
    return f"{change.kind}_{change.verb}", change.payload


def _call_for(api: Api, change: Change, patience: Patience) -> Call | None:
    """The call that is due as the record stands now; None when it is as it shall be."""
    there = read(api, change.kind, change.name, patience)
    if there is None and change.kind == "package" and change.verb != "delete":
        there = _deleted(api, change, patience)
    if there is not None and change.kind == "vocabulary":
        return None
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
            owner = asked(api, "resource_show", {"id": resource["id"]}, patience)["package_id"]
            there: Mapping[str, Any] = asked(api, "package_show", {"id": owner}, patience)
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
