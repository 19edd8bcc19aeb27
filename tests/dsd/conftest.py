"""The bundled structures as XML trees: nothing of the project's reader stands between them and the tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from lxml import etree

from publisher.folders import folder

Trees = Mapping[str, etree._ElementTree]
STR = "{http://www.sdmx.org/resources/sdmxml/schemas/v3_0/structure}"
ROOT = "urn:sdmx:org.sdmx.infomodel."
CLASSES = {  # element → package and class in the URN; ITEMS: the same of the items in it
    "AgencyScheme": "base.AgencyScheme",
    "CategoryScheme": "categoryscheme.CategoryScheme",
    "Categorisation": "categoryscheme.Categorisation",
    "Codelist": "codelist.Codelist",
    "ConceptScheme": "conceptscheme.ConceptScheme",
    "DataConstraint": "registry.DataConstraint",
    "DataProviderScheme": "base.DataProviderScheme",
    "DataStructure": "datastructure.DataStructure",
    "Dataflow": "datastructure.Dataflow",
    "Hierarchy": "codelist.Hierarchy",
    "HierarchyAssociation": "codelist.HierarchyAssociation",
    "MetadataProviderScheme": "base.MetadataProviderScheme",
    "MetadataProvisionAgreement": "registry.MetadataProvisionAgreement",
    "MetadataSet": "metadatastructure.MetadataSet",
    "MetadataStructure": "metadatastructure.MetadataStructure",
    "Metadataflow": "metadatastructure.Metadataflow",
    "ProvisionAgreement": "registry.ProvisionAgreement",
    "RepresentationMap": "structuremapping.RepresentationMap",
    "StructureMap": "structuremapping.StructureMap",
}
ITEMS = {
    "Agency": "base.Agency",
    "Category": "categoryscheme.Category",
    "Code": "codelist.Code",
    "Concept": "conceptscheme.Concept",
    "DataProvider": "base.DataProvider",
    "MetadataProvider": "base.MetadataProvider",
}


def maintainables(tree: etree._ElementTree) -> list[etree._Element]:
    return list(tree.iterfind(f".//{STR}*[@agencyID]"))


def urns(artefact: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """The URN of the artefact and of each of its items, with their elements."""
    # SDMX 3.0 gives organisation schemes no version of their own: 1.0 always
    identity = f"{artefact.get('agencyID')}:{artefact.get('id')}({artefact.get('version', '1.0')})"
    yield f"{ROOT}{CLASSES[etree.QName(artefact).localname]}={identity}", artefact
    for item in artefact.iterfind(f"{STR}*[@id]"):
        if cls := ITEMS.get(etree.QName(item).localname):
            yield f"{ROOT}{cls}={identity}.{item.get('id')}", item


@pytest.fixture(scope="session")
def dsd() -> Path:
    return folder("dsd")


@pytest.fixture(scope="session")
def trees(dsd: Path) -> Trees:
    return {p.relative_to(dsd).as_posix(): etree.parse(p) for p in sorted(dsd.rglob("*.xml"))}


@pytest.fixture(scope="session")
def artefacts(trees: Trees) -> Mapping[str, etree._Element]:
    """URN → element, of every artefact and item."""
    return {urn: element for tree in trees.values() for a in maintainables(tree) for urn, element in urns(a)}


@pytest.fixture(scope="session")
def codes(artefacts: Mapping[str, etree._Element]) -> Mapping[str, frozenset[str]]:
    """Id of the code list → its codes, of all its versions."""
    found: dict[str, frozenset[str]] = {}
    for urn, element in artefacts.items():
        if ".Codelist=" in urn:
            own = frozenset(code.get("id", "") for code in element.iterfind(f"{STR}Code"))
            found[element.get("id", "")] = found.get(element.get("id", ""), frozenset()) | own
    return found
