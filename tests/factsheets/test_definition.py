"""A deployment's own sheet: other figures without a line of Python, and plain words when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from publisher.errors import StructureError, UsageError
from publisher.factsheets import rules
from publisher.factsheets.build import build
from publisher.factsheets.definition import load
from publisher.settings import Settings
from publisher.store import Snapshot

OWN = """
region = "ASEAN"
languages = ["en"]
[defaults]
SEASONAL_ADJUST = "N"
"*" = "_T"
[units.PT]
decimals = 1
[[headline]]
id = "own"
dataflow = "LMIS:DF_UNE(1.0.0)"
key = { INDICATOR = "UNE_DEAP_RT", AGE = "Y_GE15"%s }
sources = [%s]
"""


def deployment(folder: Path, sheet: str) -> Settings:
    (folder / "factsheets").mkdir()
    (folder / "factsheets" / "sheet.toml").write_text(sheet, encoding="utf-8")
    return Settings(home=folder, templates=(folder,))


def test_own_figures(odd: Snapshot, tmp_path: Path) -> None:
    settings = deployment(tmp_path, OWN % (', SEX = "_T"', '{ SOURCE = "WDI_ILO_MOD", FREQ = "A" }'))
    (path,) = build(odd, tmp_path / "out", settings, areas=["MMR"])
    html = path.read_text(encoding="utf-8")
    assert "Unemployment rate" in html  # the indicator's own name
    assert 'data-value="2.5"' in html


@pytest.mark.parametrize(
    ("key", "sources", "message"),
    [
        ("", "{}", "finds two series for IDN"),
        (', COLOUR = "RED"', "{}", "asks LMIS:DF_UNE.* for COLOUR"),
        ("", '"cheapest"', "names the rules 'cheapest'"),
    ],
)
def test_wrong_questions(bundled: Snapshot, key: str, sources: str, message: str, tmp_path: Path) -> None:
    settings = deployment(tmp_path, OWN % (key + ', SOURCE = "WDI_ILO_MOD"', sources))
    sheet = tmp_path / "factsheets" / "sheet.toml"
    sheet.write_text(sheet.read_text().replace('SEX = "_T"', "").replace('"*" = "_T"', ""), encoding="utf-8")
    with pytest.raises(StructureError, match=message):
        build(bundled, tmp_path / "out", settings, areas=["IDN"])


def test_everything_wrong_in_the_file_is_told_at_once(tmp_path: Path) -> None:
    settings = deployment(
        tmp_path, "colour = 1\n[[chart]]\nid = 'x'\nkind = 'pie'\n[units.PT]\nchange = 'points'\n"
    )
    with pytest.raises(StructureError) as caught:
        load(settings)
    said = " ".join(map(str, caught.value.findings))
    for part in (
        "'colour'",
        "'kind'",
        "[[chart]] x: 'dataflow' is missing",
        "[units.PT]: 'decimals' is missing",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"areas": ["FRA"]}, "no fact sheet for area FRA; there are BRN"),
        ({"languages": ["fr"]}, "no fact sheet for language fr; there are en, id"),
    ],
)
def test_unknown_areas_and_languages(
    odd: Snapshot, settings: Settings, asked: dict[str, list[str]], message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        build(odd, tmp_path, settings, **asked)  # type: ignore[arg-type]


def test_rules(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(
        "area,source,reason,reason_id,decided_by\n*,A,any,,x\nIDN,B,own,sendiri,y\n", encoding="utf-8"
    )
    table = rules.load([tmp_path], "own.csv", {"area": "REF_AREA", "source": "SOURCE"})
    found = rules.find(table, {"REF_AREA": "IDN"})
    other = rules.find(table, {"REF_AREA": "MYS"})
    assert found is not None
    assert other is not None
    assert (found.codes["SOURCE"], found.reasons) == ("B", {"en": "own", "id": "sendiri"})
    assert other.codes == {"SOURCE": "A"}
    with pytest.raises(StructureError, match="colour"):
        rules.load([tmp_path], "own.csv", {"colour": "COLOUR"})
