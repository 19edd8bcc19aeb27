"""URLs that another library builds: pysdmx, in both generations."""

# ruff: noqa: E501 — one row, one line

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pysdmx.api import qb
from pysdmx.api.dc.query import (
    DateTimeFilter,
    LogicalOperator,
    MultiFilter,
    NumberFilter,
    Operator,
    TextFilter,
)
from pysdmx.api.qb import ApiVersion

from publisher.query import parse
from publisher.query.model import DataQuery, StructureQuery, Target

FLOW = (qb.DataContext.DATAFLOW, "LMIS", "DF_LF", "1.0.0")
LF = Target("dataflow", ("LMIS",), ("DF_LF",), ("1.0.0",))
BOTH = (ApiVersion.V1_5_0, ApiVersion.V2_2_2)

QUERIES: list[tuple[tuple[ApiVersion, ...], Any, Any]] = [
    (BOTH, qb.DataQuery(*FLOW), DataQuery(LF)),
    (BOTH, qb.DataQuery(*FLOW, key="M.MYS"), DataQuery(LF, ((("M",), ("MYS",)),))),
    (BOTH, qb.DataQuery(*FLOW, key="M.*.F"), DataQuery(LF, ((("M",), None, ("F",)),))),
    (BOTH, qb.DataQuery(*FLOW, first_n_obs=1, last_n_obs=2), DataQuery(LF, first_n=1, last_n=2)),
    (BOTH, qb.DataQuery(*FLOW, obs_dimension="AllDimensions"), DataQuery(LF, dimension_at_observation="AllDimensions")),
    (BOTH, qb.DataQuery(*FLOW, attributes="none"), DataQuery(LF, attributes=("none",))),
    (BOTH[1:], qb.DataQuery(*FLOW, key=["M.MYS", "A.IDN"]), DataQuery(LF, ((("M",), ("MYS",)), (("A",), ("IDN",))))),
    (BOTH[1:], qb.DataQuery(*FLOW, offset=5, limit=10), DataQuery(LF, offset=5, limit=10)),
    (BOTH, qb.StructureQuery(qb.StructureType.CODELIST, "LMIS", "CL_SEX"),
     StructureQuery(("codelist",), Target("*", ("LMIS",), ("CL_SEX",), ("~",)))),
    (BOTH, qb.StructureQuery(qb.StructureType.CODELIST, ["LMIS", "SDMX"], "CL_SEX", "1.0", ["F", "M"]),
     StructureQuery(("codelist",), Target("*", ("LMIS", "SDMX"), ("CL_SEX",), ("1.0",)), ("F", "M"))),
    (BOTH, qb.StructureQuery(qb.StructureType.DATA_STRUCTURE, detail=qb.StructureDetail.ALL_STUBS,
                             references=qb.StructureReference.CHILDREN),
     StructureQuery(("datastructure",), Target("*", versions=("~",)), detail="allstubs", references=("children",))),
]  # fmt: skip


@pytest.mark.parametrize(("versions", "built", "expected"), QUERIES)
@pytest.mark.parametrize("omit", [True, False])
def test_it_means_what_it_was_built_for(
    versions: tuple[ApiVersion, ...], built: Any, expected: Any, omit: bool
) -> None:
    for version in versions:
        api = "v1" if version < ApiVersion.V2_0_0 else "v2"
        path, _, query = built.get_url(version, omit).partition("?")
        assert parse(api, path, query) == replace(expected, api=api), f"{path}?{query}"


FILTERS: list[tuple[Any, str]] = [
    (TextFilter("SEX", Operator.EQUALS, "F"), "SEX"),
    (TextFilter("SEX", Operator.IN, ["F", "M"]), "SEX"),
    (TextFilter("TITLE", Operator.LIKE, "%euro%"), "TITLE"),
    (NumberFilter("OBS_VALUE", Operator.GREATER_THAN, 10.5), "OBS_VALUE"),
    (MultiFilter([TextFilter("SEX", Operator.EQUALS, "F"), TextFilter("AGE", Operator.NOT_EQUALS, "Y")], LogicalOperator.AND), "SEX"),
]  # fmt: skip


@pytest.mark.parametrize(("components", "first"), FILTERS)
def test_filters(components: Any, first: str) -> None:
    path, _, query = (
        qb.DataQuery(*FLOW, components=components).get_url(ApiVersion.V2_2_2, True).partition("?")
    )
    parsed = parse("v2", path, query)
    assert isinstance(parsed, DataQuery)
    assert parsed.filters[0].component == first


def test_times_with_an_offset() -> None:
    """pysdmx writes the moments of filters and parameters with `+00:00`, sometimes unencoded."""
    from datetime import UTC, datetime

    moment = datetime(2024, 5, 1, 12, tzinfo=UTC)
    after = DateTimeFilter("TIME_PERIOD", Operator.GREATER_THAN_OR_EQUAL, moment)
    built = qb.DataQuery(*FLOW, components=after, updated_after=moment)
    path, _, query = built.get_url(ApiVersion.V2_2_2, True).partition("?")
    parsed = parse("v2", path, query)
    assert isinstance(parsed, DataQuery)
    assert parsed.updated_after == "2024-05-01T12:00:00+00:00"
    assert [[c.value for c in a] for a in parsed.filters[0].alternatives] == [["2024-05-01T12:00:00+00:00"]]
