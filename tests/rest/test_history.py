"""Deltas, history and time travel: the standard's example, and the law that a replica becomes identical."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.rest import Service
from publisher.store import Home, current, stage
from tests.rest.small import (
    DIMENSIONS,
    START,
    URL,
    Change,
    Replica,
    actions,
    apply,
    at,
    get,
    publish,
    replaced,
)
from tests.store.example import DSD, Row, change, registry, release, row

JSON = "application/vnd.sdmx.data+json;version=2.0.0"
ML21 = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"

# REST 1.5.0, "How to handle the includeHistory parameter": three disseminations of a series.
FEBRUARY = [row("M.MYS._T.2011-12", "1"), row("M.MYS._T.2012-01", "2")]
MARCH = [row("M.MYS._T.2012-01", "2"), row("M.MYS._T.2012-02", "3")]
APRIL = [row("M.MYS._T.2012-01", "2"), row("M.MYS._T.2012-02", "3.5"), row("M.MYS._T.2012-03", "4")]


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory() as folder:
        yield publish(Path(folder), map(replaced, (FEBRUARY, MARCH, APRIL)))


def datasets(home: Home, query: str) -> list[tuple[str, str | None, str | None, list[str]]]:
    """Action, validity and periods of each data set of the message."""
    status, text = get(current(home), f"{URL}?{query}", JSON)
    assert status == 200, text
    message = json.loads(text)["data"]
    found = []
    for one in message["dataSets"]:
        values = message["structures"][one["structure"]]["dimensions"]["observation"][0]["values"]
        periods = [
            values[int(place)]["id"] for series in one["series"].values() for place in series["observations"]
        ]
        found.append((one["action"], one.get("validFrom"), one.get("validTo"), sorted(periods)))
    return found


def test_the_standards_example_of_history(home: Home) -> None:
    assert datasets(home, "includeHistory=true") == [
        ("Replace", "2025-01-01T00:00:00Z", None, ["2011-12", "2012-01"]),
        ("Replace", "2025-01-02T00:00:00Z", None, ["2012-02"]),
        ("Delete", None, "2025-01-02T00:00:00Z", ["2011-12"]),
        ("Replace", "2025-01-03T00:00:00Z", None, ["2012-02", "2012-03"]),
    ]


QUERIES = [
    (  # only what changed after a point in time
        "includeHistory=true&updatedAfter=2025-01-01T12:00:00Z",
        ["Replace 2012-02", "Delete 2011-12", "Replace 2012-02 2012-03"],
    ),
    (
        "includeHistory=true&asOf=2025-01-02T12:00:00Z",
        ["Replace 2011-12 2012-01", "Replace 2012-02", "Delete 2011-12"],
    ),
    ("updatedAfter=2024-01-01T00:00:00Z", ["Replace 2012-01 2012-02 2012-03"]),
    ("updatedAfter=2025-01-01T12:00:00Z", ["Delete 2011-12", "Replace 2012-02 2012-03"]),
    ("updatedAfter=2025-01-01T00:00:00Z", ["Delete 2011-12", "Replace 2012-02 2012-03"]),
    ("updatedAfter=2025-01-01T12:00:00Z&asOf=2025-01-02T12:00:00Z", ["Delete 2011-12", "Replace 2012-02"]),
    ("updatedAfter=2025-01-02T12:00:00Z", ["Replace 2012-02 2012-03"]),
    ("updatedAfter=2025-01-02T12:00:00Z&attributes=none", ["Append 2012-02 2012-03"]),  # Merge, before 3.1
    ("updatedAfter=2025-01-01T12:00:00Z&lastNObservations=1", ["Delete 2011-12", "Replace 2012-03"]),
    ("updatedAfter=2025-01-01T12:00:00Z&c[OBS_VALUE]=le:3", ["Delete 2011-12"]),
    ("updatedAfter=2025-01-02T12:00:00Z&c[OBS_VALUE]=le:3", ["Delete 2012-02"]),  # it is no match any more
    ("updatedAfter=2025-01-01T12:00:00Z&limit=2", ["Delete 2011-12", "Replace 2012-02"]),
    (
        "updatedAfter=2025-01-01T12:00:00Z&sort=TIME_PERIOD:desc&limit=2",
        ["Delete 2011-12", "Replace 2012-03"],
    ),
    ("asOf=2025-01-02T12:00:00Z", ["Replace 2012-01 2012-02"]),
]


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_data_in_time(home: Home, query: str, expected: list[str]) -> None:
    assert [" ".join([action, *periods]) for action, _, _, periods in datasets(home, query)] == expected


def test_as_of_is_valid_at_that_moment(home: Home) -> None:
    ((_, start, end, _),) = datasets(home, "asOf=2025-01-02T12:00:00Z")
    assert start == end == "2025-01-02T12:00:00Z"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("updatedAfter=2025-01-03T00:00:00Z", 204),
        ("asOf=2024-12-31T23:59:59Z", 404),
        ("asOf=0001-01-01T00:00:00%2B14:00", 404),  # before the first moment that a computer counts
        ("asOf=9999-12-31T23:59:59-14:00", 200),
        ("updatedAfter=9999-12-31T23:59:59-14:00", 204),
        ("updatedAfter=0001-01-01T00:00:00%2B14:00", 200),
        ("updatedAfter=2025-01-02T00:00:00Z&asOf=2025-01-01T00:00:00Z", 422),
    ],
)
def test_statuses_in_time(home: Home, query: str, status: int) -> None:
    assert get(current(home), f"{URL}?{query}")[0] == status
    v1 = {204: 404, 422: 400}.get(status, status)
    assert get(current(home), f"v1/data/DF_EX?{query.partition('&asOf')[0]}")[0] in (v1, 200, 400)


def test_a_moment_without_offset_is_local(home: Home) -> None:
    """Seven in the morning in Jakarta is midnight in Greenwich."""
    jakarta = Service(zone=timezone(timedelta(hours=7)))
    local = "asOf=2025-01-02T06:59:59"
    assert get(current(home), f"{URL}?{local}", service=jakarta)[1].count("\r\n") == 3
    assert "2011-12" in get(current(home), f"{URL}?{local}", service=jakarta)[1]
    assert "2011-12" not in get(current(home), f"{URL}?asOf=2025-01-02T07:00:00", service=jakarta)[1]


def test_deletions_say_nothing_but_keys(home: Home) -> None:
    _, text = get(current(home), f"{URL}?updatedAfter=2025-01-01T12:00:00Z")
    ((_, deleted),) = [found for found in actions(text) if found[0] == "D"]
    assert {name for name, value in deleted.items() if value} == {"FREQ", "REF_AREA", "SEX", "TIME_PERIOD"}


def test_v1_history_in_sdmx_ml(home: Home) -> None:
    _, text = get(current(home), "v1/data/DF_EX?includeHistory=true", ML21)
    assert text.count("<mes:DataSet ") == 4
    assert text.count("validFromDate=") == 3
    assert text.count("validToDate=") == 1


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "availability/dataflow/LMIS/DF_EX?updatedAfter=2025-01-01T12:00:00Z",
            (3, "2011-12-01", "2012-03-31"),
        ),
        (
            "availability/dataflow/LMIS/DF_EX?updatedAfter=2025-01-02T12:00:00Z",
            (2, "2012-02-01", "2012-03-31"),
        ),
        ("availability/dataflow/LMIS/DF_EX?asOf=2025-01-01T12:00:00Z", (2, "2011-12-01", "2012-01-31")),
    ],
)
def test_availability_in_time(home: Home, path: str, expected: tuple[int, str, str]) -> None:
    accept = "application/vnd.sdmx.structure+json;version=2.0.0"
    _, text = get(current(home), f"v2/{path}", accept)
    (constraint,) = json.loads(text)["data"]["dataConstraints"]
    notes = {
        note.get("id"): note.get("title") or note.get("text") for note in constraint.get("annotations", ())
    }
    assert notes.get("obs_count") in (None, str(expected[0]))
    assert expected[1] in text
    assert expected[2] in text


# -- the law: a replica fed with deltas only becomes what the service has -----------------------

VALUES = st.sampled_from(["1", "2", "2.0", None])
ROW = st.builds(
    lambda key, value, status, title, mult: row(key, value, status, TITLE=title, UNIT_MULT=mult),
    st.sampled_from(
        [f"{f}.{t}" for f in ("M.MYS._T", "M.MYS.F", "M.IDN._T") for t in ("2020-01", "2020-02")]
    ),
    VALUES,
    st.sampled_from(["A", "B\x1fP"]),
    st.just("t"),
    st.just("3"),
)


def series_wide(rows: list[Row], title: str) -> list[Row]:
    """Attributes of a series are the same in all its rows; each key once."""
    by_key = {tuple(r[n] for n in ("FREQ", "REF_AREA", "SEX", "TIME_PERIOD")): r for r in rows}
    return [{**r, "TITLE": f"{title} {r['REF_AREA']}{r['SEX']}"} for r in by_key.values()]


RELEASES = st.lists(
    st.tuples(
        st.sampled_from(["Replace", "Merge", "Delete"]),
        st.lists(ROW, min_size=1, max_size=6),
        st.sampled_from("xy"),
    ),
    min_size=1,
    max_size=4,
)
FILTERS = st.sampled_from(["", "&c[OBS_VALUE]=ge:2", "&c[SEX]=F", "&c[OBS_STATUS]=P", "&c[TITLE]=sw:x"])


def kept_up(releases: list[tuple[str, list[Row], str]], seen: list[int], filter_: str) -> None:
    """Publish `releases`, poll on the days `seen` and at the end, and compare with what there is."""
    with tempfile.TemporaryDirectory() as folder:
        home = publish(Path(folder), [[delivery(*one)] for one in releases])
        replica: Replica = {}
        since = START - timedelta(days=1)
        last = len(releases) - 1
        for day in [*sorted({min(d, last) for d in seen}), last]:
            url = f"{URL}?updatedAfter={since.isoformat().replace('+00:00', 'Z')}{filter_}"
            status, text = get(at(home, day), url)
            replica = apply(replica, text) if status == 200 else replica
            since = START + timedelta(days=day)
        status, whole = get(current(home), f"{URL}?{filter_[1:]}")
        assert replica == (apply({}, whole) if status == 200 else {})


def delivery(action: str, rows: list[Row], title: str) -> Change:
    found = series_wide(rows, title)
    if action == "Delete":
        found = [{name: row[name] for name in DIMENSIONS} for row in found]
    return change(found, action)


SEEN = st.lists(st.integers(0, 3), max_size=3)
QUICK = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(QUICK, max_examples=60)


@QUICK
@given(releases=RELEASES, seen=SEEN, filter_=FILTERS)
def test_a_replica_fed_with_deltas_becomes_identical(
    releases: list[tuple[str, list[Row], str]], seen: list[int], filter_: str
) -> None:
    kept_up(releases, seen, filter_)


@pytest.mark.slow
@LONG
@given(releases=RELEASES, seen=SEEN, filter_=FILTERS)
def test_many_replicas_become_identical(
    releases: list[tuple[str, list[Row], str]], seen: list[int], filter_: str
) -> None:
    kept_up(releases, seen, filter_)


def test_two_releases_of_the_same_moment_are_not_missed(tmp_path: Path) -> None:
    """A client that saw the first of them asks for what is after its moment, and gets the second."""
    home = Home(tmp_path)
    for name, value in (("one", "1"), ("two", "2")):
        with stage(home) as staged:
            one = release(name, change([row("M.MYS._T.2020-01", value)]), instant=START)
            staged.freeze(one, registry(), (DSD,))
            staged.release()
    _, text = get(current(home), f"{URL}?updatedAfter=2025-01-01T00:00:00Z")
    assert [(action, found["OBS_VALUE"]) for action, found in actions(text)] == [("R", "2")]
