"""Harmonised figures as the checks take them: columns of codes, each row with the office's own cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.package.harmonise.grid import letters_of
from publisher.package.plan import Table

if TYPE_CHECKING:  # pandas is slow to import, and only national tables need it
    from publisher.package.harmonise.melt import Long

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Harmonised:
    """Like `tables.Part`, of a national table: findings about a row speak of the office's own cell."""

    file: str
    table: Table
    columns: dict[str, pa.Array]
    rows: int
    at: tuple[Numbers, Numbers]  # row and column of each row's first figure, from 0
    long: Long
    labels: Mapping[str, str]  # component → the variable that it was made from
    lineage: pa.Table  # a row for each figure: file, sheet, cell, source, text, rule, weight, and our key

    def line(self, row: int) -> int:
        """The row of the office's table."""
        return int(self.at[0][row]) + 1

    def place(self, row: int, component: str) -> tuple[int, str]:
        """Row and column letter of the cell that `component` comes from."""
        here = int(self.at[0][row]), int(self.at[1][row])
        down, right = self.long.origin(self.labels.get(component, ""), *here)
        return down + 1, letters_of(right)
