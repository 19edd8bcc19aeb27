"""Every printed figure is in the store, and reads back as what the store has."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import urlsplit

import lxml.html
import pytest
from babel import Locale
from babel.numbers import get_decimal_symbol, get_group_symbol

from publisher.factsheets.figures import Reader
from publisher.factsheets.words import MINUS, round_to
from publisher.query import v2
from publisher.query.model import DataQuery
from publisher.store import Snapshot, select
from tests.factsheets.css import css

AREAS = ("BRN", "IDN", "KHM", "LAO", "MMR", "MYS", "PHL", "SGP", "THA", "TLS", "VNM")


def numbers(html: str) -> list[lxml.html.HtmlElement]:
    """What is public now; figures of before a release carry the instant."""
    return [a for a in css(lxml.html.fromstring(html), "a.n[data-value]") if not a.get("data-as-of")]


def parsed(text: str, language: str) -> Decimal:
    """The number as its reader reads it."""
    locale = Locale.parse(language)
    plain = text.replace(get_group_symbol(locale), "").replace(get_decimal_symbol(locale), ".")
    return Decimal(plain.replace(MINUS, "-"))


@pytest.fixture(scope="module")
def stored(bundled: Snapshot, sheets: dict[str, str]) -> dict[tuple[str, str, str], str | None]:
    """(dataflow, series key, period) → value, of every dataflow that a sheet names."""
    reader = Reader(bundled)
    flows = {a.get("data-flow") for html in sheets.values() for a in numbers(html)}
    return {
        (flow, series.text, observation.period): observation.value
        for flow in sorted(flows)
        for series in reader.series(flow, {"REF_AREA": AREAS})
        for observation in series.observations
    }


def test_a_sheet_for_every_member(sheets: dict[str, str]) -> None:
    assert sorted(sheets) == sorted([*(f"{area}.en" for area in AREAS), "IDN.id", "ASEAN.en"])


@pytest.mark.parametrize("name", [*(f"{area}.en" for area in AREAS), "IDN.id"])
def test_every_number_is_in_the_store(
    name: str, sheets: dict[str, str], stored: dict[tuple[str, str, str], str | None]
) -> None:
    found = numbers(sheets[name])
    assert len(found) > 150
    for a in found:
        place = (a.get("data-flow"), a.get("data-key"), a.get("data-period"))
        assert stored[place] == a.get("data-value"), place
        text = a.text_content()
        printed = parsed(text, name.partition(".")[2])
        exact = Decimal(a.get("data-value")).scaleb(-int(a.get("data-scale", "0")))
        assert printed == round_to(exact, -int(printed.as_tuple().exponent)), place


@pytest.mark.parametrize("name", ["IDN.id", "MYS.en"])
def test_every_link_returns_its_number(name: str, sheets: dict[str, str], bundled: Snapshot) -> None:
    for a in numbers(sheets[name]):
        url = urlsplit(a.get("href"))
        path, _, rest = url.path.partition("/sdmx/v2/")
        assert path == ""
        assert rest
        query = v2.parse(rest, url.query.removesuffix("&format=csv"))
        assert isinstance(query, DataQuery)
        (flow,) = bundled.registry.find("dataflow", query.target.agencies, query.target.ids)
        (batch,) = select(bundled.cube(flow.ref), query).batches()
        assert batch.column("OBS_VALUE").to_pylist() == [a.get("data-value")]


def test_numbers_are_written_in_the_language_of_the_sheet(sheets: dict[str, str]) -> None:
    def rate(name: str) -> str:
        (card,) = css(lxml.html.fromstring(sheets[name]), "#card-unemployment .value a.n")
        return str(card.text_content())

    assert rate("IDN.en").replace(".", ",") == rate("IDN.id")
    assert "," in rate("IDN.id")


def test_eight_to_twelve_headlines_and_four_charts(sheets: dict[str, str]) -> None:
    for name, html in sheets.items():
        if name.startswith("ASEAN"):
            continue
        page = lxml.html.fromstring(html)
        assert 8 <= len(css(page, ".card .value a.n")) <= 12
        assert len(css(page, ".panels .chart svg")) >= 4
        assert len(css(page, ".wide .chart svg")) == 1
