"""Figures for the whole region, from its members' figures of one period; told is how, or nothing is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from publisher.factsheets.choice import ordinal
from publisher.factsheets.definition import Aggregate, Question
from publisher.factsheets.figures import Observation, Series
from publisher.factsheets.panels import Head, Maker, Row, Table
from publisher.factsheets.printed import Number
from publisher.structures.definition import Definition as Structure

Figures = Mapping[str, tuple[Series, Observation]]  # area → its figure of the period


@dataclass(frozen=True)
class Whole:
    """One aggregate with what it was made of."""

    id: str
    title: str
    text: str  # "" when not shown
    unit: str
    value: str  # exact, as computed here
    period: str
    detail: str
    rule: str  # how it was made, and what it covers
    source: str
    table: Table | None  # members' figures, and their weights
    note: str = ""  # why it is not shown


def whole(maker: Maker, aggregate: Aggregate, areas: Sequence[str]) -> Whole:
    """The newest period that enough members have a figure of."""
    structure = maker.chooser.reader.structure(aggregate.dataflow)
    title = maker.cards.title("aggregate", aggregate, structure)
    figures = _series(maker, aggregate, areas)
    weights = _series(maker, _weight(maker, aggregate), areas) if aggregate.weight else {}
    for period in _periods(figures):
        parts = _at(figures, period)
        shares = _at(weights, period) if weights else {}
        covered = _coverage(parts, shares, areas, bool(aggregate.weight))
        if covered is not None and covered >= aggregate.coverage:
            return _made(maker, aggregate, structure, title, parts, shares, areas, covered)
    told = maker.words("aggregate.none", coverage=aggregate.coverage)
    return Whole(aggregate.id, title, "", "", "", "", "", "", "", None, told)


def _weight(maker: Maker, aggregate: Aggregate) -> Question:
    return next(one for one in maker.sheet.weights if one.id == aggregate.weight)


def _series(maker: Maker, question: Question, areas: Sequence[str]) -> dict[str, Series]:
    chosen = {area: maker.chooser.ask(question, area).first for area in areas}
    return {area: series for area, series in chosen.items() if series}


def _periods(series: Mapping[str, Series]) -> list[str]:
    """Newest first."""
    found = {one.period for each in series.values() for one in each.observations if one.decimal is not None}
    return sorted(found, key=lambda period: (ordinal(period) or 0, period), reverse=True)


def _at(series: Mapping[str, Series], period: str) -> Figures:
    return {
        area: (each, one)
        for area, each in series.items()
        for one in each.observations
        if one.period == period and one.decimal is not None
    }


def _coverage(parts: Figures, shares: Figures, areas: Sequence[str], is_weighted: bool) -> int | None:
    """Per cent, rounded down; None where the weights of some member are not known."""
    if not is_weighted:
        return len(parts) * 100 // len(areas)
    if set(shares) != set(areas):
        return None
    total = sum(_value(one) for one in shares.values())
    covered = sum(_value(shares[area]) for area in parts)
    return int(covered * 100 / total) if total else None


def _value(figure: tuple[Series, Observation]) -> Decimal:
    series, observation = figure
    return (observation.decimal or Decimal(0)).scaleb(int(series.attribute("UNIT_MULT") or 0))


def computed(parts: Figures, shares: Figures) -> Decimal:
    """The sum, or the mean by weights, of the released figures."""
    if not shares:
        return sum((one.decimal or Decimal(0) for _, one in parts.values()), Decimal(0))
    pairs = ((one.decimal or Decimal(0), _value(shares[area])) for area, (_, one) in parts.items())
    weighted = sum((figure * weight for figure, weight in pairs), Decimal(0))
    total = sum((_value(shares[area]) for area in parts), Decimal(0))
    return weighted / total


def _made(
    maker: Maker,
    aggregate: Aggregate,
    structure: Structure,
    title: str,
    parts: Figures,
    shares: Figures,
    areas: Sequence[str],
    covered: int,
) -> Whole:
    series, observation = next(iter(parts.values()))
    exact = computed(parts, shares)
    rule = maker.printer.unit(series)
    shift, unit = maker.printer.scale(series, rule, exact)
    kind = "mean" if shares else "sum"
    maker.shown += [(title, one) for one, _ in parts.values()]
    return Whole(
        id=aggregate.id,
        title=title,
        text=maker.words.number(exact.scaleb(-shift), rule.decimals),
        unit=unit,
        value=str(exact),
        period=maker.printer.period(observation),
        detail=maker.cards.detail(series, structure, maker.sheet.told),
        rule=maker.words(
            f"aggregate.{kind}",
            count=len(parts),
            total=len(areas),
            coverage=covered,
            least=aggregate.coverage,
        ),
        source=maker.cards.source(series, structure),
        table=_table(maker, structure, parts, shares),
    )


def _table(maker: Maker, structure: Structure, parts: Figures, shares: Figures) -> Table:
    heads = [Head(maker.words("table.value"))]
    heads += [Head(maker.words("aggregate.weight"))] if shares else []
    rows = [
        Row(
            maker.area_name(structure, area),
            maker.cells(_cells(maker, area, parts, shares), ()),
            with_units=True,
        )
        for area in parts
    ]
    return Table(maker.words("table.area"), tuple(heads), tuple(rows))


def _cells(maker: Maker, area: str, parts: Figures, shares: Figures) -> list[Number | None]:
    figures = [parts[area], *([shares[area]] if shares else [])]
    made = []
    for series, observation in figures:
        structure = maker.chooser.reader.structure(series.dataflow.short)
        made.append(maker.printer.number(series, observation, structure))
    return list(made)
