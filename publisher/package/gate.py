"""The gate: from a folder or zip file that may be hostile to a copy that is ours.

What is validated is what is published: every file is opened once, must be a regular file of its
own, is read into memory under limits and hashed there. No link is followed and nothing is fetched.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from publisher.package import names
from publisher.package.findings import Findings, quoted

DESCRIPTOR = "datapackage.json"
MAX_MEMBERS = 1_000
MAX_TOTAL = 512 * 1024 * 1024
MAX_DEPTH = 16
MAX_RATIO = 100  # unpacked to packed, of a zip member beyond a megabyte
_MEGABYTE = 1 << 20


class TooLarge(Exception):
    """The package holds more than it may."""


class Source(Protocol):
    """A folder or zip file, before anything of it is trusted."""

    def members(self, findings: Findings) -> frozenset[str]: ...
    def open(self, name: str) -> IO[bytes]: ...


@dataclass
class Owned:
    """A package behind the gate: `take` brings a file in, `sha256` and `sizes` tell what came."""

    source: Source
    names: frozenset[str]
    sha256: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)

    def take(self, name: str) -> bytes:
        """The bytes of the member `name`, in memory that is ours. Raises TooLarge, OSError, BadZipFile."""
        left = MAX_TOTAL - sum(self.sizes.values())
        with self.source.open(name) as stream:
            data = stream.read(left + 1)
        if len(data) > left:
            raise TooLarge(f"the package has more than {MAX_TOTAL >> 20} MiB")
        self.sha256[name], self.sizes[name] = hashlib.sha256(data).hexdigest(), len(data)
        return data


@contextmanager
def enter(path: Path, findings: Findings) -> Iterator[Owned | None]:
    """The package at `path` (folder, its datapackage.json, or zip), or None with findings."""
    with _source(path) as source:
        if source is None:
            findings.add("package-missing", f"{quoted(str(path))} is neither a folder nor a zip file")
            yield None
            return
        members = source.members(findings)
        if not findings.fatal and DESCRIPTOR not in members:
            findings.add("package-missing", f"{quoted(str(path))} has no {DESCRIPTOR}")
        yield None if findings.fatal else Owned(source, members)


@contextmanager
def _source(path: Path) -> Iterator[Source | None]:
    if path.name == DESCRIPTOR:
        path = path.parent
    if path.is_dir():
        yield Folder(path)
    elif path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield Zip(archive)
    else:
        yield None


class Folder:
    """A package that is a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._identities: dict[str, tuple[int, int]] = {}

    def members(self, findings: Findings) -> frozenset[str]:
        """Names of the regular files; anything else is a finding."""
        for seen, (name, entry) in enumerate(_walk(self._root, ""), start=1):
            if seen > MAX_MEMBERS:
                findings.add("too-large", f"the package has more than {MAX_MEMBERS} files")
                break
            info = os.stat(entry.path, follow_symlinks=False)  # DirEntry.stat has no st_nlink on Windows
            if reason := _irregular(info):
                findings.add("not-a-regular-file", f"{quoted(name)} is {reason}", file=name)
            else:
                self._identities[name] = (info.st_dev, info.st_ino)
        return frozenset(self._identities)

    def open(self, name: str) -> IO[bytes]:
        """The member for reading, if it still is the file that was looked at."""
        flags = os.O_RDONLY
        for flag in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"):  # as the platform has them
            flags |= getattr(os, flag, 0)
        stream = os.fdopen(os.open(self._root / name, flags), "rb")
        info = os.fstat(stream.fileno())
        if _irregular(info) or (info.st_dev, info.st_ino) != self._identities[name]:
            stream.close()
            raise OSError(f"{name} was exchanged while it was read")
        return stream


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Every entry that is not a folder; links to folders are entries, not folders."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            deep = prefix.count("/") >= MAX_DEPTH  # then the folder itself is the finding
            if entry.is_dir(follow_symlinks=False) and not _is_junction(entry) and not deep:
                yield from _walk(Path(entry.path), f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name, entry


def _is_junction(entry: os.DirEntry[str]) -> bool:
    attributes = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0)
    return bool(attributes & getattr(stat, "FILE_ATTRIBUTE_REPARSE_POINT", 0x400))


def _irregular(info: os.stat_result) -> str | None:
    kinds = ((stat.S_ISLNK, "a symbolic link"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    for test, kind in kinds:
        if test(info.st_mode):
            return kind
    if not stat.S_ISREG(info.st_mode):
        return "not a regular file"
    return "a hard link to another file" if info.st_nlink > 1 else None


class Zip:
    """A package that is a zip file, at its root or in its only folder."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._prefix = ""

    def members(self, findings: Findings) -> frozenset[str]:
        """Names of the files; whatever the archive does that an office's would not is a finding."""
        infos = [info for info in self._archive.infolist() if not info.is_dir()]
        if len(infos) > MAX_MEMBERS:
            findings.add("too-large", f"the zip file has more than {MAX_MEMBERS} files")
            return frozenset()
        if sum(info.file_size for info in infos) > MAX_TOTAL:
            findings.add("too-large", f"the zip file unpacks to more than {MAX_TOTAL >> 20} MiB")
        for info in infos:
            self._look(info, findings)
        found = [info.filename for info in infos]
        for name in sorted({name for name in found if found.count(name) > 1}):
            findings.add("zip-invalid", f"the zip file has {quoted(name)} twice", file=name)
        tops = {name.partition("/")[0] for name in found}
        if DESCRIPTOR not in found and len(tops) == 1:
            self._prefix = tops.pop() + "/"
        return frozenset(name.removeprefix(self._prefix) for name in found)

    def _look(self, info: zipfile.ZipInfo, findings: Findings) -> None:
        name, mode = info.filename, info.external_attr >> 16
        if reason := names.fault(name):
            findings.add("unsafe-name", f"{quoted(name)} cannot be unpacked: {reason}", file=name)
        if info.flag_bits & 1:
            findings.add("zip-invalid", f"{quoted(name)} is encrypted", file=name)
        if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            findings.add("not-a-regular-file", f"{quoted(name)} is a link or device", file=name)
        if info.file_size > max(_MEGABYTE, MAX_RATIO * info.compress_size):
            findings.add(
                "too-large", f"{quoted(name)} unpacks to more than {MAX_RATIO} times its size", file=name
            )

    def open(self, name: str) -> IO[bytes]:
        return self._archive.open(self._prefix + name)
