"""One bad specimen per kind of error: a good file with one thing changed, and the codes it must give."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from publisher.errors import StructureError
from publisher.folders import folder
from publisher.structures import files
from publisher.structures.check import check
from publisher.structures.registry import Registry

LABOUR = Path(__file__).parent / "specimens" / "labour"
# Known limits of sdmx1 2.28: time ranges, MeasureRelationship and levels in 3.0.
UNREAD_BY_SDMX1 = {"CN_LF.xml", "DSD_LF.xml", "H_AREA.xml"}

BAD = [
    # file, what is written, what stands there instead, codes of the errors (and warnings)
    ("CL_SEX", "<str:Codelists>", "<str:Codelists", {"not-xml"}),
    ("CL_SEX", "<mes:Structure ", "<!DOCTYPE x [<!ENTITY a 'b'>]><mes:Structure ", {"doctype"}),
    ("CL_SEX", "mes:Structure", "mes:GenericData", {"not-structure"}),
    ("CL_SEX", "</mes:Header>", "</mes:Header><!-- -->" + "<mes:x>" * 70 + "</mes:x>" * 70, {"too-deep"}),
    ("CL_SEX", 'id="CL_SEX"', 'id="CL SEX"', {"illegal-id", "schema"}),
    ("CL_SEX", 'str:Code id="F"', 'str:Code id="F male"', {"illegal-id", "schema"}),
    ("CL_SEX", 'version="1.0.0"', 'version="1.0.x"', {"illegal-version", "schema"}),
    ("CL_SEX", 'str:Code id="F"', 'str:Code id="M"', {"duplicate-item", "schema"}),
    ("CL_SEX", '<com:Name xml:lang="id">Perempuan</com:Name>', "", {"missing-language"}),
    ("CL_SEX", 'agencyID="TEST"', 'agencyID="NOBODY"', {"unknown-agency", "missing-reference"}),
    ("CL_AREA", "<str:Parent>NOR<", "<str:Parent>NOWHERE<", {"missing-parent"}),
    ("CL_AREA", "<str:Parent>NOR<", "<str:Parent>NOR-1<", {"parent-cycle"}),
    ("CL_AREA_MORE", ":CL_AREA(1.0+.0)", ":CL_AREA_MORE(1.0.0)", {"extension-cycle"}),
    ("CONCEPTS", ":CL_FREQ(1.0.0)", ":CL_FREQ(2.0.0)", {"missing-reference"}),
    ("CONCEPTS", "urn:sdmx:org.sdmx.infomodel.codelist.Codelist=TEST:CL_FREQ(1.0.0)", "CL_FREQ",
     {"bad-urn", "schema"}),
    ("DSD_LF", "CONCEPTS(1.0.0).SEX", "CONCEPTS(1.0.0).GENDER", {"missing-reference"}),
    ("DSD_LF", "<str:Dimension>REF_AREA<", "<str:Dimension>PLACE<", {"unknown-component"}),
    ("DSD_LF", "<str:Group>SIBLING<", "<str:Group>COUSIN<", {"unknown-component"}),
    ("DSD_LF", "<str:Measure>OBS_VALUE<", "<str:Measure>OTHER<", {"unknown-component"}),
    ("DSD_LF", "<str:Dimension>REF_AREA<", '<str:Dimension optional="true">REF_AREA<', {"unsupported"}),
    ("DSD_LF", "<str:ConceptIdentity>urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=TEST:CONCEPTS(1.0.0)"
     ".SEX</str:ConceptIdentity>", "", {"no-concept", "schema"}),
    ("DF_LF", "<str:Structure>urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=TEST:DSD_LF(1.0.0)"
     "</str:Structure>", "", {"no-reference"}),
    ("DF_LF", "datastructure.DataStructure=TEST:DSD_LF", "codelist.Codelist=TEST:CL_SEX",
     {"wrong-kind", "schema"}),
    ("PA_NORTH", "(1.0).NORTH", "(1.0).WEST", {"missing-reference"}),
    ("CN_LF", 'KeyValue id="SEX"', 'KeyValue id="GENDER"', {"unknown-component"}),
    ("CN_LF", "<str:Value>Q<", "<str:Value>W<", {"unknown-code"}),
    ("CN_LF", ">1999<", ">1999-13<", {"illegal-period", "schema"}),
    ("CN_LF", 'role="Allowed"', 'role="Possible"', {"unknown-role", "schema"}),
    ("CN_LF", "</str:ConstraintAttachment>", '</str:ConstraintAttachment><str:DataKeySet isIncluded="true">'
     '<str:Key><str:KeyValue id="SEX"><str:Value>X</str:Value></str:KeyValue></str:Key></str:DataKeySet>',
     {"unknown-code"}),
    ("CAT_LF", "(1.0.0).LABOUR.WAGES", "(1.0.0).WAGES", {"missing-reference"}),
    ("H_AREA", "(1.0.0).SOU", "(1.0.0).EAST", {"missing-reference"}),
    ("SM_LF", "<str:Source>SEX<", "<str:Source>GENDER<", {"unknown-component"}),
    ("THEMES", '<com:Name xml:lang="en">Skills</com:Name>', "", {"missing-language"}),
]  # fmt: skip


def changed(folder_: Path, name: str, old: str, new: str) -> None:
    path = folder_ / f"{name}.xml"
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(("name", "old", "new", "codes"), BAD)
def test_bad_structures(tmp_path: Path, name: str, old: str, new: str, codes: set[str]) -> None:
    bad = shutil.copytree(LABOUR, tmp_path / "bad")
    changed(bad, name, old, new)
    found = [f for f in check(bad) if f.code != "unread-by-sdmx1"]
    assert codes <= {f.code for f in found}
    # Everything else that is found follows from it: nothing but references that now lead nowhere.
    assert {f.code for f in found} - codes <= {"missing-reference", "unknown-code"}
    for finding in found:
        assert finding.file
        if finding.code in codes - {"missing-reference", "extension-cycle"}:
            assert (finding.file, bool(finding.row)) == (f"{name}.xml", True)
    if any(f.severity == "error" and f.code != "schema" for f in found):
        with pytest.raises(StructureError) as caught:
            Registry.load(bad)
        assert set(caught.value.findings) == {
            f for f in found if f.severity == "error" and f.code != "schema"
        }


def test_a_finding_tells_place_value_rule(tmp_path: Path) -> None:
    bad = shutil.copytree(LABOUR, tmp_path / "bad")
    changed(bad, "CN_LF", "<str:Value>Q<", "<str:Value>W<")
    finding = next(f for f in check(bad) if f.code == "unknown-code")
    assert (finding.file, finding.row, finding.value) == ("CN_LF.xml", 20, "W")
    assert finding.allowed == "A, Q, M"
    assert "DataConstraint TEST:CN_LF(1.0.0) names 'W' for FREQ" in str(finding)


def test_same_artefact_twice(tmp_path: Path) -> None:
    bad = shutil.copytree(LABOUR, tmp_path / "bad")
    shutil.copy(bad / "CL_SEX.xml", bad / "CL_SEX_AGAIN.xml")
    assert "duplicate-artefact" not in {f.code for f in check(bad)}  # the same content is harmless
    changed(bad, "CL_SEX_AGAIN", "Female", "Women")
    assert [f.file for f in check(bad) if f.code == "duplicate-artefact"] == ["CL_SEX_AGAIN.xml"]


def test_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 100)
    document = files.read(b"<x>" + b" " * 100 + b"</x>", "big.xml")
    assert [f.code for f in document.findings] == ["too-large"]


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16"),
        b"<!--<x>--><!DOCTYPE x><x/>",
    ],
)
def test_doctype_is_refused_before_anything_is_read(content: bytes) -> None:
    assert [f.code for f in files.read(content, "x.xml").findings] == ["doctype"]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"not xml", b'<?xml version="1.0" encoding="none"?><x/>']
)
def test_not_xml(content: bytes) -> None:
    assert [f.code for f in files.read(content, "x.xml").findings] == ["not-xml"]


def test_good_specimens_have_only_the_known_warnings() -> None:
    found = check(LABOUR)
    assert {f.code for f in found} == {"unread-by-sdmx1"}
    assert {f.file for f in found} == UNREAD_BY_SDMX1


def test_bundled_structures_are_right() -> None:
    assert [str(f) for f in check(folder("dsd"))] == []


def test_every_code_is_explained() -> None:
    """Docs tell each code that the room can give."""
    root = Path(__file__).resolve().parents[2]
    explained = set(
        re.findall(r"^\| `([a-z0-9-]+)` \|", (root / "docs/findings-structures.md").read_text("utf-8"), re.M)
    )
    given = set[str]()
    tables = root / "publisher" / "package" / "rules" / "written.py"
    public = root / "publisher" / "release" / "downgrade.py"
    for path in (*(root / "publisher" / "structures").glob("*.py"), tables, public):
        calls = r"(?:_told|Finding|finding|found|refuse|_finding)\(\s*(?:[a-z]+,\s*)?\"([a-z0-9-]+)\""
        given.update(re.findall(calls, path.read_text("utf-8")))
        given.update(re.findall(r"yield \(?\s*\"([a-z-]+)\"", path.read_text("utf-8")))
    assert given == explained
