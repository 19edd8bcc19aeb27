"""A sheet's page as PDF: tagged (PDF/UA-1), fit for archives (PDF/A-2a), the same bytes from the same page.

Made from the page alone, which is what counts: nothing of a store is read, and no chart is drawn again.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.errors import UsageError
from publisher.factsheets import definition, locales
from publisher.settings import Settings

if TYPE_CHECKING:
    import typst

STANDARDS = ["ua-1", "a-2a"]  # the typesetter refuses a page that does not keep to them
TEMPLATE = "factsheets/sheet.typ"
REMEMBERED = 10  # documents
LIBRARIES = ("typst", "pikepdf", "uharfbuzz")


def lacking() -> list[str]:
    """What is not installed of that which PDF needs; empty: all is there."""
    libraries = [name for name in LIBRARIES if find_spec(name) is None]
    if libraries:
        return libraries
    from publisher.factsheets import fonts

    return fonts.missing()


def check() -> None:
    """Raises UsageError when the libraries and fonts of the extra `sheets` are not installed."""
    if absent := lacking():
        raise UsageError(
            f"PDF needs {', '.join(absent)}, not installed here: pip install 'lmis-publisher[sheets]';"
            " the page itself (HTML) says the same and can be printed"
        )


def write(settings: Settings, html: str) -> bytes:
    """The page of a sheet as PDF, dated as the page is. Raises UsageError as `check` does."""
    check()
    import typst

    from publisher.factsheets import fonts, textlayer, tree

    page = tree.read(html)
    overlay = locales.load(settings).get(page["language"], locales.Overlay())
    moment = datetime.fromisoformat(page["issued"]).astimezone(UTC)
    page |= {
        "fonts": fonts.of(page["language"]),
        "digits": overlay.digits or locales.LATIN,
        "instant": list(moment.timetuple()[:6]),
        "author": settings.sender,
    }
    files = {
        "main.typ": definition.find(settings, TEMPLATE).read_bytes(),
        "sheet.json": json.dumps(page, ensure_ascii=False).encode("utf-8"),
    }
    compiled: Any = typst.compile  # a dictionary of files is taken, though not declared
    made: bytes = compiled(
        files,
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        pdf_standards=STANDARDS,
        timestamp=int(moment.timestamp()),
    )
    _forget()
    return textlayer.mend(made)


def ready() -> None:
    """Load what printing needs."""
    from publisher.factsheets import fonts, textlayer, tree  # noqa: F401

    fonts.drawable()
    _fonts()


def print_page(settings: Settings, page: Path) -> str:
    """Print the page of a file into a file beside it, and give the PDF's SHA-256."""
    content = write(settings, page.read_bytes().decode("utf-8"))
    page.with_suffix(".pdf").write_bytes(content)
    return sha256(content).hexdigest()


def _forget() -> None:
    """Let the typesetter forget the sheet: it keeps what it laid out until so many documents have followed,
    some 20 MB for each.
    """
    import typst

    for _ in range(REMEMBERED):
        typst.compile(b"", format="pdf", font_paths=_fonts(), ignore_system_fonts=True)


@cache
def _fonts() -> typst.Fonts:
    """The fonts, found once a process."""
    import typst

    from publisher.factsheets import fonts

    folders = sorted({str(path.parent) for path in fonts.files().values()})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
