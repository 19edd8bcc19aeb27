"""A selection with another dimension than time at the observation: the same rows in another order.

SDMX REST doc/data.md `dimensionAtObservation`: the cross-sectional view. Time becomes part of the
key of the group; attributes that hang on the dimension move down to the observation with it.
"""

from __future__ import annotations

import numpy as np

from publisher.errors import QuerySemanticError
from publisher.store.selection import Selection
from publisher.store.sorting import Ordered, all_rows


def regroup(selection: Selection, dimension: str) -> Ordered:
    """`selection` grouped by all dimensions but `dimension`, time among them.

    Raises QuerySemanticError when it has no such dimension.
    """
    cube = selection.cube
    definition = cube.definition
    names = [d.id for d in definition.dimensions]
    if dimension not in names:
        allowed = ", ".join([*names, *([definition.time.id] if definition.time else []), "AllDimensions"])
        raise QuerySemanticError(f"dimensionAtObservation: no dimension {dimension}; allowed: {allowed}")
    found = Ordered(cube, all_rows(selection), dimension, selection.with_observations)
    places = found.section_keys() * (len(cube.values(dimension)) + 1)
    places += cube.codes(dimension)[found.series_numbers()]
    return Ordered(
        cube, found.rows[np.argsort(places, kind="stable")], dimension, selection.with_observations
    )
