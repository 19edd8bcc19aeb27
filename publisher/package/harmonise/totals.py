"""Figures that come together in one cell of ours: added where that means something, otherwise refused.

Whether it does is a property of the indicator: an annotation ADDITIVE on its code.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package.findings import Findings, quoted
from publisher.package.harmonise.grid import letters_of
from publisher.package.harmonise.melt import COLUMN, ROW, TEXT, Long, strings
from publisher.package.harmonise.translate import LEFT_OUT, SHARE, STATUS, TIME, VALUE, WEIGHT

GROUP = "@group"
ADDITIVE, INDICATOR = "@additive", "@indicator"  # of each figure, by the annotations of its codes
NORMAL = "A"  # CL_OBS_STATUS
_SCALE = 18  # decimals kept while shares are multiplied


def gather(
    cells: pd.DataFrame, keys: Sequence[str], labels: Sequence[str], long: Long, findings: Findings
) -> pd.DataFrame:
    """One row for each of our cells; GROUP in `cells` says to which each figure goes.

    `keys`: what tells our cells apart; `labels`: the office's labels. Equal labels twice in one cell
    are a repetition, not parts: they stay, for the check of duplicates to find.
    """
    parts = _numbered(cells, keys, labels)
    sizes = parts.groupby(GROUP, sort=False)[VALUE].transform("size")
    split = parts[SHARE].notna()
    refused = ~parts[ADDITIVE] & (split | ((sizes > 1) & parts[WEIGHT].isna()))
    _refuse(parts[refused], long, findings)
    several = (sizes > 1) | split
    single = parts[~several]
    return pd.concat([single, _together(parts[several & ~refused], keys)], ignore_index=True)


def _numbered(cells: pd.DataFrame, keys: Sequence[str], labels: Sequence[str]) -> pd.DataFrame:
    group = cells.groupby(list(keys), sort=False, dropna=False).ngroup()
    repeats = cells.assign(**{GROUP: group}).groupby([GROUP, *labels], sort=False, dropna=False).cumcount()
    doubled = group.isin(group[repeats > 0])
    numbers = group.where(~doubled, group.max() + 1 + np.arange(len(cells)))
    cells[GROUP] = numbers
    return cells


def _refuse(parts: pd.DataFrame, long: Long, findings: Findings) -> None:
    """One finding a figure: rates, means and medians of parts do not add up."""
    parts = parts.drop_duplicates([ROW, COLUMN])
    room = findings.room("not-additive")
    for row, column, text, indicator in zip(
        *(parts[name].head(room) for name in (ROW, COLUMN, TEXT, INDICATOR)), strict=True
    ):
        findings.add(
            "not-additive",
            f"{quoted(str(text))} of {indicator} cannot be added to others or divided",
            file=long.grid.place,
            row=int(row) + 1,
            column=letters_of(int(column)),
            value=str(text),
        )
    findings.count("not-additive", len(parts) - room)


def _together(parts: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    if parts.empty:
        return parts
    made = parts.drop_duplicates(GROUP).set_index(GROUP, drop=False)
    additive = parts[ADDITIVE].astype(bool)
    values = pd.concat([_sums(parts[additive]), _means(parts[~additive])])
    made[VALUE] = values.reindex(made.index)
    made[STATUS] = parts.groupby(GROUP, sort=False)[STATUS].agg(_status)
    return made


def _sums(parts: pd.DataFrame) -> pd.Series:
    """Σ share x value, exact, with the decimals that it needs; none where a part is missing."""
    if parts.empty:
        return pd.Series(dtype=object)
    values = strings(parts[VALUE]).cast(pa.decimal256(38, _SCALE))
    shares = parts[SHARE].map(lambda share: "1" if pd.isna(share) else str(share))
    shares = strings(shares).cast(pa.decimal256(20, 12))
    table = pa.table({GROUP: pa.array(parts[GROUP]), "part": pc.multiply(values, shares)})
    sums = table.group_by(GROUP).aggregate([("part", "sum")])
    missing = parts[VALUE].isna().groupby(parts[GROUP]).any()
    decimals = parts[VALUE].map(_decimals).groupby(parts[GROUP]).max()
    groups = sums[GROUP].to_pylist()
    texts = [
        None if missing[group] else shown(total, int(decimals[group]))
        for group, total in zip(groups, sums["part_sum"].to_pylist(), strict=True)
    ]
    return pd.Series(texts, index=groups, dtype=object)


def _means(parts: pd.DataFrame) -> pd.Series:
    """Σ weight x value / Σ weight, rounded to the decimals of the parts."""
    if parts.empty:
        return pd.Series(dtype=object)
    made: dict[int, str | None] = {}
    for group, own in parts.groupby(GROUP, sort=False):
        weights = list(own[WEIGHT])
        if own[VALUE].isna().any() or not sum(weights):
            made[group] = None
            continue
        total = sum(w * Decimal(v) for w, v in zip(weights, own[VALUE], strict=True)) / sum(weights)
        made[group] = f"{total:.{own[VALUE].map(_decimals).max()}f}"
    return pd.Series(made, dtype=object)


def _decimals(text: str | None) -> int:
    return len(text.partition(".")[2]) if isinstance(text, str) else 0


def shown(number: Decimal, decimals: int) -> str:
    """A sum with at least the decimals of its parts, and more only where shares give them.

    >>> shown(Decimal("12.500000"), 0), shown(Decimal("7.000"), 1)
    ('12.5', '7.0')
    """
    whole, _, after = f"{number:f}".partition(".")
    after = after.rstrip("0").ljust(decimals, "0")
    return f"{whole}.{after}" if after else whole


def _status(statuses: pd.Series) -> str:
    """The statuses of all parts; "normal" says nothing beside others."""
    codes = sorted({code for text in statuses.dropna() for code in text.split(";")})
    return ";".join([code for code in codes if code != NORMAL] or codes)


def compare(cells: pd.DataFrame, made: pd.DataFrame, layout: str, long: Long, findings: Findings) -> None:
    """A finding for each additive indicator and period whose total is not the office's."""
    names = [INDICATOR, TIME]
    whole = cells[cells[ADDITIVE] | cells[LEFT_OUT]].drop_duplicates([ROW, COLUMN, *names])
    before = _total(whole, names)
    after = _total(made[made[ADDITIVE]], names)
    for key in before:
        difference = after.get(key, Decimal(0)) - before[key]
        if difference and key[0]:
            findings.add(
                "total-not-conserved",
                f"{key[0]} in {key[1]}: the office's figures add up to {before[key]:f}, "
                f"what is made of them to {after.get(key, Decimal(0)):f}, a difference of {difference:+f}",
                file=long.grid.place,
                value=f"{difference:+f}",
                remedy=f"look at the weights and the codes left out of {layout}",
            )


def _total(cells: pd.DataFrame, names: list[str]) -> dict[tuple[str, str], Decimal]:
    present = cells[cells[VALUE].notna()]
    if present.empty:
        return {}
    columns = {name: strings(present[name].fillna("")) for name in names}
    values = strings(present[VALUE]).cast(pa.decimal256(50, _SCALE + 12))
    sums = pa.table({**columns, "value": values}).group_by(names).aggregate([("value", "sum")])
    return {(row[names[0]], row[names[1]]): row["value_sum"].normalize() for row in sums.to_pylist()}
