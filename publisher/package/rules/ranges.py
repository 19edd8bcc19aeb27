"""Values outside what their unit can be: rates from 0 to 100, counts not below 0 (`rules/ranges.csv`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from publisher.package.findings import Findings
from publisher.package.frame import Frame
from publisher.package.rules import figures, tables
from publisher.structures.registry import Registry

COLUMNS = ("structure", "where", "except", "min", "max", "reason")


@dataclass(frozen=True)
class Range:
    structure: str
    where: tables.Where
    excepted: tables.Where
    low: float
    high: float

    def __str__(self) -> str:
        if self.high == np.inf:
            return f"{self.low:g} or more"
        return f"at most {self.high:g}" if self.low == -np.inf else f"{self.low:g} to {self.high:g}"


def load(registry: Registry) -> tuple[Range, ...]:
    """The ranges of all folders of the registry."""
    return tuple(
        Range(
            row["structure"],
            tables.where(row["where"]),
            tables.where(row["except"]),
            float(row["min"] or "-inf"),
            float(row["max"] or "inf"),
        )
        for _, row in tables.rows(registry, "ranges.csv", COLUMNS)
    )


def check(frame: Frame, ranges: tuple[Range, ...], findings: Findings) -> None:
    """A finding for each value outside a range that speaks of its row."""
    name = figures.measure(frame)
    if name is None or frame.filing.action == "Delete":
        return
    own = [r for r in ranges if tables.is_about(r.structure, frame.definition)]
    values = figures.measured(frame, name) if own else np.empty(0)
    for one in own:
        with np.errstate(invalid="ignore"):
            suspect = np.flatnonzero((values < one.low) | (values > one.high))
        if not len(suspect):
            continue
        meant = tables.holds(frame, one.where)
        if one.excepted:
            meant &= ~tables.holds(frame, one.excepted)
        frame.tell(findings, "out-of-range", suspect[meant[suspect]], name, "{} cannot be", str(one))
