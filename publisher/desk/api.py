"""The offices' HTTP API: a route for each function of `actions`, on its own port, behind tokens.

Every route names the right that it needs; without a good token everything is 401: denied by default. What a
person may not see is answered as if it were not there. docs/desk.md describes it.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.utils import secure_filename

from publisher.desk import actions, ahead, openapi, purging, states
from publisher.desk.desk import Desk
from publisher.desk.people import Person, holder
from publisher.desk.states import Submission
from publisher.errors import LmisError, UsageError, UserError, outcome
from publisher.release import calendar
from publisher.settings import load

log = logging.getLogger("lmis.desk")
MOST = 512 * 1024 * 1024  # bytes of an upload
OPEN = "open"  # the right that needs no token: to ask whether the desk is well, and how it is asked
Route = Callable[..., Any]


def application() -> Flask:
    """The application of the home that LMIS_HOME names."""
    return create_app(Desk(load()))


def create_app(desk: Desk) -> Flask:
    """The application of `desk`."""
    app = Flask("publisher.desk", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST
    app.extensions["desk"] = desk
    for rule, method, right, route in ROUTES:
        app.add_url_rule(rule, f"{method} {rule}", _guarded(right, route), methods=[method])
    app.register_error_handler(UserError, _user_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)
    app.after_request(_private)
    return app


def _guarded(right: str, route: Route) -> Route:
    """`route` for those whose token has `right`."""

    @wraps(route)
    def guarded(**values: str) -> Any:
        if right != OPEN:
            person = _holder()
            if person is None:
                return _error(401, "a token is needed: Authorization: Bearer …")
            person.need(right)
            g.person = person
        return route(**values)

    return guarded


def _holder() -> Person | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    return holder(_desk().folder, token.strip(), _desk().now())


def _desk() -> Desk:
    found: Desk = current_app.extensions["desk"]
    return found


def _person() -> Person:
    found: Person = g.person
    return found


# -- releases -----------------------------------------------------------------------------------


def told(submission: Submission) -> dict[str, Any]:
    """A submission as people are told of it."""
    return {
        "key": submission.key,
        "state": submission.state,
        "kind": submission.kind,
        "release": submission.release or None,
        "provider": submission.provider,
        "dataflows": list(submission.dataflows),
        "content": submission.content or None,
        "instant": submission.due.isoformat() if submission.due else None,
        "zone": submission.zone,
        "entry": submission.entry or None,
        "submitted_by": list(submission.submitted_by),
        "approved_by": list(submission.approved_by),
        "two_persons": submission.two_persons,
        "waits_for": states.unapproved(submission) if submission.state == states.SCHEDULED else "",
        "problem": submission.problem or None,
        "vintage": submission.vintage or None,
        "seen_by": [{"at": at, "by": by} for at, by in submission.seen_by],
        **submission.about,
    }


def list_releases() -> Any:
    return jsonify([told(submission) for submission in actions.listed(_desk(), _person())])


def show(key: str) -> Any:
    return jsonify(told(actions.theirs(_desk(), _person(), "read", key)))


def submit(key: str = "") -> Any:
    """The body is a package (.zip or .tar.gz), or a form with several files."""
    corrects, reason = request.args.get("corrects", ""), request.args.get("reason", "")
    with tempfile.TemporaryDirectory() as name:
        files = _uploaded(Path(name))
        made, reports = actions.submit(_desk(), _person(), files, key, corrects, reason)
    text = actions.report_as("json", _desk(), made, reports)
    body = {"submission": told(made), "report": json.loads(text)}
    return jsonify(body), 201 if made.state == states.CHECKED else 422


def _uploaded(folder: Path) -> list[Path]:
    if request.mimetype == "multipart/form-data":
        found = []
        for number, file in enumerate(request.files.values()):
            path = folder / f"{number}-{secure_filename(file.filename or '') or 'package.zip'}"
            file.save(path)
            found.append(path)
        return found
    path = folder / (secure_filename(request.args.get("name", "")) or "package.zip")
    with path.open("wb") as target:
        while chunk := request.stream.read(1 << 16):
            target.write(chunk)
    return [path]


def report_page(key: str) -> Any:
    submission = actions.theirs(_desk(), _person(), "read", key)
    found = _desk().folder / "packages" / submission.key / "report.json"
    text = found.read_text(encoding="utf-8") if found.exists() else "{}"
    return Response(text, content_type="application/json;charset=utf-8")


def diff(key: str) -> Any:
    return jsonify(actions.difference(_desk(), _person(), key))


def schedule(key: str) -> Any:
    asked = _body()
    zone = str(asked.get("zone") or _desk().settings.timezone)
    instant = calendar.moment(str(asked["instant"]), zone) if asked.get("instant") else None
    return jsonify(
        told(actions.schedule(_desk(), _person(), key, instant, zone, str(asked.get("entry", ""))))
    )


def approve(key: str) -> Any:
    return jsonify(told(actions.approve(_desk(), _person(), key, str(_body().get("content", "")))))


def withdraw(key: str) -> Any:
    return jsonify(told(actions.withdraw(_desk(), _person(), key, str(_body().get("reason", "")))))


def purge() -> Any:
    """Ask for a purge; the cells as `lmis lineage` names them."""
    asked = {
        name: str(_body().get(name, "")) for name in ("dataflow", "cells", "periods", "reason", "provider")
    }
    if not asked["dataflow"] or not asked["cells"]:
        raise UsageError('a purge names its dataflow and its cells: {"dataflow": …, "cells": …}')
    return jsonify(told(purging.ask(_desk(), _person(), *asked.values()))), 201


def preview(key: str, path: str = "") -> Any:
    """Everything as it will be, at the addresses that it will have, below this one."""
    from publisher.web import app as web

    _, unit = actions.see(_desk(), _person(), key, "preview")
    shown = web.create_app(replace(_desk().settings, home=unit.home.path))
    query = request.query_string.decode("latin-1")
    answer = shown.test_client().get(f"/{path}" + (f"?{query}" if query else ""), headers=_wishes())
    response = Response(answer.get_data(), answer.status_code, list(answer.headers.items()))
    response.headers["X-Not-Public"] = "until its instant"
    return response


def _wishes() -> dict[str, str]:
    names = ("Accept", "Accept-Language")
    return {name: request.headers[name] for name in names if name in request.headers}


# -- calendar, log, health ----------------------------------------------------------------------


def list_calendar() -> Any:
    return jsonify([asdict(entry) for entry in _desk().announce()])


def announce() -> Any:
    return jsonify(asdict(actions.announce(_desk(), _person(), _body()))), 201


def move(id: str) -> Any:
    asked = _body()
    words = (str(asked.get(name, "")) for name in ("instant", "zone", "reason"))
    return jsonify(asdict(actions.move(_desk(), _person(), id, *words)))


def events() -> Any:
    return jsonify([asdict(event) for event in _desk().events()])


def health() -> Any:
    """Whether everything that should be public is. It names nothing: it is open."""
    late = len(ahead.late(_desk()))
    state = {"status": "late" if late else "ok", "late": late, "two_persons": _desk().settings.two_persons}
    return jsonify(state), 503 if late else 200


def described() -> Any:
    return jsonify(openapi.document((row[:3] for row in ROUTES), OPEN))


# address, method, right, what is done
ROUTES: tuple[tuple[str, str, str, Route], ...] = (
    ("/releases", "GET", "read", list_releases),
    ("/releases", "POST", "submit", submit),
    ("/releases/<key>", "GET", "read", show),
    ("/releases/<key>", "PUT", "submit", submit),
    ("/releases/<key>/report", "GET", "read", report_page),
    ("/releases/<key>/diff", "GET", "preview", diff),
    ("/releases/<key>/schedule", "POST", "schedule", schedule),
    ("/releases/<key>/approve", "POST", "approve", approve),
    ("/releases/<key>/withdraw", "POST", "withdraw", withdraw),
    ("/releases/<key>/preview/", "GET", "preview", preview),
    ("/releases/<key>/preview/<path:path>", "GET", "preview", preview),
    ("/purges", "POST", "purge", purge),
    ("/calendar", "GET", "read", list_calendar),
    ("/calendar", "POST", "announce", announce),
    ("/calendar/<id>/move", "POST", "announce", move),
    ("/log", "GET", "audit", events),
    ("/healthz", "GET", OPEN, health),
    ("/openapi.json", "GET", OPEN, described),
)


def _body() -> dict[str, Any]:
    found = request.get_json(silent=True)
    return found if isinstance(found, dict) else {}


# -- errors and headers -------------------------------------------------------------------------


def _user_error(error: UserError) -> Any:
    return _error(outcome(error).http_v2, str(error), [str(finding) for finding in error.findings])


def _http_error(error: HTTPException) -> Any:
    return _error(error.code or 500, error.description or error.name)


def _fault(error: Exception) -> Any:
    if isinstance(error, KeyError | ValueError) and not isinstance(error, LmisError):
        log.warning("%s %s: %r", request.method, request.path, error)
    log.exception("%s %s", request.method, request.path, exc_info=error)
    return _error(500, "the desk could not answer; the fault is on its side")


def _error(status: int, message: str, findings: list[str] | None = None) -> tuple[Response, int]:
    return jsonify({"error": message, "findings": findings or []}), status


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
