"""The log: one JSON line an event, each with the hash of the one before. Appended to, never changed.

It is the journal and the audit log in one: an action has happened when its line is on the disk. A line that a
power cut left half written was never answered for; the next writer cuts it off.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from publisher.desk import states
from publisher.desk.states import Event, Submission
from publisher.errors import Fault, LmisError
from publisher.store.home import sync_folder
from publisher.store.lock import locked

PATIENCE = 10.0  # seconds that an action waits for another one's line
_NOT_ALLOWED = (LmisError, KeyError, ValueError)


@dataclass(frozen=True)
class Told:
    """The events, the submissions by key as they leave them, and how much of the file that is."""

    events: tuple[Event, ...] = ()
    desk: Mapping[str, Submission] = field(default_factory=dict)
    size: int = 0
    hash: str = ""  # sha256 of these bytes

    @property
    def last(self) -> Event:
        return self.events[-1] if self.events else Event(0, "", "", "")


@dataclass
class Log:
    """The events so far, and how to add one; within `writing` nobody else adds any."""

    path: Path
    told: Told

    def add(
        self, at: datetime, by: str, action: str, key: str = "", detail: Mapping[str, Any] | None = None
    ) -> Event:
        """Put one event on the disk. Raises ReleaseError when the states do not allow it."""
        last = self.told.last
        event = Event(last.number + 1, text(at), by, action, key, detail or {}, last.hash)
        event = replace(event, hash=digest(event))
        states.take(dict(self.told.desk), event)
        with self.path.open("ab") as file:
            file.write(line(event))
            file.flush()
            os.fsync(file.fileno())
        self.told = read(self.path, self.told)
        return event


@contextmanager
def writing(folder: Path, known: Told | None = None) -> Iterator[Log]:
    """The log in `folder`, for one writer at a time; `known` as for `read`."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    path = folder / "log.jsonl"
    with locked(folder / "log.lock", PATIENCE):
        if not path.exists():
            path.touch(0o600)
            sync_folder(folder)
        _mend(path)
        yield Log(path, read(path, known))


def read(path: Path, known: Told | None = None) -> Told:
    """All events and what they leave; what came after `known` is read, where that is how the file begins.

    Raises Fault at the first line that is not what was written, or that the table of states does not allow.
    """
    whole = _whole(path)
    before = known if known and _hash(whole[: known.size]) == known.hash else Told()
    events, problems = _read(whole[before.size :], before.last)
    desk = dict(before.desk)
    for event in events if not problems else ():
        try:
            states.take(desk, event)
        except _NOT_ALLOWED as error:
            problems.append(f"event {event.number}: {error}")
    if problems:
        raise Fault(f"{path}: {problems[0]}; `lmis audit verify` tells more, restore it from the backup")
    return Told((*before.events, *events), desk, len(whole), _hash(whole))


def verify(path: Path) -> list[str]:
    """Everything that is wrong: lines, chain, and events that the table of states would not have allowed."""
    events, problems = _read(_whole(path))
    found: dict[str, Submission] = {}
    for event in events:
        try:
            states.take(found, event)
        except _NOT_ALLOWED as error:
            problems.append(f"event {event.number}: {error}")
    return problems


def _whole(path: Path) -> bytes:
    """The lines that were written to their end."""
    content = path.read_bytes() if path.exists() else b""
    return content[: content.rfind(b"\n") + 1]


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(whole: bytes, last: Event | None = None) -> tuple[list[Event], list[str]]:
    """The events of the lines `whole`, which come after the event `last`, and what is wrong with them."""
    events: list[Event] = []
    problems: list[str] = []
    previous, first = (last.hash, last.number + 1) if last else ("", 1)
    for number, raw in enumerate(whole.split(b"\n")[:-1], first):
        try:
            event = Event(**json.loads(raw))
        except (ValueError, TypeError):
            problems.append(f"line {number} is no event")
            continue
        if digest(event) != event.hash or line(event) != raw + b"\n":
            problems.append(f"event {event.number} was changed after it was written")
        if event.previous != previous or event.number != number:
            problems.append(f"event {event.number}: events before it are missing, put in or reordered")
        previous = event.hash
        events.append(event)
    return events, problems


def _mend(path: Path) -> None:
    """Cut off what a crash left of a line that never was whole."""
    content = path.read_bytes()
    if content and not content.endswith(b"\n"):
        with path.open("rb+") as file:
            file.truncate(content.rfind(b"\n") + 1)
            os.fsync(file.fileno())


def digest(event: Event) -> str:
    return hashlib.sha256(json.dumps(_plain(event), sort_keys=True).encode()).hexdigest()


def _plain(event: Event) -> dict[str, Any]:
    return {name: value for name, value in asdict(event).items() if name != "hash"}


def line(event: Event) -> bytes:
    return json.dumps(asdict(event), ensure_ascii=False).encode() + b"\n"


def text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
