"""REST 1.5 URLs: one row each, what they ask or what is said of them; and what REST 2 URL means the same."""

# ruff: noqa: E501 — one row, one line

from __future__ import annotations

from dataclasses import replace

import pytest

from publisher.errors import QueryError, QuerySyntaxError, UriTooLong
from publisher.query import v1, v2
from publisher.query.model import (
    AvailabilityQuery,
    Condition,
    DataQuery,
    Filter,
    Query,
    StructureQuery,
    Target,
)

FLOW = "data/LMIS,DF_LF,1.0"
LF = Target("dataflow", ("LMIS",), ("DF_LF",), ("1.0",))

FLOWS = [
    ("data/DF_LF", Target("dataflow", ("*",), ("DF_LF",), ("~",))),
    ("data/DF_LF/", Target("dataflow", ("*",), ("DF_LF",), ("~",))),
    ("data/LMIS,DF_LF", Target("dataflow", ("LMIS",), ("DF_LF",), ("~",))),
    ("data/LMIS,DF_LF,latest", Target("dataflow", ("LMIS",), ("DF_LF",), ("~",))),
    ("data/LMIS,DF_LF,LATEST", Target("dataflow", ("LMIS",), ("DF_LF",), ("~",))),
    ("data/LMIS,DF_LF,1.0", LF),
    ("data/LMIS%2CDF_LF%2C1.0", LF),
    ("data/LMIS,DF_LF,1.0.0", Target("dataflow", ("LMIS",), ("DF_LF",), ("1.0.0",))),
    ("data/all,DF_LF,all", Target("dataflow", ("*",), ("DF_LF",), ("*",))),
    ("data/ALL,DF_LF,1.0", Target("dataflow", ("*",), ("DF_LF",), ("1.0",))),
]


@pytest.mark.parametrize(("path", "target"), FLOWS)
def test_flow(path: str, target: Target) -> None:
    assert v1.parse(path) == DataQuery(target, api="v1")


KEYS = [
    ("", ((),)),
    ("all", ((),)),
    ("ALL", ((),)),
    ("/", ((),)),
    (".", ((None, None),)),
    ("..", ((None, None, None),)),
    ("M..X", ((("M",), None, ("X",)),)),
    ("*", ((),)),
    ("M.*.X", ((("M",), None, ("X",)),)),
    ("M.MYS.", ((("M",), ("MYS",), None),)),
    ("M.MYS+IDN.", ((("M",), ("MYS", "IDN"), None),)),
    ("M.MYS%2BIDN.", ((("M",), ("MYS", "IDN"), None),)),
    ("M.MYS+MYS.", ((("M",), ("MYS",), None),)),
    (".A+B+C._T", ((None, ("A", "B", "C"), ("_T",)),)),
]


@pytest.mark.parametrize(("key", "keys"), KEYS)
def test_key(key: str, keys: object) -> None:
    assert v1.parse(f"{FLOW}/{key}") == DataQuery(LF, keys, api="v1")  # type: ignore[arg-type]


def between(*conditions: tuple[str, str]) -> tuple[Filter, ...]:
    return (Filter("TIME_PERIOD", (tuple(Condition(operator, value) for operator, value in conditions),)),)


PARAMETERS = [
    (f"{FLOW}/all/MYS_DOSM", "", {"providers": ((None, "MYS_DOSM"),)}),
    (f"{FLOW}//MYS_DOSM", "", {"providers": ((None, "MYS_DOSM"),), "keys": ((),)}),
    (f"{FLOW}/all/LMIS,MYS_DOSM", "", {"providers": (("LMIS", "MYS_DOSM"),)}),
    (f"{FLOW}/all/MYS_DOSM+LMIS,WB", "", {"providers": ((None, "MYS_DOSM"), ("LMIS", "WB"))}),
    (f"{FLOW}/all/all", "", {"providers": ()}),
    (FLOW, "startPeriod=2020", {"filters": between(("ge", "2020"))}),
    (FLOW, "endPeriod=2020-Q4", {"filters": between(("le", "2020-Q4"))}),
    (FLOW, "startPeriod=2020-01&endPeriod=2021-12-31", {"filters": between(("ge", "2020-01"), ("le", "2021-12-31"))}),
    (FLOW, "startPeriod=2020-W05", {"filters": between(("ge", "2020-W05"))}),
    (FLOW, "startPeriod=2020-01-01T00%3A00%3A00", {"filters": between(("ge", "2020-01-01T00:00:00"))}),
    (FLOW, "detail=full", {"attributes": ("dsd",), "measures": ("all",), "with_observations": True}),
    (FLOW, "detail=dataonly", {"attributes": ("none",), "measures": ("all",), "with_observations": True}),
    (FLOW, "detail=serieskeysonly", {"attributes": ("none",), "measures": ("none",), "with_observations": False}),
    (FLOW, "detail=nodata", {"attributes": ("dataset", "series"), "measures": ("none",), "with_observations": False}),
    (FLOW, "firstNObservations=2&lastNObservations=3", {"first_n": 2, "last_n": 3}),
    (FLOW, "dimensionAtObservation=AllDimensions", {"dimension_at_observation": "AllDimensions"}),
    (FLOW, "updatedAfter=2009-05-15T14%3A15%3A00%2B01%3A00", {"updated_after": "2009-05-15T14:15:00+01:00"}),
    (FLOW, "includeHistory=true", {"include_history": True}),
    (FLOW, "format=genericdata", {"warnings": ()}),
    ("codelist", "", {"kinds": ("codelist",), "target": Target("*", versions=("~",))}),
    ("codelist/all/all/all", "", {"target": Target("*")}),
    ("codelist/LMIS/CL_SEX", "", {"target": Target("*", ("LMIS",), ("CL_SEX",), ("~",))}),
    ("codelist/LMIS+SDMX/CL_SEX+CL_AGE/1.0+2.1", "", {"target": Target("*", ("LMIS", "SDMX"), ("CL_SEX", "CL_AGE"), ("1.0", "2.1"))}),
    ("codelist/LMIS/CL_SEX/latest/F+M", "", {"items": ("F", "M")}),
    ("categoryscheme/LMIS/CS/latest/A.B", "references=categorisation", {"items": ("A.B",), "references": ("categorisation",)}),
    ("datastructure/LMIS/DSD/1.0", "references=children&detail=referencepartial", {"references": ("children",), "detail": "referencepartial"}),
    ("datastructure/LMIS", "references=hierarchicalcodelist", {"references": ("hierarchy",)}),
    ("datastructure/LMIS", "references=organisationscheme", {"references": v1.ORGANISATION_SCHEMES}),
    ("dataflow", "detail=allstubs", {"kinds": ("dataflow",), "detail": "allstubs"}),
    ("hierarchicalcodelist/LMIS", "", {"kinds": ("hierarchy",)}),
    ("organisationscheme/LMIS", "", {"kinds": v1.ORGANISATION_SCHEMES}),
    ("contentconstraint/LMIS", "", {"kinds": ("dataconstraint",), "role": None}),
    ("actualconstraint/LMIS", "", {"kinds": ("dataconstraint",), "role": "Actual"}),
    ("allowedconstraint/LMIS", "", {"kinds": ("dataconstraint",), "role": "Allowed"}),
    ("structureset", "", {"kinds": ("structuremap",)}),
    ("structure/LMIS", "", {"kinds": ("*",)}),
    ("availableconstraint/DF_LF", "", {"components": ("*",), "mode": "exact", "references": ("none",)}),
    ("availableconstraint/DF_LF/M..X/all/SEX+AGE", "mode=available", {"components": ("SEX", "AGE"), "mode": "available"}),
    ("availableconstraint/DF_LF/all/all/all", "references=all", {"components": ("*",), "references": ("all",)}),
    ("schema/dataflow/LMIS/DF_LF", "", {"target": Target("dataflow", ("LMIS",), ("DF_LF",), ("~",))}),
    ("schema/dataflow/LMIS/DF_LF/1.0", "dimensionAtObservation=TIME_PERIOD&explicitMeasure=false", {"dimension_at_observation": "TIME_PERIOD"}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query", "expected"), PARAMETERS)
def test_parameters(path: str, query: str, expected: dict[str, object]) -> None:
    parsed = v1.parse(path, query)
    assert {name: getattr(parsed, name) for name in expected} == expected
    assert parsed.api == "v1"


ERRORS = [
    ("", "", QuerySyntaxError, "resource: '' is unknown"),
    ("availability/DF_LF", "", QuerySyntaxError, "'availability' is unknown"),
    ("valuelist", "", QuerySyntaxError, "'valuelist' is unknown"),
    ("codelists", "", QuerySyntaxError, "did you mean codelist?"),
    ("data", "", QuerySyntaxError, "if the key was `..`"),
    ("data/", "", QuerySyntaxError, "write all instead"),
    ("data/A,B,C,D", "", QuerySyntaxError, "4 parts"),
    ("data/LMIS,,1.0", "", QuerySyntaxError, "a name is empty"),
    ("data/LMIS,DF_LF,1.0-draft", "", QuerySyntaxError, "no version"),
    ("data/LMIS,DF_LF,~", "", QuerySyntaxError, "no version"),
    ("data/LMIS,DF_LF,*", "", QuerySyntaxError, "no version"),
    ("data/A+B", "", QuerySyntaxError, "names several"),
    ("data/LMIS,DF LF", "", QuerySyntaxError, "no id"),
    (f"{FLOW}/M.*A", "", QuerySyntaxError, "no code"),
    (f"{FLOW}/M.A+*", "", QuerySyntaxError, "no code"),
    (f"{FLOW}/M.A,B", "", QuerySyntaxError, "joined by +"),
    (f"{FLOW}/M.A++B", "", QuerySyntaxError, "a code is empty"),
    (f"{FLOW}/M.+A", "", QuerySyntaxError, "a code is empty"),
    (f"{FLOW}/M.A%20B", "", QuerySyntaxError, "no code"),
    (f"{FLOW}/all/A,B,C", "", QuerySyntaxError, "'A,B' is no agency"),
    (f"{FLOW}/all/A+", "", QuerySyntaxError, "'' is no provider"),
    (f"{FLOW}/all/,A", "", QuerySyntaxError, "'' is no agency"),
    (f"{FLOW}/all/all/x", "", QuerySyntaxError, "4 parts"),
    (FLOW, "startPeriod=yesterday", QuerySyntaxError, "no time period"),
    (FLOW, "endPeriod=", QuerySyntaxError, "no time period"),
    (FLOW, "detail=keysonly", QuerySyntaxError, "'keysonly' is unknown"),
    (FLOW, "c[SEX]=F", QuerySyntaxError, "REST 1.5 writes the key in the path"),
    (FLOW, "attributes=none", QuerySyntaxError, "detail=dataonly"),
    (FLOW, "limit=2", QuerySyntaxError, "limit: is no parameter here"),
    (FLOW, "startPeriods=2020", QuerySyntaxError, "did you mean startPeriod?"),
    (FLOW, "startPeriod=2020&startPeriod=2021", QuerySyntaxError, "given more than once"),
    (FLOW, "startPeriod=2020&" + "x" * 8200, UriTooLong, "8192"),
    ("dataflow/LMIS/DF/1.0/X", "", QuerySyntaxError, "has no items"),
    ("codelist/*", "", QuerySyntaxError, "agencyID: '*' is no agency"),
    ("codelist/LMIS,ILO", "", QuerySyntaxError, "joined by +"),
    ("codelist/LMIS/CL/+", "", QuerySyntaxError, "no version"),
    ("codelist", "references=ancestors", QuerySyntaxError, "'ancestors' is unknown"),
    ("codelist", "detail=raw", QuerySyntaxError, "'raw' is unknown"),
    ("codelist", "references=codelist,dataflow", QuerySyntaxError, "references"),
    ("availableconstraint/DF_LF", "mode=every", QuerySyntaxError, "exact, available"),
    ("schema/dataflow/LMIS", "", QuerySyntaxError, "resourceID: is missing"),
    ("schema/dataflow/all/DF_LF", "", QuerySyntaxError, "names more than one"),
    ("schema/codelist/LMIS/CL", "", QuerySyntaxError, "context"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query", "error", "says"), ERRORS)
def test_error(path: str, query: str, error: type[QueryError], says: str) -> None:
    with pytest.raises(error) as caught:
        v1.parse(path, query)
    assert says in str(caught.value)


SAME = [  # REST 1.5, REST 2
    ("data/LMIS,DF_LF,1.0", "data/dataflow/LMIS/DF_LF/1.0"),
    ("data/LMIS,DF_LF,1.0/all", "data/dataflow/LMIS/DF_LF/1.0/*"),
    ("data/LMIS,DF_LF/M..X", "data/dataflow/LMIS/DF_LF/~/M.*.X"),
    ("data/DF_LF/..", "data/dataflow/*/DF_LF/~/*.*.*"),
    ("data/LMIS,DF_LF,all/M.?startPeriod=2020", "data/dataflow/LMIS/DF_LF/*/M.*?c[TIME_PERIOD]=ge:2020"),
    (
        "data/DF/A.B?startPeriod=2020-01&endPeriod=2021-Q4&firstNObservations=2",
        "data/dataflow/*/DF/~/A.B?firstNObservations=2&c[TIME_PERIOD]=ge:2020-01%2Ble:2021-Q4",
    ),
    ("data/DF?detail=serieskeysonly", "data/dataflow/*/DF/~?attributes=none&measures=none"),
    ("data/DF?detail=dataonly", "data/dataflow/*/DF/~?attributes=none"),
    ("data/DF?detail=nodata", "data/dataflow/*/DF/~?attributes=dataset,series&measures=none"),
    ("data/DF?dimensionAtObservation=SEX", "data/dataflow/*/DF/~?dimensionAtObservation=SEX"),
    ("availableconstraint/DF/M./all/SEX+AGE", "availability/dataflow/*/DF/~/M.*/SEX,AGE"),
    ("availableconstraint/DF?mode=available&references=codelist", "availability/dataflow/*/DF/~?references=codelist&mode=available"),
    ("codelist/LMIS/CL_SEX", "structure/codelist/LMIS/CL_SEX/~"),
    ("codelist/LMIS+ILO/all/all/F+M?detail=allstubs", "structure/codelist/LMIS,ILO/*/*/F,M?detail=allstubs"),
    ("structure/LMIS?references=all", "structure/*/LMIS?references=all"),
    ("schema/dataflow/LMIS/DF/1.0", "schema/dataflow/LMIS/DF/1.0"),
]  # fmt: skip


def as_v2(query: Query) -> Query:
    if isinstance(query, AvailabilityQuery):
        return replace(query, data=replace(query.data, api="v2"), api="v2")
    if isinstance(query, StructureQuery):
        return replace(query, api="v2")
    return replace(query, api="v2")


@pytest.mark.parametrize(("old", "new"), SAME)
def test_same_meaning(old: str, new: str) -> None:
    one, other = (url.partition("?") for url in (old, new))
    assert as_v2(v1.parse(one[0], one[2])) == v2.parse(other[0], other[2])
