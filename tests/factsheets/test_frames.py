"""`frames.read`: a query in, a DataFrame out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from publisher import frames
from publisher.errors import QuerySemanticError
from publisher.query.model import DataQuery, Target
from publisher.store import Snapshot

PATH = "data/dataflow/LMIS/DF_UNE/1.0.0/A.THA.*"


def test_values_are_as_released(odd: Snapshot) -> None:
    found = frames.read(odd, PATH)
    assert found["TIME_PERIOD"].tolist() == ["2018", "2019", "2020", "2021", "2022"]
    assert found["OBS_VALUE"].tolist() == [Decimal("1.10"), None, Decimal("1.9"), None, Decimal("1.3")]
    assert found["OBS_STATUS"].tolist() == ["A", "L", "B", "Q", "E"]
    assert "SURVEY" not in found.columns


def test_filters_labels_and_floats(odd: Snapshot) -> None:
    query = f"{PATH}?c[TIME_PERIOD]=ge:2020&lastNObservations=1"
    (row,) = frames.read(odd, query, labels=True, languages=("id",), decimals=False).to_dict("records")
    assert row["OBS_VALUE"] == 1.3
    assert row["OBS_STATUS_label"] == "Nilai estimasi"
    assert row["REF_AREA_label"] == "Thailand"


def test_a_parsed_query_and_a_home(odd: Snapshot) -> None:
    target = Target("dataflow", ("LMIS",), ("DF_UNE",), ("1.0.0",))
    home = odd.folder.parent
    assert len(frames.read(home, DataQuery(target, last_n=1))) == 7


def test_nothing_found_has_the_columns(odd: Snapshot) -> None:
    found = frames.read(odd, "data/dataflow/LMIS/DF_UNE/1.0.0/A.BRN.*")
    assert found.empty
    assert {"FREQ", "TIME_PERIOD", "OBS_VALUE"} <= set(found.columns)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("structure/dataflow", "asks for no data"),
        ("data/dataflow/LMIS/DF_NONE/1.0.0", "no dataflow DF_NONE"),
        ("data/datastructure/LMIS/DSD_LFS/1.0.0", "from a dataflow"),
    ],
)
def test_queries_that_are_no_frame(odd: Snapshot, query: str, message: str) -> None:
    with pytest.raises(QuerySemanticError, match=message):
        frames.read(odd, query)
