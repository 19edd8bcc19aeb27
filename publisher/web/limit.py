"""How often one client may ask: so many requests a minute of each web process, told with every answer.

Source: RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-11); RFC 6585 section 4 (429).
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from math import ceil
from threading import Lock
from typing import Any

from publisher.web.streams import WSGI

WINDOW = 60  # seconds; a client's begins with its first request
NAME = '"client"'  # of the policy
CLIENTS = 100_000  # that are remembered; of more, those are forgotten whose window began first


class Limit:
    """`app` for each client at most `quota` times in a window; what is one more is `refused`, with 429."""

    def __init__(
        self,
        app: WSGI,
        quota: int,
        proxies: int,
        refused: WSGI,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._refused = app, refused
        self._quota, self._proxies, self._now = quota, proxies, now
        self._policy = ("RateLimit-Policy", f"{NAME};q={quota};w={WINDOW}")
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()  # client → its beginning, requests
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        left, ends = self._take(client(environ, self._proxies))
        told = [self._policy, ("RateLimit", f"{NAME};r={max(left, 0)};t={ends}")]
        if left < 0:
            told.append(("Retry-After", str(ends)))

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, *told], *error)

        return (self._refused if left < 0 else self._app)(environ, start)

    def _take(self, name: str) -> tuple[int, int]:
        """The requests left after this one, below 0 when it is one too many, and the seconds to new ones."""
        with self._lock:
            now = self._now()
            start, used = self._windows.get(name, (now, 0))
            if now - start >= WINDOW:
                start, used = now, 0
            if used == 0:
                self._begin(name, now)
            left = self._quota - used - 1
            if left >= 0:
                self._windows[name] = (start, used + 1)
            return left, max(1, ceil(start + WINDOW - now))

    def _begin(self, name: str, now: float) -> None:
        """A new window, the last of all; those that are over are forgotten."""
        self._windows[name] = (now, 0)
        self._windows.move_to_end(name)
        while len(self._windows) > 1:
            start, _ = next(iter(self._windows.values()))
            if now - start < WINDOW and len(self._windows) <= CLIENTS:
                return
            self._windows.popitem(last=False)


def client(environ: dict[str, Any], proxies: int) -> str:
    """Who asks: an address, of IPv6 the network that one household has; as the outermost of `proxies` saw it.

    Each proxy adds to the right of X-Forwarded-For; what stands further left the client wrote itself.
    """
    found = str(environ.get("REMOTE_ADDR", ""))
    if proxies:
        seen = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        found = seen[-min(proxies, len(seen))] if seen else found
    return _network(found)


def _network(address: str) -> str:
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.strip("[]"), 64), strict=False))
    except ValueError:
        return address
