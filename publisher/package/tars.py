"""A package that is a .tar.gz, at its root or in its only folder.

Its headers are walked before tarfile sees them: POSIX.1-2001 (pax) and GNU tar let a header claim
other sizes, other names and sparse files, and only long names are of use here.
"""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from typing import IO

from publisher.package import archives, names
from publisher.package.findings import Findings, quoted

_BLOCK = 512
_FILES, _FOLDER = {b"0", b"\0", b"7"}, b"5"
_LONG_NAMES = {b"x", b"L"}  # pax records and GNU's long name, of the member that follows
_GLOBAL = b"g"
_MAX_RECORDS = 64 * 1024
_KINDS = {b"1": "a hard link", b"2": "a symbolic link", b"3": "a device", b"4": "a device", b"6": "a pipe",
          b"S": "a sparse file"}  # fmt: skip


@dataclass(frozen=True)
class _Header:
    name: str
    kind: bytes
    size: int


class Tar:
    """The members of an uncompressed tar in `stream`."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._prefix = ""
        self._members: dict[str, tarfile.TarInfo] = {}

    def members(self, findings: Findings) -> frozenset[str]:
        """Names of the files; whatever the archive does that an office's would not is a finding."""
        if not self._walk(findings) or findings.fatal:
            return frozenset()
        self._stream.seek(0)
        try:
            self._archive = tarfile.open(fileobj=self._stream, mode="r:")  # noqa: SIM115
            infos = self._archive.getmembers()
        except (tarfile.TarError, OSError, ValueError, EOFError) as exc:
            findings.add("archive-invalid", f"the tar file cannot be read: {exc}")
            return frozenset()
        for info in infos:
            if reason := names.fault(info.name.removesuffix("/")):
                note = f"{quoted(info.name)} cannot be unpacked: {reason}"
                findings.add("unsafe-name", note, file=info.name)
            elif not (info.isreg() or info.isdir()) or info.issparse():
                note = f"{quoted(info.name)} is a link or device"
                findings.add("not-a-regular-file", note, file=info.name)
        files = [info for info in infos if info.isreg()]
        self._prefix = archives.only_folder([info.name for info in files])
        for info in files:
            name = info.name.removeprefix(self._prefix)
            if name in self._members:
                findings.add("archive-invalid", f"the tar file has {quoted(name)} twice", file=name)
            self._members[name] = info
        return frozenset(self._members)

    def open(self, name: str) -> IO[bytes]:
        stream = self._archive.extractfile(self._members[name])
        if stream is None:
            raise OSError(f"{name} is no file")
        return stream

    def _walk(self, findings: Findings) -> bool:
        """Looks at every header; False, with a finding, when they cannot be followed."""
        size = self._stream.seek(0, 2)
        at = seen = 0
        while at + _BLOCK <= size:
            self._stream.seek(at)
            block = self._stream.read(_BLOCK)
            if not block.strip(b"\0"):
                return True
            seen += 1
            header = _header(block)
            if header is None or at + _BLOCK + header.size > size:
                findings.add("archive-invalid", "the tar file ends inside a member, or is damaged")
                return False
            if seen > 2 * archives.MAX_MEMBERS:
                findings.add("too-large", f"the tar file has more than {archives.MAX_MEMBERS:,} members")
                return False
            self._look(header, findings)
            at += _BLOCK + -(-header.size // _BLOCK) * _BLOCK
        if not seen:
            findings.add("archive-invalid", "the file is packed, and is no tar file")
        return seen > 0

    def _look(self, header: _Header, findings: Findings) -> None:
        if header.kind in _FILES or header.kind == _FOLDER:
            return
        if header.kind in _KINDS:
            note = f"{quoted(header.name)} is {_KINDS[header.kind]}"
            findings.add("not-a-regular-file", note, file=header.name)
        elif header.kind == _GLOBAL or header.kind in _LONG_NAMES:
            records = self._stream.read(min(header.size, _MAX_RECORDS))
            if header.size > _MAX_RECORDS or b" size=" in records or b"GNU.sparse" in records:
                note = "a header of the tar file claims more than a long name"
                findings.add("archive-invalid", note, file=header.name)
        else:
            note = f"{quoted(header.name)} is of the unknown kind {header.kind!r}"
            findings.add("not-a-regular-file", note, file=header.name)


def _header(block: bytes) -> _Header | None:
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return None
    return _Header(info.name, info.type, info.size) if info.size >= 0 else None
