"""A server that forks: each job runs in a process of its own that has everything imported already.

    python -m tests.faults.forks        one JSON job a line on standard input, one JSON result a line out

Jobs: `{"do": "publish", "home": …, "package": …}` or `{"do": "purge", "home": …}`, with `"inject"` (rules of
strace), `"strace"` (other words to it) or `"limit"` (of the process); `{"do": "sweep", …}`; and
`{"do": "ask", …}`: the answers to every public request, each as its status and a hash.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tests.faults.world import ASKED, PURGE, PURGED, deployment, packages

Job = Mapping[str, Any]
PATIENCE = 300.0  # seconds for any one job, which takes one or two: none is late for want of a processor


class Forks:
    """The other end, for tests."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forks"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def __call__(self, do: str, **job: Any) -> dict[str, Any]:
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.write(json.dumps({"do": do, **{k: _plain(v) for k, v in job.items()}}) + "\n")
        self._server.stdin.flush()
        result: dict[str, Any] = json.loads(self._server.stdout.readline())
        return result

    def close(self) -> None:
        assert self._server.stdin
        assert self._server.stdout
        self._server.stdin.close()
        self._server.wait(PATIENCE)
        self._server.stdout.close()


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


# -- jobs, each in a child ------------------------------------------------------------------------


def publish(job: Job) -> dict[str, Any]:
    from publisher import cli

    return {"code": cli.main(["publish", job["package"], "--home", job["home"], "--quiet"])}


def record(job: Job) -> dict[str, Any]:
    """A publication, looked at all the while."""
    from tests.faults.power import recorded

    return {"code": recorded(Path(job["home"]), Path(job["into"]), lambda: publish(job)["code"])}


def purge(job: Job) -> dict[str, Any]:
    """One figure leaves every release; the second time there is nothing to do."""
    from publisher import cli
    from publisher.release.purge import Purge
    from publisher.release.purge import purge as run
    from publisher.settings import load
    from publisher.store import Home, current
    from publisher.store.purge import find
    from publisher.structures.urns import Ref

    office, flow, period = PURGED

    def chosen(rows: pa.Table, definition: object) -> pa.Table:
        return rows.filter(pc.equal(rows["TIME_PERIOD"], period))

    def made() -> int:
        settings = load(job["home"], environ={})
        public = current(Home(settings.home))
        if PURGE not in public.record["releases"]:
            cells = find(public, office, Ref("dataflow", "LMIS", flow, "1.0.0"), chosen)
            at = datetime(2024, 10, 1, tzinfo=UTC)
            run(settings, Purge(PURGE, cells, "A person could be recognised", at), lambda text: None)
        return 0

    return {"code": cli.ended(made)}


def sweep(job: Job) -> dict[str, Any]:
    """What the next start of a publisher does first."""
    from publisher.store import Home, stage

    with stage(Home(Path(job["home"]))):
        pass
    return {"code": 0}


def ask(job: Job) -> dict[str, Any]:
    from publisher.settings import load
    from publisher.web.app import create_app

    app = create_app(load(job["home"], environ={}))
    answers, bodies = {}, {}
    for path in job.get("asked", ASKED):
        answer = app.test_client().get(path)
        headers = sorted((k, v) for k, v in answer.headers.items() if k not in ("Date", "Server"))
        told = hashlib.sha256(repr(headers).encode() + answer.data).hexdigest()[:16]
        answers[path] = f"{answer.status_code} {told}"
        if not answer.status_code < 500:
            bodies[path] = answer.get_data(as_text=True)[-500:]
        answer.close()
    return {"code": 0, "answers": answers, "bodies": bodies}


JOBS: dict[str, Callable[[Job], dict[str, Any]]] = {
    "publish": publish,
    "record": record,
    "purge": purge,
    "sweep": sweep,
    "ask": ask,
}


# -- the server -----------------------------------------------------------------------------------


def serve() -> None:
    warm()
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


def warm() -> None:
    """Import here what a first run of every job imports, so that no child has to; read structures once."""
    from publisher.release import publish as publishing
    from publisher.release.structures import registry
    from publisher.settings import Settings, load

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        deployment(home)
        package, _ = packages(Path(folder))
        for do in JOBS:
            into = str(Path(folder) / "record")
            found = run({"do": do, "home": str(home), "package": str(package), "into": into, "modules": True})
            for name in found["modules"]:
                with contextlib.suppress(ImportError):
                    importlib.import_module(name)
        structures = registry(load(home, environ={}))

    def read_already(settings: Settings) -> object:
        return structures

    publishing.registry = read_already  # type: ignore[assignment]


def run(job: Job) -> dict[str, Any]:
    """One job in a child; `code` is its exit code, or the negative number of the signal that ended it."""
    go, started = os.pipe()
    answer, told = os.pipe()
    errors, wrong = os.pipe()  # no file: a limit on files would hold for it as well
    child = os.fork()
    if child == 0:
        os.close(started), os.close(answer), os.close(errors)
        os.dup2(wrong, 1), os.dup2(wrong, 2)
        _child(job, go, told)
    os.close(go), os.close(told), os.close(wrong)
    tracer = _traced(child, job)
    os.close(started)  # the child reads the end of file, and begins
    said, text = _read(answer, errors)
    _, status, usage = os.wait4(child, 0)
    if tracer:
        tracer.wait(PATIENCE)
    result: dict[str, Any] = json.loads(said) if said else {"code": os.waitstatus_to_exitcode(status)}
    return {**result, "errors": text.decode(errors="replace"), "seconds": usage.ru_utime + usage.ru_stime}


def _read(*pipes: int) -> list[bytes]:
    """All of each pipe, read as it comes, so that no writer waits for another's reader."""
    read, open_ = dict.fromkeys(pipes, b""), set(pipes)
    while open_:
        for pipe in select.select(open_, [], [])[0]:
            piece = os.read(pipe, 1 << 16)
            read[pipe] += piece
            if not piece:
                open_.remove(pipe), os.close(pipe)
    return list(read.values())


def _child(job: Job, go: int, told: int) -> None:
    """The job, and no way back into the server's own loop, whatever happens."""
    try:
        os.read(go, 1)
        signal.alarm(int(PATIENCE))
        try:
            for name, value in job.get("limit", {}).items():
                _limit(name, value)
            result = JOBS[job["do"]](job)
            if job.get("modules"):
                result["modules"] = sorted(name for name in sys.modules if name != "__main__")
        except BaseException:
            traceback.print_exc()
            result = {"code": 70}
        sys.stdout.flush(), sys.stderr.flush()
        os.write(told, json.dumps(result).encode())
    finally:
        os._exit(0)


def _limit(name: str, value: int) -> None:
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then a write past the limit is short, and the next fails
    kind = getattr(resource, name)
    resource.setrlimit(kind, (value, resource.getrlimit(kind)[1]))


def _traced(child: int, job: Job) -> subprocess.Popen[bytes] | None:
    """strace at `child` and all its threads, as the job asks; returns once it is attached."""
    words = list(job.get("strace", ()))
    for rule in job.get("inject", ()):
        words += ["-o", os.devnull, "-e", f"trace={rule.partition(':')[0]}", "-e", f"inject={rule}"]
    if not words:
        return None
    tracer = subprocess.Popen(["strace", "-f", "-qq", "-p", str(child), *words], stderr=subprocess.PIPE)
    _until_traced(child, tracer)
    return tracer


def _until_traced(child: int, tracer: subprocess.Popen[bytes]) -> None:
    status = Path(f"/proc/{child}/status")
    while f"TracerPid:\t{tracer.pid}" not in status.read_text():
        if tracer.poll() is not None:
            raise RuntimeError("strace could not attach")
        select.select([], [], [], 0.005)


if __name__ == "__main__":
    serve()
