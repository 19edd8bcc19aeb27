"""What is kept of the SDMX service goes out before Flask: polled addresses cost a look into memory.

The rest takes the usual way, which keeps what it answers; both ways give the same bytes and headers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Flask

from publisher.rest import Answer, Request
from publisher.store import Home, Snapshot, current
from publisher.web.app import HEADERS
from publisher.web.sdmx import base, kept, raw_path
from publisher.web.streams import WSGI

if TYPE_CHECKING:
    from publisher.web.context import Lmis


class Direct:
    """`following`, which `app` is behind, with a way past it for what is kept."""

    def __init__(self, following: WSGI, app: Flask) -> None:
        self._next = following
        self._lmis: Lmis = app.extensions["lmis"]
        self._kept = kept(app)
        self._is_open = not app.config.get("TRUSTED_HOSTS")  # Flask checks them
        self._pointer = Home(self._lmis.settings.home).public / "current"
        self._public: tuple[tuple[int, int], Snapshot] | None = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = self._recall(environ) if self._is_open and environ["REQUEST_METHOD"] == "GET" else None
        if found is None:
            return self._next(environ, start_response)
        headers = [*found.headers.items(), *HEADERS.items()]
        if found.status == HTTPStatus.NOT_MODIFIED:  # Flask leaves it out, the tag says more
            headers = [header for header in headers if header[0] != "Last-Modified"]
        if found.status == HTTPStatus.OK:
            headers.append(("Content-Length", str(sum(map(len, found.chunks)))))
        start_response(f"{found.status} {HTTPStatus(found.status).phrase}", headers)
        return found.chunks

    def _recall(self, environ: dict[str, Any]) -> Answer | None:
        path = raw_path(environ)
        if not (place := base(path)) or not place[1]:
            return None
        headers = {
            name[5:].replace("_", "-").lower(): environ[name] for name in environ if name[:5] == "HTTP_"
        }
        query = environ.get("QUERY_STRING", "").encode("latin-1").decode("utf-8", "surrogateescape")
        snapshot = self._snapshot()
        return self._kept.recall(snapshot, Request(place[1], path[place.end() :], query, headers))

    def _snapshot(self) -> Snapshot | None:
        """The public vintage, read again when its pointer was replaced."""
        try:
            about = os.stat(self._pointer)
            seen = (about.st_ino, about.st_mtime_ns)
            if self._public is None or self._public[0] != seen:
                self._public = (seen, current(Home(self._lmis.settings.home)))
        except Exception:  # nothing is public; the usual way tells
            return None
        return self._public[1]
