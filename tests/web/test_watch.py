"""What is counted and logged of requests, and that no secret is in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from publisher import logs, metrics
from publisher.errors import UsageError
from publisher.store import Home
from publisher.web import figures
from publisher.web.watch import Watch, kind


@pytest.mark.parametrize(
    ("path", "counted_as"),
    [
        ("/sdmx/v2/data/dataflow/LMIS/DF_UNE/*/*", "sdmx v2 data"),
        ("/sdmx/v2/structure/codelist", "sdmx v2 structure"),
        ("/sdmx/v1/codelist/LMIS", "sdmx v1 structure"),
        ("/sdmx/v1/data/DF_UNE", "sdmx v1 data"),
        ("/sdmx/v9/data", "sdmx other data"),
        ("/sdmx", "sdmx other structure"),
        ("/api/3/action/package_list", "action"),
        ("/feed.json", "feed"),
        ("/calendar.ics", "feed"),
        ("/files/3/x.csv", "file"),
        ("/releases/a/b.csv", "file"),
        ("/healthz", "health"),
        ("/en/", "page"),
        ("/anything/else", "page"),
        ("", "page"),
    ],
)
def test_kinds(path: str, counted_as: str) -> None:
    assert kind(path) == counted_as


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is written into the log as JSON."""
    target, handler = io.StringIO(), logging.StreamHandler()
    handler.setStream(target)
    handler.setFormatter(logs.Json())
    log = logging.getLogger("lmis")
    monkeypatch.setattr(log, "propagate", False)
    before = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield target
    log.removeHandler(handler)
    log.setLevel(before)


def answers(status: str) -> Callable[..., Iterable[bytes]]:
    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start(status, [])
        return [b""]

    return app


@pytest.mark.parametrize(
    ("status", "every", "level"),
    [
        ("200 OK", False, None),
        ("404 Not Found", False, None),
        ("503 Busy", False, "warning"),
        ("200 OK", True, "info"),
    ],
)
def test_what_is_logged(lines: io.StringIO, status: str, every: bool, level: str | None) -> None:
    secret = "a-token-of-somebody"
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/releases/é\n",
        "QUERY_STRING": f"token={secret}",
        "HTTP_AUTHORIZATION": f"Bearer {secret}",
    }
    list(Watch(answers(status), every)(environ, lambda *given: None))
    found = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [one["level"] for one in found] == ([level] if level else [])
    assert all(one["status"] == int(status[:3]) and one["path"] == "/releases/é\n" for one in found)
    assert secret not in lines.getvalue()


def test_an_error_is_one_line(lines: io.StringIO) -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("lmis.web").exception("it failed")
    (line,) = lines.getvalue().splitlines()
    told = json.loads(line)
    assert (told["level"], told["logger"], told["message"]) == ("error", "lmis.web", "it failed")
    assert told["error"].endswith("ValueError: two\nlines")
    assert told["time"].endswith("Z")


def test_formats_of_the_log() -> None:
    assert "()" in logs.config("json")["formatters"]["ours"]
    assert "()" not in logs.config("text")["formatters"]["ours"]
    with pytest.raises(UsageError, match="json or text"):
        logs.config("xml")


def test_nobody_collects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(metrics.FOLDER, raising=False)
    with metrics.listening("127.0.0.1", None, list):
        assert not metrics.is_on()


def test_figures_of_the_store(tmp_path: Path) -> None:
    told = dict((name, value) for name, _, value in figures.store(Home(tmp_path)))
    assert told.pop("disk_free_bytes") > 0
    assert told == {"vintage": 0}
