"""One sheet: everything that its page says, in one language, before it becomes HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from publisher.factsheets import bars, lines, panels, ranking
from publisher.factsheets.cards import Card, Cards
from publisher.factsheets.choice import Chooser
from publisher.factsheets.definition import Chart, Definition
from publisher.factsheets.figures import Series
from publisher.factsheets.notes import Notes, Numbered
from publisher.factsheets.panels import Draw, Panel
from publisher.factsheets.printed import Printer, query
from publisher.factsheets.words import Words


@dataclass(frozen=True)
class Release:
    """One provider's release that figures of the sheet are from."""

    id: str
    provider: str  # its name
    instant: str  # as printed


@dataclass(frozen=True)
class Source:
    name: str
    uses: tuple[str, ...]  # titles of what is taken from it
    latest: str  # newest period used, as printed
    href: str  # a query for one of its series
    releases: tuple[str, ...]  # ids


@dataclass(frozen=True)
class Sheet:
    area: str
    name: str
    region: str
    language: str
    cards: tuple[Card, ...]
    panels: tuple[Panel, ...]
    regional: tuple[Panel, ...]
    sources: tuple[Source, ...]
    releases: tuple[Release, ...]
    notes: tuple[Numbered, ...]
    no_uncertainty: bool  # no printed figure tells how exact it is
    vintage: int
    instant: datetime
    date: str
    permalink: str
    latest_link: str
    others: tuple[tuple[str, str], ...]  # the sheet's other languages: tag, address

    @property
    def rivals(self) -> tuple[Card, ...]:
        """The cards of which other sources say something."""
        return tuple(card for card in self.cards if card.rivals)


class Maker:
    """Makes sheets of one vintage in one language."""

    def __init__(self, chooser: Chooser, sheet: Definition, words: Words, draw: Draw, base_url: str) -> None:
        self.chooser, self.sheet, self.words, self.draw, self.base_url = chooser, sheet, words, draw, base_url
        self.snapshot: Any = chooser.reader.snapshot

    def make(self, area: str, areas: Sequence[str]) -> Sheet:
        """The sheet of `area`, compared with `areas`. Notes are numbered in the order of the page."""
        notes = Notes(self.sheet)
        printer = Printer(self.sheet, self.words, notes)
        cards = Cards(self.chooser, printer)
        maker = panels.Maker(cards, self.draw, area)
        made_cards = tuple(cards.card(question, area) for question in self.sheet.headlines)
        made_panels = tuple(_panel(maker, chart) for chart in self.sheet.charts)
        regional = tuple(ranking.panel(maker, one, areas) for one in self.sheet.comparisons)
        used = [*cards.shown, *maker.shown]
        vintage, language = self.snapshot.number, self.words.language
        return Sheet(
            area=area,
            name=self.area_name(printer, area),
            region=self.area_name(printer, self.sheet.region),
            language=language,
            cards=made_cards,
            panels=made_panels,
            regional=regional,
            sources=tuple(self._sources(cards, printer, used)),
            releases=tuple(self._releases(used)),
            notes=tuple(notes),
            no_uncertainty=not any(self._exact(series) for _, series in used),
            vintage=vintage,
            instant=self.snapshot.instant,
            date=self.words.date(self.snapshot.instant),
            permalink=f"{self.base_url}/files/{vintage}/factsheets/{area}.{language}.html",
            latest_link=f"{self.base_url}/{language}/factsheets/{area}",
            others=tuple(
                (tag, f"/{tag}/factsheets/{area}") for tag in self.sheet.languages_of(area) if tag != language
            ),
        )

    def area_name(self, printer: Printer, area: str) -> str:
        question = (*self.sheet.headlines, *self.sheet.charts)[0]
        structure = self.chooser.reader.structure(question.dataflow)
        return printer.code(structure.components[self.sheet.area], area)

    def _exact(self, series: Series) -> bool:
        latest = series.latest
        return latest is not None and any(name in latest.attributes for name in self.sheet.uncertainty)

    def _sources(self, cards: Cards, printer: Printer, used: Sequence[tuple[str, Series]]) -> list[Source]:
        """In order of first use."""
        grouped: dict[str, list[tuple[str, Series]]] = {}
        for title, series in used:
            grouped.setdefault(series.key[self.sheet.source], []).append((title, series))
        made = []
        for parts in grouped.values():
            first = parts[0][1]
            newest = max((o for _, s in parts if (o := s.latest)), key=lambda o: o.period, default=None)
            made.append(
                Source(
                    name=cards.source(first, self.chooser.reader.structure(first.dataflow.short)),
                    uses=tuple(dict.fromkeys(title for title, _ in parts)),
                    latest=printer.period(newest) if newest else "",
                    href=query(first),
                    releases=tuple(dict.fromkeys(r for _, s in parts if (r := self._release_of(s)))),
                )
            )
        return made

    def _release_of(self, series: Series) -> str:
        return str(self.snapshot.heads.get((series.dataflow.short, series.provider), ""))

    def _releases(self, used: Sequence[tuple[str, Series]]) -> list[Release]:
        instants = {
            _field(manifest, "id"): _field(manifest, "instant") for manifest in self.snapshot.releases
        }
        found = {self._release_of(series): series.provider for _, series in used}
        return [
            Release(name, self._provider(provider), self._day(instants.get(name)))
            for name, provider in sorted(found.items())
            if name
        ]

    def _day(self, instant: Any) -> str:
        moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        return self.words.date(moment) if moment else ""

    def _provider(self, provider: str) -> str:
        """Its name in any scheme of data providers."""
        for scheme in self.snapshot.registry.find("dataproviderscheme"):
            if provider in scheme.items:
                return self.words.name(scheme.items[provider].name) or provider
        return provider


def _field(manifest: Any, name: str) -> Any:
    return manifest[name] if isinstance(manifest, dict) else getattr(manifest, name)


def _panel(maker: panels.Maker, chart: Chart) -> Panel:
    """The panel of one chart. Without figures it says so and has neither drawing nor table."""
    structure = maker.chooser.reader.structure(chart.dataflow)
    title = maker.cards.title("chart", chart, structure)
    dimensions = ((chart.series, chart.codes), (chart.parts, chart.part_codes))
    chosen = maker.chooser.ask(chart, maker.area, {name: codes for name, codes in dimensions if name})
    if chosen.first is None:
        return Panel(chart.id, title, note=maker.words("missing.none"))
    maker.shown += [(title, series) for series in chosen.series.values()]
    make = bars.panel if chart.parts else lines.panel
    return make(maker, chart, structure, title, chosen)
