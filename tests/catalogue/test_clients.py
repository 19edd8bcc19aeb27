"""The unmodified ckanapi, library and command line, on the running catalogue."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ckanapi import NotAuthorized, RemoteCKAN
from flask import Flask
from werkzeug.serving import make_server

from catalogue import actions, ckan
from catalogue.call import Site
from catalogue.embedded import Embedded

TOKEN = "a token for this test"
SITE = Site("http://127.0.0.1", "Labour market information")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    catalogue = Embedded(tmp_path_factory.mktemp("clients") / "catalogue.sqlite")
    api = ckan.embedded(catalogue, 1, SITE)
    api.action.organization_create(name="mys-dosm", title="DOSM")
    api.action.group_create(name="employment", title="Employment")
    for name in ("mys-dosm-df-lf", "mys-dosm-df-une"):
        api.action.package_create(
            name=name,
            title="Labour force",
            owner_org="mys-dosm",
            groups=[{"name": "employment"}],
            resources=[{"url": "http://127.0.0.1/x.csv", "format": "CSV"}],
        )
    app = Flask(__name__)
    app.register_blueprint(actions.blueprint(catalogue, lambda: 1, SITE, lambda: actions.token_hash(TOKEN)))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def run(address: str, *arguments: str) -> list[Any]:
    """ckanapi's own command; its answers, one JSON value a line."""
    script = str(Path(sys.executable).parent)
    done = subprocess.run(
        [sys.executable, "-c", CLI, *arguments, "-r", address],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"PATH": script + os.pathsep + os.environ["PATH"]},
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


CLI = "import sys; from ckanapi.cli.main import main; sys.exit(main())"


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("search", "datasets", "q=labour"), ["mys-dosm-df-lf", "mys-dosm-df-une"]),
        (("search", "datasets", "fq=name:*une"), ["mys-dosm-df-une"]),
        (("dump", "datasets", "--all", "-q"), ["mys-dosm-df-lf", "mys-dosm-df-une"]),
        (("dump", "datasets", "mys-dosm-df-lf", "-q", "-R"), ["mys-dosm-df-lf"]),
        (("dump", "organizations", "--all", "-q"), ["mys-dosm"]),
        (("dump", "groups", "--all", "-q"), ["employment"]),
        (("action", "package_show", "id=mys-dosm-df-lf", "-j"), ["mys-dosm-df-lf"]),
        (("action", "package_show", "id=mys-dosm-df-lf", "-j", "-g"), ["mys-dosm-df-lf"]),
    ],
)
def test_the_command_line(address: str, arguments: tuple[str, ...], names: list[str]) -> None:
    assert sorted(record["name"] for record in run(address, *arguments)) == names


def test_the_library(address: str) -> None:
    with RemoteCKAN(address) as reader, RemoteCKAN(address, apikey=TOKEN) as writer:
        assert reader.action.package_search(q="labour")["count"] == 2
        with pytest.raises(NotAuthorized):
            reader.action.package_create(name="x1", owner_org="mys-dosm")
        made = writer.action.package_create(name="x1", owner_org="mys-dosm")
        writer.action.package_delete(id=made["id"])
        assert reader.action.package_list() == ["mys-dosm-df-lf", "mys-dosm-df-une"]


def test_a_get_only_client(address: str) -> None:
    with RemoteCKAN(address, get_only=True) as reader:
        assert reader.action.package_search(rows=1)["count"] == 2


def test_sync_over_http_is_the_same_as_in_process(address: str) -> None:
    from catalogue.record import Catalogue, Organization

    with ckan.Remote(address, apikey=TOKEN) as api:
        wanted = Catalogue((Organization("idn-bps", "BPS"),), (), ())
        ckan.apply(api, ckan.plan(api, wanted))
        assert not ckan.plan(api, wanted).changes
        api.action.organization_purge(id="idn-bps")
