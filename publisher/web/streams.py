"""Small answers are handed to the server whole; only so many large ones stream at a time.

The thread that streams waits for its client. A server has a limited number of threads, so clients that
read slowly, or not at all, could take them all: some are always left for answers that are no streams.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from threading import BoundedSemaphore
from typing import Any

SMALL = 256 * 1024  # bytes
PIECE = 64 * 1024  # a server queues so many pieces for each client, whatever their size
WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Streams:
    """`app`: at a time `working` answers are begun and `slots` stream; what would be one more is `busy`."""

    def __init__(self, app: WSGI, working: int, slots: int, busy: WSGI) -> None:
        self._app, self._busy = app, busy
        self._working, self._slots = BoundedSemaphore(working), BoundedSemaphore(slots)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        begun: list[Any] = []
        with self._working:
            chunks = self._app(environ, lambda *given: begun.append(given))
            head, rest = _head(chunks)
        status, headers, *_ = begun[-1]
        if rest is None:
            _close(chunks)
            return _whole(start_response, status, headers, b"".join(head))
        if not self._slots.acquire(blocking=False):
            _close(chunks)
            return self._busy(environ, start_response)
        start_response(status, headers)
        return _Stream(_pieces(itertools.chain(head, rest)), chunks, self._slots)


def _head(chunks: Iterable[bytes]) -> tuple[list[bytes], Iterator[bytes] | None]:
    """The first chunks, up to SMALL, and the iterator over the others; None when these are all."""
    head: list[bytes] = []
    size = 0
    rest = iter(chunks)
    for chunk in rest:
        head.append(chunk)
        size += len(chunk)
        if size > SMALL:
            return head, rest
    return head, None


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        if len(chunk) <= PIECE:
            yield chunk
        else:
            yield from (chunk[start : start + PIECE] for start in range(0, len(chunk), PIECE))


def _whole(
    start_response: Callable[..., Any], status: str, headers: list[tuple[str, str]], body: bytes
) -> list[bytes]:
    """With its length, so that the client knows when all is there; HEAD and 304 have none to tell."""
    if body and not any(name.lower() == "content-length" for name, _ in headers):
        headers = [*headers, ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [body] if body else []


def _close(chunks: Iterable[bytes]) -> None:
    if close := getattr(chunks, "close", None):
        close()


class _Stream:
    """Chunks that give their slot back when they are closed, also by a client that went away."""

    def __init__(self, chunks: Iterator[bytes], source: Iterable[bytes], slots: BoundedSemaphore) -> None:
        self._chunks, self._source, self._slots = chunks, source, slots
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._slots.release()
            _close(self._source)
