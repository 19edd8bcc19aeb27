"""Fetches a resource from a host that the deployment allows by name; everything else is refused.

One request, one address (looked up once, so that it cannot change between check and use), no
redirect, no proxy, no cookie, a limit of bytes and one deadline for all of it.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from publisher.package.archives import Refused, TooLarge
from publisher.package.findings import quoted

DEADLINE = 30.0  # seconds for the whole of it
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Host:
    """An entry of the setting `allowed_hosts`: `data.example.org`, or `http://127.0.0.1:8080` without TLS."""

    scheme: str
    name: str
    port: int


def host_of(entry: str) -> Host | None:
    """The entry, or the host of an URL; None when it is not one that can be fetched from.

    >>> host_of("data.example.org"), host_of("ftp://data.example.org/x")
    (Host(scheme='https', name='data.example.org', port=443), None)
    """
    try:
        parts = urlsplit(entry if "//" in entry else f"https://{entry}")
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        return None
    plain = parts.username is None and parts.password is None and entry.isascii() and entry.isprintable()
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain or " " in entry:
        return None
    return Host(parts.scheme, parts.hostname, port)


def is_allowed(url: str, hosts: Sequence[str]) -> bool:
    """True when `url` leads to one of `hosts`: same scheme, name and port."""
    host = host_of(url) if "//" in url else None
    return host is not None and host in [host_of(entry) for entry in hosts]


def fetch(url: str, hosts: Sequence[str], most: int, deadline: float = DEADLINE) -> bytes:
    """The bytes at `url`, at most `most`. Raises Refused, TooLarge."""
    host = host_of(url)
    if host is None or not is_allowed(url, hosts):
        raise Refused("remote-reference", f"{quoted(url)} is not in the package")
    late = threading.Event()
    try:
        with _connected(host, deadline) as wire:
            stop = threading.Timer(deadline, _shut, [wire, late])
            stop.daemon = True
            stop.start()
            try:
                data = _answer(wire, host, url, most)
            finally:
                stop.cancel()
    except (OSError, http.client.HTTPException, ValueError) as exc:
        raise Refused(
            "remote-failed", f"{quoted(url)} cannot be fetched{_in(late, deadline)}: {exc}"
        ) from exc
    if late.is_set():  # the end that was read may be the one that was made here
        raise Refused("remote-failed", f"{quoted(url)} cannot be fetched{_in(late, deadline)}")
    return data


def _in(late: threading.Event, deadline: float) -> str:
    return f" within {deadline:g} seconds" if late.is_set() else ""


def _connected(host: Host, deadline: float) -> socket.socket:
    """A connection to the first address of the name; TLS is checked against the name."""
    family, kind, protocol, _, address = socket.getaddrinfo(host.name, host.port, type=socket.SOCK_STREAM)[0]
    wire = socket.socket(family, kind, protocol)
    try:
        wire.settimeout(deadline)
        wire.connect(address)
        if host.scheme == "https":
            wire = ssl.create_default_context().wrap_socket(wire, server_hostname=host.name)
    except BaseException:
        wire.close()
        raise
    return wire


def _shut(wire: socket.socket, late: threading.Event) -> None:
    """Ends a connection from another thread; what waits for it gets an error or an end."""
    late.set()
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


def _answer(wire: socket.socket, host: Host, url: str, most: int) -> bytes:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(host.name, host.port)
    connection.sock = wire
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("GET", target, headers={"Accept-Encoding": "identity", "Connection": "close"})
    with connection.getresponse() as response:
        return _body(response, url, most)


def _body(response: http.client.HTTPResponse, url: str, most: int) -> bytes:
    if response.status != 200:
        said = "redirects, which is not followed" if 300 <= response.status < 400 else "answers"
        raise Refused("remote-failed", f"{quoted(url)} {said}: {response.status}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise Refused("remote-failed", f"{quoted(url)} answers packed, which was not asked for")
    data = bytearray()
    while piece := response.read1(_CHUNK):
        data += piece
        if len(data) > most:
            raise TooLarge(f"{quoted(url)} has more than {most:,} bytes")
    if response.length:  # what Content-Length announced and did not come
        raise Refused("remote-failed", f"{quoted(url)} ended {response.length} bytes early")
    return bytes(data)
