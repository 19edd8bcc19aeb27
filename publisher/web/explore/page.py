"""What the explorer shows: filters that grey out what has no data, a table, a chart, downloads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from publisher.errors import QueryError, QuerySemanticError
from publisher.store import Cube, Home, Snapshot, at, availability
from publisher.store.cube import PROVIDER
from publisher.structures.definition import Resolved
from publisher.structures.model import Dataflow, MetadataSet
from publisher.structures.urns import Ref
from publisher.web import quality, snippets
from publisher.web.context import Lmis
from publisher.web.explore import chart, grid
from publisher.web.explore.address import AS_OF, LAST, PERIODS_DOWN, ROWS, TIME, Address
from publisher.web.explore.chart import Chart
from publisher.web.explore.grid import Grid
from publisher.web.explore.take import WRITERS, Taken
from publisher.web.names import AREA, SOURCE, Names
from publisher.web.preview import label
from publisher.web.snippets import Snippet

ROLLING = (5, 10, 12, 20, 60)
# name in the translations → `format` extension of SDMX REST
FORMATS = {
    "codes": {"format": "csvdata"},
    "json": {"format": "jsondata"},
    "xml": {"format": "structurespecificdata"},
}


@dataclass(frozen=True)
class Choice:
    code: str
    name: str
    is_chosen: bool
    is_there: bool  # together with what is chosen in the other dimensions
    only: str  # the page with just this code


@dataclass(frozen=True)
class Panel:
    """One dimension's filter."""

    id: str
    name: str
    choices: tuple[Choice, ...]
    chosen: tuple[str, ...]  # names
    clear: str  # the page with any code


@dataclass(frozen=True)
class Vintage:
    name: str
    url: str
    is_shown: bool


@dataclass(frozen=True)
class View:
    dataflow: Dataflow
    address: Address
    panels: tuple[Panel, ...]
    grid: Grid | None  # None: the query is wrong, see `problem`
    chart: Chart | None
    slim: Chart | None  # the same for a narrow screen
    problem: str
    rolling: tuple[tuple[int, str, bool], ...]  # how many periods, the page, whether it is shown
    limits: tuple[str, str]
    vintages: tuple[Vintage, ...]
    downloads: Mapping[str, str]
    switch: Panel | None  # the countries, where just one is shown
    beside: str  # the page with all sources side by side, "" where there is one, or they are
    snippets: tuple[Snippet, ...]
    earlier: str  # the page of the table before, "" where there is none
    later: str
    fixed: str  # the page that shows the same for ever, "" where this is it
    since: str  # the page from the first period shown on, with what comes; "" where this is it
    released: str  # instant of the vintage that is shown
    turned: str  # the page with rows and columns changed over
    as_of: datetime | None
    number: int  # of the vintage that is shown
    reports: tuple[MetadataSet, ...]


def build(lmis: Lmis, names: Names, dataflow: Dataflow, address: Address) -> View:
    """The page for an address. A query that is wrong is told on it, with everything else in place."""
    language, problem = names.words.language, ""
    snapshot, moment = lmis.snapshot(), None
    try:
        taken = asked(lmis, names, dataflow, address)
        snapshot, moment, cube = taken.snapshot, taken.as_of, taken.cube
        table: Grid | None = grid.build(cube, taken.chosen(), names.words, address.number)
        there = availability(cube, taken.query, mode="available").values
    except QueryError as error:
        cube, table, there, problem = snapshot.cube(dataflow.ref), None, {}, str(error)
    last = address.parameters.get(LAST)
    panels = tuple(_panels(cube, address, there, names))
    return View(
        dataflow,
        address,
        panels,
        table,
        chart.build(table, names.words) if table else None,
        chart.build(table, names.words, chart.SLIM) if table else None,
        problem,
        tuple(
            (n, address.having(TIME, None).having(LAST, str(n)).page(language), last == str(n))
            for n in ROLLING
        ),
        address.limits(),
        tuple(_vintages(lmis.snapshot(), dataflow, address, names)),
        {ending: address.page(language, f".{ending}") for ending in (*WRITERS, "csv")}
        | {name: address.sdmx(**more) for name, more in FORMATS.items()},
        next((p for p in panels if p.id == AREA and len(p.chosen) == 1), None),
        next((_beside(p, address, language) for p in panels if p.id == SOURCE), ""),
        _snippets(lmis.settings.base_url, address, cube.definition.measures[0].id),
        *_pages(address, table, language),
        *_lasting(address, table, snapshot, language),
        address.turned().page(language),
        moment,
        snapshot.number,
        tuple(quality.on_dataflow(names.registry, _sources(snapshot, dataflow), cube.values(PROVIDER))),
    )


def _beside(sources: Panel, address: Address, language: str) -> str:
    """Sources across, periods down: where one is chosen, and others have figures for the same."""
    there = [choice.code for choice in sources.choices if choice.is_there]
    if len(sources.chosen) != 1 or len(there) < 2:
        return ""
    return address.choosing(SOURCE, there).having(ROWS, PERIODS_DOWN).page(language)


def _snippets(base_url: str, address: Address, measure: str) -> tuple[Snippet, ...]:
    asked = {"csv": snippets.CSV, "xml": snippets.XML}
    urls = {name: base_url + address.sdmx(**more) for name, more in asked.items()}
    return snippets.of(urls, address.dataflow.id, measure)


def _pages(address: Address, table: Grid | None, language: str) -> tuple[str, str]:
    """The pages of the table before and after this one."""
    if table is None:
        return "", ""
    earlier, later = address.on_page(table.page - 1), address.on_page(table.page + 1)
    return (
        earlier.page(language) if table.page > 1 else "",
        later.page(language) if table.page < table.page_count else "",
    )


def _lasting(address: Address, table: Grid | None, snapshot: Snapshot, language: str) -> tuple[str, str, str]:
    """Links that stay: this very release, from the first period on; and the release's instant."""
    instant = str(snapshot.record["instant"])
    fixed = "" if AS_OF in address.parameters else address.having(AS_OF, instant).page(language)
    first = table.periods[0] if table and table.periods and LAST in address.parameters else ""
    since = address.having(LAST, None).having(TIME, f"ge:{first}").page(language) if first else ""
    return fixed, since, instant


def _sources(snapshot: Snapshot, dataflow: Dataflow) -> tuple[Ref, ...]:
    """The dataflows that are delivered: of a view those it chooses from, else itself."""
    view = snapshot.views.get(dataflow.ref)
    return view.sources if view else (dataflow.ref,)


def asked(lmis: Lmis, names: Names, dataflow: Dataflow, address: Address) -> Taken:
    """What the address asks for, from the vintage it asks for. Raises QueryError."""
    query = address.query()
    if query.updated_after or query.include_history:
        raise QuerySemanticError(
            "updatedAfter and includeHistory ask for changes, which pages and files do not show: "
            f"ask for {address.sdmx()}, or give asOf for what was public at an instant"
        )
    snapshot, moment = _snapshot(lmis, query.as_of)
    return Taken(dataflow, address, snapshot, query, names.words, lmis.settings.base_url, moment)


def _snapshot(lmis: Lmis, as_of: str | None) -> tuple[Snapshot, datetime | None]:
    if as_of is None:
        return lmis.snapshot(), None
    moment = datetime.fromisoformat(as_of)
    if moment.tzinfo is None:
        moment = moment.astimezone()
    return at(Home(lmis.settings.home), moment), moment


def _panels(
    cube: Cube, address: Address, there: Mapping[str, tuple[str, ...]], names: Names
) -> Iterator[Panel]:
    """A panel for each dimension that has something to choose."""
    for dimension in cube.definition.dimensions:
        every = cube.values(dimension.id)
        if len(every) > 1 or address.codes(dimension.id):
            yield _panel(dimension, list(every), address, set(there.get(dimension.id, every)), names)


def _panel(dimension: Resolved, every: list[str], address: Address, there: set[str], names: Names) -> Panel:
    words, chosen = names.words, address.codes(dimension.id)
    listed = [*every, *(code for code in chosen if code not in every)]
    choices = tuple(
        Choice(
            code,
            label(dimension, code, words),
            code in chosen,
            code in there,
            address.choosing(dimension.id, [code]).page(words.language),
        )
        for code in listed
    )
    return Panel(
        dimension.id,
        words.name(dimension.name),
        choices,
        tuple(choice.name for choice in choices if choice.is_chosen),
        address.choosing(dimension.id, ()).page(words.language),
    )


def _vintages(snapshot: Snapshot, dataflow: Dataflow, address: Address, names: Names) -> Iterator[Vintage]:
    """The newest, then each release that changed this dataflow, newest first."""
    language, shown = names.words.language, address.parameters.get(AS_OF)
    yield Vintage(names.words("explore.newest"), address.having(AS_OF, None).page(language), shown is None)
    flows = {ref.short for ref in _sources(snapshot, dataflow)}
    for manifest in reversed(snapshot.releases):
        if flows & set(manifest["flows"]):
            moment = manifest["instant"]
            url = address.having(AS_OF, moment).page(language)
            yield Vintage(f"{names.words.day(moment)} – {manifest['id']}", url, shown == moment)
