"""What a chart shows, in words computed from the same figures: for those who cannot see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from publisher.factsheets.words import Words


@dataclass(frozen=True)
class Point:
    period: str  # as printed
    value: Decimal | None
    text: str  # as printed
    is_break: bool = False


@dataclass(frozen=True)
class Line:
    name: str
    points: tuple[Point, ...]  # in time order


def describe_lines(title: str, area: str, unit: str, lines: Sequence[Line], words: Words) -> str:
    """Kind of chart, subject and span, then for each line its trend, extremes, last value and breaks."""
    periods = [point for line in lines for point in line.points]
    if not periods:
        return words("alt.empty", title=title, area=area)
    longest = max(lines, key=lambda line: len(line.points)).points
    head = words(
        "alt.line", title=title, area=area, unit=unit, start=longest[0].period, end=longest[-1].period
    )
    return " ".join([head, *(_line(line, words) for line in lines)])


def _line(line: Line, words: Words) -> str:
    valued = [(point, point.value) for point in line.points if point.value is not None]
    if not valued:
        return words("alt.no_values", name=line.name)
    first, last = valued[0], valued[-1]
    high, low = max(valued, key=lambda pair: pair[1]), min(valued, key=lambda pair: pair[1])
    name: Callable[[Point], dict[str, str]] = lambda point: {"value": point.text, "period": point.period}  # noqa: E731
    parts = [
        words(
            f"alt.{trend(first[1], last[1])}",
            name=line.name,
            first=first[0].text,
            start=first[0].period,
            last=last[0].text,
            end=last[0].period,
        ),
        words("alt.highest", **name(high[0])) + words("alt.lowest", **name(low[0])),
        *(words("alt.break", period=point.period) for point in line.points if point.is_break),
    ]
    return " ".join(parts)


def trend(first: Decimal, last: Decimal) -> str:
    """rose | fell | same"""
    return "rose" if last > first else "fell" if last < first else "same"


def describe_bars(title: str, area: str, unit: str, bars: Sequence[Line], words: Words) -> str:
    """Each bar with its parts; the period of a point is the name of the part."""
    if not bars:
        return words("alt.empty", title=title, area=area)
    head = words("alt.bars", title=title, area=area, unit=unit)
    return " ".join([head, *(_bar(bar, words) for bar in bars)])


def _bar(bar: Line, words: Words) -> str:
    parts = words.list([f"{point.period} {point.text}" for point in bar.points])
    return words("alt.bar", name=bar.name, parts=parts)


def describe_ranking(title: str, unit: str, area: str, points: Sequence[Point], words: Words) -> str:
    """Highest, lowest and the area's own place; `period` of a point is the name of its area."""
    valued = sorted(
        ((point, point.value) for point in points if point.value is not None),
        key=lambda pair: (pair[1], pair[0].period),
        reverse=True,
    )
    if not valued:
        return words("alt.empty", title=title, area=area)
    high, low = valued[0][0], valued[-1][0]
    text = words(
        "alt.ranking",
        title=title,
        unit=unit,
        count=len(valued),
        total=len(points),
        high=high.period,
        high_value=high.text,
        low=low.period,
        low_value=low.text,
    )
    own = next((place for place, (point, _) in enumerate(valued, 1) if point.period == area), None)
    if own is None:
        return text + " " + words("alt.ranking_none", area=area)
    return text + " " + words("alt.ranking_own", area=area, value=valued[own - 1][0].text, place=own)
