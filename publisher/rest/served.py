"""The formats that are served, by kind of answer and generation, from the tables of writers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from publisher import formats
from publisher.errors import NotAcceptable, QueryError
from publisher.query.parameters import EXTENSIONS, pairs
from publisher.rest.negotiate import SDMX, Row, Served
from publisher.rest.request import Request
from publisher.structures import versions

PIECE = 64 * 1024  # bytes
VARY = "Accept, Accept-Encoding, Accept-Language"
CORS: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Content-Language, ETag, Last-Modified, RateLimit, RateLimit-Policy, Retry-After, Warning"
    ),
}
PREFLIGHT: Mapping[str, str] = {
    **CORS,
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-Modified-Since, If-None-Match",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
}

_DATA = tuple(Row(name, row.options) for name, row in formats.DATA.items())
_STRUCTURE = tuple(Row(name) for name in formats.STRUCTURE)
# doc/schema.md: a schema to judge messages by, or the structures themselves, for people.
_SCHEMA = (*(Row(name) for name in formats.SCHEMA), *_STRUCTURE)
_METADATA = tuple(Row(name, row.options) for name, row in formats.METADATA.items())
_REGISTRATION = tuple(Row(name) for name in formats.REGISTRATION)


def _served(rows: tuple[Row, ...], *wanted: str) -> Served:
    """`rows`; a request without a wish gets the first of the types `wanted`, in its newest version."""
    for beginning in wanted:
        named = [row for row in rows if row.content_type.startswith(SDMX + beginning)]
        if named:
            return Served(rows, max(named, key=lambda row: versions.order(row.version)).content_type)
    return Served(rows or _STRUCTURE, (rows or _STRUCTURE)[0].content_type)


# The default of REST 2.2.2 is SDMX-JSON, that of REST 1.5.0 is SDMX-ML 2.1, for data generic.
SERVED: Mapping[tuple[str, str], Served] = {
    ("v2", "data"): _served(_DATA, "data+json"),
    ("v1", "data"): _served(_DATA, "genericdata+xml;version=2.1"),
    ("v2", "structure"): _served(_STRUCTURE, "structure+json"),
    ("v1", "structure"): _served(_STRUCTURE, "structure+xml;version=2.1"),
    ("v2", "schema"): _served(_SCHEMA, "schema+json", "schema+xml"),
    ("v1", "schema"): _served(_SCHEMA, "schema+xml;version=2.1"),
    ("v2", "metadata"): _served(_METADATA, "metadata+json"),
    ("v1", "metadata"): _served(_METADATA, "genericmetadata+xml", "metadata+xml"),
    ("v2", "registration"): _served(_REGISTRATION, "registry+xml"),
}


def served(api: str, kind: str) -> Served:
    """The formats of one kind of answer: data, structure, schema, metadata, registration."""
    return SERVED[api, kind]


# Errors of any kind of query: what was asked for tells the family (XML, JSON) and the version.
_ANY: Mapping[str, Served] = {
    api: Served(_DATA + _STRUCTURE, SERVED[api, "structure"].default) for api in ("v1", "v2")
}


def served_error(request: Request) -> str:
    """The content type of an error message: of the family and version asked for, as far as there is one.

    SDMX-CSV has no error message, and what is not served has no family: both get the default.
    """
    given = extensions(request.query)
    default = _ANY[request.api].default
    try:
        wish = (
            _ANY[request.api]
            .choose(request.headers.get("accept"), given.get("format"), given.get("formatVersion"))
            .content_type
        )
    except NotAcceptable:
        wish = default
    for wanted in (wish, default):
        type_, _, version = wanted.partition(";version=")
        family = [name for name in formats.ERROR if type_.rpartition("+")[2] in name.partition(";")[0]]
        if family:
            return next((name for name in family if name.endswith(version)), family[0])
    return next(iter(formats.ERROR))


def extensions(query: str) -> dict[str, str]:
    """The parameters of doc/extend.md in a raw query string, the first of each; none when unreadable."""
    try:
        given = pairs(query)
    except QueryError:
        return {}
    return {name: value for name, value in reversed(given) if name in EXTENSIONS}


def plain(chunks: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """The same in small pieces: a writer's chunks are of many MB, and clients read slowly."""
    for chunk in chunks:
        view = memoryview(chunk)
        for start in range(0, len(view), PIECE):
            yield bytes(view[start : start + PIECE])
