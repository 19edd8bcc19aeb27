"""The calendar of releases: a page, iCalendar for people's own calendars, Atom for programs.

Source: RFC 5545 (iCalendar), RFC 4287 (Atom).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from flask import Blueprint, Response, make_response, render_template, request

from publisher.release import structure_log
from publisher.rest.served import CORS
from publisher.web import fresh
from publisher.web.coming import AHEAD, AWAITED, CANCELLED, DONE, Line, lines
from publisher.web.context import lmis
from publisher.web.names import Names
from publisher.web.pages import _language, naming, show
from publisher.web.words import DEFAULT, Words

bp = Blueprint("calendar", __name__)
bp.url_value_preprocessor(_language)

NAMESPACE = uuid.UUID("6f0d7a44-8c1f-5a55-9a0e-51f6f3c2d9a3")  # of entry ids; never changes


@bp.get("/<language:lang>/calendar")
def page() -> Response:
    """What comes when, what came, and what changes in the structures."""
    names, now = naming(), fresh.now()
    found = lines(lmis(), names, now)
    return show(
        "calendar",
        "calendar",
        ahead=[line for line in found if line.state in (AHEAD, AWAITED)],
        past=[line for line in reversed(found) if line.state in (DONE, CANCELLED)],
        structures=lmis().once(("structures",), lambda: structure_log.changes(lmis().snapshot())),
    )


# -- iCalendar ----------------------------------------------------------------------------------


@bp.get("/calendar.ics")
def ics() -> Response:
    """For people's own calendars: subscribe to it, and changed dates change there."""
    words = lmis().languages[DEFAULT]
    names = Names(words, lmis().snapshot().registry)
    text = "".join(_folded(line) for line in _ics(lines(lmis(), names, fresh.now()), words))
    return _answer(Response(text), "text/calendar;charset=utf-8")


def _ics(found: tuple[Line, ...], words: Words) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//lmis//calendar//EN", "METHOD:PUBLISH")
    yield f"NAME:{_escaped(words('calendar.title'))}"
    for line in found:
        entry = line.entry
        changed = entry.moved[-1].at if entry.moved else entry.announced
        yield from (
            "BEGIN:VEVENT",
            f"UID:{uuid.uuid5(NAMESPACE, entry.id)}",
            f"DTSTAMP:{_utc(datetime.fromisoformat(changed))}",
            f"DTSTART:{_utc(entry.when)}",
            f"SUMMARY:{_escaped(f'{line.provider}: {line.title}')}",
            f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}",
            f"SEQUENCE:{len(entry.moved)}",
            f"DESCRIPTION:{_escaped(_told(line))}",
            f"URL:{lmis().settings.base_url}/{DEFAULT}/calendar#{entry.id}",
            "END:VEVENT",
        )
    yield "END:VCALENDAR"


def _told(line: Line) -> str:
    moved = (f"{m.was} → {m.to or 'cancelled'}: {m.reason}" for m in line.entry.moved)
    return "\n".join(filter(None, (f"{line.day}, {line.local}", line.text, *moved)))


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """RFC 5545 section 3.3.11."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """RFC 5545 section 3.1: lines of at most 75 octets, continued after a blank, whole characters."""
    parts, part = [], b""
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > 74:
            parts.append(part)
            part = b""
        part += octets
    return b"\r\n ".join([*parts, part]).decode() + "\r\n"


# -- Atom ---------------------------------------------------------------------------------------


@bp.get("/calendar.atom")
def atom() -> Response:
    """One entry for each announcement and for each change of a date, newest first."""
    words = lmis().languages[DEFAULT]
    names = Names(words, lmis().snapshot().registry)
    found = [each for line in lines(lmis(), names, fresh.now()) for each in _said(line)]
    found.sort(key=lambda each: each["updated"], reverse=True)
    text = render_template(
        "calendar.atom", entries=found, site=lmis().site, words=words, feed=_uuid("calendar")
    )
    return _answer(make_response(text), "application/atom+xml;charset=utf-8")


def _said(line: Line) -> Iterator[dict[str, str]]:
    entry = line.entry
    first = entry.moved[0].was if entry.moved else entry.instant
    shared = {"author": line.provider, "title": line.title, "url": f"/{DEFAULT}/calendar#{entry.id}"}
    yield shared | {"id": _uuid(entry.id), "updated": entry.announced, "text": f"{first} ({entry.zone})"}
    for number, moved in enumerate(entry.moved, 1):
        text = f"{moved.was} → {moved.to or 'cancelled'} ({entry.zone}): {moved.reason}"
        yield shared | {"id": _uuid(f"{entry.id} {number}"), "updated": moved.at, "text": text}


def _uuid(name: str) -> str:
    return f"urn:uuid:{uuid.uuid5(NAMESPACE, name)}"


def _answer(response: Response, content_type: str) -> Response:
    response.headers["Content-Type"] = content_type
    response.headers["Cache-Control"] = fresh.cache_control(lmis())
    response.headers.update(CORS)
    response.add_etag()
    response.make_conditional(request)
    return response
