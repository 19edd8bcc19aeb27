"""`lmis serve`: the web processes, and the addresses a person can open."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from publisher.settings import Settings, load

if TYPE_CHECKING:
    from flask import Flask


def application() -> Flask:
    """The application of the home that LMIS_HOME names; each web process calls it once."""
    from publisher.web.app import create_app

    return create_app(load())


def serve(settings: Settings, host: str, port: int, workers: int) -> int:
    """Serve until Ctrl-C. Web processes are handed their settings through the environment."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from publisher.store import Home, current

    current(Home(settings.home))  # an empty home is said here, not by every request
    os.environ["LMIS_HOME"] = str(settings.home)
    os.environ["LMIS_BASE_URL"] = settings.base_url
    print(addresses(host, port), flush=True)
    Granian(
        "publisher.web.serve:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        factory=True,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    ).serve()
    return 0


def addresses(host: str, port: int) -> str:
    """What to open and what to query, one a line."""
    base = f"http://{host}:{port}"
    lines = {
        "Catalogue": "/",
        "Fact sheets": "/factsheets",
        "SDMX 3 (REST 2.2)": "/sdmx/v2/structure/dataflow",
        "SDMX 2.1 (REST 1.5)": "/sdmx/v1/dataflow",
        "CKAN API": "/api/3/action/package_search?q=unemployment",
        "Documentation": "/docs",
    }
    width = max(map(len, lines))
    text = "\n".join(f"  {name:<{width}}  {base}{path}" for name, path in lines.items())
    return f"{text}\nCtrl-C stops." if sys.stdout.isatty() else text
