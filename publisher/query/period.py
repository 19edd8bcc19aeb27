"""The form of time periods and moments in a query; what they span is known to `structures.periods`.

Source: SDMX 3.0 section 6, "Time": observational time periods; XML Schema dateTime.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from publisher.query.text import refuse
from publisher.structures import periods

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+\-]\d\d:\d\d)?", re.ASCII)
_END_OF_DAY = re.compile(r"(\d{4}-\d\d-\d\d)T24:00:00(?:\.0+)?(\D.*)?", re.ASCII)
_DAY = re.compile(r"--(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])", re.ASCII)


def is_period(text: str) -> bool:
    """Whether `text` has the form of an SDMX time period.

    >>> is_period("2020-Q4"), is_period("2020-Q5")
    (True, False)
    """
    return text.isascii() and periods.is_legal(text)


def period(text: str, place: str) -> str:
    if not is_period(text):
        refuse(place, f"{text!r} is no time period", text, "2020, 2020-03, 2020-03-31, 2020-Q1, 2020-W07, …")
    return text


def moment(text: str, place: str) -> str:
    """An xs:dateTime; without an offset it is in the service's time, which `localised` makes explicit.

    >>> moment("2024-12-31T24:00:00Z", "asOf")
    '2025-01-01T00:00:00Z'
    """
    try:
        if not _MOMENT.fullmatch(text):
            raise ValueError(text)
        text = _next_day(text)
        instant(text)
    except (ValueError, OverflowError):
        remedy = "write the + of an offset as %2B" if " " in text else None
        refuse(place, f"{text!r} is no xs:dateTime", text, "2024-05-15T14:15:00 with Z or an offset", remedy)
    return text


def _next_day(text: str) -> str:
    """24:00:00, which XML Schema has for the end of a day, as the first instant of the next."""
    end = _END_OF_DAY.fullmatch(text)
    if not end:
        return text
    return f"{date.fromisoformat(end[1]) + timedelta(days=1)}T00:00:00{end[2] or ''}"


def instant(text: str) -> datetime:
    """The moment of an xs:dateTime, in UTC; of one beyond, the first or last there is. Raises ValueError.

    >>> instant("0001-01-01T00:00:00+14:00").isoformat()
    '0001-01-01T00:00:00+00:00'
    """
    value = datetime.fromisoformat(text)
    if not value.tzinfo:
        return value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return (datetime.min if value.year == 1 else datetime.max).replace(tzinfo=UTC)


def is_later(one: str, other: str) -> bool:
    """Whether moment `one` is after `other`; False as long as one of them lacks its offset."""
    left, right = datetime.fromisoformat(one), datetime.fromisoformat(other)
    return (left.tzinfo is None) == (right.tzinfo is None) and left > right


def localised(text: str | None, zone: tzinfo) -> str | None:
    """The same moment with its offset: the service's own where it has none (doc/data.md).

    >>> localised("2024-05-15T08:00:00", timezone(timedelta(hours=8)))
    '2024-05-15T08:00:00+08:00'
    """
    if text is None:
        return None
    value = datetime.fromisoformat(text)
    return text if value.tzinfo else value.replace(tzinfo=zone).isoformat()


def start_day(text: str, place: str) -> str:
    if not _DAY.fullmatch(text):
        refuse(place, f"{text!r} is no day of the year", text, "--MM-DD, such as --07-01")
    return text
