"""What a sheet shows, read from `factsheets/sheet.toml`: region, headlines, charts, comparisons.

A deployment's own template folders are searched first, so that it can show other figures, or
the same for another region, without a line of Python.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from publisher.errors import Finding, StructureError
from publisher.folders import folder
from publisher.settings import Settings

T = TypeVar("T")
Choice = Mapping[str, str] | str  # a partial key, or the name of a table of rules


@dataclass(frozen=True)
class Unit:
    """How values of one unit of measure are printed."""

    decimals: int  # at most; digits that were not released are never added
    change: str = "percent"  # "points": difference; "percent": relative
    scales: tuple[int, ...] = ()  # powers of ten to print in, largest first: [6, 3] is millions, thousands


@dataclass(frozen=True)
class RuleTable:
    """A table, in the folders of structures, of whose figure is shown."""

    file: str
    columns: Mapping[str, str]  # column → dimension


@dataclass(frozen=True)
class Question:
    """One thing looked up for every area: a dataflow, a partial key and whose figure is taken."""

    id: str
    dataflow: str  # AGENCY:ID(VERSION)
    key: Mapping[str, str]
    sources: tuple[Choice, ...]  # in order of preference; the first that has a figure is shown


@dataclass(frozen=True)
class Chart(Question):
    spec: str = "line"  # templates/charts/<spec>.json
    series: str = ""  # dimension whose codes are the chart's series; "": one series
    codes: tuple[str, ...] = ()
    parts: str = ""  # bars only: dimension whose codes are the parts of each bar
    part_codes: tuple[str, ...] = ()
    last: Mapping[str, int] = field(default_factory=dict)  # frequency → most periods shown
    step: int = 0  # bars only: every how many periods, counted back from the latest


@dataclass(frozen=True)
class Comparison(Question):
    spec: str = "ranking"
    coverage: int = 50  # per cent of the members that must have a figure, else nothing is ranked


@dataclass(frozen=True)
class Goal(Question):
    """An indicator of the Sustainable Development Goals; without sources it is told that none is held."""

    number: str = ""  # "8.5.2"
    better: str = "down"  # where the goal lies: "down" or "up"
    aim: str = ""  # the figure that the target names; "": it names none
    baseline: str = "2015"  # the period that progress is counted from, or the first figure after it


@dataclass(frozen=True)
class Aggregate(Question):
    """One figure for the region: the sum of its members' figures, or their mean by weights."""

    weight: str = ""  # id of a [[weight]]; "": the sum
    coverage: int = 100  # per cent of members (a sum) or of the weights (a mean) that must have a figure


@dataclass(frozen=True)
class Definition:
    """`sheet.toml`, with every reference to other files still a name."""

    region: str
    languages: tuple[str, ...]
    headlines: tuple[Question, ...]
    charts: tuple[Chart, ...]
    comparisons: tuple[Comparison, ...]
    goals: tuple[Goal, ...]
    regionals: tuple[Comparison, ...]  # comparisons that only the region's sheet has
    aggregates: tuple[Aggregate, ...]
    weights: tuple[Question, ...]
    units: Mapping[str, Unit]
    area: str = "REF_AREA"  # the dimension that holds the areas
    source: str = "SOURCE"  # the dimension that tells whose figure it is
    area_languages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # made at a release
    area_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)  # dimension → code, "*" for any other
    compare: Mapping[str, int] = field(default_factory=dict)  # frequency → how many periods back
    rules: Mapping[str, RuleTable] = field(default_factory=dict)
    normal: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # attribute → values without a note
    notes: tuple[str, ...] = ()  # attributes that become notes
    same: tuple[str, ...] = ()  # attributes that must not differ between two compared figures
    status: str = "OBS_STATUS"
    breaks: tuple[str, ...] = ("B",)
    told: tuple[str, ...] = ("AGE",)  # dimensions whose code is told beside a figure
    uncertainty: tuple[str, ...] = ()  # attributes that tell how exact a figure is
    period_detail: str = ""  # attribute with the month that a longer period stands for
    table_rows: int = 5  # periods of a chart's table that are seen without opening it
    fonts: Mapping[str, str] = field(default_factory=dict)  # language → fonts of charts, "*" for any other
    text_language: str = "en"  # in which offices write free texts, such as comments
    calendar: str = ""  # page of coming releases, below the language
    site_languages: tuple[str, ...] = ("en",)  # of the pages that a sheet leads to, first the usual one

    def languages_of(self, area: str) -> tuple[str, ...]:
        """The languages of an area's sheet that are made at a release; the others on demand."""
        return self.area_languages.get(area, self.area_languages.get("*", self.languages))

    def site_language(self, language: str) -> str:
        return language if language in self.site_languages else self.site_languages[0]


def folders(settings: Settings) -> tuple[Path, ...]:
    """Where templates are searched, the deployment's own first."""
    return (*settings.templates, folder("templates"))


def find(settings: Settings, name: str) -> Path:
    """The template file `name`. Raises StructureError when no folder has it."""
    for place in folders(settings):
        if (place / name).is_file():
            return place / name
    searched = ", ".join(map(str, folders(settings)))
    raise StructureError(f"no template {name!r} in {searched}; add it to one of them")


def load(settings: Settings) -> Definition:
    """The sheet's definition. Raises StructureError with everything that is wrong in the file."""
    path = find(settings, "factsheets/sheet.toml")
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as exc:
        raise StructureError(f"{path}: {exc}") from exc
    findings: list[Finding] = []
    for name, cls in PARTS.items():
        raw[f"{name}s"] = tuple(_made(cls, part, f"[[{name}]]", findings) for part in raw.pop(name, ()))
    for name, table in (("units", Unit), ("rules", RuleTable)):
        parts = raw.get(name, {})
        raw[name] = {code: _made(table, part, f"[{name}.{code}]", findings) for code, part in parts.items()}
    made = _made(Definition, raw, path.name, findings)
    if findings or made is None:
        raise StructureError(f"{path}: {len(findings)} problems", findings)
    return made


def languages(settings: Settings) -> tuple[str, ...]:
    """The languages that `sheet.toml` names. Raises StructureError."""
    return load(settings).languages


PARTS: Mapping[str, type[Question]] = {
    "headline": Question,
    "chart": Chart,
    "comparison": Comparison,
    "goal": Goal,
    "regional": Comparison,
    "aggregate": Aggregate,
    "weight": Question,
}  # [[name]] in the file → what it is


def _made(cls: type[T], raw: Mapping[str, Any], place: str, findings: list[Finding]) -> T | None:
    """An instance of `cls`; what is unknown or lacking goes to `findings`."""
    known = {f.name: f for f in fields(cls)}  # type: ignore[arg-type]
    needed = {n for n, f in known.items() if f.default is MISSING and f.default_factory is MISSING}
    where = f"{place} {raw['id']}" if "id" in raw else place
    for name in sorted(raw.keys() - known):
        findings.append(
            Finding("sheet-unknown-name", f"{where}: unknown name {name!r}", allowed=", ".join(known))
        )
    for name in sorted(needed - raw.keys()):
        findings.append(Finding("sheet-missing-name", f"{where}: {name!r} is missing"))
    if raw.keys() - known or needed - raw.keys():
        return None
    return cls(**{name: _frozen(value) for name, value in raw.items()})


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return {key: _frozen(part) for key, part in value.items()}
    return value
