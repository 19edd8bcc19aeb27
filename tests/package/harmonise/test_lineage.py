"""Lineage in a release: a public observation leads to the office's own cells, and tells nothing withheld."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from publisher.cli import main
from publisher.errors import UsageError
from publisher.package import check
from publisher.release.before import protected
from publisher.release.lineage import COLUMNS, lineage
from publisher.release.publish import as_release
from publisher.store import Change, Home, Release, Snapshot, stage
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref
from tests.package.harmonise.office import HEAD, LAYOUT, with_maps, write

FLOW = Ref("dataflow", "LMIS", "DF_EMP", "1.0.0")
INDUSTRY = HEAD + (
    "farming,ECO_ISIC4_A,,,\n"
    "mining,ECO_ISIC4_B,,,\nquarrying,ECO_ISIC4_B,,,\n"
    "trade,ECO_ISIC4_G,0.75,,\ntrade,ECO_ISIC4_H,0.25,,\n"
    "hotels,ECO_ISIC4_I,,more persons than in food service by the census,\nhotels,ECO_ISIC4_S,,,\n"
    "embassies,ECO_ISIC4_U,,,\n"
)
HIDDEN = '[[set]]\nwhen = { ACTIVITY = "ECO_ISIC4_U" }\nCONF_STATUS = "A"\n'
ROWS = [
    ["", "employed"], ["farming", "11.5"], ["mining", "20"], ["quarrying", "0.25"], ["trade", "40"],
    ["hotels", "5"], ["embassies", "717"],
]  # fmt: skip
# ACTIVITY → value, and of each cell: cell, label, figure, weight, rule
EXPECTED: dict[str, tuple[str, list[tuple[str, str, str, str, str]]]] = {
    "ECO_ISIC4_A": ("11.5", [("B2", "farming", "11.5", "", "")]),
    "ECO_ISIC4_B": ("20.25", [("B3", "mining", "", "", ""), ("B4", "quarrying", "", "", "")]),
    "ECO_ISIC4_G": ("30", [("B5", "trade", "", "0.75", "")]),
    "ECO_ISIC4_H": ("10", [("B5", "trade", "", "0.25", "")]),
    "ECO_ISIC4_I": ("5", [("B6", "hotels", "5", "", "more persons than in food service by the census")]),
}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory, bundled: Registry) -> Snapshot:
    """A home with a release of a national table, and one after it in our own codes."""
    place = tmp_path_factory.mktemp("lineage")
    registry = with_maps(bundled, place)
    report = check(write(place, ROWS, LAYOUT + HIDDEN, industry=INDUSTRY), registry)
    assert report.valid, report.findings
    release = as_release([protected(report, registry)], datetime(2024, 6, 1, 4, tzinfo=UTC))
    return put(Home(place / "home"), registry, release)


def put(home: Home, registry: Registry, release: Release) -> Snapshot:
    """What is public after `release`; the structures are those in memory."""
    with stage(home) as staged:
        staged.freeze(release, registry, ())
        snapshot = staged.snapshot()
        staged.release()
    return snapshot


def told(found: pa.Table) -> dict[str, tuple[str, list[tuple[str, ...]]]]:
    made: dict[str, tuple[str, list[tuple[str, ...]]]] = {}
    for row in sorted(found.to_pylist(), key=lambda row: (row["key"], row["cell"])):
        label = row["source"].partition("industry=")[2].partition(";")[0]
        cells = made.setdefault(row["key"].split(".")[6], (row["value"], []))[1]
        cells.append((row["cell"], label, row["figure"], row["weight"], row["rule"]))
    return made


def test_every_observation_leads_to_its_cells(released: Snapshot) -> None:
    found = lineage(released, "DF_EMP", "*")
    assert told(found.filter(pa.compute.not_equal(found["cell"], ""))) == EXPECTED
    assert set(found["file"].to_pylist()) - {""} == {"table.csv"}


def test_nothing_withheld_is_in_the_release(released: Snapshot) -> None:
    (path,) = released.folder.rglob("lineage/*.parquet")
    table = pq.read_table(path)
    assert "embassies" not in str(table.to_pydict())
    assert "OBS_VALUE" not in table.column_names
    assert [text for text in table["text"].to_pylist() if text] == ["11.5", "5"]


@pytest.mark.parametrize(
    ("key", "count"),
    [("", 7), ("*", 7), ("A.PHL", 7), (".PHL.EMP_TEMP_NB", 7), ("M", 0),
     ("A.PHL.EMP_TEMP_NB._T.Y_GE15._T.ECO_ISIC4_A+ECO_ISIC4_B", 3)],
)  # fmt: skip
def test_a_key_selects(released: Snapshot, key: str, count: int) -> None:
    assert lineage(released, "DF_EMP", key).num_rows == count
    assert lineage(released, "DF_EMP", key, "1999").num_rows == 0


def test_a_key_of_another_structure(released: Snapshot) -> None:
    with pytest.raises(
        UsageError, match=r"has 15 parts; LMIS:DF_EMP\(1\.0\.0\) has 14 dimensions: FREQ\.REF"
    ):
        lineage(released, "DF_EMP", "." * 14)


def test_what_came_later_in_our_codes_has_a_release_and_no_cell(
    released: Snapshot, bundled: Registry
) -> None:
    """A figure that was sent again unchanged keeps its cell; a changed one has none."""
    state = pq.read_table(next(released.folder.rglob("obs/*.parquet")))
    rows = state.filter(pa.compute.is_in(state["ACTIVITY"], pa.array(["ECO_ISIC4_A", "ECO_ISIC4_I"])))
    values = pa.array(["11.5", "6"])
    rows = rows.set_column(rows.column_names.index("OBS_VALUE"), "OBS_VALUE", values)
    change = Change(FLOW, "Merge", {}, rows)
    home = Home(released.folder.parent)
    later = put(home, bundled, Release("phl-psa-2", "PHL_PSA", datetime(2024, 7, 1, tzinfo=UTC), (change,)))
    found = lineage(later, "DF_EMP", "A.PHL.EMP_TEMP_NB._T.Y_GE15._T.ECO_ISIC4_A+ECO_ISIC4_I")
    assert [(row["value"], row["release"], row["cell"]) for row in found.to_pylist()] == [
        ("11.5", "phl-psa-2024", "B2"),
        ("6", "phl-psa-2", ""),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "csv"])
def test_the_command(form: str, demo_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of what came in our own codes it tells the release."""
    key = "M.MYS.UNE_DEAP_RT._T.Y15T64"
    command = ["lineage", "DF_UNE", key, "--period", "2025-08", "--format", form, "--home", str(demo_home)]
    assert main(command) == 0
    head, line = capsys.readouterr().out.splitlines()
    assert head.replace(",", " ").split() == list(COLUMNS)
    assert line.startswith(key)
    assert "mys-dosm-2025-10" in line
