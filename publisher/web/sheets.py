"""Fact sheets as files of a vintage: which there are, and one as a page."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Response, current_app, make_response, request

from publisher.factsheets import editions
from publisher.store import Home
from publisher.store.seal import is_whole
from publisher.store.vintage import kept
from publisher.web import fresh, ondemand
from publisher.web.context import Lmis, lmis
from publisher.web.names import AREA, Names
from publisher.web.shrink import shrink

_NAME = re.compile(r"[A-Za-z0-9_@$\-]+")  # an SDMX id: no separator, no dot
_INLINE = re.compile(rb"<(style|script)\b[^>]*>(.*?)</\1>", re.DOTALL)


@dataclass(frozen=True)
class Sheet:
    area: str
    name: str
    languages: tuple[str, ...]


def _folder(lmis: Lmis) -> Path:
    snapshot = lmis.snapshot()
    return Path(snapshot.folder) / "pages" / str(snapshot.number) / "factsheets"


def index(lmis: Lmis, names: Names) -> tuple[Sheet, ...]:
    """The areas that have a sheet in this vintage, in the order of their names."""
    found: dict[str, list[str]] = {}
    for path in sorted(_folder(lmis).glob("*.*.html")):
        area, language, _ = path.name.split(".")
        found.setdefault(area, []).append(language)
    sheets = (Sheet(area, names.code(AREA, area), tuple(tags)) for area, tags in found.items())
    return tuple(sorted(sheets, key=lambda sheet: sheet.name))


def find(lmis: Lmis, area: str, language: str) -> Path | None:
    """The file of the sheet, None when there is none in the language. Raises Damaged."""
    return stored(lmis, lmis.number(), area, language)


def stored(lmis: Lmis, number: int, area: str, language: str) -> Path | None:
    """The file of the sheet in a public vintage, None when its release did not make it. Raises Damaged."""
    pages = Path(lmis.settings.home) / "public" / "pages" / str(number)
    path = pages / "factsheets" / f"{area}.{language}.html"
    return path if _NAME.fullmatch(area) and is_whole(pages, path) else None


def response(path: Path, language: str) -> Response:
    """The sheet as its release made it."""
    return page(path.read_bytes(), language, fresh.cache_control(lmis()))


def made(lmis: Lmis, number: int, area: str, language: str) -> bytes | None:
    """The sheet made now, as of vintage `number`; None where there is none. No copy of the site has these."""
    if current_app.config.get("STORED_SHEETS_ONLY") or not _NAME.fullmatch(area):
        return None
    return ondemand.make(lmis.settings, number, area, language)


def standing(lmis: Lmis, number: int, area: str) -> int:
    """The vintage under which the sheet of `number` still stands: another one, where that is kept no more
    but its sheet is not changed since.
    """
    first = kept(Home(lmis.settings.home), lmis.number()).start
    if number >= first or not _NAME.fullmatch(area):
        return number
    folder = lmis.settings.home / "public" / "pages" / str(first) / "factsheets"
    edition = editions.read(folder, area)
    return first if edition and edition.vintage == number else number


def is_kept(lmis: Lmis, number: int, area: str, language: str) -> bool:
    """Whether vintage `number` is public and kept, and its release did not make this sheet."""
    if number not in kept(Home(lmis.settings.home), lmis.number()):
        return False
    folder = lmis.settings.home / "public" / "pages" / str(number) / "factsheets"
    return not (folder / f"{area}.{language}.html").is_file()


def page(content: bytes, language: str, cache: str) -> Response:
    """A sheet with a policy that allows exactly the style and script that stand in it."""
    answer = make_response(content)
    answer.content_type = "text/html; charset=utf-8"
    answer.headers["Content-Language"] = language
    answer.headers["Cache-Control"] = cache
    answer.headers["Content-Security-Policy"] = policy_of(content)
    shrink(answer)
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@lru_cache(maxsize=512)
def policy(path: Path, changed: int) -> str:
    """The policy of the page at `path`."""
    return policy_of(path.read_bytes())


def policy_of(page: bytes) -> str:
    """A content security policy by hashes (CSP 3, "hash-source")."""
    hashes: dict[bytes, list[str]] = {b"style": ["'self'"], b"script": ["'self'"]}
    for kind, content in _INLINE.findall(page):
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        if content and f"'sha256-{digest}'" not in hashes[kind]:
            hashes[kind].append(f"'sha256-{digest}'")
    return (
        f"default-src 'none'; style-src {' '.join(hashes[b'style'])};"
        f" script-src {' '.join(hashes[b'script'])};"
        " img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'self'"
    )
