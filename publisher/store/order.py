"""The order in which the store keeps things: that of the code lists, then of time.

A classification's order is the order its code list is written in (sections before divisions,
total first where its author put it first), so that an answer reads like the publication does.
"""

from __future__ import annotations

from collections.abc import Iterable

from publisher.structures import periods
from publisher.structures.definition import Resolved
from publisher.structures.model import Dimension


def ordered(component: Resolved, values: Iterable[str]) -> list[str]:
    """Distinct `values` of `component` in store order.

    Coded: as the code list is written; codes that it no longer has come last, by text.
    Time: by start, then the longer period first, then by text. Anything else: by text.
    """
    if isinstance(component.component, Dimension) and component.component.is_time:
        return chronological(values)
    place = {code: n for n, code in enumerate(component.codes.items)} if component.codes else {}
    return sorted(set(values), key=lambda value: (place.get(value, len(place)), value))


def chronological(values: Iterable[str]) -> list[str]:
    """Time periods by start, the longer first: a year comes before its first quarter."""

    def key(value: str) -> tuple[bool, float, float, str]:
        try:
            span = periods.parse(value)
        except ValueError:
            return (True, 0, 0, value)
        start = (span.start - _EPOCH).total_seconds()
        return (False, start, -(span.end - span.start).total_seconds(), value)

    return sorted(set(values), key=key)


_EPOCH = periods.parse("1970-01-01").start
