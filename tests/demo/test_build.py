"""The program that makes the packages: its rules on small tables, and the committed bytes from the source."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

DEMO = Path(__file__).resolve().parents[2] / "demo"


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("demo_build", DEMO / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def delivered(**cells: str) -> pl.DataFrame:
    """One row as the source delivers it."""
    row = {
        **{"FREQ": "A", "REF_AREA": "SGP", "INDICATOR": "UNE_DEAP_RT", "SEX": "_T", "AGE": "Y_GE15"},
        **{"ECONOMIC_ACTIVITY": "_T", "TIME_PERIOD": "2020", "OBS_VALUE": "1.50", "OBS_STATUS": "A"},
        **{"UNIT_MEASURE": "PT", "SOURCE": "WB_WDI", "UNIT_MULT": "0", "STATUS_IN_EMPLOYMENT": "_T"},
        **{"OCCUPATION": "_T", "EDUCATION": "_T", "CURRENCY": "_Z", "ADJUSTMENT": "N", "DURATION": "_T"},
        **{"SURVEY": "", "SOURCE_FILE": "F000"},
    }
    return pl.DataFrame({**row, **cells})


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, {"SOURCE": "WDI_ILO_MOD", "SOURCE_TYPE": "ME", "OBS_VALUE": "1.50", "DATAFLOW": "DF_UNE"}),
        ({"SOURCE": "ILOSTAT_GAPMINDER", "OBS_STATUS": "A"}, {"SOURCE": "GM_ILO_NAT", "SOURCE_TYPE": "NC"}),
        ({"SOURCE": "ILOSTAT_GAPMINDER", "OBS_STATUS": "F"}, {"SOURCE": "GM_ILO_MOD", "SOURCE_TYPE": "ME"}),
        (
            {"INDICATOR": "EMP_NAG_EES_DT", "STATUS_IN_EMPLOYMENT": "STE_AGGREGATE_EES"},
            {
                "INDICATOR": "EMP_STE_DT",
                "ACTIVITY": "ECO_AGGREGATE_NAG",
                "STATUS_IN_EMPLOYMENT": "STE_AGGREGATE_EES",
            },
        ),
        (
            {"INDICATOR": "SCH_ENR_TER_RT"},
            {
                "INDICATOR": "EDU_GER_RT",
                "EDUCATION_LEV": "EDU_ISCED11_5T8",
                "SOURCE": "WDI_UIS",
                "SOURCE_TYPE": "NC",
            },
        ),
        (
            {
                "INDICATOR": "EAR_MEDIAN_NB",
                "SURVEY": "measure not stated in file (gross monthly income by occupation)",
            },
            {"INDICATOR": "EAR_GMI_NB", "SURVEY": "", "EARN_COMPONENT": "G"},
        ),
        (
            {
                "INDICATOR": "EAR_MEDIAN_NB",
                "UNIT_MEASURE": "SGD",
                "SURVEY": "full-time employed residents, incl. employer CPF",
            },
            {
                "EARN_COMPONENT": "GE",
                "WORK_TIME": "FT",
                "POP_COVERAGE": "RES",
                "CURRENCY": "SGD",
                "SURVEY": "",
            },
        ),
        (
            {"INDICATOR": "EAR_4MTH_NB", "REF_AREA": "VNM", "UNIT_MEASURE": "LCU", "SURVEY": "BA:1788"},
            {"UNIT_MEASURE": "XDC", "CURRENCY": "VND", "PRICE_BASE": "V", "SURVEY": "BA_1788"},
        ),
        (
            {"INDICATOR": "GDP_PER_EMP", "UNIT_MEASURE": "PPP_USD_2021"},
            {"UNIT_MEASURE": "USD_PPP", "PRICE_BASE": "Q", "BASE_PER": "2021", "CURRENCY": ""},
        ),
        (
            {"SOURCE": "ID_BPS_SAKERNAS", "FREQ": "M", "TIME_PERIOD": "2024-08"},
            {"FREQ": "S", "TIME_PERIOD": "2024-S2", "TIME_DETAIL": "2024-08"},
        ),
        (
            {"SOURCE": "PH_PSA_LFS", "FREQ": "Q", "TIME_PERIOD": "2024-Q2"},
            {"FREQ": "Q", "TIME_PERIOD": "2024-Q2", "TIME_DETAIL": "2024-04"},
        ),
        ({"ECONOMIC_ACTIVITY": "ECO_ISIC3_TOTAL"}, {"ACTIVITY": "_T"}),
        ({"ECONOMIC_ACTIVITY": "SSIC_X", "OCCUPATION": "SSOC_X"}, {"ACTIVITY": "ECO_SSIC2020_X"}),
        ({"EDUCATION": "SG_INST_ite"}, {"INSTITUTION": "SGP_ITE", "EDUCATION_LEV": "_T"}),
    ],
)
def test_harmonise(build: ModuleType, cells: dict[str, str], expected: dict[str, str]) -> None:
    row = build.harmonise(delivered(**cells)).row(0, named=True)
    assert {name: row[name] for name in expected} == expected


def test_first_rule_that_holds_wins_and_empty_condition_always_holds(build: ModuleType) -> None:
    rows = pl.DataFrame({"A": ["1", "1", "2"], "B": ["x", "y", "x"]})
    rules = pl.DataFrame({"A": ["1", "1", ""], "B": ["y", "", "z"], ">C": ["first", "second", "third"]})
    assert build.look_up(rows, rules)[">C"].to_list() == ["second", "first", None]


def test_equal_rows_are_merged_and_unequal_refused(build: ModuleType) -> None:
    rows = pl.DataFrame(
        {"KEY": ["a", "a", "b"], "OBS_VALUE": ["1", "1.0", "2"], "SOURCE_FILE": ["2", "1", "1"]}
    )
    assert build.merge_equal(rows, ["KEY"])["OBS_VALUE"].to_list() == ["1.0", "2"]
    with pytest.raises(build.Unequal, match="1 keys have rows with different values, the first is a"):
        build.merge_equal(rows.with_columns(OBS_VALUE=pl.Series(["1", "2", "3"])), ["KEY"])


def test_missing_source_is_told_in_one_line(
    build: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        build.main([str(tmp_path)])
    assert "asean_lmis.csv.gz is not there" in capsys.readouterr().err


@pytest.mark.slow
def test_source_gives_the_committed_bytes(build: ModuleType, tmp_path: Path) -> None:
    source = os.environ.get("LMIS_DEMO_SOURCE")
    if not source:
        pytest.skip("LMIS_DEMO_SOURCE does not name the folder of the source figures")
    counts = build.build(Path(source), tmp_path)
    assert sum(merged for _, merged in counts.values()) == 1626
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {
        path.relative_to(DEMO): path.read_bytes()
        for package in DEMO.glob("*/datapackage.json")
        for path in package.parent.iterdir()
    }
    assert made.keys() == kept.keys()
    assert [str(path) for path in made if made[path] != kept[path]] == []
