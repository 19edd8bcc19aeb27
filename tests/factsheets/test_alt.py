"""The words for a chart are computed from the figures of its table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import lxml.html
import pytest

from publisher.factsheets import alt, words
from publisher.factsheets.lines import moves
from publisher.settings import Settings
from tests.factsheets.css import css

LINES = ["chart-unemployment", "chart-participation", "chart-unemployment-youth", "chart-vulnerable"]


def columns(panel: lxml.html.HtmlElement) -> list[tuple[str, list[tuple[str, str, Decimal]]]]:
    """Of the panel's tables: head and (period, text, value) of each column, oldest first."""
    heads = [th.xpath("string(a)") for th in css(css(panel, "thead")[0], "th")[1:]]
    rows = css(panel, "tbody tr")[::-1]
    found = []
    for place, head in enumerate(heads):
        cells = [(row.xpath("string(th/text()[1])"), css(row, "td")[place].find("a")) for row in rows]
        found.append(
            (head, [(p.strip(), a.text, Decimal(a.get("data-value"))) for p, a in cells if a is not None])
        )
    return found


@pytest.mark.parametrize("area", ["BRN", "IDN", "SGP", "TLS"])
@pytest.mark.parametrize("chart", LINES)
def test_recomputed(area: str, chart: str, sheets: dict[str, str]) -> None:
    (panel,) = css(lxml.html.fromstring(sheets[f"{area}.en"]), f"#{chart}")
    said = css(panel, ".chart")[0].get("aria-label")
    for head, points in columns(panel):
        first, last = points[0], points[-1]
        high, low = max(points, key=lambda p: p[2]), min(points, key=lambda p: p[2])
        verb = {1: "rose", -1: "fell"}[(last[2] > first[2]) - (last[2] < first[2])]
        assert f"{head}: {verb} from {first[1]} ({first[0]}) to {last[1]} ({last[0]});" in said
        assert f"highest {high[1]} ({high[0]}), lowest {low[1]} ({low[0]})." in said


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("1", "2", "1.5"), "x: rose from 1 (0) to 1.5 (2); highest 2 (1), lowest 1 (0)."),
        (("2", None, "1"), "x: fell from 2 (0) to 1 (2); highest 2 (0), lowest 1 (2)."),
        (("1", "3", "1"), "x: 1 (2), as in 0; highest 3 (1), lowest 1 (0)."),
        ((None, None), "x: no figures."),
    ],
)
def test_line(values: Sequence[str | None], expected: str, settings: Settings) -> None:
    spoken = words.load(settings, "en")
    points = tuple(
        alt.Point(str(place), None if value is None else Decimal(value), value or "")
        for place, value in enumerate(values)
    )
    said = alt.describe_lines("T", "A", "%", [alt.Line("x", points)], spoken)
    assert said == f"Line chart: T, A, %, 0 to {len(values) - 1}. {expected}"


@pytest.mark.parametrize(
    ("ends", "moved"), [((10.0, 1.0), [0, 0]), ((5.0, 5.1), [8, -8]), ((5.0,), [0]), ((), [])]
)
def test_labels_at_the_end_of_lines_do_not_touch(ends: Sequence[float], moved: list[int]) -> None:
    assert moves(ends, [0.0, 10.0]) == moved
