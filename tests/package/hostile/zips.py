"""Zip files: names, kinds of members, sizes that lie, bombs, damage."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.package.hostile.case import Case, files

Make = Callable[[Path], Path]


def packed(members: Mapping[str, bytes] | list[tuple[str, bytes]], method: int = 8, **info: Any) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")
        for name, data in members.items() if isinstance(members, Mapping) else members:
            entry = zipfile.ZipInfo("x")
            entry.filename = name
            entry.compress_type = method
            for key, value in info.items():
                setattr(entry, key, value)
            archive.writestr(entry, data)
    return out.getvalue()


def saved(data: bytes | Callable[[], bytes], name: str = "p.zip") -> Make:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(data() if callable(data) else data)
        return folder / name

    return make


def with_(members: dict[str, bytes], **info: Any) -> Make:
    return saved(lambda: packed(files() | members, **info))


def central(data: bytes, at: int, form: str, value: int, name: bytes = b"jobs.csv") -> bytes:
    """`data` with a field of the directory's entry for `name` overwritten; offsets as in APPNOTE 4.3.12."""
    start = data.rindex(b"PK\x01\x02", 0, data.rindex(name))
    changed = bytearray(data)
    struct.pack_into(form, changed, start + at, value)
    return bytes(changed)


def _patched(at: int, form: str, value: int) -> Make:
    return saved(lambda: central(packed(files()), at, form, value))


def _lying() -> bytes:
    """A member of four megabytes that says it has ten bytes, in both places."""
    data = packed(files() | {"jobs.csv": bytes(4 << 20)})
    changed = bytearray(central(data, 24, "<I", 10))
    struct.pack_into("<I", changed, changed.index(b"jobs.csv") - 8, 10)
    return bytes(changed)


def _crc() -> bytes:
    data = bytearray(packed(files(), method=0))
    data[data.index(b"M,AA,F") + 5] ^= 1
    return bytes(data)


def _overlapping() -> bytes:
    """Two members of the directory at one place, as in the bombs of D. Fifield (2019)."""
    data = packed(list((files() | {"more.csv": b"x"}).items()))
    first = data.index(b"jobs.csv") - 30
    return central(data, 42, "<I", first, b"more.csv")


def _other_name() -> bytes:
    data = bytearray(packed(files()))
    at = data.index(b"jobs.csv")
    data[at : at + 8] = b"evil.csv"
    return bytes(data)


def _nul_name() -> bytes:
    return packed(files() | {"jobs.csv!.exe": b""}).replace(b"jobs.csv!.exe", b"jobs.csv\0.exe")


def _directories(count: int) -> bytes:
    return packed([*files().items(), *((f"{n}/", b"") for n in range(count))])


def _many(count: int) -> bytes:
    """A directory of `count` entries that all lie at the same place: quick to write."""
    local = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0, zlib.crc32(b""), 0, 0, 1, 0) + b"a"
    entry = b"PK\x01\x02" + struct.pack("<HHHHHHIIIHHHHHII", 20, 20, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0)
    entries = b"".join(entry + b"%06d" % n for n in range(count))
    locator = struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, len(entries), len(local))
    end64 = b"PK\x06\x06" + locator
    finder = b"PK\x06\x07" + struct.pack("<IQI", 0, len(local) + len(entries), 1)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return local + entries + end64 + finder + end


LINK, PIPE, DEVICE = ((kind | 0o777) << 16 for kind in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR))
BAD = "archive-invalid"
CASES = [
    *(
        Case(f"zip: name {name!r}", "unsafe-name", with_({name: b"x"}))
        for name in (
            "../x.csv", "a/../../x.csv", "/etc/cron.d/x", "C:\\x.csv", "..\\x.csv", "\\\\host\\x", "a//b.csv",
            "./a.csv", "jobs.csv:evil", "con.csv", "x" * 300, "a/" * 600 + "x", "a\u202eb.csv", "j\u043ebs.csv",
            "\uff0e\uff0e\uff0fx.csv", "~/x", "a. /x",
        )
    ),
    Case("zip: link", "not-a-regular-file", with_({}, external_attr=LINK)),
    Case("zip: pipe", "not-a-regular-file", with_({}, external_attr=PIPE)),
    Case("zip: device", "not-a-regular-file", with_({}, external_attr=DEVICE)),
    Case("zip: name twice", BAD, saved(lambda: packed([*files().items(), ("jobs.csv", b"x")]))),
    Case("zip: descriptor twice", BAD, saved(lambda: packed([*files().items(), ("datapackage.json", b"{}")]))),
    Case("zip: names but for case", "unsafe-name", with_({"Jobs.csv": b"x"})),
    Case("zip: NUL in a name", "unsafe-name", saved(_nul_name)),
    Case("zip: encrypted", BAD, _patched(8, "<H", 1)),
    Case("zip: strongly encrypted", BAD, _patched(8, "<H", 0x41)),
    Case("zip: packed by bzip2", BAD, with_({}, compress_type=zipfile.ZIP_BZIP2)),
    Case("zip: packed by lzma", BAD, with_({}, compress_type=zipfile.ZIP_LZMA)),
    Case("zip: packed by method 99", BAD, _patched(10, "<H", 99)),
    Case("zip: wrong checksum", "file-missing", saved(_crc)),
    Case("zip: another name in the member's own header", "file-missing", saved(_other_name)),
    Case("zip: cut off", "package-missing", saved(lambda: packed(files())[:-30])),
    Case("zip: cut off in front", "file-missing", saved(lambda: packed(files())[40:])),
    Case("zip: only its end", "package-missing", saved(b"PK\x05\x06" + bytes(18))),
    Case("zip: garbage after the signature", "package-missing", saved(b"PK\x03\x04" + bytes(range(256)) * 9)),
    Case("zip: program in front", BAD, saved(lambda: b"#!/bin/sh\nexit 1\n" + packed(files()))),
    Case("zip: overlapping members", BAD, saved(_overlapping)),
    Case("zip: bomb", "too-large", with_({"zeros.csv": bytes(4 << 20)})),
    Case("zip: bomb as descriptor", "too-large", with_({"datapackage.json": b" " * (4 << 20)})),
    Case("zip: size that lies", "file-missing", saved(_lying)),
    Case("zip: claims 4 GiB", "too-large", _patched(24, "<I", 0xFFFFFFF0)),
    Case("zip: bomb of 200 MB", "too-large", with_({"z.csv": bytes(200 << 20)}), heavy=True),
    Case("zip: 1,001 members", "too-large", with_({f"{n}.txt": b"" for n in range(1_001)})),
    Case("zip: 1,001 folders", "too-large", saved(lambda: _directories(1_001))),
    Case("zip: 200,000 members", "too-large", saved(lambda: _many(200_000))),
    Case("zip: zip inside", "archive-nested", with_({"more.zip": packed(files())})),
    Case("zip: zip as table", "archive-nested", with_({"jobs.csv": packed(files())})),
    Case("zip: gzip as table", "archive-nested", with_({"jobs.csv": b"\x1f\x8b\x08" + bytes(40)})),
    Case("zip: zip as descriptor", "archive-nested", with_({"datapackage.json": packed(files())})),
    Case("zip: folder as descriptor", "package-missing", saved(lambda: packed({"datapackage.json/x": b""}))),
    Case("zip: package one level too deep", "package-missing",
         saved(lambda: packed({f"a/b/{name}": data for name, data in files().items()}))),
    Case("zip: two packages", "package-missing",
         saved(lambda: packed({f"{top}/{name}": data for top in "ab" for name, data in files().items()}))),
]  # fmt: skip
