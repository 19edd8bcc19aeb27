"""`/healthz`: whether this process can answer, whether the store is whole, whether what is announced came."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from publisher.release import calendar
from publisher.store.damage import damaged
from publisher.web import fresh
from publisher.web.context import Lmis, lmis

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def healthz() -> tuple[Response, int, dict[str, str]]:
    """200 while this process can answer, 503 when it cannot; with `?strict` also 503 when anything is wrong.

    Only what is announced can be late here: of the rest the public does not know that it is to come.
    """
    told = state(lmis())
    is_well = told["status"] == "ok" if "strict" in request.args else told["status"] != "empty"
    return jsonify(told), 200 if is_well else 503, {"Cache-Control": "no-store"}


def state(asked: Lmis) -> dict[str, Any]:
    """The worst first: empty, damaged, late, ok. Raises Damaged when the public vintage cannot be opened."""
    if not (number := asked.number()):
        return {"status": "empty", "vintage": 0}
    hurt, late = len(damaged(asked.snapshot())), overdue(asked)
    status = "damaged" if hurt else "late" if late else "ok"
    return {"status": status, "vintage": number, "damaged": hurt, "late": late}


def overdue(asked: Lmis) -> int:
    """How many announced releases of data should have come and have not."""
    now = fresh.now()
    return sum(e.kind == calendar.DATA and calendar.is_late(e, now) for e in fresh.coming(asked))
