"""Slices of the bundled packages: some whole series of one table, or the sides of accounting equations."""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from publisher.folders import folder
from publisher.package.rules import accounting
from publisher.structures.definition import Definition
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref
from tests.package.mutants import forms
from tests.package.mutants.sheet import TIME, VALUE, Draft, Sheet

ROWS = 48  # of a slice, about
_DESCRIPTIVE = ("i18n", "provenance", "licenses", "sources", "contributors", "description", "keywords")


@dataclass(frozen=True)
class Slice:
    name: str
    draft: Draft

    def copy(self) -> Draft:
        """The slice to be changed; definitions are shared, everything else is the copy's own."""
        own = self.draft
        sheets = [
            Sheet(s.definition, s.limits, copy.deepcopy(s.resource), list(s.header), [list(r) for r in s.rows], s.write)
            for s in own.sheets
        ]  # fmt: skip
        return Draft(copy.deepcopy(own.package), sheets, own.usual, own.equation, own.script)


@cache
def packages(registry: Registry) -> list[tuple[str, Draft]]:
    """The bundled packages, whole."""
    found = []
    for path in sorted(folder("demo").glob("*/datapackage.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        package = {k: v for k, v in content.items() if k not in ("resources", *_DESCRIPTIVE)}
        package["sdmx"].pop("accepted", None)
        sheets = [_sheet(path.parent, r, package["sdmx"], registry) for r in content["resources"]]
        found.append((path.parent.name, Draft(package, sheets)))
    return found


def _sheet(place: Path, raw: dict[str, Any], common: dict[str, Any], registry: Registry) -> Sheet:
    with (place / raw["path"]).open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    resource = {"name": raw["name"], "path": raw["path"], "sdmx": dict(raw["sdmx"])}
    definition, limits = _definition(raw["sdmx"]["dataflow"], common["dataProvider"], registry)
    return Sheet(definition, limits, resource, header, rows, forms.plain)


def _definition(
    flow: str, provider: str, registry: Registry
) -> tuple[Definition, tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]]:
    agency, _, rest = flow.partition(":")
    name, _, version = rest.rstrip(")").partition("(")
    definition = registry.definition(Ref("dataflow", agency, name, version))
    own = [
        a.ref
        for a in registry.agreements(definition.dataflow.ref)
        if (a.provider and a.provider.item) == provider
    ]
    limits = registry.allowed(definition.dataflow.ref, definition.structure.ref), registry.allowed(*own)
    return definition, limits


def _cut(draft: Draft, rows: Iterable[tuple[Sheet, list[int]]]) -> Draft:
    sheets = [
        Sheet(s.definition, s.limits, copy.deepcopy(s.resource), list(s.header), [list(s.rows[n]) for n in kept], s.write)
        for s, kept in rows
    ]  # fmt: skip
    return Draft(copy.deepcopy(draft.package), sheets)


def of_series(registry: Registry, rng: Random) -> Iterator[Slice]:
    """Endlessly: series of one table, taken at random until there are rows enough."""
    tables = [(name, draft, sheet) for name, draft in packages(registry) for sheet in draft.sheets]
    known = {id(sheet): sheet.by_series() for _, _, sheet in tables}
    while True:
        name, draft, sheet = rng.choice(tables)
        series = known[id(sheet)]
        kept: list[int] = []
        for rows in rng.sample(series, len(series)):
            if not kept or len(kept) + len(rows) <= ROWS:
                kept.extend(rows)
            if len(kept) >= ROWS - 8:
                break
        yield Slice(f"{name}/{sheet.file}", _cut(draft, [(sheet, sorted(kept))]))


Side = tuple[Sheet, int]


@cache
def equations(registry: Registry) -> dict[str, list[tuple[Draft, tuple[Side, ...], str]]]:
    """Rule of `rules/accounting.csv` → everywhere in the bundled packages where all sides are there."""
    found: dict[str, list[tuple[Draft, tuple[Side, ...], str]]] = {}
    for rule in accounting.load(registry):
        for _, draft in packages(registry):
            its = [(draft, sides, rule.script.stem) for sides in _sides(draft, rule)]
            if its:
                found.setdefault(rule.id, []).extend(its)
    return found


def _sides(draft: Draft, rule: accounting.Rule) -> Iterator[tuple[Side, ...]]:
    groups: dict[tuple[str, ...], dict[str, Side]] = {}
    for sheet in draft.sheets:
        if rule.structure != sheet.definition.structure.id:
            continue
        rest = [sheet.column(name) for name in (*sheet.dimensions, TIME) if name != rule.dimension]
        own, values = sheet.column(rule.dimension), sheet.column(VALUE)
        where = [(sheet.column(name), codes) for name, codes in rule.where.items()]
        for row, key in enumerate(zip(*rest, strict=True)):
            if values[row] and all(texts[row] in codes for texts, codes in where):
                groups.setdefault(key, {})[own[row]] = (sheet, row)
    for group in groups.values():
        for whole, parts in rule.equations:
            wanted = parts if rule.script.stem == "hundred" else (whole, *parts)
            if all(side in group for side in wanted):
                yield tuple(group[side] for side in wanted)


def of_equations(registry: Registry, rng: Random) -> Iterator[Slice]:
    """Endlessly: the rows of one equation, `draft.equation` its sides, the whole first."""
    known = equations(registry)
    while True:
        rule = rng.choice(sorted(known))
        draft, sides, script = rng.choice(known[rule])
        kept: dict[int, tuple[Sheet, list[int]]] = {}
        for sheet, row in sides:
            kept.setdefault(id(sheet), (sheet, []))[1].append(row)
        cut = _cut(draft, [(sheet, sorted(rows)) for sheet, rows in kept.values()])
        places = {key: (n, sorted(rows)) for n, (key, (_, rows)) in enumerate(kept.items())}
        cut.equation = tuple((places[id(s)][0], places[id(s)][1].index(row)) for s, row in sides)
        cut.script = script
        yield Slice(rule, cut)
