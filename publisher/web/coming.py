"""The calendar as it is printed: what comes, what came, what is awaited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from publisher.release import calendar
from publisher.release.calendar import Entry
from publisher.release.naming import slug
from publisher.store import Home
from publisher.web import fresh
from publisher.web.context import Lmis
from publisher.web.names import Names
from publisher.web.words import DEFAULT, Words

DONE, CANCELLED, AWAITED, AHEAD = "done", "cancelled", "awaited", "ahead"


@dataclass(frozen=True)
class Line:
    """One entry as it is printed."""

    entry: Entry
    title: str
    provider: str
    day: str
    local: str  # time and zone
    utc: str
    state: str
    release: str  # its id, once it is public
    text: str
    dataflows: tuple[str, ...]


def lines(app: Lmis, names: Names, now: datetime) -> tuple[Line, ...]:
    """All entries by date."""
    done: Mapping[str, str] = app.snapshot().record.get("calendar", {}) if app.number() else {}
    return tuple(_line(entry, names, done, now) for entry in calendar.public(Home(app.settings.home)))


def _line(entry: Entry, names: Names, done: Mapping[str, str], now: datetime) -> Line:
    words, when = names.words, entry.when
    flows = {flow.id: flow.ref for flow in names.registry.find("dataflow")}
    state = DONE if entry.id in done else CANCELLED if entry.is_cancelled else AHEAD
    if state == AHEAD and when <= now:
        state = DONE if entry.kind == calendar.STRUCTURES else AWAITED
    return Line(
        entry,
        _in(entry.title, words),
        names.facet("provider", slug(entry.provider), entry.provider),
        words.day(when),
        f"{when:%H:%M} {entry.zone}",
        f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        state,
        done.get(entry.id, ""),
        _in(entry.text, words),
        tuple(names.dataflow(flows[id]) for id in entry.dataflows if id in flows),
    )


def _in(texts: Mapping[str, str], words: Words) -> str:
    return texts.get(words.language) or texts.get(DEFAULT) or next(iter(texts.values()), "")


def lines_ahead(app: Lmis, names: Names) -> list[Line]:
    """What comes next."""
    return [line for line in lines(app, names, fresh.now()) if line.state in (AHEAD, AWAITED)]
