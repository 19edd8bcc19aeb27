"""Numbers between Arrow and numpy, not copied, and without pandas.

pyarrow's own ways (`to_numpy`, `pa.array`) import pandas where it is installed: a quarter of a second of
each process that reads figures, and 48 MB.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def as_numpy(array: pa.Array) -> NDArray[Any]:
    """The values of an array of numbers that has no nulls, read only."""
    return np.from_dlpack(array)


def as_array(values: NDArray[Any]) -> pa.Array:
    """An array of the values, which must not change after."""
    kept = np.ascontiguousarray(values)
    return pa.Array.from_buffers(pa.from_numpy_dtype(kept.dtype), len(kept), [None, pa.py_buffer(kept)])
