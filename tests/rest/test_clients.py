"""Others' clients against the running service: sdmx1 and pysdmx find, decode and count the same."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from threading import Thread

import pytest
import sdmx
from flask import Flask
from werkzeug.serving import make_server

from publisher.settings import Settings
from publisher.store import Home, Snapshot, current
from publisher.web import sdmx as blueprint


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
    sdmx.add_source(
        {"id": "LMIS_TEST", "name": "LMIS", "url": f"http://127.0.0.1:{port}/sdmx/v1"}, override=True
    )
    client = sdmx.Client("LMIS_TEST")
    yield client
    client.session.close()


def get(port: int, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request(
            "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()
