"""Stacked bars: the parts of a whole, for each group and a few periods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from publisher.factsheets import alt
from publisher.factsheets.choice import Chosen, ordinal
from publisher.factsheets.definition import Chart
from publisher.factsheets.figures import Series
from publisher.factsheets.panels import Head, Maker, Panel, Row, Table, shared, unit_of
from publisher.factsheets.printed import Number
from publisher.structures.definition import Definition as Structure

WIDE = 14  # per cent of a bar that holds a number

Bar = tuple[str, list[Number | None]]  # its name, the figures of its parts


def panel(maker: Maker, chart: Chart, structure: Structure, title: str, chosen: Chosen) -> Panel:
    """A bar for each code of the chart and each of its periods, divided into the chart's parts."""
    parts = [maker.name(structure, chart.parts, code) for code in chart.part_codes]
    bars = [bar for code in chart.codes for bar in _bars(maker, chart, structure, code, chosen)]
    numbers = [number for _, cells in bars for number in cells]
    told = shared(numbers)
    heads = tuple(Head(part, maker.marks(told)) for part in parts)
    lines = tuple(Row(name, maker.cells(cells, told)) for name, cells in bars)
    first = next(iter(chosen.series.values()))
    unit = unit_of(numbers)
    area = maker.area_name(structure, maker.area)
    return Panel(
        id=chart.id,
        title=title,
        subtitle=maker.subtitle(first, structure, unit),
        svg=maker.draw(chart.spec, [row for bar in bars for row in _segments(bar, parts)]),
        alt=alt.describe_bars(title, area, unit, [_described(bar, parts) for bar in bars], maker.words),
        table=Table(maker.words("table.group"), heads, lines),
        source=maker.cards.source(first, structure),
        data=maker.data(list(chosen.series.values()), min((n.period for n in numbers if n), default="")),
    )


def _bars(maker: Maker, chart: Chart, structure: Structure, code: str, chosen: Chosen) -> list[Bar]:
    by_part = [chosen.series.get(f"{code}/{part}") for part in chart.part_codes]
    name = maker.name(structure, chart.series, code)
    return [
        (f"{name}, {maker.words.period(period)}", [_at(maker, one, period, structure) for one in by_part])
        for period in stepped([one for one in by_part if one], chart)
    ]


def _at(maker: Maker, series: Series | None, period: str, structure: Structure) -> Number | None:
    if series is None:
        return None
    found = next((o for o in series.observations if o.period == period), None)
    return maker.printer.number(series, found, structure) if found else None


def stepped(series: Sequence[Series], chart: Chart) -> list[str]:
    """The latest period that all parts have, and those whole steps before it; newest first."""
    if not series:
        return []
    common = set.intersection(*({o.period for o in one.observations} for one in series))
    newest_first = sorted(common, key=lambda p: ordinal(p) or 0, reverse=True)
    step = chart.step or 1
    end = ordinal(newest_first[0]) or 0 if newest_first else 0
    kept = [period for period in newest_first if (end - (ordinal(period) or 0)) % step == 0]
    return kept[: chart.last.get(series[0].attribute("FREQ"), 3)]


def _segments(bar: Bar, parts: Sequence[str]) -> list[dict[str, Any]]:
    name, cells = bar
    return [
        {
            "bar": name,
            "part": part,
            "order": place,
            "value": value,
            "label": number.text if number else "",
            "wide": (value or 0) >= WIDE,
        }
        for place, (part, number) in enumerate(zip(parts, cells, strict=True))
        for value in [float(number.value) if number and number.value else None]
    ]


def _described(bar: Bar, parts: Sequence[str]) -> alt.Line:
    name, cells = bar
    pairs = zip(parts, cells, strict=True)
    return alt.Line(name, tuple(alt.Point(part, None, number.text) for part, number in pairs if number))
