"""Method cards: of each headline what it rests on, from the attributes and keys of its series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from publisher.factsheets.cards import Card, Cards
from publisher.factsheets.choice import is_break
from publisher.factsheets.figures import Series
from publisher.factsheets.printed import query
from publisher.structures.definition import Definition as Structure

SURVEY, CONCEPT, FREQUENCY, UNIT = "SURVEY", "ICLS", "FREQ", "UNIT_MEASURE"


@dataclass(frozen=True)
class Method:
    id: str  # of the headline
    title: str
    facts: tuple[tuple[str, str], ...]  # label, text
    report: str  # the quality report's page; "" when the source has none
    href: str  # the query for the whole series


def methods(cards: Cards, made: tuple[Card, ...]) -> tuple[Method, ...]:
    """One for each headline that has a figure, in their order."""
    return tuple(_method(cards, card, card.series) for card in made if card.series)


def _method(cards: Cards, card: Card, series: Series) -> Method:
    structure = cards.chooser.reader.structure(series.dataflow.short)
    facts = tuple((cards.words(f"method.{label}"), text) for label, text in _facts(cards, series, structure))
    return Method(card.id, card.title, facts, _report(cards, series), query(series))


def _facts(cards: Cards, series: Series, structure: Structure) -> Iterator[tuple[str, str]]:
    words, printer = cards.words, cards.printer
    yield "source", cards.source(series, structure)
    for label, name in (("survey", SURVEY), ("concept", CONCEPT)):
        code = series.attribute(name)
        if code and code not in cards.sheet.normal.get(name, ()) and name in structure.components:
            yield label, printer.code(structure.components[name], code)
    yield "frequency", printer.code(structure.components[FREQUENCY], series.key[FREQUENCY])
    if population := cards.detail(series, structure, cards.sheet.told):
        yield "population", population
    if unit := words.get(f"unit.{series.attribute(UNIT)}", ""):
        yield "unit", unit
    valued = [one for one in series.observations if one.decimal is not None]
    if valued:
        yield "periods", f"{printer.period(valued[0])} – {printer.period(valued[-1])}"
    breaks = [printer.period(one) for one in valued if is_break(one, cards.sheet)]
    yield "breaks", words.list(breaks) if breaks else words("method.no_breaks")


def _report(cards: Cards, series: Series) -> str:
    registry = cards.chooser.reader.snapshot.registry
    reports = registry.reports_of(series.dataflow, series.provider)
    language = cards.sheet.site_language(cards.words.language)
    return f"/{language}/quality/{reports[0].id}" if reports else ""
