"""The files together: every reference leads to something, and constraints speak of what exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from lxml import etree

Artefacts = Mapping[str, etree._Element]
Codes = Mapping[str, frozenset[str]]
STR = "{http://www.sdmx.org/resources/sdmxml/schemas/v3_0/structure}"


def of(artefacts: Artefacts, cls: str) -> dict[str, etree._Element]:
    return {urn: element for urn, element in artefacts.items() if f".{cls}=" in urn}


def texts(element: etree._Element, tag: str) -> list[str]:
    return [e.text or "" for e in element.iter(f"{STR}{tag}")]


def list_id(urn: str) -> str:
    """Id of the code list that the URN names."""
    return urn.partition("=")[2].partition(":")[2].partition("(")[0]


def dimensions(structure: etree._Element) -> dict[str, str]:
    """Dimension → id of its code list; "" for labels of an office's own table, which have none."""
    return {
        d.get("id", ""): list_id((texts(d, "Enumeration") or [""])[0])
        for d in structure.iter(f"{STR}Dimension")
        if d.get("id")
    }


def test_all_references_resolve(artefacts: Artefacts) -> None:
    pointed = {
        (urn, e.text)
        for urn, artefact in artefacts.items()
        for e in artefact.iter()
        if isinstance(e.text, str) and e.text.startswith("urn:")
    }
    assert len(pointed) > 500
    exact = {(urn, text) for urn, text in pointed if "*" not in text}  # targets of reports may have wildcards
    assert {(urn, text) for urn, text in exact if text not in artefacts} == set()


def test_every_agency_is_known(artefacts: Artefacts) -> None:
    agencies = {e.get("id") for e in of(artefacts, "Agency").values()}
    assert {e.get("agencyID") for e in artefacts.values() if e.get("agencyID")} <= agencies


def test_every_code_list_concept_and_category_is_used(artefacts: Artefacts) -> None:
    pointed = {e.text for artefact in artefacts.values() for e in artefact.iter() if e.text}
    wanted = [*of(artefacts, "Codelist"), *of(artefacts, "Concept"), *of(artefacts, "Category")]
    assert [urn for urn in wanted if urn not in pointed] == []


def test_parents_of_codes_are_codes_of_the_list(artefacts: Artefacts, codes: Codes) -> None:
    lists = of(artefacts, "Codelist").items()
    assert [(urn, p) for urn, cl in lists for p in texts(cl, "Parent") if p not in codes[list_id(urn)]] == []


def test_series_attributes_are_attached_to_the_whole_key(artefacts: Artefacts) -> None:
    for urn, structure in of(artefacts, "DataStructure").items():
        key = list(dimensions(structure))
        for relation in structure.iter(f"{STR}AttributeRelationship"):
            assert texts(relation, "Dimension") in ([], key), urn
        positions = [d.get("position") for d in structure.iter(f"{STR}Dimension") if d.get("id")]
        assert positions in ([str(n) for n in range(1, len(key) + 1)], [None] * len(key)), urn


def constrained(artefacts: Artefacts) -> Iterator[tuple[str, etree._Element, etree._Element]]:
    """Each constraint: its URN, itself, and the structure that it restricts."""
    for urn, constraint in of(artefacts, "DataConstraint").items():
        attachment = constraint.find(f"{STR}ConstraintAttachment")
        assert attachment is not None
        flow = artefacts[attachment[0].text or ""]
        if flow.tag.endswith("ProvisionAgreement"):
            flow = artefacts[texts(flow, "Dataflow")[0]]
        yield urn, constraint, artefacts[texts(flow, "Structure")[0]]


def test_constraints_name_dimensions_and_codes_that_exist(artefacts: Artefacts, codes: Codes) -> None:
    wrong = [
        (urn, key.get("id"), value)
        for urn, constraint, structure in constrained(artefacts)
        for key in constraint.iter(f"{STR}KeyValue")
        for value in texts(key, "Value")
        if value not in codes.get(dimensions(structure).get(key.get("id", ""), ""), ())
    ]
    assert not wrong


@pytest.mark.parametrize("cls", ["Dataflow", "ProvisionAgreement"])
def test_each_has_its_allowed_constraint(artefacts: Artefacts, cls: str) -> None:
    attached = [
        e.text
        for c in of(artefacts, "DataConstraint").values()
        if c.get("role") == "Allowed"
        for e in c.iterfind(f"{STR}ConstraintAttachment/{STR}{cls}")
    ]
    assert sorted(attached) == sorted(of(artefacts, cls))


def test_agreements_restrict_area_source_and_frequency(artefacts: Artefacts) -> None:
    for urn, constraint in of(artefacts, "DataConstraint").items():
        if ":CR_PA_" in urn:
            keys = [k.get("id") for k in constraint.iter(f"{STR}KeyValue")]
            assert keys == ["FREQ", "REF_AREA", "SOURCE"], urn


def test_agreements_are_named_by_provider_and_dataflow(artefacts: Artefacts) -> None:
    for agreement in of(artefacts, "ProvisionAgreement").values():
        provider = texts(agreement, "DataProvider")[0].rpartition(".")[2]
        flow = texts(agreement, "Dataflow")[0].partition(":DF_")[2].partition("(")[0]
        assert agreement.get("id") == f"PA_{provider}_DF_{flow}"


def test_every_dataflow_but_the_view_has_a_provider_and_a_theme(artefacts: Artefacts) -> None:
    flows = of(artefacts, "Dataflow")
    provided = {texts(a, "Dataflow")[0] for a in of(artefacts, "ProvisionAgreement").values()}
    themed = {texts(c, "Source")[0] for c in of(artefacts, "Categorisation").values()}
    views = {urn for urn, e in flows.items() if e.find(".//*[@id='VIEW']") is not None}
    assert provided == flows.keys() - views
    assert themed == flows.keys()


def test_an_indicator_is_in_one_national_dataflow_and_the_view(artefacts: Artefacts) -> None:
    """Dataflows of provinces (`_REG`) hold what a national one holds too."""
    flows: dict[str, list[str]] = {}
    for urn, constraint in of(artefacts, "DataConstraint").items():
        for key in constraint.iter(f"{STR}KeyValue"):
            if key.get("id") == "INDICATOR" and "CR_DF_HEADLINE" not in urn and "_REG(" not in urn:
                for code in texts(key, "Value"):
                    flows.setdefault(code, []).append(urn)
    assert {code: urns for code, urns in flows.items() if len(urns) > 1} == {}


def test_sources_that_are_not_published_have_no_agreement(artefacts: Artefacts, codes: Codes) -> None:
    agreed = {
        value
        for urn, constraint in of(artefacts, "DataConstraint").items()
        for key in constraint.iter(f"{STR}KeyValue")
        if key.get("id") == "SOURCE"
        for value in texts(key, "Value")
    }
    assert codes["CL_SOURCE"] - agreed == {"GM_ILO_MOD", "ILO_EAPEP_2011"}


def test_hierarchies_hold_each_code_once(artefacts: Artefacts) -> None:
    for urn, hierarchy in of(artefacts, "Hierarchy").items():
        listed = texts(hierarchy, "Code")
        assert len(listed) == len(set(listed)), urn


def test_maps_start_from_codes_of_their_list(artefacts: Artefacts) -> None:
    for urn, representation in of(artefacts, "RepresentationMap").items():
        lists = texts(representation, "SourceCodelist")
        if not lists:
            continue  # of an office's own labels
        source = lists[0].replace(".Codelist=", ".Code=")
        values = texts(representation, "SourceValue")
        assert [v for v in values if f"{source}.{v}" not in artefacts] == [], urn
        assert len(values) == len(set(values))


def test_the_default_cell_of_a_dataflow_is_a_key_of_its_codes(artefacts: Artefacts, codes: Codes) -> None:
    """Annotation DEFAULT, as .Stat writes it: what an explorer opens with."""
    for urn, flow in of(artefacts, "Dataflow").items():
        title = next(a for a in flow.iter("{*}Annotation") if a.get("id") == "DEFAULT").findtext(
            "{*}AnnotationTitle"
        )
        lists = dimensions(artefacts[texts(flow, "Structure")[0]])
        cell = dict(pair.split("=") for pair in (title or "").split(","))
        assert [(d, c) for d, c in cell.items() if c not in codes.get(lists.get(d, ""), ())] == [], urn
