""".tar.gz: kinds of members, headers that claim too much, bombs, damage; and uploads."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from tests.package.hostile.case import Case, files
from tests.package.hostile.zips import packed as zipped
from tests.package.hostile.zips import saved


def tarred(*more: tuple[tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT, **pax: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, pax_headers=pax) as archive:
        for name, data in files().items():
            archive.addfile(_info(name, size=len(data)), io.BytesIO(data))
        for info, data in more:
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _info(name: str, **about: Any) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for key, value in about.items():
        setattr(info, key, value)
    return info


def targz(data: Callable[[], bytes]) -> Callable[[Path], Path]:
    return saved(lambda: gzip.compress(data(), 1), "p.tar.gz")


def member(name: str, data: bytes = b"x", **about: Any) -> Callable[[Path], Path]:
    return targz(lambda: tarred((_info(name, size=len(data), **about), data)))


def kind(type_: bytes, **about: Any) -> Callable[[Path], Path]:
    return targz(lambda: tarred((_info("x.csv", type=type_, **about), b"")))


def _huge_name() -> bytes:
    """A pax header of a megabyte, which does not pack well."""
    return tarred((_info(random.Random(1).randbytes(1 << 19).hex(), size=1), b"x"))


def _claims() -> bytes:
    return tarred((_info("x.csv", size=1, pax_headers={"size": "999999999"}), b"x"))


def _checksum() -> bytes:
    data = bytearray(tarred())
    data[0] ^= 1
    return bytes(data)


def _negative() -> bytes:
    info = _info("x.csv", size=1)
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    block[124:136] = b"\xff" * 12
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + bytes(1024)


class Endless(io.RawIOBase):
    """An upload that does not end."""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return bytes(max(size, 1))


def upload(data: Callable[[], bytes]) -> Callable[[Path], IO[bytes]]:
    return lambda folder: io.BytesIO(data())


BAD = "archive-invalid"
CASES = [
    *(
        Case(f"tar: name {name!r}", "unsafe-name", member(name))
        for name in ("../x.csv", "/etc/x", "a/../../x", "C:\\x", "nul.csv", "a\u202eb", "\u0430bc.csv")
    ),
    Case("tar: symbolic link", "not-a-regular-file", kind(tarfile.SYMTYPE, linkname="/etc/hostname")),
    Case("tar: hard link", "not-a-regular-file", kind(tarfile.LNKTYPE, linkname="jobs.csv")),
    Case("tar: hard link outside", "not-a-regular-file", kind(tarfile.LNKTYPE, linkname="../../etc/x")),
    Case("tar: character device", "not-a-regular-file", kind(tarfile.CHRTYPE, devmajor=1, devminor=5)),
    Case("tar: block device", "not-a-regular-file", kind(tarfile.BLKTYPE)),
    Case("tar: pipe", "not-a-regular-file", kind(tarfile.FIFOTYPE)),
    Case("tar: sparse file", "not-a-regular-file", kind(tarfile.GNUTYPE_SPARSE)),
    Case("tar: unknown kind", "not-a-regular-file", kind(b"Z")),
    Case("tar: several volumes", "not-a-regular-file", kind(b"M")),
    Case("tar: name twice", BAD, member("jobs.csv")),
    Case("tar: names but for case", "unsafe-name", member("JOBS.csv")),
    Case("tar: header with another size", BAD, targz(_claims)),
    Case("tar: sparse file by header", BAD, member("x.csv", pax_headers={"GNU.sparse.major": "1"})),
    Case("tar: name of a megabyte", BAD, targz(_huge_name)),
    Case("tar: global header with a size", BAD, targz(lambda: tarred(size="5"))),
    Case("tar: wrong checksum", BAD, targz(_checksum)),
    Case("tar: negative size", BAD, targz(_negative)),
    Case("tar: cut off inside a member", BAD, targz(lambda: tarred()[:1600])),
    Case("tar: archive inside", "archive-nested", member("more.tar.gz")),
    Case("tar: zip as another table", "archive-nested", member("x.tgz")),
    Case("tar: 2,001 members", "too-large",
         targz(lambda: tarred(*((_info(f"{n}.txt"), b"") for n in range(2_001)))), heavy=True),
    Case("tar: no descriptor", "package-missing", targz(lambda: _only("jobs.csv"))),
    Case("gzip: no tar inside", BAD, targz(lambda: b"FREQ,AREA\n" * 100)),
    Case("gzip: nothing inside", BAD, targz(lambda: b"")),
    Case("gzip: cut off", BAD, saved(lambda: gzip.compress(tarred())[:-20], "p.tar.gz")),
    Case("gzip: wrong checksum", BAD, saved(lambda: gzip.compress(tarred())[:-8] + bytes(8), "p.tar.gz")),
    Case("gzip: garbage after its end", BAD, saved(lambda: gzip.compress(tarred()) + b"more", "p.tar.gz")),
    Case("gzip: only its signature", BAD, saved(b"\x1f\x8b", "p.tar.gz")),
    Case("gzip: bomb", "too-large", targz(lambda: bytes(8 << 20))),
    Case("gzip: bomb of one gigabyte", "too-large",
         saved(lambda: gzip.compress(bytes(1 << 24), 9) * 64, "p.tar.gz"), heavy=True),
    Case("other: tar without gzip", "package-missing", saved(tarred, "p.tar")),
    Case("other: 7z", "package-missing", saved(b"7z\xbc\xaf\x27\x1c" + bytes(100), "p.7z")),
    Case("upload: nothing", "package-missing", upload(lambda: b"")),
    Case("upload: text", "package-missing", upload(lambda: b"FREQ,AREA\n")),
    Case("upload: zip slip", "unsafe-name", upload(lambda: zipped(files() | {"../x": b""}))),
    Case("upload: gzip bomb", "too-large", upload(lambda: gzip.compress(bytes(8 << 20)))),
    Case("upload: endless", "too-large", lambda folder: Endless(), heavy=True),
]  # fmt: skip


def _only(name: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(_info(name, size=1), io.BytesIO(b"x"))
    return out.getvalue()
