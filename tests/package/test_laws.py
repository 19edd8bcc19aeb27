"""Laws: an error is found at exactly its cell, and the order of rows decides nothing."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.package import Report, check
from publisher.package.lines import Lines
from publisher.structures.registry import Registry

COLUMNS = (
    "FREQ", "AREA", "SEX", "PRICE_BASE", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "UNIT_MEASURE", "DECIMALS",
    "COMMENT_OBS",
)  # fmt: skip
ROWS = [
    ["A", area, sex, "V", str(year), f"{year}.5", "A", "PS", "1", comment]
    for area in ("AA", "CC")
    for sex in ("F", "M", "_T")
    for year, comment in zip(
        range(2015, 2022), ("", "a, b", 'say "so"', "two\nlines", "", "", "\r\n"), strict=True
    )
]
WRONG = {  # column → a value that is wrong wherever it stands, and what that is called
    "FREQ": ("Y", {"unknown-code"}),
    "AREA": ("BB", {"not-in-agreement"}),
    "SEX": ("female", {"unknown-code"}),
    "PRICE_BASE": ("_Z", {"not-in-dataflow"}),
    "TIME_PERIOD": ("2021-13", {"period-form"}),
    "OBS_VALUE": ("1,234.5", {"number-form"}),
    "OBS_STATUS": ("", {"attribute-missing"}),
    "UNIT_MEASURE": ("PT", {"attribute-not-constant"}),
    "DECIMALS": ("x", {"unknown-code", "attribute-not-constant"}),
    "COMMENT_OBS": ("\u202eturned", {"text-form"}),
}
DESCRIPTOR = {
    "name": "law",
    "resources": [{"name": "jobs", "path": "jobs.csv", "sdmx": {"dataflow": "TEST:DF_JOBS(1.0.0)"}}],
    "sdmx": {"dataProvider": "OFFICE_A", "release": "1", "releaseDate": "2025-01-01T00:00:00Z"},
}


def written(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([COLUMNS, *rows])
    return out.getvalue()


def checked(rows: list[list[str]], registry: Registry) -> Report:
    with TemporaryDirectory() as name:
        (Path(name) / "datapackage.json").write_text(json.dumps(DESCRIPTOR), encoding="utf-8")
        (Path(name) / "jobs.csv").write_bytes(written(rows).encode())
        return check(name, registry)


def line_of(rows: list[list[str]], number: int) -> int:
    """The line where row `number` begins, counted in the text itself; CR, LF and CR LF end a line."""
    before = written(rows[:number])
    return before.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


def test_the_table_is_valid(registry: Registry) -> None:
    assert checked(ROWS, registry).findings == ()


@settings(deadline=None, max_examples=60)
@given(number=st.integers(0, len(ROWS) - 1), column=st.sampled_from(sorted(WRONG)), seed=st.integers(0, 9))
def test_a_planted_error_is_found_at_its_cell(
    registry: Registry, number: int, column: str, seed: int
) -> None:
    rows = [row[:] for row in ROWS]
    random.Random(seed).shuffle(rows)
    value, codes = WRONG[column]
    rows[number][COLUMNS.index(column)] = value
    found = [(f.code, f.row, f.column, f.value) for f in checked(rows, registry).findings]
    assert sorted(found) == sorted((code, line_of(rows, number), column, value) for code in codes)


@settings(deadline=None, max_examples=25)
@given(
    places=st.sets(st.tuples(st.integers(0, len(ROWS) - 1), st.sampled_from(sorted(WRONG))), max_size=6),
    order=st.permutations(range(len(ROWS))),
)
def test_the_order_of_rows_decides_nothing(
    registry: Registry, places: set[tuple[int, str]], order: list[int]
) -> None:
    rows = [row[:] for row in ROWS]
    for number, column in places:
        rows[number][COLUMNS.index(column)] = WRONG[column][0]
    one, other = checked(rows, registry), checked([rows[number] for number in order], registry)
    assert one.counts == other.counts
    assert one.valid == other.valid
    lines = {line_of(rows, number): number for number in range(len(rows))}
    moved = {line_of([rows[n] for n in order], place): number for place, number in enumerate(order)}
    # Of two rows with one key the later is told, so there only the number is the same.
    assert {
        (f.code, lines[f.row or 0], f.column) for f in one.findings if not f.code.startswith("duplicate-")
    } == {
        (f.code, moved[f.row or 0], f.column) for f in other.findings if not f.code.startswith("duplicate-")
    }


cells = st.text(alphabet='ab,"\n\r ', max_size=5)


@settings(deadline=None, max_examples=300)
@given(
    rows=st.lists(st.lists(cells, min_size=2, max_size=4), min_size=1, max_size=8),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_records_are_those_of_a_plain_reader(rows: list[list[str]], end: str) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    lines = Lines(out.getvalue().encode())
    assert lines.widths.tolist() == [len(row) for row in rows]
    assert lines.stray_quote() is None
    count = [
        sum(cell.replace("\r\n", "\n").replace("\r", "\n").count("\n") for cell in row) + 1 for row in rows
    ]
    assert lines.numbers.tolist() == [1 + sum(count[:number]) for number in range(len(rows))]
