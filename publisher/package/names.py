"""Which names of files a package may use: the same on every system, and never outside the package."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

MAX_NAME = 255
_RESERVED = {"CON", "PRN", "AUX", "NUL"} | {f"{dev}{n}" for dev in ("COM", "LPT") for n in range(1, 10)}
MAX_PATH = 1_024  # bytes of a name with its folders
_SLASHES = "\u2044\u2215\u29f8\u29f5\ufe68"  # they look like slashes and stay what they are in NFKC
# Scripts with letters that look like those of another one.
_LOOKALIKES = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")
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
    if len(name.encode("utf-8", "surrogatepass")) > MAX_PATH:
        return f"it is longer than {MAX_PATH} bytes"
    if reason := _disguise(name):
        return reason
    return next(filter(None, map(_part_fault, name.split("/"))), None)


def _disguise(name: str) -> str | None:
    """Why `name` is not what it looks like: signs that another system folds, letters of several scripts."""
    if name.isascii():
        return None
    folded = unicodedata.normalize("NFKC", name)
    if any(sign in _SLASHES for sign in name) or any(
        folded.count(sign) != name.count(sign) for sign in '/\\:*?"<>|$.~'
    ):
        return "it has a sign that looks like another"
    for word in re.findall(r"[^\W\d_]+", name):
        scripts = {script for letter in word if (script := _script(letter)) in _LOOKALIKES}
        if len(scripts) > 1:
            return f"{word!r} mixes letters of {' and '.join(sorted(s.title() for s in scripts))}"
    return None


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def twins(members: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs of names that are one name where case or composition does not count.

    >>> list(twins(["Jobs.csv", "jobs.csv", "more.csv"]))
    [('Jobs.csv', 'jobs.csv')]
    """
    seen: dict[str, str] = {}
    for name in sorted(members):
        folded = unicodedata.normalize("NFKC", name).casefold()
        if folded in seen:
            yield seen[folded], name
        seen[folded] = name


def _part_fault(part: str) -> str | None:
    if part in ("", ".", ".."):
        return f"it has a part {part!r}"
    if unicodedata.normalize("NFKC", part.split(".")[0].rstrip()).upper() in _RESERVED:
        return f"{part!r} is reserved by Windows"
    if part[-1] in ". ":
        return f"{part!r} ends with a dot or a space"
    if len(part.encode("utf-8", "surrogatepass")) > MAX_NAME:
        return f"{part[:20]!r}… is longer than {MAX_NAME} bytes"
    return None
