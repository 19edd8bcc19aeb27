"""Chart panels: the drawing, its description and the table with the same figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.factsheets import alt
from publisher.factsheets.cards import Cards
from publisher.factsheets.choice import Chosen, is_break, ordinal
from publisher.factsheets.definition import Chart, Comparison
from publisher.factsheets.figures import Observation, Series
from publisher.factsheets.notes import Note, Reference
from publisher.factsheets.printed import Number, query
from publisher.structures.definition import Definition as Structure
from publisher.structures.periods import parse as span

Draw = Callable[[str, Sequence[Mapping[str, Any]]], str]  # specification, rows → SVG
WIDE = 9  # per cent of a bar that holds a number


@dataclass(frozen=True)
class Head:
    text: str
    references: tuple[Reference, ...] = ()
    href: str = ""  # the query for the whole column


@dataclass(frozen=True)
class Row:
    head: str
    cells: tuple[Number | None, ...]  # None: no observation
    is_break: bool = False
    own: bool = False  # the area that the sheet is about
    texts: tuple[str, ...] = ()  # further cells that are not figures


@dataclass(frozen=True)
class Table:
    caption: str
    corner: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]  # seen at once
    more: tuple[Row, ...] = ()  # behind a disclosure
    more_title: str = ""


@dataclass(frozen=True)
class Panel:
    id: str
    title: str
    subtitle: str
    svg: str
    alt: str
    table: Table | None
    source: str
    note: str = ""


class Panels:
    def __init__(self, cards: Cards, draw: Draw, area: str) -> None:
        self.cards, self.draw, self.area = cards, draw, area
        self.chooser, self.printer = cards.chooser, cards.printer
        self.sheet, self.words = cards.sheet, cards.words
        self.shown: list[tuple[str, Series]] = []

    def chart(self, chart: Chart) -> Panel:
        """The panel of one chart. Without figures it says so and has neither drawing nor table."""
        structure = self.chooser.reader.structure(chart.dataflow)
        title = self.cards.title("chart", chart, structure)
        by = {
            name: codes
            for name, codes in ((chart.series, chart.codes), (chart.parts, chart.part_codes))
            if name
        }
        chosen = self.chooser.ask(chart, self.area, by)
        if chosen.first is None:
            return Panel(chart.id, title, "", "", "", None, "", self.words("missing.none"))
        self.shown += [(title, series) for series in chosen.series.values()]
        make = self._bars if chart.parts else self._lines
        return make(chart, structure, title, chosen)

    # -- lines --------------------------------------------------------------------------------

    def _lines(self, chart: Chart, structure: Structure, title: str, chosen: Chosen) -> Panel:
        series = self._ordered(chart, chosen)
        names = [self._name(chart, structure, code, one) for code, one in series]
        columns = [self._window(chart, one) for _, one in series]
        numbers = [
            {o.period: self.printer.number(one, o, structure) for o in window}
            for (_, one), window in zip(series, columns, strict=True)
        ]
        lines = [
            alt.Line(name, tuple(self._point(o, column[o.period]) for o in window))
            for name, window, column in zip(names, columns, numbers, strict=True)
        ]
        unit = next((n.unit for column in numbers for n in column.values() if n.unit), "")
        rows = [
            row
            for name, line, window in zip(names, lines, columns, strict=True)
            for row in _plot(name, line, window)
        ]
        first = series[0][1]
        return Panel(
            id=chart.id,
            title=title,
            subtitle=self.words.list(
                [p for p in (self.cards.detail(first, structure, self.sheet.told), unit) if p]
            ),
            svg=self.draw(chart.spec, _labelled(rows)),
            alt=alt.describe_lines(title, self._area(structure, self.area), unit, lines, self.words),
            table=self._table(title, names, series, numbers, columns),
            source=self.cards.source(first, structure),
        )

    def _ordered(self, chart: Chart, chosen: Chosen) -> list[tuple[str, Series]]:
        """Series in the order that the chart names their codes."""
        codes = chart.codes or ("",)
        return [(code, chosen.series[code]) for code in codes if code in chosen.series]

    def _name(self, chart: Chart, structure: Structure, code: str, series: Series) -> str:
        if chart.series:
            return self.printer.code(structure.components[chart.series], code)
        return self.cards.source(series, structure)

    def _window(self, chart: Chart, series: Series) -> tuple[Observation, ...]:
        most = chart.last.get(series.attribute("FREQ"), 30)
        return series.observations[-most:]

    def _point(self, observation: Observation, number: Number) -> alt.Point:
        period = self.printer.period(observation)
        return alt.Point(period, observation.decimal, number.text, is_break(observation, self.sheet))

    def _table(
        self,
        title: str,
        names: Sequence[str],
        series: Sequence[tuple[str, Series]],
        numbers: Sequence[Mapping[str, Number]],
        columns: Sequence[Sequence[Observation]],
    ) -> Table:
        """Newest first; a note that holds for a whole column stands in its head."""
        shared = [_shared(column.values()) for column in numbers]
        heads = tuple(
            Head(name, tuple(self.printer.notes.refer(note) for note in notes), query(one))
            for name, notes, (_, one) in zip(names, shared, series, strict=True)
        )
        known = {o.period: o for column in columns for o in column}
        rows = []
        for period in sorted(known, key=lambda p: (ordinal(p) or 0, p), reverse=True):
            found = [(column.get(period), skip) for column, skip in zip(numbers, shared, strict=True)]
            cells = tuple(self.printer.referred(n, frozenset(skip)) if n else None for n, skip in found)
            rows.append(Row(self.printer.period(known[period]), cells, is_break(known[period], self.sheet)))
        seen, more = rows[: self.sheet.table_rows], rows[self.sheet.table_rows :]
        span_text = f"{more[-1].head} – {more[0].head}" if more else ""
        more_title = self.words("table.more", count=len(more), span=span_text)
        return Table(title, self.words("table.period"), heads, tuple(seen), tuple(more), more_title)

    # -- bars ---------------------------------------------------------------------------------

    def _bars(self, chart: Chart, structure: Structure, title: str, chosen: Chosen) -> Panel:
        """A bar for each series and period, divided into parts."""
        parts = [self.printer.code(structure.components[chart.parts], code) for code in chart.part_codes]
        rows: list[dict[str, Any]] = []
        table: list[tuple[str, list[Number | None]]] = []
        for code in chart.codes:
            by_part = [chosen.series.get(f"{code}/{part}") for part in chart.part_codes]
            name = self.printer.code(structure.components[chart.series], code)
            for period in _stepped([one for one in by_part if one], chart):
                bar = f"{name}, {self.words.period(period)}"
                cells = [self._at(one, period, structure) for one in by_part]
                table.append((bar, cells))
                rows += [
                    _segment(bar, part, place, n)
                    for place, (part, n) in enumerate(zip(parts, cells, strict=True))
                ]
        numbers = [n for _, cells in table for n in cells if n]
        shared = _shared(numbers)
        heads = tuple(
            Head(part, tuple(self.printer.notes.refer(note) for note in shared) if not place else ())
            for place, part in enumerate(parts)
        )
        made = tuple(
            Row(bar, tuple(self.printer.referred(n, frozenset(shared)) if n else None for n in cells))
            for bar, cells in table
        )
        first = next(iter(chosen.series.values()))
        unit = numbers[0].unit if numbers else ""
        bars = [
            alt.Line(
                row.head,
                tuple(alt.Point(p, None, n.text) for p, n in zip(parts, row.cells, strict=True) if n),
            )
            for row in made
        ]
        detail = self.cards.detail(first, structure, self.sheet.told)
        return Panel(
            id=chart.id,
            title=title,
            subtitle=self.words.list([part for part in (detail, unit) if part]),
            svg=self.draw(chart.spec, rows),
            alt=alt.describe_bars(title, self._area(structure, self.area), unit, bars, self.words),
            table=Table(title, self.words("table.group"), heads, made),
            source=self.cards.source(first, structure),
        )

    def _at(self, series: Series | None, period: str, structure: Structure) -> Number | None:
        found = next((o for o in series.observations if o.period == period), None) if series else None
        return self.printer.number(series, found, structure) if series and found else None

    # -- the region ---------------------------------------------------------------------------

    def comparison(self, comparison: Comparison, areas: Sequence[str]) -> Panel:
        """All areas by their latest figure, highest first; those without one last, and said so."""
        structure = self.chooser.reader.structure(comparison.dataflow)
        title = self.cards.title("comparison", comparison, structure)
        found = {area: self.chooser.ask(comparison, area).first for area in areas}
        numbers: dict[str, Number | None] = {}
        values: dict[str, Any] = {}
        for area, series in found.items():
            latest = series.latest if series else None
            numbers[area] = self.printer.number(series, latest, structure) if series and latest else None
            values[area] = latest.decimal if latest else None
        names = {area: self._area(structure, area) for area in areas}
        ranked = sorted(areas, key=lambda a: (values[a] is None, -(values[a] or 0), names[a]))
        self.shown += [(title, s) for a, s in found.items() if s and a == self.area]
        shared = _shared(n for n in numbers.values() if n)
        heads = (Head(self.words("table.value"), tuple(self.printer.notes.refer(note) for note in shared)),)
        rows = []
        for area in ranked:
            number = numbers[area]
            printed = self.printer.referred(number, frozenset(shared)) if number else None
            period = number.period_text if number else ""
            rows.append(Row(names[area], (printed,), own=area == self.area, texts=(period,)))
        unit = next((n.unit for n in numbers.values() if n and n.unit), "")
        points = [
            alt.Point(names[a], values[a], _text(numbers[a], self.words("missing.none"))) for a in ranked
        ]
        first = next((s for s in found.values() if s), None)
        counted = sum(value is not None for value in values.values())
        return Panel(
            id=f"region-{comparison.id}",
            title=title,
            subtitle=self.words.list(
                [self.cards.detail(first, structure, self.sheet.told) if first else "", unit]
            ),
            svg=self.draw(comparison.spec, [self._dot(a, names, numbers[a], values[a]) for a in ranked]),
            alt=alt.describe_ranking(title, unit, names.get(self.area, self.area), points, self.words),
            table=Table(title, self.words("table.area"), heads, tuple(rows)),
            source=self.cards.source(first, structure) if first else "",
            note=self.words("comparison.note", count=counted, total=len(areas)),
        )

    def _dot(self, area: str, names: Mapping[str, str], number: Number | None, value: Any) -> dict[str, Any]:
        own = area == self.area
        label = f"{number.text} ({number.period_text})" if number and value is not None else ""
        return {
            "area": ("▸ " if own else "") + names[area],
            "value": None if value is None else float(value),
            "place": 0.0 if value is None else float(value),
            "own": own,
            "label": label or _text(number, self.words("missing.none")),
        }

    def _area(self, structure: Structure, area: str) -> str:
        return self.printer.code(structure.components[self.sheet.area], area)


def _text(number: Number | None, default: str) -> str:
    return number.text if number else default


def _shared(numbers: Iterable[Number]) -> tuple[Note, ...]:
    """Notes that every one of several figures has."""
    columns = [number.notes for number in numbers if not number.missing]
    return tuple(n for n in columns[0] if all(n in notes for notes in columns)) if len(columns) > 1 else ()


def _stepped(series: Sequence[Series], chart: Chart) -> list[str]:
    """The latest period that all parts have and those whole steps before it."""
    common = set.intersection(*({o.period for o in one.observations} for one in series)) if series else set()
    newest_first = sorted(common, key=lambda p: ordinal(p) or 0, reverse=True)
    if not newest_first:
        return []
    end, step = ordinal(newest_first[0]) or 0, chart.step or 1
    kept = [p for p in newest_first if (end - (ordinal(p) or 0)) % step == 0]
    return kept[: chart.last.get(series[0].attribute("FREQ"), 3)]


def _segment(bar: str, part: str, place: int, number: Number | None) -> dict[str, Any]:
    value = float(number.value) if number and number.value else None
    text = number.text if number else ""
    return {
        "bar": bar,
        "part": part,
        "order": place,
        "value": value,
        "label": text,
        "wide": (value or 0) >= WIDE,
    }


def _plot(name: str, line: alt.Line, window: Sequence[Observation]) -> list[dict[str, Any]]:
    """Rows of a line: a new segment after a break or a gap, a dot where a line alone would mislead."""
    rows: list[dict[str, Any]] = []
    segment = 0
    for place, (point, observation) in enumerate(zip(line.points, window, strict=True)):
        before = ordinal(window[place - 1].period) if place else None
        gap = before is not None and (ordinal(observation.period) or 0) - before > 1
        segment += point.is_break or gap
        rows.append(
            {
                "time": span(observation.period).start.strftime("%Y-%m-%d"),
                "value": None if point.value is None else float(point.value),
                "series": name,
                "mark": name,
                "segment": f"{name} {segment}",
                "is_break": point.is_break,
                "dot": False,
                "label": "",
                "below": False,
                "text": point.text,
            }
        )
    ends = [r for r in rows if r["value"] is not None]
    for row in ends:
        row["dot"] = (
            row is ends[-1] or row["is_break"] or sum(r["segment"] == row["segment"] for r in ends) == 1
        )
    return rows


def _labelled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last value of each line is written beside it: above the upper line, below the lower one."""
    last = {row["series"]: row for row in rows if row["value"] is not None}
    ranked = sorted(last.values(), key=lambda row: row["value"], reverse=True)
    for place, row in enumerate(ranked):
        if place in (0, len(ranked) - 1):
            row["label"], row["below"] = row["text"], place > 0
    for row in rows:
        del row["text"]
    return rows
