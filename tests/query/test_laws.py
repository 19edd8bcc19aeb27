"""What holds for every URL: a query or a QueryError comes of it; encoding never changes its meaning."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from publisher.errors import QueryError, outcome
from publisher.query import parse
from publisher.query.model import Query

APIS = st.sampled_from(["v1", "v2"])
WORDS = """data structure availability availableconstraint schema metadata codelist dataflow LMIS DF_LF
    * all ~ + 1.0 1.0.0 2+.1.0 A.B.C M..X A+B A,B .. . % %2B %5B %00 %ff ? = & / € x= c[=x
    c[SEX]=F c[TIME_PERIOD]=ge:2020+le:2021 limit=1 limit=x detail=full references=all sort=*:desc
    updatedAfter=2020-01-01T00:00:00+08:00 asOf= startPeriod=2020 attributes=none format=csv"""
TEXTS = st.one_of(
    st.text(),
    st.text(alphabet="ABdata/.,+*~%0:[]=&c-€\x00\ud800"),
    st.lists(st.sampled_from(WORDS.split())).map("/".join),
    st.lists(st.sampled_from(WORDS.split())).map("&".join),
)


@given(APIS, TEXTS, TEXTS)
@example("v2", "data/dataflow/LMIS/DF/1.0.0", "c[TIME_PERIOD]=ge:9999-99-99")
@example("v2", "data/dataflow/LMIS/DF/" + "9" * 5000, "")
@example("v2", "data", "asOf=9999-12-31T23:59:59-14:00&updatedAfter=0001-01-01T00:00:00+14:00")
@example("v2", "data", "asOf=0000-01-01T00:00:00")
@example("v1", "data/\ud800", "")
def test_query_or_query_error(api: str, path: str, query: str) -> None:
    result: Query | QueryError
    try:
        result = parse(api, path, query)
    except QueryError as exc:
        result = exc
    if isinstance(result, QueryError):
        assert 400 <= outcome(result).http_v2 <= 501
        assert str(result)
    else:
        assert result.api == api
        assert hash(result) == hash(parse(api, path, query))


URLS = [
    (
        "v2",
        "data/dataflow/LMIS,ILO/DF_LF/1.0.0,2+.0.0/M.*.X,A.B.C",
        "c[SEX]=ne:F+ne:M&sort=*:asc&attributes=A,B",
    ),
    ("v2", "availability/dataflow/LMIS/DF_LF/+/*/SEX,AGE", "c[TIME_PERIOD]=ge:2020-01-01T00:00:00+le:2021"),
    ("v1", "data/LMIS,DF_LF,1.0/M..A+B/WB+LMIS,ILO", "startPeriod=2020-01-01T00:00:00"),
    ("v1", "codelist/LMIS+ILO/CL_SEX/latest/F+M", "detail=full"),
]


@pytest.mark.parametrize(("api", "path", "query"), URLS)
@given(st.data())
def test_encoding_is_no_meaning(api: str, path: str, query: str, data: st.DataObject) -> None:
    def some(text: str, separators: str) -> str:
        chosen = data.draw(st.lists(st.booleans(), min_size=len(text), max_size=len(text)))
        return "".join(
            f"%{ord(char):02x}" if encode and char not in separators else char
            for char, encode in zip(text, chosen, strict=True)
        )

    assert parse(api, some(path, "/"), some(query, "&=")) == parse(api, path, query)
    assert parse(api, quote(path), quote(query, safe="&=")) == parse(api, path, query)
