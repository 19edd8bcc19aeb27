"""Confidentiality: what is withheld never leaves, and what would give it away is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

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
    """The small structure with CONF_STATUS, the status of suppressed values, and a rule of the office."""
    rules = tmp_path / "structures" / "rules"
    (rules / "suppression").mkdir(parents=True)
    (rules / "vtl").mkdir()
    for path in [
        HERE / "structures" / "rules" / "accounting.csv",
        *(HERE / "structures/rules/vtl").iterdir(),
    ]:
        target = rules / path.relative_to(HERE / "structures" / "rules")
        target.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (rules / "suppression" / "OFFICE_A.toml").write_text(SUPPRESSION, encoding="utf-8")
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


@pytest.fixture
def checked(tmp_path: Path, guarded: Registry) -> Callable[..., Report]:
    def run(rows: list[str], action: str = "Replace", old: list[str] | None = None) -> Report:
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
        cells = [line.split(",") for line in old or []]
        table = pa.table({name: [cell[n] for cell in cells] for n, name in enumerate(HEAD.split(","))})
        return check(package, guarded, previous=(lambda provider, flow: table) if cells else None)

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
    assert released(checked([row("F", "7.0", sample=sample)]), guarded)["OBS_VALUE"] == [value]


def test_one_withheld_part_is_given_away_by_the_others(checked: Callable[..., Report]) -> None:
    report = checked([row("F", "1.5"), row("M", "2.5", "A"), row("_T", "4.0")])
    (finding,) = report.findings
    assert (finding.code, finding.row, finding.column) == ("suppression-undone", 3, "OBS_VALUE")
    assert finding.remedy == "withhold row 2 of jobs.csv too: give it CONF_STATUS D"
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
    report = checked([row("F", "1.5", "A")], old=[row("F", "1.5")])
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


def test_a_rule_that_is_none(guarded: Registry) -> None:
    path = guarded.folders[0] / "rules" / "suppression" / "OFFICE_A.toml"
    path.write_text('[[rule]]\nkind = "least"\ncomponent = "X"\nlimit = 1\n', encoding="utf-8")
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
