"""The versions a query asks for, checked for their form; `structures.versions` knows what they select."""

from __future__ import annotations

from publisher.query.model import ANY
from publisher.query.text import refuse
from publisher.structures.versions import parse, pattern

ALLOWED = "1.0.0, 1.0, + (latest stable), ~ (latest), * (all), a least version such as 2.3+.1; joined by ,"
ALLOWED_V1 = "1.0, 1.0.0, latest, all; several joined by +"
_KEYWORDS = {"all": ANY, "latest": "~"}


def versions(text: str, place: str = "version") -> tuple[str, ...]:
    """The versions asked for by REST 2, each in a form of doc/querying_versions.md.

    >>> versions("1.0.0,2.3+.1")
    ('1.0.0', '2.3+.1')
    """
    values = tuple(dict.fromkeys(text.split(",")))
    for value in values:
        try:
            pattern(value if value.isascii() else "")
        except ValueError:
            refuse(place, f"{value!r} is no version", text, ALLOWED)
    return (ANY,) if ANY in values else values


def versions_v1(text: str, place: str = "version") -> tuple[str, ...]:
    """The versions asked for by REST 1.5: `all` (as `*`), `latest` (as `~`), or numbers joined by `+`."""
    values = tuple(dict.fromkeys(text.split("+")))
    for value in values:
        if value.lower() not in _KEYWORDS and not _is_number(value):
            refuse(place, f"{value!r} is no version", text, ALLOWED_V1)
    found = tuple(_KEYWORDS.get(value.lower(), value) for value in values)
    return (ANY,) if ANY in found else found


def _is_number(value: str) -> bool:
    """Whether SDMX 2.1 allows `value` as a version: numbers only, no draft."""
    try:
        return parse(value).extension is None
    except ValueError:
        return False
