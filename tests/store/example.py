"""A small dataflow (dsd/example.xml), for tests of the store and of formats.

Three dimensions and time, one measure, attributes at every level; OBS_STATUS may have several values,
and the code lists are written in another order than the alphabet's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from publisher.store.change import Change, Release
from publisher.store.cube import Cube, open_cube
from publisher.store.index import build
from publisher.structures.definition import Definition
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

Row = Mapping[str, str | None]
DSD = Path(__file__).parent / "dsd"
FLOW = Ref("dataflow", "LMIS", "DF_EX", "1.0.0")
INSTANT = datetime(2025, 1, 1, 4, tzinfo=UTC)


@lru_cache
def registry() -> Registry:
    return Registry.load(DSD)


@lru_cache
def definition(arrays: bool = True) -> Definition:
    """The example's; without `arrays`, OBS_STATUS has one value, as before SDMX 3.0."""
    found = registry().definition(FLOW)
    if arrays:
        return found
    status = found.components["OBS_STATUS"]
    one = replace(status, representation=replace(status.representation, max_occurs=1))
    return replace(found, components={**found.components, "OBS_STATUS": one})


def table(rows: Iterable[Row], columns: Iterable[str]) -> pa.Table:
    rows = list(rows)
    return pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in columns})


def cube(folder: Path, structure: Definition, **providers: Iterable[Row]) -> Cube:
    """A cube of the rows of each provider."""
    states = {}
    for provider, rows in providers.items():
        states[provider] = folder / f"{provider}.parquet"
        pq.write_table(table(rows, structure.components), states[provider])
    build(folder / "cube", structure, states, folder / "tmp")
    return open_cube(folder / "cube", structure)


def row(key: str, value: str | None, status: str | None = "A", **more: str | None) -> Row:
    """`row("M.MYS.F.2020-01", "1.5")`, with the attributes that every row has."""
    freq, area, sex, period = key.split(".")
    return {
        "FREQ": freq, "REF_AREA": area, "SEX": sex, "TIME_PERIOD": period, "OBS_VALUE": value,
        "OBS_STATUS": status, "UNIT_MULT": "3", "TITLE": f"{area} & {sex}", "LICENSE": "CC-BY-4.0", **more,
    }  # fmt: skip


def change(rows: Iterable[Row], action: str = "Replace", **scope: tuple[str, ...]) -> Change:
    """A change of the columns that the rows have."""
    rows = list(rows)
    columns = list(dict.fromkeys(name for found in rows for name in found))
    return Change(FLOW, action, scope, table(rows, columns))


def release(name: str, *changes: Change, instant: datetime = INSTANT, provider: str = "MYS_DOSM") -> Release:
    return Release(name, provider, instant, changes)


ROWS: tuple[Row, ...] = (
    row("M.MYS._T.2020-01", "10.5"),
    row("M.MYS._T.2020-02", "11.0", "B\x1fP", COMMENT_OBS='New base, "2020" <&>\nsecond line'),
    row("M.MYS._T.2020-03", None, "M"),
    row("A.MYS._T.2019", "9"),
    row("A.MYS._T.2020", "12", "P"),
    row("Q.IDN.F.2019-Q4", "-3.25"),
    row("Q.IDN.F.2020-Q1", "1e3"),
    row("M.LAO.M.2020-01", "0.0", COMMENT_OBS="ປະເທດລາວ; ok"),
)
