"""A selection with another dimension than time at the observation: a sort of what was selected.

SDMX REST doc/data.md `dimensionAtObservation`: the cross-sectional view. Time becomes part of the
key of the group; attributes that hang on the dimension move down to the observation with it.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from publisher.errors import QuerySemanticError
from publisher.store.cube import PROVIDER, attached_to, codes_of, observation_components, series_attributes
from publisher.store.runs import rows_of
from publisher.store.selection import Regrouped, Selection, at


def regroup(selection: Selection, dimension: str) -> Regrouped:
    """`selection` grouped by all dimensions but `dimension`, time among them.

    Holds the whole selection in memory. Raises QuerySemanticError when it has no such dimension.
    """
    cube = selection.cube
    definition = cube.definition
    names = [d.id for d in definition.dimensions]
    if dimension not in names:
        allowed = ", ".join([*names, *([definition.time.id] if definition.time else []), "AllDimensions"])
        raise QuerySemanticError(f"dimensionAtObservation: no dimension {dimension}; allowed: {allowed}")
    rows = rows_of(selection.runs)
    of_series = np.repeat(selection.runs.series, selection.runs.lengths)
    columns = {name: cube.codes(name)[of_series] for name in names}
    if definition.time:
        time = at(cube.observations.column(definition.time.id), rows)
        columns[definition.time.id] = codes_of(time)
    key = [name for name in columns if name != dimension]
    order = np.lexsort([columns[name] for name in (dimension, *reversed(key))])
    firsts = np.zeros(len(order), bool)
    firsts[:1] = True
    for name in key:
        firsts[1:] |= np.diff(columns[name][order]) != 0
    heads = order[firsts]
    moved = [a.id for a in series_attributes(definition) if dimension in attached_to(definition, a)]
    above = [n for n in cube.series.column_names if n not in moved and n not in (dimension, PROVIDER)]
    series = {n: _taken(cube.series.column(n).chunk(0), of_series[heads]) for n in above}
    table = {"series": pa.array((np.cumsum(firsts) - 1).astype(np.int32))}
    table |= {n: _taken(cube.series.column(n).chunk(0), of_series[order]) for n in (dimension, *moved)}
    if definition.time:
        series = _before_attributes(series, names, definition.time.id, time.take(pa.array(heads)))
    for name in (c.id for c in observation_components(definition) if c is not definition.time):
        table[name] = at(cube.column(name), rows).take(pa.array(order))
    found = pa.table(table)
    return Regrouped(pa.table(series), found if selection.with_observations else found.slice(0, 0))


def _taken(column: pa.DictionaryArray, rows: np.ndarray) -> pa.DictionaryArray:
    return column.take(pa.array(rows))


def _before_attributes(
    series: dict[str, pa.Array], dimensions: list[str], name: str, column: pa.Array
) -> dict[str, pa.Array]:
    key = {n: c for n, c in series.items() if n in dimensions}
    return {**key, name: column, **{n: c for n, c in series.items() if n not in key}}
