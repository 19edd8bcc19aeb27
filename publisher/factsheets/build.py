"""Writes the sheets of a vintage: `<AREA>.<language>.html`, the same bytes whenever it is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from publisher.errors import StructureError, UsageError
from publisher.factsheets import charts, definition, editions, locales, words
from publisher.factsheets import rules as tables
from publisher.factsheets.choice import Chooser
from publisher.factsheets.definition import Definition
from publisher.factsheets.editions import Edition
from publisher.factsheets.figures import Reader, reference
from publisher.factsheets.panels import Draw
from publisher.factsheets.revised import History
from publisher.factsheets.sheet import Maker, Sheet
from publisher.settings import Settings
from publisher.store import Snapshot
from publisher.structures.model import HierarchicalCode, Hierarchy

StaticUrl = Callable[[str], str]
Progress = Callable[[str], None]
KEY = 16  # digits of the hash by which a chart is known
_DRAWN = re.compile(rf'<svg data-drawn="([0-9a-f]{{{KEY}}})".*?</svg>', re.DOTALL)
Printer = Callable[[Path], Callable[[], str]]  # begins to print a page; the answer waits and gives the hash


@dataclass(frozen=True)
class Made:
    """What there is already, and who prints."""

    earlier: Path | None = None  # a folder of sheets made before: what says the same is taken from it
    own: Path | None = None  # the folder of this very vintage's sheets: they keep their numbers and dates
    printer: Printer | None = None  # prints each sheet beside its page, as PDF


def build(
    snapshot: Snapshot,
    out_dir: Path,
    settings: Settings,
    areas: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    progress: Progress | None = None,
    static_url: StaticUrl | None = None,
    every: bool = False,
    made: Made = Made(),
) -> list[Path]:
    """The files of the sheets, in order of area and language.

    Without `languages` those that `factsheets/sheet.toml` makes at a release, with `every` all it names.
    A sheet in which nothing changed since an earlier one stays as it was: see `made`.
    Raises UsageError when an area or language has no sheet, StructureError when the definition, a
    specification or a translation is not right.
    """
    writer = Writer(snapshot, settings, static_url, made.own)
    sheet = writer.sheet
    chosen = _among(areas, writer.areas, "area")
    asked = _among(languages, sheet.languages, "language")
    out_dir.mkdir(parents=True, exist_ok=True)
    progress = progress or (lambda message: None)
    written: list[Path] = []
    prints: dict[str, dict[str, Callable[[], str]]] = {area: {} for area in chosen}
    for area in chosen:
        tags = asked if languages or every else _at_a_release(sheet, area, settings)
        written += _build_area(writer, out_dir, area, tags, made, progress, prints[area])
    for area, begun in prints.items():
        editions.add(out_dir, area, {name: wait() for name, wait in begun.items()})
    return written


def _build_area(
    writer: Writer,
    out_dir: Path,
    area: str,
    tags: Sequence[str],
    made: Made,
    progress: Progress,
    prints: dict[str, Callable[[], str]],
) -> Iterator[Path]:
    """The area's sheets; those of an earlier vintage where they say the same. `prints`: those begun."""
    edition, kept = _edition(writer, area, made)
    before = editions.read(made.earlier, area) or kept
    files = dict(kept.files) if made.earlier == out_dir else {}
    for tag in tags:
        path = out_dir / f"{area}.{tag}.html"
        content = editions.same(made.earlier, kept, path.name)
        is_there = content is not None and made.earlier == out_dir
        if content is None:
            progress(f"fact sheet {area} ({tag})")
            drawn = editions.same(made.earlier, before, path.name) or b""
            content = writer.html(area, tag, edition, drawn.decode("utf-8")).encode("utf-8")
        if not is_there:
            path.write_bytes(content)
        files[path.name] = editions.digest(content)
        yield path
        if made.printer:
            printed = path.with_suffix(".pdf")
            if editions.same(out_dir, kept, printed.name) is None:
                files.pop(printed.name, None)
                prints[printed.name] = made.printer(path)
            yield printed
    editions.write(out_dir, area, replace(edition, files=files))


def _edition(writer: Writer, area: str, made: Made) -> tuple[Edition, Edition]:
    """The edition that the area's sheet is of, and what there is of it already."""
    content, before = writer.content(area), editions.read(made.earlier, area)
    own = editions.read(made.own, area)
    if own:
        edition = replace(own, content=content, files={})
    elif before and before.content == content:
        edition = replace(before, files={})
    else:
        edition = editions.of(writer.snapshot, content)
    return edition, before if before and edition == replace(before, files={}) else edition


def _at_a_release(sheet: Definition, area: str, settings: Settings) -> tuple[str, ...]:
    """The languages of the area's sheet that `sheet.toml` names for it, as far as the settings want them."""
    wanted = {tag.strip() for tag in settings.sheet_languages.split(",") if tag.strip()}
    return tuple(tag for tag in sheet.languages_of(area) if not wanted or tag in wanted)


class Writer:
    """Writes any sheet of one vintage, the same bytes whenever it is asked."""

    def __init__(
        self,
        snapshot: Snapshot,
        settings: Settings,
        static_url: StaticUrl | None = None,
        own: Path | None = None,
    ) -> None:
        """`own`: the folder of this vintage's sheets, when they were made before."""
        self.snapshot, self.own = snapshot, own
        self.settings, self.sheet = settings, definition.load(settings)
        self.members, self.areas = members(snapshot, self.sheet), areas_of(snapshot, settings)
        frozen = snapshot.path("structures", snapshot.record["structures"])
        places = sorted(frozen.iterdir())  # by number: later ones win
        rules = {n: tables.load(places, table.file, table.columns) for n, table in self.sheet.rules.items()}
        self.chooser = Chooser(Reader(snapshot), self.sheet, rules, self.members)
        self.history = History(snapshot)
        self.page = Page(settings, static_url, self.sheet)
        self.overlays = locales.load(settings)
        self._words: dict[str, words.Words] = {}
        self._makers: dict[str, Maker] = {}
        self._drawn: dict[str, str] = {}

    def html(self, area: str, language: str, edition: Edition | None = None, earlier: str = "") -> str:
        """The page of `area`, which has a sheet, in one of the languages; the edition as it was told.

        `earlier`: the same page before, whose charts stay where they show the same.
        """
        self._drawn = {found[1]: found[0] for found in _DRAWN.finditer(earlier)}
        if language not in self._makers:
            self._makers[language] = self._maker(language, self._draw(language))
        maker = self._makers[language]
        edition = edition or editions.read(self.own, area) or editions.of(self.snapshot)
        return self.page.html(maker.make(area, self.members, edition), maker.words)

    def content(self, area: str) -> str:
        """Hash of all that the area's sheet says, in whatever language, but its number and date.

        The sheet is made in one language, with the figures of its charts and without drawing them.
        """
        drawn: list[object] = []

        def remember(spec: str, rows: Sequence[Mapping[str, Any]]) -> str:
            drawn.append((spec, rows))
            return ""

        maker = self._maker(self.sheet.languages[0], remember)
        sheet = maker.make(area, self.members, editions.NONE)
        return editions.digest(f"{self.surroundings}\n{sheet!r}\n{drawn!r}".encode())

    @cached_property
    def surroundings(self) -> str:
        return editions.surroundings(self.snapshot, self.settings)

    def _spoken(self, language: str) -> words.Words:
        if language not in self._words:
            self._words[language] = words.load(self.settings, language)
        return self._words[language]

    def _draw(self, language: str) -> Draw:
        spoken = self._spoken(language)
        usual = self.sheet.fonts.get("*", "sans-serif")
        fonts = self.sheet.fonts.get(language) or spoken.overlay.fonts or usual

        def draw(spec: str, rows: Sequence[Mapping[str, Any]]) -> str:
            told = f"{self.surroundings}\n{language}\n{fonts}\n{spec}\n{rows!r}"
            key = editions.digest(told.encode())[:KEY]
            if key not in self._drawn:
                place = definition.find(self.settings, f"charts/{spec}.json")
                svg = charts.draw(place, rows, spoken, fonts)
                self._drawn[key] = svg.replace("<svg", f'<svg data-drawn="{key}"', 1)
            return self._drawn[key]

        return draw

    def _maker(self, language: str, draw: Draw) -> Maker:
        spoken = self._spoken(language)
        names = {tag: overlay.name for tag, overlay in self.overlays.items() if overlay.name}
        base = self.settings.base_url
        return Maker(self.chooser, self.sheet, spoken, draw, base, self.history, names)


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


def areas_of(snapshot: Snapshot, settings: Settings) -> tuple[str, ...]:
    """The areas that have a sheet: the region's members, and the region where it has figures of its own."""
    sheet = definition.load(settings)
    region = (sheet.region,) if sheet.aggregates or sheet.regionals else ()
    return (*members(snapshot, sheet), *region)


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


def _in_its_language(value: Any) -> Any:
    """What stands in the page for a value: a foreign text with its language."""
    if isinstance(value, words.Foreign):
        return Markup('<span lang="{}">{}</span>').format(value.language, str(value))
    return value


class Page:
    """Sheets as HTML documents, whole in themselves: a sheet of an old vintage looks as it did then.

    With `static_url` the stylesheet is linked instead, for a site that allows no inline style at all.
    """

    def __init__(self, settings: Settings, static_url: StaticUrl | None, sheet: Definition) -> None:
        loader = FileSystemLoader([str(place) for place in definition.folders(settings)])
        self.environment = Environment(
            loader=loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_in_its_language,
        )
        self.environment.globals["stylesheet"] = stylesheet(settings, static_url)
        self.environment.globals["definition"] = sheet
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
