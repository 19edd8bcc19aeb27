"""Headers, files, errors and tokens: what holds for every answer."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue.actions import token_hash
from publisher.settings import Settings, load
from publisher.web.app import HEADERS, create_app
from publisher.web.context import TOKEN_FILE


@pytest.mark.parametrize(
    "path", ["/en/", "/healthz", "/api/3/action/site_read", "/files/3/nope", "/xx/", "/static/0/x"]
)
def test_every_answer_has_the_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_a_sheets_policy_allows_its_own_style_by_hash(client: FlaskClient) -> None:
    policy = client.get("/en/factsheets/MYS").headers["Content-Security-Policy"]
    digest = base64.b64encode(hashlib.sha256(b"p{color:red}").digest()).decode()
    assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_a_large_sheet_is_compressed(demo_home: Path) -> None:
    client = create_app(load(demo_home, environ={})).test_client()
    whole = client.get("/en/factsheets/IDN")
    packed = client.get("/en/factsheets/IDN", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == whole.data
    assert len(packed.data) < 60_000
    assert packed.headers["ETag"] != whole.headers["ETag"]


def test_pages_are_revalidated(client: FlaskClient) -> None:
    first = client.get("/en/dataset")
    again = client.get("/en/dataset", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_static_files_are_kept_for_ever_under_their_hash(client: FlaskClient) -> None:
    from lxml import html

    address = html.document_fromstring(client.get("/en/").text).xpath("//link[@rel='stylesheet']/@href")[0]
    response = client.get(address)
    assert (response.status_code, response.mimetype) == (200, "text/css")
    assert "immutable" in response.headers["Cache-Control"]
    assert client.get(address.replace(address.split("/")[2], "0" * 16)).status_code == 404
    script = client.get("/en/").text.partition('<script src="')[2].partition('"')[0]
    assert len(client.get(script).data) <= 4096


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/files/3/mys-dosm-df-une.csv", 200),
        ("/files/3/factsheets/MYS.en.html", 200),
        ("/files/4/mys-dosm-df-une.csv", 404),
        ("/files/2/mys-dosm-df-une.csv", 404),
        ("/files/3/nope.csv", 404),
        ("/files/3/../secret.txt", 404),
        ("/files/3/..%2fsecret.txt", 404),
        ("/files/3/%2e%2e/secret.txt", 404),
        ("/files/3/factsheets/../secret.txt", 404),
        ("/files/3//etc/passwd", 404),
        ("/files/3/..\\secret.txt", 404),
        ("/static/x/../../app.py", 404),
    ],
)
def test_files_only_from_their_folder(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code in (status, 308)
    assert b"root:" not in response.data
    assert response.data != b"no"


def test_a_file_can_be_fetched_in_parts(client: FlaskClient) -> None:
    response = client.get("/files/3/mys-dosm-df-une.csv", headers={"Range": "bytes=0-2"})
    assert (response.status_code, response.data) == (206, b"A,B")


@pytest.mark.parametrize(
    ("method", "path", "status", "media"),
    [
        ("GET", "/en/nope", 404, "text/html"),
        ("GET", "/api/nope", 404, "application/json"),
        ("DELETE", "/api/3/action/site_read", 405, "application/json"),
        ("POST", "/en/", 405, "text/html"),
        ("GET", "/files/3/nope", 404, "text/plain"),
        ("GET", "/boom", 500, "text/html"),
        ("GET", "/api/boom", 500, "application/json"),
    ],
)
def test_an_error_has_the_form_that_its_reader_can_read(
    settings: Settings, make: Callable[[Settings], Flask], method: str, path: str, status: int, media: str
) -> None:
    app = make(settings)
    for address in ("/boom", "/api/boom"):
        app.add_url_rule(address, address, lambda: 1 / 0)
    response = app.test_client().open(path, method=method)
    assert (response.status_code, response.mimetype) == (status, media)
    assert "Traceback" not in response.text
    assert "ZeroDivision" not in response.text


def test_writing_over_http_needs_the_token(make: Callable[[Settings], Flask], tmp_path: Path) -> None:
    (tmp_path / TOKEN_FILE).write_text(token_hash("right") + "\n", encoding="ascii")
    client = make(Settings(home=tmp_path)).test_client()
    for token, status in (("", 403), ("wrong", 403), ("right", 200)):
        response = client.post(
            "/api/3/action/organization_create", json={"name": "x1"}, headers={"Authorization": token}
        )
        assert response.status_code == status


def test_without_a_token_file_nobody_writes(app: Flask) -> None:
    for token in ("", "x", token_hash("")):
        response = app.test_client().post(
            "/api/3/action/organization_create", json={"name": "x1"}, headers={"Authorization": token}
        )
        assert response.status_code == 403


@pytest.mark.parametrize("path", ["/sdmx/v2/structure/dataflow", "/sdmx/v1/dataflow"])
def test_the_sdmx_service_is_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(("host", "status"), [("lmis.test", 200), ("evil.test", 400)])
def test_only_trusted_hosts_are_answered(
    settings: Settings, make: Callable[[Settings], Flask], host: str, status: int
) -> None:
    app = make(replace(settings, trusted_hosts="lmis.test, other.test"))
    assert app.test_client().get("/en/", headers={"Host": host}).status_code == status


def test_what_is_wrong_on_our_side_is_in_the_log_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    record = tmp_path / "public" / "vintages" / "000001.json"  # and nothing points to it
    record.parent.mkdir(parents=True)
    record.write_text("{}", encoding="utf-8")
    client = create_app(load(tmp_path, environ={})).test_client()
    response = client.get("/sdmx/v2/data/dataflow/LMIS/DF_UNE/1.0.0/*")
    assert response.status_code == 503
    assert "vintages" not in response.text
    assert "there are vintages" in caplog.text
