"""Errors as SDMX messages, in the format that was asked for and the status of the generation.

Source: SDMX REST 2.2.2 doc/status.md; REST 1.5.0 error handling; SDMX guidelines section 7.
"""

from __future__ import annotations

from datetime import UTC, datetime

from publisher import formats
from publisher.errors import DAMAGED, Damaged, LmisError, NotSupported, UserError, outcome
from publisher.formats.message import ErrorMessage, Header
from publisher.rest.conditional import digest
from publisher.rest.request import Answer, Request
from publisher.rest.served import CORS, VARY, plain, served_error

OUR_FAULT = "the service could not answer; the fault is on its side and has been written to its log"


def refuse(
    error: Exception, request: Request, sender: str = "LMIS", prepared: datetime | None = None
) -> Answer:
    """The answer that tells of `error`: what was wrong, never a traceback. Who serves it writes the log."""
    result = outcome(error)
    texts = _texts(error)
    header = Header(
        f"IREF{digest(request.api, request.path, request.query, texts)}",
        prepared or datetime.now(UTC),
        sender,
    )
    content_type = served_error(request)
    chunks = formats.ERROR[content_type](ErrorMessage(header, result.sdmx_code, texts))
    headers = {**CORS, "Vary": VARY, "Cache-Control": "no-store", "Content-Type": content_type}
    if isinstance(error, NotSupported):
        headers["Allow"] = "GET, HEAD, OPTIONS"
    status = result.http_v1 if request.api == "v1" else result.http_v2
    return Answer(status, headers, iter(()) if request.method == "HEAD" else plain(chunks), error)


def _texts(error: Exception) -> tuple[str, ...]:
    """One text a finding, or the message; of our own faults nothing but that they are ours."""
    if isinstance(error, Damaged):
        return (DAMAGED,)
    if not isinstance(error, LmisError) or not isinstance(error, UserError):
        return (OUR_FAULT,)
    return tuple(str(finding) for finding in error.findings) or (str(error),)
