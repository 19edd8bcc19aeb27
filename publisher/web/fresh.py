"""How long an answer may be kept by others: never past the next announced release."""

from __future__ import annotations

from datetime import UTC, datetime

from publisher.release import calendar
from publisher.store import Home
from publisher.web.context import Lmis

AT_MOST = 60  # seconds


def now() -> datetime:
    return datetime.now(UTC)


def coming(lmis: Lmis) -> tuple[calendar.Entry, ...]:
    """What is announced and has not come, by date."""
    found = calendar.public(Home(lmis.settings.home))
    return calendar.ahead(found, lmis.snapshot().record.get("calendar", ()) if lmis.number() else ())


def cache_control(lmis: Lmis) -> str:
    """For answers that the next release may change. Only announced instants count: others are not public."""
    left = calendar.seconds_left(coming(lmis), now())
    seconds = AT_MOST if left is None else min(AT_MOST, int(left))
    return f"public, max-age={seconds}" if seconds else "public, no-cache"
