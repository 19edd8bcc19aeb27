"""Both catalogues, each asked everything once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from catalogue import actions
from catalogue.call import Site
from catalogue.embedded import Embedded
from tests.ckan.contract import catalogues
from tests.ckan.contract.cases import CASES, GROUPS, ORGANIZATIONS
from tests.ckan.contract.catalogues import Asked

TOKEN = "the publisher's token"
MADE = ((*ORGANIZATIONS, "contract-third"), (*GROUPS, "contract-topic"))


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    catalogue = Embedded(tmp_path_factory.mktemp("twin") / "catalogue.sqlite")
    app = Flask(__name__)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    site = Site(url, "Labour market information")
    app.register_blueprint(actions.blueprint(catalogue, lambda: 1, site, lambda: actions.token_hash(TOKEN)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    asked = Asked(url, {"admin": TOKEN, "wrong": "wrong", "bearer": f"Bearer {TOKEN}"})
    for case in CASES:
        asked.ask(case)
    yield asked
    asked.session.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def real() -> Iterator[Asked]:
    """The CKAN of `make ckan-up`, emptied before and after."""
    asked = catalogues.real()
    if isinstance(asked, str):
        pytest.skip(asked)
    catalogues.clean(asked, *MADE)
    for case in CASES:
        asked.ask(case)
    yield asked
    catalogues.clean(asked, *MADE)
    asked.session.close()


@pytest.fixture(scope="session")
def state() -> Path:
    return catalogues.STATE
