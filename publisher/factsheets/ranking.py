"""The region: every member by its latest figure, highest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from publisher.factsheets import alt
from publisher.factsheets.choice import interval, overlap
from publisher.factsheets.definition import Comparison
from publisher.factsheets.figures import Series
from publisher.factsheets.panels import Head, Maker, Panel, Row, Table, shared, unit_of
from publisher.factsheets.printed import Number
from publisher.structures.definition import Definition as Structure


@dataclass(frozen=True)
class Member:
    area: str
    name: str
    series: Series | None
    number: Number | None  # None: no source has a figure
    value: Decimal | None
    own: bool


def panel(maker: Maker, comparison: Comparison, areas: Sequence[str]) -> Panel:
    """Members without a figure come last, and it is said of what kind their gap is."""
    structure = maker.chooser.reader.structure(comparison.dataflow)
    title = maker.cards.title("comparison", comparison, structure)
    found = [_member(maker, comparison, structure, area) for area in areas]
    members = sorted(found, key=lambda m: (m.value is None, -(m.value or 0), m.name))
    counted = sum(member.value is not None for member in members)
    if counted * 100 < comparison.coverage * len(areas):
        least = -(-comparison.coverage * len(areas) // 100)
        note = maker.words("comparison.uncovered", count=counted, total=len(areas), least=least)
        return Panel(f"region-{comparison.id}", title, note=note)
    maker.shown += [(title, member.series) for member in members if member.series and member.own]
    same = _not_different(maker, members)
    numbers = [member.number for member in members]
    told = shared(numbers)
    heads = (Head(maker.words("table.value"), maker.marks(told)),)
    lines = tuple(
        Row(
            m.name,
            maker.cells([m.number], told),
            own=m.own,
            texts=(m.number.period_text if m.number else "",),
            tag=maker.words("comparison.same") if m.area in same else "",
        )
        for m in members
    )
    unit, none = unit_of(numbers), maker.words("missing.none")
    first = next((member.series for member in members if member.series), None)
    points = [alt.Point(m.name, m.value, m.number.text if m.number else none) for m in members]
    own = maker.area_name(structure, maker.area)
    shown = [member.series for member in members if member.series]
    return Panel(
        id=f"region-{comparison.id}",
        title=title,
        subtitle=maker.subtitle(first, structure, unit) if first else unit,
        svg=maker.draw(comparison.spec, [_dot(member, none) for member in members]),
        alt=alt.describe_ranking(title, unit, own, points, maker.words),
        table=Table(maker.words("table.area"), heads, lines),
        source=maker.cards.source(first, structure) if first else none,
        note=maker.words("comparison.note", count=counted, total=len(areas)),
        data=maker.data(shown, min((n.period for n in numbers if n), default="")),
    )


def _not_different(maker: Maker, members: Sequence[Member]) -> frozenset[str]:
    """The members whose interval has a number in common with that of the sheet's own area."""
    bounds = {m.area: interval(m.series.latest, maker.sheet) for m in members if m.series and m.series.latest}
    own = next((bounds.get(member.area) for member in members if member.own), None)
    return frozenset(m.area for m in members if not m.own and overlap(own, bounds.get(m.area)))


def _member(maker: Maker, comparison: Comparison, structure: Structure, area: str) -> Member:
    series = maker.chooser.ask(comparison, area).first
    latest = series.latest if series else None
    number = maker.printer.number(series, latest, structure) if series and latest else None
    value = latest.decimal if latest else None
    return Member(area, maker.area_name(structure, area), series, number, value, area == maker.area)


def _dot(member: Member, none: str) -> Mapping[str, Any]:
    value = None if member.value is None else float(member.value)
    number = member.number
    text = number.text if number else none
    return {
        "area": ("▸ " if member.own else "") + member.name,
        "value": value,
        "place": value or 0.0,
        "own": member.own,
        "label": f"{text} ({number.period_text})" if number else text,
    }
