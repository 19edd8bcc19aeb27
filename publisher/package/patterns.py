"""`constraints.pattern` of a field, by RE2: the time that it takes grows with the text and no faster.

Expressions that RE2 does not have (look-around, references back) are refused rather than run elsewhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package.findings import Findings, quoted
from publisher.package.gate import DESCRIPTOR
from publisher.package.lines import Positions
from publisher.package.plan import Table

MAX_PATTERN = 1_000


def check(columns: dict[str, pa.Array], rows: Positions, file: str, table: Table, findings: Findings) -> None:
    """Cells that do not match their field's pattern as a whole."""
    for name, pattern in table.patterns.items():
        if name not in columns:
            continue
        column = columns[name]
        coded = pa.types.is_dictionary(column.type)
        texts = column.dictionary if coded else column
        right = _matches(texts, pattern)
        if right is None:
            _refuse(name, pattern, findings)
            continue
        wrong = pc.invert(right)
        _tell(np.flatnonzero((pc.take(wrong, column.indices) if coded else wrong).fill_null(False)),
              column, name, pattern, rows, file, findings)  # fmt: skip


def _matches(texts: pa.StringArray, pattern: str) -> pa.BooleanArray | None:
    if len(pattern) > MAX_PATTERN:
        return None
    try:
        return pc.match_substring_regex(texts, rf"\A(?:{pattern})\z")
    except pa.ArrowInvalid:
        return None


def _refuse(name: str, pattern: str, findings: Findings) -> None:
    findings.add(
        "pattern-unsupported",
        f"the pattern of field {name} cannot be used",
        file=DESCRIPTOR,
        column=name,
        value=pattern[:100],
        allowed=f"RE2 syntax, at most {MAX_PATTERN:,} characters",
    )


def _tell(
    wrong: Any, column: pa.Array, name: str, pattern: str, rows: Positions, file: str, findings: Findings
) -> None:
    room = findings.room("pattern-differs")
    for row in wrong[:room].tolist():
        value = column[row].as_py()
        findings.add(
            "pattern-differs",
            f"{quoted(value)} does not match the field's pattern",
            file=file,
            row=int(rows[row]),
            column=name,
            value=value,
            allowed=pattern[:100],
        )
    findings.count("pattern-differs", len(wrong) - room)
