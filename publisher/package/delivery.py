"""What a checked data package comes to: one delivery per dataflow, and the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa

from publisher.errors import Finding
from publisher.structures.urns import Ref


@dataclass(frozen=True)
class Delivery:
    """The observations of one dataflow in a package, checked, in the structure's own codes.

    `table`: a column of text per dimension, measure and attribute of the structure, named by its id,
    string or dictionary of strings (what repeats is kept once: ten million rows must fit);
    dimensions are never null; a measure is the decimal as delivered (null: missing value with its
    status); keys are unique. Columns that the package does not have are absent.
    """

    dataflow: Ref
    action: str  # Merge | Replace | Delete
    scope: Mapping[str, tuple[str, ...]]  # Replace: what is replaced; empty: all of the provider's
    table: pa.Table
    withheld: pa.BooleanArray | None = None  # rows whose figure must not leave: `protect` takes it out
    lineage: pa.Table | None = None  # of national tables: a row a figure, with file, cell, labels


@dataclass(frozen=True)
class Report:
    """Everything found in a package; `deliveries` is empty when there is an error among them."""

    package: str  # its name, or the path when it has none
    path: str
    findings: tuple[Finding, ...]
    rows: int
    seconds: float
    descriptor: Mapping[str, Any] = field(default_factory=dict)  # datapackage.json as delivered
    provider: str = ""  # id of the data provider
    release: str = ""  # the provider's own name of the release, e.g. "2025-10"
    instant: datetime | None = None  # the declared release date, aware; None: when published
    files: Mapping[str, str] = field(default_factory=dict)  # path in the package → sha256
    deliveries: tuple[Delivery, ...] = ()
    counts: Mapping[str, int] = field(
        default_factory=dict
    )  # finding code → all of them; findings may be fewer
    accepted: Mapping[str, int] = field(default_factory=dict)  # of `counts`, those with a reason
    excerpts: Mapping[tuple[str, int], Mapping[str, str]] = field(default_factory=dict)  # (file, row) → cells

    @property
    def valid(self) -> bool:
        return not any(f.severity == "error" for f in self.findings)
