"""Versions of artefacts: their order, and the versions that a query or a reference means.

Source: SDMX REST 2.2.2 doc/querying_versions.md; SDMX 3.0 section 2 "semantic versioning";
Semantic Versioning 2.0.0 clause 11 for the order of extensions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_NUMBER = r"(?:0|[1-9][0-9]*)"
_IDENTIFIER = rf"(?:{_NUMBER}|[0-9]*[A-Za-z\-][0-9A-Za-z\-]*)"
_VERSION = re.compile(
    rf"({_NUMBER})(?:\.({_NUMBER})(?:\.({_NUMBER})(?:-({_IDENTIFIER}(?:\.{_IDENTIFIER})*))?)?)?"
)

# Each row is a form of doc/querying_versions.md; `w` is one of + ~ *.
_FORMS = tuple(
    re.compile(pattern.replace("N", f"({_NUMBER})"))
    for pattern in (
        r"(?P<w>[~*])(?P<zeros>(?:\.0){0,2})",
        r"(?P<w>\+)(?P<zeros>(?:\.0\.0)?)",
        r"N\.(?P<w>[~*])",
        r"N\.(?P<w>[+~*])\.0",
        r"N\.N\.(?P<w>[+~*])",
        r"N(?P<w>[~*])\.N",
        r"N\.N(?P<w>[~*])",
        r"N(?P<w>[+~*])\.N\.N",
        r"N\.N(?P<w>[+~*])\.N",
        r"N\.N\.N(?P<w>[+~*])",
    )
)


@dataclass(frozen=True)
class Version:
    """A version number: one or two parts (legacy) or three with an optional extension."""

    parts: tuple[int, ...]
    extension: str | None = None

    @property
    def is_semantic(self) -> bool:
        return len(self.parts) == 3

    @property
    def is_stable(self) -> bool:
        """Semantic, released: `x.y.z` with x > 0 and no extension."""
        return self.is_semantic and self.parts[0] > 0 and self.extension is None

    @property
    def order(self) -> tuple[object, ...]:
        """Sort key: numbers, then semantic after legacy, then a release after its drafts."""
        padded = (*self.parts, 0, 0)[:3]
        identifiers = tuple(
            (0, int(part), "") if part.isdigit() else (1, 0, part)
            for part in (self.extension.split(".") if self.extension else ())
        )
        return (padded, len(self.parts), self.extension is None, identifiers)


@lru_cache(4096)
def parse(version: str) -> Version:
    """The version that `version` writes out. Raises ValueError when it is none.

    >>> parse("1.0.0-draft").is_stable
    False
    """
    match = _VERSION.fullmatch(version)
    if not match:
        raise ValueError(f"not a version: {version!r}; allowed: 1, 1.0, 1.0.0 or 1.0.0-draft")
    return Version(tuple(int(part) for part in match.groups()[:3] if part is not None), match[4])


@dataclass(frozen=True)
class Pattern:
    """Which versions are meant: `wildcard` + (latest stable), ~ (latest), * (all) or none (one)."""

    wildcard: str  # "+", "~", "*" or "" for exactly `minimum`
    length: int  # number of parts of the versions that fit; 0: any
    fixed: tuple[int, ...] = ()  # leading parts that must be equal
    minimum: tuple[int, ...] = ()  # then the parts from there on must be at least these
    extension: str | None = None

    def fits(self, version: Version) -> bool:
        if not self.wildcard:
            return version.parts == self.minimum and version.extension == self.extension
        if self.wildcard == "+" and not version.is_stable:
            return False
        if self.length and len(version.parts) != self.length:
            return False
        n = len(self.fixed)
        return version.parts[:n] == self.fixed and version.parts[n:] >= self.minimum


@lru_cache(1024)
def pattern(expression: str) -> Pattern:
    """What `expression` (one alternative, without `,`) means. Raises ValueError on an illegal form.

    >>> pattern("2.3+.1").fits(parse("2.10.0"))
    True
    """
    if _VERSION.fullmatch(expression):
        exact = parse(expression)
        return Pattern("", len(exact.parts), (), exact.parts, exact.extension)
    match = next((m for form in _FORMS if (m := form.fullmatch(expression))), None)
    if not match:
        raise ValueError(
            f"not a version query: {expression!r}; allowed: a version such as 1.0.0, + (latest stable), "
            "~ (latest) or * (all), alone or on one part, as in 1.0+.0"
        )
    wildcard, parts = match["w"], tuple(int(n) for n in match.groups() if n and n.isdigit())
    if wildcard == "+" and parts and parts[0] == 0:
        raise ValueError(f"not a version query: {expression!r}; + asks for stable versions, which start at 1")
    return _pattern(expression, wildcard, parts)


def _pattern(expression: str, wildcard: str, parts: tuple[int, ...]) -> Pattern:
    length = expression.count(".") + 1
    if expression[0] == wildcard:  # + ~ *, with or without zeros
        return Pattern(wildcard, 0 if length == 1 else length)
    position = expression[: expression.index(wildcard)].count(".")
    if f".{wildcard}" in expression:  # X.~.0 is X.0~.0
        return Pattern(wildcard, length, parts[:position])
    return Pattern(wildcard, length, parts[:position], parts[position:])


def select(expressions: Iterable[str], available: Iterable[str]) -> tuple[str, ...]:
    """Those of `available` that any of `expressions` asks for, oldest first.

    >>> select(["1.0+.0"], ["1.0.0", "1.1.0", "1.2.0-draft", "2.0.0"])
    ('1.1.0',)
    """
    ordered = sorted(set(available), key=lambda version: parse(version).order)
    chosen: set[str] = set()
    for expression in expressions:
        wanted = pattern(expression)
        fitting = [version for version in ordered if wanted.fits(parse(version))]
        chosen.update(fitting if wanted.wildcard == "*" else fitting[-1:])
    return tuple(version for version in ordered if version in chosen)


def latest(available: Iterable[str]) -> str | None:
    """The newest of `available`, stable or not; None when there is none."""
    return next(iter(select(("~",), available)), None)


def order(version: str) -> tuple[object, ...]:
    """Sort key for any text: legal versions by age, after all others."""
    try:
        return (1, *parse(version).order)
    except ValueError:
        return (0, version)
