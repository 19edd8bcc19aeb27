"""Two homes: the demo's, and a handful of odd figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from publisher.factsheets.build import build
from publisher.folders import folder
from publisher.settings import Settings
from publisher.store import Change, Home, Release, Snapshot, current, stage
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

DSD = folder("dsd")


@pytest.fixture(scope="session")
def registry() -> Registry:
    return Registry.load(DSD)


def flow(short: str) -> Ref:
    agency, _, rest = short.partition(":")
    name, _, version = rest.partition("(")
    return Ref("dataflow", agency, name, version.rstrip(")"))


def table(rows: list[Mapping[str, str]], fixed: Mapping[str, str]) -> pa.Table:
    columns = dict.fromkeys(name for row in rows for name in row)
    arrays = {name: pa.array([row.get(name) or None for row in rows], pa.string()) for name in columns}
    arrays |= {name: pa.array([value] * len(rows), pa.string()) for name, value in fixed.items()}
    return pa.table(arrays)


def publish(home: Path, registry: Registry, *releases: Release) -> Snapshot:
    with stage(Home(home)) as staged:
        for release in releases:
            staged.freeze(release, registry, (DSD,))
        staged.snapshot()
        staged.release()
    return current(Home(home))


@pytest.fixture(scope="session")
def bundled(demo_home: Path) -> Snapshot:
    return current(Home(demo_home))


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return Settings(home=home, base_url="https://lmis.example.org", sheet_languages="en,id")


@pytest.fixture(scope="session")
def sheets(bundled: Snapshot, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """`IDN.id` → its HTML."""
    written = build(bundled, tmp_path_factory.mktemp("sheets"), settings)
    return {path.name.removesuffix(".html"): path.read_text(encoding="utf-8") for path in written}


def unemployment(period: str, value: str | None, status: str = "A", **more: str) -> dict[str, str]:
    """One observation of Thailand's unemployment rate, in the structure's own codes."""
    key = {"FREQ": "A", "REF_AREA": "THA", "INDICATOR": "UNE_DEAP_RT", "SEX": "_T", "AGE": "Y_GE15"}
    totals = ("EDUCATION_LEV", "ACTIVITY", "OCCUPATION", "STATUS_IN_EMPLOYMENT", "DURATION", "URBANISATION")
    rest = {"POP_COVERAGE": "_T", "SEASONAL_ADJUST": "N", "SOURCE": "WDI_ILO_MOD"}
    series = {"UNIT_MEASURE": "PT", "UNIT_MULT": "0", "SOURCE_TYPE": "ME"}
    figure = {"TIME_PERIOD": period, "OBS_VALUE": value or "", "OBS_STATUS": status}
    return {**key, **dict.fromkeys(totals, "_T"), **rest, **series, **figure, **more}


HOSTILE = "<script>alert(\"1\")</script><img src=x onerror=alert(2)> & 'quotes'"

ODD = [
    unemployment("2018", "1.10"),
    unemployment("2019", None, "L"),
    unemployment("2020", "1.9", "B", COMMENT_OBS=HOSTILE),
    unemployment("2021", None, "Q"),
    unemployment("2022", "1.3", "E"),
    *(unemployment(year, value, REF_AREA="MMR") for year, value in (("2021", "2"), ("2022", "2.5"))),
    *(unemployment(year, value, REF_AREA="VNM") for year, value in (("2021", "2.50"), ("2022", "2.50"))),
    unemployment("2022", "3.5", REF_AREA="KHM"),
    unemployment("2022", None, "M", REF_AREA="LAO"),
    unemployment("2022", "5.0", REF_AREA="SGP", LOWER_BOUND="4.4", UPPER_BOUND="5.6"),
    unemployment("2021", "4.5", REF_AREA="SGP", LOWER_BOUND="4.0", UPPER_BOUND="5.0"),
    unemployment("2022", "6.0", REF_AREA="PHL", LOWER_BOUND="5.5", UPPER_BOUND="6.5"),
    unemployment("2021", "4.0", REF_AREA="PHL", LOWER_BOUND="3.5", UPPER_BOUND="4.5"),
]


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Snapshot:
    """Breaks, gaps of several kinds, and a comment that is not friendly."""
    change = Change(flow("LMIS:DF_UNE(1.0.0)"), "Replace", {}, table(ODD, {}))
    release = Release("wb-odd", "WB", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), (change,))
    return publish(tmp_path_factory.mktemp("odd"), registry, release)


@pytest.fixture(scope="session")
def odd_sheets(odd: Snapshot, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    written = build(odd, tmp_path_factory.mktemp("odd-sheets"), settings)
    return {path.name.removesuffix(".html"): path.read_text(encoding="utf-8") for path in written}
