"""layout.toml as data: where a national table keeps its labels and figures, and what they mean.

docs/maps.md explains every key. A layout lies in `maps/<provider>/<table>/layout.toml` of a folder of
structures; the code maps that it names are CSV files in `maps/<provider>/`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publisher.package.harmonise.codemap import CodeMap, MapError

NO_ROW = "no row"  # what a missing mark means when it is not a status
CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]*)")
_KEYS = {
    "title": dict, "source": str, "note": str, "file": dict, "body": dict, "expect": dict, "variable": list,
    "codes": list, "period": list, "fixed": dict, "missing": dict, "numbers": dict, "set": list,
    "dataflows": dict,
}  # fmt: skip


@dataclass(frozen=True)
class Variable:
    """A label of the figures: in a column of the table, in a row of its header, or given by the package."""

    name: str
    column: str = ""  # letter
    header: str = ""  # text of the last header row that names the column
    row: int = 0
    is_merged: bool = False  # an empty cell belongs to the label before it
    pattern: re.Pattern[str] | None = None  # its groups are variables of their own

    @property
    def is_label(self) -> bool:
        """True when every row has its own."""
        return bool(self.column or self.header)

    @property
    def labels(self) -> tuple[str, ...]:
        """What tells its figures apart: the groups of its pattern, or itself."""
        return tuple(self.pattern.groupindex if self.pattern else ()) or (self.name,)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *(self.pattern.groupindex if self.pattern else ()))


@dataclass(frozen=True)
class Rule:
    """Values for the figures that have all of `when` (name → values), from one period to another."""

    values: Mapping[str, str]
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    start: str = ""
    end: str = ""


@dataclass(frozen=True)
class Layout:
    name: str  # PROVIDER/table
    folder: Path
    sheet: str
    first_row: int
    expect: Mapping[str, str]
    variables: tuple[Variable, ...]
    codes: tuple[CodeMap, ...]
    periods: tuple[Rule, ...]
    fixed: Mapping[str, str]
    missing: Mapping[str, str]  # mark → OBS_STATUS, or NO_ROW
    thousands: str
    decimal: str
    sets: tuple[Rule, ...]
    dataflows: Mapping[str, Mapping[str, tuple[str, ...]]]  # dataflow → component → codes that go there
    title: Mapping[str, str]

    @property
    def header_row(self) -> int:
        """The row whose texts name columns."""
        return self.first_row - 1


def folders(roots: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """(PROVIDER/table, folder) of every layout; later roots win."""
    found: dict[str, Path] = {}
    for root in roots:
        for path in sorted(root.glob("maps/*/*/layout.toml")):
            found[f"{path.parent.parent.name}/{path.parent.name}"] = path.parent
    yield from found.items()


def load(name: str, folder: Path) -> Layout:
    """The layout in `folder`. Raises MapError, which says what is wrong in which file."""
    path = folder / "layout.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise MapError(f"{name}/layout.toml: {exc}") from exc
    try:
        _shape(raw)
        return _layout(name, folder, raw)
    except (KeyError, TypeError, ValueError, AttributeError, re.error) as exc:
        raise MapError(f"{name}/layout.toml: {exc}") from exc


def _shape(raw: Mapping[str, Any]) -> None:
    for key, value in raw.items():
        if key not in _KEYS:
            raise ValueError(f"{key!r} is not known; known: {', '.join(_KEYS)}")
        if not isinstance(value, _KEYS[key]):
            raise ValueError(f"{key!r} must be a {_KEYS[key].__name__}")
    for key in ("dataflows", "body", "missing", "title"):
        if key not in raw:
            raise ValueError(f"{key!r} is missing")


def _layout(name: str, folder: Path, raw: Mapping[str, Any]) -> Layout:
    file, numbers = raw.get("file", {}), raw.get("numbers", {})
    for cell in raw.get("expect", {}):
        if not CELL.fullmatch(cell):
            raise ValueError(f"expect.{cell} is no cell such as B7")
    layout = Layout(
        name=name,
        folder=folder,
        sheet=file.get("sheet", ""),
        first_row=int(raw["body"]["first_row"]),
        expect=raw.get("expect", {}),
        variables=tuple(_variable(one) for one in raw.get("variable", ())),
        codes=tuple(CodeMap.load(folder.parent / f"{one['map']}.csv") for one in raw.get("codes", ())),
        periods=tuple(_rule(one) for one in raw.get("period", ())),
        fixed=_texts(raw.get("fixed", {})),
        missing=_texts(raw["missing"]),
        thousands=numbers.get("thousands", ""),
        decimal=numbers.get("decimal", "."),
        sets=tuple(_rule(one) for one in raw.get("set", ())),
        dataflows={flow: _when(where) for flow, where in raw["dataflows"].items()},
        title=raw["title"],
    )
    _names(layout)
    return layout


def _variable(raw: Mapping[str, Any]) -> Variable:
    pattern = re.compile(raw["pattern"]) if "pattern" in raw else None
    for name in (raw["name"], *(pattern.groupindex if pattern else ())):
        if not name.isidentifier() or name == name.upper():
            raise ValueError(f"variable {name!r} must have small letters, digits and _")
    places = [key for key in ("column", "header", "row", "given") if key in raw]
    if len(places) != 1:
        raise ValueError(f"variable {raw['name']!r} needs one of column, header, row, given")
    return Variable(
        raw["name"],
        raw.get("column", ""),
        raw.get("header", ""),
        int(raw.get("row", 0)),
        bool(raw.get("merged", False)),
        pattern,
    )


def _rule(raw: Mapping[str, Any]) -> Rule:
    values = {key: value for key, value in raw.items() if key.isupper()}
    return Rule(_texts(values), _when(raw.get("when", {})), raw.get("from", ""), raw.get("to", ""))


def _when(raw: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    return {key: tuple([value] if isinstance(value, str) else map(str, value)) for key, value in raw.items()}


def _texts(raw: Mapping[str, Any]) -> Mapping[str, str]:
    return {key: str(value) for key, value in raw.items()}


def _names(layout: Layout) -> None:
    """Code maps and periods speak of variables that the layout has."""
    known = {name for variable in layout.variables for name in variable.names}
    for codes in layout.codes:
        known |= set(codes.targets)
        if strange := sorted(set(codes.sources) - known):
            raise ValueError(f"{codes.name}.csv has the columns {', '.join(strange)}, which are no variables")
    for rule in layout.periods:
        if strange := sorted(set(rule.when) - known):
            raise ValueError(f"period.when has {', '.join(strange)}, which are no variables")
