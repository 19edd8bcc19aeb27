"""What harvesters and search engines read: datasets and the catalogue as graphs, sitemaps, robots.txt.

Routes adapt only: the descriptions are made by `catalogue.dcat` from what the Action API tells anybody.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.wrappers import Response as AnyResponse

from catalogue.dcat import citation, schemaorg
from catalogue.dcat.described import Described, Service
from catalogue.errors import ActionError
from publisher.errors import NotFound
from publisher.release.resources import as_file
from publisher.web import explore, explorer, fresh, pages
from publisher.web.context import Lmis, lmis

bp = Blueprint("harvest", __name__)
ADDRESSES = 10_000  # in one part of the sitemap; the protocol allows 50,000
KEPT = 4  # pages of a feed that are kept in memory; a harvester reads each once
# media type → ending, best first: what `/dataset/<name>` and `/catalog` give to programs
NEGOTIATED = {
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdf",
}
_HTML = "text/html"
JSON = {"croissant.json": schemaorg.croissant, "datacite.json": citation.datacite}


# -- what is described --------------------------------------------------------------------------


def service(found: Lmis) -> Service:
    """The catalogue around the records, as it is in this vintage."""
    languages = found.languages

    def told(name: str) -> dict[str, str]:
        return {tag: words(name) for tag, words in languages.items() if name in words.strings}

    def code(concept: str, value: str) -> Mapping[str, str]:
        return _codes(found).get((concept, value), {})

    def member(kind: str, name: str) -> Mapping[str, Any]:
        return found.once(("member", kind, name), lambda: found.ask(f"{kind}_show", id=name))

    base = found.settings.base_url
    return Service(base, told("site.title"), told("site.description"), tuple(languages), member, code)


def _codes(found: Lmis) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """The names of all areas and units, whichever structure has them."""

    def make() -> Mapping[tuple[str, str], Mapping[str, str]]:
        registry = found.snapshot().registry
        names: dict[tuple[str, str], Mapping[str, str]] = {}
        for flow in registry.find("dataflow"):
            components = registry.definition(flow.ref).components
            for concept in ("REF_AREA", "UNIT_MEASURE"):
                resolved = components.get(concept)
                items = resolved.codes.items if resolved and resolved.codes else {}
                names |= {(concept, id): dict(item.name) for id, item in items.items()}
        return names

    return found.once(("names of codes",), make)


def within(record: Mapping[str, Any], language: str) -> dict[str, str]:
    """What the page of a dataset has of it: schema.org's JSON-LD, and how it is cited."""
    found = Described(record, service(lmis()))
    script = schemaorg.as_script(schemaorg.dataset(found, language))
    return {"structured": script, "cited": citation.text(found, language)}


# -- datasets -----------------------------------------------------------------------------------


@bp.get("/dataset/<name>")
def dataset(name: str) -> AnyResponse:
    """To the page, or to the description in the form that a program asks for."""
    return _negotiated(f"/dataset/{quote(name)}", lambda: pages.unprefixed(f"dataset/{name}"))


@bp.get("/dataset/<name>.<any(ttl, jsonld, rdf, xml):ending>")
def described(name: str, ending: str) -> Response:
    from catalogue.dcat import feed

    record = _record(name)
    made = feed.dataset(record, service(lmis()))
    return _answer(feed.written(made, ending), feed.FORMATS[ending][1])


@bp.get("/dataset/<name>.<any('croissant.json', 'datacite.json'):kind>")
def as_json(name: str, kind: str) -> Response:
    made = JSON[kind](Described(_record(name), service(lmis())))
    content = json.dumps(made, ensure_ascii=False, indent=1).encode()
    return _answer(content, "application/ld+json" if kind.startswith("croissant") else "application/json")


def _record(name: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = lmis().ask("package_show", id=name)
    except ActionError as exc:
        raise NoPage(exc.message or f"There is no dataset {name}.") from None
    return found


@bp.get("/releases/<id>/<package>/datapackage.json")
def package(id: str, package: str) -> Response:
    """The descriptor of a data package as it was delivered; never changes."""
    snapshot = lmis().snapshot()
    if id not in {manifest["id"] for manifest in snapshot.releases}:
        raise NoPage(f"There is no release {id}.")
    if package not in snapshot.manifest(id)["packages"]:
        raise NoPage(f"Release {id} has no package {package}.")
    try:
        path = snapshot.path("releases", id, "packages", package, "datapackage.json")
        content = as_file(json.loads(path.read_text(encoding="utf-8")))
    except (NotFound, OSError):
        raise NoPage(f"Release {id} has no package {package}.") from None
    return _answer(content, "application/json")


# -- the catalogue ------------------------------------------------------------------------------


@bp.get("/catalog")
def catalogue() -> AnyResponse:
    return _negotiated("/catalog", lambda: redirect("/dataset", 303))


@bp.get("/catalog.<any(ttl, jsonld, rdf, xml):ending>")
def feed_of(ending: str) -> Response:
    """A page of the catalogue; where the others are is in it, as Hydra tells it."""
    from catalogue.dcat import feed

    number = _page()

    def make() -> bytes:
        start = (number - 1) * feed.PAGE
        found = lmis().ask("package_search", rows=feed.PAGE, start=start, sort="name asc")
        if number > 1 and not found["results"]:
            raise NoPage(f"There is no page {number}: the catalogue has {found['count']} datasets.")
        instant = lmis().snapshot().instant.isoformat()
        made = feed.catalogue(found["results"], service(lmis()), instant)
        address = f"{lmis().settings.base_url}/catalog.{ending}"
        return feed.written(feed.paged(made, address, found["count"], number), ending)

    content = lmis().once(("feed", ending, str(number)), make) if number <= KEPT else make()
    return _answer(content, feed.FORMATS[ending][1])


def _page() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text)):
        abort(400, f"page={text[:40]!r} is no number of a page; pages are counted from 1.")
    return int(text)


def _negotiated(path: str, page: Callable[[], AnyResponse]) -> AnyResponse:
    wanted = request.accept_mimetypes.best_match([_HTML, *NEGOTIATED], default=_HTML)
    response = page() if wanted == _HTML else redirect(f"{path}.{NEGOTIATED[wanted]}", 303)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def _answer(content: bytes, content_type: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = f"{content_type};charset=utf-8"
    response.headers["Cache-Control"] = fresh.cache_control(lmis())
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.add_etag()
    response.make_conditional(request)
    return response


# -- search engines -----------------------------------------------------------------------------


@bp.get("/robots.txt")
def robots() -> Response:
    """Pages may be visited, queries need not: each of their answers is under many addresses.

    Of the explorer the first view of each dataflow may be, with its brackets written either way: of two rules
    the longer one counts (RFC 9309).
    """
    flows = explorer.explorable() if lmis().number() else []
    shown = [explore.default(flow).page(tag) for flow in flows for tag in lmis().languages]
    first = [way for path in shown for way in (path, path.replace("[", "%5B").replace("]", "%5D"))]
    closed = ("/sdmx/", "/api/", "/*/explore/", "/*?")
    rules = ["User-agent: *", *(f"Allow: {path}" for path in ("/catalog.", *first))]
    rules += [*(f"Disallow: {path}" for path in closed), ""]
    text = "\n".join([*rules, f"Sitemap: {lmis().settings.base_url}/sitemap.xml", ""])
    return _answer(text.encode(), "text/plain")


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """The parts of the sitemap."""
    count = -(-len(_addresses()) // ADDRESSES)
    return _xml("sitemap-index.xml", parts=range(1, count + 1))


@bp.get("/sitemap-<int:number>.xml")
def part(number: int) -> Response:
    some = _addresses()[(number - 1) * ADDRESSES : number * ADDRESSES] if number > 0 else []
    if not some:
        raise NoPage(f"There is no part {number} of the sitemap.")
    return _xml("sitemap.xml", addresses=some)


def _xml(template: str, **values: Any) -> Response:
    text = render_template(template, base=lmis().settings.base_url, languages=lmis().languages, **values)
    return _answer(text.encode(), "application/xml")


def _addresses() -> list[tuple[str, str]]:
    """Each page that does not depend on a query, without its language, and when it was changed."""

    def make() -> list[tuple[str, str]]:
        instant = lmis().snapshot().instant.date().isoformat()
        found = [(path, instant) for path in ("/", "/dataset", "/group", "/organization", "/factsheets")]
        for kind in ("group", "organization"):
            found += [(f"/{kind}/{r['name']}", instant) for r in lmis().members(kind) if r["package_count"]]
        start = 0
        while page := lmis().ask("package_search", rows=1000, start=start, sort="name asc")["results"]:
            found += [(f"/dataset/{r['name']}", r["metadata_modified"][:10]) for r in page]
            start += len(page)
        return found

    return lmis().once(("addresses",), make)
