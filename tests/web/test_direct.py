"""What goes out past Flask is what Flask gives: byte for byte, header for header."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from publisher.settings import Settings
from publisher.web.app import create_app
from publisher.web.direct import Direct

DATA = "/sdmx/v2/data/dataflow/LMIS/DF_UNE/*/M.MYS"
ASKED = [
    (DATA, {"limit": "5"}, {}),
    (DATA, {"limit": "5", "format": "csvdata"}, {"Accept-Encoding": "gzip"}),
    ("/sdmx/v2/data/dataflow/LMIS/DF_UNE/*/NIX", {}, {}),
    ("/sdmx/v1/dataflow/LMIS", {}, {"Accept-Language": "id"}),
    (DATA, {"limit": "5"}, {"If-None-Match": "*"}),
]


class Application:
    """The application both ways, with a count of what took the usual one."""

    def __init__(self, settings: Settings) -> None:
        app = create_app(settings)
        self.usual, self.count = app.wsgi_app, 0
        self.direct = Direct(self._counted, app)

    def _counted(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.count += 1
        return self.usual(environ, start_response)


@pytest.fixture(scope="module")
def application(demo_home: Path) -> Application:
    return Application(Settings(home=demo_home))


@pytest.mark.parametrize(("path", "query", "headers"), ASKED)
def test_both_ways_agree(
    application: Application, path: str, query: dict[str, str], headers: dict[str, str]
) -> None:
    def ask(app: Any) -> tuple[int, dict[str, str], bytes]:
        found = Client(app).get(path, query_string=query, headers=headers)
        return found.status_code, {name.lower(): value for name, value in found.headers.items()}, found.data

    first, taken = ask(application.direct), application.count
    again = ask(application.direct)
    assert application.count == taken  # from memory
    usual = ask(application.usual)
    assert again[0] == usual[0] == first[0]
    assert again[2] == usual[2] == first[2]
    assert {**usual[1], "content-length": ""} == {**again[1], "content-length": ""}


@pytest.mark.parametrize("path", ["/", "/healthz", "/sdmx", "/sdmx/v2/nix"])
def test_the_rest_takes_the_usual_way(application: Application, path: str) -> None:
    taken = application.count
    for _ in range(2):
        Client(application.direct).get(path)
    assert application.count == taken + 2


def test_trusted_hosts_are_checked(demo_home: Path) -> None:
    application = Application(Settings(home=demo_home, trusted_hosts="data.example"))
    for _ in range(2):
        found = Client(application.direct).get(DATA, headers={"Host": "elsewhere.example"})
        assert found.status_code == 400
