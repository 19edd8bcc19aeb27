"""What the first page shows: what is new, one comparison of the areas, topics, providers, counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from publisher.errors import StructureError
from publisher.factsheets import definition, rules, words
from publisher.factsheets.build import concerns, members
from publisher.factsheets.cards import Cards
from publisher.factsheets.choice import Chooser
from publisher.factsheets.definition import Comparison
from publisher.factsheets.figures import Reader
from publisher.factsheets.notes import Notes
from publisher.factsheets.printed import Printer
from publisher.web import coming as calendar
from publisher.web import dataset, sheets
from publisher.web.context import Lmis
from publisher.web.names import Names

if TYPE_CHECKING:
    from publisher.store import Snapshot

NEWEST, COMING = 5, 3


@dataclass(frozen=True)
class Bar:
    """One area in a comparison, its figure as printed."""

    area: str
    name: str
    value: str
    period: str
    href: str  # the query that returns the figure
    width: int  # of 100, for the largest


@dataclass(frozen=True)
class Table:
    title: str
    detail: str
    unit: str
    source: str
    bars: tuple[Bar, ...]


def build(lmis: Lmis, names: Names) -> dict[str, Any]:
    """The values of the first page's template."""
    stays = lmis.once(("home", names.words.language), lambda: _of_vintage(lmis, names))
    return {**stays, "names": names, "coming": calendar.lines_ahead(lmis, names)[:COMING]}


def _of_vintage(lmis: Lmis, names: Names) -> dict[str, Any]:
    """What stays the same until the next release."""
    return {
        "dataset_count": lmis.ask("package_search", rows=0)["count"],
        "observation_count": sum(_observations(lmis.snapshot())),
        "newest": dataset.every_release(lmis)[:NEWEST],
        "topics": _used(lmis.members("group")),
        "providers": _used(lmis.members("organization")),
        "sheets": sheets.index(lmis, names),
        "comparisons": comparisons(lmis, names.words.language),
    }


def _observations(snapshot: Snapshot) -> Iterator[int]:
    """Of each dataset as its provider last released it."""
    for (flow, _), release in snapshot.heads.items():
        yield int(snapshot.manifest(release)["flows"][flow]["observations"])


def _used(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record for record in records if record["package_count"]]


def comparisons(lmis: Lmis, language: str) -> tuple[Table, ...]:
    """The comparisons of the fact sheets; none in a language that the sheets do not have."""
    if not concerns(lmis.snapshot(), lmis.settings):
        return ()
    try:
        sheet = definition.load(lmis.settings)
        spoken = words.load(lmis.settings, language)
        areas = members(lmis.snapshot(), sheet)
    except StructureError:
        return ()
    snapshot = lmis.snapshot()
    frozen = sorted(snapshot.path("structures", snapshot.record["structures"]).iterdir())
    kept = {name: rules.load(frozen, table.file, table.columns) for name, table in sheet.rules.items()}
    chooser = Chooser(Reader(snapshot), sheet, kept, areas)
    cards = Cards(chooser, Printer(sheet, spoken, Notes(sheet)))
    made = (_table(cards, comparison, areas) for comparison in sheet.comparisons)
    return tuple(table for table in made if table.bars)


def _table(cards: Cards, comparison: Comparison, areas: tuple[str, ...]) -> Table:
    structure = cards.chooser.reader.structure(comparison.dataflow)
    chosen = {area: cards.chooser.ask(comparison, area).first for area in areas}
    found = [
        (area, s, s.latest) for area, s in chosen.items() if s and s.latest and s.latest.decimal is not None
    ]
    found.sort(key=lambda row: (-(row[2].decimal or 0), row[0]))
    largest = max((row[2].decimal or 0 for row in found), default=0)
    numbers = [cards.printer.number(series, latest, structure) for _, series, latest in found]
    bars = tuple(
        Bar(
            area,
            cards.printer.code(structure.components[cards.sheet.area], area),
            number.text,
            number.period_text,
            number.href,
            int(100 * (latest.decimal or 0) / largest) if largest else 0,
        )
        for (area, _, latest), number in zip(found, numbers, strict=True)
    )
    first = found[0][1] if found else None
    unit = numbers[0].unit if numbers else ""
    detail = cards.detail(first, structure, cards.sheet.told) if first else ""
    source = cards.source(first, structure) if first else ""
    return Table(cards.title("comparison", comparison, structure), detail, unit, source, bars)
