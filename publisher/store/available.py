"""What there is: for each dimension the codes that an answer would have, its span of time, its size.

SDMX REST doc/availability.md. Exact: the values in the answer itself. Available: the values that
could be added to what is chosen, so each dimension is looked at without the choice made in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publisher.errors import QuerySemanticError
from publisher.query.model import ANY, DataQuery
from publisher.store.cube import Cube
from publisher.store.order import ordered
from publisher.store.runs import Numbers, Rows
from publisher.store.selection import Selection, select


@dataclass(frozen=True)
class Availability:
    """`values`: dimension → codes in store order, or periods in order of time."""

    values: dict[str, tuple[str, ...]]
    start: datetime | None  # of the earliest period
    end: datetime | None  # of the latest, exclusive
    series_count: int
    obs_count: int


Choose = Callable[[DataQuery], Sequence[Selection]]  # a query → what of the data matches it


def availability(
    cube: Cube,
    query: DataQuery,
    components: Sequence[str] = (ANY,),
    mode: str = "exact",
    choose: Choose | None = None,
) -> Availability:
    """What of `cube` matches `query`, dimension by dimension. `mode`: exact or available.

    `choose`: what matches, where that is not simply what `cube` has of it: changes in several vintages.
    Raises QuerySemanticError on a component that is no dimension.
    """
    pick: Choose = choose or (lambda asked: [select(cube, asked)])
    whole = replace(query, first_n=None, last_n=None, offset=0, limit=None, measures=("all",))
    exact = pick(whole)
    values = {}
    for name in _dimensions(cube, components):
        others = _without(cube, whole, name)
        found = exact if mode == "exact" or others == whole else pick(others)
        used = {value for selection in found for value in _values(selection, name)}
        values[name] = tuple(ordered(cube.definition.components[name], used))
    spans = [_span(selection) for selection in exact]
    starts, ends = [s for s, _ in spans if s], [e for _, e in spans if e]
    series, observations = sum(s.series_count for s in exact), sum(s.count() for s in exact)
    return Availability(values, min(starts, default=None), max(ends, default=None), series, observations)


def _dimensions(cube: Cube, components: Sequence[str]) -> list[str]:
    definition = cube.definition
    known = [d.id for d in definition.dimensions] + ([definition.time.id] if definition.time else [])
    if ANY in components:
        return known
    if unknown := [name for name in components if name not in known]:
        flow = definition.dataflow.ref.short
        raise QuerySemanticError(f"{flow} has no dimension {', '.join(unknown)}; allowed: {', '.join(known)}")
    return [name for name in known if name in components]


def _without(cube: Cube, query: DataQuery, name: str) -> DataQuery:
    """`query` with nothing said about dimension `name`."""
    names = [d.id for d in cube.definition.dimensions]
    keys = query.keys
    if name in names:
        place = names.index(name)
        keys = tuple((*key[:place], None, *key[place + 1 :]) if len(key) > place else key for key in keys)
    return replace(query, keys=keys, filters=tuple(f for f in query.filters if f.component != name))


def _values(selection: Selection, name: str) -> tuple[str, ...]:
    cube = selection.cube
    values = cube.values(name)
    if name in cube.series.column_names:
        used = np.zeros(len(values), bool)
        used[cube.codes(name)[_rows(selection.numbers)]] = True
    else:
        used = selection.periods
    return tuple(values[code] for code in np.flatnonzero(used))


def _rows(numbers: Numbers) -> Rows:
    """The same as a slice where they follow each other: that is read without a copy."""
    if len(numbers) and numbers[-1] - numbers[0] + 1 == len(numbers):
        return slice(int(numbers[0]), int(numbers[-1]) + 1)
    return numbers


def _span(selection: Selection) -> tuple[datetime | None, datetime | None]:
    """First start and last end."""
    cube = selection.cube
    if cube.definition.time is None or not len(selection.runs.series):
        return None, None
    periods = cube.periods.filter(pa.array(selection.periods))
    return pc.min(periods.column("start")).as_py(), pc.max(periods.column("end")).as_py()
