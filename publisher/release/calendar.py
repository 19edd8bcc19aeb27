"""The calendar: what is announced for when, and every change of a date with its reason.

It is public as `public/calendar.json`. Whether an entry has come true is told by the vintage: its record
names the release of each entry, so that the calendar turns with everything else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from publisher.errors import UsageError
from publisher.store import Home
from publisher.store.home import write

DATA, STRUCTURES = "data", "structures"  # what is announced
KINDS = (DATA, STRUCTURES)
ACTIONS = ("announce", "move", "cancel")  # events of the log that it is made of


@dataclass(frozen=True)
class Moved:
    """A date that was changed, or cancelled (no `to`)."""

    at: str
    was: str
    to: str
    reason: str


@dataclass(frozen=True)
class Entry:
    id: str
    provider: str
    title: Mapping[str, str]  # by language
    instant: str  # ISO 8601 with the offset of `zone`
    zone: str  # IANA name
    kind: str = DATA
    dataflows: tuple[str, ...] = ()  # ids
    text: Mapping[str, str] = field(default_factory=dict)  # what changes, for structures
    announced: str = ""
    moved: tuple[Moved, ...] = ()
    is_cancelled: bool = False

    @property
    def when(self) -> datetime:
        return datetime.fromisoformat(self.instant)


def entries(events: Iterable[tuple[str, str, Mapping[str, Any]]]) -> tuple[Entry, ...]:
    """The calendar that (instant, action, detail) of announce, move and cancel come to, by date."""
    found: dict[str, Entry] = {}
    for at, action, detail in events:
        if action == "announce":
            found[detail["id"]] = replace(_entry(detail), announced=at)
            continue
        entry = found[detail["id"]]
        to = detail.get("instant", "")
        moved = (*entry.moved, Moved(at, entry.instant, to, detail["reason"]))
        found[entry.id] = replace(entry, moved=moved, is_cancelled=not to, instant=to or entry.instant)
    return tuple(sorted(found.values(), key=lambda entry: (entry.when, entry.id)))


def _entry(told: Mapping[str, Any]) -> Entry:
    moved = tuple(Moved(**one) for one in told.get("moved", ()))
    return Entry(**{**told, "dataflows": tuple(told.get("dataflows", ())), "moved": moved})


def publish(home: Home, found: Sequence[Entry]) -> None:
    """Put the calendar where everybody can read it."""
    text = json.dumps([asdict(entry) for entry in found], ensure_ascii=False, indent=1) + "\n"
    path = home.public / "calendar.json"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write(path, text)


def public(home: Home) -> tuple[Entry, ...]:
    """The calendar as everybody sees it, by date."""
    path = home.public / "calendar.json"
    if not path.is_file():
        return ()
    return tuple(_entry(told) for told in json.loads(path.read_text(encoding="utf-8")))


def ahead(found: Iterable[Entry], done: Iterable[str]) -> tuple[Entry, ...]:
    """What is announced and has not come yet; `done`: the ids of the entries that have."""
    over = set(done)
    return tuple(entry for entry in found if entry.id not in over and not entry.is_cancelled)


def seconds_left(found: Iterable[Entry], now: datetime) -> float | None:
    """Seconds to the next announced instant; 0 when one has passed and its release is awaited."""
    left = [(entry.when - now).total_seconds() for entry in found]
    return max(0.0, min(left)) if left else None


def moment(text: str, zone: str) -> datetime:
    """`2026-12-01T10:00` in `zone`, or with its own offset. Raises UsageError; a time that the clocks of the
    zone show twice, or never, is not guessed."""
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as exc:
        raise UsageError(f"there is no time zone {zone!r}; write an IANA name, such as Asia/Jakarta") from exc
    try:
        read = datetime.fromisoformat(text)
    except ValueError as exc:
        raise UsageError(f"{text!r} is no instant; write it as 2026-12-01T10:00") from exc
    if read.tzinfo is not None:
        return read.astimezone(place)
    first, second = read.replace(tzinfo=place), read.replace(tzinfo=place, fold=1)
    if first.utcoffset() != second.utcoffset():
        offsets = " or ".join(sorted({f"{text}{_offset(each)}" for each in (first, second)}))
        raise UsageError(f"the clocks of {zone} change at {text}; write {offsets}")
    return first


def _offset(instant: datetime) -> str:
    return instant.isoformat()[-6:]


def is_late(entry: Entry, now: datetime, grace: timedelta = timedelta(seconds=5)) -> bool:
    return now > entry.when + grace


def utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)
