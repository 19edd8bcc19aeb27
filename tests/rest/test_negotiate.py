"""Which representation, language and encoding a request gets: one row each."""

from __future__ import annotations

import contextlib
import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import NotAcceptable
from publisher.rest import encoding, negotiate
from publisher.rest.negotiate import Row, Served

JSON, ML, CSV, CSV1 = (
    "application/vnd.sdmx.data+json;version=2.0.0",
    "application/vnd.sdmx.data+xml;version=3.0.0",
    "application/vnd.sdmx.data+csv;version=2.0.0",
    "application/vnd.sdmx.data+csv;version=1.0.0",
)
GENERIC, SPECIFIC = (
    "application/vnd.sdmx.genericdata+xml;version=2.1",
    "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
)
LABELS = {"labels": ("id", "name", "both"), "timeFormat": ("original", "normalized")}
ROWS = (
    Row(JSON), Row(CSV, LABELS), Row(CSV1, {"labels": ("id", "both")}), Row(ML), Row(SPECIFIC), Row(GENERIC),
)  # fmt: skip
V2, V1 = Served(ROWS, JSON), Served(ROWS, GENERIC)
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
SAFARI = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
NAME = "application/vnd.sdmx."

ACCEPT = [  # Accept, v2, v1 (the same where missing)
    (None, JSON, GENERIC),
    ("", JSON, GENERIC),
    ("*/*", JSON, GENERIC),
    ("application/*", JSON, GENERIC),
    ("rubbish", JSON, GENERIC),
    (",;,", JSON, GENERIC),
    (CHROME, JSON, GENERIC),
    (SAFARI, JSON, GENERIC),
    ("application/xml", ML, GENERIC),
    ("text/xml", ML, GENERIC),
    ("application/json", JSON, JSON),
    ("text/csv", CSV, CSV),
    ("text/*, application/json;q=0.2", JSON, JSON),
    (JSON, JSON, JSON),
    (ML, ML, ML),
    (CSV, CSV, CSV),
    (CSV1, CSV1, CSV1),
    (GENERIC, GENERIC, GENERIC),
    (SPECIFIC, SPECIFIC, SPECIFIC),
    (JSON.upper().replace("VERSION", "version"), JSON, JSON),
    (f"{NAME}data+csv", CSV, CSV),
    (f"{NAME}data+csv; version=1.0.0", CSV1, CSV1),
    (f'{NAME}data+csv; version="1.0.0"', CSV1, CSV1),
    (f"{NAME}data+csv;version=1.0+.0", CSV1, CSV1),
    (f"{NAME}data+csv;version=1+.0.0", CSV, CSV),
    (f"{NAME}data+csv;version=+", CSV, CSV),
    (f"{NAME}data+xml;version=3.0.0+", ML, ML),
    (f"{CSV1};q=0.5, {ML};q=0.8", ML, ML),
    (f"{CSV1};q=0.5, {ML};q=0.4", CSV1, CSV1),
    (f"{CSV1}, {ML}", CSV1, CSV1),
    (f"{ML}, {CSV1}", ML, ML),
    (f"*/*, {ML}", ML, ML),
    (f"*/*;q=0.1, {ML};q=0.05", JSON, GENERIC),
    (f"application/xml, {CSV}", CSV, CSV),
    (f"{JSON};q=0, */*", CSV, GENERIC),
    (f"{NAME}data+xml;version=9.9.9, {CSV};q=0.1", CSV, CSV),
    (f"{NAME}data+xml;version=9.9.9, */*;q=0.1", JSON, GENERIC),
    ("application/pdf, text/csv;q=0.9", CSV, CSV),
    (f"{CSV};q=2, {ML};q=0.1", ML, ML),  # 2 is no quality
    (f"{CSV};charset=utf-8", CSV, CSV),
    ("text/html", JSON, GENERIC),
]


@pytest.mark.parametrize(("accept", "v2", "v1"), ACCEPT)
def test_accept(accept: str | None, v2: str, v1: str) -> None:
    assert V2.choose(accept).header == v2
    assert V1.choose(accept).header == v1


OPTIONS = [
    (f"{CSV};labels=both", {"labels": "both"}),
    (f"{CSV};labels=id", {}),
    (f"{CSV};labels=name;timeFormat=normalized;q=0.3", {"labels": "name", "timeFormat": "normalized"}),
    (f"{NAME}data+csv;labels=both", {"labels": "both"}),
    ("text/csv;labels=both", {"labels": "both"}),
    (f"{CSV};other=1", {}),
]


@pytest.mark.parametrize(("accept", "options"), OPTIONS)
def test_options(accept: str, options: dict[str, str]) -> None:
    found = V2.choose(accept)
    assert (found.content_type, found.options) == (CSV, options)


UNSERVED = [
    "application/pdf", "image/*", f"{NAME}data+json;version=1.0.0", f"{NAME}data+json;version=2.0",
    f"{NAME}data+json;version=latest", f"{NAME}structure+xml;version=2.1", f"{CSV};labels=none",
    f"{CSV1};labels=name", f"{JSON};q=0", "*/*;q=0", f"{NAME}data+csv;version=3+.0.0",
]  # fmt: skip


@pytest.mark.parametrize("accept", UNSERVED)
def test_unserved(accept: str) -> None:
    with pytest.raises(NotAcceptable) as caught:
        V2.choose(accept)
    assert all(row.content_type in str(caught.value) for row in ROWS)


FORMAT = [
    ("jsondata", None, JSON),
    ("csvdata", None, CSV),
    ("csvdata", "1.0.0", CSV1),
    ("genericdata", None, GENERIC),
    ("genericdata", "2.1", GENERIC),
    ("structurespecificdata", None, ML),
    ("structurespecificdata", "2.1", SPECIFIC),
    ("structurespecificdata", "3.0.0", ML),
    ("csv", None, CSV),
    ("xml", None, ML),
    ("json", None, JSON),
    (CSV1, None, CSV1),
    (CSV1.partition(";")[0], "1.0.0", CSV1),
    (CSV1, "2.0.0", CSV1),  # its own version is the nearer one
    ("structure", None, None),
    ("csvdata", "7.0.0", None),
    ("excel", None, None),
    ("", None, None),
]


@pytest.mark.parametrize(("name", "version", "expected"), FORMAT)
def test_format(name: str, version: str | None, expected: str | None) -> None:
    """It goes before the header, whatever that says."""
    if expected is None:
        with pytest.raises(NotAcceptable, match="format="):
            V2.choose("*/*", name, version)
    else:
        assert V2.choose("application/pdf", name, version).content_type == expected


ALL = ("en", "id", "zh-Hant")
LANGUAGES = [  # Accept-Language, lang, chosen (None: nothing asked)
    (None, None, None),
    ("*", None, ALL),
    ("en", None, ("en",)),
    ("id", None, ("id",)),
    ("ID-id", None, ("id",)),
    ("id-Latn-ID", None, ("id",)),
    ("zh-Hant-x-private", None, ("zh-Hant",)),
    ("zh", None, ("en",)),  # lookup never adds what was not asked for
    ("fr, id;q=0.3, en;q=0.2", None, ("id",)),
    ("fr;q=0.9, en;q=0.1, id;q=0.5", None, ("id",)),
    ("id;q=0, en", None, ("en",)),
    ("fr", None, ("en",)),
    ("fr, *;q=0.1", None, ALL),
    ("en", "id", ("id",)),
    ("en", "all", ALL),
    ("en", "id-ID", ("id",)),
]


@pytest.mark.parametrize(("accept", "lang", "chosen"), LANGUAGES)
def test_language(accept: str | None, lang: str | None, chosen: tuple[str, ...] | None) -> None:
    assert negotiate.languages(accept, lang, ALL) == chosen


def test_language_unserved() -> None:
    with pytest.raises(NotAcceptable, match="served: en, id, all"):
        negotiate.languages("id", "fr", ["en", "id"])


ENCODINGS = [
    (None, None, "identity"),
    ("", None, "identity"),
    ("gzip", None, "gzip"),
    ("x-gzip", None, "gzip"),
    ("gzip, deflate, br, zstd", None, "zstd"),
    ("gzip, deflate, br", None, "br"),
    ("gzip, br;q=0.9, zstd;q=0.1", None, "gzip"),
    ("deflate", None, "deflate"),
    ("br", None, "br"),
    ("compress", None, "identity"),
    ("*", None, "gzip"),
    ("gzip;q=0", None, "identity"),
    ("gzip;q=0, *", None, "zstd"),
    ("gzip;q=0, *;q=0", None, None),
    ("gzip;q=0.5, identity", None, "identity"),
    ("gzip;q=0.5, identity;q=0.1", None, "gzip"),
    ("identity;q=0, gzip;q=0.1", None, "gzip"),
    ("br", "gzip", "gzip"),
    ("gzip", "identity", "identity"),
    (None, "compress", None),
    ("identity;q=0", None, None),
    ("*;q=0", None, None),
]


@pytest.mark.parametrize(("accept", "compression", "chosen"), ENCODINGS)
def test_encoding(accept: str | None, compression: str | None, chosen: str | None) -> None:
    if chosen is None:
        with pytest.raises(NotAcceptable, match="served: zstd, br, gzip, deflate, identity"):
            encoding.choose(accept, compression)
    else:
        assert encoding.choose(accept, compression) == chosen


@given(st.lists(st.binary()))
def test_codings_are_what_they_say(chunks: list[bytes]) -> None:
    readers = {
        "gzip": gzip.decompress,
        "deflate": zlib.decompress,
        "br": brotli.decompress,
        "zstd": lambda packed: zstandard.ZstdDecompressor().decompressobj().decompress(packed),
    }
    assert readers.keys() == encoding.ENCODINGS.keys()
    for name, read in readers.items():
        packed = b"".join(encoding.ENCODINGS[name](chunks))
        assert read(packed) == b"".join(chunks)
        assert packed == b"".join(encoding.ENCODINGS[name](chunks))


@given(st.text())
def test_no_header_breaks_it(text: str) -> None:
    for choose in (V2.choose, encoding.choose, lambda t: negotiate.languages(t, None, ["en"])):
        with contextlib.suppress(NotAcceptable):
            choose(text)
