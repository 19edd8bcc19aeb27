"""The pages for people, `/{language}/…`; without the prefix the browser's language decides.

Routes adapt only: what a page shows is built in `home`, `listing` and `dataset`, how it looks is in the
templates.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response as AnyResponse

from catalogue.errors import ActionError
from publisher.errors import LmisError
from publisher.structures.model import MetadataSet
from publisher.web import dataset as datasets
from publisher.web import fresh, listing, ondemand, quality, sheets
from publisher.web import home as homes
from publisher.web import release as revisions
from publisher.web.context import lmis
from publisher.web.names import Names, extras, listed
from publisher.web.shrink import shrink
from publisher.web.words import DEFAULT, Words

bp = Blueprint("pages", __name__)


class Language(BaseConverter):
    """A language tag of BCP 47, so that a page's name is never taken for one."""

    regex = r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"


MENU = {
    "data": "/dataset",
    "explore": "/explore",
    "topics": "/group",
    "providers": "/organization",
    "factsheets": "/factsheets",
    "releases": "/releases",
    "calendar": "/calendar",
    "docs": "/docs",
}
# their addresses may be in any language of the sheets
SHEETS = frozenset(f"pages.{name}" for name in ("factsheet", "factsheet_pdf", "sheet_then", "sheet_then_pdf"))
SECTIONS = frozenset((*(path[1:] for path in MENU.values()), "quality", "at"))


# -- language -----------------------------------------------------------------------------------


@bp.url_value_preprocessor
def _language(endpoint: str | None, values: dict[str, Any] | None) -> None:
    tag = (values or {}).pop("lang", None)
    if tag is not None:
        if endpoint in SHEETS and tag in ondemand.known(lmis().settings):
            g.sheet_language = tag
            tag = tag if tag in lmis().languages else DEFAULT
        if tag not in lmis().languages:
            known = ", ".join(lmis().languages)
            abort(404, f"There are no pages in {tag!r}; languages: {known}.")
        g.lang = tag


def wording() -> Words:
    return lmis().languages[g.get("lang") or preferred()]


def naming() -> Names:
    return Names(wording(), lmis().snapshot().registry)


def preferred() -> str:
    """The language that the browser asks for, as far as there are pages in it.

    Lookup as RFC 4647: `id-ID` falls back to `id` before the next one that is asked for.
    """
    for tag, weight in request.accept_languages:
        while tag and weight > 0:
            if tag.lower() in lmis().languages:
                return tag.lower()
            tag = tag.rpartition("-")[0]
    return DEFAULT


def context() -> dict[str, Any]:
    """What every template may use."""
    words = wording()
    found = {
        "t": words,
        "words": words,
        "lang": words.language,
        "languages": lmis().languages,
        "menu": tuple(MENU.items()),
        "here": lambda path: f"/{words.language}{path}",
        "vintage": lmis().number(),
        "base_url": lmis().settings.base_url,
        "extras": extras,
        "listed": listed,
    }
    if "lang" in g:
        rest = request.full_path.removeprefix(f"/{g.lang}").removesuffix("?")
        found["alternate"] = lambda tag: f"/{tag}{rest}"
    return found


def web(address: object) -> str:
    """The address of a link that came from outside; `#` unless it is one of the web's (no `javascript:`)."""
    text = str(address)
    return text if text.startswith(("https://", "http://", "/")) else "#"


@bp.get("/")
@bp.get("/<path:rest>")
def unprefixed(rest: str = "") -> AnyResponse:
    """To the same page in the language that the browser asks for."""
    if rest and rest.split("/")[0] not in SECTIONS:
        known = ", ".join(f"/{tag}/" for tag in lmis().languages)
        hint = "" if rest.split("/")[0] in lmis().languages else f" Pages begin with their language: {known}"
        abort(404, f"There is no page /{rest}.{hint}")
    query = request.query_string.decode("ascii", "replace")
    response = redirect(f"/{preferred()}/{quote(rest)}" + (f"?{query}" if query else ""), 302)
    response.headers["Vary"] = "Accept-Language"
    return response


# -- pages --------------------------------------------------------------------------------------


def show(template: str, section: str = "", **values: Any) -> Response:
    response = make_response(render_template(f"pages/{template}.html", section=section, **values))
    response.headers["Content-Language"] = wording().language
    response.headers["Cache-Control"] = fresh.cache_control(lmis())
    shrink(response)
    response.add_etag()
    response.make_conditional(request)
    return response


_KINDS = {"package_show": "dataset", "organization_show": "organization", "group_show": "group"}


def _asked(action: str, name: str) -> Any:
    try:
        return lmis().ask(action, id=name)
    except ActionError as exc:
        kind = _KINDS[action]
        raise NoPage(
            exc.message or f"There is no {kind} {name}; /{wording().language}/{kind} lists them."
        ) from None


@bp.get("/<language:lang>/")
def home() -> Response:
    return show("home", **homes.build(lmis(), naming()))


@bp.get("/<language:lang>/dataset")
def dataset_list() -> Response:
    names = naming()
    found = listing.build(lmis(), names, request.args)
    return show("datasets", "data", listing=found, names=names)


@bp.get("/<language:lang>/dataset/<name>")
def dataset(name: str) -> Response:
    from publisher.web import harvest

    record, names = _asked("package_show", name), naming()
    view = datasets.build(lmis(), names, record)
    told = harvest.within(record, wording().language)
    return show("dataset", "data", names=names, record=record, view=view, **told)


@bp.get("/<language:lang>/organization")
def organization_list() -> Response:
    return _members("organization", "providers")


@bp.get("/<language:lang>/group")
def group_list() -> Response:
    return _members("group", "topics")


def _members(kind: str, section: str) -> Response:
    records = lmis().members(kind, include_extras=True)
    shown = [r for r in records if r["package_count"]]
    return show("members", section, kind=kind, records=shown, names=naming())


@bp.get("/<language:lang>/organization/<name>")
def organization(name: str) -> Response:
    return _member("organization", "providers", name, {"provider": name})


@bp.get("/<language:lang>/group/<name>")
def group(name: str) -> Response:
    return _member("group", "topics", name, {"topic": name})


def _member(kind: str, section: str, name: str, fixed: dict[str, str]) -> Response:
    record, names = _asked(f"{kind}_show", name), naming()
    found = listing.build(lmis(), names, request.args, fixed)
    reports = quality.on_provider(names.registry, name) if kind == "organization" else ()
    return show("member", section, kind=kind, record=record, names=names, listing=found, reports=reports)


@bp.get("/<language:lang>/releases")
def releases() -> Response:
    return show("releases", "releases", names=naming(), releases=datasets.every_release(lmis()))


@bp.get("/<language:lang>/releases/<id>")
def release(id: str) -> Response:
    """What one release changed."""
    found, names = _release(id), naming()
    return show(
        "release", "releases", names=names, release=found, revisions=revisions.build(lmis(), names, found)
    )


@bp.get("/releases/<id>/<dataset>.csv")
def changes(id: str, dataset: str) -> Response:
    """Every change of a release in one dataset, as CSV; never changes, as the release does not."""
    parts = [part for part in _release(id).flows.values() if part.name == dataset]
    if not parts:
        raise NoPage(f"Release {id} has no dataset {dataset}.")
    response = Response(
        revisions.as_csv(lmis(), id, parts[0].dataflow), content_type="text/csv;charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{id}-{dataset}-changes.csv"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _release(id: str) -> datasets.Release:
    for found in datasets.every_release(lmis()):
        if found.id == id:
            return found
    raise NoPage(f"There is no release {id}.")


@bp.get("/<language:lang>/factsheets")
def factsheets() -> Response:
    spoken = ondemand.names(lmis().settings)
    return show("factsheets", "factsheets", sheets=sheets.index(lmis(), naming()), spoken=spoken)


@bp.get("/<language:lang>/factsheets/<area>")
def factsheet(area: str) -> Response:
    """The sheet as it was made for this vintage, or as it is made now for it: the same bytes."""
    language = g.get("sheet_language") or wording().language
    found = sheets.find(lmis(), area, language)
    if found is None and (made := sheets.made(lmis(), lmis().number(), area, language)):
        return sheets.page(made, language, fresh.cache_control(lmis()))
    if found is None:
        others = [tag for tag in lmis().languages if sheets.find(lmis(), area, tag)]
        if not others:
            raise NoPage(f"There is no fact sheet for {area}.")
        response = show(
            "no-factsheet", "factsheets", area=naming().code("REF_AREA", area), code=area, others=others
        )
        response.status_code = 404
        return response
    return sheets.response(found, language)


@bp.get("/<language:lang>/quality")
def report_list() -> Response:
    return _reports(quality.find(naming().registry))


@bp.get("/<language:lang>/quality/<id>")
def report(id: str) -> Response:
    """A quality report; where several providers use one id, `?provider=` tells whose."""
    names = naming()
    found = quality.find(names.registry, id, request.args.get("provider", "*"))
    if not found:
        raise NoPage(f"There is no quality report {id}.")
    if len(found) > 1:
        return _reports(found)
    return show("quality", "providers", view=quality.build(lmis(), names, found[0]))


def _reports(found: tuple[MetadataSet, ...]) -> Response:
    names = naming()
    listed = [(each, quality.provider_name(names.registry, each, names)) for each in found]
    return show("quality-list", "providers", reports=listed)


@bp.get("/<language:lang>/docs")
def docs() -> Response:
    return show("docs", "docs", **datasets.example(lmis()))


# -- errors -------------------------------------------------------------------------------------


def error(status: int, name: str, message: str) -> Response:
    """A page that says what is wrong and where to go on; plain text when even that cannot be made."""
    try:
        words = wording()
        page = render_template(
            "pages/error.html", status=status, name=name, message=message, now=datetime.now
        )
    except (LmisError, ActionError, OSError):
        return Response(f"{status} {name}\n{message}\n", status, content_type="text/plain;charset=utf-8")
    response = Response(page, status, content_type="text/html;charset=utf-8")
    response.headers["Content-Language"] = words.language
    return response
