"""REST 2 URLs: one row each, what they ask or what is said of them."""

# ruff: noqa: E501 — one row, one line

from __future__ import annotations

import pytest

from publisher.errors import (
    QueryError,
    QuerySemanticError,
    QuerySyntaxError,
    TooLarge,
    UriTooLong,
)
from publisher.query import v2
from publisher.query.model import (
    Condition,
    DataQuery,
    Filter,
    MetadataQuery,
    Query,
    RegistrationQuery,
    Target,
)

ALL = ((),)
FLOW = "data/dataflow/LMIS/DF_LF/1.0.0"


def conditions(*pairs: tuple[str, str]) -> tuple[Condition, ...]:
    return tuple(Condition(operator, value) for operator, value in pairs)


TARGETS = [
    ("data", Target("*")),
    ("data/", Target("*")),
    ("/data/*", Target("*")),
    ("data/*/*/*/*/*", Target("*")),
    ("data/dataflow", Target("dataflow")),
    ("data/dataflow/LMIS", Target("dataflow", ("LMIS",))),
    ("data/dataflow/LMIS/DF_LF", Target("dataflow", ("LMIS",), ("DF_LF",))),
    ("data/dataflow/LMIS/DF_LF/", Target("dataflow", ("LMIS",), ("DF_LF",))),
    ("data/datastructure/LMIS/DSD_LFS/1.0.0,2.0.0", Target("datastructure", ("LMIS",), ("DSD_LFS",), ("1.0.0", "2.0.0"))),
    ("data/provisionagreement/LMIS/PA_X/+", Target("provisionagreement", ("LMIS",), ("PA_X",), ("+",))),
    ("data/dataflow/LMIS/DF_LF/%2B", Target("dataflow", ("LMIS",), ("DF_LF",), ("+",))),
    ("data/dataflow/LMIS/DF_LF/~", Target("dataflow", ("LMIS",), ("DF_LF",), ("~",))),
    ("data/dataflow/LMIS,ILO.STAT/DF_LF,DF_UNE", Target("dataflow", ("LMIS", "ILO.STAT"), ("DF_LF", "DF_UNE"))),
    ("data/dataflow/LMIS%2CILO/DF_LF%2CDF_UNE", Target("dataflow", ("LMIS", "ILO"), ("DF_LF", "DF_UNE"))),
    ("data/dataflow/LMIS,*/DF_LF", Target("dataflow", ("*",), ("DF_LF",))),
    ("data/dataflow/LMIS,LMIS/DF_LF", Target("dataflow", ("LMIS",), ("DF_LF",))),
    ("data/dataflow/LMIS/DF_LF/1", Target("dataflow", ("LMIS",), ("DF_LF",), ("1",))),
    ("data/dataflow/LMIS/DF_LF/1.0", Target("dataflow", ("LMIS",), ("DF_LF",), ("1.0",))),
    ("data/dataflow/LMIS/DF_LF/1.0.0-draft.1", Target("dataflow", ("LMIS",), ("DF_LF",), ("1.0.0-draft.1",))),
    ("data/dataflow/LMIS/DF_LF/1~.2.0,1.2.0+", Target("dataflow", ("LMIS",), ("DF_LF",), ("1~.2.0", "1.2.0+"))),
    ("data/dataflow/LMIS/DF_LF/1.*,2.1+.0", Target("dataflow", ("LMIS",), ("DF_LF",), ("1.*", "2.1+.0"))),
    ("data/dataflow/LMIS/DF_LF/+,*", Target("dataflow", ("LMIS",), ("DF_LF",), ("*",))),
]  # fmt: skip


@pytest.mark.parametrize(("path", "target"), TARGETS)
def test_target(path: str, target: Target) -> None:
    assert v2.parse(path) == DataQuery(target)


KEYS = [
    ("*", ALL),
    ("M", ((("M",),),)),
    ("M.MYS", ((("M",), ("MYS",)),)),
    ("M.*.X", ((("M",), None, ("X",)),)),
    ("*.MYS", ((None, ("MYS",)),)),
    ("*.*", ((None, None),)),
    ("M.MYS,A.IDN", ((("M",), ("MYS",)), (("A",), ("IDN",)))),
    ("M.MYS%2CA.IDN", ((("M",), ("MYS",)), (("A",), ("IDN",)))),
    ("M.MYS,M.MYS", ((("M",), ("MYS",)),)),
    ("M.MYS,*", ALL),
    ("A._T.ECO_ISIC4_A-1", ((("A",), ("_T",), ("ECO_ISIC4_A-1",)),)),
    ("A.%2A", ((("A",), None),)),
    ("A.US$.X@Y", ((("A",), ("US$",), ("X@Y",)),)),
]


@pytest.mark.parametrize(("key", "keys"), KEYS)
def test_key(key: str, keys: object) -> None:
    query = v2.parse(f"{FLOW}/{key}")
    assert isinstance(query, DataQuery)
    assert query.keys == keys


FILTERS = [  # the first ten rows are the table of doc/data.md
    ("c[X]=A", "X", [conditions(("eq", "A"))]),
    ("c[X]=A,B", "X", [conditions(("eq", "A")), conditions(("eq", "B"))]),
    ("c[X]=ge:A", "X", [conditions(("ge", "A"))]),
    ("c[X]=ge:A+le:B", "X", [conditions(("ge", "A"), ("le", "B"))]),
    ("c[X]=A,B+C", "X", [conditions(("eq", "A")), conditions(("eq", "B"), ("eq", "C"))]),
    ("c[X]=ge:A+le:B,ge:C+le:D", "X", [conditions(("ge", "A"), ("le", "B")), conditions(("ge", "C"), ("le", "D"))]),
    ("c[X]=ne:A,B", "X", [conditions(("ne", "A")), conditions(("eq", "B"))]),
    ("c[X]=ne:A+B", "X", [conditions(("ne", "A"), ("eq", "B"))]),
    ("c[X]=ne:A,ne:B", "X", [conditions(("ne", "A")), conditions(("ne", "B"))]),
    ("c[X]=ne:A+ne:B", "X", [conditions(("ne", "A"), ("ne", "B"))]),
    ("c%5BX%5D=A", "X", [conditions(("eq", "A"))]),
    ("c%5bX%5d=ge%3AA%2Ble%3AB", "X", [conditions(("ge", "A"), ("le", "B"))]),
    ("c[X]=A%2CB", "X", [conditions(("eq", "A")), conditions(("eq", "B"))]),
    ("c[TITLE]=co:labour%20force", "TITLE", [conditions(("co", "labour force"))]),
    ("c[TITLE]=nc:x", "TITLE", [conditions(("nc", "x"))]),
    ("c[TITLE]=sw:x,ew:y", "TITLE", [conditions(("sw", "x")), conditions(("ew", "y"))]),
    ("c[OBS_VALUE]=gt:10.5", "OBS_VALUE", [conditions(("gt", "10.5"))]),
    ("c[OBS_VALUE]=lt:-3", "OBS_VALUE", [conditions(("lt", "-3"))]),
    ("c[X]=eq:ge:A", "X", [conditions(("eq", "ge:A"))]),
    ("c[X]=A,A", "X", [conditions(("eq", "A"))]),
    ("c[TIME_PERIOD]=2020", "TIME_PERIOD", [conditions(("eq", "2020"))]),
    ("c[TIME_PERIOD]=ge:2020-01+le:2020-12", "TIME_PERIOD", [conditions(("ge", "2020-01"), ("le", "2020-12"))]),
    ("c[TIME_PERIOD]=ge:2020-Q1%2Ble:2021-S2", "TIME_PERIOD", [conditions(("ge", "2020-Q1"), ("le", "2021-S2"))]),
    ("c[TIME_PERIOD]=ge:2020-01-01T00:00:00", "TIME_PERIOD", [conditions(("ge", "2020-01-01T00:00:00"))]),
    (
        "c[TIME_PERIOD]=ge:2020-01-01T00:00:00+08:00+lt:2021-01-01T00:00:00+08:00",
        "TIME_PERIOD",
        [conditions(("ge", "2020-01-01T00:00:00+08:00"), ("lt", "2021-01-01T00:00:00+08:00"))],
    ),
    ("c[TIME_PERIOD]=sw:20", "TIME_PERIOD", [conditions(("sw", "20"))]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "component", "alternatives"), FILTERS)
def test_filter(query: str, component: str, alternatives: list[tuple[Condition, ...]]) -> None:
    expected = Filter(component, tuple(alternatives))
    assert v2.parse(FLOW, query).filters == (expected,)  # type: ignore[union-attr]


PARAMETERS = [
    (FLOW, "", {}),
    (FLOW, "&&", {}),
    (FLOW, "firstNObservations=1", {"first_n": 1}),
    (FLOW, "lastNObservations=12", {"last_n": 12}),
    (FLOW, "firstNObservations=1&lastNObservations=2", {"first_n": 1, "last_n": 2}),
    (FLOW, "limit=100&offset=0", {"limit": 100, "offset": 0}),
    (FLOW, "offset=2000", {"offset": 2000}),
    (FLOW, "dimensionAtObservation=AllDimensions", {"dimension_at_observation": "AllDimensions"}),
    (FLOW, "dimensionAtObservation=SEX", {"dimension_at_observation": "SEX"}),
    (FLOW, "attributes=none&measures=none", {"attributes": ("none",), "measures": ("none",)}),
    (FLOW, "attributes=OBS_STATUS,UNIT_MEASURE", {"attributes": ("OBS_STATUS", "UNIT_MEASURE")}),
    (FLOW, "attributes=series,OBS_STATUS", {"attributes": ("series", "OBS_STATUS")}),
    (FLOW, "attributes=obs,all", {"attributes": ("all",)}),
    (FLOW, "measures=OBS_VALUE", {"measures": ("OBS_VALUE",)}),
    (FLOW, "sort=series_key+TIME_PERIOD:desc", {"sort": (("series_key", False), ("TIME_PERIOD", True))}),
    (FLOW, "sort=*:asc", {"sort": (("*", False),)}),
    (FLOW, "sort=SEX%2BAGE%3Adesc", {"sort": (("SEX", False), ("AGE", True))}),
    (FLOW, "includeHistory=true", {"include_history": True}),
    (FLOW, "updatedAfter=2009-05-15T14%3A15%3A00%2B01%3A00", {"updated_after": "2009-05-15T14:15:00+01:00"}),
    (FLOW, "updatedAfter=2009-05-15T14:15:00+01:00", {"updated_after": "2009-05-15T14:15:00+01:00"}),
    (FLOW, "asOf=2024-01-01T00:00:00Z", {"as_of": "2024-01-01T00:00:00Z"}),
    (FLOW, "asOf=2024-01-01T00:00:00.5", {"as_of": "2024-01-01T00:00:00.5"}),
    (FLOW, "reportingYearStartDay=--07-01", {"reporting_year_start_day": "--07-01"}),
    (FLOW, "format=csvdata&lang=id&formatVersion=2.0.0&compression=gzip", {"warnings": ()}),
    ("structure", "", {"kinds": ("*",), "target": Target("*", versions=("~",))}),
    ("structure/*/LMIS", "detail=allstubs", {"kinds": ("*",), "detail": "allstubs"}),
    ("structure/codelist", "", {"kinds": ("codelist",), "detail": "full", "references": ("none",)}),
    ("structure/codelist/LMIS,SDMX/CL_FREQ/+", "", {"target": Target("*", ("LMIS", "SDMX"), ("CL_FREQ",), ("+",))}),
    ("structure/codelist/LMIS/CL_FREQ/1.0.0/A", "", {"items": ("A",)}),
    ("structure/codelist/LMIS/CL_FREQ/1.0.0/A,M,Q", "", {"items": ("A", "M", "Q")}),
    ("structure/categoryscheme/LMIS/CS/~/LAB.WAGES", "references=categorisation", {"items": ("LAB.WAGES",), "references": ("categorisation",)}),
    ("structure/valuelist/LMIS/VL/~/%E2%82%AC", "", {"items": ("€",)}),
    ("structure/datastructure/LMIS/DSD_LFS/1.0.0", "references=children&detail=referencepartial", {"references": ("children",), "detail": "referencepartial"}),
    ("structure/datastructure", "references=codelist,conceptscheme", {"references": ("codelist", "conceptscheme")}),
    ("structure/codelist", "detail=raw&asOf=2024-01-01T00:00:00Z", {"detail": "raw", "as_of": "2024-01-01T00:00:00Z"}),
    ("structure/metadataflow", "", {"kinds": ("metadataflow",)}),
    ("availability/dataflow", "", {"components": ("*",), "mode": "exact", "references": ("none",)}),
    ("availability/dataflow/LMIS/DF_LF/1.0.0/M.*.X/SEX,AGE", "mode=available", {"components": ("SEX", "AGE"), "mode": "available"}),
    ("availability/dataflow/LMIS/DF_LF/", "references=all", {"references": ("all",)}),
    ("availability/dataflow/LMIS/DF_LF", "references=codelist,dataflow", {"references": ("codelist", "dataflow")}),
    ("availability/dataflow/LMIS/DF_LF", "c[SEX]=F", {"data": DataQuery(Target("dataflow", ("LMIS",), ("DF_LF",)), filters=(Filter("SEX", (conditions(("eq", "F")),)),))}),
    ("schema/dataflow/LMIS/DF_LF", "", {"target": Target("dataflow", ("LMIS",), ("DF_LF",), ("~",)), "deletion": False}),
    ("schema/provisionagreement/LMIS/PA/+", "deletion=true&dimensionAtObservation=TIME_PERIOD", {"deletion": True, "dimension_at_observation": "TIME_PERIOD"}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query", "expected"), PARAMETERS)
def test_parameters(path: str, query: str, expected: dict[str, object]) -> None:
    parsed = v2.parse(path, query)
    assert {name: getattr(parsed, name) for name in expected} == expected


ERRORS = [
    # path
    ("", "", QuerySyntaxError, "resource: '' is unknown"),
    ("foo", "", QuerySyntaxError, "'foo' is unknown"),
    ("dat/dataflow", "", QuerySyntaxError, "did you mean data?"),
    ("data/dataflows", "", QuerySyntaxError, "did you mean dataflow?"),
    ("data/dataflow/LM IS", "", QuerySyntaxError, "agencyID: 'LM IS' is no agency"),
    ("data/dataflow/1LMIS", "", QuerySyntaxError, "'1LMIS' is no agency"),
    ("data/dataflow/LMIS/DF.LF", "", QuerySyntaxError, "resourceID: 'DF.LF' is no id"),
    ("data/dataflow/LMIS/DF%2FLF", "", QuerySyntaxError, "'DF/LF' is no id"),
    ("data/dataflow/LMIS,/DF_LF", "", QuerySyntaxError, "a name is empty"),
    ("data/dataflow//DF_LF", "", QuerySyntaxError, "write * for any"),
    ("data/dataflow/LMIS/DF_LF//M", "", QuerySyntaxError, "version: is empty"),
    ("data/dataflow/LMIS/DF_LF/1.0.0/*/x", "", QuerySyntaxError, "6 parts after the resource"),
    ("data/dataflow/LMIS/DF_LF/latest", "", QuerySyntaxError, "'latest' is no version"),
    ("data/dataflow/LMIS/DF_LF/1.0.0.0", "", QuerySyntaxError, "no version"),
    ("data/dataflow/LMIS/DF_LF/01.0.0", "", QuerySyntaxError, "no version"),
    ("data/dataflow/LMIS/DF_LF/0.1+.0", "", QuerySyntaxError, "no version"),
    ("data/dataflow/LMIS/DF_LF/1.0+", "", QuerySyntaxError, "no version"),
    ("data/dataflow/LMIS/DF_LF/+.0", "", QuerySyntaxError, "no version"),
    ("data/dataflow/LMIS/DF_LF/1.+.1", "", QuerySyntaxError, "no version"),
    ("data/dataflow/LMIS/DF_LF/1~", "", QuerySyntaxError, "no version"),
    ("data/dataflow/LMIS/DF_LF/1,", "", QuerySyntaxError, "'' is no version"),
    ("data/%zz", "", QuerySyntaxError, "'%zz' is no percent-encoding"),
    ("data/%ff", "", QuerySyntaxError, "is not UTF-8"),
    ("data/dataflow/LMIS/%00", "", QuerySyntaxError, "control character"),
    ("data/dataflow/" + "A" * 8200, "", UriTooLong, "allowed: 8192"),
    # key
    (f"{FLOW}/M..X", "", QuerySyntaxError, "write * for any value: M.*.X"),
    (f"{FLOW}/A.*.X,B..Y", "", QuerySyntaxError, "position 2 of 'B..Y' is empty"),
    (f"{FLOW}/M.", "", QuerySyntaxError, "position 2 of 'M.' is empty"),
    (f"{FLOW}/M.A+B", "", QuerySyntaxError, "which REST 2 does not use in keys"),
    (f"{FLOW}/M.A%2BB", "", QuerySyntaxError, "c[DIMENSION]=B,D"),
    (f"{FLOW}/M,", "", QuerySyntaxError, "is empty"),
    (f"{FLOW}/M.A%20B", "", QuerySyntaxError, "'A B' is no code"),
    (f"{FLOW}/M.*A", "", QuerySyntaxError, "'*A' is no code"),
    (f"{FLOW}/" + ".".join("A" * 300), "", QuerySyntaxError, "300 positions"),
    (f"{FLOW}/" + ",".join(f"A{n}" for n in range(1200)), "", TooLarge, "1200 keys"),
    # filters
    (FLOW, "c[X]=", QuerySyntaxError, "c[X]: a value is empty"),
    (FLOW, "c[X]", QuerySyntaxError, "c[X]: a value is empty"),
    (FLOW, "c[X]=A,", QuerySyntaxError, "a value is empty"),
    (FLOW, "c[X]=A++B", QuerySyntaxError, "a value is empty"),
    (FLOW, "c[X]=ge:", QuerySyntaxError, "a value is empty"),
    (FLOW, "c[X]=nd:A", QuerySyntaxError, "'nd' is no operator"),
    (FLOW, "c=A", QuerySyntaxError, "is no component filter"),
    (FLOW, "c[]=A", QuerySyntaxError, "is no component filter"),
    (FLOW, "c[X=A", QuerySyntaxError, "is no component filter"),
    (FLOW, "c[X][Y]=A", QuerySyntaxError, "is no component filter"),
    (FLOW, "c[X]=A&c[X]=B", QuerySyntaxError, "c[X]: is given more than once"),
    (FLOW, "c[X]=A&c%5BX%5D=B", QuerySyntaxError, "given more than once"),
    (FLOW, "c[TIME_PERIOD]=ge:2020%20le:2021", QuerySyntaxError, "write the + between conditions as %2B"),
    (FLOW, "c[TIME_PERIOD]=2020-13", QuerySyntaxError, "'2020-13' is no time period"),
    (FLOW, "c[TIME_PERIOD]=ge:2020-Q5", QuerySyntaxError, "no time period"),
    (FLOW, "c[TIME_PERIOD]=ge:last", QuerySyntaxError, "no time period"),
    # parameters
    (FLOW, "limit=0", QuerySyntaxError, "whole number of at least 1"),
    (FLOW, "limit=ten", QuerySyntaxError, "limit: 'ten'"),
    (FLOW, "limit=1.5", QuerySyntaxError, "limit"),
    (FLOW, "limit=٣", QuerySyntaxError, "limit"),
    (FLOW, "limit=", QuerySyntaxError, "limit"),
    (FLOW, "offset=-1", QuerySyntaxError, "whole number of at least 0"),
    (FLOW, "firstNObservations=0", QuerySyntaxError, "firstNObservations"),
    (FLOW, "lastNObservations=" + "9" * 30, QuerySyntaxError, "lastNObservations"),
    (FLOW, "limit=1&limit=2", QuerySyntaxError, "limit: is given more than once"),
    (FLOW, "dimensionAtObservation=A,B", QuerySyntaxError, "dimensionAtObservation"),
    (FLOW, "dimensionAtObservation=", QuerySyntaxError, "starting with a letter [query-syntax]"),
    (FLOW, "attributes=none,obs", QuerySyntaxError, "none stands beside something else"),
    (FLOW, "attributes=", QuerySyntaxError, "a name is empty"),
    (FLOW, "attributes=9X", QuerySyntaxError, "'9X' is no component"),
    (FLOW, "measures=a b", QuerySyntaxError, "measures"),
    (FLOW, "includeHistory=yes", QuerySyntaxError, "true, false"),
    (FLOW, "updatedAfter=2009-05-15", QuerySyntaxError, "is no xs:dateTime"),
    (FLOW, "updatedAfter=2009-02-31T00:00:00", QuerySyntaxError, "is no xs:dateTime"),
    (FLOW, "updatedAfter=2009-05-15T14:15:00%2001:00", QuerySyntaxError, "as %2B"),
    (FLOW, "asOf=now", QuerySyntaxError, "asOf"),
    (FLOW, "updatedAfter=2024-01-02T00:00:00Z&asOf=2024-01-01T00:00:00Z", QuerySemanticError, "later than asOf"),
    (FLOW, "reportingYearStartDay=07-01", QuerySyntaxError, "--MM-DD"),
    (FLOW, "sort=A:up", QuerySyntaxError, "'A:up' is no sort order"),
    (FLOW, "sort=", QuerySyntaxError, "sort"),
    (FLOW, "startPeriod=2020", QuerySyntaxError, "REST 2 writes c[TIME_PERIOD]=ge:2020"),
    (FLOW, "detail=full", QuerySyntaxError, "REST 2 writes attributes"),
    (FLOW, "references=all", QuerySyntaxError, "references: is no parameter here"),
    (FLOW, "firstNobservations=1", QuerySyntaxError, "did you mean firstNObservations?"),
    (FLOW, "lastNObs=1", QuerySyntaxError, "did you mean lastNObservations?"),
    (FLOW, "dimensionAtObservations=SEX", QuerySyntaxError, "did you mean dimensionAtObservation?"),
    (FLOW, "startperiod=2020", QuerySyntaxError, "did you mean startPeriod?"),
    (FLOW, "x=%E0%A4%A", QuerySyntaxError, "'%A' is no percent-encoding"),
    # structures
    ("structure/codelists", "", QuerySyntaxError, "did you mean codelist?"),
    ("structure/codeList", "", QuerySyntaxError, "did you mean codelist?"),
    ("structure/organisationscheme", "", QuerySyntaxError, "'organisationscheme' is unknown"),
    ("structure/codelist,dataflow", "", QuerySyntaxError, "artefactType"),
    ("structure/dataflow/LMIS/DF_LF/1.0.0/A", "", QuerySyntaxError, "a dataflow has no items"),
    ("structure/codelist", "detail=everything", QuerySyntaxError, "'everything' is unknown"),
    ("structure/codelist", "references=child", QuerySyntaxError, "did you mean children?"),
    ("structure/codelist", "references=none,children", QuerySyntaxError, "none stands beside"),
    ("structure/codelist", "c[X]=A", QuerySyntaxError, "c[X]"),
    ("structure/codelist", "startPeriod=2020", QuerySyntaxError, "startPeriod: is no parameter here"),
    # availability, schema, the rest
    ("availability", "", QuerySyntaxError, "context: is missing"),
    ("availability/*/LMIS/DF_LF", "", QuerySyntaxError, "context: '*' is unknown"),
    ("availability/dataflow/LMIS/DF_LF/+/*/SEX.X", "", QuerySyntaxError, "componentID"),
    ("availability/dataflow/LMIS/DF_LF", "mode=all", QuerySyntaxError, "exact, available"),
    ("availability/dataflow/LMIS/DF_LF", "references=parents", QuerySyntaxError, "references"),
    ("availability/dataflow/LMIS/DF_LF", "limit=1", QuerySyntaxError, "limit: is no parameter here"),
    ("schema/dataflow/LMIS", "", QuerySyntaxError, "resourceID: is missing"),
    ("schema/dataflow/LMIS/*", "", QuerySyntaxError, "names more than one"),
    ("schema/dataflow/LMIS/A,B", "", QuerySyntaxError, "names more than one"),
    ("schema/dataflow/LMIS/A/1.*", "", QuerySyntaxError, "names more than one"),
    ("metadata/codelist/LMIS", "", QuerySyntaxError, "metadataset, metadataflow, structure"),
    ("metadata/structure/nix", "", QuerySyntaxError, "artefactType"),
    ("metadata/metadataset", "detail=stubs", QuerySyntaxError, "full, allstubs"),
    ("metadata/metadataset", "references=all", QuerySyntaxError, "is no parameter here"),
    ("metadata/metadataflow/A/B/1.0/,X", "", QuerySyntaxError, "providerRef"),
    ("registration/nix", "", QuerySyntaxError, "id, provider, datastructure"),
    ("registration/id/a/b", "", QuerySyntaxError, "parts after the resource"),
    ("registration/provider", "asOf=2024-01-01T00:00:00Z", QuerySyntaxError, "is no parameter here"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query", "error", "says"), ERRORS)
def test_error(path: str, query: str, error: type[QueryError], says: str) -> None:
    with pytest.raises(error) as caught:
        v2.parse(path, query)
    assert says in str(caught.value)


def test_errors_can_be_written_in_xml() -> None:
    """XML 1.0 has no place for control characters, not even escaped."""
    for name in ("dimensionAtObservation", "attributes", "measures", "sort", "limit", "asOf", "c[SEX]"):
        with pytest.raises(QueryError) as refused:
            v2.parse(FLOW, f"{name}=")
        assert str(refused.value).isprintable()


def test_all_findings_at_once() -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        v2.parse("data/dataflows/1X/DF.LF/one/M..X", "limit=0&c[X]=&sort=!")
    places = [finding.message.partition(":")[0] for finding in caught.value.findings]
    assert places == ["context", "agencyID", "resourceID", "version", "key", "limit", "c[X]", "sort"]


@pytest.mark.parametrize("name", ["_", "utm_source", "api_key", "dims", "x" * 5000])
def test_unknown_parameter_is_a_warning(name: str) -> None:
    query = v2.parse(FLOW, f"{name}=1&limit=2")
    assert len(query.warnings) == 1
    assert name[:64] in query.warnings[0]
    assert query == v2.parse(FLOW, "limit=2")


OTHERS = [
    ("metadata", "", MetadataQuery("metadataset", Target("*"))),
    ("metadata/metadataset/ECB/QUALITY_REPORT/1.0.0", "", MetadataQuery("metadataset", Target("*", ("ECB",), ("QUALITY_REPORT",), ("1.0.0",)))),
    ("metadata/metadataset/ECB/?detail=allstubs", "", MetadataQuery("metadataset", Target("*", ("ECB",)), detail="allstubs")),
    ("metadata/metadataflow/ECB/METHODOLOGY/*/FR2", "", MetadataQuery("metadataflow", Target("metadataflow", ("ECB",), ("METHODOLOGY",)), ((None, "FR2"),))),
    ("metadata/metadataflow/*/METHODOLOGY/+/BIS,CH2+NO2", "", MetadataQuery("metadataflow", Target("metadataflow", ("*",), ("METHODOLOGY",), ("+",)), (("BIS", "CH2"), (None, "NO2")))),
    ("metadata/structure/datastructure/ECB/ECB_EXR1", "", MetadataQuery("structure", Target("datastructure", ("ECB",), ("ECB_EXR1",), ("~",)))),
    ("registration", "", RegistrationQuery()),
    ("registration/id/abcd-efgh-ijkl", "", RegistrationQuery(ids=("abcd-efgh-ijkl",))),
    ("registration/provider/IMF/UK1,UK2", "", RegistrationQuery(agencies=("IMF",), providers=("UK1", "UK2"))),
    ("registration/provider/IMF/*", "", RegistrationQuery(agencies=("IMF",))),
    ("registration/dataflow/ECB/BSI,EXR/1.0.0", "", RegistrationQuery(Target("dataflow", ("ECB",), ("BSI", "EXR"), ("1.0.0",)))),
    ("registration/datastructure/*/*/*", "updatedAfter=2009-05-15T14%3A15%3A00%2B01%3A00", RegistrationQuery(Target("datastructure"), updated_after="2009-05-15T14:15:00+01:00")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "query", "expected"), OTHERS)
def test_others(path: str, query: str, expected: Query) -> None:
    path, _, more = path.partition("?")
    assert v2.parse(path, query or more) == expected
