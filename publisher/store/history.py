"""The vintages behind an answer: what was public at an instant, and what every release since changed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from publisher.errors import NotFound, QuerySemanticError
from publisher.store.home import Home
from publisher.store.vintage import Snapshot, instant_of, kept, opened
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
    Raises QuerySemanticError when that vintage is not kept any more: what it had is not known.
    """
    home = Home(snapshot.folder.parent)
    numbers = kept(home, snapshot.number)
    place = bisect_left(numbers, instant, key=lambda number: instant_of(home, number))
    if place < len(numbers) and instant_of(home, numbers[place]) == instant:
        return opened(home, numbers[place])
    if place:
        return opened(home, numbers[place - 1])
    if numbers[0] > 1:
        raise QuerySemanticError(
            f"updatedAfter: what was public at {instant.isoformat()} is not kept any more, but what was at "
            f"{instant_of(home, numbers[0]).isoformat()}; ask for all data, and then for what changed since"
        )
    return None


def steps(snapshot: Snapshot, structure: Ref, start: Snapshot | None) -> Iterator[Step]:
    """Every change of the public data of a dataflow or data structure after `start`, oldest first."""
    home = Home(snapshot.folder.parent)
    earlier = start
    for number in kept(home, snapshot.number):
        if start and number <= start.number:
            continue
        later = snapshot if number == snapshot.number else opened(home, number)
        is_purged = any(one["vintage"] == number for one in later.record.get("purges", ()))
        if is_known(later, structure) and (is_purged or not is_same(earlier, later, structure)):
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
