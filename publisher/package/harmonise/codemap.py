"""Code maps: the CSV file that a clerk edits, one line for each pair of an office's code and ours.

Columns: source variables (small letters), target components (their ids), `weight`, `rule`, `note`.
A source code has one target; or several with weights; or several of which one line gives the `rule`
that decides. A line without targets, and with a rule, leaves the code out.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path

from publisher.errors import StructureError

OWN = ("weight", "rule", "note")
Codes = tuple[str, ...]


class MapError(StructureError):
    """A layout or code map cannot be used."""


@dataclass(frozen=True)
class Pair:
    source: Codes
    target: Codes
    weight: Decimal | None = None
    rule: str = ""
    note: str = ""
    line: int = 0

    @property
    def is_left_out(self) -> bool:
        return not any(self.target)


@dataclass(frozen=True)
class CodeMap:
    """Pairs of codes; `choices` has what each source code comes to."""

    name: str  # of the file, without .csv
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    pairs: tuple[Pair, ...]

    @classmethod
    def load(cls, path: Path) -> CodeMap:
        """The code map in `path`. Raises MapError."""
        if not path.is_file():
            raise MapError(f"{path.parent.name}/{path.name}: there is no such code map")
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return cls.of(path.stem, list(csv.reader(stream)))

    @classmethod
    def of(cls, name: str, rows: Sequence[Sequence[str]]) -> CodeMap:
        """The code map of `rows`, the header first."""
        header = [text.strip() for text in rows[0]] if rows else []
        sources = tuple(text for text in header if text not in OWN and text != text.upper())
        targets = tuple(text for text in header if text not in OWN and text == text.upper())
        if not sources or not targets or len(set(header)) < len(header):
            raise MapError(f"{name}.csv: the header needs source variables and target components, each once")
        lines = [(number, row) for number, row in enumerate(rows[1:], 2) if any(row)]
        pairs = tuple(_pair(name, header, sources, targets, row, number) for number, row in lines)
        return cls(name, sources, targets, pairs)

    @cached_property
    def choices(self) -> Mapping[Codes, tuple[Pair, ...]]:
        """Source code → the pairs that count: several when they have weights, none when it is ambiguous."""
        groups: dict[Codes, list[Pair]] = {}
        for pair in self.pairs:
            groups.setdefault(pair.source, []).append(pair)
        return {source: _decided(pairs) for source, pairs in groups.items()}

    def candidates(self, source: Codes) -> tuple[Pair, ...]:
        """Every pair of `source`, decided or not."""
        return tuple(pair for pair in self.pairs if pair.source == source)


def _pair(
    name: str, header: list[str], sources: Codes, targets: Codes, row: Sequence[str], line: int
) -> Pair:
    cells = dict(zip(header, (plain(text) for text in row), strict=False))
    if len(row) != len(header):
        raise MapError(f"{name}.csv line {line}: {len(row)} cells, the header has {len(header)}")
    weight = cells.get("weight", "")
    try:
        number = Decimal(weight) if weight else None
    except InvalidOperation:
        number = Decimal(-1)
    if number is not None and not 0 <= number <= 1_000_000:
        raise MapError(f"{name}.csv line {line}: weight {weight!r} is not a number from 0")
    pair = Pair(
        tuple(cells[s] for s in sources),
        tuple(cells[t] for t in targets),
        number,
        cells.get("rule", ""),
        cells.get("note", ""),
        line,
    )
    if pair.is_left_out and not pair.rule:
        shown = " / ".join(pair.source)
        raise MapError(f"{name}.csv line {line}: {shown} has no target and no rule that says why")
    return pair


def _decided(pairs: list[Pair]) -> tuple[Pair, ...]:
    if len(pairs) == 1 or all(pair.weight is not None for pair in pairs):
        return tuple(pairs)
    ruled = [pair for pair in pairs if pair.rule]
    return tuple(ruled) if len(ruled) == 1 else ()


def plain(text: str) -> str:
    """A label as it is compared: white space at its ends and in rows does not count.

    >>> plain(" Jasa \\n  lain ")
    'Jasa lain'
    """
    return " ".join(text.split())
