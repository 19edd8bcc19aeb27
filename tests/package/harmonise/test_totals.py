"""Many codes to one, one to many: what is added, divided, averaged or left out, and what the total is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.package import Report, check
from publisher.structures.registry import Registry
from tests.package.harmonise.office import HEAD, with_maps, write

Checked = Callable[..., Report]

# industry.csv, rows → ACTIVITY: (value, status), and the difference of the total
CASES = {
    "parts are added": (
        "mining,ECO_ISIC4_B,,,\nquarrying,ECO_ISIC4_B,,,\n",
        [["", "employed"], ["mining", "12.5"], ["quarrying", "0.25"]],
        {"ECO_ISIC4_B": ("12.75", "A")}, None,
    ),
    "sums keep the decimals of their parts": (
        "mining,ECO_ISIC4_B,,,\nquarrying,ECO_ISIC4_B,,,\n",
        [["", "employed"], ["mining", "1.5"], ["quarrying", "2.5"]],
        {"ECO_ISIC4_B": ("4.0", "A")}, None,
    ),
    "a sum with a missing part is missing": (
        "mining,ECO_ISIC4_B,,,\nquarrying,ECO_ISIC4_B,,,\n",
        [["", "employed"], ["mining", "10"], ["quarrying", "..."]],
        {"ECO_ISIC4_B": (None, "O")}, "-10",
    ),
    "a mark that is no row is no part": (
        "mining,ECO_ISIC4_B,,,\nquarrying,ECO_ISIC4_B,,,\n",
        [["", "employed"], ["mining", "10"], ["quarrying", "-"]],
        {"ECO_ISIC4_B": ("10", "A")}, None,
    ),
    "weights divide": (
        "trade,ECO_ISIC4_G,0.75,,\ntrade,ECO_ISIC4_H,0.25,,\n",
        [["", "employed"], ["trade", "10"]],
        {"ECO_ISIC4_G": ("7.5", "A"), "ECO_ISIC4_H": ("2.5", "A")}, None,
    ),
    "weights that lose a tenth": (
        "trade,ECO_ISIC4_G,0.6,,\ntrade,ECO_ISIC4_H,0.3,,\n",
        [["", "employed"], ["trade", "10"]],
        {"ECO_ISIC4_G": ("6", "A"), "ECO_ISIC4_H": ("3", "A")}, "-1",
    ),
    "parts of one go to another": (
        "trade,ECO_ISIC4_G,0.75,,\ntrade,ECO_ISIC4_H,0.25,,\ntransport,ECO_ISIC4_H,,,\n",
        [["", "employed"], ["trade", "10"], ["transport", "5"]],
        {"ECO_ISIC4_G": ("7.5", "A"), "ECO_ISIC4_H": ("7.5", "A")}, None,
    ),
    "a rule decides": (
        "trade,ECO_ISIC4_G,,the greater part by the census of 2020,\ntrade,ECO_ISIC4_H,,,\n",
        [["", "employed"], ["trade", "10"]],
        {"ECO_ISIC4_G": ("10", "A")}, None,
    ),
    "a rule leaves out": (
        "mining,ECO_ISIC4_B,,,\nunpaid,,,not employment of ICLS 19,\n",
        [["", "employed"], ["mining", "10"], ["unpaid", "4"]],
        {"ECO_ISIC4_B": ("10", "A")}, "-4",
    ),
    "weights make a mean": (
        "mining,ECO_ISIC4_B,3,,\nquarrying,ECO_ISIC4_B,1,,\n",
        [["", "rate"], ["mining", "90.0"], ["quarrying", "94.0"]],
        {"ECO_ISIC4_B": ("91.0", "A")}, None,
    ),
    "one rate needs no weight": (
        "mining,ECO_ISIC4_B,,,\nquarrying,ECO_ISIC4_B,,,\n",
        [["", "rate"], ["mining", "90.0"]],
        {"ECO_ISIC4_B": ("90.0", "A")}, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("industry", "rows", "expected", "difference"), CASES.values(), ids=CASES)
def test_together(
    industry: str,
    rows: list[list[str]],
    expected: dict[str, tuple[str | None, str]],
    difference: str | None,
    checked: Checked,
) -> None:
    report = checked(rows, industry=HEAD + industry)
    assert made(report) == expected
    found = {finding.code: finding.value for finding in report.findings}
    assert found == ({} if difference is None else {"total-not-conserved": difference})


def made(report: Report) -> dict[str, tuple[str | None, str]]:
    (delivery,) = report.deliveries
    table = delivery.table.select(["ACTIVITY", "OBS_VALUE", "OBS_STATUS"]).to_pydict()
    values = zip(table["OBS_VALUE"], table["OBS_STATUS"], strict=True)
    return dict(zip(table["ACTIVITY"], values, strict=True))


def test_the_difference_is_told_in_words(checked: Checked) -> None:
    industry = HEAD + "trade,ECO_ISIC4_G,0.6,,\ntrade,ECO_ISIC4_H,0.3,,\n"
    (finding,) = checked([["", "employed"], ["trade", "10"]], industry=industry).findings
    assert finding.message == (
        "EMP_TEMP_NB in 2023: the office's figures add up to 10, what is made of them to 9, "
        "a difference of -1"
    )


def test_every_part_is_in_the_lineage(checked: Checked) -> None:
    industry = HEAD + "trade,ECO_ISIC4_G,0.75,,\ntrade,ECO_ISIC4_H,0.25,,\ntransport,ECO_ISIC4_H,,,\n"
    report = checked([["", "employed"], ["trade", "10"], ["transport", "5"]], industry=industry)
    lineage = report.deliveries[0].lineage
    assert lineage is not None
    names = ["file", "cell", "source", "text", "weight", "ACTIVITY", "OBS_VALUE"]
    lines = lineage.select(names).sort_by([("cell", "ascending"), ("ACTIVITY", "ascending")]).to_pylist()
    assert [tuple(line.values()) for line in lines] == [
        ("table.csv", "B2", "industry=trade; measure=employed", "10", "0.75", "ECO_ISIC4_G", "7.5"),
        ("table.csv", "B2", "industry=trade; measure=employed", "10", "0.25", "ECO_ISIC4_H", "7.5"),
        ("table.csv", "B3", "industry=transport; measure=employed", "5", None, "ECO_ISIC4_H", "7.5"),
    ]  # fmt: skip


SECTIONS = [f"ECO_ISIC4_{letter}" for letter in "ABCDEFGH"]
FIGURES = st.decimals(0, 10**9, places=2).map(str)
RATES = st.decimals(0, 100, places=2).map(str)
SOON = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SOON
@given(data=st.data())
def test_totals_are_conserved(data: st.DataObject, tmp_path: Path, bundled: Registry) -> None:
    """Whatever codes go to whatever sections, the figures of a count add up to what the office has."""
    names = [f"n{number}" for number in range(data.draw(st.integers(1, 12)))]
    targets = {name: data.draw(st.sampled_from(SECTIONS)) for name in names}
    figures = {name: data.draw(FIGURES) for name in names}
    industry = HEAD + "".join(f"{name},{target},,,\n" for name, target in targets.items())
    rows = [["", "employed"], *map(list, figures.items())]
    report = check(write(tmp_path, rows, industry=industry), with_maps(bundled, tmp_path))
    assert [finding.code for finding in report.findings] == []
    expected: dict[str, Decimal] = {}
    for name, target in targets.items():
        expected[target] = expected.get(target, Decimal(0)) + Decimal(figures[name])
    assert {section: Decimal(value or 0) for section, (value, _) in made(report).items()} == expected


@SOON
@given(data=st.data())
def test_the_order_of_rows_and_columns_is_nothing(
    data: st.DataObject, tmp_path: Path, bundled: Registry
) -> None:
    sections = data.draw(st.lists(st.sampled_from(SECTIONS), min_size=1, max_size=6, unique=True))
    industry = HEAD + "".join(f"{section.lower()},{section},,,\n" for section in sections)
    head = ["", "employed", "rate"]
    body = [[section.lower(), data.draw(FIGURES), data.draw(RATES)] for section in sections]
    columns = [0, *data.draw(st.permutations([1, 2]))]
    shuffled = [[row[number] for number in columns] for row in [head, *data.draw(st.permutations(body))]]
    registry = dataclasses.replace(bundled, folders=with_maps(bundled, tmp_path).folders)
    first, second = (
        observations(check(write(tmp_path, rows, industry=industry), registry))
        for rows in ([head, *body], shuffled)
    )
    assert len(first) == 2 * len(sections)
    assert first == second


def observations(report: Report) -> set[tuple[str, ...]]:
    return {
        tuple(row.values())
        for delivery in report.deliveries
        for row in delivery.table.select(sorted(delivery.table.column_names)).to_pylist()
    }
