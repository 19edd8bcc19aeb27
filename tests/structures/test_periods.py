"""SDMX 3.0 section 6, "Time and time format"."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.structures import periods


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("period", "start", "end", "frequency"),
    [
        ("2024", "2024-01-01", "2025-01-01", "A"),
        ("2024-A1", "2024-01-01", "2025-01-01", "A"),
        ("2024-02", "2024-02-01", "2024-03-01", "M"),
        ("2024-M12", "2024-12-01", "2025-01-01", "M"),
        ("2024-S2", "2024-07-01", "2025-01-01", "S"),
        ("2024-T3", "2024-09-01", "2025-01-01", "T"),
        ("2024-Q4", "2024-10-01", "2025-01-01", "Q"),
        ("2024-W01", "2024-01-01", "2024-01-08", "W"),
        ("2021-W01", "2021-01-04", "2021-01-11", "W"),
        ("2020-W53", "2020-12-28", "2021-01-04", "W"),
        ("2024-D060", "2024-02-29", "2024-03-01", "D"),
        ("2024-05-17", "2024-05-17", "2024-05-18", "D"),
        ("2024-05-17T10:00:00", "2024-05-17T10:00:00", "2024-05-17T10:00:00.000001", None),
        ("2024-05-17T10:00:00+07:00", "2024-05-17T03:00:00", "2024-05-17T03:00:00.000001", None),
        ("2024-05-17T10:00:00.5Z", "2024-05-17T10:00:00.5", "2024-05-17T10:00:00.500001", None),
        ("2024+07:00", "2023-12-31T17:00", "2024-12-31T17:00", "A"),
        ("2024-01-31/P1M", "2024-01-31", "2024-02-29", None),
        ("2024-05-17T00:00:00/P1Y2M3DT4H5M6S", "2024-05-17", "2025-07-20T04:05:06", None),
    ],
)
def test_parse(period: str, start: str, end: str, frequency: str | None) -> None:
    assert periods.parse(period) == periods.Span(at(start), at(end))
    assert periods.frequency_of(period) == frequency


@pytest.mark.parametrize(
    ("period", "year_start", "start", "end"),
    [  # the table of section 6 for --07-01, and the weeks of such a year
        ("2010-Q2", "--07-01", "2010-10-01", "2011-01-01"),
        ("2010-A1", "--07-01", "2010-07-01", "2011-07-01"),
        ("2010-S2", "--07-01", "2011-01-01", "2011-07-01"),
        ("2010-T1", "--07-01", "2010-07-01", "2010-11-01"),
        ("2010-M01", "--07-01", "2010-07-01", "2010-08-01"),
        ("2011-W36", "--07-01", "2012-03-05", "2012-03-12"),
        ("2010-D185", "--07-01", "2011-01-01", "2011-01-02"),
        ("2010", "--07-01", "2010-01-01", "2011-01-01"),  # Gregorian: the start day does not matter
    ],
)
def test_reporting_year(period: str, year_start: str, start: str, end: str) -> None:
    assert periods.parse(period, year_start) == periods.Span(at(start), at(end))


@pytest.mark.parametrize(
    "period",
    ["", "24", "2024-13", "2024-00", "2024-Q5", "2024-Q01", "2024-Q0", "2024-M1", "2024-W54", "2021-W53",
     "2023-D366", "2023-02-29", "2024/P1Y", "2024-05-17/P", "2024-05-17/PT", "0000", "2024-05-17T25:00:00",
     "2024-5", "٢٠٢٤", "Q2-2024", "2024Q2", "2024-05-17T10:00", " 2024", "2024+15:00"],
)  # fmt: skip
def test_illegal(period: str) -> None:
    with pytest.raises(ValueError, match="not a time period"):
        periods.parse(period)


def test_illegal_start_day_is_told() -> None:
    with pytest.raises(ValueError, match="--MM-DD"):
        periods.parse("2024-Q1", "07-01")


def test_table_of_distinct_periods() -> None:
    table = periods.table(["2024-Q1", "rubbish", None])
    assert table["frequency"].to_pylist() == ["Q", None, None]
    assert table["start"].to_pylist() == [at("2024-01-01"), None, None]
    assert table["end"].to_pylist() == [at("2024-04-01"), None, None]


years = st.integers(1, 9998)
parts = {"A": 1, "S": 2, "T": 3, "Q": 4, "M": 12}


@given(years, st.sampled_from(sorted(parts)), st.sampled_from(["--01-01", "--04-01", "--07-01", "--10-06"]))
def test_reporting_periods_tile_their_year(year: int, code: str, year_start: str) -> None:
    digits = 2 if code == "M" else 1
    spans = [periods.parse(f"{year:04}-{code}{n:0{digits}}", year_start) for n in range(1, parts[code] + 1)]
    whole = periods.parse(f"{year:04}-A1", year_start)
    assert (spans[0].start, spans[-1].end) == (whole.start, whole.end)
    assert all(a.end == b.start for a, b in pairwise(spans))
    assert all(span.within(whole) for span in spans)


@given(st.dates(date(2, 1, 1), date(9998, 12, 31)))
def test_weeks_are_those_of_iso_8601(day: date) -> None:
    year, week, weekday = day.isocalendar()
    span = periods.parse(f"{year:04}-W{week:02}")
    assert span.start + timedelta(days=weekday - 1) == datetime(day.year, day.month, day.day)


@given(st.text(max_size=12))
def test_any_text_is_a_period_or_a_value_error(text: str) -> None:
    if periods.is_legal(text):
        assert periods.parse(text).start <= periods.parse(text).end
