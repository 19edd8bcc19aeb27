"""A package that is a folder: regular files of its own, no links, nothing that was exchanged meanwhile."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from publisher.package import archives, names
from publisher.package.archives import Refused
from publisher.package.findings import Findings, quoted

MAX_DEPTH = 16


class Folder:
    """The files below `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._identities: dict[str, tuple[int, int]] = {}

    def members(self, findings: Findings) -> frozenset[str]:
        """Names of the regular files; anything else is a finding."""
        total = 0
        for seen, (name, entry) in enumerate(_walk(self._root, ""), start=1):
            if seen > archives.MAX_MEMBERS:
                note = f"the package has more than {archives.MAX_MEMBERS} files and folders"
                findings.add("too-large", note)
                break
            info = os.stat(entry.path, follow_symlinks=False)  # DirEntry.stat has no st_nlink on Windows
            if stat.S_ISDIR(info.st_mode) and name.endswith("/"):
                continue
            if reason := irregular(info):
                findings.add("not-a-regular-file", f"{quoted(name)} is {reason}", file=name)
            elif fault := names.fault(name):
                findings.add("unsafe-name", f"{quoted(name)} cannot be used: {fault}", file=name)
            else:
                self._identities[name] = (info.st_dev, info.st_ino)
                total += info.st_size
        if total > archives.MAX_TOTAL:
            findings.add("too-large", f"the package has more than {archives.MAX_TOTAL >> 20} MiB")
        return frozenset(self._identities)

    def open(self, name: str) -> IO[bytes]:
        """The member for reading, if it still is the file that was looked at."""
        stream = _opened(self._root / name)
        info = os.fstat(stream.fileno())
        if irregular(info) or (info.st_dev, info.st_ino) != self._identities[name]:
            stream.close()
            raise OSError(f"{name} was exchanged while it was read")
        return stream


def open_regular(path: Path) -> IO[bytes]:
    """The archive at `path` for reading. Raises Refused when it is a device or pipe."""
    stream = _opened(path.resolve())  # the user named it: it may be reached by a link
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise Refused("not-a-regular-file", f"{quoted(str(path))} is not a regular file")
    return stream


def _opened(path: Path) -> IO[bytes]:
    flags = os.O_RDONLY
    for flag in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"):  # as the platform has them
        flags |= getattr(os, flag, 0)
    return os.fdopen(os.open(path, flags), "rb")


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every entry; links to folders are entries, not folders. Names of folders end in a slash."""
    with os.scandir(folder) as entries:
        for entry in sorted(islice(entries, archives.MAX_MEMBERS + 1), key=lambda e: e.name):
            deep = prefix.count("/") >= MAX_DEPTH  # then the folder itself is the finding
            if entry.is_dir(follow_symlinks=False) and not _is_junction(entry) and not deep:
                yield f"{prefix}{entry.name}/", entry
                yield from _walk(Path(entry.path), f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name, entry


def _is_junction(entry: os.DirEntry[str]) -> bool:
    attributes = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0)
    return bool(attributes & getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0x400))


def irregular(info: os.stat_result) -> str | None:
    """What the entry is when it is no regular file with one name."""
    kinds = ((stat.S_ISLNK, "a symbolic link"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    for test, kind in kinds:
        if test(info.st_mode):
            return kind
    if not stat.S_ISREG(info.st_mode):
        return "not a regular file"
    return "a hard link to another file" if info.st_nlink > 1 else None
