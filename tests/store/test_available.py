"""Availability: the worked example of SDMX REST doc/availability.md; counts, span and components."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import QuerySemanticError
from publisher.query.model import Condition, DataQuery, Filter, Target
from publisher.store import availability
from publisher.store.cube import Cube, empty
from publisher.store.order import chronological
from publisher.store.runs import Numbers, Runs
from publisher.store.times import Times
from publisher.structures.periods import table
from tests.store.example import cube, definition, row

# The example's UK, FR; EMP, UEMP; M, F in our codes
MYS_A_M, IDN_A_M, IDN_Q_F = (row(k, "1") for k in ("A.MYS.M.2020", "A.IDN.M.2020", "Q.IDN.F.2020-Q3"))
TARGET = Target("dataflow")


@pytest.fixture
def sample(tmp_path: Path) -> Cube:
    return cube(tmp_path, definition(), WB=[MYS_A_M, IDN_A_M, IDN_Q_F])


def query(**codes: str) -> DataQuery:
    filters = tuple(
        Filter(name, tuple((Condition("eq", code),) for code in text.split(",")))
        for name, text in codes.items()
    )
    return DataQuery(TARGET, filters=filters)


@pytest.mark.parametrize(
    ("asked", "mode", "areas", "frequencies", "sexes"),
    [
        (query(REF_AREA="IDN", SEX="F"), "exact", "IDN", "Q", "F"),
        (query(REF_AREA="IDN", SEX="F"), "available", "IDN", "Q", "F M"),
        (query(REF_AREA="IDN", SEX="M,F"), "exact", "IDN", "A Q", "F M"),
        (query(REF_AREA="IDN", SEX="M,F"), "available", "MYS IDN", "A Q", "F M"),
        (DataQuery(TARGET, keys=((None, ("IDN",), ("F",)),)), "available", "IDN", "Q", "F M"),
        (query(TIME_PERIOD="2020-Q3"), "exact", "IDN", "Q", "F"),
    ],
)
def test_the_worked_example(
    sample: Cube, asked: DataQuery, mode: str, areas: str, frequencies: str, sexes: str
) -> None:
    found = availability(sample, asked, mode=mode).values
    assert (found["REF_AREA"], found["FREQ"], found["SEX"]) == (
        tuple(areas.split()),
        tuple(frequencies.split()),
        tuple(sexes.split()),
    )


def test_counts_and_span(sample: Cube) -> None:
    found = availability(sample, DataQuery(TARGET))
    assert (found.series_count, found.obs_count) == (3, 3)
    assert (found.start, found.end) == (datetime(2020, 1, 1), datetime(2021, 1, 1))
    assert found.values["TIME_PERIOD"] == ("2020", "2020-Q3")
    assert availability(sample, query(SEX="_T")).start is None


def test_components(sample: Cube) -> None:
    assert availability(sample, DataQuery(TARGET), ("SEX",)).values == {"SEX": ("F", "M")}
    with pytest.raises(
        QuerySemanticError, match="has no dimension NOPE; allowed: FREQ, REF_AREA, SEX, TIME_PERIOD"
    ):
        availability(sample, DataQuery(TARGET), ("NOPE",))


def test_nothing_released_yet() -> None:
    found = availability(empty(definition()), DataQuery(TARGET))
    assert (found.series_count, found.obs_count, found.start) == (0, 0, None)
    assert set(found.values.values()) == {()}


PERIODS = ["2019", "2020", "2019-Q4", "2020-Q1", "2020-Q2", "2020-01", "2020-02", "2020-03", "2020-04"]


@given(st.data())
def test_the_ends_of_runs_tell_what_each_observation_would(data: st.DataObject) -> None:
    """Series with and without gaps, of one frequency or mixed; whole runs and parts of them."""
    order = chronological(PERIODS)
    drawn = st.lists(st.sampled_from(range(len(order))), min_size=1, max_size=5, unique=True).map(sorted)
    series = data.draw(st.lists(drawn, min_size=1, max_size=5))
    cut = data.draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(1, 3)), max_size=4))
    offsets = np.cumsum([0, *map(len, series)])
    times = Times(OneColumn(np.concatenate(series), offsets, table(order)), "TIME_PERIOD")
    chosen = [(n, offsets[n] + low, min(offsets[n] + low + size, offsets[n + 1])) for n, low, size in cut
              if n < len(series)]  # fmt: skip
    parts = [part for part in chosen if part[1] < part[2]]
    runs = Runs(*(np.array([part[i] for part in parts], np.int64) for i in range(3)))
    expected = {int(code) for _, start, stop in parts for code in np.concatenate(series)[start:stop]}
    assert set(np.flatnonzero(times.used(runs)).tolist()) == expected


@dataclass
class OneColumn:
    """What of a cube `Times` looks at."""

    column: Numbers
    offsets: Numbers
    periods: pa.Table

    def codes(self, name: str) -> Numbers:
        return self.column
