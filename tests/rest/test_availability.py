"""The worked examples of SDMX REST doc/availability.md, asked of the service, in both generations."""

# ruff: noqa: E501 — one row, one line

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from lxml import etree

from publisher.store import Change, Home, Release, Snapshot, current, stage
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref
from tests.rest.small import START, get

DSD = Path(__file__).parent / "dsd"
FLOW = Ref("dataflow", "LMIS", "EMPLOYMENT", "1.0.0")
DATA = {"REF_AREA": ["UK", "FR", "FR"], "EMP_STATUS": ["EMP", "EMP", "UEMP"], "SEX": ["M", "M", "F"]}
JSON = "application/vnd.sdmx.structure+json;version=2.1.0"
ML_21 = "application/vnd.sdmx.structure+xml;version=2.1"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    home = Home(tmp_path_factory.mktemp("availability"))
    table = pa.table({**DATA, "OBS_VALUE": ["1", "2", "3"]})
    release = Release("r1", "WB", START, (Change(FLOW, "Replace", {}, table),))
    with stage(home) as staged:
        staged.freeze(release, Registry.load(DSD), (DSD,))
        staged.release()
    return current(home)


EXACT, AVAILABLE = "mode=exact", "mode=available"
# key, more of the query, what each dimension has in its order
EXAMPLES = [
    ("*", EXACT, "UK FR | EMP UEMP | M F"),
    # "The client calls the availability API with the query Reference Area=FR and Sex=F"
    ("*", f"c[REF_AREA]=FR&c[SEX]=F&{EXACT}", "FR | UEMP | F"),
    ("*", f"c[REF_AREA]=FR&c[SEX]=F&{AVAILABLE}", "FR | UEMP | M F"),
    # "If the user was to add to their query Sex=M"
    ("*", f"c[REF_AREA]=FR&c[SEX]=M,F&{EXACT}", "FR | EMP UEMP | M F"),
    ("*", f"c[REF_AREA]=FR&c[SEX]=M,F&{AVAILABLE}", "UK FR | EMP UEMP | M F"),
    # the same by keys
    ("FR.*.F", EXACT, "FR | UEMP | F"),
    ("FR.*.F", AVAILABLE, "FR | UEMP | M F"),
    ("FR.*.M,FR.*.F", EXACT, "FR | EMP UEMP | M F"),
    ("FR.*.M,FR.*.F", AVAILABLE, "UK FR | EMP UEMP | M F"),
    # "Step 2: Update the data query form based on code selection state"
    ("*", f"c[REF_AREA]=UK&{AVAILABLE}", "UK FR | EMP | M"),
    ("*", f"c[REF_AREA]=UK,FR&{AVAILABLE}", "UK FR | EMP UEMP | M F"),
    ("*", f"c[REF_AREA]=UK,FR&c[SEX]=F&{AVAILABLE}", "FR | UEMP | M F"),
    ("UK.*.M,FR.*.M", AVAILABLE, "UK FR | EMP | M F"),
]


@pytest.mark.parametrize(("key", "query", "expected"), EXAMPLES)
def test_the_worked_examples(snapshot: Snapshot, key: str, query: str, expected: str) -> None:
    status, text = get(snapshot, f"v2/availability/dataflow/*/EMPLOYMENT/*/{key}?{query}", JSON)
    assert status == 200
    (constraint,) = json.loads(text)["data"]["availabilityConstraints"]
    parts = constraint["cubeRegion"]["keyValues"]
    found = {part["id"]: [value["value"] for value in part["values"]] for part in parts}
    assert list(found) == ["REF_AREA", "EMP_STATUS", "SEX"]
    assert " | ".join(map(" ".join, found.values())) == expected


@pytest.mark.parametrize(
    ("key", "mode", "expected"),
    [
        ("FR..F", "exact", "FR | UEMP | F"),
        ("FR..F", "available", "FR | UEMP | M F"),
        ("FR..M+F", "exact", "FR | EMP UEMP | M F"),
        ("FR..M+F", "available", "UK FR | EMP UEMP | M F"),
    ],
)
def test_the_worked_examples_in_rest_1(snapshot: Snapshot, key: str, mode: str, expected: str) -> None:
    url = f"v1/availableconstraint/LMIS,EMPLOYMENT/{key}?mode={mode}"
    status, text = get(snapshot, url, ML_21)
    assert status == 200
    document = etree.fromstring(text.encode())
    assert document.find(".//{*}ContentConstraint").get("type") == "Actual"
    found = [[v.text for v in part.findall("{*}Value")] for part in document.findall(".//{*}KeyValue")]
    assert " | ".join(map(" ".join, found)) == expected


def test_one_dimension_and_what_it_refers_to(snapshot: Snapshot) -> None:
    url = "v2/availability/dataflow/LMIS/EMPLOYMENT/1.0.0/FR.*.F/SEX?mode=available&references=codelist,conceptscheme"
    found = json.loads(get(snapshot, url, JSON)[1])["data"]
    (constraint,) = found["availabilityConstraints"]
    assert [part["id"] for part in constraint["cubeRegion"]["keyValues"]] == ["SEX"]
    assert [code["id"] for code in found["codelists"][0]["codes"]] == ["M", "F"]
    assert [c["id"] for scheme in found["conceptSchemes"] for c in scheme["concepts"]] == ["SEX"]
