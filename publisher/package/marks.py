"""Marks of nothing (Table Schema `missingValues`): each becomes an empty cell; a column of numbers has one.

Which of `-`, `..` and an empty cell means zero, unknown or not asked is a question that a file with two of
them leaves open; why a value is missing is said by OBS_STATUS, row by row.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package.findings import Findings, quoted
from publisher.package.lines import Positions
from publisher.package.plan import Table
from publisher.structures.definition import MISSING, OBS_STATUS, Definition

IN_SDMX = (
    "NaN",
    "#N/A",
)  # SDMX 3.0 section 6, "Missing observation values": of numbers, and of anything else


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


def unread(table: Table, action: str) -> Table:
    """`table` as a reader must take it where a mark of the standard takes a public value away: marks stay."""
    if action != "Merge" or not table.format.startswith("sdmx-"):
        return table
    return replace(table, missing=tuple(mark for mark in table.missing if mark not in IN_SDMX))


def meant(
    columns: dict[str, pa.Array],
    rows: Positions,
    file: str,
    table: Table,
    definition: Definition,
    findings: Findings,
) -> None:
    """In a Merge an empty cell leaves what is public, and a mark takes it away: OBS_STATUS must say so.

    SDMX-CSV field guide, `ACTION`: an absent observation value is to remain unchanged. An attribute can
    hold for many more rows than the one that would take it away, so it goes with a Replace.
    """
    attributes = {a.id for a in definition.attributes}
    for name, column in columns.items():
        coded = pa.types.is_dictionary(column.type)
        texts = column.dictionary if coded else column
        marked = pc.is_in(texts, pa.array(IN_SDMX))
        if not pc.any(marked).as_py():
            continue
        at = np.asarray(pc.take(marked, column.indices) if coded else marked)
        code = _ATTRIBUTE if name in attributes else _UNSAID
        found = np.flatnonzero(at if name in attributes else at & ~_says_missing(columns, table, len(column)))
        room = findings.room(code)
        for row in found[:room]:
            mark = str(column[row])
            note = _NOTES[code].format(mark)
            findings.add(code, note, file=file, row=int(rows[row]), column=name, value=mark)
        findings.count(code, max(0, len(found) - room))
        empty = pc.if_else(marked, pa.scalar(None, pa.string()), texts)
        columns[name] = pc.take(empty, column.indices).dictionary_encode() if coded else empty


_UNSAID, _ATTRIBUTE = "missing-without-status", "merge-attribute"
_NOTES = {
    _UNSAID: f"{{}} takes a value away, and {OBS_STATUS} does not say that it is missing",
    _ATTRIBUTE: "{} would take an attribute away, which a Merge cannot do",
}


def _says_missing(columns: dict[str, pa.Array], table: Table, rows: int) -> npt.NDArray[np.bool_]:
    """The rows whose status, or one of several, says that the value is missing."""
    if OBS_STATUS not in columns:
        return np.full(rows, table.fixed.get(OBS_STATUS) in MISSING)
    texts = columns[OBS_STATUS].dictionary_decode().fill_null("").to_numpy(zero_copy_only=False)
    values, places = np.unique(texts.astype(str), return_inverse=True)
    says = [not MISSING.isdisjoint(re.split(r"\W+", value)) for value in values.tolist()]
    return np.array(says, bool)[places]


def _shown(mark: str) -> str:
    return quoted(mark) if mark else "an empty cell"
