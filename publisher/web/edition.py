"""A fact sheet's permanent address, in any of its languages."""

from __future__ import annotations

from flask import current_app, make_response, redirect
from werkzeug.wrappers import Response as AnyResponse

from publisher.web import sheets
from publisher.web.context import lmis
from publisher.web.files import FOREVER
from publisher.web.pages import bp


@bp.get("/files/<int:vintage>/factsheets/<area>.<language:tag>.html")
def edition(vintage: int, area: str, tag: str) -> AnyResponse:
    """The permanent address of a sheet; one that was not made at the release is made as of then."""
    if (stands := sheets.standing(lmis(), vintage, area)) != vintage:
        return redirect(f"/files/{stands}/factsheets/{area}.{tag}.html", 302)
    if sheets.is_kept(lmis(), vintage, area, tag) and (made := sheets.made(lmis(), vintage, area, tag)):
        return sheets.page(made, tag, FOREVER)
    stored = current_app.view_functions["files.vintage_file"]
    return make_response(stored(vintage=vintage, name=f"factsheets/{area}.{tag}.html"))
