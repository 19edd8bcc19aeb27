"""Laws of the service: it answers like the slow obvious reading, and both generations say the same."""

# ruff: noqa: E501 — one row, one line

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.query import parse
from publisher.query.model import DataQuery
from publisher.store import Home, Snapshot, current, memory
from publisher.structures import periods
from tests.rest.small import DIMENSIONS, actions, get, publish, replaced
from tests.store.example import ROWS, Row, definition, row
from tests.store.test_select import MORE, VALUES

DELIVERED: tuple[Row, ...] = (
    *ROWS,
    *(r for r in MORE if r["REF_AREA"] == "PHL"),
    row("M.PHL.F.2020-07", None),
)
ABOVE = ("UNIT_MULT", "TITLE", "LICENSE")
COLUMNS = (*DIMENSIONS, "OBS_VALUE", "OBS_STATUS", "UNIT_MULT", "COMMENT_OBS", "TITLE", "LICENSE")
FEW = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def snapshot() -> Iterator[Snapshot]:
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        publish(home.path, [replaced(DELIVERED)])
        yield current(home)


# What was public before: less, with other values, another title (of series), and a row that went.
EARLIER: tuple[Row, ...] = (
    *({**found, "OBS_VALUE": "77"} for found in DELIVERED[:2]),
    *({**found, "TITLE": "Before"} for found in DELIVERED if found["REF_AREA"] == "PHL"),
    *(found for found in DELIVERED[2:6] if found["REF_AREA"] != "PHL"),
    row("Q.MYS.M.2020-Q3", "5"),
)
MOMENTS = ("2024-12-31T00:00:00Z", "2025-01-01T12:00:00Z", "2025-01-02T12:00:00Z")
SINCE = [f"&updatedAfter={moment}" for moment in MOMENTS]


@pytest.fixture(scope="module")
def revised() -> Iterator[Snapshot]:
    """EARLIER on the first of January 2025, DELIVERED on the second."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        publish(home.path, [replaced(EARLIER), replaced(DELIVERED)])
        yield current(home)


def held(snapshot: Snapshot) -> list[Row]:
    """All that the service has, by the plainest query."""
    return [blank(found) for _, found in actions(get(snapshot, "v2/data/dataflow/LMIS/DF_EX")[1])]


def blank(found: dict[str, str]) -> Row:
    """As the reference has it: absent is None, several values are joined by U+001F, and whose it is."""
    values = {name.removesuffix("[]"): value or None for name, value in found.items()}
    status = values["OBS_STATUS"]
    missing = {"OBS_VALUE": None} if values["OBS_VALUE"] == "NaN" else {}
    return {**values, **missing, "OBS_STATUS": status and status.replace(";", "\x1f"), "PROVIDER": "MYS_DOSM"}


OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew")


def condition(name: str) -> st.SearchStrategy[str]:
    wanted = [value for value in VALUES[name] if "," not in value]
    return st.tuples(st.sampled_from(OPERATORS), st.sampled_from(wanted)).map(":".join)


def filter_of(name: str) -> st.SearchStrategy[str]:
    alternative = st.lists(condition(name), min_size=1, max_size=2).map("+".join)
    return st.lists(alternative, min_size=1, max_size=2).map(
        lambda parts: f"c[{name}]={quote(','.join(parts))}"
    )


def code(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from([*VALUES[name], "*"])


KEYS = st.lists(
    st.tuples(code("FREQ"), code("REF_AREA"), code("SEX")).map(".".join) | st.just("*"),
    min_size=1,
    max_size=2,
).map(",".join)
FILTERS = st.lists(st.sampled_from(sorted(VALUES)), max_size=2, unique=True).flatmap(
    lambda names: st.tuples(*map(filter_of, names))
)
ENDS = st.sampled_from(
    ["", "&firstNObservations=1", "&lastNObservations=2", "&firstNObservations=1&lastNObservations=1"]
)
PAGES = st.sampled_from(["", "&limit=3", "&offset=2", "&offset=1&limit=4"])
ORDER = st.lists(
    st.tuples(st.sampled_from([*COLUMNS[:8], "*"]), st.sampled_from(["", ":asc", ":desc"])).map("".join),
    max_size=3,
    unique_by=lambda part: part.partition(":")[0],
).map("+".join)


@QUICK
@given(key=KEYS, filters=FILTERS, ends=ENDS, page=PAGES, order=ORDER)
def test_answers_like_the_obvious_reading(
    snapshot: Snapshot, key: str, filters: tuple[str, ...], ends: str, page: str, order: str
) -> None:
    url = f"data/dataflow/LMIS/DF_EX/1.0.0/{key}?{'&'.join(filters)}{ends}{page}"
    sort = f"&sort={order}" if order else ""
    query = parse("v2", *(url + sort).partition("?")[::2])
    assert isinstance(query, DataQuery)
    whole = parse("v2", *url.replace(page, "").partition("?")[::2])
    assert isinstance(whole, DataQuery)
    found = in_order(memory.select(held(snapshot), definition(), whole), query.sort)
    stop = None if query.limit is None else query.offset + query.limit
    expected = found[query.offset : stop]
    status, text = get(snapshot, f"v2/{url}{sort}")
    assert status == (200 if expected else 204), text
    got = [blank(one) for _, one in actions(text)] if status == 200 else []
    assert [cells(one) for one in got] == [cells(one) for one in expected]


@FEW
@given(key=KEYS, filters=FILTERS, moment=st.sampled_from(MOMENTS))
def test_changes_are_those_of_the_obvious_reading(
    revised: Snapshot, key: str, filters: tuple[str, ...], moment: str
) -> None:
    """`updatedAfter`: what left the query is deleted by its key, what came to it or is another is whole."""
    url = f"data/dataflow/LMIS/DF_EX/1.0.0/{key}?{'&'.join(filters)}"
    query = parse("v2", *url.partition("?")[::2])
    assert isinstance(query, DataQuery)
    then, now = (
        {identity(found): found for found in memory.select(rows, definition(), query)}
        for rows in (public_at(revised, moment), held(revised))
    )
    status, text = get(revised, f"v2/{url}&updatedAfter={moment}")
    got = actions(text) if status == 200 else []
    assert [identity(found) for action, found in got if action == "D"] == [k for k in then if k not in now]
    assert [cells(blank(found)) for action, found in got if action != "D"] == [
        cells(found) for k, found in now.items() if k not in then or cells(found) != cells(then[k])
    ]
    assert status == (200 if got else 204), text


def public_at(snapshot: Snapshot, moment: str) -> list[Row]:
    status, text = get(snapshot, f"v2/data/dataflow/LMIS/DF_EX?asOf={moment}")
    return [blank(found) for _, found in actions(text)] if status == 200 else []


def identity(found: Row) -> tuple[str | None, ...]:
    return tuple(found[name] for name in DIMENSIONS)


def cells(found: Row) -> list[str | None]:
    return [found.get(name) for name in COLUMNS]


def in_order(rows: list[Row], sort: tuple[tuple[str, bool], ...]) -> list[Row]:
    """doc/data.md `sort`: by ids and values, periods by time; what has no value last."""
    done: dict[str, bool] = {}
    for name, is_descending in sort:
        for component in DIMENSIONS if name == "*" else (name,):
            done.setdefault(component, is_descending)
    for name, is_descending in reversed(done.items()):
        present = [found for found in rows if found.get(name) is not None]
        absent = [found for found in rows if found.get(name) is None]
        groups: dict[tuple[object, ...], list[Row]] = {}
        for found in present:
            groups.setdefault(place(name, found[name] or ""), []).append(found)
        keys = sorted(groups, reverse=is_descending)
        rows = [found for one in keys for found in groups[one]] + absent
    return rows


def place(name: str, value: str) -> tuple[object, ...]:
    if name == "TIME_PERIOD":
        span = periods.parse(value)
        return (span.start, span.start - span.end, value)
    return (float(Decimal(value)),) if name == "OBS_VALUE" else (value,)


PAIRS = [  # the same question in both generations
    ("data/dataflow/LMIS/DF_EX", "data/LMIS,DF_EX"),
    ("data/dataflow/LMIS/DF_EX/~", "data/DF_EX"),
    ("data/dataflow/LMIS/DF_EX/1.0.0/M", "data/LMIS,DF_EX,1.0.0/M.."),
    ("data/dataflow/LMIS/DF_EX/1.0.0/M.MYS._T,Q.MYS._T", "data/DF_EX/M+Q.MYS._T"),
    ("data/dataflow/LMIS/DF_EX/*/*.PHL.*", "data/LMIS,DF_EX/.PHL./all"),
    ("data/provisionagreement", None),
    ("data/dataflow/LMIS/DF_EX?c[TIME_PERIOD]=ge:2020-01+le:2020-Q1", "data/DF_EX?startPeriod=2020-01&endPeriod=2020-Q1"),
    ("data/dataflow/LMIS/DF_EX?c[TIME_PERIOD]=le:2019", "data/DF_EX?endPeriod=2019"),
    ("data/dataflow/LMIS/DF_EX?attributes=none", "data/DF_EX?detail=dataonly"),
    ("data/dataflow/LMIS/DF_EX?attributes=none&measures=none", "data/DF_EX?detail=serieskeysonly"),
    ("data/dataflow/LMIS/DF_EX?attributes=dataset,series&measures=none", "data/DF_EX?detail=nodata"),
    ("data/dataflow/LMIS/DF_EX?lastNObservations=1", "data/DF_EX?lastNObservations=1"),
    ("data/dataflow/LMIS/DF_EX?includeHistory=true", "data/DF_EX?includeHistory=true"),
    ("data/dataflow/LMIS/DF_EX?dimensionAtObservation=SEX", "data/DF_EX?dimensionAtObservation=SEX"),
    ("data/dataflow/LMIS/NIX", "data/LMIS,NIX"),
]  # fmt: skip


@pytest.mark.parametrize(("new", "old"), [pair for pair in PAIRS if pair[1]])
def test_both_generations_answer_alike(snapshot: Snapshot, new: str, old: str) -> None:
    (status_v2, text_v2), (status_v1, text_v1) = get(snapshot, f"v2/{new}"), get(snapshot, f"v1/{old}")
    assert status_v2 == status_v1
    assert status_v2 == 404 or text_v2 == text_v1


@QUICK
@given(
    parts=st.tuples(*(st.lists(code(n), min_size=1, max_size=2, unique=True) for n in DIMENSIONS[:3])),
    start=st.sampled_from(["", *VALUES["TIME_PERIOD"]]),
    end=st.sampled_from(["", *VALUES["TIME_PERIOD"]]),
    more=ENDS,
    since=st.sampled_from(["", *SINCE]),
)
def test_any_key_means_the_same_in_both(
    revised: Snapshot, parts: tuple[list[str], ...], start: str, end: str, more: str, since: str
) -> None:
    more += since
    old_key = ".".join("" if "*" in codes else "+".join(codes) for codes in parts)
    keys = [".".join(codes) for codes in product(*(["*"] if "*" in codes else codes for codes in parts))]
    span = "+".join([f"ge:{start}"] * bool(start) + [f"le:{end}"] * bool(end))
    new = f"v2/data/dataflow/LMIS/DF_EX/~/{','.join(keys)}?{f'c[TIME_PERIOD]={span}' if span else ''}{more}"
    limits = "&".join([f"startPeriod={start}"] * bool(start) + [f"endPeriod={end}"] * bool(end))
    old = f"v1/data/DF_EX/{old_key}?{limits}{more}"
    (status_v2, text_v2), (status_v1, text_v1) = get(revised, new), get(revised, old)
    assert (status_v2, status_v1) in ((200, 200), (204, 404))
    assert status_v2 == 204 or text_v2 == text_v1
