"""What a release changed: Malaysia's October edition revised exactly the months of 2024."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from publisher.errors import NotFound
from publisher.store import Home, Snapshot, current
from publisher.store.revisions import Largest, Size, changes, sizes
from publisher.structures.urns import Ref

RELEASE = "mys-dosm-2025-10"
KEY = ("M", "MYS", "_T", "Y15T64", "_T", "_T", "_T", "_T", "_T", "_T", "_T", "N", "MYS_LFS")


def flow(name: str) -> Ref:
    return Ref("dataflow", "LMIS", name, "1.0.0")


def key(indicator: str, period: str) -> tuple[str, ...]:
    return (*KEY[:2], indicator, *KEY[2:], period)


@pytest.fixture(scope="module")
def snapshot(demo_home: Path) -> Snapshot:
    return current(Home(demo_home))


@pytest.mark.parametrize("name", ["DF_LF", "DF_EMP", "DF_UNE"])
def test_the_values_of_exactly_twelve_months_moved(snapshot: Snapshot, name: str) -> None:
    moved = {
        row["TIME_PERIOD"]
        for row in changes(snapshot, RELEASE, flow(name)).to_pylist()
        if row["change"] == "revised" and row["OBS_VALUE"] != row["old_OBS_VALUE"]
    }
    assert moved <= {f"2024-{month:02}" for month in range(1, 13)}
    assert len(moved) == 12


def test_sizes(snapshot: Snapshot) -> None:
    definition = snapshot.registry.definition(flow("DF_EMP"))
    assert sizes(changes(snapshot, RELEASE, flow("DF_EMP")), definition, "INDICATOR") == (
        Size("EMP_TEMP_NB", 4, 13, 0, 1, "2024-01", "2025-01",
             Largest(key("EMP_TEMP_NB", "2024-01"), Decimal("16483.0"), Decimal("16229.4"))),
        Size("EMP_DWAP_RT", 4, 12, 0, 1, "2024-01", "2025-01",
             Largest(key("EMP_DWAP_RT", "2024-02"), Decimal("67.9"), Decimal("68.2"))),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ("2", "1", ("1", "2", 0)),
        ("1", "1", (None, None, 1)),  # only a note changed
        (None, "1", (None, None, 0)),  # a value was taken back: no size
        ("1", None, (None, None, 0)),
        (None, None, (None, None, 1)),
    ],
)
def test_size_of_one_revision(
    snapshot: Snapshot, new: str | None, old: str | None, expected: tuple[object, ...]
) -> None:
    definition = snapshot.registry.definition(flow("DF_EMP"))
    names = [d.id for d in definition.dimensions] + ["TIME_PERIOD"]
    row = dict(zip(names, key("EMP_TEMP_NB", "2024"), strict=True))
    table = pa.table({"change": ["revised"]} | {n: [v] for n, v in row.items()})
    for name, value in (("OBS_VALUE", new), ("old_OBS_VALUE", old)):
        table = table.append_column(name, pa.array([value], pa.string()))
    (size,) = sizes(table, definition, "INDICATOR")
    largest = size.largest
    told = (str(largest.old), str(largest.new)) if largest else (None, None)
    assert (*told, size.only_notes) == expected


def test_what_is_for_protection_only_is_not_told(snapshot: Snapshot) -> None:
    table = changes(snapshot, RELEASE, flow("DF_EMP"))
    assert "SAMPLE_SIZE" in snapshot.registry.definition(flow("DF_EMP")).components
    assert not [name for name in table.column_names if "SAMPLE_SIZE" in name]


@pytest.mark.parametrize(("release", "name"), [("nix", "DF_EMP"), (RELEASE, "DF_EDU")])
def test_unknown(snapshot: Snapshot, release: str, name: str) -> None:
    with pytest.raises(NotFound, match="there is no release"):
        changes(snapshot, release, flow(name))
