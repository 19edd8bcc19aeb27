"""Which names of files a package may use: the same on every system, and never outside the package."""

from __future__ import annotations

import re

MAX_NAME = 255
_RESERVED = {"CON", "PRN", "AUX", "NUL"} | {f"{dev}{n}" for dev in ("COM", "LPT") for n in range(1, 10)}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def is_remote(name: str) -> bool:
    """True for an URL, or anything a library could take for one (`http:`, `file:`, `//host/share`).

    >>> [is_remote(n) for n in ("http://a.org/x.csv", "HTTP:x", "//host/x", "data/x.csv", "C:/x")]
    [True, True, True, False, False]
    """
    scheme = _SCHEME.match(name)
    return name.startswith("//") or bool(scheme and len(scheme[0]) > 2)


def fault(name: str) -> str | None:
    """Why `name` cannot be a file of a package; None when it can.

    >>> fault("data/labour force.csv"), fault("../x.csv")
    (None, "it has a part '..'")
    """
    if not name:
        return "it is empty"
    if not name.isprintable():
        return "it has an unprintable character"
    if bad := next((sign for sign in '\\:*?"<>|$' if sign in name), None):
        return f"it has the character {bad!r}"
    if name.startswith(("/", "~")):
        return f"it begins with {name[0]!r}"
    return next(filter(None, map(_part_fault, name.split("/"))), None)


def _part_fault(part: str) -> str | None:
    if part in ("", ".", ".."):
        return f"it has a part {part!r}"
    if part.split(".")[0].upper() in _RESERVED:
        return f"{part!r} is reserved by Windows"
    if part[-1] in ". ":
        return f"{part!r} ends with a dot or a space"
    if len(part.encode()) > MAX_NAME:
        return f"{part[:20]!r}… is longer than {MAX_NAME} bytes"
    return None
