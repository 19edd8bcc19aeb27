"""Time periods for people's spreadsheets: SDMX-CSV `timeFormat=normalized`."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from publisher.formats.fragments import Render
from publisher.structures import periods

FINEST = {"A": 4, "S": 7, "T": 7, "Q": 7, "M": 7, "W": 10, "D": 10}  # characters of an ISO 8601 moment


def normalized(used: Sequence[str]) -> Render:
    """A renderer to the first moment of a period, as fine as the finest of the periods `used` needs.

    SDMX-CSV field guide: "the most granular ISO 8601 representation taking into account the highest
    frequency of the data in the message". We take the start of each period.
    """
    size = max((FINEST.get(periods.frequency_of(period) or "", 19) for period in used), default=4)

    def render(texts: pa.Array) -> pa.Array:
        values = texts.to_pylist()
        starts = {v: periods.parse(v).start.isoformat()[:size] for v in set(values) if v is not None}
        return pa.array([starts.get(v) for v in values], pa.string())

    return render
