"""`lmis serve`: the web, the publisher and the offices' desk, each its own process and, where embargoes are
to hold against whoever breaks into one, its own user."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from publisher import logs, metrics
from publisher.desk.people import tokens
from publisher.settings import Settings, load

if TYPE_CHECKING:
    from flask import Flask

ROLES = ("all", "web", "publisher", "desk")
WARNING = (
    "all processes run as one user: what is embargoed is protected from the public, not from whoever breaks "
    "into the web process. `--role web`, `--role publisher` and `--role desk` run them as users of their own "
    "(docs/releases.md)"
)


def serve(
    settings: Settings,
    role: str,
    host: str,
    port: int,
    workers: int,
    desk_port: int,
    metrics_port: int | None = None,
) -> int:
    """Serve until Ctrl-C; figures for Prometheus at `metrics_port`, to this machine alone."""
    logs.setup(settings.log_format)
    with metrics.listening("127.0.0.1", metrics_port, lambda: _told(settings, role)):
        return _serve(settings, role, host, port, workers, desk_port)


def _told(settings: Settings, role: str) -> Iterable[metrics.Value]:
    from publisher.store import Home
    from publisher.web import figures

    return figures.store(Home(settings.home)) if role in ("all", "web") else ()


def _serve(settings: Settings, role: str, host: str, port: int, workers: int, desk_port: int) -> int:
    if role == "publisher":
        return publish(settings)
    if role == "desk":
        return desk(settings, host, desk_port)
    from publisher.web.serve import serve as web

    if role == "web":
        return web(settings, host, port, workers)
    print(f"lmis: {WARNING}", file=sys.stderr, flush=True)
    roles = ["publisher"]
    if tokens(settings.home / "desk"):
        roles.append("desk")
        print(f"  The offices' desk     http://{host}:{desk_port}/releases", flush=True)
    with _beside(settings, roles, host, desk_port):
        return web(settings, host, port, workers)


@contextlib.contextmanager
def _beside(settings: Settings, roles: list[str], host: str, desk_port: int) -> Iterator[None]:
    """The other processes, ended with the block. They end by themselves when this process is killed."""
    command = [sys.executable, "-m", "publisher", "serve", "--home", str(settings.home)]
    environ = {**os.environ, "LMIS_PARENT": str(os.getpid())}
    others = [
        subprocess.Popen([*command, "--role", r, "--host", host, "--desk-port", str(desk_port)], env=environ)
        for r in roles
    ]
    try:
        yield
    finally:
        for other in others:
            other.terminate()
        for other in others:
            with contextlib.suppress(subprocess.TimeoutExpired):
                other.wait(10)


def publish(settings: Settings) -> int:
    """Release at the instants, until Ctrl-C."""
    from publisher.desk.desk import Desk
    from publisher.desk.scheduler import Publisher

    over = threading.Event()
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), lambda *_: over.set())
    parent = int(os.environ.get("LMIS_PARENT", 0))

    def until() -> bool:
        return over.is_set() or (parent != 0 and os.getppid() != parent)

    Publisher(Desk(settings), wait=over.wait).run(until)
    return 0


def desk(settings: Settings, host: str, port: int) -> int:
    """Answer the offices, until Ctrl-C."""
    from publisher.web.serve import granian

    os.environ["LMIS_HOME"] = str(settings.home)
    os.environ["LMIS_LOG_FORMAT"] = settings.log_format
    granian("publisher.desk.serve:application", host, port, 1).serve()
    return 0


def application() -> Flask:
    """The desk of the home that LMIS_HOME names, every answer a line of its log."""
    from publisher.desk import api
    from publisher.web.watch import Watch

    logs.setup(load().log_format)
    app = api.application()
    app.wsgi_app = Watch(app.wsgi_app, every=True)  # type: ignore[method-assign]
    return app
