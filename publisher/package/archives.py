"""Limits of what is packed: how many members, how much they unpack to, at what ratio.

They are held twice: by what the archive says of itself, before anything is unpacked, and by the
bytes that really come out.
"""

from __future__ import annotations

import gzip
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Protocol

MAX_MEMBERS = 1_000
MAX_TOTAL = 512 * 1024 * 1024
MAX_RATIO = 100  # unpacked to packed, beyond a megabyte
MEGABYTE = 1 << 20

# Beginnings of archives and packed files: one inside another is never opened, so it is refused.
_PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!",
           b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18")  # fmt: skip
_PACKED_NAMES = (".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst", ".lz4")


_CHUNK = 1 << 16


class Refused(Exception):
    """Something of the package cannot be taken; `code` is that of the finding."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class TooLarge(Refused):
    """More than a package may hold."""

    def __init__(self, message: str) -> None:
        super().__init__("too-large", message)


class Member(Protocol):
    @property
    def file_size(self) -> int: ...
    @property
    def compress_size(self) -> int: ...


def check_sizes(members: Iterable[Member], what: str) -> None:
    """Raises TooLarge by the sizes that a zip file's directory gives."""
    members = list(members)
    if len(members) > MAX_MEMBERS:
        raise TooLarge(f"{what} has more than {MAX_MEMBERS:,} members")
    total = sum(member.file_size for member in members)
    if total > MAX_TOTAL:
        raise TooLarge(f"{what} unpacks to more than {MAX_TOTAL >> 20} MiB")
    if total > max(MEGABYTE, MAX_RATIO * sum(member.compress_size for member in members)):
        raise TooLarge(f"{what} unpacks to more than {MAX_RATIO} times its size")


def is_packed(name: str, beginning: bytes) -> bool:
    """True for an archive by its name or first bytes; a workbook (.xlsx) is a table here.

    >>> is_packed("more.zip", b""), is_packed("jobs.csv", b"PK" + bytes([3, 4])), is_packed("a.xlsx", b"PK")
    (True, True, False)
    """
    lower = name.lower()
    if lower.endswith((".xlsx", ".docx", ".pptx", ".odt", ".ods")):
        return False  # documents that travel with a package; only .xlsx is opened
    return lower.endswith(_PACKED_NAMES) or beginning.startswith(_PACKED)


def only_folder(files: Sequence[str]) -> str:
    """The folder that everything is in, with its slash; "" when files lie at the top.

    >>> only_folder(["lfs/datapackage.json", "lfs/data/jobs.csv"]), only_folder(["datapackage.json"])
    ('lfs/', '')
    """
    tops = {name.partition("/")[0] for name in files}
    return tops.pop() + "/" if len(tops) == 1 and all("/" in name for name in files) else ""


@contextmanager
def spooled(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """A copy of an upload in an anonymous file, so that nothing is left of it. Raises TooLarge."""
    with tempfile.TemporaryFile() as copy:
        while data := stream.read(_CHUNK):
            copy.write(data)
            if copy.tell() > MAX_TOTAL:
                raise TooLarge(f"the upload has more than {MAX_TOTAL >> 20} MiB")
        copy.seek(0)
        yield copy


@contextmanager
def unpacked(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """What is packed by gzip in `stream`, in an anonymous file. Raises Refused."""
    with tempfile.TemporaryFile() as copy:
        try:
            with gzip.GzipFile(fileobj=stream) as packed:
                while data := packed.read(_CHUNK):
                    copy.write(data)
                    _within(copy.tell(), stream.tell())
        except (OSError, EOFError, zlib.error) as exc:
            raise Refused("archive-invalid", f"the packed file cannot be read: {exc}") from exc
        copy.seek(0)
        yield copy


def _within(size: int, packed: int) -> None:
    if size > MAX_TOTAL:
        raise TooLarge(f"the archive unpacks to more than {MAX_TOTAL >> 20} MiB")
    if size > max(MEGABYTE, MAX_RATIO * packed):
        raise TooLarge(f"the archive unpacks to more than {MAX_RATIO} times its size")
