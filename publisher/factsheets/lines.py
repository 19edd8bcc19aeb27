"""Line charts: one or more series over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from publisher.factsheets import alt
from publisher.factsheets.choice import Chosen, is_break, ordinal
from publisher.factsheets.definition import Chart
from publisher.factsheets.figures import Observation, Series
from publisher.factsheets.notes import Note
from publisher.factsheets.panels import Head, Maker, Panel, Row, Table, shared, unit_of
from publisher.factsheets.printed import Number, query
from publisher.structures.definition import Definition as Structure
from publisher.structures.periods import parse as span

NEAR = 0.12  # share of a chart's height below which two labels would touch
APART = 8  # pixels that they are then moved


@dataclass(frozen=True)
class Column:
    """One line of the chart and column of the table."""

    name: str
    series: Series
    observations: tuple[Observation, ...]  # the newest, in time order
    numbers: Mapping[str, Number]  # by period
    line: alt.Line


def panel(maker: Maker, chart: Chart, structure: Structure, title: str, chosen: Chosen) -> Panel:
    """Series in the order that the chart names their codes, newest periods only."""
    codes = [code for code in chart.codes or ("",) if code in chosen.series]
    columns = [_column(maker, chart, structure, code, chosen.series[code]) for code in codes]
    unit = unit_of(number for column in columns for number in column.numbers.values())
    first = columns[0].series
    area = maker.area_name(structure, maker.area)
    drawn = rows(columns)
    return Panel(
        id=chart.id,
        title=title,
        subtitle=maker.subtitle(first, structure, unit),
        svg=maker.draw(chart.spec, drawn) if any(row["value"] is not None for row in drawn) else "",
        alt=alt.describe_lines(title, area, unit, [column.line for column in columns], maker.words),
        table=_table(maker, columns),
        source=maker.cards.source(first, structure),
        data=maker.data([column.series for column in columns], _since(columns)),
    )


def _since(columns: Sequence[Column]) -> str:
    """The first period shown."""
    shown = [one.period for column in columns for one in column.observations]
    return min(shown, key=lambda period: (ordinal(period) or 0, period), default="")


def _column(maker: Maker, chart: Chart, structure: Structure, code: str, series: Series) -> Column:
    newest = series.observations[-chart.last.get(series.attribute("FREQ"), 30) :]
    numbers = {o.period: maker.printer.number(series, o, structure) for o in newest}
    name = maker.name(structure, chart.series, code) if chart.series else maker.words("table.value")
    points = tuple(
        alt.Point(numbers[o.period].period_text, o.decimal, numbers[o.period].text, is_break(o, maker.sheet))
        for o in newest
    )
    return Column(name, series, newest, numbers, alt.Line(name, points))


def _table(maker: Maker, columns: Sequence[Column]) -> Table:
    """Newest first; a note that holds for a whole column stands in its head."""
    told = [shared(column.numbers.values()) for column in columns]
    heads = tuple(
        Head(column.name, maker.marks(notes), query(column.series))
        for column, notes in zip(columns, told, strict=True)
    )
    known = {o.period: o for column in columns for o in column.observations}
    newest_first = sorted(known, key=lambda p: (ordinal(p) or 0, p), reverse=True)
    lines = [_table_row(maker, columns, told, known[period]) for period in newest_first]
    seen, more = lines[: maker.sheet.table_rows], lines[maker.sheet.table_rows :]
    time = f"{more[-1].head} – {more[0].head}" if more else ""
    title = maker.words("table.more", count=len(more), span=time)
    return Table(maker.words("table.period"), heads, tuple(seen), tuple(more), title)


def _table_row(
    maker: Maker, columns: Sequence[Column], told: Sequence[tuple[Note, ...]], observation: Observation
) -> Row:
    """One period; a note that holds for all its figures stands beside the period."""
    numbers = [column.numbers.get(observation.period) for column in columns]
    common = tuple(note for note in shared(numbers) if not all(note in notes for notes in told))
    marks = maker.marks(common)
    pairs = zip(numbers, told, strict=True)
    cells = tuple(cell for number, notes in pairs for cell in maker.cells([number], (*notes, *common)))
    period = maker.printer.period(observation)
    return Row(period, cells, is_break(observation, maker.sheet), references=marks)


def rows(columns: Sequence[Column]) -> list[dict[str, Any]]:
    """The data of the drawing: the last value of each line is written beside it."""
    every = [row for column in columns for row in _line(column)]
    values = [row["value"] for row in every if row["value"] is not None]
    last = {row["series"]: row for row in every if row["value"] is not None}
    for row, moved in zip(last.values(), moves([r["value"] for r in last.values()], values), strict=True):
        row["label"], row["shift"] = row["text"], moved
    return [{name: value for name, value in row.items() if name != "text"} for row in every]


def moves(ends: Sequence[float], values: Sequence[float]) -> list[int]:
    """How far down each label goes so that it does not touch the next one."""
    height = (max(values) - min(values) if values else 0) or 1
    moved = [0] * len(ends)
    ranked = sorted(range(len(ends)), key=lambda place: -ends[place])
    for upper, lower in pairwise(ranked):
        if (ends[upper] - ends[lower]) / height < NEAR:
            moved[upper] -= APART
            moved[lower] += APART
    return moved


def _line(column: Column) -> list[dict[str, Any]]:
    """A new segment after a break or a gap; a dot where a line alone would mislead."""
    made: list[dict[str, Any]] = []
    segment, before = 0, None
    for point, observation in zip(column.line.points, column.observations, strict=True):
        place = ordinal(observation.period)
        gap = before is not None and place is not None and place - before > 1
        segment, before = segment + (point.is_break or gap), place
        value = None if point.value is None else float(point.value)
        made.append(_row(column.name, observation.period, value, segment, point))
    valued = [row for row in made if row["value"] is not None]
    lengths = [row["segment"] for row in valued]
    for row in valued:
        row["dot"] = row is valued[-1] or row["is_break"] or lengths.count(row["segment"]) == 1
    return made


def _row(name: str, period: str, value: float | None, segment: int, point: alt.Point) -> dict[str, Any]:
    return {
        "time": span(period).start.strftime("%Y-%m-%d"),
        "value": value,
        "series": name,
        "mark": name,  # the same again: a second legend would be merged with the first
        "segment": f"{name} {segment}",
        "is_break": point.is_break,
        "dot": False,
        "label": "",
        "shift": 0,
        "text": point.text,
    }
