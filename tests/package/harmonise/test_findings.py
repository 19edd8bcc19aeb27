"""What is wrong with a table, its layout or its codes: told all at once, at the office's own cells."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from publisher.package import Report
from tests.package.harmonise.office import HEAD, LAYOUT

Checked = Callable[..., Report]
INDUSTRY = HEAD + "farming,ECO_ISIC4_A,,,\nmining,ECO_ISIC4_B,,,\nquarrying,ECO_ISIC4_B,,,\nall,_T,,,\n"
TABLE = [["", "employed"], ["farming", "10"], ["mining", "20"], ["all", "30"]]
RATES = [["", "rate"], ["mining", "91.5"], ["quarrying", "92.0"]]

# table, layout, industry.csv → (code, row, column, value, a part of message and allowed)
CASES = {
    "a label nobody knows": (
        [*TABLE, ["farmimg", "1"]], LAYOUT, INDUSTRY,
        [("unmapped-code", 5, "A", "farmimg", "cell A5: 'farmimg' has no code in industry.csv", "farming")],
    ),
    "labels of rows and columns, all at once": (
        [["", "employed", "Employed"], ["farming", "1", "2"], ["Mining", "3", "4"]], LAYOUT, INDUSTRY,
        [("unmapped-code", 1, "C", "Employed", "cell C1", "employed"),
         ("unmapped-code", 3, "A", "Mining", "cell A3", "mining")],
    ),
    "no label at all": (
        [*TABLE, ["", "7"]], LAYOUT, INDUSTRY, [("unmapped-code", 5, "A", "", "cell A5: ''", "farming")],
    ),
    "several codes and nothing that decides": (
        TABLE, LAYOUT, INDUSTRY + "mining,ECO_ISIC4_C,,,\n",
        [("code-ambiguous", 3, "A", "mining", "cell A3: 'mining' has 2 targets", "ECO_ISIC4_B; ECO_ISIC4_C")],
    ),
    "rates do not add up": (
        RATES, LAYOUT, INDUSTRY,
        [("not-additive", 2, "B", "91.5", "'91.5' of EMP_DEAP_RT cannot be added", ""),
         ("not-additive", 3, "B", "92.0", "'92.0' of EMP_DEAP_RT cannot be added", "")],
    ),
    "rates are not divided": (
        [["", "rate"], ["mining", "91.5"]], LAYOUT,
        HEAD + "mining,ECO_ISIC4_B,0.5,,\nmining,ECO_ISIC4_C,0.5,,\n",
        [("not-additive", 2, "B", "91.5", "cannot be added to others or divided", "")],
    ),
    "neither number nor mark": (
        [["", "employed"], ["farming", "n.a."], ["mining", "1,5"], ["all", "007"]], LAYOUT, INDUSTRY,
        [("number-form", 2, "B", "n.a.", "'n.a.' is neither a number nor a missing mark", "'-', '...'"),
         ("number-form", 3, "B", "1,5", "'1,5'", ""), ("number-form", 4, "B", "007", "'007'", "")],
    ),
    "another table": (
        TABLE, LAYOUT + '[expect]\nA1 = "Industry"\nC1 = "rate"\n', INDUSTRY,
        [("layout-differs", 1, "A", "", "cell A1 says '', not 'Industry'", "Industry"),
         ("layout-differs", 1, "C", "", "cell C1 says '', not 'rate'", "rate")],
    ),
    "a column that is gone": (
        TABLE, LAYOUT.replace('column = "A"', 'header = "Industry"'), INDUSTRY,
        [("layout-differs", 1, None, None, "0 columns are called 'Industry', not one", "")],
    ),
    "a table that ends in its header": (
        TABLE, LAYOUT.replace("first_row = 2", "first_row = 9"), INDUSTRY,
        [("layout-differs", None, None, None, "the table ends before row 9", "")],
    ),
    "a label of another form": (
        TABLE, LAYOUT.replace('column = "A"', 'column = "A"\npattern = "[a-f].*"'), INDUSTRY,
        [("layout-differs", 3, "A", "mining", "'mining' has not the form [a-f].* of industry", "")],
    ),
    "what the package must give": (
        TABLE, LAYOUT + '[[variable]]\nname = "year"\ngiven = true\n', INDUSTRY,
        [("layout-differs", None, None, None, "the package must give the variable 'year'", "")],
    ),
    "figures without a dataflow": (
        TABLE, LAYOUT.replace('["EMP_TEMP_NB", "EMP_DEAP_RT"]', '"EMP_DEAP_RT"'), INDUSTRY,
        [("map-invalid", 2, "B", None, "3 figures of PHL_PSA/made go to none", "LMIS:DF_EMP(1.0.0)")],
    ),
    "no period of the layout": (
        TABLE, LAYOUT + '[[period]]\nwhen = { measure = "rate" }\nTIME_PERIOD = "2022"\n', INDUSTRY,
        [("unmapped-code", 1, "B", "employed", "no period of the layout has 'employed'", "rate")],
    ),
    "the checks of codes speak of the label's cell": (
        TABLE, LAYOUT, INDUSTRY.replace("ECO_ISIC4_A", "ECO_ISIC4_1"),
        [("unknown-code", 2, "A", "ECO_ISIC4_1", "'ECO_ISIC4_1' is not in ACTIVITY's list", "")],
    ),
    "the same label twice is a repetition, not a part": (
        [*TABLE, ["farming", "11"]], LAYOUT, INDUSTRY,
        [("duplicate-unequal", 5, "B", "11", "the key of row 2 of table.csv", "")],
    ),
    "a component that the map does not give": (
        TABLE, LAYOUT.replace('SOURCE_TYPE = "NS"', ""), INDUSTRY,
        [("column-missing", None, None, "SOURCE_TYPE", "map PHL_PSA/made gives no SOURCE_TYPE", "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "layout", "industry", "expected"), CASES.values(), ids=CASES)
def test_findings(
    rows: list[list[str]],
    layout: str,
    industry: str,
    expected: list[tuple[str, int | None, str | None, str | None, str, str]],
    checked: Checked,
) -> None:
    report = checked(rows, layout, industry=industry)
    found = [(f.code, f.row, f.column, f.value) for f in report.findings]
    assert found == [line[:4] for line in expected]
    for finding, (*_, message, allowed) in zip(report.findings, expected, strict=True):
        assert message in finding.message
        assert allowed in (finding.allowed or "")
        assert finding.file == "table.csv"
    assert not report.valid
    assert not report.deliveries


BROKEN = {
    "no TOML": ("[body", INDUSTRY, "PHL_PSA/made/layout.toml"),
    "an unknown key": (LAYOUT + "[colour]\n", INDUSTRY, "'colour' is not known; known: title"),
    "a key of another kind": (
        "body = 2\n" + LAYOUT.replace("[body]\nfirst_row = 2", ""), INDUSTRY, "'body' must be",
    ),
    "no dataflows": (LAYOUT.partition("[dataflows]")[0], INDUSTRY, "'dataflows' is missing"),
    "no cell": (LAYOUT + '[expect]\n7B = "x"\n', INDUSTRY, "expect.7B is no cell such as B7"),
    "a variable without a place": (
        LAYOUT.replace('column = "A"', ""), INDUSTRY,
        "variable 'industry' needs one of column, header, row, given"),
    "a variable with a component's name": (
        LAYOUT.replace('"industry"', '"SEX"', 1), INDUSTRY, "small letters",
    ),
    "a pattern that is none": (
        LAYOUT.replace('column = "A"', 'column = "A"\npattern = "("'), INDUSTRY, "missing )",
    ),
    "no code map": (
        LAYOUT.replace('map = "industry"', 'map = "trade"'), INDUSTRY, "trade.csv: there is no such",
    ),
    "a code map of other variables": (
        LAYOUT, "trade,ACTIVITY\nfarming,ECO_ISIC4_A\n", "trade, which are no variables",
    ),
    "a code map without targets": (
        LAYOUT, "industry,note\nfarming,x\n", "source variables and target components",
    ),
    "a short line": (
        LAYOUT, HEAD + "farming,ECO_ISIC4_A\n", "industry.csv line 2: 2 cells, the header has 5",
    ),
    "a weight that is none": (
        LAYOUT, HEAD + "farming,ECO_ISIC4_A,half,,\n", "line 2: weight 'half' is not a number",
    ),
    "left out without a reason": (LAYOUT, HEAD + "farming,,,,\n", "farming has no target and no rule"),
}  # fmt: skip


@pytest.mark.parametrize(("layout", "industry", "message"), BROKEN.values(), ids=BROKEN)
def test_maps_that_cannot_be_used(layout: str, industry: str, message: str, checked: Checked) -> None:
    (finding,) = checked(TABLE, layout, industry=industry).findings
    assert (finding.code, finding.file, finding.column) == (
        "map-invalid", "datapackage.json", "resources[0].sdmx.map",
    )  # fmt: skip
    assert message in finding.message


def test_a_map_nobody_knows(checked: Checked) -> None:
    (finding,) = checked(TABLE, industry=INDUSTRY, resource={"map": "IDN_BPS/lf_by_agegroup"}).findings
    assert (finding.code, finding.value) == ("map-unknown", "IDN_BPS/lf_by_agegroup")
    assert "IDN_BPS/lf_by_age" in (finding.allowed or "")


def test_the_report_shows_the_office_s_own_row(checked: Checked) -> None:
    report = checked([*TABLE, ["farmimg", "1"]], industry=INDUSTRY)
    assert report.excerpts["table.csv", 5] == {"A": "farmimg", "B": "1"}
