"""SDMX-CSV to the letter of its field guide: columns, options, several values in a field."""

from __future__ import annotations

import csv
import io
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from publisher.formats import DATA
from publisher.formats.message import DataMessage
from tests.clients import field_guide
from tests.formats.test_data import CSV_1, CSV_2, CSV_21
from tests.formats.test_gaps import AGREEMENT, HEADER, Case, cases, dataset
from tests.formats.wide import wide
from tests.store.example import Row

ROW: Row = {
    "FREQ": "M", "REF_AREA": "MYS", "SEX": "_T", "TIME_PERIOD": "2020-01", "OBS_VALUE": "1.5", "REMARK": None,
    "OBS_STATUS": "B\x1fP", "LICENSE": "CC0-1.0",
}  # fmt: skip
LEAD = ("STRUCTURE[;]", "STRUCTURE_ID", "ACTION")


def table(name: str, *rows: Row, options: dict[str, str] | None = None, **about: Any) -> list[dict[str, str]]:
    """The document's rows by the names of its columns."""
    message = DataMessage(HEADER, (dataset(list(rows), "TIME_PERIOD", **about),), options or {})
    return parsed(b"".join(DATA[name].write(message)))


def parsed(document: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(document.decode(), newline=""), strict=True))


VERSIONS = {CSV_21: "2.1.0", CSV_2: "2.0.0", CSV_1: "1.0.0"}
CHOICES = [
    (name, dict(zip(DATA[name].options, values, strict=True)))
    for name in VERSIONS
    for values in product(*DATA[name].options.values())
    if "key" not in DATA[name].options or values[2] == values[3]  # one option, in two spellings
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options"), CHOICES, ids=str)
def test_any_message_keeps_the_field_guides_rules(name: str, options: dict[str, str]) -> None:
    @given(cases(name))
    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    def law(case: Case) -> None:
        at, about, datasets = case
        found = [dataset(rows, at, action, **about) for action, rows in datasets]
        document = b"".join(DATA[name].write(DataMessage(HEADER, tuple(found), options)))
        at = "TIME_PERIOD" if at == "AllDimensions" else at
        assert field_guide.faults(document, VERSIONS[name], options, [wide()], at) == []

    law()


@pytest.mark.parametrize("name", [CSV_21, CSV_2])
@pytest.mark.parametrize("keys", ["obs", "series", "both"])
def test_key_is_keys(name: str, keys: str) -> None:
    """The guide has `keys` where it explains the option and `key` in its examples."""
    assert table(name, ROW, options={"key": keys}) == table(name, ROW, options={"keys": keys})
    assert {"SERIES_KEY", "OBS_KEY"} & set(table(name, ROW, options={"key": keys})[0]) != set()


@pytest.mark.parametrize(
    ("attribute", "values", "cell"),
    [
        ("OBS_STATUS", ["B", "P"], "B;P"),
        ("NOTES", ["one"], "one"),
        ("NOTES", ["one", "two, three"], "one;two, three"),
        ("NOTES", ["a;b", "c"], '"a;b";c'),
        ("NOTES", ["a;b"], '"a;b"'),
        ("NOTES", ['say "x"', "y"], '"say ""x""";y'),
        ("NOTES", ["two\nlines", "y"], '"two\nlines";y'),
        ("METHODS", ["a;b", "c"], '"a;b";c'),  # of the series
        ("SURVEYS", ["a;b", "c"], '"a;b";c'),  # of a group
        ("SOURCES", ["a;b", "c"], '"a;b";c'),  # of the data set
    ],
)
def test_several_values_in_a_field(attribute: str, values: list[str], cell: str) -> None:
    (found,) = table(CSV_2, ROW | {attribute: "\x1f".join(values)})
    assert found[f"{attribute}[]"] == cell
    assert next(csv.reader(io.StringIO(cell, newline=""), delimiter=";")) == values  # a field is a CSV line


@pytest.mark.parametrize(
    ("labels", "names", "cells"),
    [
        ("id", ["OBS_STATUS[]"], ["B;P"]),
        ("both", ["OBS_STATUS[]: Obs status"], ["B: Break;P: Provisional"]),
        ("name", ["OBS_STATUS[]", "Obs status"], ["B;P", "Break;Provisional"]),
        ("both", ["NOTES[]: Notes"], ["x;y"]),
        ("name", ["NOTES[]", "Notes"], ["x;y", ""]),
        ("both", ["OBS_VALUE: Obs_Value"], ["1.5"]),
        ("name", ["TIME_PERIOD", "Time period"], ["2020-01", ""]),
        ("both", ["STRUCTURE_ID"], ["LMIS:DF_EX(1.0.0): Example, a small one"]),
        ("name", ["STRUCTURE_ID", "STRUCTURE_NAME"], ["LMIS:DF_EX(1.0.0)", "Example, a small one"]),
    ],
)
def test_labels(labels: str, names: list[str], cells: list[str]) -> None:
    (found,) = table(CSV_2, ROW | {"NOTES": "x\x1fy"}, options={"labels": labels})
    head = list(found)
    assert [found[name] for name in names] == cells
    assert [head.index(name) - head.index(names[0]) for name in names] == list(range(len(names)))


@pytest.mark.parametrize(
    ("periods", "normalized"),
    [
        (["2019"], ["2019"]),
        (["2019-Q4"], ["2019-10"]),
        (["2019", "2020-Q1"], ["2019-01", "2020-01"]),
        (["2020-W02", "2020"], ["2020-01-06", "2020-01-01"]),
        (["2020-01-05", "2020-02"], ["2020-01-05", "2020-02-01"]),
    ],
)
def test_normalized_time_is_as_fine_as_the_finest(periods: list[str], normalized: list[str]) -> None:
    rows = [ROW | {"FREQ": freq, "TIME_PERIOD": p} for freq, p in zip("AM", periods, strict=False)]
    found = table(CSV_2, *rows, options={"timeFormat": "normalized", "keys": "obs"})
    assert [row["TIME_PERIOD"] for row in found] == normalized
    assert [row["OBS_KEY"].rpartition(".")[2] for row in found] == periods  # keys are as they were recorded


# -- columns that are not of the structure ----------------------------------------------------

FROM, TO = "2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z"


@pytest.mark.parametrize("name", VERSIONS)
def test_validity_is_in_custom_columns_at_the_end(name: str) -> None:
    """`Implementers have the possibility to add any other custom columns`: after the components."""
    (plain,) = table(name, ROW)
    (valid,) = table(name, ROW, valid_from=FROM)
    assert not {"VALID_FROM", "VALID_TO"} & set(plain)
    assert list(valid)[-2:] == ["VALID_FROM", "VALID_TO"]
    assert list(valid)[:-2] == list(plain)
    assert (valid["VALID_FROM"], valid["VALID_TO"]) == (FROM, "")


def test_each_data_set_has_its_own_validity() -> None:
    datasets = [dataset([ROW], "TIME_PERIOD", valid_from=FROM), dataset([ROW], "TIME_PERIOD", valid_to=TO)]
    both = parsed(b"".join(DATA[CSV_2].write(DataMessage(HEADER, tuple(datasets)))))
    assert [(row["VALID_FROM"], row["VALID_TO"]) for row in both] == [(FROM, ""), ("", TO)]


@pytest.mark.parametrize(
    ("structure", "kind"),
    [(None, "dataflow"), (wide().structure.ref, "datastructure"), (AGREEMENT, "dataprovision")],
    ids=["dataflow", "datastructure", "dataprovision"],
)
def test_the_first_columns(structure: Any, kind: str) -> None:
    (found,) = table(CSV_2, ROW, structure=structure)
    assert tuple(found)[:3] == LEAD
    assert found["STRUCTURE[;]"] == kind
    assert found["STRUCTURE_ID"] == (structure or wide().dataflow.ref).short
    flat = dataset([ROW], "TIME_PERIOD", structure=structure)
    few = DataMessage(HEADER, (type(flat)(**vars(flat) | {"attributes": ("LICENSE",)}),))
    assert b"".join(DATA[CSV_2].write(few)).startswith(b"STRUCTURE,STRUCTURE_ID,ACTION,")  # no arrays


@pytest.mark.parametrize(
    ("name", "action", "letter"),
    [
        (CSV_21, "Replace", "R"), (CSV_21, "Merge", "M"), (CSV_21, "Delete", "D"),
        (CSV_2, "Replace", "R"), (CSV_2, "Merge", "A"), (CSV_2, "Delete", "D"),
    ],
)  # fmt: skip
def test_actions(name: str, action: str, letter: str) -> None:
    (found,) = table(name, ROW, action=action)
    assert found["ACTION"] == letter


def test_what_is_deleted_is_its_key_alone() -> None:
    """A row with all dimensions and nothing else deletes the observation and what hangs on it."""
    (found,) = table(CSV_2, ROW, action="Delete")
    assert list(found) == ["STRUCTURE", *LEAD[1:], "FREQ", "REF_AREA", "SEX", "TIME_PERIOD"]
