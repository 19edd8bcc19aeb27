"""The gate: from a folder, archive or upload that may be hostile to a copy that is ours.

What is validated is what is published: every file is opened once, must be a regular file of its
own, is read into memory under limits and hashed there. No link is followed, nothing is written
outside of anonymous temporary files, and nothing is fetched but what the deployment allows by name.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from publisher.package import archives, names, remote
from publisher.package.archives import Refused, TooLarge
from publisher.package.findings import Findings, quoted
from publisher.package.folders import Folder, open_regular
from publisher.package.tars import Tar
from publisher.package.zips import Zip, check_directory

__all__ = ["DESCRIPTOR", "Owned", "Refused", "TooLarge", "enter"]
DESCRIPTOR = "datapackage.json"


class Source(Protocol):
    """A folder or archive, before anything of it is trusted."""

    def members(self, findings: Findings) -> frozenset[str]: ...
    def open(self, name: str) -> IO[bytes]: ...


@dataclass
class Owned:
    """A package behind the gate: `take` brings a file in, `sha256` and `sizes` tell what came."""

    source: Source
    names: frozenset[str]
    hosts: Sequence[str] = ()  # what may be fetched from
    sha256: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    _fetched: dict[str, bytes] = field(default_factory=dict, repr=False)

    def take(self, name: str) -> bytes:
        """The bytes of the member `name`, in memory that is ours.

        Raises TooLarge, Refused, and what the source raises: OSError, BadZipFile, zlib.error.
        """
        left = archives.MAX_TOTAL - sum(size for other, size in self.sizes.items() if other != name)
        data = self._remote(name, left) if names.is_remote(name) else self._member(name, left)
        self.sha256[name], self.sizes[name] = hashlib.sha256(data).hexdigest(), len(data)
        return data

    def _member(self, name: str, left: int) -> bytes:
        with self.source.open(name) as stream:
            data = stream.read(left + 1)
        if len(data) > left:
            raise TooLarge(f"the package has more than {archives.MAX_TOTAL >> 20} MiB")
        if archives.is_packed(name, data[:8]):
            raise Refused("archive-nested", f"{quoted(name)} is an archive inside the package")
        return data

    def _remote(self, url: str, left: int) -> bytes:
        """What is at `url`, fetched once however often it is taken."""
        if url not in self._fetched:
            self._fetched[url] = remote.fetch(url, self.hosts, left)
        return self._fetched[url]


@contextmanager
def enter(path: Path | IO[bytes], findings: Findings, hosts: Sequence[str] = ()) -> Iterator[Owned | None]:
    """The package at `path` (folder, its datapackage.json, .zip, .tar.gz, stream), or None with findings."""
    # by its name: the place may be one of ours, and who sent it reads the report
    shown = quoted(path.name or str(path)) if isinstance(path, Path) else "the upload"
    with ExitStack() as stack:
        try:
            source = _source(path, stack)
        except Refused as exc:
            findings.add(exc.code, str(exc))
            yield None
            return
        if source is None:
            findings.add("package-missing", f"{shown} is neither a folder nor a .zip or .tar.gz")
            yield None
            return
        members = source.members(findings)
        _judge(members, findings)
        if not findings.fatal and DESCRIPTOR not in members:
            findings.add("package-missing", f"{shown} has no {DESCRIPTOR}")
        yield None if findings.fatal else Owned(source, members, hosts)


def _source(path: Path | IO[bytes], stack: ExitStack) -> Source | None:
    if not isinstance(path, Path):
        return _archive(stack.enter_context(archives.spooled(path)), stack)
    if path.name == DESCRIPTOR:
        path = path.parent
    if path.is_dir():
        return Folder(path)
    if not path.is_file():
        return None
    return _archive(stack.enter_context(open_regular(path)), stack)


def _archive(stream: IO[bytes], stack: ExitStack) -> Source | None:
    beginning = stream.read(4)
    stream.seek(0)
    if beginning.startswith(b"\x1f\x8b"):
        return Tar(stack.enter_context(archives.unpacked(stream)))
    if zipfile.is_zipfile(stream):
        check_directory(stream)
        try:
            return Zip(stack.enter_context(zipfile.ZipFile(stream)))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as exc:
            raise Refused("archive-invalid", f"the zip file cannot be read: {exc}") from exc
    return None


def _judge(members: frozenset[str], findings: Findings) -> None:
    """Names that mean one file on some systems, and archives by their names."""
    for name, other in names.twins(members):
        note = f"{quoted(name)} and {quoted(other)} are one name on some systems"
        findings.add("unsafe-name", note, file=name)
    for name in sorted(members):
        if archives.is_packed(name, b""):
            findings.add("archive-nested", f"{quoted(name)} is an archive inside the package", file=name)
