"""Bytes of a text file → UTF-8, by the encoding that is declared and no other."""

from __future__ import annotations

from publisher.package.findings import Findings
from publisher.package.lines import Lines

BOM = b"\xef\xbb\xbf"

# Encodings that a resource may declare (names as in Python and IANA); those of the region among them.
ENCODINGS = {
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "ascii", "us-ascii", "latin-1", "iso-8859-1",
    "iso-8859-15", "iso-8859-11", "tis-620", "cp874", "windows-874", "windows-1252", "cp1252", "windows-1258",
    "cp1258", "gb18030", "big5", "shift_jis", "euc-kr",
}  # fmt: skip
_ALIASES = {"windows-874": "cp874"}  # Python knows it by this name only
_MARKS = ((b"\xff\xfe", "UTF-16 (little-endian)"), (b"\xfe\xff", "UTF-16 (big-endian)"))


def to_utf8(file: str, data: bytes, encoding: str, findings: Findings) -> bytes | None:
    """The text as UTF-8 (a mark at its beginning stays in UTF-8), or None with findings."""
    name = encoding.lower().replace("_", "-") if encoding.lower() != "shift_jis" else "shift_jis"
    if name not in ENCODINGS:
        findings.add(
            "encoding",
            f"encoding '{encoding}' is not supported",
            file=file,
            value=encoding,
            allowed=", ".join(sorted(ENCODINGS)),
        )
        return None
    if name in ("utf-8", "utf-8-sig"):
        return _named_utf8(file, data, findings)
    try:
        return data.decode(_ALIASES.get(name, name)).removeprefix("\ufeff").encode()
    except UnicodeError as exc:
        at = exc.start if isinstance(exc, UnicodeDecodeError) else 0
        findings.add("encoding", f"byte {at} is not {encoding}", file=file, value=encoding)
        return None


def _named_utf8(file: str, data: bytes, findings: Findings) -> bytes | None:
    for mark, name in _MARKS:
        if data.startswith(mark):
            findings.add("encoding", f"the file is {name}, which is not declared", file=file, value=name)
            return None
    if data.startswith(BOM):
        findings.add("byte-order-mark", "the file begins with a UTF-8 byte-order mark", file=file)
    try:
        if not data.isascii():
            data.decode()
    except UnicodeDecodeError as exc:
        note = f"byte 0x{data[exc.start]:02X} is not UTF-8, and no other encoding is declared"
        findings.add("encoding", note, file=file, row=Lines(data).line_of(exc.start))
        return None
    return data
