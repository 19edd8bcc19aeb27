"""What others' tools read in a PDF."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest

pikepdf = pytest.importorskip("pikepdf", reason="PDF needs the extra `sheets`")
pdfium = pytest.importorskip("pypdfium2", reason="the judge of texts is not installed")

POPPLER = shutil.which("pdftotext")
# A hyphen at a line's end is U+FFFE, or nothing, to pdfium.
_LOOSE = re.compile(r"[-\s\x02\ufffe\u00ad\u200b-\u200d\u2060\ufeff]+")


def by_pdfium(content: bytes) -> str:
    """The text as Chrome's library reads it."""
    return "\n".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(content))


def by_poppler(content: bytes) -> str:
    """The text as Linux' viewers read it, in the order in which it was written."""
    assert POPPLER
    command = [POPPLER, "-raw", "-enc", "UTF-8", "-", "-"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode("utf-8")


READERS = {"pdfium": by_pdfium, **({"poppler": by_poppler} if POPPLER else {})}


def tight(text: str) -> str:
    """Without blanks, which a line's end may stand for, and in one form."""
    return _LOOSE.sub("", unicodedata.normalize("NFC", text))


def without_feet(text: str, address: str) -> str:
    """The text without what stands at the foot of each page, where a paragraph may go on."""
    return re.sub(re.escape(tight(address)) + r"\d/\d", "", text)


def texts(nodes: list[Any]) -> Iterator[str]:
    """Each run of words of a page's blocks (publisher.factsheets.tree)."""
    for node in nodes:
        match node:
            case {"n": "chart"}:
                yield from (label["text"] for label in node["labels"])
            case {"n": "table"}:
                yield flat(node["caption"])
                yield from (flat(cell["c"]) for cell in node["head"])
                yield from (flat(cell["c"]) for row in node["rows"] for cell in row["c"])
            case {"n": "facts"}:
                for name, told in node["items"]:
                    yield flat(name)
                    yield from texts(told)
            case {"n": "list"}:
                yield from (text for item in node["items"] for text in texts(item["c"]))
            case {"n": "heading" | "p"}:
                yield flat(node["c"])
            case _:
                yield from texts(node["c"])


def flat(words: list[Any]) -> str:
    return "".join(part if isinstance(part, str) else flat(part.get("c", [])) for part in words)


def links(content: bytes) -> list[str]:
    """Where links lead that leave the document."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        notes = (note for page in pdf.pages for note in page.get("/Annots", []))
        return [str(note.A.URI) for note in notes if "/A" in note and "/URI" in note.A]


def names(content: bytes) -> set[str]:
    """The keys of all dictionaries of the document: what it has, and what it could do."""
    found: set[str] = set()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for one in pdf.objects:
            if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
                found |= set(one.keys())
    return found
