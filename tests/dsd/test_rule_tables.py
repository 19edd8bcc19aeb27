"""`lmis dsd check` reads the tables beside the structures: each wrong cell is a finding at its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from publisher.folders import folder
from publisher.package.rules import written
from publisher.structures.registry import Registry

WRONG = [
    # table, what stands there, what is written instead, finding, row, column
    ("reference/required.csv", "DSD_EARNINGS,UNIT_MEASURE", "DSD_PAY,UNIT_MEASURE", "missing-reference", 2, "structure"),
    ("reference/required.csv", ",UNIT_MEASURE,XDC", ",UNIT,XDC", "unknown-component", 2, "when_component"),
    ("reference/required.csv", "XDC,CURRENCY", "NATIONAL,CURRENCY", "unknown-code", 2, "when_value"),
    ("reference/required.csv", "structure,", "dsd,", "table-columns", 1, None),
    ("reference/preferred.csv", "BRN,UNE_DEAP_RT", "BRU,UNE_DEAP_RT", "unknown-code", 2, "area"),
    ("reference/preferred.csv", "Y_GE15,_T", "Y_GE15,ALL", "unknown-code", 2, "coverage"),
    ("reference/comparison.csv", "UNE_DEAP_RT,A", "UNE_RATE,A", "unknown-code", 2, "indicator"),
    ("reference/derived.csv", "2005,D", "soon,D", "illegal-value", 2, "since"),
    ("reference/derived.csv", "2005,D", "2005,ZZ", "unknown-code", 2, "status"),
    ("rules/accounting.csv", "_T = F + M", "_T = F + MM", "unknown-code", 2, "partition"),
    ("rules/accounting.csv", "_T = F + M", "F and M", "illegal-value", 2, "partition"),
    ("rules/accounting.csv", "sex,DSD_LFS,sum", "sex,DSD_LFS,total", "missing-script", 2, "script"),
    ("rules/accounting.csv", "UNIT_MEASURE=PS,0.000001", "UNIT_MEASURE=PS,some", "illegal-value", 2, "tolerance"),
    ("rules/breaks.csv", "ECO_(ISIC[0-9])_.*", "ECO_(ISIC", "illegal-value", 2, "pattern"),
    ("rules/comparable.csv", "Y15T64|", "Y15T46|", "unknown-code", 2, "instead"),
    ("rules/continuous.csv", "FREQ=M|Q|S", "FREQ=M|X", "unknown-code", 2, "where"),
    ("rules/continuous.csv", "FREQ=M|Q|S", "FREQUENCY=M", "unknown-component", 2, "where"),
    ("rules/plausible.csv", "PT,3,3,8", "PT,3 points,3,8", "illegal-value", 2, "revision"),
    ("rules/ranges.csv", "UNIT_MEASURE=PT,,0,100", "UNIT_MEASURE=PT,,0,100%", "illegal-value", 2, "max"),
    ("rules/vtl/sum.vtl", "check_hierarchy(OBS", "check_hierarchy OBS", "vtl", None, None),
    ("maps/MYS_DOSM/status.csv", "STATUS_IN_EMPLOYMENT", "STATUS", "unknown-component", None, "STATUS"),
    ("maps/MYS_DOSM/lfs_month/layout.toml", "[body]", "[corpus]", "layout", None, None),
]  # fmt: skip


def test_the_bundled_tables_are_right() -> None:
    assert [str(f) for f in written.check(Registry.load(folder("dsd")))] == []


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Registry]:
    place = Path(shutil.copytree(folder("dsd"), tmp_path_factory.mktemp("dsd") / "dsd"))
    return place, Registry.load(place)


@pytest.mark.slow
@pytest.mark.parametrize(("table", "old", "new", "code", "row", "column"), WRONG)
def test_a_wrong_cell_is_found(
    bundled: tuple[Path, Registry],
    table: str,
    old: str,
    new: str,
    code: str,
    row: int | None,
    column: str | None,
) -> None:
    place, registry = bundled
    text = (place / table).read_text(encoding="utf-8")
    assert old in text
    (place / table).write_text(text.replace(old, new, 1), encoding="utf-8")
    try:
        found = written.check(registry)
    finally:
        (place / table).write_text(text, encoding="utf-8")
    finding = next(f for f in found if f.code == code)
    assert {f.file for f in found} == {table}
    assert (finding.column, bool(finding.remedy or finding.allowed or row is None)) == (column, True)
    assert row is None or finding.row == row
