"""Marks of nothing (Table Schema `missingValues`): each becomes an empty cell; a column of numbers has one.

Which of `-`, `..` and an empty cell means zero, unknown or not asked is a question that a file with two of
them leaves open; why a value is missing is said by OBS_STATUS, row by row.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package.findings import Findings, quoted
from publisher.package.lines import Positions
from publisher.package.plan import Table


def kept(table: Table) -> Table:
    """`table` as a reader must take it where it declares several marks: only the empty cell is one."""
    return replace(table, missing=("",) if "" in table.missing else ())


def are_several(table: Table) -> bool:
    return len(set(table.missing)) > 1 and not table.format.startswith("sdmx-")


def taken(columns: dict[str, pa.Array], rows: Positions, file: str, table: Table, findings: Findings) -> None:
    """Takes the declared marks out of `columns`; a finding for each cell with another than the usual one."""
    marks = pa.array([mark for mark in table.missing if mark], pa.string())
    for name, column in columns.items():
        coded = pa.types.is_dictionary(column.type)
        texts = column.dictionary if coded else column
        marked = pc.is_in(texts, marks)
        if not pc.any(marked).as_py():
            continue
        if not coded:
            _one(name, column, marked, rows, file, findings)
        empty = pc.if_else(marked, pa.scalar(None, pa.string()), texts)
        columns[name] = pc.take(empty, column.indices).dictionary_encode() if coded else empty


def _one(
    name: str, column: pa.StringArray, marked: pa.BooleanArray, rows: Positions, file: str, findings: Findings
) -> None:
    """Of a column of numbers: the cells whose mark is not the usual one."""
    nothing = np.flatnonzero(pc.or_(marked, pc.is_null(column)).to_numpy(zero_copy_only=False))
    spelt = column.take(pa.array(nothing)).fill_null("").to_pylist()
    usual = max(sorted(set(spelt)), key=spelt.count)
    others = [(row, text) for row, text in zip(nothing.tolist(), spelt, strict=True) if text != usual]
    room = findings.room("missing-mixed")
    for row, text in others[:room]:
        findings.add(
            "missing-mixed",
            f"{_shown(text)} stands for no value here, and {_shown(usual)} in the rest of the column",
            file=file,
            row=int(rows[row]),
            column=name,
            value=text,
            allowed=_shown(usual),
        )
    findings.count("missing-mixed", len(others) - room)


def _shown(mark: str) -> str:
    return quoted(mark) if mark else "an empty cell"
