"""The packages fit the bundled structures, read here straight from their XML, not by our registry."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from lxml import etree

DSD = Path(__file__).resolve().parents[2] / "dsd" / "lmis"
NAMESPACES = {"str": "http://www.sdmx.org/resources/sdmxml/schemas/v3_0/structure"}
Tables = dict[tuple[str, str], pl.DataFrame]


@cache
def root(path: str) -> Any:
    return etree.parse(DSD / f"{path}.xml").getroot()


def texts(path: str, xpath: str) -> list[str]:
    return [str(found) for found in root(path).xpath(xpath, namespaces=NAMESPACES)]


def last(urn: str) -> str:
    """`CL_SEX` of `urn:…=LMIS:CL_SEX(1.0.0)`."""
    return urn.split(":")[-1].split("(")[0]


def structure_of(flow: str) -> str:
    return last(texts(f"dataflows/{flow}", "//str:Dataflow/str:Structure/text()")[0])


def enumerations(structure: str) -> dict[str, str]:
    """Code list by component of a data structure."""
    path = f"structures/{structure}"
    found = {}
    for component in root(path).xpath(
        "//*[@id and .//str:Enumeration][str:ConceptIdentity]", namespaces=NAMESPACES
    ):
        found[component.get("id")] = last(
            component.xpath(".//str:Enumeration/text()", namespaces=NAMESPACES)[0]
        )
    return found


def allowed(constraint: str) -> dict[str, set[str]]:
    path = f"constraints/{constraint}"
    regions = root(path).xpath("//str:KeyValue", namespaces=NAMESPACES)
    return {key.get("id"): set(key.xpath("str:Value/text()", namespaces=NAMESPACES)) for key in regions}


def strange(table: pl.DataFrame, column: str, codes: set[str]) -> set[str]:
    return set(table[column].drop_nulls().unique().to_list()) - codes


@pytest.mark.parametrize("structure", ["DSD_LFS", "DSD_EARNINGS", "DSD_SKILLS", "DSD_PRODUCTIVITY"])
def test_recipes_know_the_dimensions_and_attributes(structure: str, demo: Path) -> None:
    ours = tomllib.loads((demo / "structures.toml").read_text(encoding="utf-8"))[structure]
    path = f"structures/{structure}"
    dimensions = texts(path, "//str:Dimension/@id") + texts(path, "//str:TimeDimension/@id") or [
        "TIME_PERIOD"
    ]
    assert ours["dimensions"] == [*(d for d in dimensions if d != "TIME_PERIOD"), "TIME_PERIOD"]
    assert set(ours["attributes"]) <= set(texts(path, "//str:Attribute/@id"))
    required = set(texts(path, "//str:Attribute[@usage='mandatory']/@id"))
    assert required <= set(ours["attributes"])


def test_codes_are_in_the_code_lists(package: str, tables: Tables) -> None:
    unknown = {}
    for (name, flow), table in tables.items():
        if name == package:
            for column, codelist in enumerations(structure_of(flow)).items():
                if column in table.columns:
                    codes = set(texts(f"codelists/{codelist}", "//str:Code/@id"))
                    unknown[flow, column] = strange(table, column, codes)
    assert unknown
    assert {place: codes for place, codes in unknown.items() if codes} == {}


def test_rows_keep_within_the_constraints(package: str, descriptors: dict[str, Any], tables: Tables) -> None:
    provider = descriptors[package]["sdmx"]["dataProvider"]
    outside = {}
    for (name, flow), table in tables.items():
        if name == package:
            assert (DSD / "agreements" / f"PA_{provider}_{flow}.xml").is_file()
            for constraint in (f"CR_{flow}", f"CR_PA_{provider}_{flow}"):
                for column, codes in allowed(constraint).items():
                    outside[constraint, column] = strange(table, column, codes)
    assert outside
    assert {place: codes for place, codes in outside.items() if codes} == {}


def test_series_attributes_are_constant_in_their_series(package: str, tables: Tables) -> None:
    varying = {}
    for (name, flow), table in tables.items():
        if name == package:
            path = f"structures/{structure_of(flow)}"
            series = [d for d in texts(path, "//str:Dimension/@id") if d in table.columns]
            of_series = texts(path, "//str:Attribute[.//str:Dimension]/@id")
            for attribute in set(of_series) & set(table.columns):
                counts = table.group_by(series).agg(pl.col(attribute).n_unique().alias("values"))
                varying[flow, attribute] = counts.filter(pl.col("values") > 1).height
    assert varying
    assert {place: count for place, count in varying.items() if count} == {}
