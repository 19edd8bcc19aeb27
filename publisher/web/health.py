"""`/healthz`: whether this process can answer, and which vintage it shows."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from publisher.web.context import lmis

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> tuple[Response, int, dict[str, str]]:
    """200 with the public vintage's number; 503 while nothing is published."""
    number = lmis().number()
    state = {"status": "ok" if number else "empty", "vintage": number}
    return jsonify(state), 200 if number else 503, {"Cache-Control": "no-store"}
