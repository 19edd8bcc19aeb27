"""Selections: held against the slow obvious reading on random queries; and cases that people ask."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import QuerySemanticError
from publisher.query.model import Condition, DataQuery, Filter, Target
from publisher.store import memory
from publisher.store.cube import Cube
from publisher.store.selection import Selection, select
from publisher.store.sorting import Ordered
from tests.store.example import ROWS, Row, cube, definition, row

TARGET = Target("dataflow")
OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew")
VALUES = {
    "FREQ": ["A", "M", "X"],
    "REF_AREA": ["MYS", "IDN", "LAO", "M", "ZZZ"],
    "SEX": ["_T", "F"],
    "TIME_PERIOD": ["2019", "2020", "2020-Q1", "2020-02", "2019-12"],
    "OBS_VALUE": ["10.5", "11", "11.00", "-3.25", "0", "1000", "5", "0.1000000000000000000001"],
    "OBS_STATUS": ["A", "P", "B", "M"],
    "UNIT_MULT": ["3", "0"],
    "COMMENT_OBS": ["2020", "o"],
    "TITLE": ["&", "MYS & _T"],
    "LICENSE": ["CC-BY-4.0"],
}
MORE: tuple[Row, ...] = (
    row("M.PHL.F.2020-01", "11"),
    row("M.PHL.F.2020-02", "0.1", TITLE=None),
    row("M.PHL.F.2020-04", "0.1000000000000000000001", "A\x1fP", TITLE=None, COMMENT_OBS="so"),
    row("A.PHL.F.2020", "5", None),
    row("Q.PHL.M.2020-Q1", "7", UNIT_MULT=None),
)


def values(component: str) -> st.SearchStrategy[str]:
    return st.sampled_from(VALUES[component])


def condition(component: str) -> st.SearchStrategy[Condition]:
    return st.builds(Condition, st.sampled_from(OPERATORS), values(component))


def a_filter(component: str) -> st.SearchStrategy[Filter]:
    alternative = st.lists(condition(component), min_size=1, max_size=2).map(tuple)
    return st.builds(Filter, st.just(component), st.lists(alternative, min_size=1, max_size=2).map(tuple))


def part(component: str) -> st.SearchStrategy[tuple[str, ...] | None]:
    return st.none() | st.lists(values(component), min_size=1, max_size=2, unique=True).map(tuple)


KEY = st.tuples(part("FREQ"), part("REF_AREA"), part("SEX")) | st.just(()) | st.tuples(part("FREQ"))
QUERIES = st.builds(
    DataQuery,
    st.just(TARGET),
    keys=st.lists(KEY, min_size=1, max_size=2).map(tuple),
    filters=st.lists(st.sampled_from(sorted(VALUES)), max_size=3, unique=True).flatmap(
        lambda names: st.tuples(*map(a_filter, names))
    ),
    providers=st.sampled_from([(), ((None, "PHL_PSA"),), (("LMIS", "MYS_DOSM"), (None, "NOBODY"))]),
    first_n=st.none() | st.integers(1, 3),
    last_n=st.none() | st.integers(1, 3),
    limit=st.none() | st.integers(1, 6),
    offset=st.integers(0, 4),
    measures=st.sampled_from([("all",), ("none",)]),
    attributes=st.just(("none",)),
)


@pytest.fixture(scope="module")
def sample() -> Cube:
    with tempfile.TemporaryDirectory() as folder:
        yield cube(Path(folder), definition(), MYS_DOSM=ROWS, PHL_PSA=MORE)


DELIVERED = [{**r, "PROVIDER": "MYS_DOSM"} for r in ROWS] + [{**r, "PROVIDER": "PHL_PSA"} for r in MORE]
ABOVE = ("UNIT_MULT", "TITLE", "LICENSE")


def rows(found: Selection | Ordered) -> list[Row]:
    """All observations as dictionaries of what has a value."""
    series = found.series.to_pylist()
    rows = [row for batch in found.batches() for row in batch.to_pylist()]
    return [present({"PROVIDER": None, **series[r.pop("series")], **r}) for r in rows]


def present(row: Row) -> Row:
    return {name: value for name, value in row.items() if value is not None}


def whole(row: Row) -> Row:
    """With what the store keeps per series: the attributes that any of its rows has."""
    same = [r for r in DELIVERED if key(r)[:3] == key(row)[:3]]
    return {**row, **{name: next((r[name] for r in same if r.get(name)), None) for name in ABOVE}}


def key(row: Row) -> tuple[str | None, ...]:
    return tuple(row.get(name) for name in ("FREQ", "REF_AREA", "SEX", "TIME_PERIOD"))


ALL = [whole(row) for row in DELIVERED]


@given(query=QUERIES)
def test_selects_what_the_obvious_reading_selects(sample: Cube, query: DataQuery) -> None:
    found = select(sample, query)
    wanted = memory.select(ALL, definition(), query)
    if query.with_observations:
        assert [key(r) for r in rows(found)] == [key(r) for r in wanted]
        assert found.count() == len(wanted)
        assert rows(found) == [present(r) for r in wanted]
    else:
        assert [key(r)[:3] for r in found.series.to_pylist()] == [key(r)[:3] for r in wanted]
    assert found.series_count == len({key(r)[:3] for r in wanted})
    assert found.is_empty == (not wanted)


def ask(sample: Cube, *keys: tuple[tuple[str, ...] | None, ...], **filters: str) -> list[str]:
    """Values found, by keys and filters written as in a URL."""
    parsed = tuple(
        Filter(
            name,
            tuple(
                tuple(
                    Condition(*c.split(":", 1)) if c[2:3] == ":" else Condition("eq", c) for c in a.split("+")
                )
                for a in text.split(",")
            ),
        )
        for name, text in filters.items()
    )
    query = DataQuery(TARGET, keys=keys or ((),), filters=parsed)
    return [".".join(map(str, key(r))) for r in rows(select(sample, query))]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"TIME_PERIOD": "2019"}, ["A.MYS._T.2019", "Q.IDN.F.2019-Q4"]),
        ({"TIME_PERIOD": "lt:2020-02", "FREQ": "Q"}, ["Q.IDN.F.2019-Q4"]),  # sdmx-rest #237
        ({"TIME_PERIOD": "lt:2020-04", "REF_AREA": "IDN"}, ["Q.IDN.F.2019-Q4", "Q.IDN.F.2020-Q1"]),
        ({"TIME_PERIOD": "ge:2020-02+le:2020-03", "SEX": "_T"}, ["M.MYS._T.2020-02", "M.MYS._T.2020-03"]),
        ({"OBS_VALUE": "gt:0.1+lt:1"}, ["M.PHL.F.2020-04"]),  # beyond what a double can tell
        ({"OBS_VALUE": "11.000"}, ["M.MYS._T.2020-02", "M.PHL.F.2020-01"]),
        ({"OBS_STATUS": "B+P"}, ["M.MYS._T.2020-02"]),
        ({"TITLE": "ne:MYS & _T", "FREQ": "A"}, ["A.PHL.F.2020"]),
        ({"REF_AREA": "LAO,ZZZ"}, ["M.LAO.M.2020-01"]),
        ({"COMMENT_OBS": "co:ເທດ"}, ["M.LAO.M.2020-01"]),
    ],
)  # fmt: skip
def test_filters(sample: Cube, filters: dict[str, str], found: list[str]) -> None:
    assert ask(sample, **filters) == found


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (DataQuery(TARGET, filters=(Filter("NOPE", ((Condition("eq", "A"),),)),)), "has no component NOPE"),
        (
            DataQuery(TARGET, filters=(Filter("TIME_PERIOD", ((Condition("ge", "20"),),)),)),
            "not a time period",
        ),
        (
            DataQuery(TARGET, filters=(Filter("OBS_VALUE", ((Condition("ge", "x"),),)),)),
            "'x' is not a number",
        ),
        (DataQuery(TARGET, filters=(Filter("SEX", ((Condition("as", "x"),),)),)), "unknown operator 'as'"),
        (
            DataQuery(TARGET, keys=((None,) * 4,)),
            "the key has 4 parts, LMIS:DF_EX(1.0.0) has 3: FREQ.REF_AREA.SEX",
        ),
    ],
)
def test_refuses_what_makes_no_sense(sample: Cube, query: DataQuery, message: str) -> None:
    with pytest.raises(QuerySemanticError) as caught:
        select(sample, query)
    assert message in str(caught.value)


@given(query=QUERIES, dimension=st.sampled_from(["FREQ", "REF_AREA", "SEX", "TIME_PERIOD"]))
def test_regrouping_keeps_every_observation(sample: Cube, query: DataQuery, dimension: str) -> None:
    found = select(sample, query)
    again = found.regrouped(dimension)
    assert sorted(map(plain, rows(again)), key=key) == sorted(map(plain, rows(found)), key=key)
    if dimension != "TIME_PERIOD":
        assert dimension not in again.series.column_names
        groups = [key(r) for r in again.series.to_pylist()]
        assert len(set(groups)) == len(groups)


def plain(row: Row) -> dict[str, str | None]:
    return {name: value for name, value in row.items() if name != "PROVIDER"}


def test_regrouping_by_what_is_no_dimension(sample: Cube) -> None:
    with pytest.raises(
        QuerySemanticError, match="no dimension UNIT_MULT; allowed: FREQ, REF_AREA, SEX, TIME_PERIOD"
    ):
        select(sample, DataQuery(TARGET)).regrouped("UNIT_MULT")
