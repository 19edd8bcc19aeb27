"""Limits of what is packed: how many members, how much they unpack to, at what ratio.

They are held twice: by what the archive says of itself, before anything is unpacked, and by the
bytes that really come out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

MAX_MEMBERS = 1_000
MAX_TOTAL = 512 * 1024 * 1024
MAX_RATIO = 100  # unpacked to packed, beyond a megabyte
MEGABYTE = 1 << 20

# Beginnings of archives and packed files: one inside another is never opened, so it is refused.
_PACKED = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!",
           b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18")  # fmt: skip
_PACKED_NAMES = (".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".7z", ".rar", ".zst", ".lz4")


class TooLarge(Exception):
    """More than a package may hold."""


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
