"""Labels to codes: every code map, period and fixed value of the layout, over distinct labels.

What has no code is a finding at the label's own cell; nothing is guessed and nothing is left out in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from publisher.package.findings import Findings, nearest, quoted
from publisher.package.harmonise.codemap import CodeMap, Codes, Pair
from publisher.package.harmonise.grid import letters_of
from publisher.package.harmonise.layout import NO_ROW, Layout, Rule
from publisher.package.harmonise.melt import COLUMN, ROW, TEXT, Long

SHARE = "@share"  # the part of the source's figure that goes to this row; NaN: the whole
LEFT_OUT = "@left out"  # True for figures whose code a rule leaves out
STATUS = "OBS_STATUS"  # cross-domain concept (SDMX guidelines, annex 1)
VALUE = "OBS_VALUE"
TIME = "TIME_PERIOD"
WEIGHT = "@weight"  # how much the figure counts in a mean
RULE = "@rule"  # why the codes of the figure are those, where a code map says so


def translate(long: Long, layout: Layout, findings: Findings) -> pd.DataFrame:
    """The figures with a column for each component that the layout gives; shares are texts."""
    cells = _present(long.cells, layout)
    cells[SHARE], cells[LEFT_OUT], cells[RULE] = None, False, ""
    for codes in layout.codes:
        cells = _apply(cells, codes, long, findings)
    for name, value in layout.fixed.items():
        if name not in cells:
            cells[name] = value
    cells = _periods(cells, layout, long, findings)
    _statuses(cells, layout)
    for rule in layout.sets:
        _set(cells, rule)
    return cells


def _present(cells: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    nothing = [mark for mark, meaning in layout.missing.items() if meaning == NO_ROW]
    return cells[~cells[TEXT].isin(nothing)].reset_index(drop=True)


def _apply(cells: pd.DataFrame, codes: CodeMap, long: Long, findings: Findings) -> pd.DataFrame:
    """`cells` with the targets of `codes`; a source with several weighted targets has a row for each."""
    keys = cells[list(codes.sources)].drop_duplicates()
    rows: list[tuple[object, ...]] = []
    for index, label in zip(keys.index, keys.itertuples(index=False, name=None), strict=True):
        pairs = codes.choices.get(label, ())
        if not pairs:
            _unmapped(codes, label, long, cells.loc[index], findings)
        rows.extend(_row(label, pair, len(pairs) > 1) for pair in pairs)
    names = [*codes.sources, *codes.targets, "@its share", "@its weight", "@its rule", "@out"]
    table = pd.DataFrame(rows, columns=names, dtype=object)
    kept = cells.drop(columns=[name for name in codes.targets if name in cells])
    joined = kept.merge(table, on=list(codes.sources), how="inner", sort=False)
    joined[LEFT_OUT] = joined[LEFT_OUT] | joined["@out"].astype(bool)
    for share in ("@its share", "@its weight"):
        _carry(joined, share)
    both = (joined[RULE] != "") & (joined["@its rule"] != "")
    joined[RULE] = joined[RULE].str.cat([both.map({True: "; ", False: ""}), joined["@its rule"]])
    return joined.drop(columns=["@its share", "@its weight", "@its rule", "@out"])


def _row(label: Codes, pair: Pair, is_split: bool) -> tuple[object, ...]:
    weight = pair.weight
    weights = (weight, None) if is_split else (None, weight)
    return (*label, *pair.target, *weights, pair.rule, pair.is_left_out)


def _carry(joined: pd.DataFrame, name: str) -> None:
    """Weights of several maps multiply."""
    target = SHARE if name == "@its share" else WEIGHT
    if target not in joined:
        joined[target] = None
    own, other = joined[name], joined[target]
    if own.isna().all():
        return
    both = own.notna() & other.notna()
    joined[target] = own.where(own.notna(), other)
    if both.any():
        joined.loc[both, target] = own[both] * other[both]


def _unmapped(codes: CodeMap, label: Codes, long: Long, cell: pd.Series, findings: Findings) -> None:
    place = long.origin(codes.sources[0], int(cell[ROW]), int(cell[COLUMN]))
    candidates = codes.candidates(label)
    shown = " / ".join(label)
    name = f"{letters_of(place[1])}{place[0] + 1}"
    where: dict[str, Any] = {
        "file": long.grid.place,
        "row": place[0] + 1,
        "column": letters_of(place[1]),
        "value": shown,
    }
    if candidates:
        targets = "; ".join(" / ".join(pair.target) for pair in candidates)
        findings.add(
            "code-ambiguous",
            f"cell {name}: {quoted(shown)} has {len(candidates)} targets in {codes.name}.csv",
            allowed=targets,
            **where,
        )
        return
    known = [" / ".join(pair.source) for pair in codes.pairs]
    findings.add(
        "unmapped-code",
        f"cell {name}: {quoted(shown)} has no code in {codes.name}.csv",
        allowed=nearest(shown, dict.fromkeys(known)),
        **where,
    )


def _periods(cells: pd.DataFrame, layout: Layout, long: Long, findings: Findings) -> pd.DataFrame:
    """The values of the first period that fits; `{name}` in them is the variable's label."""
    if not layout.periods:
        return cells
    done = np.zeros(len(cells), bool)
    for rule in layout.periods:
        fits = _fits(cells, rule) & ~done
        done |= fits
        for name, template in rule.values.items():
            if name not in cells:
                cells[name] = None
            cells.loc[fits, name] = _filled(template, cells[fits])
    names = list(dict.fromkeys(name for rule in layout.periods for name in rule.when))
    for index in cells[~done].drop_duplicates(names).index:
        _no_period(names, cells.loc[index], long, layout, findings)
    return cells[done].reset_index(drop=True)


def _no_period(names: list[str], cell: pd.Series, long: Long, layout: Layout, findings: Findings) -> None:
    name = names[0]
    row, column = long.origin(name, int(cell[ROW]), int(cell[COLUMN]))
    known = [value for rule in layout.periods for value in rule.when.get(name, ())]
    findings.add(
        "unmapped-code",
        f"cell {letters_of(column)}{row + 1}: no period of the layout has {quoted(cell[name])}",
        file=long.grid.place,
        row=row + 1,
        column=letters_of(column),
        value=cell[name],
        allowed=nearest(cell[name], known),
    )


def _filled(template: str, cells: pd.DataFrame) -> pd.Series:
    """`{year}-S1` with the labels of each row."""
    text = pd.Series("", index=cells.index, dtype=object)
    for number, part in enumerate(template.replace("}", "{").split("{")):
        text = text + (cells[part] if number % 2 else part)
    return text


def _fits(cells: pd.DataFrame, rule: Rule) -> pd.Series:
    fits = pd.Series(True, index=cells.index)
    for name, values in rule.when.items():
        fits &= cells[name].isin(values) if name in cells else False
    if rule.start:
        fits &= cells[TIME] >= rule.start
    if rule.end:
        fits &= cells[TIME] <= rule.end
    return fits


def _statuses(cells: pd.DataFrame, layout: Layout) -> None:
    """A missing mark that stands for a missing value gives the status that says why."""
    statuses: Mapping[str, str] = {m: s for m, s in layout.missing.items() if s != NO_ROW}
    marked = cells[TEXT].map(statuses)
    if STATUS not in cells:
        cells[STATUS] = None
    cells[STATUS] = marked.where(marked.notna(), cells[STATUS])


def _set(cells: pd.DataFrame, rule: Rule) -> None:
    fits = _fits(cells, rule)
    for name, value in rule.values.items():
        if name not in cells:
            cells[name] = None
        cells.loc[fits, name] = value
