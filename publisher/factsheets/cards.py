"""Headline cards: one figure, its change, its source, and what other sources say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from publisher.factsheets import spark
from publisher.factsheets.choice import Change, Chooser, change, interval
from publisher.factsheets.definition import Question
from publisher.factsheets.figures import Series
from publisher.factsheets.printed import Number, Printer
from publisher.factsheets.rules import Rule
from publisher.structures.definition import Definition as Structure


@dataclass(frozen=True)
class Rival:
    """The latest figure of another source."""

    number: Number
    source: str
    detail: str  # where its key differs: "Annual, 15 years and over"


@dataclass(frozen=True)
class Card:
    id: str
    title: str
    detail: str  # "15 years and over"
    number: Number | None  # None: no source has a figure
    source: str
    change: str  # in words
    direction: str  # up | down | same | unsure | break | none
    since: str  # period the change is counted from; "" without one
    rivals: tuple[Rival, ...]
    spark: str = ""  # path of the last values
    interval: str = ""  # within what the figure may err; "": not published
    series: Series | None = None
    reason: str = ""  # why this source and not another
    decided_by: str = ""
    reason_language: str = ""  # set where the reason is not in the sheet's language


class Cards:
    """Makes the cards of one sheet and remembers which series they show."""

    def __init__(self, chooser: Chooser, printer: Printer) -> None:
        self.chooser, self.printer = chooser, printer
        self.sheet, self.words = printer.sheet, printer.words
        self.shown: list[tuple[str, Series]] = []

    def card(self, question: Question, area: str) -> Card:
        structure = self.chooser.reader.structure(question.dataflow)
        chosen = self.chooser.ask(question, area)
        title = self.title("headline", question, structure)
        if chosen.first is None:
            rivals = tuple(self._rival(one, None, structure) for one in chosen.rivals)
            absent = self.words("missing.none")
            return Card(question.id, title, "", None, "", absent, "none", "", rivals)
        series = chosen.first
        self.shown.append((title, series))
        number = self._latest(series, structure)
        rivals = tuple(self._rival(one, series, structure) for one in chosen.rivals)
        moved = change(series, self.sheet, self.printer.unit(series).change)
        return Card(
            id=question.id,
            title=title,
            detail=self.detail(series, structure, self.sheet.told),
            number=number,
            source=self.source(series, structure),
            change=self._change(moved, series),
            direction=direction(moved, self._decimals(moved, series)),
            since=moved.since.period if moved.since else "",
            rivals=rivals,
            spark=spark.path(series, self.sheet),
            interval=self._interval(series),
            series=series,
            **self._reason(chosen.rule),
        )

    def _reason(self, rule: Rule | None) -> dict[str, str]:
        """Why, and who decided it; in English, and marked so, where neither table nor words have it."""
        if rule is None:
            return {}
        reason, language = self._said(rule.reasons)
        decided_by, _ = self._said(rule.deciders)
        return {"reason": reason, "decided_by": decided_by, "reason_language": language}

    def _said(self, texts: Mapping[str, str]) -> tuple[str, str]:
        """The text, and its language where it is not the sheet's."""
        own = self.words.language
        english = texts.get("en", "")
        said = texts.get(own) or self.words.get(f"reason.{english}", "")
        if said or own == "en":
            return said, ""
        return (self.words.foreign(english, "en"), "en") if english else ("", "")

    def title(self, kind: str, question: Question, structure: Structure) -> str:
        """The sheet's own title, else the indicator's name."""
        if own := self.words.get(f"{kind}.{question.id}", ""):
            return own
        component = structure.components.get("INDICATOR")
        return self.printer.code(component, question.key.get("INDICATOR", "")) if component else question.id

    def source(self, series: Series, structure: Structure) -> str:
        return self.printer.code(structure.components[self.sheet.source], series.key[self.sheet.source])

    def detail(self, series: Series, structure: Structure, dimensions: Sequence[str]) -> str:
        """The names of the codes of `dimensions`, but totals."""
        total = self.sheet.defaults.get("*", "")
        codes = [(name, series.key[name]) for name in dimensions if name in series.key]
        names = [self.printer.code(structure.components[name], code) for name, code in codes if code != total]
        return self.words.list(names)

    def _latest(self, series: Series, structure: Structure) -> Number | None:
        latest = series.latest
        return self.printer.referred(self.printer.number(series, latest, structure)) if latest else None

    def _rival(self, one: Series, chosen: Series | None, structure: Structure) -> Rival:
        latest = one.latest
        assert latest is not None, "a rival has a figure"
        differing = [n for n in one.key if n not in (self.sheet.source, self.sheet.area)]
        differing = [n for n in differing if chosen is None or one.key[n] != chosen.key.get(n)]
        told = [n for n in (*self.sheet.told, "FREQ") if n in differing]
        number = self.printer.referred(self.printer.number(one, latest, structure))
        return Rival(number, self.source(one, structure), self.detail(one, structure, told))

    def _decimals(self, moved: Change, series: Series) -> int:
        return self.printer.unit(series).decimals if moved.kind == "points" else 1

    def _change(self, moved: Change, series: Series) -> str:
        """The change in words: +0,28 poin dari 2024."""
        since = self.printer.period(moved.since) if moved.since else ""
        if moved.value is None:
            return self.words(f"change.{moved.kind}", period=since)
        if direction(moved, self._decimals(moved, series)) == "same":
            return self.words("change.same", period=since)
        text = self.words.number(moved.value, self._decimals(moved, series), signed=True)
        said = self.words(f"change.{moved.kind}", change=text, period=since)
        return said if moved.is_significant else self.words("change.unsure", change=said)

    def _interval(self, series: Series) -> str:
        bounds = interval(series.latest, self.sheet) if series.latest else None
        if bounds is None:
            return ""
        low, high = (self.printer.digits(series, bound, 0) for bound in bounds)
        return self.words("interval", low=low, high=high)


def direction(moved: Change, decimals: int) -> str:
    """up | down | same, as far as the printed digits tell; unsure, break or none when nothing may be said."""
    if moved.value is None:
        return moved.kind
    half = moved.value.scaleb(decimals) * 2
    if abs(half) < 1:
        return "same"
    return "unsure" if not moved.is_significant else "up" if half > 0 else "down"
