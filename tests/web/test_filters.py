"""What the explorer's filters grey out: every dimension of every dataflow, beside the observations themselves
and beside the service's own answer about availability."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest
from flask.testing import FlaskClient
from lxml import html as parser

from publisher.folders import folder
from publisher.settings import load
from publisher.structures.model import Dataflow
from publisher.structures.registry import Registry
from publisher.web.app import create_app
from publisher.web.explore.address import LAST, Address, default

pytestmark = pytest.mark.slow

FLOWS = [flow for flow in Registry.load(folder("dsd")).find("dataflow") if isinstance(flow, Dataflow)]
CHOICES = 8  # of each dataflow, beside the one that is shown first


@pytest.fixture(scope="module")
def demo(demo_home: Path) -> FlaskClient:
    return create_app(load(demo_home, environ={})).test_client()


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.ref.id)
def test_what_is_greyed_out_has_no_data(demo: FlaskClient, flow: Dataflow) -> None:
    if demo.get(f"/en/explore/{flow.ref.id}").status_code == 404:
        pytest.skip("the demo has no data of it")
    path = f"dataflow/{flow.ref.agency}/{flow.ref.id}/{flow.ref.version}/*"
    whole = _table(demo.get(f"/sdmx/v2/data/{path}?format=csvdata").data)
    for address in (default(flow), *_choices(whole, flow)):
        shown = _shown(demo, address)
        assert shown
        told = _told(demo, f"/sdmx/v2/availability/{path}/*?mode=available&{address.having(LAST, None).text}")
        for dimension, codes in shown.items():
            assert codes == _there(whole, address, dimension), (address.text, dimension)
            assert codes == told.get(dimension, set()), (address.text, dimension)


def _table(written: bytes) -> pa.Table:
    header = written.partition(b"\n")[0].decode().strip().split(",")
    texts = pa.csv.ConvertOptions(column_types={name: pa.string() for name in header})
    return pa.csv.read_csv(io.BytesIO(written), convert_options=texts)


def _choices(whole: pa.Table, flow: Dataflow) -> Iterator[Address]:
    """Codes of observations, of one or of several: some combinations have data, some have not."""
    turn = random.Random(flow.ref.id)
    dimensions = whole.column_names[3 : whole.column_names.index("TIME_PERIOD")]
    for _ in range(CHOICES):
        chosen = Address(flow.ref, {"lastNObservations": "1"})
        for dimension in turn.sample(dimensions, 3):
            rows = turn.sample(range(whole.num_rows), turn.choice((1, 2)))
            codes = sorted({whole.column(dimension)[row].as_py() for row in rows})
            chosen = chosen.choosing(dimension, codes)
        yield chosen


def _told(client: FlaskClient, path: str) -> Mapping[str, set[str]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    (constraint,) = json.loads(answer.text)["data"]["availabilityConstraints"]
    parts = constraint.get("cubeRegion", {}).get("keyValues", ())
    return {part["id"]: {value["value"] for value in part["values"]} for part in parts if "values" in part}


def _there(whole: pa.Table, address: Address, dimension: str) -> set[str]:
    """The obvious way: the codes of the observations that the other choices leave."""
    found = whole
    for name in whole.column_names:
        if name != dimension and (codes := address.codes(name)):
            found = found.filter(pc.is_in(found.column(name), pa.array(codes)))
    return set(pc.unique(found.column(dimension)).to_pylist())


def _shown(client: FlaskClient, address: Address) -> Mapping[str, set[str]]:
    """Dimension → the codes that are not greyed out, of each filter on the page."""
    page = parser.document_fromstring(client.get(address.page("en")).text)
    found: dict[str, set[str]] = {}
    for box in page.xpath("//form//input[@type='checkbox']"):
        codes = found.setdefault(box.get("name")[2:-1], set())
        if "gone" not in (box.xpath("ancestor::li/@class") or [""]):
            codes.add(box.get("value"))
    return found
