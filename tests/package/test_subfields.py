"""Several values in one cell, by SDMX-CSV's field guide: what separates them may stand in them, quoted."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.package import check, subfields
from publisher.structures.registry import Registry
from tests.package import made

# cell, separator → its values
CELLS = [
    ("A", ";", ["A"]),
    ("A;P", ";", ["A", "P"]),
    ("a;b|c", "|", ["a;b", "c"]),
    ('"a;b";c', ";", ["a;b", "c"]),
    ('"say ""x""";y', ";", ['say "x"', "y"]),
    ('"two\nlines";y', ";", ["two\nlines", "y"]),
    ('say "x";y', ";", ['say "x"', "y"]),
    ('"open;y', ";", ['"open', "y"]),
    ('"closed" too soon;y', ";", ['"closed" too soon', "y"]),
    (";A", ";", ["", "A"]),
]


@pytest.mark.parametrize(("cell", "separator", "values"), CELLS)
def test_split(cell: str, separator: str, values: list[str]) -> None:
    assert subfields.split(cell, separator) == values


@settings(deadline=None)
@given(st.lists(st.text('ab;"\r\n,|', max_size=5), min_size=1, max_size=3))
def test_what_is_joined_is_split_again(values: list[str]) -> None:
    assert subfields.split(subfields.join(values)) == values


@pytest.mark.parametrize(
    ("first", "status", "cell", "delivered"),
    [
        ("STRUCTURE[;]", "OBS_STATUS[]", "A;P", "A\x1fP"),
        ("STRUCTURE[|]", "OBS_STATUS[]", "A|P", "A\x1fP"),
        ("STRUCTURE[|]", "OBS_STATUS[]: Status", "A: Normal; usual|P: Provisional", "A\x1fP"),
        ("STRUCTURE[;]", "OBS_STATUS[]: Status", '"A: Normal; usual";P: Provisional', "A\x1fP"),
        ("STRUCTURE[;]", "OBS_STATUS[]", '"A";"P"', "A\x1fP"),
    ],
)
def test_a_message(
    first: str, status: str, cell: str, delivered: str, tmp_path: Path, registry: Registry
) -> None:
    names = [status if name == "OBS_STATUS" else name for name in made.NAMES]
    line = ["dataflow", made.FLOW, "M", *made.texts()[1]]
    line[3 + made.NAMES.index("OBS_STATUS")] = cell
    table = made.as_csv([[first, "STRUCTURE_ID", "ACTION", *names], line])
    sdmx = {"dataflow": made.FLOW, "action": "Merge"}
    report = check(made.package(tmp_path / "p", "x.csv", table, format="sdmx-csv", sdmx=sdmx), registry)
    assert [str(f) for f in report.findings if f.severity == "error"] == []
    assert [d.table["OBS_STATUS"].to_pylist() for d in report.deliveries] == [[delivered]]
