"""CSV: what only some readers would read, cells that are too large, codes and numbers in disguise."""

from __future__ import annotations

import gzip
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.package import made
from tests.package.hostile.case import LINES, TABLE, Case

HEAD, ROW = (made.as_csv([line]) for line in LINES[:2])


def table(data: bytes | Callable[[], bytes], **resource: Any) -> Callable[[Path], Path]:
    return lambda folder: made.package(
        folder / "p", "jobs.csv", data() if callable(data) else data, **resource
    )


def cell(column: str, value: str) -> Callable[[Path], Path]:
    """A right table but for one cell."""
    lines = [line[:] for line in LINES]
    lines[2][LINES[0].index(column)] = value
    return table(lambda: made.as_csv(lines))


NUMBERS = ("1_000", "0x10", "１２", "٣", "NaN", "INF", "-INF", "1e5", "1e999999", "1,5", "--1", "+5", ".5", "5.",
           "1 000", "007", "1.5%", "9" * 400, "0." + "1" * 400, "1.2.3", "#N/A", "=1+1", "½", "−5", " 5", "5 ")  # fmt: skip
PERIODS = ("2024-13", "2024-1", "24-01", "2024/01", "2024-Q5", "2024-W60", "Jan 2024", "0000-01", "2024-02-30",
           "２０２４-01", "2024-01 ", "2024-01-01/2024", "99999-01", "2024-00", "=A1", "2024-M13", "2024_01")  # fmt: skip
CODES = ("f", "F ", " F", "F\u200b", "F\u00a0", "Ｆ", "\u0424", "=1+1", "+F", "-F", "@SUM(A1)", "\tF",
         "F\u202e", "*", "F+M", "F' OR '1'='1", "F;M", "..", "<b>F</b>", "F\u0301", "F\ufeff", "𝐅", "F\u00ad")  # fmt: skip
TEXTS = {"bidi override": "a\u202eb", "escape": "a\x1bb", "bell": "a\x07b", "isolate": "a\u2066b", "unit separator":
         "a\x1fb", "delete": "a\x7fb", "not a character": "a\uffffb"}  # fmt: skip
CASES = [
    *(Case(f"number: {value[:20]!r}", "number-form", cell("OBS_VALUE", value)) for value in NUMBERS),
    *(Case(f"period: {value!r}", "period-form", cell("TIME_PERIOD", value)) for value in PERIODS),
    *(Case(f"code: {value!r}", "unknown-code", cell("SEX", value)) for value in CODES),
    *(Case(f"text: {name}", "text-form", cell("COMMENT_OBS", value)) for name, value in TEXTS.items()),
    Case("code: not composed", "unknown-code", cell("AREA", unicodedata.normalize("NFD", "Á"))),
    Case("code: not in the agreement", "not-in-agreement", cell("AREA", "BB")),
    Case("code: twice", "code-repeated", cell("OBS_STATUS", "A;A")),
    Case("code: empty", "dimension-missing", cell("SEX", "")),
    Case("period: of another frequency", "period-frequency", cell("TIME_PERIOD", "2024")),
    Case("key: twice, with two values", "duplicate-unequal", table(TABLE + ROW.replace(b"-10.5", b"10.5"))),
    Case("table: NUL", "control-character", table(HEAD + ROW.replace(b"AA", b"A\0A"))),
    Case("table: quote that is never closed", "csv-quoting", table(HEAD + b'M,"AA' + ROW)),
    Case("table: quote inside a cell", "csv-quoting", table(HEAD + ROW.replace(b"AA", b'A"A'))),
    Case("table: quote after a cell", "csv-quoting", table(HEAD + ROW.replace(b"AA", b'"A"A'))),
    Case("table: cell of 70 KiB", "cell-too-long", cell("COMMENT_OBS", "x" * 70_000)),
    Case("table: cell of 50 MB", "cell-too-long", table(lambda: HEAD + ROW[:-1] + b"x" * 50_000_000), heavy=True),
    Case("table: header of 50 MB", "column-unknown", table(lambda: b"x" * 50_000_000 + b"\n1\n"), heavy=True),
    Case("table: 257 columns", "too-large", table(b",".join(b"C%d" % n for n in range(257)) + b"\n")),
    Case("table: 100,000 columns", "too-large", table(lambda: b"a," * 100_000 + b"\n" + b"1," * 100_000)),
    Case("table: 100,000 lines of one sign", "row-width", table(lambda: HEAD + b"x\n" * 100_000)),
    Case("table: a million commas", "row-width", table(lambda: HEAD + b"," * 1_000_000)),
    Case("table: a million quotes", "row-width", table(lambda: HEAD + b'"' * 1_000_000 + b"\n")),
    Case("table: column twice", "column-duplicate", table(TABLE.replace(b"COMMENT_OBS", b"SEX", 1))),
    Case("table: column unknown", "column-unknown", table(TABLE.replace(b"SEX", b"S\xd0\x95X", 1))),
    Case("table: column missing", "column-missing", table(TABLE.replace(b"SEX", b"GENDER", 1))),
    Case("table: two headers", "unknown-code", table(HEAD + TABLE)),
    Case("table: short row", "row-width", table(TABLE + b"M,AA\n")),
    Case("table: empty", "csv-empty", table(b"")),
    Case("table: only line ends", "csv-empty", table(b"\n\n\r\n")),
    Case("table: only its header", "csv-empty", table(HEAD)),
    Case("table: only a byte-order mark", "csv-empty", table(b"\xef\xbb\xbf")),
    Case("table: UTF-16, not declared", "encoding", table(lambda: made.as_csv(LINES, "utf-16"))),
    Case("table: TIS-620, not declared", "encoding", table(lambda: made.as_csv(LINES[:2], "tis-620"))),
    Case("table: latin-1, not declared", "encoding", table(HEAD + ROW[:4] + b"\xe9" + ROW[4:])),
    Case("table: UTF-8, declared as ASCII", "encoding", table(TABLE, encoding="ascii")),
    Case("table: UTF-8, declared as UTF-16", "encoding", table(TABLE + b"x", encoding="utf-16-le")),
    Case("table: surrogates in UTF-8", "encoding", table(HEAD + ROW[:4] + b"\xed\xa0\x80" + ROW[4:])),
    Case("table: packed by gzip", "archive-nested", table(lambda: gzip.compress(TABLE))),
    Case("table: HTML", "column-unknown", table(b"<html><body><script>alert(1)</script></body></html>\n1\n")),
    Case("table: a program", "control-character", table(b"\x7fELF\x02\x01\x01\0\0")),
    Case("table: JSON", "csv-quoting", table(b'[{"FREQ": 1}]\nx\n')),
]  # fmt: skip
