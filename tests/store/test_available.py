"""Availability: the worked example of SDMX REST doc/availability.md; counts, span and components."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from publisher.errors import QuerySemanticError
from publisher.query.model import Condition, DataQuery, Filter, Target
from publisher.store import availability
from publisher.store.cube import Cube, empty
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
