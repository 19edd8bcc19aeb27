"""Time periods of SDMX: what moment each begins and ends, and its frequency.

Source: SDMX 3.0 section 6 (technical notes) "Time and time format": observational time periods are
Gregorian (2024, 2024-05, 2024-05-17), reporting (2024-A1, -S1, -T1, -Q1, -M01, -W01, -D001),
distinct points (2024-05-17T10:00:00) and time ranges (2024-05-17/P3M).
Reporting periods follow the reporting year's start day, `--01-01` unless said.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import pyarrow as pa

JANUARY_FIRST = "--01-01"
_INSTANT = timedelta(microseconds=1)  # how long a point in time lasts

_ZONE = r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
_DATE = r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?"
_GREGORIAN = re.compile(_DATE + _ZONE)
_POINT = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(?P<fraction>\.[0-9]+)?"
    + _ZONE
)
_REPORTING = re.compile(r"(?P<year>[0-9]{4})-(?P<period>[ASTQMWD])(?P<number>[0-9]{1,3})" + _ZONE)
_RANGE = re.compile(r"(?P<start>[^/]+)/(?P<duration>P[^/]+)")
_DURATION = re.compile(
    r"P(?=.)(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?(?:T(?=.)(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?"
)
_START_DAY = re.compile(r"--([0-9]{2})-([0-9]{2})")

# Section 6: code → digits of its number, highest number, months (or days) that it lasts.
_PERIODS: dict[str, tuple[int, int, int, int]] = {
    "A": (1, 1, 12, 0),
    "S": (1, 2, 6, 0),
    "T": (1, 3, 4, 0),
    "Q": (1, 4, 3, 0),
    "M": (2, 12, 1, 0),
    "W": (2, 53, 0, 7),
    "D": (3, 366, 0, 1),
}


@dataclass(frozen=True, order=True)
class Span:
    """From `start` up to, not including, `end`; both naive: UTC where the period names a zone."""

    start: datetime
    end: datetime

    def within(self, other: Span) -> bool:
        """True when `other` encompasses it: how SDMX REST compares periods (doc/data.md)."""
        return other.start <= self.start and self.end <= other.end


@lru_cache(65536)
def parse(period: str, year_start: str = JANUARY_FIRST) -> Span:
    """The moments that `period` covers. Raises ValueError when it is no SDMX time period.

    `year_start`: the reporting year's start day, `--MM-DD`; only reporting periods look at it.

    >>> parse("2024-Q2").start.isoformat(), parse("2024-Q2", "--07-01").start.isoformat()
    ('2024-04-01T00:00:00', '2024-10-01T00:00:00')
    """
    try:
        for form, build in ((_GREGORIAN, _gregorian), (_POINT, _point), (_RANGE, _range)):
            if match := form.fullmatch(period):
                return build(match)
        if match := _REPORTING.fullmatch(period):
            return _reporting(match, year_start)
    except OverflowError as exc:
        raise ValueError(f"not a time period between the years 1 and 9999: {period!r}") from exc
    except ValueError as exc:
        raise ValueError(f"not a time period: {period!r} ({exc})") from exc
    raise ValueError(f"not a time period: {period!r}; allowed: 2024, 2024-05, 2024-Q2, 2024-05-17, …")


def frequency_of(period: str) -> str | None:
    """Code of the frequency that `period` has the form of (CL_FREQ); None for points and ranges.

    Raises ValueError when it is no SDMX time period.

    >>> [frequency_of(p) for p in ("2024", "2024-05", "2024-S1", "2024-05-17")]
    ['A', 'M', 'S', 'D']
    """
    parse(period)
    if match := _REPORTING.fullmatch(period):
        return str(match["period"])
    if match := _GREGORIAN.fullmatch(period):
        return "D" if match["day"] else "M" if match["month"] else "A"
    return None


def is_legal(period: str) -> bool:
    """True for an SDMX time period."""
    return _or_none(period, JANUARY_FIRST) is not None


def table(periods: Iterable[str | None], year_start: str = JANUARY_FIRST) -> pa.Table:
    """A row per period (pass distinct ones): `period`, `start`, `end` (exclusive), `frequency`.

    Moments are timestamp[us] without zone; all three are null where `period` is not legal.
    """
    texts = [p.as_py() if isinstance(p, pa.Scalar) else p for p in periods]
    spans = [_or_none(text, year_start) for text in texts]
    return pa.table(
        {
            "period": pa.array(texts, pa.string()),
            "start": pa.array([s and s.start for s in spans], pa.timestamp("us")),
            "end": pa.array([s and s.end for s in spans], pa.timestamp("us")),
            "frequency": pa.array(
                [frequency_of(t) if s and t else None for t, s in zip(texts, spans, strict=True)], pa.string()
            ),
        }
    )


def _or_none(period: str | None, year_start: str) -> Span | None:
    try:
        return parse(period, year_start) if period is not None else None
    except ValueError:
        return None


def _gregorian(match: re.Match[str]) -> Span:
    year, month, day = match["year"], match["month"], match["day"]
    start = datetime(int(year), int(month or "01"), int(day or "01"))
    end = _plus(start, days=1) if day else _plus(start, months=1 if month else 12)
    shift = _offset(match["zone"])
    return Span(start - shift, end - shift)


def _point(match: re.Match[str]) -> Span:
    start = datetime.fromisoformat(f"{match['date']}T{match['time']}{(match['fraction'] or '')[:7]}")
    start -= _offset(match["zone"])
    return Span(start, _plus(start, delta=_INSTANT))


def _range(match: re.Match[str]) -> Span:
    """Section 6: a range starts at a date or a point in time and lasts for a duration."""
    form = _POINT.fullmatch(match["start"]) or _GREGORIAN.fullmatch(match["start"])
    lasts = _DURATION.fullmatch(match["duration"])
    if not form or ("day" in form.re.groupindex and not form["day"]) or not lasts:
        raise ValueError("a range is a date or date-time, / and a duration such as P3M")
    start = (_point(form) if "date" in form.re.groupindex else _gregorian(form)).start
    years, months, days, hours, minutes = (int(n or 0) for n in lasts.groups()[:5])
    delta = timedelta(hours=hours, minutes=minutes, seconds=float(lasts[6] or 0))
    return Span(start, _plus(start, months=12 * years + months, days=days, delta=delta))


def _reporting(match: re.Match[str], year_start: str) -> Span:
    """Section 6, "Computing the calendar start and end dates of a reporting period"."""
    digits, highest, months, days = _PERIODS[match["period"]]
    number = int(match["number"])
    if len(match["number"]) != digits or not 1 <= number <= highest:
        example = f"{match['year']}-{match['period']}{highest:0{digits}d}"
        raise ValueError(f"at most {example}, with {digits} digit{'s' * (digits > 1)}")
    base, following = (_reporting_year(int(match["year"]) + later, year_start) for later in (0, 1))
    if match["period"] == "W":
        base, following = _first_week(base), _first_week(following)
    start = _plus(base, months=months * (number - 1), days=days * (number - 1))
    end = _plus(base, months=months * number, days=days * number)
    if start >= following:  # 366th day, 53rd week
        raise ValueError(f"{match['year']} has no {match['period']}{match['number']}")
    shift = _offset(match["zone"])
    return Span(start - shift, end - shift)


def _reporting_year(year: int, start_day: str) -> datetime:
    match = _START_DAY.fullmatch(start_day)
    if not match:
        raise ValueError(f"not a reporting year start day: {start_day!r}; allowed: --MM-DD")
    month, day = int(match[1]), int(match[2])
    if not 1 <= month <= 12:
        raise ValueError(f"not a reporting year start day: {start_day!r}; allowed: --MM-DD")
    if year > date.max.year:
        return datetime.max
    return datetime(year, month, min(day, calendar.monthrange(year, month)[1]))  # --02-29


def _first_week(base: datetime) -> datetime:
    """The Monday of the week that has the year's first Thursday, as ISO 8601 counts weeks."""
    if base == datetime.max:
        return base
    weekday = base.weekday()
    return (
        base - timedelta(days=weekday) if weekday <= calendar.THURSDAY else base + timedelta(days=7 - weekday)
    )


def _plus(start: datetime, months: int = 0, days: int = 0, delta: timedelta = timedelta()) -> datetime:
    """XML Schema's addition: months first, the day cut to the month's last; at most the last moment."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > date.max.year:
        return datetime.max
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    try:
        return start.replace(year=year, month=month + 1, day=day) + timedelta(days=days) + delta
    except OverflowError:
        return datetime.max


def _offset(zone: str | None) -> timedelta:
    if zone in (None, "", "Z"):
        return timedelta()
    assert zone is not None
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 14 or minutes > 59:
        raise ValueError(f"time zone {zone}")
    return (1 if zone[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes)
