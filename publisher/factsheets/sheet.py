"""One sheet: everything that its page says, in one language, before it becomes HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from publisher.factsheets import (
    aggregates,
    bars,
    cite,
    goals,
    lines,
    methods,
    panels,
    ranking,
    revised,
    sources,
)
from publisher.factsheets.aggregates import Whole
from publisher.factsheets.cards import Card, Cards
from publisher.factsheets.choice import Chooser
from publisher.factsheets.definition import Chart, Definition
from publisher.factsheets.editions import Edition
from publisher.factsheets.goals import Progress
from publisher.factsheets.methods import Method
from publisher.factsheets.notes import Notes, Numbered
from publisher.factsheets.panels import Draw, Panel
from publisher.factsheets.printed import Printer
from publisher.factsheets.revised import Changed, History
from publisher.factsheets.sources import Release, Source, Used
from publisher.factsheets.words import Words


@dataclass(frozen=True)
class Citation:
    text: str
    bibtex: str
    csl: str


@dataclass(frozen=True)
class Sheet:
    area: str
    name: str
    region: str
    language: str
    site: str  # the language of the site's other pages
    cards: tuple[Card, ...]
    wholes: tuple[Whole, ...]  # the region's own figures, on its sheet only
    panels: tuple[Panel, ...]
    regional: tuple[Panel, ...]
    goals: tuple[Progress, ...]
    methods: tuple[Method, ...]
    changed: tuple[Changed, ...]
    populations: tuple[str, ...]  # of the headlines, where they are not all of one
    sources: tuple[Source, ...]
    releases: tuple[Release, ...]
    notes: tuple[Numbered, ...]
    no_uncertainty: bool  # no printed figure tells how exact it is
    is_empty: bool  # nothing on the sheet has a figure
    vintage: int
    instant: datetime
    date: str
    permalink: str
    latest_link: str
    citation: Citation
    others: tuple[tuple[str, str, str], ...]  # the sheet's other languages: tag, address, own name
    is_unreviewed: bool  # its translation was not checked by a reader of the language
    lacks: bool  # something is shown in another language

    @property
    def rivals(self) -> tuple[Card, ...]:
        """The cards of which other sources say something."""
        return tuple(card for card in self.cards if card.rivals)


class Maker:
    """Makes sheets of one vintage in one language."""

    def __init__(
        self,
        chooser: Chooser,
        sheet: Definition,
        words: Words,
        draw: Draw,
        base_url: str,
        history: History,
        names: dict[str, str],
    ) -> None:
        self.chooser, self.sheet, self.words, self.draw, self.base_url = chooser, sheet, words, draw, base_url
        self.history, self.names = history, names
        self.snapshot = chooser.reader.snapshot

    def make(self, area: str, areas: Sequence[str], edition: Edition) -> Sheet:
        """The sheet of `area`, compared with `areas`. Notes are numbered in the order of the page."""
        self.words.lacking.clear()
        notes = Notes(self.sheet)
        printer = Printer(self.sheet, self.words, notes)
        cards = Cards(self.chooser, printer)
        maker = panels.Maker(cards, self.draw, area)
        is_region = area == self.sheet.region
        made_cards, made_panels = ((), ()) if is_region else self._country(cards, maker, area)
        wholes = tuple(aggregates.whole(maker, one, areas) for one in self.sheet.aggregates if is_region)
        compared = (*self.sheet.comparisons, *(self.sheet.regionals if is_region else ()))
        regional = tuple(ranking.panel(maker, one, areas) for one in compared)
        progress = () if is_region else tuple(goals.progress(cards, goal, area) for goal in self.sheet.goals)
        used: Used = [*cards.shown, *maker.shown]
        file = f"{area}.{self.words.language}.html"
        permalink = f"{self.base_url}/files/{edition.vintage}/factsheets/{file}"
        name = self.area_name(printer, area)
        populations = {card.detail for card in made_cards if card.detail}
        return Sheet(
            area=area,
            name=name,
            region=self.area_name(printer, self.sheet.region),
            language=self.words.language,
            site=self.sheet.site_language(self.words.language),
            cards=made_cards,
            wholes=wholes,
            panels=made_panels,
            regional=regional,
            goals=progress,
            methods=methods.methods(cards, made_cards),
            changed=revised.changed(self.history, printer, used, lambda id: sources.provider(cards, id)),
            populations=tuple(sorted(populations)) if len(populations) > 1 else (),
            sources=sources.sources(cards, used),
            releases=sources.releases(cards, used),
            notes=tuple(notes),
            no_uncertainty=not any(sources.is_exact(cards, series) for _, series in used),
            is_empty=not used,
            vintage=edition.vintage,
            instant=edition.moment,
            date=self.words.date(edition.moment),
            permalink=permalink,
            latest_link=f"{self.base_url}/{self.words.language}/factsheets/{area}",
            citation=self._citation(area, name, permalink, edition),
            others=self._others(area),
            is_unreviewed=bool(self.words.unreviewed),
            lacks=bool(self.words.lacking),
        )

    def _country(
        self, cards: Cards, maker: panels.Maker, area: str
    ) -> tuple[tuple[Card, ...], tuple[Panel, ...]]:
        """What the sheet of a country has and the region's has not, in the order of the page."""
        made = tuple(cards.card(question, area) for question in self.sheet.headlines)
        return made, tuple(_panel(maker, chart) for chart in self.sheet.charts)

    def _others(self, area: str) -> tuple[tuple[str, str, str], ...]:
        """Language, address and name of each other language that this sheet may be read in."""
        tags = (tag for tag in self.sheet.languages if tag != self.words.language)
        return tuple((tag, f"/{tag}/factsheets/{area}", self.names.get(tag, tag)) for tag in tags)

    def _citation(self, area: str, name: str, permalink: str, edition: Edition) -> Citation:
        instant, words = edition.moment, self.words
        text = words("citation", area=name, vintage=words.count(edition.vintage), date=words.date(instant))
        id = f"factsheet-{area}-{words.language}-{edition.vintage}"
        publisher = words("nav.home")
        return Citation(
            text,
            cite.bibtex(id, text, publisher, instant, permalink),
            cite.csl(id, text, publisher, instant, permalink, words.language),
        )

    def area_name(self, printer: Printer, area: str) -> str:
        question = (*self.sheet.headlines, *self.sheet.charts)[0]
        structure = self.chooser.reader.structure(question.dataflow)
        return printer.code(structure.components[self.sheet.area], area)


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
