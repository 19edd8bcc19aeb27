"""Progress on long work: one rewritten line on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

Reporter = Callable[[str], None]


def reporter(stream: TextIO, *, quiet: bool = False) -> Reporter:
    """A function that shows what is being done now."""
    if quiet:
        return lambda message: None
    if stream.isatty():
        return lambda message: print(f"\r\x1b[K{message}", end="", file=stream, flush=True)
    return lambda message: print(message, file=stream, flush=True)
