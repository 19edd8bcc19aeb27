"""The registry over the specimen folder and over the bundled structures."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from publisher.errors import NotFound, StructureError
from publisher.folders import folder
from publisher.structures import urns
from publisher.structures.model import Codelist, text
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

SPECIMENS = Path(__file__).parent / "specimens"
FLOW = Ref("dataflow", "TEST", "DF_LF", "1.0.0")
STRUCTURE = Ref("datastructure", "TEST", "DSD_LF", "1.0.0")
AGREEMENT = Ref("provisionagreement", "TEST", "PA_NORTH_DF_LF", "1.0.0")
AREA = Ref("codelist", "TEST", "CL_AREA", "1.0.0")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.load(SPECIMENS / "labour")


def ids(artefacts: object) -> set[str]:
    return {artefact.id for artefact in artefacts}  # type: ignore[attr-defined]


def test_definition(registry: Registry) -> None:
    definition = registry.definition(FLOW)
    assert [r.id for r in definition.dimensions] == ["FREQ", "REF_AREA", "SEX"]
    assert definition.time
    assert definition.time.id == "TIME_PERIOD"
    assert [r.id for r in definition.measures] == ["OBS_VALUE"]
    codes = {r.id: r.codes.id for r in definition.components.values() if r.codes}
    assert codes == {"FREQ": "CL_FREQ", "REF_AREA": "CL_AREA", "SEX": "CL_SEX", "OBS_STATUS": "CL_OBS_STATUS",
                     "UNIT": "VL_UNIT"}  # fmt: skip
    assert definition.components["OBS_STATUS"].is_array
    assert text(definition.components["SEX"].name, ("id",)) == "Jenis kelamin"
    assert registry.definition(FLOW) is definition
    assert registry.definition(AGREEMENT) is definition


@pytest.mark.parametrize(
    ("refs", "component", "values"),
    [
        ((FLOW,), "FREQ", {"A", "Q"}),
        ((FLOW,), "REF_AREA", {"NOR", "NOR-1", "SOU"}),  # NOR cascades
        ((FLOW,), "SEX", {"_T", "F"}),  # an excluded region
        ((FLOW,), "OBS_STATUS", {"A", "P"}),  # an excluded selection
        ((FLOW, AGREEMENT), "REF_AREA", {"NOR"}),
        ((AGREEMENT,), "FREQ", None),
        ((STRUCTURE,), "REF_AREA", None),
    ],
)
def test_allowed(registry: Registry, refs: tuple[Ref, ...], component: str, values: set[str] | None) -> None:
    assert registry.allowed(*refs).get(component) == values


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("none", set()),
        ("children", {"DSD_LF", "AGENCIES"}),
        ("parents", {"PA_NORTH_DF_LF", "CAT_LF", "CN_LF", "HA_AREA", "SM_LF"}),
        ("ancestors", {"PA_NORTH_DF_LF", "CAT_LF", "CN_LF", "HA_AREA", "SM_LF", "CN_PA_NORTH"}),
        ("codelist", {"CL_FREQ", "CL_AREA", "CL_SEX", "CL_OBS_STATUS"}),
        ("dataproviderscheme", {"DATA_PROVIDERS"}),
    ],
)
def test_related(registry: Registry, wanted: str, expected: set[str]) -> None:
    assert ids(registry.related([registry.get(FLOW)], [wanted])) == expected


def test_related_adds_up(registry: Registry) -> None:
    flow = [registry.get(FLOW)]
    descendants, siblings, all_ = (
        ids(registry.related(flow, [w])) for w in ("descendants", "parentsandsiblings", "all")
    )
    assert {"CONCEPTS", "CL_SEX", "VL_UNIT"} <= descendants
    assert {"DATA_PROVIDERS", "THEMES", "H_AREA", "RM_SEX"} <= siblings
    assert all_ == descendants | siblings
    assert ids(registry.related(flow, ["children", "categorisation"])) == {"DSD_LF", "AGENCIES", "CAT_LF"}
    with pytest.raises(ValueError, match="allowed: none"):
        registry.related(flow, ["cousins"])


def test_extended_code_list(registry: Registry) -> None:
    extended = registry.get(Ref("codelist", "TEST", "CL_AREA_MORE", "~"))
    assert isinstance(extended, Codelist)
    assert list(extended.items) == ["X_NOR", "X_SOU", "X_NOR-1", "EAS"]
    assert extended.items["X_NOR-1"].parent == "X_NOR"
    assert list(extended.raw.items) == ["EAS"]


def test_find_and_get(registry: Registry) -> None:
    assert ids(registry.find("codelist", ["TEST"], ["CL_SEX", "CL_FREQ"], ["+"])) == {"CL_SEX", "CL_FREQ"}
    assert registry.find("codelist", ["OTHER"]) == ()
    assert registry.find("dataproviderscheme", versions=["+"]) == ()  # 1.0 is no semantic version
    assert ids(registry.find("*")) == ids(registry.all())
    assert registry.get(urns.parse(f"{AREA.urn.replace('Codelist', 'Code')}.NOR")).ref == AREA
    with pytest.raises(NotFound, match=r"no Codelist TEST:CL_NO\(1.0.0\)"):
        registry.get(Ref("codelist", "TEST", "CL_NO", "1.0.0"))


def test_agreements_hierarchies_languages(registry: Registry) -> None:
    assert ids(registry.agreements(FLOW)) == {"PA_NORTH_DF_LF"}
    component = Ref("datastructure", "TEST", "DSD_LF", "1.0.0", "REF_AREA", "Dimension")
    assert ids(registry.hierarchies(component)) == {"H_AREA"}
    assert registry.languages == ("en", "id")
    assert registry.parents(AREA) == registry.parents(registry.get(AREA))


def test_later_folders_win(registry: Registry, tmp_path: Path) -> None:
    source = SPECIMENS / "labour" / "CL_SEX.xml"
    changed = source.read_text(encoding="utf-8").replace("Female", "Women")
    (tmp_path / "sex.xml").write_text(changed, encoding="utf-8")
    both = Registry.load(SPECIMENS / "labour", tmp_path)
    sex = both.get(Ref("codelist", "TEST", "CL_SEX", "1.0.0"))
    assert isinstance(sex, Codelist)
    assert text(sex.items["F"].name) == "Women"
    assert len(both.all()) == len(registry.all())
    assert both.content_hash != registry.content_hash


def test_content_hash_is_of_the_content(registry: Registry, tmp_path: Path) -> None:
    copy = shutil.copytree(SPECIMENS / "labour", tmp_path / "elsewhere")
    assert Registry.load(copy).content_hash == registry.content_hash
    (copy / "table.csv").write_text("a,b\n", encoding="utf-8")
    assert Registry.load(copy).content_hash != registry.content_hash


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StructureError, match="no such folder"):
        Registry.load(tmp_path / "none")


def test_bundled_structures_load() -> None:
    bundled = Registry.load(folder("dsd"))
    for flow in bundled.find("dataflow"):
        assert bundled.definition(flow.ref).dimensions
