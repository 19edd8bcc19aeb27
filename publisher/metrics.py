"""Figures for Prometheus on a port of their own: what the processes of one `lmis serve` count.

Processes count into files of a folder that they share, which the first of them adds up. Nothing is counted of
what waits for its instant. The library decides when it is imported whether there is such a folder, so that it
is imported late.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge, Histogram

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's own name for it
STEPS = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0)  # seconds, of the histogram
Value = tuple[str, str, float]  # name, help, value


@dataclass(frozen=True)
class Counted:
    requests: Counter  # kind, status
    seconds: Histogram  # kind
    released: Counter
    alarms: Counter
    looked: Gauge
    late: Gauge
    behind: Gauge
    jump: Gauge


def is_on() -> bool:
    """Whether anybody collects."""
    return FOLDER in os.environ


@cache
def counted() -> Counted:
    """What this process counts."""
    from prometheus_client import Counter, Gauge, Histogram

    def gauge(name: str, text: str) -> Gauge:
        return Gauge(f"lmis_publisher_{name}", text, multiprocess_mode="mostrecent")

    return Counted(
        Counter("lmis_requests", "answers by kind and status: 429 too often, 503 busy or damaged", KINDS),
        Histogram("lmis_request_seconds", "seconds until an answer begins", KINDS[:1], buckets=STEPS),
        Counter("lmis_publisher_released", "releases that became public since the start"),
        Counter("lmis_publisher_alarms", "alarms told in the log"),
        gauge("looked_timestamp_seconds", "when the publisher last looked what is due; it does so always"),
        gauge("late", "releases whose instant has passed and that are not public"),
        gauge("behind_seconds", "how long after the instant that it bears the newest release was public"),
        gauge("clock_jump_seconds", "by how much the machine's clock was put forward since the start"),
    )


KINDS = ("kind", "status")


@contextmanager
def listening(host: str, port: int | None, more: Callable[[], Iterable[Value]]) -> Iterator[None]:
    """Answer at `port`, while the block runs, with what it and its processes count, and with `more`."""
    if port is None:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="lmis-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[FOLDER] = folder
        from prometheus_client import CollectorRegistry, start_http_server
        from prometheus_client.multiprocess import MultiProcessCollector

        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        registry.register(_Values(more))
        server, thread = start_http_server(port, host, registry)
        try:
            yield
        finally:
            del os.environ[FOLDER]
            server.shutdown()
            server.server_close()
            thread.join()


class _Values:
    """Gauges that are read when they are asked for."""

    def __init__(self, more: Callable[[], Iterable[Value]]) -> None:
        self._more = more

    def describe(self) -> list[Any]:
        return []

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        for name, text, value in self._more():
            yield GaugeMetricFamily(f"lmis_{name}", text, value=value)
