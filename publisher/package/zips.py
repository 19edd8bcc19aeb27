"""A package that is a zip file, at its root or in its only folder."""

from __future__ import annotations

import stat
import struct
import zipfile
from itertools import pairwise
from typing import IO

from publisher.package import archives, names
from publisher.package.archives import MEGABYTE, TooLarge
from publisher.package.findings import Findings, quoted

_END = 22  # bytes of the record at the end
_MAX_DIRECTORY = 4 * MEGABYTE
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def check_directory(stream: IO[bytes]) -> None:
    """Raises TooLarge when the directory is larger than that of any package, before it is read.

    APPNOTE 4.3.16: the record at the end of the file, with the number and size of the directory's entries.
    """
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END - 0xFFFF))
    tail = stream.read()
    stream.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END > len(tail):
        return  # zipfile will say so
    count, directory = struct.unpack_from("<HI", tail, at + 10)
    if count > archives.MAX_MEMBERS or directory > _MAX_DIRECTORY:
        raise TooLarge(f"the zip file has more than {archives.MAX_MEMBERS:,} members")


class Zip:
    """The members of `archive`; each is unpacked into memory when it is taken."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._prefix = ""

    def members(self, findings: Findings) -> frozenset[str]:
        """Names of the files; whatever the archive does that an office's would not is a finding."""
        everything = self._archive.infolist()
        try:
            archives.check_sizes(everything, "the zip file")
        except TooLarge as exc:
            findings.add("too-large", str(exc))
            return frozenset()
        infos = [info for info in everything if not info.is_dir()]
        if everything and min(info.header_offset for info in everything) > 0:
            findings.add("archive-invalid", "the zip file has something else before its first member")
        if _overlap(everything):
            findings.add("archive-invalid", "members of the zip file overlap")
        for info in everything:
            self._look(info, findings)
        self._prefix = archives.only_folder([info.filename for info in infos])
        found = [info.filename.removeprefix(self._prefix) for info in infos]
        for name in sorted({name for name in found if found.count(name) > 1}):
            findings.add("archive-invalid", f"the zip file has {quoted(name)} twice", file=name)
        return frozenset(found)

    def _look(self, info: zipfile.ZipInfo, findings: Findings) -> None:
        name, mode = info.orig_filename, info.external_attr >> 16
        if reason := names.fault(name.removesuffix("/")):
            findings.add("unsafe-name", f"{quoted(name)} cannot be unpacked: {reason}", file=name)
        if info.flag_bits & 0x41:
            findings.add("archive-invalid", f"{quoted(name)} is encrypted", file=name)
        elif info.compress_type not in _METHODS:
            note = f"{quoted(name)} is packed by method {info.compress_type}"
            findings.add("archive-invalid", note, file=name, allowed="stored, deflate")
        if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            findings.add("not-a-regular-file", f"{quoted(name)} is a link or device", file=name)
        if info.file_size > max(MEGABYTE, archives.MAX_RATIO * info.compress_size):
            note = f"{quoted(name)} unpacks to more than {archives.MAX_RATIO} times its size"
            findings.add("too-large", note, file=name)

    def open(self, name: str) -> IO[bytes]:
        return self._archive.open(self._prefix + name)


def _overlap(infos: list[zipfile.ZipInfo]) -> bool:
    """True when two members share bytes, which is how a small file unpacks to a large one."""
    placed = sorted((info.header_offset, info.compress_size) for info in infos)
    return any(start + size > following for (start, size), (following, _) in pairwise(placed))
