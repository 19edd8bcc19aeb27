"""Purges at the desk: asked for by one person, approved by another, carried out by the publisher.

Nothing of it is staged: what is looked at before the approval is the list of cells, without their figures.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from publisher.desk import log, states
from publisher.desk.desk import Desk
from publisher.desk.people import ANY, Person, covers
from publisher.desk.states import Submission
from publisher.errors import LmisError, NotFound, ReleaseError, UsageError
from publisher.release import lineage
from publisher.release.purge import Purge, purge
from publisher.release.structures import dataflow as named
from publisher.store import Change, Snapshot, current
from publisher.store.home import read, write_json
from publisher.store.purge import MOST, Cells, figures, find, quotes
from publisher.store.vintage import parts
from publisher.structures.definition import Definition
from publisher.structures.urns import Ref

SHOWN = 200  # cells listed for who approves


def ask(
    desk: Desk, person: Person, dataflow: str, key: str, period: str, reason: str, provider: str = ""
) -> Submission:
    """Put a purge on the desk: every cell of `dataflow` that `key` and `period` name, as `lmis lineage` reads
    them, in everything the provider ever released. Raises Forbidden, UsageError, NotFound, ReleaseError."""
    person.need("purge")
    if not reason.strip():
        raise ReleaseError(
            "say why it is purged: the reason is published with it, and must not tell the figure"
        )
    snapshot = current(desk.home)
    flow = named(snapshot.registry, dataflow)
    cells = _found(snapshot, person, flow, key, period, provider)
    covers(person, snapshot.registry, _changes(cells))
    if quotes(reason, figures(snapshot, cells)):
        raise UsageError("the reason tells a figure that is to be purged; say it without")
    name = secrets.token_hex(8)
    wanted = Purge(f"{cells.provider}-purge-{name[:8]}".lower().replace("_", "-"), cells, reason, desk.now())
    write_json(_path(desk, name), cells.plain)
    about = {"purges": cells.count, "reason": reason}
    asked = {"dataflow": flow.short, "cells": key, "periods": period}
    told = {"kind": states.PURGE, "about": about, "provider": cells.provider, "asked": asked}
    passed = {
        "provider": cells.provider,
        "release": wanted.id,
        "dataflows": sorted(cells.keys),
        "content": wanted.content,
    }
    now = desk.now().replace(microsecond=0)
    with desk.writing() as book:
        book.add(now, person.name, "submit", name, told | {"two_persons": desk.settings.two_persons})
        book.add(now, states.PUBLISHER, "pass", name, passed)
        book.add(now, person.name, "schedule", name, {"instant": log.text(now), "zone": "UTC"})
    return desk.submissions()[name]


def _found(snapshot: Snapshot, person: Person, flow: Ref, key: str, period: str, provider: str) -> Cells:
    if person.provider != ANY:
        person.need("purge", provider or person.provider)
        provider = person.provider

    def choose(table: pa.Table, definition: Definition) -> pa.Table:
        return lineage.wanted(table, definition, key, period)

    offices = [provider] if provider else sorted({m["provider"] for m in snapshot.releases})
    found = [cells for office in offices if (cells := find(snapshot, office, flow, choose)).count]
    if not found:
        when = f" and the period {period}" if period else ""
        raise NotFound(f"nothing that was ever released of {flow.short} has the key {key!r}{when}")
    if len(found) > 1:
        offices = [each.provider for each in found]
        raise UsageError(f"several providers have such cells: {', '.join(offices)}; say whose are meant")
    if (count := found[0].count) > MOST:
        raise UsageError(
            f"{count:,} cells are meant; at most {MOST:,} are purged at once: withdraw the release"
        )
    return found[0]


def _changes(cells: Cells) -> list[Change]:
    return [Change(Ref("dataflow", *parts(s)), "Delete", {}, keys) for s, keys in cells.keys.items()]


def _path(desk: Desk, key: str) -> Path:
    return desk.folder / "packages" / key / "cells.json"


def cells(desk: Desk, submission: Submission) -> Cells:
    """The cells that a purge names."""
    return Cells.of(read(_path(desk, submission.key)))


def difference(desk: Desk, submission: Submission) -> dict[str, Any]:
    """What a purge takes away, without the figures. Nothing is seen early, so nobody is put on the list."""
    held = cells(desk, submission)
    names = {
        short: [".".join(row.values()) for row in table.slice(0, SHOWN).to_pylist()]
        for short, table in held.keys.items()
    }
    return {
        "release": submission.release,
        "content": submission.content,
        **submission.about,
        "dataflows": {short: {"purged": table.num_rows} for short, table in held.keys.items()},
        "cells": names,
        "warnings": [],
    }


def due(desk: Desk) -> list[Submission]:
    """The purges that are approved."""
    return [s for s in desk.submissions().values() if s.kind == states.PURGE and s.is_ready]


def carry_out(desk: Desk, submission: Submission) -> int:
    """Do it; the number of the vintage. Only under the lock of what is staged: all of that goes too."""
    held = cells(desk, submission)
    assert submission.due is not None
    wanted = Purge(submission.release, held, str(submission.about["reason"]), _instant(desk, submission.due))
    if wanted.content != submission.content:
        raise ReleaseError(
            f"{submission.release}: its cells are not those that were approved; ask for it anew"
        )
    return purge(desk.settings, wanted, desk.progress, _gone(desk, held))


def _instant(desk: Desk, due: datetime) -> datetime:
    return max(desk.now().replace(microsecond=0), due)


def _gone(desk: Desk, held: Cells) -> Iterator[Path]:
    """What is staged, and every package on the desk that may hold one of the cells."""
    yield from desk.staged.glob("*")
    for submission in desk.submissions().values():
        folder = desk.folder / "packages" / submission.key
        if submission.kind == states.PACKAGES and folder.exists() and _may_hold(desk, submission, held):
            yield folder


def _may_hold(desk: Desk, submission: Submission, held: Cells) -> bool:
    """Only a package that is accepted and lacks the cells is known not to."""
    if submission.provider not in ("", held.provider):
        return False
    ids = {parts(short)[:2] for short in held.keys}
    if submission.dataflows and not ids & {parts(short)[:2] for short in submission.dataflows}:
        return False
    if not submission.is_pending or not submission.dataflows:
        return True
    try:
        reports = desk.reports(submission, desk.home)
    except (LmisError, OSError):
        return True
    brought = [d for report in reports for d in report.deliveries]
    is_known = all(report.valid for report in reports)
    return not is_known or any(_brings(held, d.dataflow.short, d.table) for d in brought)


def _brings(held: Cells, short: str, table: pa.Table) -> bool:
    return short in held.keys and bool(pc.any(held.mask(short, table)).as_py())
