"""Finished small answers, kept in memory: what is asked again is answered without work.

An answer is a pure function of vintage and request, so nothing kept can be wrong; a new vintage empties it.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from publisher.rest.request import Answer, Request
from publisher.store import Snapshot

LARGEST = 256 * 1024  # bytes of one answer; a larger one streams and is not kept
ALL = 64 * 1024 * 1024  # bytes of all that is kept in one process
_OVERHEAD = 2048  # about what key and headers of an answer take
_STATUSES = (200, 204, 304)  # errors are cheap, and those of ours must not last
# The headers that an answer depends on: negotiation, and conditional requests.
_HEADERS = ("accept", "accept-language", "accept-encoding", "if-none-match", "if-modified-since")

Key = tuple[str | None, ...]


class Kept:
    """`answer` with a memory of the least recently used answers, shared by the threads of a process."""

    def __init__(self, answer: Callable[[Snapshot, Request], Answer], limit: int = ALL) -> None:
        self._answer, self._limit = answer, limit
        self._found: OrderedDict[Key, Answer] = OrderedDict()
        self._snapshot: Snapshot | None = None
        self._size = 0
        self._lock = Lock()

    def __call__(self, snapshot: Snapshot, request: Request) -> Answer:
        if (found := self.recall(snapshot, request)) is not None:
            return found
        found = whole(self._answer(snapshot, request))
        if found.status in _STATUSES and isinstance(found.chunks, tuple):
            self._keep(snapshot, _key(request), found)
        return found

    def recall(self, snapshot: Snapshot | None, request: Request) -> Answer | None:
        """What is kept of the answer to `request`, if anything."""
        key = _key(request)
        with self._lock:
            if snapshot is None or snapshot is not self._snapshot or key not in self._found:
                return None
            self._found.move_to_end(key)
            return self._found[key]

    def _keep(self, snapshot: Snapshot, key: Key, found: Answer) -> None:
        with self._lock:
            if snapshot is not self._snapshot:  # another vintage
                self._found.clear()
                self._snapshot, self._size = snapshot, 0
            if key not in self._found:
                self._found[key] = found
                self._size += _size(key, found)
            while self._size > self._limit:
                self._size -= _size(*self._found.popitem(last=False))


def _key(request: Request) -> Key:
    head = (request.api, request.path, request.query, request.method)
    return (*head, *(request.headers.get(name) for name in _HEADERS))


def whole(answer: Answer) -> Answer:
    """The answer with its chunks as one, in a tuple, where they are no more than LARGEST; else streaming."""
    begun: list[bytes] = []
    size = 0
    rest = iter(answer.chunks)
    for chunk in rest:
        begun.append(chunk)
        size += len(chunk)
        if size > LARGEST:
            return replace(answer, chunks=itertools.chain(begun, rest))
    return replace(answer, chunks=(b"".join(begun),) if begun else ())


def _size(key: Key, found: Answer) -> int:
    return _OVERHEAD + sum(len(text or "") for text in key) + sum(map(len, found.chunks))
