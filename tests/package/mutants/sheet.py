"""A small package that can be changed in every way: its tables as lists of texts, its descriptor as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa

from publisher.structures.definition import Definition, Resolved

VALUE, TIME, STATUS = "OBS_VALUE", "TIME_PERIOD", "OBS_STATUS"
Codes = Mapping[str, frozenset[str]]
Write = Callable[["Sheet"], bytes]


@dataclass
class Sheet:
    """One table and its resource."""

    definition: Definition
    limits: tuple[Codes, Codes]  # what the dataflow holds, what the provider may file
    resource: dict[str, Any]
    header: list[str]
    rows: list[list[str]]
    write: Write
    first: int = 2  # the number of the first row in the file as `write` writes it

    @property
    def file(self) -> str:
        return str(self.resource["path"])

    @property
    def fixed(self) -> Mapping[str, str]:
        fixed: Mapping[str, str] = self.resource["sdmx"].get("fixed", {})
        return fixed

    @property
    def dimensions(self) -> list[str]:
        return [d.id for d in self.definition.dimensions]

    def component(self, name: str) -> Resolved:
        return self.definition.components[name]

    def at(self, name: str) -> int:
        return self.header.index(name)

    def get(self, row: int, name: str) -> str:
        """The cell; of a component without a column, its fixed value."""
        return self.rows[row][self.at(name)] if name in self.header else self.fixed.get(name, "")

    def column(self, name: str) -> list[str]:
        """The cells of a column; its fixed value throughout where there is none."""
        if name not in self.header:
            return [self.fixed.get(name, "")] * len(self.rows)
        at = self.at(name)
        return [row[at] for row in self.rows]

    def put(self, row: int, name: str, text: str) -> None:
        self.rows[row][self.at(name)] = text

    def add(self, name: str, texts: str | list[str]) -> None:
        """One more column, or another content of it."""
        cells = [texts] * len(self.rows) if isinstance(texts, str) else texts
        if name not in self.header:
            self.header.append(name)
            self.rows = [[*row, ""] for row in self.rows]
        for row, text in enumerate(cells):
            self.put(row, name, text)

    def series(self, row: int) -> tuple[str, ...]:
        return tuple(self.get(row, name) for name in self.dimensions)

    def key(self, row: int) -> tuple[str, ...]:
        return (*self.series(row), self.get(row, TIME))

    def by_series(self) -> list[list[int]]:
        """The rows of each series, in the order of the file."""
        found: dict[tuple[str, ...], list[int]] = {}
        for row, key in enumerate(zip(*map(self.column, self.dimensions), strict=True)):
            found.setdefault(key, []).append(row)
        return list(found.values())

    def public(self, rows: list[int] | None = None) -> pa.Table:
        """The rows (all, unless said) as the state that was published."""
        names = [*self.dimensions, TIME, VALUE, STATUS, "UNIT_MULT"]
        table = pa.table({n: pa.array([text or None for text in self.column(n)], pa.string()) for n in names})
        return table if rows is None else table.take(rows)


@dataclass
class Draft:
    """What a kind of error may change before it is written."""

    package: dict[str, Any]
    sheets: list[Sheet]
    usual: frozenset[str] = frozenset()  # codes of warnings that the slice has as the office published it
    equation: tuple[tuple[int, int], ...] = ()  # sheet and row of each side, the whole first
    script: str = ""  # how they make each other: sum, rate, hundred
    previous: pa.Table | None = None
    extra: dict[str, bytes] = field(default_factory=dict)  # files beside
    after: Callable[[dict[str, bytes]], dict[str, bytes]] | None = None  # the last word on all files
    pack: Callable[[dict[str, bytes]], bytes] | None = None  # the package as an archive

    @property
    def sheet(self) -> Sheet:
        return self.sheets[0]

    def copy_of_sheet(self) -> Sheet:
        """The first sheet again, with a resource of its own."""
        own = self.sheet
        resource = json.loads(json.dumps(own.resource))
        return Sheet(
            own.definition, own.limits, resource, list(own.header), [list(r) for r in own.rows], own.write
        )

    def files(self) -> dict[str, bytes]:
        """Path in the package → content."""
        files = {sheet.file: sheet.write(sheet) for sheet in self.sheets if "path" in sheet.resource}
        content = {**self.package, "resources": [sheet.resource for sheet in self.sheets]}
        files = {"datapackage.json": json.dumps(content).encode()} | files | self.extra
        return self.after(files) if self.after else files

    def into(self, folder: Path) -> None:
        """Writes the package into `folder`, and nothing else is left there."""
        files = self.files()
        for old in folder.iterdir():
            if old.name not in files:
                old.unlink()
        for name, data in files.items():
            (folder / name).write_bytes(data)


@dataclass(frozen=True)
class Planted:
    """Where the finding must point: a row of a sheet (from 0) or a line, and a column."""

    row: int | None = None
    column: str | None = None
    sheet: int = 0
    line: int | None = None
    file: str | None = None  # datapackage.json, or a file that no sheet is; "": none


Plant = Callable[[Draft, Random], Planted | None]  # None: the slice has no place for this error
