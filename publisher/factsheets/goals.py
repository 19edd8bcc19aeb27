"""Progress on the goals: the latest figure of each indicator beside the one that progress is counted from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from publisher.factsheets.cards import Cards
from publisher.factsheets.choice import comparable, interval, overlap
from publisher.factsheets.definition import Goal
from publisher.factsheets.figures import Observation, Series
from publisher.factsheets.printed import Number


@dataclass(frozen=True)
class Progress:
    id: str
    number: str  # "8.5.2"
    title: str
    latest: Number | None
    start: Number | None
    movement: str  # towards | away | same | unsure | break | none
    said: str  # the movement in words
    distance: str  # to the figure that the target names, in words; "": it names none
    missing: str = ""  # why there is no figure


def progress(cards: Cards, goal: Goal, area: str) -> Progress:
    """How `area` has moved since the goal's baseline, as far as that may be said."""
    title = cards.words(f"goal.{goal.id}")
    if not goal.sources:
        return Progress(
            goal.id, goal.number, title, None, None, "none", "", "", cards.words("missing.not_held")
        )
    structure = cards.chooser.reader.structure(goal.dataflow)
    series = cards.chooser.ask(goal, area).first
    if series is None or series.latest is None:
        return Progress(goal.id, goal.number, title, None, None, "none", "", "", cards.words("missing.none"))
    cards.shown.append((title, series))
    start = _start(series, goal.baseline)
    movement = _movement(cards, goal, series, start)
    printer = cards.printer
    first = printer.referred(printer.number(series, start, structure)) if start else None
    latest = printer.referred(printer.number(series, series.latest, structure))
    return Progress(
        id=goal.id,
        number=goal.number,
        title=title,
        latest=latest,
        start=first,
        movement=movement,
        said=cards.words(f"goal.{movement}"),
        distance=_distance(cards, goal, series),
    )


def _start(series: Series, baseline: str) -> Observation | None:
    """The first figure of the baseline or after, when a later one exists."""
    found = [one for one in series.observations if one.decimal is not None and one.period[:4] >= baseline]
    return found[0] if len(found) > 1 else None


def _movement(cards: Cards, goal: Goal, series: Series, start: Observation | None) -> str:
    latest = series.latest
    if start is None or latest is None or latest.decimal is None or start.decimal is None:
        return "none"
    if not comparable(series, cards.sheet, start, latest):
        return "break"
    apart = latest.decimal - start.decimal
    if abs(apart.scaleb(cards.printer.unit(series).decimals)) * 2 < 1:
        return "same"
    if overlap(interval(start, cards.sheet), interval(latest, cards.sheet)):
        return "unsure"
    return "towards" if (apart < 0) == (goal.better == "down") else "away"


def _distance(cards: Cards, goal: Goal, series: Series) -> str:
    latest = series.latest
    if not goal.aim or latest is None or latest.decimal is None:
        return ""
    aim, printer = Decimal(goal.aim), cards.printer
    left = abs(latest.decimal - aim)
    decimals = printer.unit(series).decimals
    written = cards.words.number(left, decimals)
    return cards.words("goal.distance", distance=written, aim=cards.words.number(aim, 0))
