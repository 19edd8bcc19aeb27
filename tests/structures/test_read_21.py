"""SDMX-ML 2.1 structures become the same artefacts as those of 3.0."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.structures import files
from publisher.structures import model as m
from publisher.structures.check import check, schema_findings
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

_ROOT = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/"
HEAD = (
    f'<mes:Structure xmlns:mes="{_ROOT}message" xmlns:str="{_ROOT}structure" xmlns:com="{_ROOT}common">'
    "<mes:Header><mes:ID>X</mes:ID><mes:Test>true</mes:Test><mes:Prepared>2025-01-01T00:00:00</mes:Prepared>"
    '<mes:Sender id="TEST"/></mes:Header><mes:Structures>'
)
TAIL = "</mes:Structures></mes:Structure>"
CODELIST = """<str:Codelists><str:Codelist id="CL_A" agencyID="TEST"><com:Name>A</com:Name>
<str:Code id="_T"><com:Name>Total</com:Name></str:Code>
<str:Code id="X"><com:Name>Ex</com:Name><str:Parent><Ref id="_T"/></str:Parent></str:Code>
</str:Codelist></str:Codelists>"""
A = '<Ref id="CL_A" agencyID="TEST"/>'
X = '<Ref id="X" maintainableParentID="CL_A" agencyID="TEST"/>'
TOTAL = "<URN>urn:sdmx:org.sdmx.infomodel.codelist.Code=TEST:CL_A(1.0)._T</URN>"
HIERARCHIES = f"""<str:HierarchicalCodelists><str:HierarchicalCodelist id="H" agencyID="TEST">
<com:Name>Both</com:Name><str:IncludedCodelist alias="a">{A}</str:IncludedCodelist>
<str:Hierarchy id="ONE" leveled="true"><com:Name>One</com:Name>
<str:HierarchicalCode id="_T"><str:Code>{TOTAL}</str:Code>
<str:HierarchicalCode id="X"><str:CodelistAliasRef>a</str:CodelistAliasRef>
<str:CodeID><Ref id="X"/></str:CodeID><str:Level><Ref id="L1"/></str:Level></str:HierarchicalCode>
</str:HierarchicalCode>
<str:Level id="L1"><com:Name>First</com:Name></str:Level></str:Hierarchy>
<str:Hierarchy id="TWO"><com:Name>Two</com:Name>
<str:HierarchicalCode id="X"><str:Code>{X}</str:Code></str:HierarchicalCode></str:Hierarchy>
</str:HierarchicalCodelist></str:HierarchicalCodelists>"""
CONSTRAINT = """<str:Constraints><str:ContentConstraint id="CN" agencyID="TEST"><com:Name>CN</com:Name>
<str:ConstraintAttachment><str:Dataflow><Ref id="DF" agencyID="TEST"/></str:Dataflow>
</str:ConstraintAttachment><str:CubeRegion><com:KeyValue id="A"><com:Value>X</com:Value></com:KeyValue>
<com:Attribute id="S"><com:Value>X</com:Value></com:Attribute></str:CubeRegion>
</str:ContentConstraint></str:Constraints>"""
CONCEPT = '<Ref id="A" maintainableParentID="CS" agencyID="TEST" class="Concept" package="conceptscheme"/>'
STRUCTURE = f"""<str:DataStructures><str:DataStructure id="DSD" agencyID="TEST"><com:Name>DSD</com:Name>
<str:DataStructureComponents><str:DimensionList><str:Dimension id="A"><str:ConceptIdentity>{CONCEPT}
</str:ConceptIdentity><str:LocalRepresentation><str:Enumeration>{A}</str:Enumeration>
</str:LocalRepresentation></str:Dimension></str:DimensionList>
<str:Group id="G"><str:GroupDimension><str:DimensionReference><Ref id="A"/></str:DimensionReference>
</str:GroupDimension></str:Group>
<str:AttributeList><str:Attribute id="S" assignmentStatus="Mandatory"><str:ConceptIdentity>{CONCEPT}
</str:ConceptIdentity><str:AttributeRelationship><str:PrimaryMeasure><Ref id="OBS_VALUE"/>
</str:PrimaryMeasure></str:AttributeRelationship></str:Attribute>
<str:Attribute id="T" assignmentStatus="Conditional"><str:ConceptIdentity>{CONCEPT}
</str:ConceptIdentity><str:AttributeRelationship><str:Group><Ref id="G"/></str:Group>
</str:AttributeRelationship></str:Attribute>
<str:Attribute id="U" assignmentStatus="Conditional"><str:ConceptIdentity>{CONCEPT}
</str:ConceptIdentity><str:AttributeRelationship><str:None/></str:AttributeRelationship></str:Attribute>
</str:AttributeList><str:MeasureList><str:PrimaryMeasure><str:ConceptIdentity>{CONCEPT}
</str:ConceptIdentity></str:PrimaryMeasure></str:MeasureList></str:DataStructureComponents>
</str:DataStructure></str:DataStructures>"""


def read(body: str) -> list[m.Maintainable]:
    content = f"{HEAD}{body}{TAIL}".encode()
    assert [str(f) for f in schema_findings(content, "x.xml", "2.1")] == []
    document = files.read(content, "x.xml")
    assert document.findings == []
    return document.artefacts


def test_code_list() -> None:
    (codelist,) = read(CODELIST)
    assert isinstance(codelist, m.Codelist)
    assert (codelist.version, codelist.items["X"].parent) == ("1.0", "_T")


def test_hierarchies_of_one_list() -> None:
    one, two = read(HIERARCHIES)
    code = Ref("codelist", "TEST", "CL_A", "1.0", "X")
    assert isinstance(one, m.Hierarchy)
    assert isinstance(two, m.Hierarchy)
    assert (one.id, two.id, one.name, one.has_formal_levels) == ("H_ONE", "H_TWO", {"en": "One"}, True)
    assert one.codes[0].code == Ref("codelist", "TEST", "CL_A", "1.0", "_T")
    assert (one.codes[0].children[0].code, one.codes[0].children[0].level) == (code, "L1")
    assert [level.id for level in one.levels] == ["L1"]
    assert two.codes[0].code == code


def test_content_constraints_are_actual_unless_said() -> None:
    (constraint,) = read(CONSTRAINT)
    assert isinstance(constraint, m.DataConstraint)
    assert constraint.role == "Actual"
    assert constraint.attached_to == (Ref("dataflow", "TEST", "DF", "1.0"),)
    assert [(s.component, s.is_key) for s in constraint.regions[0].selections] == [("A", True), ("S", False)]


def test_data_structure() -> None:
    (structure,) = read(STRUCTURE)
    assert isinstance(structure, m.DataStructure)
    assert structure.measures[0].id == "OBS_VALUE"
    assert structure.groups == (m.Group("G", dimensions=("A",)),)
    attached = [(a.id, a.is_mandatory, a.attachment, a.attached_to) for a in structure.attributes]
    assert attached == [
        ("S", True, m.OBSERVATION, ()),
        ("T", False, m.GROUP, ("G",)),
        ("U", False, m.DATASET, ()),
    ]


@pytest.mark.parametrize(
    ("body", "code", "severity"),
    [
        (STRUCTURE.replace("<str:Dimension ", "<str:MeasureDimension ").replace(
            "</str:Dimension>", "</str:MeasureDimension>"), "unsupported", "error"),
        (HIERARCHIES.replace(">a</str:CodelistAliasRef>", ">b</str:CodelistAliasRef>"), "bad-reference",
         "error"),
        ("<str:StructureSets><str:StructureSet id='S' agencyID='TEST'/></str:StructureSets>", "left-out",
         "warning"),
    ],
)  # fmt: skip
def test_what_is_not_held_is_told(body: str, code: str, severity: str) -> None:
    found = files.read(f"{HEAD}{body}{TAIL}".encode(), "x.xml").findings
    assert [(f.code, f.severity) for f in found] == [(code, severity)]


def test_a_deployment_may_mix_versions(tmp_path: Path) -> None:
    labour = Path(__file__).parent / "specimens" / "labour"
    (tmp_path / "more.xml").write_text(f"{HEAD}{CODELIST}{HIERARCHIES}{TAIL}", encoding="utf-8")
    registry = Registry.load(labour, tmp_path)
    assert registry.resolve(Ref("codelist", "TEST", "CL_A", "~")) == Ref("codelist", "TEST", "CL_A", "1.0")
    assert {f.code for f in check(tmp_path)} <= {"unknown-agency", "unread-by-sdmx1"}
