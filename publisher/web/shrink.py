"""Text is sent compressed where the client takes it so."""

from __future__ import annotations

import gzip

from flask import Response, request

SMALL = 1_000  # bytes: a packet holds more


def shrink(response: Response) -> None:
    """Compress text that is worth it and that the client takes so; the same text gives the same bytes."""
    if not (response.mimetype or "").startswith(("text/", "image/svg", "application/json")):
        return
    response.headers["Vary"] = "Accept-Encoding"
    if len(response.data) > SMALL and request.accept_encodings["gzip"]:
        response.data = gzip.compress(response.data, 5, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
