"""`lmis serve`: the web processes, and the addresses a person can open."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from publisher import logs
from publisher.settings import Settings, load

if TYPE_CHECKING:
    from flask import Flask
    from granian.server.mp import MPServer
    from granian.server.mt import MTServer


# Threads of each web process are made when they are needed, so many cost little. A large answer holds one,
# and some MB, until its client has read it: so there are fewer of those than threads.
THREADS = 64
STREAMS = 8
WORKING = 4  # answers being made at a time; more would only share the processor, and memory
HEADER_TIMEOUT = 10_000  # milliseconds in which a request must be told; a slow one is cut off
STOPS_IN = 10  # seconds in which what is being answered may end after Ctrl-C


def application() -> Flask:
    """The application of the home that LMIS_HOME names; each web process calls it once."""
    from publisher.web.app import create_app
    from publisher.web.direct import Direct
    from publisher.web.limit import Limit
    from publisher.web.memory import give_back
    from publisher.web.sdmx import busy, too_many
    from publisher.web.streams import WSGI, Streams
    from publisher.web.watch import Watch

    give_back()
    settings = load()
    logs.setup(settings.log_format)
    app = create_app(settings)
    served: WSGI = Direct(Streams(app.wsgi_app, WORKING, STREAMS, busy), app)
    if settings.rate_limit:
        served = Limit(served, settings.rate_limit, settings.proxies, too_many)
    app.wsgi_app = Watch(served, settings.log_requests)  # type: ignore[method-assign]
    return app


def serve(settings: Settings, host: str, port: int, workers: int) -> int:
    """Serve until Ctrl-C. Web processes are handed their settings through the environment."""
    from publisher.store import Home, current
    from publisher.web.app import create_app

    current(Home(settings.home))  # an empty home is said here, not by every request
    create_app(settings)  # every module is read here once, before the processes are forked
    os.environ["LMIS_HOME"] = str(settings.home)
    os.environ["LMIS_BASE_URL"] = settings.base_url
    os.environ["LMIS_LOG_FORMAT"] = settings.log_format
    print(addresses(host, port), flush=True)
    granian("publisher.web.serve:application", host, port, workers).serve()
    return 0


def granian(application: str, host: str, port: int, workers: int) -> MPServer | MTServer:
    """The server, not yet started, of the application that the function `application` gives."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    return Granian(
        application,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=1024,  # requests of each process under way at a time; slow headers are none yet
        workers_kill_timeout=STOPS_IN,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT),
        websockets=False,
        factory=True,
        log_level=LogLevels.error,  # below: advice on the number of threads
        log_dictconfig=logs.config(os.environ.get("LMIS_LOG_FORMAT", "")),
        respawn_failed_workers=True,
    )


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
