"""Writes the sheets of a vintage: `<AREA>.<language>.html`, the same bytes whenever it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from publisher.errors import StructureError, UsageError
from publisher.factsheets import charts, definition, words
from publisher.factsheets import rules as tables
from publisher.factsheets.choice import Chooser
from publisher.factsheets.definition import Definition
from publisher.factsheets.figures import Reader, reference
from publisher.factsheets.panels import Draw
from publisher.factsheets.sheet import Maker, Sheet
from publisher.settings import Settings
from publisher.store import Snapshot
from publisher.structures.model import HierarchicalCode, Hierarchy

StaticUrl = Callable[[str], str]


def build(
    snapshot: Snapshot,
    out_dir: Path,
    settings: Settings,
    areas: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    progress: Callable[[str], None] | None = None,
    static_url: StaticUrl | None = None,
) -> list[Path]:
    """The files written, in order of area and language.

    `areas` and `languages` narrow what `factsheets/sheet.toml` names. Raises UsageError when one of them
    has no sheet, StructureError when the definition, a specification or a translation is not right.
    """
    sheet = definition.load(settings)
    reader = Reader(snapshot)
    every = members(snapshot, sheet)
    chosen = _among(areas, every, "area")
    frozen = snapshot.path("structures", snapshot.record["structures"])
    places = sorted(frozen.iterdir())  # by number: later ones win
    rules = {name: tables.load(places, table.file, table.columns) for name, table in sheet.rules.items()}
    chooser = Chooser(reader, sheet, rules, every)
    page = Page(settings, static_url)
    known = tuple(dict.fromkeys(tag for area in every for tag in sheet.languages_of(area)))
    asked = _among(languages, known, "language")
    makers = {tag: _maker(chooser, sheet, settings, tag) for tag in asked}
    out_dir.mkdir(parents=True, exist_ok=True)
    written = []
    for area in chosen:
        for tag in sheet.languages_of(area):
            if tag not in makers:
                continue
            if progress:
                progress(f"fact sheet {area} ({tag})")
            path = out_dir / f"{area}.{tag}.html"
            made = makers[tag].make(area, every)
            path.write_bytes(page.html(made, makers[tag].words).encode("utf-8"))
            written.append(path)
    return written


def _among(asked: Sequence[str] | None, known: Sequence[str], what: str) -> tuple[str, ...]:
    if asked is None:
        return tuple(known)
    if unknown := [one for one in asked if one not in known]:
        raise UsageError(f"no fact sheet for {what} {', '.join(unknown)}; there are {', '.join(known)}")
    return tuple(one for one in known if one in asked)


def concerns(snapshot: Snapshot, settings: Settings) -> bool:
    """Whether the definition of the sheets is about these structures: they have a dataflow that it names.

    A deployment with structures of its own has sheets when it brings a definition of its own.
    """
    sheet = definition.load(settings)
    known = {flow.ref.short for flow in snapshot.registry.find("dataflow")}
    return any(
        question.dataflow in known for question in (*sheet.headlines, *sheet.charts, *sheet.comparisons)
    )


def members(snapshot: Snapshot, sheet: Definition) -> tuple[str, ...]:
    """The areas below the sheet's region: by a hierarchy of the list of areas, else by the list itself.

    Raises StructureError when the region has none.
    """
    structure = snapshot.registry.definition(reference((*sheet.headlines, *sheet.charts)[0].dataflow))
    codes = structure.components[sheet.area].codes
    if codes is None:
        raise StructureError(f"sheet.toml: {sheet.area} has no code list, so {sheet.region} has no members")
    for hierarchy in snapshot.registry.find("hierarchy"):
        assert isinstance(hierarchy, Hierarchy)
        for node in _nodes(hierarchy.codes):
            if node.code and node.code.item == sheet.region and node.code.id == codes.id and node.children:
                return tuple(child.code.item for child in node.children if child.code and child.code.item)
    below = tuple(item.id for item in codes.items.values() if item.parent == sheet.region)
    if not below:
        raise StructureError(
            f"sheet.toml: {sheet.region} has nothing below it in {codes.ref.short} or a hierarchy of it"
        )
    return below


def _nodes(codes: Iterable[HierarchicalCode]) -> Iterator[HierarchicalCode]:
    for node in codes:
        yield node
        yield from _nodes(node.children)


def _maker(chooser: Chooser, sheet: Definition, settings: Settings, language: str) -> Maker:
    spoken = words.load(settings, language)
    fonts = sheet.fonts.get(language, sheet.fonts.get("*", "sans-serif"))
    return Maker(chooser, sheet, spoken, _draw(settings, spoken, fonts), settings.base_url)


def _draw(settings: Settings, spoken: words.Words, fonts: str) -> Draw:
    def draw(spec: str, rows: Sequence[Mapping[str, Any]]) -> str:
        return charts.draw(definition.find(settings, f"charts/{spec}.json"), rows, spoken, fonts)

    return draw


class Page:
    """Sheets as HTML documents, whole in themselves: a sheet of an old vintage looks as it did then.

    With `static_url` the stylesheet is linked instead, for a site that allows no inline style at all.
    """

    def __init__(self, settings: Settings, static_url: StaticUrl | None) -> None:
        loader = FileSystemLoader([str(place) for place in definition.folders(settings)])
        self.environment = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self.environment.globals["stylesheet"] = stylesheet(settings, static_url)
        self.environment.filters["svg"] = Markup  # our own drawing: its text is escaped by the writer of XML
        self.template = self.environment.get_template("factsheets/sheet.html")

    def html(self, sheet: Sheet, spoken: words.Words) -> str:
        return self.template.render(sheet=sheet, words=spoken) + "\n"


def stylesheet(settings: Settings, static_url: StaticUrl | None) -> Markup:
    """The style element, or the link to `factsheets/sheet.css`."""
    if static_url:
        return Markup('<link rel="stylesheet" href="{}">').format(static_url("factsheets/sheet.css"))
    lines = definition.find(settings, "factsheets/sheet.css").read_text(encoding="utf-8").splitlines()
    return Markup("<style>\n{}\n</style>").format(Markup("\n".join(line.strip() for line in lines)))
