"""The query string: each known parameter read by its own rule, unknown ones kept as warnings.

Source: SDMX REST 2.2.2 doc/data.md, structures.md, availability.md, schema.md; REST 1.5.0.
doc/extend.md allows a service parameters of its own; clients and proxies append theirs, so an
unknown name is a warning, but a slip of a known name is an error: the answer would mislead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from publisher.query import filter as component_filter
from publisher.query import period
from publisher.query.model import Filter
from publisher.query.text import decode, gather, names, nearest, one_of, refuse

Reader = Callable[[str, str], Any]  # value, name → what it means


@dataclass(frozen=True)
class Described:
    """A reader that can tell what it reads, as a JSON schema of the text."""

    read: Reader
    schema: Mapping[str, Any]

    def __call__(self, text: str, place: str) -> Any:
        return self.read(text, place)


EXTENSIONS = ("format", "formatVersion", "lang", "compression")  # doc/extend.md
_DIGITS = re.compile(r"[0-9]{1,12}")
_SORT = re.compile(r"([A-Za-z0-9_@$\-]+|\*)(?::(asc|desc))?")


@dataclass(frozen=True)
class Parameters:
    """What a query string says: `values` by parameter name, the component filters, the warnings."""

    values: Mapping[str, Any] = field(default_factory=dict)
    filters: tuple[Filter, ...] = ()
    warnings: tuple[str, ...] = ()

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)


def pairs(query: str) -> list[tuple[str, str]]:
    """Names and values of a raw query string, decoded, in order."""
    found: list[tuple[str, str]] = []
    for part in filter(None, query.split("&")):
        raw_name, _, raw_value = part.partition("=")
        name = decode(raw_name, "a parameter's name")
        found.append((name, decode(raw_value, name)))
    return found


def read(
    query: str, known: Mapping[str, Reader], elsewhere: Mapping[str, str], filters: bool = False
) -> Parameters:
    """Read a raw query string.

    known: a reader per parameter of this resource; elsewhere: parameters that mean something in
    another resource or generation, and what to write here instead; filters: whether `c[…]` may stand.
    Raises QuerySyntaxError with everything that is wrong.
    """
    values: dict[str, Any] = {}
    found: list[Filter] = []
    warnings: list[str] = []

    def one(name: str, value: str) -> None:
        if name in seen:
            refuse(name, "is given more than once", value, "each parameter once; several values joined by ,")
        seen.add(name)
        if filters and (name == "c" or name.startswith("c[")):
            found.append(component_filter.parse(name, value))
        elif name in known:
            values[name] = known[name](value, name)
        elif name not in EXTENSIONS:
            warnings.append(_unknown(name, known, elsewhere))

    seen: set[str] = set()
    steps = {str(n): partial(one, name, value) for n, (name, value) in enumerate(pairs(query))}
    gather(**steps)
    return Parameters(values, tuple(found), tuple(warnings))


def _unknown(name: str, known: Mapping[str, Reader], elsewhere: Mapping[str, str]) -> str:
    allowed = ", ".join([*known, *EXTENSIONS])
    if (base := name.partition("[")[0]) in elsewhere:
        refuse(name, "is no parameter here", None, allowed, elsewhere[base] or None)
    if near := nearest(name, [*known, *elsewhere, *EXTENSIONS]):
        refuse(name, "is no parameter here", None, allowed, f"did you mean {near}?")
    return f"parameter {name[:64]!r} is not known here and was passed over; known: {allowed}"


# -- readers ----------------------------------------------------------------------------------


def whole(least: int) -> Reader:
    """A whole number of at least `least`."""

    def reader(text: str, place: str) -> int:
        if not _DIGITS.fullmatch(text) or int(text) < least:
            refuse(
                place, f"{text!r} is no whole number of at least {least}", text, f"{least}, {least + 1}, …"
            )
        return int(text)

    return Described(reader, {"type": "integer", "minimum": least})


def choice(*allowed: str) -> Reader:
    return Described(
        lambda text, place: one_of(text, place, allowed), {"type": "string", "enum": list(allowed)}
    )


def _boolean(text: str, place: str) -> bool:
    return one_of(text, place, ("true", "false")) == "true"


def _component_id(text: str, place: str) -> str:
    (value,) = names(text, place, "component", separator=None, wildcard=None)
    return value


def keywords_or_ids(*keywords: str) -> Reader:
    """Several of `keywords` or component ids, joined by `,`; `none` stands alone."""

    def reader(text: str, place: str) -> tuple[str, ...]:
        values = names(text, place, "component", wildcard=None)
        if "none" in values and len(values) > 1:
            refuse(
                place, "none stands beside something else", text, f"{', '.join(keywords)}, or ids; none alone"
            )
        return ("all",) if "all" in values else values

    return Described(reader, _list_of({"anyOf": [{"enum": list(keywords)}, _COMPONENT]}))


def several(*allowed: str) -> Reader:
    """Several of `allowed`, joined by `,`; `none` stands alone."""

    def reader(text: str, place: str) -> tuple[str, ...]:
        values = tuple(dict.fromkeys(one_of(value, place, allowed) for value in text.split(",")))
        if "none" in values and len(values) > 1:
            refuse(place, "none stands beside something else", text, "none alone, or other values")
        return values

    return Described(reader, _list_of({"enum": list(allowed)}))


def _sort(text: str, place: str) -> tuple[tuple[str, bool], ...]:
    """Components in order, and whether each descends.

    >>> _sort("series_key+TIME_PERIOD:desc", "sort")
    (('series_key', False), ('TIME_PERIOD', True))
    """
    found: list[tuple[str, bool]] = []
    for part in text.split("+"):
        match = _SORT.fullmatch(part)
        if not match:
            allowed = "components, series_key or *, each with :asc or :desc if wanted, joined by +"
            refuse(place, f"{part!r} is no sort order", text, allowed)
        found.append((match[1], match[2] == "desc"))
    return tuple(found)


_COMPONENT = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]*$"}


def _list_of(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}  # joined by commas: style form, explode false


boolean: Reader = Described(_boolean, {"type": "boolean"})
component_id: Reader = Described(_component_id, _COMPONENT)
sort: Reader = Described(
    _sort,
    {"type": "string", "pattern": r"^[A-Za-z0-9_@$*-]+(:(asc|desc))?(\+[A-Za-z0-9_@$*-]+(:(asc|desc))?)*$"},
)
moment: Reader = Described(period.moment, {"type": "string", "format": "date-time"})
time_period: Reader = Described(period.period, {"type": "string"})
start_day: Reader = Described(period.start_day, {"type": "string", "pattern": "^--[0-9]{2}-[0-9]{2}$"})
