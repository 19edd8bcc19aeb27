"""How a web process gives back the memory that answers needed.

Settings in the environment come too late: a web process is forked from one that has begun to allocate.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

import pyarrow as pa

M_ARENA_MAX = -8  # of glibc's malloc.h
ARENAS = 2


def give_back() -> None:
    """Let what large answers needed go back to the system when they are done; call it before any thread is.

    Arrow's usual pool keeps what its many threads let go: with 300 slow readers, four times as much as is
    used. jemalloc gives it back within a second; where Arrow comes without it (Windows) its usual pool stays.
    glibc's malloc makes an arena for each thread, none of which can shrink while its end is in use.
    """
    with suppress(NotImplementedError):
        pa.set_memory_pool(pa.jemalloc_memory_pool())
    with suppress(AttributeError, OSError, TypeError):  # another libc than glibc
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)
