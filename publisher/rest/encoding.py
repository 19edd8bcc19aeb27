"""Compression of answers while they stream.

Source: RFC 9110 section 8.4.1 and 12.5.3, RFC 7932 (br), RFC 8878 (zstd); SDMX REST 2.2.2 doc/extend.md
`compression`. Nothing but the content goes into what is written: the same answer is the same bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Protocol

import brotli
import zstandard

from publisher.errors import NotAcceptable
from publisher.rest import media

Encoder = Callable[[Iterable[bytes]], Iterator[bytes]]
IDENTITY = "identity"


class Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class _Brotli:
    """Level 4: what dynamic content takes; higher ones are slower than the writers."""

    def __init__(self) -> None:
        self._inner = brotli.Compressor(quality=4)

    def compress(self, data: bytes, /) -> bytes:
        return bytes(self._inner.process(data))

    def flush(self) -> bytes:
        return bytes(self._inner.finish())


def _zlib(wbits: int) -> Compressor:
    """Level 1: at two to four times the speed of level 6 it gives up a fifth of the ratio."""
    return zlib.compressobj(1, zlib.DEFLATED, wbits=wbits)


def _zstd() -> Compressor:
    return zstandard.ZstdCompressor(level=3).compressobj()


def _encode(make: Callable[[], Compressor], chunks: Iterable[bytes]) -> Iterator[bytes]:
    compressor = make()
    for chunk in chunks:
        if packed := compressor.compress(chunk):
            yield packed
    yield compressor.flush()


# Content coding → encoder, in our order of preference among those that a client likes as much.
ENCODINGS: Mapping[str, Encoder] = {
    "zstd": partial(_encode, _zstd),
    "br": partial(_encode, _Brotli),
    "gzip": partial(_encode, partial(_zlib, 31)),
    "deflate": partial(_encode, partial(_zlib, 15)),  # with the zlib header, as RFC 9110 says
}
ALIASES = {"x-gzip": "gzip"}  # RFC 9110 section 8.4.1.3


def choose(accept: str | None, compression: str | None = None) -> str:
    """The content coding for an Accept-Encoding header, or for `compression=` when there is one.

    Raises NotAcceptable when nothing acceptable is left.
    """
    served = ", ".join([*ENCODINGS, IDENTITY])
    if compression is not None:
        if compression not in ENCODINGS and compression != IDENTITY:
            raise NotAcceptable(f"compression={compression} is not served; served: {served}")
        return compression
    members = media.weighted(accept or "")
    quality = {ALIASES.get(name.lower(), name.lower()): q for name, _, q in members}
    rest = quality.get("*", 0.0)
    weights = {name: quality.get(name, rest) for name in ENCODINGS}
    plain = quality.get(
        IDENTITY, quality["*"] if quality.get("*") == 0 else 1e-9
    )  # always allowed, unless said
    # what only `*` allows is surely understood when it is gzip
    best = max(weights, key=lambda name: (weights[name], name in quality or name == "gzip"))
    if weights[best] > 0 and weights[best] >= plain:
        return best
    if plain == 0:
        raise NotAcceptable(f"Accept-Encoding: {accept} leaves nothing; served: {served}")
    return IDENTITY
