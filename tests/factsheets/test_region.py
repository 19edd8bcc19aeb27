"""What a sheet computes or takes from elsewhere: the region's figures, revisions, downloads."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from urllib.parse import unquote, urlsplit

import lxml.html
import pytest

from publisher.factsheets.words import round_to
from publisher.query import v2
from publisher.query.model import DataQuery
from publisher.store import Home, Snapshot, select
from publisher.store.vintage import at
from tests.factsheets.css import css


def answered(snapshot: Snapshot, address: str) -> list[str]:
    """The values that a data query of the service returns."""
    url = urlsplit(address)
    asked = [part for part in url.query.split("&") if part.partition("=")[0] not in ("format", "asOf")]
    query = v2.parse(url.path.partition("/sdmx/v2/")[2], "&".join(asked))
    assert isinstance(query, DataQuery)
    (flow,) = snapshot.registry.find("dataflow", query.target.agencies, query.target.ids)
    batches = select(snapshot.cube(flow.ref), query).batches()
    return [value for batch in batches for value in batch.column("OBS_VALUE").to_pylist()]


def test_the_mean_and_the_sum_are_those_of_the_figures_beside_them(sheets: dict[str, str]) -> None:
    page = lxml.html.fromstring(sheets["ASEAN.en"])
    for name in ("labour-force", "unemployment"):
        (panel,) = css(page, f"#whole-{name}")
        rows = [[Decimal(a.get("data-value")) for a in css(row, "a.n")] for row in css(panel, "tbody tr")]
        assert len(rows) == 11
        (told,) = css(panel, "data")
        if name == "unemployment":
            exact = sum(figure * weight for figure, weight in rows) / sum(weight for _, weight in rows)
        else:
            exact = Decimal(sum(figure for (figure,) in rows))
        assert round_to(Decimal(told.get("value")), 6) == round_to(Decimal(exact), 6)
        assert "100%" in panel.text_content()
    assert told.text_content() == str(round_to(Decimal(exact), 2))


def test_the_regions_sheet_has_no_figure_without_its_rule(sheets: dict[str, str]) -> None:
    page = lxml.html.fromstring(sheets["ASEAN.en"])
    assert len(css(page, ".wide .chart svg")) == 5
    assert not css(page, ".card")
    for panel in page.xpath("//*[starts-with(@id, 'whole-')]"):
        assert (
            "weighted by the labour force" in panel.text_content()
            or "Sum of the figures" in panel.text_content()
        )


def test_figures_of_before_a_release_are_what_was_public_then(
    sheets: dict[str, str], bundled: Snapshot
) -> None:
    page = lxml.html.fromstring(sheets["MYS.en"])
    old = css(page, "a.n[data-as-of]")
    assert old
    for a in old:
        then = at(Home(bundled.folder.parent), datetime.fromisoformat(a.get("data-as-of")))
        assert answered(then, a.get("href")) == [a.get("data-value")]
        assert f"asOf={a.get('data-as-of').replace(':', '%3A')}" in a.get("href")


@pytest.mark.parametrize("name", ["MYS.en", "ASEAN.en"])
def test_what_is_taken_away_is_what_the_chart_shows(
    name: str, sheets: dict[str, str], bundled: Snapshot
) -> None:
    panels = [
        panel for panel in css(lxml.html.fromstring(sheets[name]), "figure.panel") if css(panel, ".taken")
    ]
    assert len(panels) >= 4
    for panel in panels:
        links = {a.text_content(): a.get("href") for a in css(panel, ".taken a")}
        assert {"CSV", "XLSX", "SDMX-ML", "SDMX-JSON"} <= links.keys()
        shown = [a.get("data-value") for a in css(panel, "td a.n[data-value]")]
        given = answered(bundled, unquote(links["CSV"]))
        assert set(shown) <= set(given)


def test_figures_in_thousands_and_in_millions_have_their_units(sheets: dict[str, str]) -> None:
    """Side by side in one column they would be read as of one size."""
    cells = css(lxml.html.fromstring(sheets["ASEAN.en"]), "#whole-labour-force tbody td")
    said = [cell.text_content() for cell in cells]
    assert len(said) == 11
    assert all(text.endswith(("thousand persons", "million persons")) for text in said), said
