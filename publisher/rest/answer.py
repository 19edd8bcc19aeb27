"""A request to the SDMX web service → status, headers and the chunks of the answer. No HTTP machinery.

Answers are pure functions of query and vintage: two processes agree byte for byte.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata

from publisher import formats
from publisher.errors import NotFound, NotSupported, QuerySemanticError
from publisher.formats.message import DataMessage, Header, StructureMessage
from publisher.query import parse
from publisher.query.model import AvailabilityQuery, DataQuery, Query, SchemaQuery, StructureQuery
from publisher.query.period import instant
from publisher.rest import encoding, negotiate
from publisher.rest.availability import constraints
from publisher.rest.conditional import digest, has_tag, http_date, is_unmodified
from publisher.rest.data import datasets
from publisher.rest.negotiate import Representation
from publisher.rest.refusal import refuse
from publisher.rest.request import Answer, Request
from publisher.rest.served import CORS, PREFLIGHT, SERVED, VARY, extensions, plain
from publisher.rest.structure import Structures, structures
from publisher.store import Home, Snapshot, at

Chunks = Iterator[bytes | memoryview]


def _version() -> str:
    try:
        return metadata.version("lmis-publisher")
    except metadata.PackageNotFoundError:  # a checkout that is not installed
        return ""


VERSION = _version()  # of the program: another one may write the same data otherwise


def answer(snapshot: Snapshot, request: Request, sender: str = "LMIS") -> Answer:
    """The answer to `request` from `snapshot`; `sender` stands in the header of the message.

    Never raises: errors are answered as SDMX messages. The first chunk is drawn before the status
    is settled, so that what a writer refuses is still told.
    """
    try:
        if request.method == "OPTIONS":
            return Answer(204, PREFLIGHT, [])
        if request.method not in ("GET", "HEAD"):
            raise NotSupported(
                f"{request.method} is not answered, GET, HEAD and OPTIONS are: data and structures"
                " come from the publisher of this service"
            )
        query = parse(request.api, request.path, request.query)
        return _answer(_Asked(_at(snapshot, query), request, query, sender))
    except Exception as exc:  # whatever goes wrong is told to the client as SDMX says
        return refuse(exc, request, sender, snapshot.instant)


@dataclass(frozen=True)
class _Asked:
    """A parsed request, and what was negotiated for its answer."""

    snapshot: Snapshot
    request: Request
    query: Query
    sender: str

    @cached_property
    def representation(self) -> Representation:
        kind = "data" if isinstance(self.query, DataQuery) else "structure"
        given = self.extensions
        served = SERVED[self.request.api, kind]
        return served.choose(
            self.request.headers.get("accept"), given.get("format"), given.get("formatVersion")
        )

    @cached_property
    def languages(self) -> tuple[str, ...] | None:
        asked = self.request.headers.get("accept-language")
        return negotiate.languages(asked, self.extensions.get("lang"), self.snapshot.registry.languages)

    @cached_property
    def coding(self) -> str:
        asked = self.request.headers.get("accept-encoding")
        return encoding.choose(asked, self.extensions.get("compression"))

    @cached_property
    def extensions(self) -> dict[str, str]:
        return extensions(self.request.query)

    @cached_property
    def digest(self) -> str:
        """A hash of all that the answer depends on."""
        vintage = (
            self.snapshot.number,
            self.snapshot.instant.isoformat(),
            self.snapshot.registry.content_hash,
        )
        return digest(vintage, VERSION, self.sender, self.query, self.representation, self.languages)

    @property
    def etag(self) -> str:
        """One for each representation, so also for each content coding."""
        return f'"{self.digest}"' if self.coding == encoding.IDENTITY else f'"{self.digest}-{self.coding}"'

    @property
    def header(self) -> Header:
        known = self.snapshot.registry.languages or ("en",)
        languages = self.languages or (known[:1] if isinstance(self.query, DataQuery) else known)
        return Header(f"IREF{self.digest}", self.snapshot.instant, self.sender, languages)


def _at(snapshot: Snapshot, query: Query) -> Snapshot:
    """The vintage that `asOf` names, else the public one; never a later one than this request began with."""
    moment = None if isinstance(query, AvailabilityQuery) else query.as_of
    if moment is None:
        return snapshot
    found = at(Home(snapshot.folder.parent), instant(moment))
    return found if found.number < snapshot.number else snapshot


def _answer(asked: _Asked) -> Answer:
    shared = {**CORS, "Vary": VARY, "Cache-Control": "public, no-cache"}
    if asked.query.warnings:
        shared["Warning"] = ", ".join(f"299 - {_quoted(text)}" for text in asked.query.warnings)
    known = {**shared, "ETag": asked.etag, "Last-Modified": http_date(asked.snapshot.instant)}
    if has_tag(asked.request.headers, asked.etag):
        return Answer(304, known, [])
    chunks = _message(asked)
    if chunks is None:
        if asked.request.api == "v1":  # REST 1.5: error 100, "no results found"
            raise NotFound(
                "nothing matches the query; ask for fewer dimensions at once, or see what there is"
            )
        return Answer(204, shared, [])
    if is_unmodified(asked.request.headers, asked.snapshot.instant):
        return Answer(304, known, [])
    headers = {**known, "Content-Type": asked.representation.header}
    headers["Content-Language"] = ", ".join(asked.header.languages)
    body = plain(_begun(chunks))
    if asked.coding != encoding.IDENTITY:
        headers["Content-Encoding"] = asked.coding
        body = encoding.ENCODINGS[asked.coding](body)
    return Answer(200, headers, iter(()) if asked.request.method == "HEAD" else body)


def _begun(chunks: Chunks) -> Chunks:
    """The same chunks with the first one drawn."""
    first = next(chunks, b"")
    return itertools.chain([first], chunks)


def _quoted(text: str) -> str:
    """A quoted-string of a header (RFC 9110 section 5.6.4), in ASCII."""
    return '"' + ascii(text)[1:-1].replace("\\", "").replace('"', "'") + '"'


def _message(asked: _Asked) -> Chunks | None:
    """The document that answers; None when nothing matches."""
    query = asked.query
    if isinstance(query, SchemaQuery):
        raise NotSupported(
            "schema queries are not answered by this service yet; the structure says the same: "
            f"structure/{query.target.context}/{query.target.agencies[0]}/{query.target.ids[0]}?references=descendants"
        )
    if isinstance(query, DataQuery):
        return _data(asked, query)
    if isinstance(query, StructureQuery):
        found = structures(asked.snapshot.registry, query)
    else:
        found = Structures(constraints(asked.snapshot, query))
    if not found.artefacts:
        return None
    is_all = set(asked.languages or ()) == set(asked.snapshot.registry.languages)
    languages = None if is_all else asked.languages
    message = StructureMessage(asked.header, found.artefacts, found.stubs, found.complete_stubs, languages)
    return iter(formats.STRUCTURE[asked.representation.content_type].write(message))


def _data(asked: _Asked, query: DataQuery) -> Chunks | None:
    found = datasets(asked.snapshot, query)
    if not found:
        return None
    row = formats.DATA[asked.representation.content_type]
    for dataset in found:
        time = dataset.definition.time
        if row.only_time and (not time or dataset.dimension_at_observation != time.id):
            raise QuerySemanticError(
                f"dimensionAtObservation: {row.name} is for time series; ask for TIME_PERIOD,"
                " or for another format"
            )
    return iter(row.write(DataMessage(asked.header, found, dict(asked.representation.options))))
