"""Texts that are more than Arrow counts in 32 bits, with the limit shrunk: refused in words, or held."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from publisher.errors import ReleaseError
from publisher.query import v2
from publisher.query.model import DataQuery, Target
from publisher.store import index, selection
from publisher.store.selection import select
from tests.store.example import Row, cube, definition, row

LONG = 60  # characters of one text


def rows(comments: int) -> list[Row]:
    """A hundred observations with so many different comments."""
    return [row(f"A.MYS._T.{1900 + n}", f"{n}.5", COMMENT_OBS=f"{n % comments:0{LONG}}") for n in range(100)]


@pytest.fixture(autouse=True)
def _shrunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MOST", 50 * LONG)
    monkeypatch.setattr(index, "ROWS", 32)


def test_one_text_of_many_observations_counts_once(tmp_path: Path) -> None:
    held = cube(tmp_path, definition(), WB=rows(comments=50))
    assert held.values("COMMENT_OBS") == [f"{n:0{LONG}}" for n in range(50)]
    batches = list(select(held, DataQuery(Target("dataflow"))).batches())
    assert [v for b in batches for v in b.column("COMMENT_OBS").to_pylist()] == [
        r["COMMENT_OBS"] for r in rows(50)
    ]


def test_more_different_texts_than_a_column_can_hold(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"COMMENT_OBS: the different texts .* more than 3,000 bytes"):
        cube(tmp_path, definition(), WB=rows(comments=51))


def test_values_that_are_more_have_wider_offsets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MOST", 300)
    held = cube(tmp_path, definition(), WB=[{**r, "COMMENT_OBS": None} for r in rows(1)])
    assert str(held.observations.column("OBS_VALUE").type) == "large_string"
    batches = select(held, DataQuery(Target("dataflow"))).batches()
    assert [value for batch in batches for value in batch.column("OBS_VALUE").to_pylist()] == [
        f"{n}.5" for n in range(100)
    ]


@pytest.mark.parametrize(
    ("wanted", "count"), [("co:7", 19), ("ge:90", 10), ("eq:7.5", 1), ("ne:7.5", 99), ("sw:9.", 1)]
)
def test_filters_of_values_that_are_more(
    wanted: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "MOST", 300)
    monkeypatch.setattr(selection, "BATCH", 7)
    held = cube(tmp_path, definition(), WB=[{**r, "COMMENT_OBS": None} for r in rows(1)])
    assert held.observations.column("OBS_VALUE").type == pa.large_string()
    query = v2.parse("data/dataflow/LMIS/DF_EX/1.0.0", f"c[OBS_VALUE]={wanted}")
    assert isinstance(query, DataQuery)
    assert select(held, query).count() == count
