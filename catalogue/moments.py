"""Moments as Solr's date fields take and keep them: UTC, milliseconds, and sums on NOW.

Source: Solr Reference Guide, "Date Formatting and Date Math".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_STEP = re.compile(r"([+-])(\d+)(YEAR|MONTH|DAY|HOUR|MINUTE|SECOND)S?|/(YEAR|MONTH|DAY|HOUR|MINUTE|SECOND)")
_FIELDS = ("year", "month", "day", "hour", "minute", "second", "microsecond")


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")


def kept(value: str) -> str:
    """A value of an index's date field; what is no date has no value there.

    >>> kept("2025-10-09"), kept("2025-10-09T04:00:00.123456"), kept("soon")
    ('2025-10-09T00:00:00.000', '2025-10-09T04:00:00.123', '')
    """
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return ""
    return _written(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def has_zone(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def asked(value: str, now: datetime) -> str:
    """A moment in a query. Raises ValueError for anything but ISO 8601 with `Z`, or NOW.

    >>> asked("NOW-1MONTH/DAY", datetime(2025, 3, 31, 5, tzinfo=UTC))
    '2025-02-28T00:00:00.000'
    """
    if value.startswith("NOW"):
        return _written(_moved(now.astimezone(UTC), value[3:]))
    match = re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", value)
    if not match:
        raise ValueError(value)
    return _written(_moved(datetime.fromisoformat(match[0]), value[match.end() :]))


def _moved(moment: datetime, steps: str) -> datetime:
    while steps:
        match = _STEP.match(steps)
        if not match:
            raise ValueError(steps)
        if match[4]:
            kept_fields = _FIELDS.index(match[4].lower()) + 1
            floor: dict[str, Any] = {name: int(name in ("month", "day")) for name in _FIELDS[kept_fields:]}
            moment = moment.replace(**floor)
        else:
            moment = _added(moment, int(match[1] + match[2]), match[3])
        steps = steps[match.end() :]
    return moment


def _added(moment: datetime, number: int, unit: str) -> datetime:
    if unit not in ("YEAR", "MONTH"):
        return moment + timedelta(**{f"{unit.lower()}s": number})
    months = moment.year * 12 + moment.month - 1 + number * (12 if unit == "YEAR" else 1)
    first = moment.replace(year=months // 12, month=months % 12 + 1, day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(moment.day, last.day))
