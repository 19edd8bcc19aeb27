"""The Flask application of one home: blueprints, headers, languages and error pages; no logic of its own."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

from flask import Flask, Response, request
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable

from catalogue import actions, errors
from catalogue.call import Site
from catalogue.embedded import Embedded
from publisher.errors import DAMAGED, Damaged, UserError, outcome
from publisher.folders import folder
from publisher.settings import Settings
from publisher.web import feeds, files, harvest, health, pages, words
from publisher.web.context import POLICY, Lmis

log = logging.getLogger("lmis.web")

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def create_app(settings: Settings) -> Flask:
    """The application that serves `settings.home`: SDMX, Action API, pages, files and health."""
    from publisher.web import api, calendar, edition, explorer, lineage, past, prints, sdmx, suggestions  # noqa: F401 -- add to pages

    app = Flask("publisher.web", static_folder=None, template_folder=None)
    # Werkzeug takes port and leading dot (all subdomains) into account.
    hosts = [host.strip() for host in settings.trusted_hosts.split(",") if host.strip()]
    app.config["TRUSTED_HOSTS"] = hosts or None
    templates = (*settings.templates, folder("templates"))
    app.jinja_loader = ChoiceLoader([FileSystemLoader(str(place)) for place in templates])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json.sort_keys = False  # type: ignore[attr-defined]
    languages = words.languages(templates)
    catalogue = Embedded(settings.home / "public" / "catalogue.sqlite")
    site = Site(settings.base_url, languages["en"]("site.title"), "", tuple(languages))
    extension = Lmis(settings, templates, languages, catalogue, site)
    app.extensions["lmis"] = extension
    app.url_map.converters["language"] = pages.Language
    app.register_blueprint(health.bp)
    app.register_blueprint(
        actions.blueprint(catalogue, extension.number, site, extension.token, published=extension.rows)
    )
    app.register_blueprint(sdmx.bp)
    app.register_blueprint(files.blueprint(templates))
    app.register_blueprint(feeds.bp)
    app.register_blueprint(api.bp)
    app.register_blueprint(harvest.bp)
    app.register_blueprint(calendar.bp)
    app.register_blueprint(pages.bp)
    app.context_processor(pages.context)
    app.add_template_filter(pages.web, "web")
    app.after_request(secure)
    app.register_error_handler(HTTPException, on_http)
    app.register_error_handler(UserError, on_user_error)
    app.register_error_handler(Exception, on_fault)
    return app


def secure(response: Response) -> Response:
    """The headers of every answer; an answer's own stay."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "public, no-cache")  # any release may change it
    return response


# -- errors: pages for people, JSON for programs; never a traceback -----------------------------


def on_http(error: HTTPException) -> Response:
    if error.response is not None:  # abort(response)
        return error.response  # type: ignore[return-value]
    return _error(error.code or 500, error.name, error.description or "", dict(_allow(error)))


def _allow(error: HTTPException) -> list[tuple[str, str]]:
    return [(name, value) for name, value in error.get_headers() if name.lower() in ("allow", "retry-after")]


def on_user_error(error: UserError) -> Response:
    return _error(outcome(error).http_v2, type(error).__name__, str(error), {})


def on_fault(error: Exception) -> Response:
    log.exception("%s %s", request.method, request.path, exc_info=error)
    is_damage = isinstance(error, Damaged | errors.Damaged)
    fault = ServiceUnavailable(DAMAGED) if is_damage else InternalServerError()
    return _error(fault.code or 500, fault.name, fault.description or "", {})


def _error(status: int, name: str, message: str, headers: dict[str, str]) -> Response:
    write = next((f for start, f in _ERRORS if request.path.startswith(start)), pages.error)
    response = write(status, name, message)
    response.headers.update(headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _json_error(status: int, name: str, message: str) -> Response:
    body = {"success": False, "error": {"__type": name, "message": message}}
    return Response(
        json.dumps(body, ensure_ascii=False), status, content_type="application/json;charset=utf-8"
    )


def _text_error(status: int, name: str, message: str) -> Response:
    return Response(f"{status} {name}: {message}\n", status, content_type="text/plain;charset=utf-8")


_ERRORS: tuple[tuple[str, Callable[[int, str, str], Response]], ...] = (
    ("/api/", _json_error),
    ("/healthz", _json_error),
    ("/files/", _text_error),
    ("/static/", _text_error),
)
