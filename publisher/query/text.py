"""From the raw parts of an URL to text and lists of names, each checked for its form.

Decoding is done once, here: in a raw query string `+` is a plus (SDMX REST doc/data.md: AND), which
form decoders turn into a space; `%2B`, `%5B`, `%5D` and `%2C` mean the same as the signs themselves,
since clients encode them at will.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from publisher.errors import Finding, QuerySyntaxError, UriTooLong
from publisher.query.model import ANY

MAX_URI = 8192  # characters of path and query string; more is 414

AGENCY = r"[A-Za-z][A-Za-z0-9_\-]*(?:\.[A-Za-z][A-Za-z0-9_\-]*)*"  # common:NestedNCNameIDType
ID = r"[A-Za-z0-9_@$\-]+"  # common:IDType
NCNAME = r"[A-Za-z][A-Za-z0-9_\-]*"  # common:NCNameIDType
NESTED_ID = rf"{ID}(?:\.{ID})*"  # common:NestedIDType

FORMS: dict[str, tuple[re.Pattern[str], str]] = {
    "agency": (re.compile(AGENCY), "letters, digits, _ and -, starting with a letter; parts joined by ."),
    "id": (re.compile(ID), "letters, digits, _ @ $ and -"),
    "component": (re.compile(NCNAME), "letters, digits, _ and -, starting with a letter"),
    "item": (re.compile(NESTED_ID), "letters, digits, _ @ $ and -; parts joined by ."),
}

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def refuse(
    place: str, message: str, value: str | None = None, allowed: str | None = None, remedy: str | None = None
) -> NoReturn:
    """Raise a QuerySyntaxError that names the part of the URL, its value, what is allowed and the way out."""
    finding = Finding("query-syntax", f"{place}: {message}", value=value, allowed=allowed, remedy=remedy)
    raise QuerySyntaxError(str(finding), (finding,))


def gather(**steps: Callable[[], Any]) -> dict[str, Any]:
    """What each step gives, by its name. Raises all their syntax errors as one."""
    findings: list[Finding] = []
    found: dict[str, Any] = {}
    for name, step in steps.items():
        try:
            found[name] = step()
        except QuerySyntaxError as exc:
            findings += exc.findings
    if findings:
        raise QuerySyntaxError("; ".join(map(str, findings)), findings)
    return found


def check_length(path: str, query: str) -> None:
    if (size := len(path) + len(query)) > MAX_URI:
        raise UriTooLong(
            f"the request has {size} characters; allowed: {MAX_URI}. Ask for fewer keys or codes at once, "
            "or for all of them and filter what comes"
        )


def decode(raw: str, place: str) -> str:
    """The text that percent-encoded `raw` stands for; `+` stays a plus.

    >>> decode("ge:2020%2Ble:2021+x", "c[TIME_PERIOD]")
    'ge:2020+le:2021+x'
    """
    if bad := _BAD_ESCAPE.search(raw):
        refuse(
            place,
            f"{raw[bad.start() : bad.start() + 3]!r} is no percent-encoding",
            raw,
            "%25 for a percent sign",
        )
    try:
        text = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeError:
        refuse(place, "is not UTF-8", ascii(raw), "text percent-encoded as UTF-8")
    if _CONTROL.search(text):
        refuse(place, "has a control character", ascii(text), "printable text")
    return text


def segments(path: str) -> list[str]:
    """The parts of a raw path, decoded; slashes at both ends do not count, empty parts between do."""
    parts = path.strip("/").split("/") if path.strip("/") else []
    return [decode(part, f"path part {number}") for number, part in enumerate(parts, 1)]


def names(
    text: str, place: str, form: str, separator: str | None = ",", wildcard: str | None = ANY
) -> tuple[str, ...]:
    """The names in `text`, without repetition; (`*`,) when the wildcard is among them. No separator: one."""
    pattern, allowed = FORMS[form]
    values = tuple(dict.fromkeys(text.split(separator))) if separator else (text,)
    allowed += f"; several joined by {separator}" * bool(separator) + f"; {wildcard} for all" * bool(wildcard)
    for value in values:
        if value != wildcard and not pattern.fullmatch(value):
            what = "a name is empty" if not value else f"{value!r} is no {form if form != 'id' else 'id'}"
            refuse(place, what, text, allowed)
    return (ANY,) if wildcard in values else values


def one_of(text: str, place: str, known: Iterable[str]) -> str:
    """`text` when it is one of `known`, else an error that says which comes near."""
    known = list(known)
    if text not in known:
        near = nearest(text, known)
        refuse(
            place, f"{text!r} is unknown", text, ", ".join(known), f"did you mean {near}?" if near else None
        )
    return text


def nearest(text: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `text` looks like a slip of, if any."""
    by_lower = {name.lower(): name for name in known}
    if len(text) > 64:
        return None
    begun = [name for lower, name in by_lower.items() if len(text) > 3 and lower.startswith(text.lower())]
    if len(begun) == 1:
        return begun[0]
    found = difflib.get_close_matches(text.lower(), by_lower, n=1, cutoff=0.8)
    return by_lower[found[0]] if found else None
