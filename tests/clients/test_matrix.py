"""Every resource in every format and version of the tables of writers, live, judged by others' schemas."""

# ruff: noqa: E501 — one address, one line

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from lxml import etree

from publisher import formats
from publisher.store import Snapshot
from publisher.structures.definition import Definition
from publisher.structures.urns import KINDS, Ref
from tests.clients import judges

pytestmark = pytest.mark.slow
MYS = "M.MYS" + "." * 12
# what is asked → address in each generation
DATA: Mapping[str, Mapping[str, str]] = {
    "flow": {
        "v2": "data/dataflow/LMIS/DF_UNE/1.0.0/M.MYS?c[TIME_PERIOD]=ge:2024-01",
        "v1": f"data/LMIS,DF_UNE,1.0.0/{MYS}?startPeriod=2024-01",
    },
    "structure": {
        "v2": "data/datastructure/LMIS/DSD_LFS/1.0.0/M.MYS?lastNObservations=1",
    },
    "agreement": {
        "v2": "data/provisionagreement/LMIS/PA_MYS_DOSM_DF_UNE?lastNObservations=2",
        "v1": "data/DF_UNE/all/MYS_DOSM?lastNObservations=2",
    },
    "several": {"v2": "data/dataflow/LMIS/DF_LF,DF_EARN,DF_PROD?c[REF_AREA]=MYS&lastNObservations=1"},
    "flat": {
        "v2": "data/dataflow/LMIS/DF_UNE/+/M.MYS?dimensionAtObservation=AllDimensions&c[TIME_PERIOD]=ge:2025-01",
        "v1": f"data/DF_UNE/{MYS}?dimensionAtObservation=AllDimensions&startPeriod=2025-01",
    },
    "cross": {
        "v2": "data/dataflow/LMIS/DF_UNE/+/M.MYS?dimensionAtObservation=SEX&c[TIME_PERIOD]=ge:2025-01",
        "v1": f"data/DF_UNE/{MYS}?dimensionAtObservation=SEX&startPeriod=2025-01",
    },
    "values": {
        "v2": "data/dataflow/LMIS/DF_LF/+/*.IDN?attributes=none",
        "v1": "data/DF_LF/.IDN............?detail=dataonly",
    },
    "keys": {
        "v2": "data/dataflow/LMIS/DF_LF/+/*.IDN?attributes=none&measures=none",
        "v1": "data/DF_LF/.IDN............?detail=serieskeysonly",
    },
    "attributes": {
        "v2": "data/dataflow/LMIS/DF_LF/+/*.IDN?measures=none",
        "v1": "data/DF_LF/.IDN............?detail=nodata",
    },
    "page": {"v2": "data/dataflow/LMIS/DF_EARN?offset=100&limit=50"},
}
AVAILABILITY = {
    "all": {
        "v2": "availability/dataflow/LMIS/DF_UNE/1.0.0/*",
        "v1": "availableconstraint/LMIS,DF_UNE,1.0.0",
    },
    "one": {
        "v2": "availability/dataflow/LMIS/DF_UNE/1.0.0/M.MYS/SEX?mode=available&references=codelist",
        "v1": f"availableconstraint/DF_UNE/{MYS}/all/SEX?mode=available&references=codelist",
    },
    "everything": {
        "v2": "availability/dataflow/LMIS/DF_LF/+/M.MYS?references=all",
        "v1": f"availableconstraint/DF_LF/{MYS}?references=all",
    },
}
STRUCTURE = {
    "all": {"v2": "structure/*", "v1": "structure"},
    "descendants": {
        "v2": "structure/dataflow/LMIS/DF_LF?references=descendants",
        "v1": "dataflow/LMIS/DF_LF?references=descendants",
    },
    "stubs": {
        "v2": "structure/datastructure?references=all&detail=allcompletestubs",
        "v1": "datastructure?references=all&detail=allstubs",
    },
    "partial": {
        "v2": "structure/dataflow/LMIS/DF_UNE?references=descendants&detail=referencepartial",
        "v1": "dataflow/LMIS/DF_UNE?references=children&detail=referencepartial",
    },
    "item": {"v2": "structure/codelist/LMIS/CL_SEX/+/F", "v1": "codelist/LMIS/CL_SEX/latest/F"},
    "language": {"v2": "structure/codelist/LMIS/CL_SEX?lang=id", "v1": "codelist/LMIS/CL_SEX?lang=id"},
    **{kind: {"v2": f"structure/{kind}"} for kind in sorted(KINDS)},
}
SCHEMA = {
    "flow": {"v2": "schema/dataflow/LMIS/DF_UNE/1.0.0", "v1": "schema/dataflow/LMIS/DF_UNE/1.0.0"},
    "structure": {"v2": "schema/datastructure/LMIS/DSD_LFS", "v1": "schema/datastructure/LMIS/DSD_LFS"},
    "agreement": {
        "v2": "schema/provisionagreement/LMIS/PA_MYS_DOSM_DF_UNE",
        "v1": "schema/provisionagreement/LMIS/PA_MYS_DOSM_DF_UNE",
    },
    "flat": {
        "v2": "schema/dataflow/LMIS/DF_UNE/1.0.0?dimensionAtObservation=AllDimensions",
        "v1": "schema/dataflow/LMIS/DF_UNE/1.0.0?dimensionAtObservation=AllDimensions",
    },
}
METADATA = {
    "sets": {"v2": "metadata/metadataset/*"},
    "flow": {"v2": "metadata/metadataflow/*"},
    "structure": {"v2": "metadata/structure/provisionagreement/LMIS/*"},
}
Reply = tuple[int, http.client.HTTPMessage, bytes]
Case = tuple[str, str, str]  # generation, address, media type


def get(port: int, api: str, address: str, accept: str) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", f"/sdmx/{api}/{address}", headers={"Accept": accept})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def cases(
    addresses: Mapping[str, Mapping[str, str]], table: Mapping[str, object], only: Sequence[str] = ()
) -> list[object]:
    return [
        pytest.param((api, address, name), id=f"{what}-{api}-{short(name)}")
        for what, by in addresses.items()
        for api, address in by.items()
        for name in (only or table)
    ]


def short(name: str) -> str:
    return re.sub(r"application/vnd\.sdmx\.|version=", "", name)


def with_options(table: Mapping[str, formats.DataFormat]) -> list[str]:
    """Each format, and each value of each option alone and of all of them together."""
    names = []
    for name, row in table.items():
        names.append(name)
        for option, values in row.options.items():
            names += [f"{name};{option}={value}" for value in values[1:]]
        if row.options:
            names.append(
                ";".join([name, *(f"{option}={values[-1]}" for option, values in row.options.items())])
            )
    return names


@pytest.fixture(scope="session")
def definitions(snapshot: Snapshot) -> dict[str, Definition]:
    flows = snapshot.registry.find("dataflow")
    return {flow.id: snapshot.registry.definition(flow.ref) for flow in flows}


def asked(address: str, definitions: Mapping[str, Definition]) -> list[Definition]:
    """The definitions that an address names; of DF_UNE and PA_MYS_DOSM_DF_UNE the first."""
    names = [name for name in re.findall(r"DF_[A-Z_]+", address) if name in definitions]
    return [definitions[name] for name in names] or [definitions["DF_UNE"]]


@pytest.fixture(scope="session")
def schemas(port: int, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], etree.XMLSchema]:
    """(version, kind, artefact, dimension at the observation) → the service's own schema, wrapped."""
    return {}


def own_schema(
    port: int, known: dict[tuple[str, ...], etree.XMLSchema], folder: Path, body: bytes, version: str
) -> etree.XMLSchema:
    """The service's schemas of the structures that the header of a message names, as one."""
    addresses = []
    for structure in etree.fromstring(body).iterfind("{*}Header/{*}Structure"):
        at = structure.get("dimensionAtObservation", "TIME_PERIOD")
        addresses.append(f"schema/{'/'.join(reference(structure))}?dimensionAtObservation={at}")
    key = (version, *addresses)
    if key not in known:
        name = f"application/vnd.sdmx.schema+xml;version={version}"
        own = [get(port, "v2", address, name) for address in addresses]
        assert [status for status, _, _ in own] == [200] * len(own), own
        known[key] = judges.wrapped([schema for _, _, schema in own], version, folder / "xsd")
    return known[key]


def reference(structure: etree._Element) -> tuple[str, str, str, str]:
    """What a Structure of the header names: by URN in 3.x, by Ref in 2.1."""
    kinds = {"Structure": "datastructure", "StructureUsage": "dataflow"}
    kinds |= {"ProvisionAgreement": "provisionagreement", "ProvisionAgrement": "provisionagreement"}
    for child in structure:
        kind = kinds[etree.QName(child).localname]
        if urn := (child.text or "").strip():
            agency, id_, version = re.fullmatch(r".*=([^:]+):([^(]+)\(([^)]+)\)", urn).groups()  # type: ignore[union-attr]
            return kind, agency, id_, version
        ref = child[0]
        return kind, ref.get("agencyID"), ref.get("id"), ref.get("version")
    raise AssertionError(etree.tostring(structure))


@pytest.mark.parametrize("case", cases(DATA, formats.DATA, with_options(formats.DATA)))
def test_data(
    port: int,
    case: Case,
    definitions: Mapping[str, Definition],
    schemas: dict[tuple[str, ...], etree.XMLSchema],
    tmp_path: Path,
) -> None:
    api, address, name = case
    status, headers, body = get(port, api, address, name)
    at = re.search(r"dimensionAtObservation=(\w+)", address + "&dimensionAtObservation=TIME_PERIOD")[1]  # type: ignore[index]
    row = formats.DATA[";".join(name.split(";")[:2])]
    if row.only_time and at != "TIME_PERIOD":
        assert status == (400 if api == "v1" else 422)
        return
    if status == 406:  # these hold one data set, or describe one structure
        assert "DF_LF," in address
        assert "json;version=1.0.0" in name or "generictimeseriesdata" in name
        return
    assert status == 200, body[:500]
    assert headers["Content-Type"] == name
    if judges.is_specific(name):
        version = judges.split(name)[1]
        assert judges.xml_faults(body, own_schema(port, schemas, tmp_path, body, version)) == []
    else:
        at = "TIME_PERIOD" if at == "AllDimensions" else at
        assert judges.faults(body, name, asked(address, definitions), at) == []


SPECIFIC = [name for name in formats.DATA if judges.is_specific(name)]


@pytest.mark.parametrize("name", SPECIFIC, ids=short)
def test_a_wrong_code_fails(
    port: int, name: str, schemas: dict[tuple[str, ...], etree.XMLSchema], tmp_path: Path
) -> None:
    """The service's own schema tells data of another structure, or with another code, apart."""
    _, _, body = get(port, "v2", DATA["flow"]["v2"], name)
    schema = own_schema(port, schemas, tmp_path, body, judges.split(name)[1])
    assert judges.xml_faults(body, schema) == []
    for before, after in ((b'SEX="_T"', b'SEX="NIX"'), (b' SEX="_T"', b' SEXE="_T"'), (b'"2024-01"', b'"x"')):
        assert before in body
        assert judges.xml_faults(body.replace(before, after, 1), schema) != []


@pytest.mark.parametrize("case", cases(AVAILABILITY, formats.STRUCTURE))
def test_availability(port: int, case: Case) -> None:
    api, address, name = case
    status, headers, body = get(port, api, address, name)
    assert status == 200, body[:500]
    assert headers["Content-Type"] == name
    assert judges.faults(body, name) == []


@pytest.mark.parametrize("case", cases(STRUCTURE, formats.STRUCTURE))
def test_structure(port: int, case: Case) -> None:
    """A kind of which there is nothing is an empty answer."""
    api, address, name = case
    status, headers, body = get(port, api, address, name)
    if status == 204:
        return
    assert status == 200, body[:500]
    assert headers["Content-Type"] == name
    assert judges.faults(body, name) == []


@pytest.mark.parametrize("case", cases(SCHEMA, formats.SCHEMA, [*formats.SCHEMA, *formats.STRUCTURE]))
def test_schema(port: int, case: Case, tmp_path: Path) -> None:
    api, address, name = case
    status, headers, body = get(port, api, address, name)
    assert status == 200, body[:500]
    assert headers["Content-Type"] == name
    if "schema+xml" in name:
        judges.wrapped([body], judges.split(name)[1], tmp_path / "xsd")
    else:
        assert judges.faults(body, name) == []


@pytest.mark.parametrize("case", cases(METADATA, formats.METADATA))
def test_metadata(port: int, case: Case) -> None:
    api, address, name = case
    status, headers, body = get(port, api, address, name)
    assert status == 200, body[:500]
    assert headers["Content-Type"] == name
    if not name.partition(";")[0].endswith("+csv"):
        assert judges.faults(body, name) == []


ERRORS = {
    "name": {"v2": "data/dataflow/LMIS/DF_NIX", "v1": "data/DF_NIX"},
    "syntax": {"v2": "data/dataflow/LMIS/DF_UNE?limit=x", "v1": "data/DF_UNE?startPeriod=x"},
    "kind": {"v2": "structure/nix", "v1": "nix"},
}


@pytest.mark.parametrize("case", cases(ERRORS, formats.ERROR))
def test_error(port: int, case: Case) -> None:
    api, address, name = case
    status, headers, body = get(port, api, address, name)
    assert 400 <= status < 500
    assert headers["Content-Type"] == name
    assert judges.faults(body, name) == []


def test_flow_is_known(snapshot: Snapshot) -> None:
    """The addresses above name what the demo has."""
    assert snapshot.registry.resolve(Ref("dataflow", "LMIS", "DF_UNE", "1.0.0"))
