"""Which format, language and encoding an answer takes.

Source: SDMX REST 2.2.2 doc/content_negotiation.md, doc/extend.md (`format`, `formatVersion`, `lang`,
`compression` go before the headers); RFC 9110 section 12; RFC 4647 section 3.4 (lookup).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from publisher.errors import NotAcceptable
from publisher.rest import media
from publisher.rest.media import MediaRange
from publisher.structures import versions

SDMX = "application/vnd.sdmx."

# What a general media type stands for, by the end of our types; text/xml: older XML clients.
GENERAL: Mapping[str, str] = {
    "application/xml": "+xml",
    "text/xml": "+xml",
    "application/json": "+json",
    "text/csv": "+csv",
}
# `format=` (doc/extend.md) → media types, without their version. The last three are short forms that
# the services of OECD and BIS taught people to write.
FORMATS: Mapping[str, tuple[str, ...]] = {
    "jsondata": (f"{SDMX}data+json",),
    "csvdata": (f"{SDMX}data+csv",),
    "genericdata": (f"{SDMX}genericdata+xml",),
    "structurespecificdata": (f"{SDMX}data+xml", f"{SDMX}structurespecificdata+xml"),
    "generictimeseriesdata": (f"{SDMX}generictimeseriesdata+xml",),
    "structurespecifictimeseriesdata": (f"{SDMX}structurespecifictimeseriesdata+xml",),
    "structure": (f"{SDMX}structure+xml",),
    "schema": (f"{SDMX}schema+xml",),
    "json": ("application/json",),
    "xml": ("application/xml",),
    "csv": ("text/csv",),
}
BROWSER = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class Representation:
    """A row of a table of writers, and the options asked for with it."""

    content_type: str
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def header(self) -> str:
        """The Content-Type: the exact type and version, with the options that are not the default."""
        return ";".join([self.content_type, *(f"{name}={value}" for name, value in self.options.items())])


@dataclass(frozen=True)
class Row:
    """One format that is served."""

    content_type: str
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # allowed values, the default first

    @property
    def type(self) -> str:
        return self.content_type.partition(";")[0]

    @property
    def version(self) -> str:
        return self.content_type.partition(";version=")[2]

    def is_named_by(self, wanted: MediaRange) -> bool:
        """Whether the range's type means this row: itself, `application/xml`, `application/*`, `*/*`."""
        if wanted.type.endswith("/*"):
            return wanted.type == "*/*" or self.type.startswith(wanted.type[:-1])
        return self.type == wanted.type or self.type.endswith(GENERAL.get(wanted.type, "\0"))

    def represent(self, parameters: Mapping[str, str]) -> Representation | None:
        """With the options that `parameters` set; None when a value is not one of ours."""
        chosen: dict[str, str] = {}
        for name, values in self.options.items():
            value = parameters.get(name.lower(), values[0])
            if value not in values:
                return None
            if value != values[0]:
                chosen[name] = value
        return Representation(self.content_type, chosen)


@dataclass(frozen=True)
class Served:
    """The formats of one kind of answer in one generation of the API."""

    rows: tuple[Row, ...]
    default: str  # content type for a request without a wish, and for general types that may mean it

    def choose(
        self, accept: str | None, format_: str | None = None, version: str | None = None
    ) -> Representation:
        """The representation for an Accept header, or for `format=` when there is one.

        Raises NotAcceptable, which lists what is served.
        """
        if format_ is not None:
            wanted = _of_format(format_, version, self.default)
        else:
            wanted = media.ranges(accept or "")
            # Browsers name XML before anything and cannot mean ours: they get the default (doc/extend.md).
            if not wanted or any(range_.type in BROWSER for range_ in wanted):
                return Representation(self.default)
        if (found := self._best(wanted)) is None:
            asked = accept if format_ is None else f"format={format_}"
            asked = f"{asked}, formatVersion={version}" if format_ is not None and version else asked
            served = ", ".join(row.content_type for row in self.rows)
            raise NotAcceptable(f"{asked} is not served here; served: {served}")
        return found

    def _best(self, wanted: Sequence[MediaRange]) -> Representation | None:
        """By quality, then by how exactly it is named, then by place in the header (RFC 9110 12.5.1)."""
        left = [row for row in self.rows if not _is_refused(row, wanted)]
        order = sorted((r for r in wanted if r.quality > 0), key=lambda r: (-r.quality, -_precision(r)))
        return next((found for range_ in order if (found := self._meant(range_, left))), None)

    def _meant(self, range_: MediaRange, rows: Sequence[Row]) -> Representation | None:
        """What a range means: the default where it may be that, else the newest version."""
        named = [row for row in rows if row.is_named_by(range_)]
        if _precision(range_) < EXACT and range_.version is None:
            named.sort(key=lambda row: row.content_type != self.default)
            if named and (named[0].content_type == self.default or range_.type not in GENERAL):
                return named[0].represent(range_.parameters)
        version = _version([row.version for row in named], range_.version)
        row = next((row for row in named if row.version == version), None)
        return row.represent(range_.parameters) if row else None


EXACT = 3


def _precision(range_: MediaRange) -> int:
    if "*" in range_.type:
        return 0 if range_.type == "*/*" else 1
    return 2 if range_.type in GENERAL else EXACT + len(range_.parameters)


def _is_refused(row: Row, wanted: Sequence[MediaRange]) -> bool:
    """Whether the most exact range that names the row has quality 0."""
    naming = [r for r in wanted if row.is_named_by(r) and r.version in (None, row.version)]
    return bool(naming) and max(naming, key=lambda r: (_precision(r), r.quality)).quality == 0


def _of_format(name: str, version: str | None, default: str) -> list[MediaRange]:
    """The media ranges that `format=` and `formatVersion=` stand for, those of the default's time first."""
    parameters = {"version": version} if version else {}
    if "/" in name:  # a media type written out, perhaps with its version
        return [replace(r, parameters={**parameters, **r.parameters}) for r in media.ranges(name)]
    types = FORMATS.get(name, ())
    if default.endswith("version=2.1"):  # REST 1.5 goes with SDMX 2.1
        types = tuple(reversed(types))
    return [MediaRange(type_, parameters) for type_ in types]


def _version(available: Sequence[str], wanted: str | None) -> str | None:
    """The newest version, or the newest that `wanted` means: `2.0.0`, `2.0+.0`."""
    try:
        found = versions.select(("~" if wanted is None else wanted,), available)
    except ValueError:
        return None
    return found[-1] if found else None


# -- languages --------------------------------------------------------------------------------


def languages(accept: str | None, lang: str | None, available: Sequence[str]) -> tuple[str, ...] | None:
    """The languages asked for, best first: all for `*` and `lang=all`; None: nothing was asked.

    Raises NotAcceptable when `lang` names a language that there is nothing in; a header that does
    falls back to the first of `available`.
    """
    if lang is not None:
        if lang.lower() == "all":
            return tuple(available)
        if (found := lookup(lang, available)) is None:
            raise NotAcceptable(f"lang={lang} is not served; served: {', '.join(available)}, all")
        return (found,)
    if not accept or not (wanted := media.weighted(accept)):
        return None
    for tag, _, quality in sorted(wanted, key=lambda member: -member[2]):
        if quality == 0:
            continue
        if tag == "*":
            return tuple(available)
        if found := lookup(tag, available):
            return (found,)
    return tuple(available[:1])


def lookup(tag: str, available: Iterable[str]) -> str | None:
    """RFC 4647 section 3.4: `id-Latn-ID` is answered by `id`, never the other way round.

    >>> lookup("id-ID", ["en", "id"])
    'id'
    """
    by_lower = {language.lower(): language for language in available}
    parts = tag.lower().split("-")
    while parts:
        if (found := by_lower.get("-".join(parts))) is not None:
            return found
        parts.pop()
        if parts and len(parts[-1]) == 1:  # a singleton goes with what it introduced
            parts.pop()
    return None
