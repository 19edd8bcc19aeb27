"""What the public can ask: for every route of the web, addresses that could tell something.

A route that is not here fails `test_every_route_has_a_probe`: whoever adds one says how it is asked.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

FLOWS, OFFICES = ("DF_JOBS", "DF_PAY"), ("alpha", "beta", "gamma")
SETS = ("alpha-df-jobs", "alpha-df-pay", "beta-df-jobs", "gamma-df-jobs")
# Releases that are public, that will be, and that never are.
RELEASES = ("alpha-1", "alpha-2", "beta-1", "gamma-1", "alpha-secret", "beta-secret", "nothing")
SDMX = (
    "v2/data/dataflow/DESK/{flow}/1.0.0/*?format=csvdata",
    "v2/data/dataflow/DESK/{flow}/1.0.0/*",
    "v2/data/dataflow/DESK/{flow}/1.0.0/A.AA?c[TIME_PERIOD]=ge:2000&format=csvdata",
    "v2/data/dataflow/DESK/{flow}/1.0.0/*?includeHistory=true",
    "v2/data/dataflow/DESK/{flow}/1.0.0/*?updatedAfter=2026-03-02T00:00:00Z&format=csvdata",
    "v2/data/dataflow/DESK/{flow}/1.0.0/*?asOf=2030-01-01T00:00:00Z",
    "v2/data/dataflow/DESK/{flow}/1.0.0/*?lastNObservations=1&limit=2",
    "v2/data/datastructure/DESK/DSD_DESK/1.0.0/*",
    "v2/data/provisionagreement/DESK/PA_ALPHA_{flow}/1.0.0/*",
    "v2/availability/dataflow/DESK/{flow}/1.0.0",
    "v2/schema/dataflow/DESK/{flow}/1.0.0",
    "v2/structure/dataflow/DESK/{flow}/1.0.0?references=all",
    "v2/structure/dataconstraint/DESK",
    "v2/structure/dataflow/DESK?detail=allcompletestubs&references=provisionagreement",
    "v1/dataflow/DESK?detail=allcompletestubs&references=parents",
    "v2/structure/*/*/*/*",
    "v2/registration/provider/DESK/ALPHA",
    "v2/registration/id/nothing",
    "v2/metadata/structure/dataflow/DESK/{flow}",
    "v1/data/{flow}",
    "v1/data/{flow}/A.AA?updatedAfter=2026-03-02T00:00:00Z",
    "v1/data/{flow}/A.ZZ",
    "v1/availableconstraint/{flow}",
    "v1/dataflow/all/all/latest?references=all",
    "v1/data/NOTHING",
)
ACTIONS = (
    "package_search?q=*:*&facet.field=[%22organization%22,%22tags%22]",
    "package_search?q=secret",
    "package_list",
    "package_autocomplete?q=al",
    "package_show?id=alpha-df-jobs",
    "package_show?id=gamma-df-jobs",
    "current_package_list_with_resources",
    "organization_list?all_fields=true",
    "organization_show?id=gamma",
    "group_list?all_fields=true",
    "tag_list",
    "resource_search?query=name:CSV",
    "status_show",
    "site_read",
    "nothing",
)
# endpoint → addresses
PROBES: Mapping[str, tuple[str, ...]] = {
    "sdmx": tuple(
        f"/sdmx/{p.format(flow=flow)}" for p in SDMX for flow in (FLOWS if "{flow}" in p else ("",))
    ),
    "actions.act": tuple(f"/api/{v}action/{a}" for v in ("3/", "") for a in ACTIONS),
    "health.healthz": ("/healthz", "/healthz?strict"),
    "files.favicon": ("/favicon.ico",),
    "files.static_file": ("/static/x/pages.css",),
    "files.vintage_file": (
        "/files/1/factsheets/AA.en.html",
        *(f"/files/{v}/{name}.csv" for v in range(1, 9) for name in SETS),
    ),
    "feeds.atom": ("/feed.atom",),
    "feeds.json": ("/feed.json",),
    "api.document": ("/openapi.json",),
    "api.page": ("/docs/api",),
    "api.gaps": ("/docs/gaps",),
    "api.conformance": ("/conformance",),
    "harvest.dataset": tuple(f"/dataset/{name}" for name in SETS),
    "harvest.described": tuple(f"/dataset/{name}.{e}" for name in SETS for e in ("ttl", "jsonld", "rdf")),
    "harvest.as_json": tuple(f"/dataset/{name}.{e}.json" for name in SETS for e in ("croissant", "datacite")),
    "harvest.package": tuple(f"/releases/{id}/{id}/datapackage.json" for id in RELEASES),
    "harvest.catalogue": ("/catalog",),
    "harvest.feed_of": tuple(f"/catalog.{e}" for e in ("ttl", "jsonld", "rdf")),
    "harvest.robots": ("/robots.txt",),
    "harvest.sitemap": ("/sitemap.xml",),
    "harvest.part": ("/sitemap-1.xml", "/sitemap-2.xml"),
    "calendar.page": ("/en/calendar", "/id/calendar"),
    "calendar.ics": ("/calendar.ics",),
    "calendar.atom": ("/calendar.atom",),
    "pages.unprefixed": ("/", "/dataset", "/nothing"),
    "pages.home": ("/en/", "/id/"),
    "pages.dataset_list": ("/en/dataset", "/en/dataset?q=secret", "/en/dataset?provider=gamma"),
    "pages.suggested": ("/en/suggest?q=secret", "/en/suggest?q=al", "/id/suggest?q=gam", "/en/suggest?q=df"),
    "pages.dataset": tuple(f"/en/dataset/{name}" for name in SETS),
    "pages.explore_list": ("/en/explore",),
    "pages.explorer": tuple(f"/en/explore/{flow}" for flow in FLOWS),
    "pages.labelled": tuple(f"/{lang}/explore/{flow}.csv" for flow in FLOWS for lang in ("en", "id")),
    "pages.drawn": tuple(f"/en/explore/{flow}.svg" for flow in FLOWS),
    "pages.embedded": tuple(f"/en/embed/{flow}" for flow in FLOWS),
    "pages.taken": tuple(f"/en/explore/{flow}.{e}" for flow in FLOWS for e in ("parquet", "xlsx")),
    "pages.organization_list": ("/en/organization",),
    "pages.organization": tuple(f"/en/organization/{name}" for name in OFFICES),
    "pages.group_list": ("/en/group",),
    "pages.group": ("/en/group/nothing",),
    "pages.releases": ("/en/releases",),
    "pages.release": tuple(f"/en/releases/{id}" for id in RELEASES),
    "pages.lineage": tuple(f"/en/releases/{id}/lineage" for id in RELEASES),
    "pages.origins": tuple(f"/releases/{id}/lineage/{name}.csv" for id in RELEASES for name in SETS),
    "pages.choose": ("/en/at?on=2026-03-02", "/en/at"),
    "pages.then": tuple(f"/en/at/{w}" for w in ("2026-03-02", "2026-03-04", "latest", "2030-01-01", "x")),
    "pages.sheet_then": ("/en/at/2026-03-02/factsheets/AA", "/en/at/2030-01-01/factsheets/AA"),
    "pages.file_then": tuple(f"/at/{w}/{name}.csv" for w in ("2026-03-04", "latest") for name in SETS),
    "pages.file_of": tuple(f"/releases/{id}/files/{name}.csv" for id in RELEASES for name in SETS),
    "pages.latest": ("/releases/latest", "/releases/latest?provider=gamma", "/releases/latest?dataset=x"),
    "pages.changes": tuple(f"/releases/{id}/{name}.csv" for id in RELEASES[:4] for name in SETS),
    "pages.factsheets": ("/en/factsheets",),
    "pages.factsheet": ("/en/factsheets/AA", "/km/factsheets/AA"),
    "pages.factsheet_pdf": ("/en/factsheets/AA.pdf", "/km/factsheets/AA.pdf"),
    "pages.edition_pdf": ("/files/1/factsheets/AA.en.pdf", "/files/9/factsheets/AA.en.pdf"),
    "pages.sheet_then_pdf": ("/en/at/2026-03-02/factsheets/AA.pdf", "/km/at/2030-01-01/factsheets/AA.pdf"),
    "pages.edition": ("/files/1/factsheets/AA.km.html", "/files/9/factsheets/AA.id.html"),
    "pages.report_list": ("/en/quality",),
    "pages.report": ("/en/quality/ALPHA",),
    "pages.docs": ("/en/docs",),
}
ALL = tuple(path for paths in PROBES.values() for path in paths)
HEADERS: tuple[Mapping[str, str], ...] = (
    {},
    {"Accept-Encoding": "gzip"},
    {"If-Modified-Since": "Mon, 02 Mar 2026 08:00:00 GMT"},
    {"Accept": "application/json", "Accept-Language": "id"},
)


@dataclass(frozen=True)
class Seen:
    """All that a reader gets."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def ask(app: Flask, path: str, method: str = "GET", headers: Mapping[str, str] = HEADERS[0]) -> Seen:
    """What the whole stack of `lmis serve` answers, without the network."""
    told: dict[str, object] = {}

    def start(status: str, sent: Iterable[tuple[str, str]], *_: object) -> None:
        told["status"] = status
        told["headers"] = tuple(sorted(header for header in sent if header[0] != "Date"))  # the clock

    address, _, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": address,
        "QUERY_STRING": query,
        "SERVER_NAME": "lmis.test",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    chunks = app.wsgi_app(environ, start)
    body = b"".join(bytes(chunk) for chunk in chunks)
    if hasattr(chunks, "close"):
        chunks.close()
    return Seen(str(told["status"]), told["headers"], body)  # type: ignore[arg-type]


def on_disk(home: Path) -> list[str]:
    """The names that the web's user can see: everything but what lies behind a closed folder."""
    found = []
    for path in sorted(home.rglob("*")):
        name = path.relative_to(home).as_posix()
        if not name.startswith("desk/"):
            found.append(name)
    return found
