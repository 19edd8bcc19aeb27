"""Where a publication can be hit: every system call of it that changes something on the disk."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

# State on disk is the same between two of these, so a kill on entering each of them is a kill anywhere.
CHANGING = (
    "openat", "write", "pwrite64", "writev", "pwritev", "sendfile", "copy_file_range", "ftruncate",
    "fallocate", "fsync", "fdatasync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir",
    "mkdirat", "rmdir", "link", "linkat", "symlink", "chmod", "fchmod", "flock",
)  # fmt: skip
_LINE = re.compile(r"^(\d+) +(\w+)\((?:\d+<(.*?)>)?(.*)")
# What a disk answers to a call, as errno. Not to `write`: threads wake each other with it too, and files that
# must not grow past a limit refuse it in earnest (`limits`).
REFUSALS = {
    "openat": ("EMFILE", "ENOSPC", "EROFS", "EIO"),
    "pwrite64": ("ENOSPC", "EIO", "EDQUOT"),
    "writev": ("ENOSPC", "EIO"),
    "copy_file_range": ("ENOSPC", "EIO"),
    "sendfile": ("ENOSPC", "EIO"),
    "ftruncate": ("EIO",),
    "fsync": ("EIO", "ENOSPC"),
    "fdatasync": ("EIO", "ENOSPC"),
    "rename": ("EIO", "EROFS", "ENOSPC"),
    "mkdir": ("ENOSPC", "EROFS", "EMFILE"),
    "unlink": ("EIO", "EROFS"),
    "unlinkat": ("EIO", "EROFS"),
    "rmdir": ("EIO",),
    "flock": ("EIO",),
}
ALWAYS = ("EMFILE", "ENOSPC", "EROFS", "EDQUOT")  # what stays so once it is so


def calls(trace: Path, is_thin: bool = False) -> dict[str, list[int]]:
    """Name of a call → its numbers, as strace counts them in each thread, from a trace of a publication.

    An openat counts where it creates a file. Thin: of writes one after another to the same file, which leave
    the same names and a longer draft, and of fsyncs one after another, the first two, the middle one and the
    last.
    """
    seen: Counter[tuple[str, str]] = Counter()
    runs: list[tuple[tuple[str, str, str], list[int]]] = []
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        if (match := _LINE.match(line)) and match[2] in CHANGING:
            thread, name, file, arguments = match.groups()
            file = "any" if "sync" in name else file
            seen[thread, name] += 1
            if name == "openat" and "O_CREAT" not in arguments:
                continue
            if not (file and runs and runs[-1][0] == (thread, name, file)):
                runs.append(((thread, name, file), []))
            runs[-1][1].append(seen[thread, name])
    found: dict[str, set[int]] = {}
    for (_, name, _), numbers in runs:
        taken = {*numbers[:2], numbers[len(numbers) // 2], numbers[-1]} if is_thin else numbers
        found.setdefault(name, set()).update(taken)
    return {name: sorted(numbers) for name, numbers in sorted(found.items())}


def kills(made: dict[str, list[int]]) -> list[str]:
    return [f"{name}:signal=KILL:when={number}" for name, numbers in made.items() for number in numbers]


def refusals(made: dict[str, list[int]]) -> list[str]:
    """Each call with each error once, and the errors that stay from there on."""
    return [
        f"{name}:error={error}:when={number}{'+' if error in ALWAYS else ''}"
        for name, errors in REFUSALS.items()
        for number in made.get(name, ())
        for error in errors
    ]


def limits(made: dict[str, list[int]]) -> list[str]:
    """Files that may not grow past a size: a short write, then an error; and few open files."""
    sizes = sorted({int(200 * 1.35**step) for step in range(30)})
    return [f"RLIMIT_FSIZE={size}" for size in sizes] + [f"RLIMIT_NOFILE={many}" for many in range(12, 42)]


def fault(point: str) -> dict[str, Any]:
    """The point as a job has it."""
    name, _, value = point.partition("=")
    return {"limit": {name: int(value)}} if name.startswith("RLIMIT_") else {"inject": [point]}
