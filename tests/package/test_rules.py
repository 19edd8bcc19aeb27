"""Rules beside the structures: the public state, conventions, breaks, regions; each finding at its cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from publisher.package import Report, check
from publisher.package.rules import figures, gaps, vtl
from publisher.structures import model as m
from publisher.structures.registry import Registry

from .conftest import HERE, Small, artefacts, ref

HEAD = "FREQ,AREA,SEX,PRICE_BASE,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE"
COLUMNS = HEAD.split(",")
Checked = Callable[..., Report]


def row(year: int, value: str, sex: str = "F", area: str = "AA", status: str = "A") -> str:
    return f"A,{area},{sex},V,{year},{value},{status},PS"


@pytest.fixture
def checked(tmp_path: Path, registry: Registry) -> Checked:
    def run(
        rows: list[str], old: list[str] | None = None, using: Registry = registry, action: str = "Replace"
    ) -> Report:
        resource = {
            "name": "jobs",
            "path": "jobs.csv",
            "sdmx": {"dataflow": "TEST:DF_JOBS(1.0.0)", "action": action},
        }
        about = {"dataProvider": "OFFICE_A", "release": "1", "releaseDate": "2030-01-01T00:00:00Z"}
        descriptor = {"name": "rules", "resources": [resource], "sdmx": about}
        (tmp_path / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
        (tmp_path / "jobs.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
        cells = [line.split(",") for line in old or []]
        table = pa.table({name: [cell[n] for cell in cells] for n, name in enumerate(COLUMNS)})
        return check(tmp_path, using, previous=(lambda provider, flow: table) if cells else None)

    return run


def told(report: Report) -> list[tuple[str, int | None, str | None]]:
    return [(f.code, f.row, f.column) for f in report.findings]


PUBLIC = [row(2010 + n, f"{100 + n % 3}.5") for n in range(10)]


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        (11, row(2019, "100500"), ("scale-slip", 11, "OBS_VALUE")),
        (11, row(2019, "0.1005"), ("scale-slip", 11, "OBS_VALUE")),
        (11, row(2019, "-100.5"), ("sign-flip", 11, "OBS_VALUE")),
        (11, row(2019, "150.5"), ("revision-large", 11, "OBS_VALUE")),
        (12, row(2020, "400.5"), ("outlier", 12, "OBS_VALUE")),
        (12, row(2020, "100500.5"), ("scale-slip", 12, "OBS_VALUE")),
    ],
)
def test_unlikely_beside_what_was_public(
    checked: Checked, line: int, text: str, expected: tuple[str, int, str]
) -> None:
    rows = [*PUBLIC[: line - 2], text]
    assert told(checked(rows, PUBLIC)) == [expected]


def test_the_same_again_and_usual_steps_are_likely(checked: Checked) -> None:
    assert told(checked([*PUBLIC, row(2020, "102.5")], PUBLIC)) == []


def test_a_series_that_vanished(checked: Checked) -> None:
    report = checked(PUBLIC, [*PUBLIC, row(2019, "9.5", sex="M")])
    assert [(f.code, f.value) for f in report.findings] == [("series-vanished", "A.AA.M.V")]
    assert told(checked(PUBLIC, [*PUBLIC, row(2019, "9.5", sex="M")], action="Merge")) == []


def test_a_convention_is_told_once_a_file(checked: Checked) -> None:
    rows = [row(2010, "1.5", area="CC"), row(2011, "1.5", area="CC")]
    report = checked([r.replace(",PS", ",XDC") for r in rows])
    codes = [finding for finding in told(report) if finding[0] == "not-comparable"]
    assert codes == [("not-comparable", 2, "AREA")]


@pytest.mark.parametrize(("status", "expected"), [("A", [("break-not-flagged", 4, "PRICE_BASE")]), ("B", [])])
def test_a_break_needs_its_flag(checked: Checked, status: str, expected: list[tuple[str, int, str]]) -> None:
    old = [f"A,AA,F,V,{year},1.5,A,PS" for year in (2010, 2011)]
    new = [f"A,AA,F,Q,{year},1.5,{status if year == 2012 else 'A'},PS" for year in (2012, 2013)]
    found = told(checked([*old, *new]))  # PRICE_BASE Q also asks for a BASE_PER
    assert [finding for finding in found if finding[0] != "attribute-required"] == expected


def regional(*regions: m.CubeRegion) -> Registry:
    """The small structure with one more constraint on the agreement of OFFICE_A."""
    all_of_it = {a.ref: a for a in artefacts()}
    constraint = m.DataConstraint(
        "CR_REGIONS",
        agency="TEST",
        attached_to=(ref("provisionagreement", "PA_OFFICE_A_DF_JOBS"),),
        regions=regions,
    )
    return Small({**all_of_it, constraint.ref: constraint}, (HERE / "structures",))


def region(included: bool = True, **values: tuple[str, ...]) -> m.CubeRegion:
    chosen = tuple(m.MemberSelection(name, codes) for name, codes in values.items())
    return m.CubeRegion(chosen, included)


def test_regions_are_combinations(checked: Checked) -> None:
    using = regional(region(AREA=("AA",), SEX=("F",)), region(AREA=("CC",), SEX=("M",)))
    rows = [row(2010, "1.5"), row(2010, "1.5", sex="M"), row(2010, "1.5", sex="M", area="CC")]
    assert told(checked(rows, using=using)) == [("not-in-agreement", 3, "SEX")]


def test_an_excluded_region_takes_combinations_away(checked: Checked) -> None:
    using = regional(region(False, AREA=("AA",), SEX=("M",)))
    rows = [row(2010, "1.5"), row(2010, "1.5", sex="M"), row(2011, "1.5", sex="M", area="AA")]
    assert [(code, line) for code, line, _ in told(checked(rows, using=using))] == [
        ("not-in-agreement", 3),
        ("not-in-agreement", 4),
    ]


def test_a_time_range_bounds_periods(checked: Checked) -> None:
    span = m.MemberSelection("TIME_PERIOD", start="2011", end="2012")
    using = regional(m.CubeRegion((span,)))
    rows = [row(year, "1.5") for year in (2010, 2011, 2012, 2013)]
    assert told(checked(rows, using=using)) == [
        ("not-in-agreement", 2, "TIME_PERIOD"),
        ("not-in-agreement", 5, "TIME_PERIOD"),
    ]


def test_without_the_engine_the_report_says_so(monkeypatch: pytest.MonkeyPatch, registry: Registry) -> None:
    def missing() -> None:
        raise vtl.EngineMissing("vtlengine is not installed")

    monkeypatch.setattr(vtl, "_engine", missing)
    report = check(HERE / "bad" / "accounting", registry)
    assert [f.code for f in report.findings] == ["rules-not-run"]


def test_periods_follow_each_other() -> None:
    assert [gaps.following(p) for p in ("2024", "2024-S2", "2024-Q4", "2024-12")] == [
        "2025", "2025-S1", "2025-Q1", "2025-01",
    ]  # fmt: skip


def test_what_is_no_number_is_no_figure() -> None:
    read = figures.numbers(pa.array(["1.5", "x", None, "-2"]))
    assert [None if value != value else value for value in read.tolist()] == [1.5, None, None, -2.0]
