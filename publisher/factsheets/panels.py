"""Chart panels: a drawing, its description in words, and the table with the same figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.factsheets.cards import Cards
from publisher.factsheets.figures import Series
from publisher.factsheets.notes import Note, Reference
from publisher.factsheets.printed import Data, Number, data
from publisher.structures.definition import Definition as Structure

Draw = Callable[[str, Sequence[Mapping[str, Any]]], str]  # specification, rows → SVG


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
    references: tuple[Reference, ...] = ()  # notes that hold for all of the row
    tag: str = ""  # what is said of the row beside its head
    with_units: bool = False  # the figures of a column are in thousands here and in millions there


@dataclass(frozen=True)
class Table:
    corner: str  # head of the column of row heads
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]  # seen at once
    more: tuple[Row, ...] = ()  # behind a disclosure
    more_title: str = ""


@dataclass(frozen=True)
class Panel:
    id: str
    title: str
    subtitle: str = ""
    svg: str = ""
    alt: str = ""
    table: Table | None = None
    source: str = ""
    note: str = ""
    data: Data | None = None  # None: nothing to take away


class Maker:
    """What all kinds of panels need; `shown` collects the series they show, with the panel's title."""

    def __init__(self, cards: Cards, draw: Draw, area: str) -> None:
        self.cards, self.draw, self.area = cards, draw, area
        self.chooser, self.printer = cards.chooser, cards.printer
        self.sheet, self.words = cards.sheet, cards.words
        self.shown: list[tuple[str, Series]] = []

    def subtitle(self, series: Series, structure: Structure, unit: str) -> str:
        parts = (self.cards.detail(series, structure, self.sheet.told), unit)
        return self.words.list([part for part in parts if part])

    def name(self, structure: Structure, dimension: str, code: str) -> str:
        return self.printer.code(structure.components[dimension], code)

    def area_name(self, structure: Structure, area: str) -> str:
        return self.name(structure, self.sheet.area, area)

    def data(self, series: Sequence[Series], since: str = "") -> Data | None:
        """Where the figures of `series` are taken from; None where they are not of one dataflow."""
        language = self.sheet.site_language(self.words.language)
        return data(series, since, language) if len({one.dataflow for one in series}) == 1 else None

    def cells(self, numbers: Iterable[Number | None], skip: Iterable[Note]) -> tuple[Number | None, ...]:
        """Numbers with marks for their notes, but for those told in a head."""
        told = frozenset(skip)
        return tuple(self.printer.referred(number, told) if number else None for number in numbers)

    def marks(self, notes: Iterable[Note]) -> tuple[Reference, ...]:
        return tuple(self.printer.notes.refer(note) for note in notes)


def shared(numbers: Iterable[Number | None]) -> tuple[Note, ...]:
    """Notes that every one of the figures has."""
    columns = [number.notes for number in numbers if number and not number.missing]
    return tuple(note for note in columns[0] if all(note in notes for notes in columns)) if columns else ()


def unit_of(numbers: Iterable[Number | None]) -> str:
    return next((number.unit for number in numbers if number and number.unit), "")
