"""The parts of a workbook that say what the cells of its sheets mean: sheets, shared texts, formats.

Source: ECMA-376 part 1, sections 18.2 (workbook), 18.4 (shared strings), 18.8 (styles). Only these
parts are opened; drawings, links, macros and queries are never looked at.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import IO

from publisher.package import archives, zips
from publisher.package.readers import xml

MAX_TEXTS = 2_000_000
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_BUILT_IN_PERCENTS = {9, 10}
_NOT_SIGNS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h\]|m\]|s\])[^\]]*\]', re.I)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass
class Workbook:
    """A workbook opened for reading: names of the visible sheets, and what cells refer to."""

    archive: zipfile.ZipFile
    sheets: dict[str, str] = field(default_factory=dict)  # name → part
    texts: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)  # of each cell format: number | date | percent
    is_1904: bool = False
    related: dict[str, str] = field(default_factory=dict)  # kind of relationship → part

    def text(self, number: int) -> str | None:
        """The shared text of a number."""
        if not 0 <= number < len(self.texts):
            raise ValueError(f"there is no text number {number}")
        return self.texts[number] or None

    def date(self, serial: float) -> date | datetime:
        """The day, or instant, of a serial number."""
        days = serial + (1462 if self.is_1904 else 0)
        instant = datetime(1899, 12, 30) + timedelta(days=days)
        instant = (instant + timedelta(milliseconds=500)).replace(microsecond=0)
        return instant.date() if instant.time() == datetime.min.time() else instant


class NotAWorkbook(Exception):
    """The bytes are no workbook that can be read."""


def open_workbook(data: bytes) -> Workbook:
    """The workbook in `data`. Raises NotAWorkbook, archives.TooLarge."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise NotAWorkbook("it is encrypted, or of the format before 2007")
    try:
        zips.check_directory(io.BytesIO(data))
        archive = zipfile.ZipFile(io.BytesIO(data))
        archives.check_sizes(archive.infolist(), "the workbook")
        book = Workbook(archive)
        _read_sheets(book)
        _read_texts(book)
        _read_kinds(book)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, NotImplementedError, RuntimeError, EOFError,
            OSError) as exc:  # fmt: skip
        raise NotAWorkbook(f"it is no workbook: {exc}") from exc
    except xml.XmlRefused as exc:
        raise NotAWorkbook(str(exc)) from exc
    return book


def part(book: Workbook, name: str, start: xml.Start, end: xml.End) -> None:
    """Feed the elements of one part."""
    with book.archive.open(name) as stream:
        parse(stream, start, end)


def parse(stream: IO[bytes], start: xml.Start, end: xml.End) -> None:
    xml.Reader(start, end).parse(stream)


def _nothing(name: str, text: str) -> None:
    return None


def _attribute(attributes: dict[str, str], name: str) -> str:
    """The attribute by its local name: `r:id` is in one of two namespaces."""
    return next((value for key, value in attributes.items() if key.rpartition(" ")[2] == name), "")


def _elements(book: Workbook, name: str, wanted: str, take: Callable[[dict[str, str]], None]) -> None:
    part(book, name, lambda tag, attributes: take(attributes) if tag == wanted else None, _nothing)


def _read_sheets(book: Workbook) -> None:
    root: list[str] = []
    targets: dict[str, str] = {}

    def office_document(attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("/officeDocument"):
            root.append(attributes.get("Target", "").lstrip("/"))

    _elements(book, "_rels/.rels", "Relationship", office_document)
    if not root:
        raise ValueError("no workbook part")
    folder, _, file = root[0].rpartition("/")

    def relationship(attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            place = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            targets[attributes.get("Id", "")] = posixpath.normpath(place)
            book.related[attributes.get("Type", "").rpartition("/")[2]] = posixpath.normpath(place)

    _elements(book, posixpath.join(folder, "_rels", f"{file}.rels"), "Relationship", relationship)

    def element(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            book.sheets[attributes.get("name", "")] = targets.get(_attribute(attributes, "id"), "")
        elif name == "workbookPr":
            book.is_1904 = attributes.get("date1904", "0") in ("1", "true")

    part(book, root[0], element, _nothing)


def _optional(book: Workbook, kind: str) -> str | None:
    place = book.related.get(kind, "")
    return place if place in book.archive.namelist() else None


def _read_texts(book: Workbook) -> None:
    place = _optional(book, "sharedStrings")
    if place is None:
        return
    pieces: list[str] = []
    phonetic: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            pieces.clear()
        elif name == "rPh":
            phonetic.append(name)

    def end(name: str, text: str) -> None:
        if name == "t" and not phonetic:
            pieces.append(text)
        elif name == "rPh":
            phonetic.pop()
        elif name == "si":
            book.texts.append(unescaped("".join(pieces)))
            if len(book.texts) > MAX_TEXTS:
                raise archives.TooLarge(f"the workbook has more than {MAX_TEXTS:,} texts")

    part(book, place, start, end)


def unescaped(text: str) -> str:
    """`_x000D_` is how the format writes U+000D."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _read_kinds(book: Workbook) -> None:
    place = _optional(book, "styles")
    if place is None:
        return
    codes: dict[int, str] = {}
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        inside.append(name)
        if name == "numFmt" and "dxf" not in inside:
            codes[int(attributes.get("numFmtId", "-1"))] = attributes.get("formatCode", "")
        elif name == "xf" and "cellXfs" in inside:
            number = int(attributes.get("numFmtId", "0"))
            book.kinds.append(kind_of(number, codes.get(number)))

    def end(name: str, text: str) -> None:
        inside.pop()

    part(book, place, start, end)


def kind_of(number: int, code: str | None) -> str:
    """What a number format shows.

    >>> [kind_of(n, c) for n, c in ((0, None), (14, None), (170, "yyyy-mm"), (171, '0.0"d"'), (172, "0.0%"))]
    ['number', 'date', 'date', 'number', 'percent']
    """
    if code is None:
        return (
            "date" if number in _BUILT_IN_DATES else "percent" if number in _BUILT_IN_PERCENTS else "number"
        )
    signs = _NOT_SIGNS.sub("", code).partition(";")[0].lower()
    if "%" in signs:
        return "percent"
    return "date" if signs != "general" and set(signs) & set("ymdhs") else "number"
