"""Breaks, gaps, unfriendly text: what a sheet says where there is no plain figure."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import lxml.html
import pytest

from publisher.factsheets.build import Writer
from publisher.settings import Settings
from publisher.store import Change, Release
from publisher.structures.registry import Registry
from tests.factsheets.conftest import flow, publish, table, unemployment
from tests.factsheets.css import css

HEADLINE = "#card-unemployment"


@pytest.mark.parametrize(
    ("area", "value", "change", "direction"),
    [
        ("THA", "1.3", "−0.60 pp since 2020", "down"),
        ("MMR", "2.5", "+0.50 pp since 2021", "up"),
        ("VNM", "2.50", "No change since 2021", "same"),
        ("SGP", "5.0", "+0.50 pp since 2021 – not significant: within the margin of error", "unsure"),
        ("PHL", "6.0", "+2.00 pp since 2021", "up"),
        ("KHM", "3.5", "No earlier figure to compare with", "none"),
    ],
)
def test_change(area: str, value: str, change: str, direction: str, odd_sheets: dict[str, str]) -> None:
    (card,) = css(lxml.html.fromstring(odd_sheets[f"{area}.en"]), HEADLINE)
    (number,) = css(card, ".value a.n")
    (said,) = css(card, ".change")
    assert (number.text_content(), said.text_content()) == (value, change)
    assert direction in said.get("class").split()


def test_nothing_is_compared_across_a_break(sheets: dict[str, str]) -> None:
    """Malaysia's population base changes in 2025-01: August 2025 is not set against August 2024."""
    (card,) = css(lxml.html.fromstring(sheets["MYS.en"]), HEADLINE)
    (said,) = css(card, ".change.break")
    assert said.text_content() == "Not comparable with Aug 2024: break in the series"


@pytest.mark.parametrize(
    ("period", "kind", "text"), [("2019", "L", "Not collected"), ("2021", "Q", "Suppressed")]
)
def test_kinds_of_missing_are_kept_apart(
    period: str, kind: str, text: str, odd_sheets: dict[str, str]
) -> None:
    page = lxml.html.fromstring(odd_sheets["THA.en"])
    (cell,) = css(page, f"#chart-unemployment td a[data-period='{period}']")
    assert (cell.get("data-missing"), cell.text_content()) == (kind, text)
    assert cell.get("data-value") is None


def test_a_series_without_any_value_is_no_zero(odd_sheets: dict[str, str]) -> None:
    page = lxml.html.fromstring(odd_sheets["LAO.en"])
    (missing,) = css(page, f"{HEADLINE} .value a.missing")
    assert missing.text_content() == "Not applicable"
    (row,) = [row for row in css(page, ".wide tbody tr") if "Lao" in row.text_content()]
    assert "Not applicable" in row.text_content()


def test_intervals_stand_beside_their_figure_and_in_the_ranking(odd_sheets: dict[str, str]) -> None:
    page = lxml.html.fromstring(odd_sheets["SGP.en"])
    (card,) = css(page, HEADLINE)
    assert "between 4.4 and 5.6" in card.text_content()
    tagged = [
        row.xpath("string(th/text()[1])").strip() for row in css(page, ".wide tbody tr") if css(row, ".tag")
    ]
    assert tagged == ["Philippines"]


def test_nothing_is_ranked_when_too_few_have_a_figure(odd_sheets: dict[str, str]) -> None:
    (panel,) = css(lxml.html.fromstring(odd_sheets["ASEAN.en"]), "#chart-region-participation")
    assert "0 of 11 members have a figure; at least 6 are needed" in panel.text_content()
    assert not css(panel, "svg, table")


def test_nothing_is_drawn_of_a_series_without_any_value(odd_sheets: dict[str, str]) -> None:
    (panel,) = css(lxml.html.fromstring(odd_sheets["LAO.en"]), "#chart-unemployment")
    assert not css(panel, "svg")
    assert "no figures" in panel.text_content()


@pytest.mark.parametrize("name", ["TLS.en", "IDN.id"])
def test_an_area_without_figures_says_so(name: str, odd_sheets: dict[str, str]) -> None:
    page = lxml.html.fromstring(odd_sheets[name])
    assert not css(page, ".card a.n, .panels svg")
    assert len(css(page, ".card [data-missing=none]")) == 12


def test_text_of_others_is_only_text(odd_sheets: dict[str, str]) -> None:
    html = odd_sheets["THA.en"]
    assert "<script" not in html
    assert "<img" not in html
    (note,) = [n for n in css(lxml.html.fromstring(html), "ol.notes > li") if "alert" in n.text_content()]
    assert "<script>alert(\"1\")</script><img src=x onerror=alert(2)> & 'quotes'" in note.text_content()


def test_a_break_is_drawn_told_and_tabled(odd_sheets: dict[str, str]) -> None:
    (panel,) = css(lxml.html.fromstring(odd_sheets["THA.en"]), "#chart-unemployment")
    (chart,) = css(panel, ".chart")
    assert "Break in the series in 2020." in chart.get("aria-label")
    assert chart.xpath(".//*[name()='line'][@stroke-dasharray='2,3']")
    (row,) = css(panel, "tr.break")
    assert row.xpath("string(th/text()[1])").strip() == "2020"
    assert row.xpath("string(th/span)") == "break"


SCRAPS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</svg><script>", "]]>", "{{ 7*7 }}",
    "{% raw %}", "{title}", "%(x)s", "javascript:alert(1)", "\u202egnp", "' onmouseover='x", '" onload="x',
    "<!--", "&lt;b&gt;", "=1+1", "<a href=javascript:x>", "\u200b\u25cc", "<style>*{display:none}</style>",
    "%s%n", "<math><mi xlink:href=x>",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("tag", ["en", "km"])
def test_two_hundred_hostile_texts(tag: str, tmp_path: Path, registry: Registry) -> None:
    """Each is shown as it was written, and nothing of it becomes a part of the page."""
    areas, years = ("THA", "MMR", "VNM", "KHM", "LAO", "BRN", "PHL", "SGP"), range(2000, 2025)
    texts = {(a, y): f"{SCRAPS[(i + y) % 20]}{i}-{y}" for i, a in enumerate(areas) for y in years}
    assert len(texts) == 200
    rows = [
        unemployment(str(year), "1.5", REF_AREA=area, COMMENT_OBS=text)
        for (area, year), text in texts.items()
    ]
    change = Change(flow("LMIS:DF_UNE(1.0.0)"), "Replace", {}, table(rows, {}))
    instant = datetime(2026, 1, 2, tzinfo=UTC)
    snapshot = publish(tmp_path, registry, Release("wb-hostile", "WB", instant, (change,)))
    writer = Writer(snapshot, Settings(home=tmp_path))
    for area in areas:
        html = writer.html(area, tag)
        page = lxml.html.fromstring(html)
        notes = " ".join(note.text_content() for note in css(page, "ol.notes > li"))
        assert [text for (a, _), text in texts.items() if a == area and text not in notes] == []
        assert not page.xpath(
            "//script | //img | //iframe | //math | //@onload | //@onerror | //@onmouseover"
        )
        assert len(page.xpath("//style")) == 1
        assert not [href for href in page.xpath("//@href") if href.startswith("javascript")]
