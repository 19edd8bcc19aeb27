"""The explorer's addresses: the page, what is taken away from it, and what others show on theirs."""

from __future__ import annotations

from urllib.parse import unquote

from flask import Response, current_app, make_response, redirect, render_template, request, send_file
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.wrappers import Response as AnyResponse

from publisher.factsheets.charts import picture
from publisher.rest import Request
from publisher.structures.model import Dataflow
from publisher.web import explore, fresh
from publisher.web.context import POLICY, lmis
from publisher.web.explore import Address
from publisher.web.pages import bp, naming, show, wording
from publisher.web.sdmx import kept, logged

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "svg": "image/svg+xml",
    "png": "image/png",
}
LABELLED = "application/vnd.sdmx.data+csv;version=2.0.0;labels=both"


@bp.get("/<language:lang>/explore")
def explore_list() -> Response:
    return show("explore-list", "explore", names=naming(), dataflows=explorable())


@bp.get("/<language:lang>/explore/<id>")
def explorer(id: str) -> AnyResponse:
    """A dataflow as filters, table and chart. What forms send becomes the SDMX query that the address is."""
    dataflow = _dataflow(id)
    query = request.query_string.decode("ascii", "replace")
    written = Address.read(dataflow.ref, query)
    tidy = written.tidy() if written.parameters else explore.default(dataflow)
    if unquote(tidy.text) != unquote(query):
        return redirect(tidy.page(wording().language), 303)
    view = explore.build(lmis(), naming(), dataflow, tidy)
    response = show("explore", "explore", names=naming(), view=view)
    response.status_code = 400 if view.problem else response.status_code
    return response


@bp.get("/<language:lang>/explore/<id>.<any(xlsx,parquet):ending>")
def taken(id: str, ending: str) -> Response:
    """The workbook or Parquet file of what the page at the same address shows."""
    dataflow = _dataflow(id)
    asked = explore.asked(lmis(), naming(), dataflow, _address(dataflow))
    file = explore.WRITERS[ending](asked)
    response = send_file(
        file, mimetype=TYPES[ending], as_attachment=True, download_name=f"{dataflow.id}.{ending}"
    )
    response.call_on_close(file.close)
    response.headers["Cache-Control"] = fresh.cache_control(lmis())
    return response


@bp.get("/<language:lang>/explore/<id>.csv")
def labelled(id: str) -> Response:
    """What the page at the same address shows as SDMX-CSV with codes and names, in the page's language."""
    dataflow = _dataflow(id)
    asked = explore.asked(lmis(), naming(), dataflow, _address(dataflow))
    path, _, query = asked.address.sdmx().removeprefix("/sdmx/v2/").partition("?")
    headers = {"accept": LABELLED, "accept-language": wording().language}
    asked_for = Request("v2", path, query, headers)
    answer = logged(asked_for, kept(current_app)(lmis().snapshot(), asked_for))
    response = Response(answer.chunks, answer.status, content_type=LABELLED)
    response.headers["Content-Language"] = wording().language
    response.headers["Content-Disposition"] = f'attachment; filename="{dataflow.id}.csv"'
    response.headers["Cache-Control"] = fresh.cache_control(lmis())
    return response


@bp.get("/<language:lang>/explore/<id>.<any(svg,png):ending>")
def drawn(id: str, ending: str) -> Response:
    """The chart alone, as a picture that says what it shows and where it is from."""
    view = explore.build(lmis(), naming(), _dataflow(id), _address(_dataflow(id)))
    if view.chart is None:
        raise NoPage(view.problem or wording()("explore.no-chart"))
    svg = render_template("pages/chart.svg", view=view)
    response = make_response(picture(svg) if ending == "png" else svg)
    response.content_type = TYPES[ending] + ("; charset=utf-8" if ending == "svg" else "")
    response.headers["Content-Disposition"] = f'inline; filename="{id}.{ending}"'
    response.headers["Cache-Control"] = fresh.cache_control(lmis())
    return response


@bp.get("/<language:lang>/embed/<id>")
def embedded(id: str) -> Response:
    """Chart and source for a frame on anybody's page: no script, no cookie."""
    view = explore.build(lmis(), naming(), _dataflow(id), _address(_dataflow(id)))
    response = show("embed", view=view)
    response.status_code = 400 if view.problem else response.status_code
    response.headers["Content-Security-Policy"] = POLICY.replace(
        "frame-ancestors 'self'", "frame-ancestors *"
    )
    return response


def _address(dataflow: Dataflow) -> Address:
    """The address asked for; without parameters the dataflow's first view."""
    written = Address.read(dataflow.ref, request.query_string.decode("ascii", "replace"))
    return written.tidy() if written.parameters else explore.default(dataflow)


def _dataflow(id: str) -> Dataflow:
    flows = {flow.id: flow for flow in explorable()}
    if id not in flows:
        raise NoPage(f"There is no dataflow {id} with data; there are {', '.join(flows)}.")
    return flows[id]


def explorable() -> list[Dataflow]:
    """The dataflows with data, by their order in the structures."""
    snapshot = lmis().snapshot()
    there = set(snapshot.record["cubes"])
    flows = (flow for flow in snapshot.registry.find("dataflow") if flow.ref.short in there)
    return [flow for flow in flows if isinstance(flow, Dataflow)]
