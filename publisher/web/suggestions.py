"""The address that a search asks while it is typed."""

from __future__ import annotations

from flask import Response, jsonify, request

from publisher.web import fresh, suggest
from publisher.web.context import lmis
from publisher.web.pages import bp, naming, wording

LONGEST = 200  # signs; nobody types more


@bp.get("/<language:lang>/suggest")
def suggested() -> Response:
    """What was typed so far may mean: kind, text in pieces that are marked or not, address."""
    found = suggest.find(lmis(), naming(), request.args.get("q", "")[:LONGEST])
    words = wording()
    response = jsonify([{"kind": words(s.kind), "pieces": s.pieces, "url": s.url} for s in found])
    response.headers["Content-Language"] = words.language
    response.headers["Cache-Control"] = fresh.cache_control(lmis())
    return response
