"""Confidentiality: what is withheld never leaves, and what would give it away is found."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.errors import StructureError
from publisher.folders import folder
from publisher.package import Report, check
from publisher.package.protect import keeps_back, protect, scrubbed
from publisher.package.protect.audit import determined
from publisher.package.protect.suppression import load
from publisher.package.rules.previous import Previous, Public
from publisher.structures import model as m
from publisher.structures.registry import Registry

from .conftest import HERE, STRUCTURE, Small, artefacts, attribute, coded

HEAD = (
    "FREQ,AREA,SEX,PRICE_BASE,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE,DECIMALS,CONF_STATUS,SAMPLE_SIZE"
)
SUPPRESSION = """
[[rule]]
kind = "minimum"
component = "SAMPLE_SIZE"
limit = 30
where = "UNIT_MEASURE=PS"
"""


def row(sex: str, value: str, conf: str = "F", sample: str = "", status: str = "A", area: str = "AA") -> str:
    return f"S,{area},{sex},V,2024-S1,{value},{status},PS,1,{conf},{sample}"


@pytest.fixture
def guarded(tmp_path: Path) -> Registry:
    """The small structure with CONF_STATUS and the status of suppressed values."""
    rules = tmp_path / "structures" / "rules"
    (rules / "suppression").mkdir(parents=True)
    (rules / "vtl").mkdir()
    for path in [
        HERE / "structures" / "rules" / "accounting.csv",
        *(HERE / "structures/rules/vtl").iterdir(),
    ]:
        target = rules / path.relative_to(HERE / "structures" / "rules")
        target.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    held = attribute("CONF_STATUS", coded("CL_CONF_STATUS"), m.OBSERVATION)
    inward = m.Annotation(type="IN_ONLY")
    attributes = tuple(
        replace(a, annotations=(inward,)) if a.id == "SAMPLE_SIZE" else a for a in STRUCTURE.attributes
    )
    changed = replace(STRUCTURE, attributes=(*attributes, held))
    found = {a.ref: a for a in artefacts()} | {changed.ref: changed}
    concepts = found[next(r for r in found if r.kind == "conceptscheme")]
    assert isinstance(concepts, m.ConceptScheme)
    found[concepts.ref] = replace(concepts, items={**concepts.items, "CONF_STATUS": m.Concept("CONF_STATUS")})
    for name, codes in (("CL_CONF_STATUS", "FCAD"), ("CL_OBS_STATUS", "ABFLMOPQ")):
        codelist = m.Codelist(name, agency="TEST", items={code: m.Item(code) for code in codes})
        found[codelist.ref] = codelist
    return Small(found, (tmp_path / "structures",))


def rule(guarded: Registry, text: str = SUPPRESSION) -> None:
    """The office's rule of suppression."""
    path = guarded.folders[0] / "rules" / "suppression" / "OFFICE_A.toml"
    path.write_text(text, encoding="utf-8")


def public(now: Mapping[str, list[str]], gone: Mapping[str, list[str]] | None = None) -> Previous:
    """What the office has made public: dataflow → rows, and what only earlier releases tell."""

    def of(found: Mapping[str, list[str]]) -> Previous:
        return lambda provider, flow: table(found[flow.id]) if flow.id in found else None

    return Public(of(now), of(gone or {}))


def table(rows: list[str]) -> pa.Table:
    cells = [[cell or None for cell in line.split(",")] for line in rows]
    return pa.table(
        {name: pa.array([cell[n] for cell in cells], pa.string()) for n, name in enumerate(HEAD.split(","))}
    )


@pytest.fixture
def checked(tmp_path: Path, guarded: Registry) -> Callable[..., Report]:
    def run(rows: list[str], action: str = "Replace", old: Previous | None = None, **more: Any) -> Report:
        package = tmp_path / "package"
        package.mkdir(exist_ok=True)
        flow = {"dataflow": "TEST:DF_JOBS(1.0.0)", "action": action}
        about = {"dataProvider": "OFFICE_A", "release": "1", "releaseDate": "2030-01-01T00:00:00Z"}
        descriptor = {
            "name": "held",
            "resources": [{"name": "jobs", "path": "jobs.csv", "sdmx": flow}],
            "sdmx": about,
        }
        (package / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
        (package / "jobs.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
        return check(package, guarded, previous=old, **more)

    return run


def released(report: Report, registry: Registry) -> dict[str, list[str | None]]:
    (delivery,) = report.deliveries
    columns: dict[str, list[str | None]] = protect(
        delivery, registry.definition(delivery.dataflow)
    ).table.to_pydict()
    return columns


def test_what_is_withheld_is_missing_and_says_no_more(
    checked: Callable[..., Report], guarded: Registry
) -> None:
    rule(guarded)
    held = [
        row("F", "1.5", "A"),
        row("M", "2.5", "D"),
        row("_T", "4.0"),
        row("F", "7.0", sample="29", area="CC"),
    ]
    columns = released(checked(held), guarded)
    assert columns["OBS_VALUE"] == [None, None, "4.0", None]
    assert columns["OBS_STATUS"] == ["Q", "Q", "A", "Q"]
    assert columns["CONF_STATUS"] == ["C", "C", "F", "C"]  # primary and secondary look alike
    assert "SAMPLE_SIZE" not in columns


@pytest.mark.parametrize(("sample", "value"), [("29", None), ("30", "7.0"), ("", "7.0")])
def test_the_office_has_a_least_count(
    checked: Callable[..., Report], guarded: Registry, sample: str, value: str | None
) -> None:
    rule(guarded)
    assert released(checked([row("F", "7.0", sample=sample)]), guarded)["OBS_VALUE"] == [value]


def test_one_withheld_part_is_given_away_by_the_others(checked: Callable[..., Report]) -> None:
    report = checked([row("F", "1.5"), row("M", "2.5", "A"), row("_T", "4.0")])
    (finding,) = report.findings
    assert (finding.code, finding.row, finding.column) == ("suppression-undone", 3, "OBS_VALUE")
    assert finding.remedy == "withhold row 2, column OBS_VALUE of jobs.csv too: give it CONF_STATUS D"
    assert "2.5" not in str(finding)
    assert not report.deliveries


def test_what_the_office_suppressed_itself_is_given_away_too(checked: Callable[..., Report]) -> None:
    report = checked([row("F", "1.5"), row("M", "", status="Q"), row("_T", "4.0")])
    assert [(f.code, f.row) for f in report.findings] == [("suppression-undone", 3)]


def test_the_suggestion_mends_it(checked: Callable[..., Report]) -> None:
    assert checked([row("F", "1.5", "D"), row("M", "2.5", "A"), row("_T", "4.0")]).valid


def test_a_merge_cannot_withhold(checked: Callable[..., Report]) -> None:
    report = checked([row("F", "1.5", "A")], action="Merge")
    assert [(f.code, f.row) for f in report.findings] == [("confidential-merge", 2)]


def test_what_was_public_is_told(checked: Callable[..., Report], guarded: Registry) -> None:
    report = checked([row("F", "1.5", "A")], old=public({"DF_JOBS": [row("F", "1.5")]}))
    assert [(f.code, f.row) for f in report.findings] == [("confidential-was-public", 2)]
    assert keeps_back(report, guarded)
    told = scrubbed(report, guarded)
    assert all(f.value is None and f.allowed is None for f in told.findings)
    assert "1.5" not in " ".join(map(str, told.findings))


def test_a_figure_cannot_be_guessed_from_what_is_said_of_files(
    checked: Callable[..., Report], guarded: Registry
) -> None:
    """One confidential cell in a file that is else public: its digest would confirm a guess."""
    report = checked([row("F", "1.5", "A")])
    said = {
        "resources": [{"name": "jobs", "hash": "md5:0", "bytes": 7, "sdmx": {"fixed": {"SAMPLE_SIZE": "3"}}}]
    }
    told = scrubbed(replace(report, descriptor=said), guarded)
    assert report.files
    assert not told.files
    assert told.descriptor == {"resources": [{"name": "jobs", "sdmx": {"fixed": {}}}]}


def test_a_sample_size_is_enough_to_keep_files_unsaid(
    checked: Callable[..., Report], guarded: Registry
) -> None:
    assert keeps_back(checked([row("F", "1.5", sample="99")]), guarded)
    assert not keeps_back(checked([row("F", "1.5")]), guarded)


HELD_W, HELD_M, M, T = row("F", "1.5", "A"), row("M", "2.5", "D"), row("M", "2.5"), row("_T", "4.0")
Rows = dict[str, list[str]]
WAS, UNDONE, ENDS = "confidential-was-public", "suppression-undone", "series-vanished"
# filed in DF_JOBS; public now, and once, by dataflow → findings and their rows
ELSEWHERE: dict[str, tuple[list[str], Rows, Rows, set[tuple[str, int | None]]]] = {
    "nothing helps": ([HELD_W, HELD_M, T], {"DF_PAY": [row("M", "9.0", area="CC")]}, {}, set()),
    "the other part is in another dataflow": ([HELD_W, T], {"DF_PAY": [M]}, {}, {(UNDONE, 2)}),
    "the total is in another dataflow": ([HELD_W, M], {"DF_PAY": [T]}, {}, {(UNDONE, 2)}),
    "the other part is there no more": ([HELD_W, T], {"DF_JOBS": [M]}, {}, {(UNDONE, 2), (ENDS, None)}),
    "an earlier release told the other part": ([HELD_W, T], {}, {"DF_JOBS": [M]}, {(UNDONE, 2)}),
    "an earlier release told the total": ([HELD_W, M], {}, {"DF_PAY": [T]}, {(UNDONE, 2)}),
    "what was withheld before is given away now": (
        [M, T], {"DF_PAY": [row("F", "", "C", status="Q")]}, {}, {(UNDONE, 2)}),
    "what protects was public": ([HELD_W, HELD_M, T], {}, {"DF_JOBS": [M]}, {(WAS, 3), (UNDONE, 2)}),
    "what protects was public with another figure": (
        [HELD_W, HELD_M, T], {}, {"DF_JOBS": [row("M", "2.4")]}, {(WAS, 3)}),
    "all was public": ([HELD_W, HELD_M, T], {"DF_JOBS": [row("F", "1.5"), M, T]}, {}, {(WAS, 2), (WAS, 3)}),
    "what gives it away was given away before": (
        [row("F", "7.0", area="CC")], {"DF_PAY": [row("F", "", "C", status="Q"), M, T]}, {}, set()),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "now", "gone", "expected"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_a_reader_has_elsewhere(
    rows: list[str],
    now: dict[str, list[str]],
    gone: dict[str, list[str]],
    expected: set[tuple[str, int | None]],
    checked: Callable[..., Report],
) -> None:
    report = checked(rows, old=public(now, gone))
    assert {(f.code, f.row) for f in report.findings} == expected


def test_where_it_is_given_away_is_said(checked: Callable[..., Report]) -> None:
    (finding,) = checked([HELD_W, T], old=public({"DF_PAY": [M]})).findings
    assert "and from what is public of TEST:DF_PAY(1.0.0) (rule sex)" in finding.message
    (finding,) = checked([M, T], old=public({"DF_PAY": [row("F", "", "C", status="Q")]})).findings
    assert "S.AA.F.V.2024-S1 of what is public of TEST:DF_PAY(1.0.0), which is withheld" in finding.message
    assert finding.remedy == "withhold it too: give it CONF_STATUS D"


def test_other_packages_of_the_release_are_read_too(checked: Callable[..., Report]) -> None:
    first = checked([M])
    pay = replace(first.deliveries[0], dataflow=replace(first.deliveries[0].dataflow, id="DF_PAY"))
    (finding,) = checked([HELD_W, T], beside=[replace(first, deliveries=(pay,))]).findings
    assert (finding.code, finding.row) == (UNDONE, 2)
    assert "in package held" in finding.message


@pytest.mark.parametrize(("sample", "expected"), [("", ["suppression-unjudged"]), ("30", [])])
def test_what_the_rule_cannot_judge_is_told(
    checked: Callable[..., Report], guarded: Registry, sample: str, expected: list[str]
) -> None:
    rule(guarded)
    assert [f.code for f in checked([row("F", "7.0", sample=sample)]).findings] == expected


INWARD = {"SAMPLE_SIZE", "STD_ERR"}


def test_what_is_only_for_protection_never_leaves() -> None:
    """In every structure of the region that has it."""
    bundled = Registry.load(folder("dsd"))
    held = {
        (component.id, component.is_published)
        for flow in bundled.find("dataflow")
        for component in bundled.definition(flow.ref).attributes
        if component.id in INWARD or not component.is_published
    }
    assert held == {(name, False) for name in INWARD}


@pytest.mark.parametrize(
    ("said", "told"),
    [('component = "SAMPLE_SIZ"', "no structure has SAMPLE_SIZ"),
     ('component = "SAMPLE_SIZE"\nwhere = "UNIT=PS"', "no structure has UNIT")],
)  # fmt: skip
def test_a_rule_that_would_withhold_nothing(guarded: Registry, said: str, told: str) -> None:
    rule(guarded, f'[[rule]]\nkind = "minimum"\nlimit = 1\n{said}\n')
    with pytest.raises(StructureError, match=rf"OFFICE_A\.toml.*{told}$"):
        load(guarded, "OFFICE_A")


def test_a_file_without_what_the_rule_reads_is_one_finding(
    tmp_path: Path, checked: Callable[..., Report], guarded: Registry
) -> None:
    rule(guarded)
    checked([row("F", "7.0"), row("M", "8.0")])
    path = tmp_path / "package" / "jobs.csv"
    lines = [line.rpartition(",")[0] for line in path.read_text(encoding="utf-8").splitlines()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (finding,) = check(path.parent, guarded).findings
    assert (finding.code, finding.row) == ("suppression-unjudged", None)
    assert finding.message.endswith(
        "reads SAMPLE_SIZE, which is not given; 2 figures of TEST:DF_JOBS(1.0.0) are published"
    )


KINDS = {  # kind, component, limit → figures withheld
    "at least 30 persons": ("minimum", "SAMPLE_SIZE", "30", {"29": True, "30": False}),
    "the largest have at most 85 of 100": ("share", "SAMPLE_SIZE", "85", {"85": False, "86": True}),
    "an error of at most 30 % of 70": ("cv", "SAMPLE_SIZE", "0.3", {"21": False, "22": True}),
}


@pytest.mark.parametrize(("kind", "component", "limit", "cases"), KINDS.values(), ids=KINDS)
def test_the_kinds_of_rules(
    kind: str,
    component: str,
    limit: str,
    cases: dict[str, bool],
    checked: Callable[..., Report],
    guarded: Registry,
) -> None:
    rule(guarded, f'[[rule]]\nkind = "{kind}"\ncomponent = "{component}"\nlimit = {limit}\n')
    for said, is_withheld in cases.items():
        columns = released(checked([row("F", "70.0", sample=said)]), guarded)
        assert columns["OBS_VALUE"] == [None if is_withheld else "70.0"]


def test_a_rule_that_is_none(guarded: Registry) -> None:
    rule(guarded, '[[rule]]\nkind = "least"\ncomponent = "X"\nlimit = 1\n')
    with pytest.raises(StructureError, match=r"OFFICE_A\.toml.*'least'; allowed: minimum, share, cv"):
        load(guarded, "OFFICE_A")


systems = st.integers(1, 5).flatmap(
    lambda n: st.lists(
        st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=n, max_size=n), min_size=1, max_size=5
    )
)


@settings(max_examples=200, deadline=None)
@given(systems)
def test_what_is_determined_by_rank(rows: list[list[float]]) -> None:
    """A column is determined exactly when its unit vector does not raise the rank."""
    matrix = np.array(rows)
    rank = np.linalg.matrix_rank(matrix)
    by_rank = [
        n
        for n, unit in enumerate(np.eye(matrix.shape[1]))
        if np.linalg.matrix_rank(np.vstack([matrix, unit])) == rank
    ]
    assert determined(matrix) == by_rank
