"""Fact sheets as PDF: printed when asked for, from the page that readers of HTML get: the same bytes."""

from __future__ import annotations

import zlib
from functools import lru_cache
from threading import Lock

from flask import abort, current_app, g, make_response, redirect, request
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.wrappers import Response as AnyResponse

from publisher.errors import UsageError
from publisher.factsheets import pdf
from publisher.settings import Settings
from publisher.store import Home
from publisher.store.vintage import kept
from publisher.web import fresh, sheets
from publisher.web.context import lmis
from publisher.web.files import FOREVER
from publisher.web.pages import bp, wording

_KEPT = 64  # some 120 KB each
_lock = Lock()  # one at a time: a sheet takes half a second to a second of one core


@bp.get("/<language:lang>/factsheets/<area>.pdf")
def factsheet_pdf(area: str) -> AnyResponse:
    """The sheet of now."""
    language = g.get("sheet_language") or wording().language
    return _printed(lmis().number(), area, language, fresh.cache_control(lmis()))


@bp.get("/files/<int:vintage>/factsheets/<area>.<language:tag>.pdf")
def edition_pdf(vintage: int, area: str, tag: str) -> AnyResponse:
    """The permanent address."""
    if (stands := sheets.standing(lmis(), vintage, area)) != vintage:
        return redirect(f"/files/{stands}/factsheets/{area}.{tag}.pdf", 302)
    if vintage > lmis().number():
        abort(404, f"There is no public vintage {vintage}.")
    if vintage not in kept(Home(lmis().settings.home), lmis().number()):
        abort(410, f"What was public in vintage {vintage} is not kept any more.")
    return _printed(vintage, area, tag, FOREVER)


def _printed(vintage: int, area: str, tag: str, cache: str) -> AnyResponse:
    html = _page(vintage, area, tag)
    if html is None:
        raise NoPage(f"There is no fact sheet for {area} in {tag!r}.")
    settings = lmis().settings
    try:
        with _lock:
            content = _made(settings, zlib.compress(html, 1))
    except UsageError as error:
        abort(501, str(error))
    response = make_response(content)
    response.content_type = "application/pdf"
    response.headers["Content-Language"] = tag
    response.headers["Content-Disposition"] = f'inline; filename="{area}.{tag}.pdf"'
    response.headers["Cache-Control"] = cache
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    response.make_conditional(request)
    return response


def _page(vintage: int, area: str, tag: str) -> bytes | None:
    """The page of the sheet in a public vintage; None where there is none. No copy of the site has PDF."""
    if current_app.config.get("STORED_SHEETS_ONLY"):
        return None
    if path := sheets.stored(lmis(), vintage, area, tag):
        return path.read_bytes()
    return sheets.made(lmis(), vintage, area, tag)


@lru_cache(maxsize=_KEPT)
def _made(settings: Settings, page: bytes) -> bytes:
    return pdf.write(settings, zlib.decompress(page).decode("utf-8"))
