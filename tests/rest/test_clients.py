"""Others' clients against the running service: sdmx1 and pysdmx find, decode and count the same."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
import sdmx
from flask import Flask
from pysdmx.api.dc.query import Operator, TextFilter
from pysdmx.api.qb import ApiVersion, DataContext, DataFormat, RestService, StructureQuery, StructureType
from pysdmx.api.qb import DataQuery as PysdmxQuery
from pysdmx.io import read_sdmx
from werkzeug.serving import make_server

from publisher.query import v2
from publisher.query.model import DataQuery
from publisher.settings import Settings
from publisher.store import Home, Snapshot, current, select
from publisher.structures.urns import Ref
from publisher.web import sdmx as blueprint

FLOW = Ref("dataflow", "LMIS", "DF_LF", "1.0.0")


class Lmis:
    """What the blueprint wants of the application."""

    def __init__(self, home: Home) -> None:
        self.home, self.settings = home, Settings(home=home.path)

    def snapshot(self) -> Snapshot:
        return current(self.home)


def application(home: Home) -> Flask:
    app = Flask("test", static_folder=None)
    app.extensions["lmis"] = Lmis(home)
    app.register_blueprint(blueprint.bp)
    return app


@pytest.fixture(scope="module")
def port(home: Home) -> Iterator[int]:
    server = make_server("127.0.0.1", 0, application(home), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def client(port: int) -> Iterator[sdmx.Client]:
    sdmx.add_source({"id": "LMIS", "name": "LMIS", "url": f"http://127.0.0.1:{port}/sdmx/v1"}, override=True)
    client = sdmx.Client("LMIS")
    yield client
    client.session.close()


def get(port: int, path: str, **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    """A plain request: the path goes out as it stands."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request(
            "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def test_sdmx1_lists_dataflows(client: sdmx.Client, snapshot: Snapshot) -> None:
    found = client.dataflow().dataflow
    assert set(found) == {flow.id for flow in snapshot.registry.find("dataflow")}
    assert found["DF_LF"].name.localizations["id"]


def test_sdmx1_reads_a_structure_with_its_references(client: sdmx.Client, snapshot: Snapshot) -> None:
    message = client.datastructure("DSD_LFS", params={"references": "children"})
    structure = message.structure["DSD_LFS"]
    definition = snapshot.registry.definition(FLOW)
    assert [d.id for d in structure.dimensions] == [d.id for d in definition.structure.dimensions]
    assert {"_T", "F", "M"} <= set(message.codelist["CL_SEX"].items)
    assert str(message.codelist["CL_SEX"]["F"].name.localizations["id"]) == "Perempuan"


def test_sdmx1_reads_data(client: sdmx.Client, snapshot: Snapshot) -> None:
    params = {"startPeriod": "2024-01", "endPeriod": "2025-06"}
    key = "M.MYS" + "." * 12
    message = client.data("DF_LF", key=key, params=params)
    query = v2.parse("data/dataflow/LMIS/DF_LF/1.0.0/M.MYS", "c[TIME_PERIOD]=ge:2024-01%2Ble:2025-06")
    assert isinstance(query, DataQuery)
    assert len(message.data[0]) == select(snapshot.cube(FLOW), query).count()
    assert sdmx.to_pandas(message).notna().any()


def test_sdmx1_builds_a_key_from_the_structure(client: sdmx.Client) -> None:
    message = client.data("DF_LF", key={"FREQ": "M", "REF_AREA": "MYS"}, params={"lastNObservations": 1})
    data = message.data[0]
    assert len(data.obs) == len(data.series) > 1
    assert {key.values["REF_AREA"].value for key in data.series} == {"MYS"}


@pytest.fixture(scope="module")
def service(port: int) -> RestService:
    return RestService(f"http://127.0.0.1:{port}/sdmx/v2", ApiVersion.V2_2_2)


def test_pysdmx_asks_for_structures(service: RestService, snapshot: Snapshot) -> None:
    query = StructureQuery(StructureType.DATAFLOW, "LMIS")
    message = read_sdmx(BytesIO(service.structure(query)))
    assert {flow.id for flow in message.get_dataflows()} == {f.id for f in snapshot.registry.find("dataflow")}


def test_pysdmx_asks_for_data(port: int, snapshot: Snapshot) -> None:
    service = RestService(f"http://127.0.0.1:{port}/sdmx/v2", ApiVersion.V2_2_2, DataFormat.SDMX_ML_3_0)
    wanted = TextFilter("SEX", Operator.EQUALS, "_T")
    asked = PysdmxQuery(DataContext.DATAFLOW, "LMIS", "DF_LF", "1.0.0", "M.MYS", wanted)
    (dataset,) = read_sdmx(BytesIO(service.data(asked)), validate=False).get_datasets()
    query = v2.parse("data/dataflow/LMIS/DF_LF/1.0.0/M.MYS", "c[SEX]=_T")
    assert isinstance(query, DataQuery)
    assert len(dataset.data) == select(snapshot.cube(FLOW), query).count()


RAW = [  # as it goes over the wire: what form decoding and path cleaning would spoil
    ("/sdmx/v2/data/dataflow/LMIS/DF_LF/+/M.*?c[TIME_PERIOD]=ge:2025-01+le:2025-02", 200),
    ("/sdmx/v2/data/dataflow/LMIS/DF_LF/%2B/M.%2A?c%5BTIME_PERIOD%5D=ge%3A2025-01%2Ble%3A2025-02", 200),
    ("/sdmx/v2/data/dataflow/LMIS/DF_LF?asOf=2025-09-01T00:00:00+08:00", 200),
    ("/sdmx/v1/data/DF_LF//MYS_DOSM", 200),
    ("/sdmx/v1/data/DF_LF/" + "." * 13, 200),
    ("/sdmx/v2/structure/dataflow/", 200),
    ("/sdmx/v2/data//", 200),
    ("/sdmx/v2", 400),
    ("/sdmx/v2/", 400),
    ("/sdmx", 400),
    ("/sdmx/", 400),
    ("/sdmx/v3/data", 400),
    ("/sdmx/v2/%ff", 400),
    ("/sdmx/v2/%zz", 400),
    ("/sdmx/v2/data/dataflow/../../x", 400),
    ("/sdmx/v2/data?limit=%00", 400),
]


@pytest.mark.parametrize(("path", "status"), RAW)
def test_over_the_wire(port: int, path: str, status: int) -> None:
    found, headers, body = get(port, path, Accept="application/xml")
    assert found == status, body[:300]
    assert headers["Content-Type"].startswith("application/vnd.sdmx.")
    assert "charset" not in headers["Content-Type"]
    assert b"<html" not in body.lower()


def test_validators_over_the_wire(port: int) -> None:
    path = "/sdmx/v2/data/dataflow/LMIS/DF_LF?format=csvdata"
    _, headers, body = get(port, path)
    status, again, empty = get(port, path, If_None_Match=headers["ETag"])
    assert (status, again["ETag"], empty) == (304, headers["ETag"], b"")
    assert "Content-Type" not in again
    _, _, packed = get(port, path, Accept_Encoding="gzip")
    assert gzip.decompress(packed) == body
    assert get(port, "/sdmx/v2/data/dataflow/LMIS/DF_LF/*/NIX")[0] == 204


def test_nothing_published_yet(tmp_path: Path) -> None:
    response = application(Home(tmp_path)).test_client().get("/sdmx/v2/structure/dataflow")
    assert response.status_code == 404
    assert response.content_type == "application/vnd.sdmx.structure+json;version=2.1.0"
