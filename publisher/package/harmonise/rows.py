"""The rows of each dataflow in one national table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from publisher.package.findings import Findings
from publisher.package.harmonise import figures, grid, totals
from publisher.package.harmonise.layout import Layout
from publisher.package.harmonise.lineage import make
from publisher.package.harmonise.melt import COLUMN, ROW, Long, melt
from publisher.package.harmonise.part import Harmonised
from publisher.package.harmonise.translate import LEFT_OUT, SHARE, STATUS, VALUE, WEIGHT, translate
from publisher.package.plan import Table
from publisher.structures.definition import Definition

ADDITIVE = "ADDITIVE"  # annotation of a code: figures of parts may be added up


def harmonise(
    read: grid.Grid,
    table: Table,
    its: Layout,
    definitions: Sequence[Definition],
    findings: Findings,
) -> dict[str, Harmonised]:
    """Dataflow (`AGENCY:ID(VERSION)`) → its rows in the table `read`; empty, with findings, when none."""
    long = melt(read, its, {name: str(text) for name, text in table.variables.items()}, findings)
    if long is None:
        return {}
    cells = figures.read(translate(long, its, findings), its, long, findings)
    if WEIGHT not in cells:
        cells[WEIGHT] = None
    made = {}
    routed = pd.Series(False, index=cells.index)
    for definition in definitions:
        flow = definition.dataflow.ref.short
        here = _goes(cells, its.dataflows[flow])
        routed |= here
        if here.any():
            made[flow] = _rows(cells[here], table, its, definition, long, findings)
    _homeless(cells[~routed & ~cells[LEFT_OUT]], its, long, findings)
    return made


def _goes(cells: pd.DataFrame, where: Mapping[str, tuple[str, ...]]) -> pd.Series:
    fits = pd.Series(True, index=cells.index)
    for component, codes in where.items():
        fits &= cells[component].isin(codes) if component in cells else False
    return fits


def _homeless(cells: pd.DataFrame, its: Layout, long: Long, findings: Findings) -> None:
    if len(cells):
        row, column = int(cells[ROW].iloc[0]), int(cells[COLUMN].iloc[0])
        findings.add(
            "map-invalid",
            f"{len(cells)} figures of {its.name} go to none of its dataflows",
            file=long.grid.place,
            row=row + 1,
            column=grid.letters_of(column),
            allowed=", ".join(its.dataflows),
        )


def _rows(
    cells: pd.DataFrame, table: Table, its: Layout, definition: Definition, long: Long, findings: Findings
) -> Harmonised:
    """One dataflow's figures, those of one key together."""
    cells = cells.reset_index(drop=True)
    _mark_additive(cells, definition)
    measures = {VALUE, STATUS}
    keys = [name for name in definition.components if name in cells and name not in measures]
    labels = list(dict.fromkeys(source for codes in its.codes for source in codes.sources))
    kept = cells[~cells[LEFT_OUT]].reset_index(drop=True)
    made = totals.gather(kept, keys, labels, long, findings)
    if kept[SHARE].notna().any() or len(made) < len(cells):
        totals.compare(cells, made, its.name, long, findings)
    return make(table, made, kept, definition, its, long)


def _mark_additive(cells: pd.DataFrame, definition: Definition) -> None:
    """Whether a figure may be added to others, by the annotation of its indicator's code."""
    cells[totals.ADDITIVE], cells[totals.INDICATOR] = False, ""
    for dimension in definition.dimensions:
        codes = dimension.codes.items if dimension.codes else {}
        additive = [code for code, item in codes.items() if any(a.id == ADDITIVE for a in item.annotations)]
        if additive and dimension.id in cells:
            cells[totals.ADDITIVE] = cells[dimension.id].isin(additive)
            cells[totals.INDICATOR] = cells[dimension.id].fillna("")
