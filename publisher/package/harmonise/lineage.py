"""Long frames as columns of codes, and where each figure came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from publisher.package.harmonise.grid import letters_of
from publisher.package.harmonise.layout import Layout
from publisher.package.harmonise.melt import COLUMN, ROW, TEXT, Long, strings
from publisher.package.harmonise.part import Harmonised
from publisher.package.harmonise.totals import GROUP
from publisher.package.harmonise.translate import RULE, SHARE, VALUE, WEIGHT
from publisher.package.plan import Table
from publisher.package.tables import is_plain
from publisher.structures.definition import Definition


def make(
    table: Table, made: pd.DataFrame, cells: pd.DataFrame, definition: Definition, layout: Layout, long: Long
) -> Harmonised:
    """The rows of one dataflow, and their lineage."""
    columns = {name: _array(made[name], name, definition) for name in definition.components if name in made}
    at = tuple(made[name].to_numpy(np.int64) for name in (ROW, COLUMN))
    return Harmonised(
        long.grid.place,
        table,
        columns,
        len(made),
        (at[0], at[1]),
        long,
        labels_of(layout),
        _lineage(made, cells, definition, layout, long, table.fixed),
    )


def _array(column: pd.Series, name: str, definition: Definition) -> pa.Array:
    texts = strings(column.where(column.notna() & (column != ""), None))
    return texts if is_plain(definition.components[name]) else texts.dictionary_encode()


def labels_of(layout: Layout) -> dict[str, str]:
    """Component → the first variable that it is made from."""
    labels = {target: codes.sources[0] for codes in layout.codes for target in codes.targets}
    named = [name for rule in layout.periods for name in rule.when]
    variables = {variable.name: variable for variable in layout.variables}
    for rule in layout.periods:
        for component, template in rule.values.items():
            parts = template.replace("}", "{").split("{")[1::2]
            known = [name for name in (*named, *parts) if name in variables or parts]
            if known:
                labels.setdefault(component, known[0])
    return labels


def _lineage(
    made: pd.DataFrame,
    cells: pd.DataFrame,
    definition: Definition,
    layout: Layout,
    long: Long,
    fixed: Mapping[str, str],
) -> pa.Table:
    """A row for each figure and cell of ours: where it stood, its labels, and the key that it went to."""
    dimensions = [d.id for d in definition.structure.dimensions if d.id in made]
    given = [d.id for d in definition.structure.dimensions if d.id in fixed and d.id not in made]
    own = cells[cells[GROUP].isin(made[GROUP])]
    names = [name for variable in layout.variables for name in variable.labels]
    letters = np.array([letters_of(n) for n in range(long.grid.texts.shape[1])], object)
    place = letters[own[COLUMN].to_numpy(np.int64)] + (own[ROW] + 1).astype(str).to_numpy(object)
    return pa.table(
        {
            "file": pa.array([long.grid.file] * len(own), pa.string()),
            "sheet": pa.array([long.grid.sheet or None] * len(own), pa.string()),
            "cell": pa.array(place, pa.string()),
            "source": strings(_joined(own, names)),
            "text": strings(own[TEXT]),
            "rule": strings(own[RULE].where(own[RULE] != "", None)),
            "weight": pa.array(_texts(own[SHARE].where(own[SHARE].notna(), own[WEIGHT])), pa.string()),
            **{name: strings(own[name]) for name in dimensions},
            **{name: pa.array([fixed[name]] * len(own), pa.string()) for name in given},
            VALUE: strings(_values(made, own)),
        }
    )


def _joined(cells: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """`age_group=15-19; measure=Work` for each figure."""
    parts = [name + "=" + cells[name].astype(object) for name in names]
    return parts[0].str.cat(parts[1:], sep="; ") if parts else pd.Series([""] * len(cells), dtype=object)


def _texts(numbers: pd.Series) -> list[str | None]:
    return [None if pd.isna(number) else str(number) for number in numbers]


def _values(made: pd.DataFrame, own: pd.DataFrame) -> pd.Series:
    """The value that each figure went into."""
    values = made.drop_duplicates(GROUP).set_index(GROUP)[VALUE]
    found = own[GROUP].map(values)
    return found.where(found.notna(), None)
