"""What the SDMX service is, for programs and for people: OpenAPI, its page, conformance and its gaps."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from typing import Any

from flask import Blueprint, Response, make_response, render_template

from publisher.folders import folder
from publisher.formats import gaps as declared
from publisher.rest import openapi
from publisher.rest.asked import VERSION
from publisher.web.context import lmis

bp = Blueprint("api", __name__)


@bp.get("/openapi.json")
def document() -> Response:
    """The OpenAPI document; other sites' tools may read it."""
    text = json.dumps(openapi.document(lmis().settings.base_url, VERSION), ensure_ascii=False, indent=1)
    response = Response(text, content_type="application/vnd.oai.openapi+json;version=3.1")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@bp.get("/docs/api")
def page() -> Response:
    """The same document to browse."""
    described = openapi.document(lmis().settings.base_url, VERSION)
    written: dict[str, list[tuple[str, str]]] = {}
    for place, address in openapi.examples():
        api, path, *name = place.split(" ")
        written.setdefault(f"/{api}{path}", []).append((name[0] if name else "", f"/sdmx/{address}"))
    return _page("openapi", document=described, examples=written)


@bp.get("/docs/gaps")
def gaps() -> Response:
    """What a format has no place for."""
    return _page("gaps", gaps=declared.GAPS)


@bp.get("/conformance")
def conformance() -> Response:
    """Which test proves which line of the standard."""
    return _page("conformance", sections=checklist()["section"])


@cache
def checklist() -> dict[str, Any]:
    """The lines of the standard, and the tests that prove each."""
    path = folder("templates") / "pages" / "conformance.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _page(template: str, **values: Any) -> Response:
    response = make_response(render_template(f"pages/{template}.html", section="docs", **values))
    response.headers["Cache-Control"] = "no-cache"
    return response
