"""A request to the SDMX web service → status, headers and the chunks of the answer. No HTTP machinery.

Answers are pure functions of query and vintage: two processes agree byte for byte.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

from publisher.errors import NotFound, NotSupported
from publisher.rest import asked as reading
from publisher.rest import encoding
from publisher.rest.asked import Asked
from publisher.rest.conditional import has_tag, http_date, is_unmodified
from publisher.rest.messages import Chunks, message
from publisher.rest.refusal import refuse
from publisher.rest.request import Answer, Request
from publisher.rest.served import CORS, PREFLIGHT, VARY, plain
from publisher.rest.service import Service
from publisher.store import Snapshot

_DEFAULT = Service()


def answer(snapshot: Snapshot, request: Request, service: Service = _DEFAULT) -> Answer:
    """The answer to `request` from `snapshot`.

    Never raises: errors are answered as SDMX messages. The first chunk is drawn before the status
    is settled, so that what a writer refuses is still told.
    """
    try:
        if request.method == "OPTIONS":
            return Answer(204, PREFLIGHT, [])
        if request.method not in ("GET", "HEAD"):
            raise NotSupported(
                f"{request.method} is not answered, GET, HEAD and OPTIONS are: structures come from the"
                " folder of structures of this deployment (dsd/), data from the publisher of this service"
            )
        return _answer(reading.read(snapshot, request, service))
    except Exception as exc:  # whatever goes wrong is told to the client as SDMX says
        return refuse(exc, request, service.sender, snapshot.instant)


def _answer(asked: Asked) -> Answer:
    shared = {**CORS, "Vary": VARY, "Cache-Control": "public, no-cache"}
    if asked.query.warnings:
        shared["Warning"] = ", ".join(f"299 - {_quoted(text)}" for text in asked.query.warnings)
    known = {**shared, "ETag": asked.etag, "Last-Modified": http_date(asked.snapshot.modified)}
    if has_tag(asked.request.headers, asked.etag):
        return Answer(304, known, [])
    chunks = message(asked)
    if chunks is None:
        if asked.request.api == "v1":  # REST 1.5: error 100, "no results found"
            raise NotFound(
                "nothing matches the query; ask for fewer dimensions at once, or see what there is"
            )
        return Answer(204, shared, [])
    if is_unmodified(asked.request.headers, asked.snapshot.modified):
        return Answer(304, known, [])
    return _encoded(asked, Answer(200, known, plain(_begun(chunks))))


def _encoded(asked: Asked, found: Answer) -> Answer:
    headers = {**found.headers, "Content-Type": asked.representation.header}
    headers["Content-Language"] = ", ".join(asked.header.languages)
    body = found.chunks
    if asked.coding != encoding.IDENTITY:
        headers["Content-Encoding"] = asked.coding
        body = encoding.ENCODINGS[asked.coding](body)
    return replace(found, headers=headers, chunks=iter(()) if asked.request.method == "HEAD" else body)


def _begun(chunks: Chunks) -> Chunks:
    """The same chunks with the first one drawn."""
    first = next(chunks, b"")
    return itertools.chain([first], chunks)


def _quoted(text: str) -> str:
    """A quoted-string of a header (RFC 9110 section 5.6.4), in ASCII."""
    return '"' + ascii(text)[1:-1].replace("\\", "").replace('"', "'") + '"'
