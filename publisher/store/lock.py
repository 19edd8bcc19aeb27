"""One writer at a time, by a lock that the system drops when the process ends, however it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import ReleaseError

KEEP = "keep.lock"  # in a home: held while nothing of the past may be taken away

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def locked(path: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock file `path`. Raises ReleaseError when another still holds it after `patience` seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        file.seek(0)
        _wait(file.fileno(), path, time.monotonic() + patience)
        yield  # closing the file drops the lock


def _wait(handle: int, path: Path, until: float) -> None:
    while True:
        try:
            return _take(handle)
        except OSError as exc:
            if time.monotonic() >= until:
                raise ReleaseError(
                    "another process is publishing to this home; wait until it has ended and try again"
                ) from exc
        time.sleep(0.01)
