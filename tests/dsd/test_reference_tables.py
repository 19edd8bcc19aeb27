"""Decisions as tables: each row in codes that exist, each question decided once."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

Codes = Mapping[str, frozenset[str]]
COLUMNS = {
    "area": "CL_AREA", "indicator": "CL_INDICATOR", "source": "CL_SOURCE", "age": "CL_AGE",
    "coverage": "CL_POP_COVERAGE", "status": "CL_OBS_STATUS",
    "freq": "CL_FREQ", "from_freq": "CL_FREQ", "to_freq": "CL_FREQ",
}  # fmt: skip
HEADERS = {
    "preferred.csv": ["area", "indicator", "freq", "source", "age", "coverage", "reason", "decided_by"],
    "comparison.csv": ["indicator", "freq", "source", "age", "coverage", "reason", "decided_by"],
    "derived.csv": [
        "area",
        "source",
        "from_freq",
        "from_period",
        "to_freq",
        "since",
        "status",
        "reason",
        "decided_by",
    ],
}
NOT_PUBLISHED = {"GM_ILO_MOD", "ILO_EAPEP_2011"}
MEMBERS = {"BRN", "KHM", "IDN", "LAO", "MYS", "MMR", "PHL", "SGP", "THA", "TLS", "VNM"}


def rows(dsd: Path, name: str) -> list[dict[str, str]]:
    with (dsd / "reference" / name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == HEADERS[name]
        return list(reader)


@pytest.mark.parametrize("name", HEADERS)
def test_codes_exist_and_every_row_has_its_reason(dsd: Path, codes: Codes, name: str) -> None:
    table = rows(dsd, name)
    assert table
    unknown = [(c, row[c]) for row in table for c in row if c in COLUMNS and row[c] not in codes[COLUMNS[c]]]
    assert not unknown
    assert all(row["reason"] and row["decided_by"] for row in table)
    assert not {row["source"] for row in table} & NOT_PUBLISHED


@pytest.mark.parametrize(
    ("name", "question"),
    [("preferred.csv", ("area", "indicator", "age")), ("comparison.csv", ("indicator", "age"))],
)
def test_a_question_is_decided_once(dsd: Path, name: str, question: tuple[str, ...]) -> None:
    counts = Counter(tuple(row[c] for c in question) for row in rows(dsd, name))
    assert [key for key, count in counts.items() if count > 1] == []


@pytest.mark.parametrize(
    "indicator", ["UNE_DEAP_RT", "EAP_DWAP_RT", "EMP_DWAP_RT", "EMP_ECO_DT", "EMP_STE_DT"]
)
def test_every_member_has_its_headline_figures(dsd: Path, indicator: str) -> None:
    areas = {row["area"] for row in rows(dsd, "preferred.csv") if row["indicator"] == indicator}
    assert areas >= MEMBERS


def test_the_figure_of_all_ages_comes_before_that_of_the_young(dsd: Path) -> None:
    """A reader that names no age takes the first row."""
    first: dict[str, str] = {}
    for row in rows(dsd, "preferred.csv"):
        if row["indicator"] == "UNE_DEAP_RT":
            first.setdefault(row["area"], row["age"])
    assert set(first.values()) == {"Y_GE15", "Y15T64"}
