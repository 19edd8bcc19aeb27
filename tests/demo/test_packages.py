"""The bundled packages are good Data Packages and say what the statistical model wants them to say."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import frictionless
import polars as pl
import pytest

Descriptors = dict[str, dict[str, Any]]
Tables = dict[tuple[str, str], pl.DataFrame]

JUNE, OCTOBER = "mys-dosm-lfs-2025-06", "mys-dosm-lfs-2025-10"


def test_frictionless_finds_nothing(package: str, demo: Path) -> None:
    report = frictionless.validate(demo / package / "datapackage.json", limit_rows=300)
    assert report.flatten(["type", "note"]) == []


def test_files_are_what_the_descriptor_says(package: str, demo: Path, descriptors: Descriptors) -> None:
    for resource in descriptors[package]["resources"]:
        content = (demo / package / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    listed = {"datapackage.json"} | {resource["path"] for resource in descriptors[package]["resources"]}
    assert {path.name for path in (demo / package).iterdir()} == listed


def test_package_says_who_when_and_under_which_terms(package: str, descriptors: Descriptors) -> None:
    descriptor = descriptors[package]
    assert descriptor["name"] == package
    assert set(descriptor["i18n"]["id"]) == {"title", "description"}
    assert all({"name", "path", "title"} <= set(licence) for licence in descriptor["licenses"])
    assert all(source["path"].startswith("https://") for source in descriptor["sources"])
    assert not any("github" in source["path"] for source in descriptor["sources"])
    assert descriptor["provenance"]["repositories"]
    assert set(descriptor["sdmx"]) - {"accepted"} == {"dataProvider", "release", "releaseDate"}


def test_releases_follow_each_other(descriptors: Descriptors) -> None:
    dates = [datetime.fromisoformat(each["sdmx"]["releaseDate"]) for each in descriptors.values()]
    assert len(set(dates)) == len(dates)
    assert max(dates) < datetime.fromisoformat("2026-11-01T00:00:00+00:00")
    assert (descriptors[JUNE]["sdmx"]["releaseDate"]) < (descriptors[OCTOBER]["sdmx"]["releaseDate"])
    releases = {(each["sdmx"]["dataProvider"], each["sdmx"]["release"]) for each in descriptors.values()}
    assert len(releases) == len(descriptors)


def test_primary_key_is_the_dimensions_and_unique(
    package: str, descriptors: Descriptors, tables: Tables
) -> None:
    for resource, (_, table) in zip(
        descriptors[package]["resources"],
        ((key, table) for key, table in tables.items() if key[0] == package),
        strict=True,
    ):
        key = resource["schema"]["primaryKey"]
        assert [field["name"] for field in resource["schema"]["fields"]][: len(key)] == key
        assert table.select(key).is_duplicated().sum() == 0
        assert table.select(key).null_count().sum_horizontal()[0] == 0


def test_no_key_is_stated_by_two_packages(tables: Tables) -> None:
    """But for Malaysia's October edition, which replaces part of June's."""
    for flow in {flow for _, flow in tables}:
        parts = [table for (name, at), table in tables.items() if at == flow and name != OCTOBER]
        key = [column for column in parts[0].columns if column not in NOT_KEY]
        rows = pl.concat([part.select(key) for part in parts])
        assert rows.is_duplicated().sum() == 0


NOT_KEY = {
    *("OBS_VALUE", "OBS_STATUS", "UNIT_MULT", "DECIMALS", "ROUNDING", "SOURCE_TYPE", "SURVEY", "TIME_DETAIL"),
    *("CENSUS_BASE", "COMMENT_OBS", "COMMENT_TS", "COVERAGE_NOTE", "CURRENCY", "BASE_PER"),
}  # UNIT_MEASURE may stay: it does not vary within a key


def test_enough_observations_each_with_source_and_status(tables: Tables) -> None:
    assert sum(len(table) for (name, _), table in tables.items() if name != OCTOBER) >= 60_000
    for table in tables.values():
        stated = table.select("SOURCE", "OBS_STATUS", "SOURCE_TYPE", "UNIT_MULT", "UNIT_MEASURE")
        assert stated.null_count().sum_horizontal()[0] == 0


@pytest.mark.parametrize("source", ["GM_ILO_MOD", "ILO_EAPEP_2011"])
def test_editions_that_contradict_the_published_one_stay_out(source: str, tables: Tables) -> None:
    assert not any((table["SOURCE"] == source).any() for table in tables.values())


@pytest.mark.parametrize(
    ("when", "attribute"),
    [
        (pl.col("UNIT_MEASURE") == "XDC", "CURRENCY"),
        (pl.col("PRICE_BASE") == "Q", "BASE_PER"),
        ((pl.col("SOURCE") == "SGP_MOM") & (pl.col("UNIT_MEASURE") == "PS"), "ROUNDING"),
        (
            (pl.col("SOURCE") == "IDN_SAKERNAS") & (pl.col("FREQ") == "S") & (pl.col("OBS_STATUS") != "O"),
            "TIME_DETAIL",
        ),
        (pl.col("SOURCE") == "PHL_LFS", "TIME_DETAIL"),
    ],
    ids=[
        "currency of XDC",
        "base of constant prices",
        "MOM's rounding",
        "Indonesia's round",
        "Philippine round",
    ],
)
def test_attribute_is_stated_where_the_rule_wants_it(when: pl.Expr, attribute: str, tables: Tables) -> None:
    found = 0
    for table in tables.values():
        if set(when.meta.root_names()) <= set(table.columns):
            rows = table.filter(when)
            found += len(rows)
            assert not len(rows) or rows[attribute].null_count() == 0
    assert found


def test_value_is_missing_only_with_a_status_that_says_so(tables: Tables) -> None:
    missing = {}
    for (_, flow), table in tables.items():
        empty = table["OBS_VALUE"].is_null()
        assert (empty == table["OBS_STATUS"].is_in(["L", "M", "O"])).all()
        if empty.any():
            counts = table.filter(empty).group_by("REF_AREA", "OBS_STATUS").len()
            missing |= {(flow, area, status): count for area, status, count in counts.iter_rows()}
    assert missing == {
        ("DF_LF", "IDN", "O"): 11,
        ("DF_EMP", "IDN", "O"): 22,
        ("DF_UNE", "IDN", "O"): 11,
        ("DF_UNE", "IDN", "L"): 1,
    }


def test_values_are_plain_decimals(tables: Tables) -> None:
    for table in tables.values():
        assert table["OBS_VALUE"].drop_nulls().str.contains(r"^-?\d+(\.\d+)?$").all()


# ---- Malaysia: two editions of one table


def two_editions(flow: str, tables: Tables) -> pl.DataFrame:
    """Rows of the periods that both editions have, side by side."""
    key = ["INDICATOR", "TIME_PERIOD"]
    same = {
        "FREQ": "M",
        "AGE": "Y15T64",
        "SEASONAL_ADJUST": "N",
        "STATUS_IN_EMPLOYMENT": "_T",
        "DURATION": "_T",
    }
    june, october = (
        tables[name, flow].filter(pl.all_horizontal(pl.col(part) == code for part, code in same.items()))
        for name in (JUNE, OCTOBER)
    )
    return june.join(october, on=key, suffix="_LATER").select(*key, "OBS_VALUE", "OBS_VALUE_LATER")


def test_malaysian_editions_differ_in_the_months_of_2024(tables: Tables) -> None:
    rows = pl.concat([two_editions(flow, tables) for flow in ("DF_LF", "DF_EMP", "DF_UNE")])
    assert len(rows) == 7 * 184
    revised = rows.filter(pl.col("OBS_VALUE") != pl.col("OBS_VALUE_LATER"))
    assert set(revised["TIME_PERIOD"]) == {f"2024-{month:02}" for month in range(1, 13)}


def test_october_edition_replaces_only_what_its_scope_names(descriptors: Descriptors, tables: Tables) -> None:
    for resource in descriptors[OCTOBER]["resources"]:
        assert resource["sdmx"]["action"] == "Replace"
        table = tables[OCTOBER, resource["name"].upper().replace("-", "_")]
        for dimension, codes in resource["sdmx"]["scope"].items():
            assert set(table[dimension]) == set(codes)


@pytest.mark.parametrize(("edition", "periods"), [(JUNE, {"2025-01"}), (OCTOBER, {"2024-01", "2025-01"})])
def test_census_base_break_is_flagged(edition: str, periods: set[str], tables: Tables) -> None:
    for (name, _), table in tables.items():
        if name == edition:
            assert set(table.filter(pl.col("OBS_STATUS") == "B")["TIME_PERIOD"]) == periods
            monthly = table.filter(pl.col("FREQ") == "M")
            assert (monthly["CENSUS_BASE"] == "2020").eq(monthly["TIME_PERIOD"] >= "2025-01").all()


# ---- Indonesia: the declared rule of the year


def test_indonesian_year_is_the_august_round(tables: Tables) -> None:
    for flow in ("DF_LF", "DF_EMP", "DF_UNE"):
        table = tables["idn-bps-sakernas", flow].with_columns(YEAR=pl.col("TIME_PERIOD").str.slice(0, 4))
        derived = table.filter((pl.col("FREQ") == "A") & (pl.col("OBS_STATUS") == "D"))
        august = table.filter(pl.col("TIME_PERIOD").str.ends_with("-S2"))
        both = derived.join(august, on=["INDICATOR", "AGE", "YEAR"], suffix="_ROUND")
        assert len(both) == len(derived) == len(august.filter(pl.col("OBS_VALUE").is_not_null()))
        assert (both["OBS_VALUE"] == both["OBS_VALUE_ROUND"]).all()
        assert derived["COMMENT_OBS"].null_count() == 0


@pytest.mark.parametrize(
    ("package", "flow", "count"),
    [
        ("phl-psa-lfs", "DF_UNE", 21),
        ("sgp-moe-training", "DF_TVET", 1260),
        ("wb-ilo-modelled", "DF_PROD", 442),
        ("wb-ilo-modelled", "DF_CHILD", 54),
        ("wb-ilo-modelled", "DF_EDU", 881),
        ("ilo-national-series", "DF_YOUTH", 351),
        ("ilo-national-series", "DF_HOURS", 217),
        ("ilo-national-series", "DF_MINWAGE", 124),
        ("ilo-national-series", "DF_LABCOST", 23),
    ],
)
def test_table_has_the_rows_of_its_source(package: str, flow: str, count: int, tables: Tables) -> None:
    assert len(tables[package, flow]) == count


def test_readme_has_the_counts(demo: Path, descriptors: Descriptors, tables: Tables) -> None:
    text = (demo / "README.md").read_text(encoding="utf-8")
    listed = [
        line.split("|")[1:5] for line in text.splitlines() if line.startswith("| `") and line.count("|") == 6
    ]
    counts = {
        name: sum(len(table) for (at, _), table in tables.items() if at == name) for name in descriptors
    }
    assert {cells[0].strip(" `"): int(cells[3]) for cells in listed} == counts
    assert [cells[0].strip(" `") for cells in listed] == sorted(
        descriptors, key=lambda name: datetime.fromisoformat(descriptors[name]["sdmx"]["releaseDate"])
    )
    for name, provider, release, _ in ([cell.strip(" `") for cell in cells] for cells in listed):
        filed = descriptors[name]["sdmx"]
        assert (filed["dataProvider"], filed["release"]) == (provider, release)
    missing = sum(table["OBS_VALUE"].null_count() for table in tables.values())
    assert f"{sum(counts.values())} observations" in text
    assert f"{missing} have no value" in text
