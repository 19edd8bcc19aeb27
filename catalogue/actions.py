"""The Action API over HTTP: a Flask blueprint for `/api/3/action/<name>` and `/api/action/<name>`.

Source: CKAN 2.12 `ckan/views/api.py`: GET for what has no side effect, POST with a JSON object, a form
or multipart; an envelope of `help`, `success` and `result` or `error`; the raw token in `Authorization`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, request
from flask.testing import FlaskClient

from catalogue import datastore, datastore_search, vocabulary
from catalogue.call import Action, Call, Site
from catalogue.embedded import Embedded
from catalogue.errors import ActionError, BadRequest, NotFound, answer
from catalogue.reading import READING
from catalogue.writing import WRITING

_JSON = "application/json;charset=utf-8"
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,127}")


def help_show(call: Call) -> str | None:
    name = call.need("name")
    if name not in ACTIONS:
        raise NotFound("Action function not found")
    return ACTIONS[name].run.__doc__


ACTIONS: dict[str, Action] = READING | WRITING | {"help_show": Action(help_show)}
ACTIONS |= datastore_search.READING | datastore.WRITING
ACTIONS |= vocabulary.READING | vocabulary.WRITING


def token_hash(token: str) -> str:
    """What may be kept of a token: its SHA-256. A token is random and long, so that this needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def blueprint(
    catalogue: Embedded,
    vintage: Callable[[], int],
    site: Site,
    publisher: Callable[[], str] = lambda: "",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    published: Callable[[Mapping[str, Any]], Path | None] = lambda resource: None,
) -> Blueprint:
    """The routes. `vintage()` is the number of the public vintage, asked once a request; `publisher()` the
    hash of the publisher's token, empty when nobody may write; `published()` the Parquet file with the rows
    of a resource that a release made."""
    bp = Blueprint("actions", __name__)

    @bp.route("/api/3/action/<name>", methods=["GET", "POST"])
    @bp.route("/api/action/<name>", methods=["GET", "POST"])
    def act(name: str) -> Response:
        callback = request.args.get("callback", "") if request.method == "GET" else ""
        expected = publisher()
        sent = token_hash(request.headers.get("Authorization", ""))
        # A script on another site may carry a reader's token: with JSONP there is none (as in CKAN).
        trusted = bool(expected) and not callback and hmac.compare_digest(sent, expected)
        try:
            action = ACTIONS.get(name)
            if action is None:
                raise BadRequest(f"Action name not known: {name}")
            params = _params(action)
            with catalogue.at(vintage(), now, writable=action.writes and trusted) as records:
                result = action.run(Call(name, params, records, site, trusted, published))
            body: Any = {"success": True, "result": result}
            status = 200
        except ActionError as exc:
            status, error = answer(exc)
            body = error if isinstance(error, str) else {"success": False, "error": error}
        if isinstance(body, dict):
            body = {"help": f"{site.url}/api/3/action/help_show?name={name}"} | body
        return _response(body, status, callback)

    return bp


def _response(body: Any, status: int, callback: str) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    if _CALLBACK.fullmatch(callback):
        return Response(
            f"/**/{callback}({text});", status, content_type="application/javascript;charset=utf-8"
        )
    return Response(text, status, {"Access-Control-Allow-Origin": "*"}, content_type=_JSON)


def _params(action: Action) -> dict[str, Any]:
    """What the client sent, from the query, a form or a JSON body. Raises BadRequest."""
    if request.method == "GET":
        if action.writes:
            raise BadRequest("JSON Error: Invalid request. Please use POST method for your request")
        return {key: _one(values) for key, values in request.args.lists() if key != "callback"}
    if request.form:
        fields = dict(request.form.lists())
        # `curl -d '{"id": "x"}'` says that JSON is a form with one empty field.
        if (
            len(fields) == 1
            and request.mimetype != "multipart/form-data"
            and _one(*fields.values()) in ("", "1")
        ):
            return _object(next(iter(fields)))
        return {key: _one(values) for key, values in fields.items()} | _uploads()
    if request.files:
        return _uploads()
    return _object(request.get_data(as_text=True))


def _uploads() -> dict[str, Any]:
    return {key: file.filename or key for key, file in request.files.items()}


def _one(values: list[str]) -> Any:
    return values[0] if len(values) == 1 else values


def _object(text: str) -> dict[str, Any]:
    if not text:
        return {}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise BadRequest(f"JSON Error: Error decoding JSON data. Error: {exc}") from None
    if not isinstance(value, dict):
        told = repr(value)[:200]
        raise BadRequest(f"JSON Error: Request data JSON decoded to {told} but it needs to be a dictionary.")
    return value


def standalone(
    catalogue: Embedded, vintage: int, site: Site, now: Callable[[], datetime]
) -> tuple[FlaskClient, str]:
    """A client of these routes within this process, and a token that is good for it alone."""
    token = secrets.token_urlsafe(32)
    hashed = token_hash(token)
    app = Flask(__name__)
    app.config["PROPAGATE_EXCEPTIONS"] = True  # a full disk is told to who publishes, as what it is
    app.register_blueprint(blueprint(catalogue, lambda: vintage, site, lambda: hashed, now))
    return app.test_client(), token
