"""Seals: a folder that is made once carries the hashes of its files; a file is compared before it is read.

The list is `SHA256SUMS` as coreutils write it, so `sha256sum -c SHA256SUMS` tells the same without us.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from threading import Lock

from publisher.errors import Damaged, Finding

SUMS = "SHA256SUMS"
NEXT = "SHA256SUMS.next"  # while a purge replaces the files of the folder: what they will be
REMEDY = "`lmis store verify` lists all damage, `lmis store repair` mends it"
_State = tuple[int, int, int]  # inode, size and moment of change
_seen: dict[Path, _State] = {}  # files that this process found to be as written
_lists: dict[Path, tuple[_State, dict[str, str]]] = {}
_lock = Lock()
_KEPT = 100_000


def seal(folder: Path) -> None:
    """Write the list of the files in `folder`, in the order of their names."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = [f"{digest(folder / name)}  {name}\n" for name in names if name != SUMS]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def check(folder: Path, *names: str) -> None:
    """Compare the files `names` of `folder` with its list; without names all. Raises Damaged."""
    if wrong := problems(folder, *names):
        raise Damaged(f"{wrong[0]}; {REMEDY}", wrong)


def problems(folder: Path, *names: str) -> list[Finding]:
    """What is not as it was written, a finding for each file."""
    try:
        listed = sums(folder)
    except (OSError, ValueError):
        return [_finding(folder / SUMS, "the list of hashes cannot be read")]
    wrong = []
    coming = _coming(folder)
    for name in names or listed:
        told = _problem(folder / name, listed.get(name), coming.get(name))
        wrong += [_finding(folder / name, told)] if told else []
    if wrong and sums(folder) != listed:  # replaced while it was compared
        return problems(folder, *names)
    return wrong


def _coming(folder: Path) -> dict[str, str]:
    try:
        return sums(folder, NEXT)
    except (OSError, ValueError):
        return {}


def is_whole(folder: Path, path: Path) -> bool:
    """Whether `path` in `folder` is as it was written; False where there never was one. Raises Damaged."""
    name = path.relative_to(folder).as_posix()
    try:
        if not path.exists() and name not in sums(folder):
            return False
    except (FileNotFoundError, ValueError):
        if not folder.exists():
            return False
    check(folder, name)
    return True


def sums(folder: Path, file: str = SUMS) -> dict[str, str]:
    """File → hash, as the folder's list tells. Raises OSError, ValueError."""
    path = folder / file
    state = _state(path)
    with _lock:
        kept = _lists.get(path)
    if kept and kept[0] == state:
        return kept[1]
    lines = path.read_text(encoding="utf-8").splitlines()
    listed = {name: value for value, _, name in (line.partition("  ") for line in lines)}
    if not all(listed) or any(len(value) != 64 for value in listed.values()):
        raise ValueError(f"{path} is no list of hashes")
    with _lock:
        _lists[path] = (state, listed)
    return listed


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def forget() -> None:
    """Compare everything anew: the disk may have changed without a trace in times and sizes."""
    with _lock:
        _seen.clear()
        _lists.clear()


def _problem(path: Path, expected: str | None, coming: str | None) -> str:
    if expected is None:
        return "the file is not in the list of hashes"
    try:
        state = _state(path)
        if _seen.get(path) == state:
            return ""
        if digest(path) not in (expected, coming):
            return "the content is not what was written"
    except FileNotFoundError:
        return "the file is missing"
    except OSError as exc:
        return f"the file cannot be read: {exc.strerror}"
    with _lock:
        if len(_seen) >= _KEPT:
            _seen.clear()
        _seen[path] = state
    return ""


def _state(path: Path) -> _State:
    about = path.stat()
    return about.st_ino, about.st_size, about.st_mtime_ns


def _finding(path: Path, told: str) -> Finding:
    return Finding("damaged", told, file=str(path), remedy=REMEDY)
