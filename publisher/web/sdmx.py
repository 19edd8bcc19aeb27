"""/sdmx/v2 and /sdmx/v1: a Flask request to `rest.answer` and back. Adapts, nothing more.

It answers before routing does: routing would merge `//`, which stands for an empty key in REST 1.5,
and answer unknown addresses with pages.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, request
from flask import Request as EnvironRequest
from werkzeug.exceptions import SecurityError

from publisher.errors import QueryError, QuerySyntaxError, TooBusy, TooMany, UserError
from publisher.rest import Answer, Kept, Request, Service, answer, refuse

if TYPE_CHECKING:
    from publisher.web.context import Lmis

bp = Blueprint("sdmx", __name__)
log = logging.getLogger(__name__)
_BASE = re.compile(r"/sdmx(?:/(v1|v2)(?:/|$)|/|$)")
_IN_PATHS = "!$&'()*+,/:;=@~"  # stand for themselves (RFC 3986 section 3.3)


@bp.before_app_request
def serve() -> Response | None:
    """The answer to a request below /sdmx; None: not ours."""
    path = raw_path(request.environ)
    place = base(path)
    if not place or isinstance(request.routing_exception, SecurityError):  # a host that is not trusted
        return None
    lmis: Lmis = current_app.extensions["lmis"]
    headers = {name.lower(): value for name, value in request.headers.items()}
    query = request.environ.get("QUERY_STRING", "").encode("latin-1").decode("utf-8", "surrogateescape")
    asked = Request(place[1] or "v2", path[place.end() :], query, headers, request.method)
    try:
        if not place[1]:
            raise QuerySyntaxError("there is no such address; the service is at /sdmx/v2 and /sdmx/v1")
        return _response(logged(asked, kept(current_app)(lmis.snapshot(), asked)))
    except Exception as exc:  # nothing is published yet, or the vintage cannot be opened
        return _response(logged(asked, refuse(exc, asked, lmis.settings.sender)))


def base(path: str) -> re.Match[str] | None:
    """Whether a path is below /sdmx; group 1 is the generation, if it names one."""
    return _BASE.match(path)


def kept(app: Flask) -> Kept:
    """The answers of `app`, with those kept that are asked for again and again."""
    if "lmis.sdmx" not in app.extensions:
        settings = app.extensions["lmis"].settings
        service = Service(settings.sender, settings.base_url, settings.zone, settings.strict)
        app.extensions["lmis.sdmx"] = Kept(partial(answer, service=service))
    found: Kept = app.extensions["lmis.sdmx"]
    return found


def busy(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The answer to a request for a large download while there are too many; an SDMX message below /sdmx."""
    error = TooBusy("too many large downloads at this moment; try again in a while, or ask for less at once")
    response = _refused(environ, error, 503)
    response.headers["Retry-After"] = "10"
    return response(environ, start_response)


def too_many(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The answer to a client that asks too often."""
    error = TooMany("too many requests of yours in this minute; wait as many seconds as Retry-After says")
    return _refused(environ, error, 429)(environ, start_response)


def _refused(environ: dict[str, Any], error: QueryError, status: int) -> Response:
    asked = EnvironRequest(environ)
    place = base(asked.path)
    response = Response(f"{status}: {error}\n", content_type="text/plain;charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    if place:
        accept = {"accept": asked.headers.get("Accept", "")}
        found = refuse(error, Request(place[1] or "v2", "", asked.query_string.decode("latin-1"), accept))
        response = Response(found.chunks, headers=dict(found.headers))
    response.status_code = status
    return response


def raw_path(environ: dict[str, Any]) -> str:
    """The path as the client wrote it, where the server tells; else encoded again from PATH_INFO."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw:
        path = str(raw).partition("?")[0]
        return re.sub(r"^[a-z]+://[^/]*", "", path)  # absolute form, as a proxy gets it
    return quote(environ.get("PATH_INFO", "").encode("latin-1"), safe=_IN_PATHS)


def logged(asked: Request, found: Answer) -> Answer:
    """The answer, once what is wrong on our side is in the log."""
    if found.error and not isinstance(found.error, UserError):
        log.error("%s %s?%s", asked.method, asked.path, asked.query, exc_info=found.error)
    return found


def _response(found: Answer) -> Response:
    response = Response(found.chunks, found.status, dict(found.headers))
    if "Content-Type" not in found.headers:
        del response.headers["Content-Type"]
    return response
