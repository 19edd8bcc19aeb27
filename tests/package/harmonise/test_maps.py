"""Code maps as the service gives them: the XML beside each CSV is what `lmis dsd maps` makes of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from publisher.cli import main
from publisher.folders import folder
from publisher.release.maps import written
from publisher.structures.model import RepresentationMap
from publisher.structures.registry import Registry


def test_the_xml_says_what_the_csv_says(bundled: Registry) -> None:
    made = dict(written(folder("dsd"), bundled))
    assert len(made) == len(list((folder("dsd") / "maps").glob("*/*.csv")))
    assert [path.name for path, content in made.items() if path.read_bytes() != content] == []
    assert set(made) == set((folder("dsd") / "maps").glob("*/RM_*.xml"))


def test_the_registry_holds_them(bundled: Registry) -> None:
    (age,) = bundled.find("representationmap", ids=["RM_IDN_BPS_AGE"])
    assert isinstance(age, RepresentationMap)
    pairs = {mapping.source[0].value: mapping.target for mapping in age.mappings}
    assert pairs["60+"] == ("Y_GE60",)


def test_a_clerk_s_new_line_comes_into_the_xml(tmp_path: Path) -> None:
    dsd = tmp_path / "dsd"
    shutil.copytree(folder("dsd") / "maps" / "IDN_BPS", dsd / "maps" / "IDN_BPS")
    with (dsd / "maps" / "IDN_BPS" / "age.csv").open("a", encoding="utf-8") as stream:
        stream.write("65+,Y_GE65,,,\n")
    assert main(["dsd", "maps", "--home", str(tmp_path / "home"), "--dsd", str(dsd)]) == 0
    content = (dsd / "maps" / "IDN_BPS" / "RM_IDN_BPS_AGE.xml").read_text(encoding="utf-8")
    assert "<str:SourceValue>65+</str:SourceValue>\n<str:TargetValue>Y_GE65</str:TargetValue>" in content
