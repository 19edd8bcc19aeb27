"""Whether the tables beside the structures speak of what there is: rules, reference, code maps, layouts.

`lmis dsd check` runs it. Loading the rules only looks at their columns, since a rule for a structure that a
deployment does not have does no harm; a misspelt code in one would be a rule that never speaks.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from publisher.errors import Finding
from publisher.package.findings import nearest, quoted
from publisher.package.harmonise import layout as layouts
from publisher.package.harmonise.codemap import MapError
from publisher.package.rules import accounting, tables, vtl
from publisher.structures.model import DataStructure
from publisher.structures.registry import Registry
from publisher.structures.resolve import resolved_components

Row = Mapping[str, str]
Fault = tuple[str, str, str | None]  # code, message, what is allowed
Judge = Callable[["Known", Row, str], Iterator[Fault]]


class Known:
    """The components of every data structure and the codes of each, by id."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.structures: dict[str, dict[str, set[str]]] = {}
        self.every: dict[str, set[str]] = {}
        for structure in registry.find("datastructure"):
            if isinstance(structure, DataStructure):
                for name in (structure.id, structure.ref.short):
                    self.structures[name] = self._codes(resolved_components(registry, structure))
        for codes in self.structures.values():
            for name, its in codes.items():
                self.every.setdefault(name, set()).update(its)

    @staticmethod
    def _codes(components: Mapping[str, object]) -> dict[str, set[str]]:
        codes = {name: getattr(resolved, "codes", None) for name, resolved in components.items()}
        return {name: set(its.items) if its else set() for name, its in codes.items()}

    def of(self, row: Row) -> dict[str, set[str]]:
        """The components of the row's structure; of all where it names none that is known."""
        return self.structures.get(row.get("structure", ""), self.every)


def check(registry: Registry) -> tuple[Finding, ...]:
    """Everything that is wrong in the tables of all folders, by file and row."""
    known = Known(registry)
    found: list[Finding] = []
    for folder in registry.folders:
        for name, columns in TABLES.items():
            if (path := folder / name).is_file():
                found.extend(_table(known, path, name, columns))
        for path in sorted(folder.glob("maps/*/*.csv")):
            found.extend(_table(known, path, path.relative_to(folder).as_posix(), None))
        found.extend(_layouts(folder))
        found.extend(_scripts(folder))
    return tuple(found)


def _table(
    known: Known, path: Path, name: str, columns: Mapping[str, Judge | None] | None
) -> Iterator[Finding]:
    """The findings of one CSV; a code map has components in capitals and labels in small letters."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        header = list(reader.fieldnames or ())
        if columns is None:
            columns = {column: partial(_code_here, column) for column in header if column.isupper()}
        elif header != list(columns):
            yield Finding(
                "table-columns", "the table has other columns", file=name, row=1, value=",".join(header),
                allowed=",".join(columns), remedy="give it these columns, in this order",
            )  # fmt: skip
            return
        for row in reader:
            texts = {column: text or "" for column, text in row.items() if column}
            for column, judge in columns.items():
                for code, message, allowed in judge(known, texts, column) if judge else ():
                    yield Finding(
                        code, message, file=name, row=reader.line_num, column=column, value=texts[column],
                        allowed=allowed, remedy="correct the cell",
                    )  # fmt: skip


# -- what a cell may say ---------------------------------------------------------------------------


def _structure(known: Known, row: Row, column: str) -> Iterator[Fault]:
    if row[column] not in known.structures:
        yield (
            "missing-reference",
            f"there is no data structure {quoted(row[column])}",
            nearest(row[column], known.structures),
        )


def _component(known: Known, row: Row, column: str) -> Iterator[Fault]:
    if row[column] not in known.of(row):
        yield (
            "unknown-component",
            f"{quoted(row[column])} is no component",
            nearest(row[column], known.of(row)),
        )


def _codes(known: Known, row: Row, component: str, codes: list[str]) -> Iterator[Fault]:
    listed = known.of(row).get(component)
    for code in codes if listed else ():
        if code not in (listed or ()):
            yield (
                "unknown-code",
                f"{quoted(code)} is no code of {component}",
                nearest(code, sorted(listed or ())),
            )


def _code_of(component: str, known: Known, row: Row, column: str) -> Iterator[Fault]:
    """Codes, with | between them, of the component that another column names."""
    yield from _codes(known, row, row[component], row[column].split("|"))


def _code_here(component: str, known: Known, row: Row, column: str) -> Iterator[Fault]:
    """A code of `component`, or nothing."""
    if component not in known.every:
        yield "unknown-component", f"{quoted(component)} is no component", nearest(component, known.every)
    elif row[column]:
        yield from _codes(known, row, component, [row[column]])


def _where(known: Known, row: Row, column: str) -> Iterator[Fault]:
    for name, codes in tables.where(row[column]).items():
        if name not in known.of(row):
            yield "unknown-component", f"{quoted(name)} is no component", nearest(name, known.of(row))
        yield from _codes(known, row, name, sorted(codes))


def _number(known: Known, row: Row, column: str) -> Iterator[Fault]:
    if row[column] and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", row[column]):
        yield "illegal-value", f"{quoted(row[column])} is no number", "digits with a dot, or nothing"


def _size(known: Known, row: Row, column: str) -> Iterator[Fault]:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?%?", row[column]):
        yield "illegal-value", f"{quoted(row[column])} is no size", "a number, or a percentage: 3, 10%"


def _pattern(known: Known, row: Row, column: str) -> Iterator[Fault]:
    try:
        groups = re.compile(row[column]).groups
    except re.error:
        groups = 0
    if not groups:
        yield (
            "illegal-value",
            f"{quoted(row[column])} is no pattern with a group",
            "a regular expression: ECO_(ISIC[0-9])_.*",
        )


def _partition(known: Known, row: Row, column: str) -> Iterator[Fault]:
    equations = accounting.equations(known.registry, row[column])
    if not equations:
        yield (
            "illegal-value",
            f"{quoted(row[column])} is no partition",
            "_T = F + M, or a hierarchy: AGENCY:ID(1.0.0)",
        )
    sides = [side for whole, parts in equations for side in (whole, *parts)]
    wanted = [side for side in sides if not side.isdigit()]  # 100 is the whole of shares
    yield from _codes(known, row, row["dimension"], wanted)


def _of(component: str) -> Judge:
    return partial(_code_here, component)


_PLACE: dict[str, Judge | None] = {
    "freq": _of("FREQ"),
    "source": _of("SOURCE"),
    "age": _of("AGE"),
    "coverage": _of("POP_COVERAGE"),
}
_REASON: dict[str, Judge | None] = {"reason": None, "decided_by": None}
TABLES: dict[str, dict[str, Judge | None]] = {
    "reference/required.csv": {
        "structure": _structure, "when_component": _component,
        "when_value": partial(_code_of, "when_component"), "required": _component,
    },
    "reference/preferred.csv": {"area": _of("REF_AREA"), "indicator": _of("INDICATOR")} | _PLACE | _REASON,
    "reference/comparison.csv": {"indicator": _of("INDICATOR")} | _PLACE | _REASON,
    "reference/derived.csv": {
        "area": _of("REF_AREA"), "source": _of("SOURCE"), "from_freq": _of("FREQ"), "from_period": None,
        "to_freq": _of("FREQ"), "since": _number, "status": _of("OBS_STATUS"),
    } | _REASON,
    "rules/accounting.csv": {
        "id": None, "structure": _structure, "script": None, "dimension": _component, "partition": _partition,
        "where": _where, "tolerance": _number, "message": None,
    },
    "rules/breaks.csv": {
        "structure": _structure, "component": _component, "pattern": _pattern, "reason": None,
    },
    "rules/comparable.csv": {
        "structure": _structure, "where": _where, "component": _component,
        "convention": partial(_code_of, "component"), "instead": partial(_code_of, "component"),
        "reason": None,
    },
    "rules/continuous.csv": {"structure": _structure, "where": _where, "reason": None},
    "rules/plausible.csv": {
        "structure": _structure, "where": _where, "revision": _size, "step": _size, "factor": _number,
        "reason": None,
    },
    "rules/ranges.csv": {
        "structure": _structure, "where": _where, "except": _where, "min": _number, "max": _number,
        "reason": None,
    },
}  # fmt: skip


# -- scripts and layouts ---------------------------------------------------------------------------


def _scripts(folder: Path) -> Iterator[Finding]:
    """Scripts that VTL cannot parse, and rules whose script is not there."""
    path = folder / "rules" / "accounting.csv"
    if not path.is_file():
        return
    there = {script.stem: script for script in sorted((folder / "rules" / "vtl").glob("*.vtl"))}
    for name, script in there.items():
        if fault := vtl.fault(script.read_text(encoding="utf-8")):
            yield Finding("vtl", f"the script cannot be parsed: {fault}", file=f"rules/vtl/{name}.vtl")
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        for row in reader:
            if (named := row.get("script") or "") not in there:
                yield Finding(
                    "missing-script", f"there is no rules/vtl/{named}.vtl", file="rules/accounting.csv",
                    row=reader.line_num, column="script", value=named, allowed=nearest(named, there),
                )  # fmt: skip


def _layouts(folder: Path) -> Iterator[Finding]:
    """Layouts that cannot be read."""
    for name, place in layouts.folders([folder]):
        try:
            layouts.load(name, place)
        except MapError as exc:
            yield Finding("layout", f"the layout cannot be used: {exc}", file=f"maps/{name}/layout.toml")
