"""Counts and times every answer, and writes into the log those that went wrong or took long."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from publisher import metrics
from publisher.web.streams import WSGI

log = logging.getLogger("lmis.requests")
LONG = 5.0  # seconds until an answer begins
SDMX = ("data", "availability", "availableconstraint", "schema", "metadata", "registration")
KINDS = {"api": "action", "files": "file", "static": "file", "releases": "file", "healthz": "health"}


class Watch:
    """`app`, watched; `every`: each answer is a line of the log."""

    def __init__(self, app: WSGI, every: bool = False) -> None:
        self._app, self._every = app, every
        self._counted = metrics.counted() if metrics.is_on() else None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        told: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            told.append(status)
            return start_response(status, headers, *error)

        begun = time.perf_counter()
        chunks = self._app(environ, start)
        self._note(environ, told[-1][:3], time.perf_counter() - begun)
        return chunks

    def _note(self, environ: dict[str, Any], status: str, seconds: float) -> None:
        path = environ.get("PATH_INFO", "")
        if self._counted:
            self._counted.requests.labels(kind(path), status).inc()
            self._counted.seconds.labels(kind(path)).observe(seconds)
        is_wrong = status >= "500"
        if self._every or is_wrong or seconds > LONG:
            about = {
                "method": environ["REQUEST_METHOD"],
                "path": path,
                "status": int(status),
                "seconds": round(seconds, 4),
            }
            level = logging.WARNING if is_wrong else logging.INFO
            log.log(level, "%s %s %s", about["method"], path, status, extra={"about": about})


def kind(path: str) -> str:
    """What an address asks for; few enough to count each."""
    _, first, *rest = f"{path}///".split("/")
    if first == "sdmx":
        generation, resource = rest[:2]
        known = generation if generation in ("v1", "v2") else "other"
        return f"sdmx {known} {resource if resource in SDMX else 'structure'}"
    if path.startswith(("/feed.", "/calendar.")):
        return "feed"
    return KINDS.get(first, "page")
