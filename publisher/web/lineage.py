"""Where each figure of a release stood in the office's own table: a page, and all of it as CSV."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.csv
from flask import Response
from werkzeug.exceptions import NotFound as NoPage

from publisher.release.lineage import of_release
from publisher.web.context import lmis
from publisher.web.dataset import Part
from publisher.web.pages import _release as released
from publisher.web.pages import bp, naming, show

SHOWN = 100  # figures of a dataset on the page; all are in the CSV


@dataclass(frozen=True)
class Origin:
    """The figures of one dataset, with their cells."""

    part: Part
    rows: tuple[dict[str, str], ...]
    count: int


@bp.get("/<language:lang>/releases/<id>/lineage")
def lineage(id: str) -> Response:
    """The first figures of each dataset of a release, beside the cells of the office that they came from."""
    found = released(id)
    tables = [(part, of_release(lmis().snapshot(), id, part.dataflow)) for part in found.flows.values()]
    origins = [
        Origin(part, tuple(table.slice(0, SHOWN).to_pylist()), table.num_rows)
        for part, table in tables
        if table.num_rows
    ]
    return show("lineage", "releases", names=naming(), release=found, origins=origins)


@bp.get("/releases/<id>/lineage/<dataset>.csv")
def origins(id: str, dataset: str) -> Response:
    """The same of one dataset, whole; never changes, as the release does not."""
    parts = [part for part in released(id).flows.values() if part.name == dataset]
    table = of_release(lmis().snapshot(), id, parts[0].dataflow) if parts else None
    if table is None or not table.num_rows:
        raise NoPage(f"Release {id} has no national table of {dataset}.")
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(table, sink, pyarrow.csv.WriteOptions(quoting_style="needed"))
    response = Response(bytes(sink.getvalue().to_pybytes()), content_type="text/csv;charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{id}-{dataset}-lineage.csv"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
