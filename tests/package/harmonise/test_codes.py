"""The code maps that are shipped: each pair leads to a code, none is ambiguous, and the sources agree."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from publisher.folders import folder
from publisher.package import check
from publisher.package.findings import Findings
from publisher.package.harmonise import layout
from publisher.package.harmonise.codemap import CodeMap
from publisher.package.readers.xlsx import cells_of
from publisher.package.readers.xlsx_parts import open_workbook
from publisher.structures.model import Codelist
from publisher.structures.registry import Registry
from tests.package.harmonise.office import LAYOUT, with_maps, write

MAPS = folder("dsd") / "maps"
CSV = sorted(path.relative_to(MAPS).as_posix() for path in MAPS.glob("*/*.csv"))
LAYOUTS = dict(layout.folders([folder("dsd")]))
SOURCE = "LMIS_NATIONAL_SOURCE"  # a folder with the offices' own files


@pytest.mark.parametrize("name", CSV)
def test_every_pair_leads_to_a_code(name: str, bundled: Registry) -> None:
    codes = CodeMap.load(MAPS / name)
    assert [source for source, pairs in codes.choices.items() if not pairs] == []
    for number, target in enumerate(codes.targets):
        known = {code for one in lists(bundled, target) for code in one.items}
        assert {pair.target[number] for pair in codes.pairs if not pair.is_left_out} <= known


def lists(registry: Registry, component: str) -> list[Codelist]:
    """The code lists of a component, in all structures and versions."""
    wanted = {"REF_AREA": "CL_AREA"}.get(component, f"CL_{component}")
    return [one for one in registry.find("codelist", ids=[wanted]) if isinstance(one, Codelist)]


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts_can_be_read(name: str, bundled: Registry) -> None:
    read = layout.load(name, LAYOUTS[name])
    known = {flow.ref.short for flow in bundled.find("dataflow")}
    assert set(read.dataflows) <= known
    assert {"en", "id"} <= read.title.keys()


def test_the_guide_names_every_map_that_is_shipped() -> None:
    text = (Path(__file__).parents[3] / "docs" / "maps.md").read_text(encoding="utf-8")
    classified = [name.partition("/")[2] for name in TWO_TO_ONE]
    assert [name for name in (*classified, *(n.partition("/")[2] for n in LAYOUTS)) if name not in text] == []


CLASSIFIED = {  # code map → the target's component, its number of targets, a few sums of codes
    "PHL_PSA/psic2009.csv": ("ACTIVITY", 21, {"ECO_ISIC4_E": 4, "ECO_ISIC4_C": 24}),
    "PHL_PSA/psoc2012.csv": ("OCCUPATION", 9, {"OCU_ISCO08_0": 3}),
    "IDN_BPS/kbji2014.csv": ("OCCUPATION", 10, {"OCU_ISCO08_0": 7}),
}


@pytest.mark.parametrize("name", CLASSIFIED)
def test_counts_by_national_codes_add_up(name: str, tmp_path: Path, bundled: Registry) -> None:
    """One person in each national code: ours hold as many as there are codes."""
    component, targets, sums = CLASSIFIED[name]
    text = (MAPS / name).read_text(encoding="utf-8")
    codes = CodeMap.load(MAPS / name)
    made = layout_of(component).replace('"industry"', f'"{codes.sources[0]}"', 1)
    rows = [["", "employed"], *([source, "1"] for (source,) in codes.choices)]
    report = check(write(tmp_path, rows, made, industry=text), with_maps(bundled, tmp_path))
    assert [f.code for f in report.findings if f.severity == "error"] == []
    assert "total-not-conserved" not in report.counts
    table = report.deliveries[0].table
    found = dict(zip(table[component].to_pylist(), map(int, table["OBS_VALUE"].to_pylist()), strict=True))
    assert (len(found), sum(found.values())) == (targets, len(codes.choices))
    assert found == found | sums


# code map → component, two of its codes that lead to one of ours, another of ours
TWO_TO_ONE = {
    "PHL_PSA/psic2009.csv": ("ACTIVITY", ("01", "02"), "ECO_ISIC4_A", "ECO_ISIC4_C"),
    "PHL_PSA/psoc2012.csv": ("OCCUPATION", ("1111", "1112"), "OCU_ISCO08_1", "OCU_ISCO08_2"),
    "IDN_BPS/kbli2005.csv": ("ACTIVITY", ("10", "11"), "ECO_ISIC3_C", "ECO_ISIC3_D"),
    "IDN_BPS/kbji2014.csv": ("OCCUPATION", ("111", "112"), "OCU_ISCO08_1", "OCU_ISCO08_2"),
}
# measure, weights of the two codes or their second target and its rule → findings, figures by our code
TOGETHER: dict[str, tuple[str, tuple[str, str], bool, str, set[str], tuple[str, ...]]] = {
    "counts add up": ("employed", ("", ""), False, "", set(), ("9.5",)),
    "rates do not": ("rate", ("", ""), False, "", {"not-additive"}, ()),
    "weights make a mean of rates": ("rate", ("3", "1"), False, "", set(), ("3.25",)),
    "a code with two targets is refused": ("employed", ("", ""), True, "", {"code-ambiguous"}, ()),
    "a rule decides": ("employed", ("", ""), True, "the larger part by the census", set(), ("9.5",)),
}


SLOW = {"PHL_PSA/psoc2012.csv", "IDN_BPS/kbli2005.csv"}  # the others say the same of one map each


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in TWO_TO_ONE]
)
@pytest.mark.parametrize(
    ("measure", "weights", "is_ambiguous", "rule", "codes", "figures"), TOGETHER.values(), ids=TOGETHER
)
def test_national_codes_together(
    name: str,
    measure: str,
    weights: tuple[str, str],
    is_ambiguous: bool,
    rule: str,
    codes: set[str],
    figures: tuple[str, ...],
    tmp_path: Path,
    bundled: Registry,
) -> None:
    """The shipped pairs, with weights or with one more target."""
    component, national, ours, other = TWO_TO_ONE[name]
    shipped = {pair.source[0]: pair.target[0] for pair in CodeMap.load(MAPS / name).pairs}
    lines = [f"{code},{shipped[code]},{weight}," for code, weight in zip(national, weights, strict=True)]
    lines[0] += rule
    if is_ambiguous:
        lines.append(f"{national[0]},{other},,")
    text = f"industry,{component},weight,rule\n" + "\n".join(lines) + "\n"
    rows = [["", measure], [national[0], "2.50" if measure == "rate" else "4"], [national[1], "5.5"]]
    report = check(write(tmp_path, rows, layout_of(component), industry=text), with_maps(bundled, tmp_path))
    assert {f.code for f in report.findings} == codes
    made = report.deliveries[0].table.select([component, "OBS_VALUE"]).to_pylist() if not codes else []
    assert [tuple(row.values()) for row in made] == [(ours, figure) for figure in figures]


def layout_of(component: str) -> str:
    """The layout whose code map leads to `component`."""
    other = {"ACTIVITY": 'OCCUPATION = "_T"', "OCCUPATION": 'ACTIVITY = "_T"'}
    return LAYOUT.replace('OCCUPATION = "_T"', other[component])


def source(name: str) -> Path:
    if not os.environ.get(SOURCE):
        pytest.skip(f"{SOURCE} names no folder with the offices' own files")
    return Path(os.environ[SOURCE]) / name


KEYS = {
    "PHL_PSA/psic2009.csv": ("gld_phl__PHL_PSIC_ISIC_09_key_2dig_updated.dta", "psic_2dig", "isic4_2dig"),
    "PHL_PSA/psoc2012.csv": ("gld_phl__PHL_PSOC_ISCO_12_key.dta", "unit", "isco08"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", KEYS)
def test_the_keys_of_the_philippines(name: str) -> None:
    file, national, international = KEYS[name]
    key = pd.read_stata(source(file)).set_index(national)[international].to_dict()
    pairs = {pair.source[0]: pair for pair in CodeMap.load(MAPS / name).pairs}
    assert pairs.keys() == key.keys()
    assert {code for code, pair in pairs.items() if f" {key[code]}" not in pair.note} == set()


BOOKS = {
    "IDN_BPS/kbli2005.csv": ("gld_idn__Industry_correspondences.xlsx", "KBLI 2005"),
    "IDN_BPS/kbji2014.csv": ("gld_idn__Occupation_correspondence_full.xlsx", "KBJI 2014"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BOOKS)
def test_the_correspondences_of_indonesia(name: str) -> None:
    file, title = BOOKS[name]
    sheet = cells_of(open_workbook(source(file).read_bytes()), title, file, Findings())
    assert sheet is not None
    rows = [[*(text or "" for text in sheet.row(n)), *[""] * 8] for n in sorted(sheet.cells) if n > 7]
    key = {row[1].strip(): row[6].strip() for row in rows if row[1].strip()}
    pairs = {pair.source[0]: pair for pair in CodeMap.load(MAPS / name).pairs}
    assert pairs.keys() == key.keys()
    assert {
        code for code, pair in pairs.items() if key[code] and not pair.note.endswith(f" {key[code]}")
    } == set()
