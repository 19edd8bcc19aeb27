"""The vintages behind an answer: what was public at an instant, and what every release since changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from publisher.errors import NotFound
from publisher.store.home import Home, read, record_path
from publisher.store.vintage import Snapshot, opened
from publisher.store.whole import definition_of, name_of
from publisher.structures.urns import Ref


@dataclass(frozen=True)
class Step:
    """From one public state of a dataflow to the next; None: before its first release."""

    earlier: Snapshot | None
    later: Snapshot


def before(snapshot: Snapshot, instant: datetime) -> Snapshot | None:
    """The vintage that a reader had seen at `instant`, not later than `snapshot`; None: none yet.

    Of several vintages with that very instant the first: it is the only one they had seen for sure.
    """
    home = Home(snapshot.folder.parent)
    seen: int | None = None
    for number in range(snapshot.number, 0, -1):
        moment = _instant(home, number)
        if moment == instant:
            seen = number
        elif moment < instant:
            return opened(home, seen or number)
    return opened(home, seen) if seen else None


def steps(snapshot: Snapshot, structure: Ref, start: Snapshot | None) -> Iterator[Step]:
    """Every change of the public data of a dataflow or data structure after `start`, oldest first."""
    home = Home(snapshot.folder.parent)
    earlier = start
    for number in range(start.number + 1 if start else 1, snapshot.number + 1):
        later = snapshot if number == snapshot.number else opened(home, number)
        if is_known(later, structure) and not is_same(earlier, later, structure):
            yield Step(earlier if earlier and is_known(earlier, structure) else None, later)
            earlier = later


def is_same(earlier: Snapshot | None, later: Snapshot, structure: Ref) -> bool:
    """Whether nothing of `structure` changed between two vintages: its cube is the very same."""
    known = earlier is not None and is_known(earlier, structure)
    return (name_of(earlier, structure) if earlier and known else None) == name_of(later, structure)


def is_known(snapshot: Snapshot, structure: Ref) -> bool:
    """Whether the structures of the vintage had it already."""
    try:
        definition_of(snapshot.registry, structure)
    except NotFound:
        return False
    return True


def _instant(home: Home, number: int) -> datetime:
    return datetime.fromisoformat(read(record_path(home.public, number))["instant"])
