"""What the figures for Prometheus tell of the store: nothing but what is public, and the disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from publisher.errors import Damaged
from publisher.metrics import Value
from publisher.release import calendar
from publisher.store import Home, current
from publisher.store.damage import damaged
from publisher.web import fresh


def store(home: Home) -> Iterator[Value]:
    """The public vintage, damage, what is announced, room on the disk."""
    yield "disk_free_bytes", "room left where the home is", shutil.disk_usage(home.path).free
    try:
        yield from _public(home)
    except Damaged:
        yield "damaged_files", "files of what is public that are not as they were written", 1


def _public(home: Home) -> Iterator[Value]:
    if not home.number():
        yield "vintage", "number of the public vintage; 0: nothing is public", 0
        return
    public, now = current(home), fresh.now()
    coming = calendar.ahead(calendar.public(home), public.record.get("calendar", ()))
    data = [entry for entry in coming if entry.kind == calendar.DATA]
    yield "vintage", "number of the public vintage; 0: nothing is public", public.number
    yield "vintage_timestamp_seconds", "when the vintage became public", public.instant.timestamp()
    yield "releases", "releases that are or were public", len(public.record["releases"])
    yield "damaged_files", "files of what is public that are not as they were written", len(damaged(public))
    yield "announced", "announced releases that have not come", len(data)
    late = sum(calendar.is_late(entry, now) for entry in data)
    yield "announced_late", "of these, those whose instant has passed", late
    if data:
        first = min(entry.when for entry in data).timestamp()
        yield "announced_next_timestamp_seconds", "the next announced instant", first
