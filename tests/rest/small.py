"""Homes of the small example dataflow, and the data of an answer in a form that can be compared."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publisher.rest import Request, Service, answer
from publisher.store import Change, Home, Snapshot, current, stage
from tests.store.example import DSD, FLOW, Row, change, registry, release

CSV = "application/vnd.sdmx.data+csv;version=2.0.0"
START = datetime(2025, 1, 1, tzinfo=UTC)
Key = tuple[str, ...]
Replica = dict[Key, dict[str, str]]
DIMENSIONS = ("FREQ", "REF_AREA", "SEX", "TIME_PERIOD")
URL = "v2/data/dataflow/LMIS/DF_EX/1.0.0"


def publish(folder: Path, releases: Iterable[Sequence[Change]]) -> Home:
    """A home with `releases`, one a day from the first of January 2025."""
    home = Home(folder)
    for number, changes in enumerate(releases):
        one = release(f"r{number}", *changes, instant=START + timedelta(days=number))
        with stage(home) as staged:
            staged.freeze(one, registry(), (DSD,))
            staged.release()
    return home


def replaced(rows: Iterable[Row]) -> list[Change]:
    """A release that replaces everything by `rows`."""
    return [change(rows)] if rows else [Change(FLOW, "Replace", {}, change([EMPTY]).table.slice(0, 0))]


EMPTY: Row = dict.fromkeys(("FREQ", "REF_AREA", "SEX", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS"), "x")


def get(
    snapshot: Snapshot, url: str, accept: str = CSV, service: Service | None = None, **headers: str
) -> tuple[int, str]:
    api, _, rest = url.partition("/")
    path, _, query = rest.partition("?")
    asked = Request(api, path, query, {"accept": accept, **headers})
    found = answer(snapshot, asked, service or Service())
    return found.status, b"".join(found.chunks).decode()


def actions(text: str) -> list[tuple[str, dict[str, str]]]:
    """The rows of SDMX-CSV with what is to be done with them."""
    found = []
    for row in csv.DictReader(io.StringIO(text)):
        action = row.pop("ACTION")
        found.append((action, {n: v for n, v in row.items() if not n.startswith(("STRUCTURE", "VALID_"))}))
    return found


def key(row: dict[str, str]) -> Key:
    return tuple(row[name] for name in DIMENSIONS)


def apply(replica: Replica, text: str) -> Replica:
    """What a client does with a message: SDMX 3.0 section 2, actions, in the order of the message."""
    held = dict(replica)
    for action, row in actions(text):
        if action == "D":
            held.pop(key(row), None)
        else:
            held[key(row)] = row
    return held


def at(home: Home, day: int) -> Snapshot:
    from publisher.store import at as found

    return found(home, START + timedelta(days=day))


Ask = Callable[..., tuple[int, str]]
__all__ = ["Change", "Home", "Snapshot", "current"]
