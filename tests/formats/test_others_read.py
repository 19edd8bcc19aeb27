"""Random data sets, written by us and read by pysdmx and sdmx1: the same to them as to us."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from publisher.formats import DATA
from publisher.formats.message import DataMessage
from tests.formats import held, read
from tests.formats.test_data import (
    CSV_1,
    CSV_2,
    GENERIC,
    GENERIC_SERIES,
    HEADER,
    ML_3,
    READERS,
    SPECIFIC,
    SPECIFIC_SERIES,
    structure_of_sdmx1,
)
from tests.formats.wide import rows
from tests.store.example import Row, definition

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:The inplace keyword"),  # pysdmx 1.21 drops columns in place
]
KEY = ("FREQ", "REF_AREA", "SEX", "TIME_PERIOD")
TOLD = (*KEY, "OBS_VALUE", "OBS_STATUS", "COMMENT_OBS")
Read = Callable[[str, bytes], list[read.Found]]


def plain(row: Row, one_line: bool) -> Row:
    """Without arrays, and with none of the components that only the wide structure has."""
    kept = {name: row.get(name) for name in definition(arrays=False).components}
    if one_line:
        kept = {name: value and re.sub(r"[\r\n\u2028]", "_", value) for name, value in kept.items()}
    return {name: value and value.partition(read.SEVERAL)[0] for name, value in kept.items()}


def pysdmx(name: str, document: bytes) -> list[read.Found]:
    from pysdmx.io import read_sdmx

    (dataset,) = read_sdmx(document.decode(), validate=False).data
    found = dataset.data.astype(object).where(dataset.data.notna(), None).to_dict("records")
    return [{str(k): str(v) for k, v in row.items() if v is not None} for row in found]


def sdmx1(name: str, document: bytes) -> list[read.Found]:
    import sdmx
    from sdmx.reader.csv import Reader

    structure = structure_of_sdmx1(name)
    with contextlib.redirect_stdout(io.StringIO()):
        if "csv" in name:
            message = Reader().convert(io.BytesIO(document), structure=structure)
        else:
            message = sdmx.read_sdmx(io.BytesIO(document), structure=structure)
    (dataset,) = message.data
    return [
        {
            **{n: str(v.value) for n, v in obs.key.values.items()},
            **{n: str(a.value) for n, a in obs.attached_attribute.items()},
            "OBS_VALUE": obs.value,
        }
        for obs in dataset.obs
    ]


CASES = [
    *((pysdmx, name) for name in (CSV_2, CSV_1, ML_3, SPECIFIC, SPECIFIC_SERIES, GENERIC, GENERIC_SERIES)),
    *((sdmx1, name) for name in (CSV_2, ML_3, SPECIFIC, SPECIFIC_SERIES, GENERIC, GENERIC_SERIES)),
]


def told(found: list[read.Found]) -> list[tuple[Any, ...]]:
    """Numbers by their value: pysdmx 1.21 reads those of CSV as floats."""
    numbers = [row | {"OBS_VALUE": repr(float(row["OBS_VALUE"]))} for row in found]
    return sorted(tuple(row.get(name, "") for name in TOLD) for row in numbers)


@pytest.mark.parametrize(("theirs", "name"), CASES, ids=lambda case: getattr(case, "__name__", case))
def test_others_read_the_same(theirs: Read, name: str) -> None:
    @given(rows())
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def law(given_: list[Row]) -> None:
        # sdmx1 2.28 knows neither Atts nor attributes of data sets without a representation of their concept
        attributes = tuple(a.id for a in definition().attributes if a.id != "LICENSE")
        # sdmx1 2.28 ends a row at a line end within quotes
        found = [plain(row, theirs is sdmx1 and "csv" in name) for row in given_]
        chosen = held.dataset(definition(arrays=False), found, "TIME_PERIOD", attributes=attributes)
        document = b"".join(DATA[name].write(DataMessage(HEADER, (chosen,))))
        assert told(theirs(name, document)) == told(READERS[name](document))

    law()
