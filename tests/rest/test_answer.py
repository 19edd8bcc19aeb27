"""What the service answers: status, headers and a body that others' schemas accept."""

# ruff: noqa: E501 — one row, one line

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher import formats
from publisher.rest.conditional import http_date
from publisher.store import Snapshot

Ask = Callable[..., Any]  # conftest.Ask
Judge = Callable[[bytes, str], list[str]]
ML21 = "application/vnd.sdmx.structure+xml;version=2.1"
GENERIC = "application/vnd.sdmx.genericdata+xml;version=2.1"
JSON20 = "application/vnd.sdmx.structure+json;version=2.0.0"


def newest(rows: Iterable[str], type_: str) -> str:
    """What a type without a version means."""
    return max(name for name in rows if name.startswith(f"application/vnd.sdmx.{type_};"))


ML3, JSON2 = (newest(formats.STRUCTURE, type_) for type_ in ("structure+xml", "structure+json"))
DATA_JSON, DATA_ML, DATA_CSV = (
    newest(formats.DATA, type_) for type_ in ("data+json", "data+xml", "data+csv")
)
FLOW = "v2/data/dataflow/LMIS/DF_LF/1.0.0"
OLD = "v1/data/LMIS,DF_LF,1.0.0"
# FREQ.REF_AREA.INDICATOR.SEX.AGE.EDUCATION_LEV.ACTIVITY.OCCUPATION.STATUS.DURATION.URBANISATION.POP.ADJ.SOURCE
ANY_MONTHLY = "M" + "." * 13

STATUSES = [
    # found
    (f"{FLOW}?limit=60", None, 200, DATA_JSON),
    (f"{FLOW}?measures=none&limit=2", None, 200, DATA_JSON),
    (f"{FLOW}?measures=none&attributes=none", None, 200, DATA_JSON),
    (f"{FLOW}?measures=none&attributes=series", DATA_ML, 200, DATA_ML),
    (f"{FLOW}?dimensionAtObservation=AllDimensions&limit=9", None, 200, DATA_JSON),
    (f"{FLOW}?dimensionAtObservation=INDICATOR&lastNObservations=1", None, 200, DATA_JSON),
    ("v2/data/dataflow/LMIS/DF_LF,DF_UNE?lastNObservations=1", None, 200, DATA_JSON),
    ("v2/data/provisionagreement/LMIS/PA_MYS_DOSM_DF_LF,PA_MYS_DOSM_DF_UNE?lastNObservations=1", None, 200, DATA_JSON),
    ("v2/data/datastructure/LMIS/DSD_LFS?lastNObservations=1", None, 200, DATA_JSON),
    (f"{FLOW}/M.MYS", DATA_CSV, 200, DATA_CSV),
    (f"{FLOW}/*", DATA_ML, 200, DATA_ML),
    (f"{FLOW}/M.MYS,M.NIX", "text/csv", 200, DATA_CSV),  # mixed: the known ones answer
    (f"{FLOW}?c[REF_AREA]=MYS&c[TIME_PERIOD]=ge:2025-01", "text/csv", 200, DATA_CSV),
    (f"{FLOW}?attributes=none&measures=none", "text/csv", 200, DATA_CSV),
    (f"{FLOW}?attributes=OBS_STATUS", "text/csv", 200, DATA_CSV),
    (f"{FLOW}?dimensionAtObservation=AllDimensions", "application/xml", 200, DATA_ML),
    (f"{FLOW}?dimensionAtObservation=INDICATOR", "application/xml", 200, DATA_ML),
    (f"{FLOW}?limit=2&offset=1&sort=*", "text/csv", 200, DATA_CSV),
    (f"{FLOW}?sort=series_key+TIME_PERIOD", "text/csv", 200, DATA_CSV),
    ("v2/data?limit=5", "text/csv", 200, DATA_CSV),
    ("v2/data/*/LMIS/DF_LF", "text/csv", 200, DATA_CSV),
    ("v2/data/datastructure/LMIS/DSD_LFS", "text/csv", 200, DATA_CSV),
    ("v2/data/provisionagreement/LMIS/PA_MYS_DOSM_DF_LF", "text/csv", 200, DATA_CSV),
    ("v2/data/dataflow/LMIS/DF_LF,DF_UNE,NIX", "text/csv", 200, DATA_CSV),
    ("v2/data?c[DURATION]=_T&limit=1", "text/csv", 200, DATA_CSV),  # not all structures have it
    (OLD, None, 200, GENERIC),
    (f"{OLD}?dimensionAtObservation=AllDimensions", None, 200, GENERIC),
    (f"{OLD}?dimensionAtObservation=INDICATOR", None, 200, GENERIC),
    ("v1/data/all,all,latest", None, 200, GENERIC),
    ("v1/data/DF_LF/all/MYS_DOSM", None, 200, GENERIC),
    (f"{OLD}/{ANY_MONTHLY}", None, 200, GENERIC),
    (f"{OLD}//MYS_DOSM", None, 200, GENERIC),
    (f"{OLD}?startPeriod=2025&endPeriod=2025-06", "text/csv", 200, DATA_CSV),
    (f"{OLD}?detail=serieskeysonly", None, 200, GENERIC),
    (f"{OLD}?detail=nodata", None, 200, GENERIC),
    (f"{OLD}?detail=dataonly", None, 200, GENERIC),
    ("v2/structure/dataflow", None, 200, JSON2),
    ("v2/structure/dataflow/LMIS/DF_LF?references=all", ML3, 200, ML3),
    ("v2/structure/datastructure/LMIS/DSD_LFS?references=descendants", "application/xml", 200, ML3),
    ("v2/structure/codelist/LMIS/CL_SEX/~/F,M", None, 200, JSON2),
    ("v2/structure/*/LMIS?detail=allstubs", None, 200, JSON2),
    ("v2/structure/codelist/LMIS/CL_SEX,NIX", None, 200, JSON2),
    ("v1/dataflow", None, 200, ML21),
    ("v1/dataflow/all/all/latest", None, 200, ML21),
    ("v1/datastructure/LMIS/DSD_LFS/1.0.0?references=children", None, 200, ML21),
    ("v1/codelist/LMIS/CL_SEX/latest/F", None, 200, ML21),
    ("v1/contentconstraint/LMIS", None, 200, ML21),
    ("v2/availability/dataflow/LMIS/DF_LF", None, 200, JSON2),
    ("v2/availability/dataflow/LMIS/DF_LF/1.0.0/M.*/REF_AREA?mode=available", ML3, 200, ML3),
    ("v1/availableconstraint/DF_LF", None, 200, ML21),
    # nothing matches
    (f"{FLOW}/M.NIX", None, 204, None),
    (f"{FLOW}?c[REF_AREA]=NIX", None, 204, None),
    (f"{FLOW}?offset=100000", None, 204, None),
    ("v2/data/dataflow/LMIS/DF_EARN", None, 204, None),  # known, but nobody has released it
    ("v2/availability/dataflow/LMIS/DF_EARN", None, 204, None),
    ("v2/structure/process", None, 204, None),
    (f"{OLD}/{ANY_MONTHLY.replace('M.', 'M.NIX', 1)}", None, 404, ML21),
    ("v1/data/DF_LF/all/NIX", None, 404, ML21),
    ("v1/data/DF_EARN", None, 404, ML21),
    ("v1/process", None, 404, ML21),
    ("v1/actualconstraint", None, 404, ML21),
    # no such artefact
    ("v2/data/dataflow/LMIS/NIX", None, 404, JSON2),
    ("v2/data/dataflow/NIX/DF_LF", None, 404, JSON2),
    ("v2/data/dataflow/LMIS/DF_LF/7.0.0", None, 404, JSON2),
    ("v2/data/dataflow/LMIS/NIX", "application/xml", 404, ML3),
    ("v2/data/dataflow/LMIS/NIX", GENERIC, 404, ML21),
    ("v2/data/dataflow/LMIS/NIX", "text/csv", 404, JSON2),
    ("v2/structure/codelist/LMIS/NIX", None, 404, JSON2),
    ("v2/structure/codelist/LMIS/CL_SEX/~/NIX", None, 404, JSON2),
    ("v2/availability/dataflow/LMIS/NIX", None, 404, JSON2),
    ("v1/data/NIX", None, 404, ML21),
    ("v1/data/NIX", "application/json", 404, JSON2),
    ("v1/codelist/LMIS/NIX", None, 404, ML21),
    (f"{FLOW}?asOf=1999-01-01T00:00:00Z", None, 404, JSON2),
    # refused
    ("v2/nix", None, 400, JSON2),
    ("v2", None, 400, JSON2),
    ("v2/data/dataflow/LMIS/DF LF", None, 400, JSON2),
    (f"{FLOW}/M..X", None, 400, JSON2),
    (f"{FLOW}?limit=0", "application/xml", 400, ML3),
    (f"{FLOW}?startPeriod=2020", None, 400, JSON2),
    ("v1/data", None, 400, ML21),
    (f"{OLD}?startPeriod=x", None, 400, ML21),
    (f"{FLOW}?c[NIX]=A", None, 422, JSON2),
    (f"{FLOW}?dimensionAtObservation=NIX", None, 422, JSON2),
    (f"{FLOW}?attributes=NIX", None, 422, JSON2),
    (f"{FLOW}?measures=NIX", None, 422, JSON2),
    (f"{FLOW}/" + ".".join("A" * 30), None, 422, JSON2),
    (f"{FLOW}?dimensionAtObservation=AllDimensions", "application/vnd.sdmx.generictimeseriesdata+xml", 422, ML21),
    (f"{OLD}/M.MYS", None, 400, ML21),  # REST 1.5 wants every dimension, and has no 422
    (f"{OLD}?dimensionAtObservation=NIX", None, 400, ML21),
    ("v2/availability/dataflow/LMIS/DF_LF/+/*/NIX", None, 422, JSON2),
    (FLOW, "application/pdf", 406, JSON2),
    (FLOW, "application/vnd.sdmx.data+json;version=9.0.0", 406, JSON2),
    (f"{FLOW}?format=excel", None, 406, JSON2),
    (f"{FLOW}?lang=fr", None, 406, JSON2),
    (f"{FLOW}?compression=compress", None, 406, JSON2),
    (OLD, "image/png", 406, ML21),
    (f"{FLOW}/" + ",".join(f"A{n}" for n in range(1500)), None, 413, JSON2),
    (f"{FLOW}/" + "A" * 9000, None, 414, JSON2),
    (f"{OLD}/" + "A" * 9000, None, 414, ML21),
    # in time
    (f"{FLOW}?updatedAfter=2020-01-01T00:00:00Z&c[TIME_PERIOD]=ge:2025-06", None, 200, DATA_JSON),
    (f"{FLOW}?updatedAfter=2099-01-01T00:00:00Z", None, 204, None),
    (f"{OLD}?updatedAfter=2099-01-01T00:00:00Z", None, 404, ML21),
    (f"{OLD}?updatedAfter=2025-09-01T00:00:00Z", None, 200, GENERIC),
    (f"{FLOW}?includeHistory=true", "application/xml", 200, DATA_ML),
    (f"{FLOW}?updatedAfter=2025-09-01T00:00:00Z&asOf=2025-08-01T00:00:00Z", None, 422, JSON2),
    # in order
    (f"{FLOW}?sort=TIME_PERIOD:desc&c[TIME_PERIOD]=ge:2025-06", None, 200, DATA_JSON),
    (f"{FLOW}?sort=OBS_VALUE:desc+SEX&limit=3&dimensionAtObservation=AllDimensions", None, 200, DATA_JSON),
    (f"{FLOW}?sort=NIX", None, 422, JSON2),
    (f"{FLOW}?sort=series_key&dimensionAtObservation=AllDimensions", None, 422, JSON2),
    (f"{FLOW}?sort=TIME_PERIOD&attributes=none&measures=none", None, 422, JSON2),
    # what never leaves does not exist
    (f"{FLOW}?c[SAMPLE_SIZE]=1", None, 422, JSON2),
    (f"{FLOW}?sort=SAMPLE_SIZE", None, 422, JSON2),
    (f"{FLOW}?attributes=SAMPLE_SIZE", None, 422, JSON2),
    # other resources
    ("v2/schema/dataflow/LMIS/NIX", None, 404, JSON2),
    ("v2/schema/dataflow/LMIS/DF_LF?dimensionAtObservation=NIX", None, 422, JSON2),
    ("v2/metadata/metadataflow/LMIS/NIX", None, 404, JSON2),
    ("v2/metadata/structure/dataflow/LMIS/NIX", None, 404, JSON2),
    ("v2/registration/id/x", None, 404, JSON2),
    ("v2/registration/dataflow/LMIS/NIX", None, 404, JSON2),
    ("v2/registration?updatedAfter=2099-01-01T00:00:00Z", None, 204, None),
    ("v1/metadata/x", None, 404, ML21),
]  # fmt: skip


@pytest.mark.parametrize(("url", "accept", "status", "content_type"), STATUSES)
def test_status(
    ask: Ask, faults: Judge, url: str, accept: str | None, status: int, content_type: str | None
) -> None:
    reply = ask(url, accept)
    assert (reply.status, reply.headers.get("Content-Type")) == (status, content_type), reply.text[:500]
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Vary"] == "Accept, Accept-Encoding, Accept-Language"
    assert bool(reply.body) == (status != 204)
    if content_type and "csv" not in content_type and content_type != DATA_ML:
        assert faults(reply.body, content_type) == []


CODES = [
    ("v2/data/dataflow/LMIS/NIX", 100),
    (f"{FLOW}?limit=0", 140),
    (f"{FLOW}?c[NIX]=A", 150),
]


@pytest.mark.parametrize(("url", "code"), CODES)
def test_error_message(ask: Ask, url: str, code: int) -> None:
    """One text a finding, with the code of the SDMX guidelines, in both families."""
    as_json = json.loads(ask(url).body)["errors"]
    assert as_json[0]["code"] == code
    as_xml = ask(url, "application/xml").text
    assert f'code="{code}"' in as_xml
    two = ask(f"{FLOW}?limit=0&offset=x").text
    assert "limit: '0'" in two
    assert "offset: 'x'" in two


def test_fault_is_told_without_its_traceback(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(sys.modules["publisher.rest.messages"], "datasets", fail)
    reply = ask(FLOW)
    assert reply.status == 500
    assert "secret" not in reply.text
    assert "Traceback" not in reply.text


# -- headers ----------------------------------------------------------------------------------


def test_validators(ask: Ask, snapshot: Snapshot) -> None:
    first = ask(FLOW, "text/csv")
    assert first.headers["Last-Modified"] == http_date(snapshot.instant)
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = ask(FLOW, "text/csv")
    assert (first.body, first.headers) == (again.body, again.headers)


DIFFERENT = [
    (FLOW, {"accept": DATA_ML}), (FLOW, {"accept": f"{DATA_CSV};labels=both"}), (f"{FLOW}/M", {"accept": "text/csv"}),
    (FLOW, {"accept": "text/csv", "accept_encoding": "gzip"}), (FLOW, {"accept": "text/csv", "accept_language": "id"}),
]  # fmt: skip


@pytest.mark.parametrize(("url", "headers"), DIFFERENT)
def test_each_representation_has_its_tag(ask: Ask, url: str, headers: dict[str, str]) -> None:
    assert ask(FLOW, "text/csv").headers["ETag"] != ask(url, **headers).headers["ETag"]


NOT_MODIFIED = [  # request headers from the tag and the date of the answer; day: how much later than the release
    ({"if_none_match": "{etag}"}, 0, 304),
    ({"if_none_match": "W/{etag}"}, 0, 304),
    ({"if_none_match": '"x", {etag}'}, 0, 304),
    ({"if_none_match": "*"}, 0, 304),
    ({"if_none_match": '"x"'}, 0, 200),
    ({"if_none_match": "rubbish"}, 0, 200),
    ({"if_modified_since": "{date}"}, 0, 304),
    ({"if_modified_since": "{date}"}, 1, 304),
    ({"if_modified_since": "{date}"}, -1, 200),
    ({"if_modified_since": "yesterday"}, 0, 200),
    ({"if_modified_since": "{date}", "if_none_match": '"x"'}, 1, 200),
]


@pytest.mark.parametrize(("headers", "days", "status"), NOT_MODIFIED)
def test_conditional(ask: Ask, snapshot: Snapshot, headers: dict[str, str], days: int, status: int) -> None:
    etag = ask(FLOW).headers["ETag"]
    date = http_date(snapshot.instant + timedelta(days=days))
    reply = ask(FLOW, **{name: value.format(etag=etag, date=date) for name, value in headers.items()})
    assert reply.status == status
    assert reply.headers["ETag"] == etag
    if status == 304:
        assert reply.body == b""
        assert "Content-Type" not in reply.headers


def test_empty_answers_are_never_unmodified(ask: Ask, snapshot: Snapshot) -> None:
    since = http_date(snapshot.instant)
    assert ask(f"{FLOW}/NIX", if_modified_since=since).status == 204
    assert ask("v1/data/DF_LF/all/NIX", if_modified_since=since).status == 404


def test_head_and_options(ask: Ask) -> None:
    get, head = ask(FLOW), ask(FLOW, method="HEAD")
    assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")
    assert (ask("v2/nix", method="HEAD").status, ask("v2/nix", method="HEAD").body) == (400, b"")
    options = ask("v2/nix/whatever", method="OPTIONS")
    assert (options.status, options.body) == (204, b"")
    assert options.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "NONSENSE"])
@pytest.mark.parametrize("url", ["v2/structure/codelist/LMIS/CL_SEX/1.0.0", "v1/data/DF_LF"])
def test_maintenance_is_not_answered(ask: Ask, faults: Judge, method: str, url: str) -> None:
    reply = ask(url, method=method)
    assert reply.status == 501
    assert faults(reply.body, reply.type) == []


def test_gzip(ask: Ask) -> None:
    plain, packed = ask(FLOW, "text/csv"), ask(FLOW, "text/csv", accept_encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert gzip.decompress(ask(f"{FLOW}?compression=gzip", "text/csv").body) == plain.body
    assert "Content-Encoding" not in ask("v2/nix", accept_encoding="gzip").headers


LANGUAGES = [
    ("v2/structure/codelist/LMIS/CL_SEX", "id", "id", "Perempuan"),
    ("v2/structure/codelist/LMIS/CL_SEX", "id-ID, en;q=0.1", "id", "Perempuan"),
    ("v2/structure/codelist/LMIS/CL_SEX", "en", "en", "Female"),
    ("v2/structure/codelist/LMIS/CL_SEX", "fr", "en", "Female"),
    ("v2/structure/codelist/LMIS/CL_SEX?lang=id", "en", "id", "Perempuan"),
]  # fmt: skip


@pytest.mark.parametrize(("url", "accept", "language", "word"), LANGUAGES)
@pytest.mark.parametrize("type_", [ML21, ML3, JSON2])
def test_language(ask: Ask, url: str, accept: str, language: str, word: str, type_: str) -> None:
    reply = ask(url, type_, accept_language=accept)
    assert reply.headers["Content-Language"] == language
    assert word in reply.text


def test_all_languages(ask: Ask) -> None:
    reply = ask("v2/structure/codelist/LMIS/CL_SEX", accept_language="*")
    assert reply.headers["Content-Language"].startswith("en, id")
    assert {"Perempuan", "Female"} <= set(re.findall(r"Perempuan|Female", reply.text))


def test_unknown_parameters_are_warned_of(ask: Ask) -> None:
    reply = ask(f"{FLOW}?utm_source=x", "text/csv")
    assert reply.status == 200
    assert reply.headers["Warning"].startswith("299 - \"parameter 'utm_source' is not known here")
    assert reply.headers["Warning"].isascii()
    assert "\n" not in ask(f"{FLOW}?%22%E2%82%AC=1", "text/csv").headers["Warning"]


def test_options_of_csv(ask: Ask) -> None:
    reply = ask(f"{FLOW}?limit=1", f"{DATA_CSV};labels=both")
    assert reply.type == f"{DATA_CSV};labels=both"
    assert "SEX: Sex" in reply.text.splitlines()[0]


# -- meaning ----------------------------------------------------------------------------------


def rows(ask: Ask, url: str) -> list[str]:
    return ask(url, DATA_CSV).text.splitlines()[1:]


def test_both_generations_say_the_same(ask: Ask) -> None:
    new = rows(ask, f"{FLOW}/M.MYS?c[TIME_PERIOD]=ge:2024-01+le:2024-Q2")
    old = rows(ask, f"{OLD}/M.MYS{'.' * 12}?startPeriod=2024-01&endPeriod=2024-Q2")
    assert new == old
    assert len(new) > 10


def test_pages_join_to_the_whole(ask: Ask) -> None:
    """`offset` and `limit` count over all data sets of an answer."""
    url = "v2/data/dataflow/LMIS/DF_LF,DF_UNE/*/M.MYS"
    whole = rows(ask, url)
    step = len(whole) // 3 + 1
    pages = [rows(ask, f"{url}?offset={start}&limit={step}") for start in range(0, len(whole), step)]
    assert len(pages) == 3
    assert [row for page in pages for row in page] == whole


def test_as_of_is_the_vintage_of_then(ask: Ask, snapshot: Snapshot) -> None:
    """Malaysia revised the twelve months of 2024 in its October edition."""
    url = f"{FLOW}/M.MYS?c[TIME_PERIOD]=ge:2024-01+le:2024-12"
    now, then = rows(ask, url), rows(ask, f"{url}&asOf=2025-09-01T00:00:00Z")
    assert len(now) == len(then)
    assert now != then
    later = rows(ask, f"{url}&asOf=2099-01-01T00:00:00%2B08:00")
    assert [row.split(",")[:18] for row in later] == [row.split(",")[:18] for row in now]


def test_context_is_kept(ask: Ask) -> None:
    """doc/data.md `context`: the answer names what was asked for."""
    by_agreement = rows(ask, "v2/data/provisionagreement/LMIS/PA_MYS_DOSM_DF_LF?limit=1")
    assert "PA_MYS_DOSM_DF_LF" in by_agreement[0]
    assert "DSD_LFS" in rows(ask, "v2/data/datastructure/LMIS/DSD_LFS?limit=1")[0]
    assert "DF_LF" in rows(ask, f"{FLOW}?limit=1")[0]


def test_partial_code_list(ask: Ask) -> None:
    (scheme,) = json.loads(ask("v2/structure/codelist/LMIS/CL_SEX/~/F").body)["data"]["codelists"]
    assert [code["id"] for code in scheme["codes"]] == ["F"]
    assert scheme["isPartial"] is True


def test_referencepartial_keeps_what_the_constraints_allow(ask: Ask) -> None:
    url = "v2/structure/dataflow/LMIS/DF_UNE?references=descendants"
    lists = {}
    for detail in ("full", "referencepartial"):
        message = json.loads(ask(f"{url}&detail={detail}").body)["data"]
        lists[detail] = {s["id"]: {c["id"] for c in s.get("codes", ())} for s in message["codelists"]}
    full, part = lists["full"]["CL_INDICATOR"], lists["referencepartial"]["CL_INDICATOR"]
    assert part < full
    assert all(code.startswith("UNE") for code in part)


def test_stubs_have_no_items(ask: Ask) -> None:
    (scheme,) = json.loads(ask("v2/structure/codelist/LMIS/CL_SEX?detail=allstubs").body)["data"]["codelists"]
    assert not scheme.get("codes")


UPDATES = [
    # what is asked for, and when its data were last released: the demo's editions of Malaysia
    ("v2/structure/dataflow/LMIS/DF_LF?detail=allcompletestubs", "dataflows", "2025-10-09T04:00:00Z"),
    ("v2/structure/dataflow/LMIS/DF_LF?detail=full", "dataflows", "2025-10-09T04:00:00Z"),
    (
        "v2/structure/dataflow/LMIS/DF_LF?detail=allcompletestubs&asOf=2025-09-01T00:00:00Z",
        "dataflows",
        "2025-06-10T04:00:00Z",
    ),
    ("v2/structure/dataflow/LMIS/DF_LF?detail=allstubs", "dataflows", None),  # a stub has no annotations
    ("v2/structure/dataflow/LMIS/DF_EARN?detail=allcompletestubs", "dataflows", None),  # nobody released any
    ("v2/structure/codelist/LMIS/CL_SEX?detail=allcompletestubs", "codelists", None),
    (
        "v2/structure/provisionagreement/LMIS/PA_MYS_DOSM_DF_LF?detail=allcompletestubs",
        "provisionAgreements",
        "2025-10-09T04:00:00Z",
    ),
    ("v2/structure/provisionagreement/LMIS/PA_IDN_BPS_DF_LF?detail=full", "provisionAgreements", None),
]


@pytest.mark.parametrize(("url", "kind", "updated"), UPDATES)
def test_the_last_update_of_the_data(ask: Ask, url: str, kind: str, updated: str | None) -> None:
    (artefact,) = json.loads(ask(url).body)["data"][kind]
    told = [a["title"] for a in artefact.get("annotations", ()) if a["type"] == "DATA_LAST_UPDATE"]
    assert told == ([] if updated is None else [updated]), ask(url).text


def test_availability(ask: Ask) -> None:
    url = "v2/availability/dataflow/LMIS/DF_LF/*/M/REF_AREA,FREQ?references=codelist"
    body = json.loads(ask(url, JSON20).body)["data"]
    (constraint,) = body["dataConstraints"]
    assert constraint["role"] == "Actual"
    keys = {k["id"]: [v["value"] for v in k["values"]] for k in constraint["cubeRegions"][0]["keyValues"]}
    assert keys == {"FREQ": ["M"], "REF_AREA": ["MYS"]}
    assert {"CL_FREQ": ["M"]}.items() <= {
        c["id"]: [i["id"] for i in c["codes"]] for c in body["codelists"]
    }.items()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(["v1/", "v2/", "v2/data/", "v1/data/", "v2/structure/", f"{FLOW}?", f"{OLD}/"]),
    st.text(max_size=40),
    st.text(max_size=40),
)
def test_any_request_gets_an_sdmx_answer(ask: Ask, faults: Judge, start: str, rest: str, accept: str) -> None:
    reply = ask(start + rest, accept)
    assert reply.status != 500
    assert reply.status == 204 or reply.type.startswith("application/vnd.sdmx.")
    if reply.status >= 400:
        assert faults(reply.body, reply.type) == []
