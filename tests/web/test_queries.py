"""The queries on a dataset's page, run as they are printed, against the running service."""

from __future__ import annotations

import io
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import pytest
from flask import Flask
from lxml import html
from werkzeug.serving import make_server

from publisher.settings import load
from publisher.web.app import create_app
from publisher.web.snippets import WAYS


@pytest.fixture(scope="module")
def queries(app: Flask) -> Iterator[dict[str, str]]:
    """The code blocks of the page, with the address of the running server in the place of the public one."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    page = html.document_fromstring(app.test_client().get("/en/dataset/mys-dosm-df-une").text)
    address = f"http://127.0.0.1:{server.server_port}"
    blocks = [block.text_content().replace("http://lmis.test", address) for block in page.xpath("//pre/code")]
    yield dict(zip(WAYS, blocks, strict=True))
    server.shutdown()
    thread.join()
    server.server_close()


def run(code: str) -> Any:
    names: dict[str, Any] = {}
    exec(code, names)
    return names["data"]


def test_curl(queries: dict[str, str]) -> None:
    if not shutil.which("curl") or not shutil.which("sh"):
        pytest.skip("no curl, or no shell that takes its line")
    done = subprocess.run(
        ["sh", "-c", queries["curl"]], capture_output=True, check=True, text=True, timeout=60
    )
    assert list(pd.read_csv(io.StringIO(done.stdout))["TIME_PERIOD"]) == [2022, 2023, 2024]


def test_pandas(queries: dict[str, str]) -> None:
    assert run(queries["pandas"])["OBS_VALUE"].tolist()[:2] == [3.8, 1234.5]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # inside sdmx1 and its dependencies
def test_sdmx1(queries: dict[str, str]) -> None:
    data = run(queries["python"])
    assert data.dropna().tolist() == [3.8, 1234.5]


def test_a_resource_is_what_its_record_says(demo_home: Path) -> None:
    """The media type with its version: a newer default of the service must not change a recorded link."""
    client = create_app(load(demo_home, environ={})).test_client()
    found = client.get("/api/3/action/package_show?id=mys-dosm-df-une").get_json()["result"]["resources"]
    links = [r for r in found if "/sdmx/" in r["url"]]
    assert len(links) >= 5
    for link in links:
        parts = urlsplit(link["url"])
        answer = client.get(f"{parts.path}?{parts.query}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, link["mimetype"]), link["name"]
