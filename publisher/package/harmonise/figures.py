"""What an office writes in its cells as decimals: its separators taken out, anything else a finding."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package.findings import Findings, quoted
from publisher.package.harmonise.grid import letters_of
from publisher.package.harmonise.layout import NO_ROW, Layout
from publisher.package.harmonise.melt import COLUMN, ROW, TEXT, Long, strings
from publisher.package.harmonise.translate import VALUE

_NUMBER = r"\A-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?\z"


def read(cells: pd.DataFrame, layout: Layout, long: Long, findings: Findings) -> pd.DataFrame:
    """`cells` with the decimal of each figure; None for missing marks that stand for a missing value."""
    marks = [mark for mark, meaning in layout.missing.items() if meaning != NO_ROW]
    texts = strings(cells[TEXT])
    is_mark = np.asarray(pc.is_in(texts, pa.array(marks, pa.string())))
    numbers = _plain(texts, layout)
    right = np.asarray(pc.match_substring_regex(numbers, _NUMBER)) | is_mark
    _tell(cells[~right], layout, long, findings)
    cells[VALUE] = pc.if_else(pa.array(is_mark), pa.scalar(None, pa.string()), numbers).to_pandas()
    return cells[right].reset_index(drop=True)


def _plain(texts: pa.StringArray, layout: Layout) -> pa.StringArray:
    """With a dot and without separators of thousands, which must stand before three digits each."""
    if layout.thousands:
        mark, dot = re.escape(layout.thousands), re.escape(layout.decimal)
        grouped = pc.match_substring_regex(texts, rf"\A-?[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:{dot}[0-9]+)?\z")
        texts = pc.if_else(grouped, pc.replace_substring(texts, layout.thousands, ""), texts)
    if layout.decimal != ".":
        clear = pc.replace_substring(texts, layout.decimal, ".")
        texts = pc.if_else(pc.match_substring(texts, "."), pc.binary_join_element_wise("?", texts, ""), clear)
    return texts


def _tell(wrong: pd.DataFrame, layout: Layout, long: Long, findings: Findings) -> None:
    marks = ", ".join(quoted(mark) for mark in layout.missing)
    room = findings.room("number-form")
    for row, column, text in zip(*(wrong[name].head(room) for name in (ROW, COLUMN, TEXT)), strict=True):
        findings.add(
            "number-form",
            f"{quoted(str(text))} is neither a number nor a missing mark of {layout.name}",
            file=long.grid.place,
            row=int(row) + 1,
            column=letters_of(int(column)),
            value=str(text),
            allowed=f"a number with decimal {layout.decimal!r} and thousands {layout.thousands!r}; {marks}",
        )
    findings.count("number-form", len(wrong) - room)
