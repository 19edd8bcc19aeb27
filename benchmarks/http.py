"""Requests per second of the service through several servers, beside an empty Flask route on the same server.

    python -m benchmarks.http [HOME]

The load comes from `wrk` where it is installed, else from processes of our own. Server, load and whatever
else runs share the machine: look at the ratios. Each figure is the median of rounds that alternate.
"First time" is the same query with another If-None-Match each time, so that no kept answer serves it.
"""

from __future__ import annotations

import http.client
import importlib.util
import itertools
import multiprocessing
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from flask import Flask

ROUNDS = 3
SECONDS = 2
CONNECTIONS = 16
DATA = "/sdmx/v2/data/dataflow/LMIS/DF_UNE/*/M.MYS?limit=200"
NEW = "NEW"
TARGETS = {"hot, 200 observations": 0.4, "304": 0.7}
RECOMMENDED = "granian"
EMPTY, OURS = "benchmarks.http:empty", "publisher.web.serve:application"
# server → arguments before the application, which is made by a function, and the port
SERVERS: Mapping[str, tuple[str, ...]] = {
    "granian": ("benchmarks.http", "granian"),
    "waitress": ("waitress", "--threads=8", "--call", "--port={port}", "{app}"),
    "gunicorn": ("gunicorn", "-w2", "--threads=4", "-b127.0.0.1:{port}", "--log-level=error", "{app}()"),
}


def empty() -> Flask:
    """An application with one route that does nothing."""
    app = Flask("empty")
    app.add_url_rule("/", view_func=lambda: "")
    return app


def granian(app: str, port: int) -> None:
    """As `lmis serve` does it, for any application."""
    from publisher.web.serve import granian as server

    server(app, "127.0.0.1", port, workers=2).serve()


@contextmanager
def serving(server: str, app: str, home: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    words = [word.format(app=app, port=port) for word in SERVERS[server]]
    if server == "granian":
        words += [app, str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        env={**os.environ, "LMIS_HOME": str(home), "LMIS_RATE_LIMIT": str(10**9)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            get(port, "/", {})
            return
        except OSError:
            if process.poll() is not None:
                raise SystemExit(f"the server ended with {process.returncode}") from None
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def get(port: int, path: str, headers: Mapping[str, str]) -> tuple[int, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        response.read()
        return response.status, response.headers
    finally:
        connection.close()


# For wrk: a tag that no answer has, another one for each request.
NEW_TAGS = """
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", nil, {["If-None-Match"] = '"' .. n .. "-" .. os.time() .. '"'})
end
"""


def rate(port: int, path: str, headers: Mapping[str, str]) -> float:
    """Requests per second; `NEW` as the value of If-None-Match is another tag each time."""
    if not shutil.which("wrk"):
        return own_rate(port, path, headers)
    words = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}"]
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(NEW_TAGS)
        script.flush()
        for name, value in headers.items():
            words += ["-s", script.name] if value == NEW else ["-H", f"{name}: {value}"]
        address = f"http://127.0.0.1:{port}{path}"
        done = subprocess.run([*words, address], capture_output=True, text=True, check=True)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    failed = re.search(r"Socket errors|Non-2xx or 3xx responses", done.stdout)
    if not found or failed:
        raise SystemExit(done.stdout)
    return float(found[1])


def own_rate(port: int, path: str, headers: Mapping[str, str]) -> float:
    """From two processes of our own, one connection each: less load than wrk's, the same for all."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        return float(sum(pool.starmap(hammer, [(port, path, dict(headers))] * 2)))


def hammer(port: int, path: str, headers: Mapping[str, str]) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    end = time.monotonic() + SECONDS
    for count in itertools.count():
        if time.monotonic() > end:
            break
        tag = f'"{count}-{os.getpid()}-{end}"'
        connection.request("GET", path, headers={n: tag if v == NEW else v for n, v in headers.items()})
        connection.getresponse().read()
    connection.close()
    return count / SECONDS


def measure(server: str, home: Path) -> dict[str, float]:
    """What is asked → requests per second."""
    with ExitStack() as running:
        bare = running.enter_context(serving(server, EMPTY, home))
        ours = running.enter_context(serving(server, OURS, home))
        _, answered = get(ours, DATA, {})
        asked: dict[str, tuple[int, str, dict[str, str]]] = {
            "empty Flask route": (bare, "/", {}),
            "hot, 200 observations": (ours, DATA, {}),
            "first time, SDMX-JSON": (ours, DATA, {"If-None-Match": NEW}),
            "first time, SDMX-CSV": (ours, f"{DATA}&format=csvdata", {"If-None-Match": NEW}),
            "304": (ours, DATA, {"If-None-Match": answered["ETag"]}),
        }
        found: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(ROUNDS):
            for name, request in asked.items():
                found[name].append(rate(*request))
    return {name: statistics.median(values) for name, values in found.items()}


def main(home: Path) -> int:
    missed = 0
    for server in SERVERS:
        if importlib.util.find_spec(server) is None:
            print(f"{server}: not installed")
            continue
        found = measure(server, home)
        floor = found["empty Flask route"]
        for name, value in found.items():
            line = f"{server:<10}{name:<24}{value:>8,.0f} a second   {value / floor:.2f} x empty"
            if server == RECOMMENDED and name in TARGETS:
                met = value / floor >= TARGETS[name]
                missed += not met
                line += f"   target {TARGETS[name]} x: {'met' if met else 'MISSED'}"
            print(line, flush=True)
    return 1 if missed else 0


def demo(place: Path) -> Path:
    """The demo's home, built into `place`."""
    from publisher.release.demo import build
    from publisher.settings import load

    build(load(place, environ={}), lambda message: None)
    return place


if __name__ == "__main__":
    if sys.argv[1:2] == ["granian"]:
        granian(sys.argv[2], int(sys.argv[3]))
    elif len(sys.argv) > 1:
        sys.exit(main(Path(sys.argv[1])))
    else:
        with tempfile.TemporaryDirectory() as folder:
            sys.exit(main(demo(Path(folder) / "home")))
