"""Whether a withheld figure can be computed from what is published, and what to withhold as well.

The accounting equations are linear in the figures. A reader knows all that is published; a withheld
figure is known too exactly when its unit vector lies in the row space of the equations over the
unknowns. Figures that are not in the package at all are unknowns as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from publisher.package.findings import Findings
from publisher.package.frame import Frame
from publisher.package.protect.known import Known
from publisher.package.rules import figures
from publisher.package.rules.accounting import Rule
from publisher.package.rules.stack import Stack

Mask = npt.NDArray[np.bool_]
Cell = tuple[int, ...]  # codes of all dimensions and the period
_ZERO = 1e-9


@dataclass(frozen=True)
class Equation:
    """Cells with their coefficients; they make zero."""

    sides: tuple[tuple[Cell, float], ...]
    rule: str


class Audit:
    """The equations that withheld figures stand in, and what a reader would know."""

    def __init__(self, stack: Stack, rules: Sequence[Rule], hidden: Mask) -> None:
        self.stack = stack
        definition = stack.frames[0].definition
        self.names = [d.id for d in definition.dimensions]
        self.names += [definition.time.id] if definition.time else []
        self.rows: dict[Cell, int] = {}
        self.unknown: set[Cell] = set()
        self.equations = [
            equation
            for rule in rules
            if stack.is_about(rule.structure)
            for equation in self._of(rule, hidden)
        ]
        self.hidden = {cell for cell in self.unknown if cell in self.rows}
        for equation in self.equations:
            self.unknown |= {cell for cell, _ in equation.sides if cell not in self.rows}

    def _of(self, rule: Rule, hidden: Mask) -> Iterator[Equation]:
        """The equations of a rule that have a withheld side."""
        if rule.script.stem == "hundred":
            return
        sides = [side for whole, parts in rule.equations for side in (whole, *parts)]
        rows = self.stack.among(rule.dimension, sides, rule.where)
        key = self.stack.key_without(rule.dimension, rows)
        touched = rows[np.isin(key, np.unique(key[hidden[rows]]))]
        codes = np.stack([self.stack.codes(name)[touched] for name in self.names], axis=1)
        place = self.names.index(rule.dimension)
        groups: dict[Cell, Cell] = {}
        for row, code in zip(touched.tolist(), codes.tolist(), strict=True):
            cell = tuple(code)
            self.rows[cell] = row
            if hidden[row]:
                self.unknown.add(cell)
            groups[(*cell[:place], -1, *cell[place + 1 :])] = cell
        numbers = {value: n for n, value in enumerate(self.stack.values(rule.dimension))}
        for group in groups:
            for whole, parts in rule.equations:
                cells = [
                    (*group[:place], numbers.get(side, -2 - n), *group[place + 1 :])
                    for n, side in enumerate((whole, *parts))
                ]
                if self.unknown & set(cells) and (equation := self._equation(rule, cells)):
                    yield equation

    def _equation(self, rule: Rule, cells: list[Cell]) -> Equation | None:
        if rule.script.stem != "rate":
            signs = [1.0, *(-1.0 for _ in cells[1:])]
            return Equation(tuple(zip(cells, signs, strict=True)), rule.id)
        rate, part, base = cells
        free = [cell in self.rows and cell not in self.unknown for cell in cells]
        if not free[0]:  # the rate is an unknown: only alone it is linear
            return Equation(((rate, 1.0),), rule.id) if all(free[1:]) else None
        share = self.stack.figures.values[self.rows[rate]] / 100
        return Equation(((part, 1.0), (base, -share)), rule.id)

    @cached_property
    def of_cell(self) -> Mapping[Cell, list[Equation]]:
        found: dict[Cell, list[Equation]] = defaultdict(list)
        for equation in self.equations:
            for cell, _ in equation.sides:
                found[cell].append(equation)
        return found

    def component(self, start: Equation) -> dict[Equation, None]:
        """The equations that share unknowns with `start`, directly or through others: a small system."""
        members, waiting = {start: None}, [start]
        while waiting:
            for cell, _ in waiting.pop().sides:
                if cell in self.unknown:
                    more = [e for e in self.of_cell[cell] if e not in members]
                    members |= dict.fromkeys(more)
                    waiting += more
        return members

    def known(self, equations: Collection[Equation]) -> list[Cell]:
        """The withheld cells of a component that a reader can compute, in the order of their rows."""
        cells = sorted({c for e in equations for c, _ in e.sides if c in self.unknown})
        matrix = np.zeros((len(equations), len(cells)))
        number = {cell: n for n, cell in enumerate(cells)}
        for row, equation in enumerate(equations):
            for cell, sign in equation.sides:
                if cell in number:
                    matrix[row, number[cell]] += sign
        found = {cells[n] for n in determined(matrix)} & self.hidden
        return sorted(found, key=self.rows.__getitem__)

    def remedy(self, cell: Cell) -> Cell | None:
        """The figure of the package to withhold too: the smallest part beside it, else the whole."""
        for equation in self.of_cell[cell]:
            free = [(s, c) for c, s in equation.sides if self.is_own(c) and c not in self.unknown]
            values = self.stack.figures.values
            free.sort(key=lambda side: (side[0] > 0, abs(values[self.rows[side[1]]])))
            if free:
                return free[0][1]
        return None

    def is_own(self, cell: Cell) -> bool:
        """Whether the package has the cell; others are public, or of another package."""
        return cell in self.rows and not isinstance(self.stack.place(self.rows[cell])[0], Known)

    def beside(self, cell: Cell) -> list[str]:
        """Where the published figures of its equations stand that are not in the package."""
        sides = {c for e in self.of_cell[cell] for c, _ in e.sides}
        places = [self.stack.place(self.rows[c])[0] for c in sides & self.rows.keys() - self.unknown]
        return sorted({frame.parts[0].file for frame in places if isinstance(frame, Known)})


def determined(matrix: npt.NDArray[np.float64]) -> list[int]:
    """The columns whose unit vector lies in the row space of `matrix`.

    >>> determined(np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 0.0]])), determined(np.array([[1.0, -1.0]]))
    ([0, 1], [])
    """
    reduced = matrix.copy()
    pivots: list[int] = []
    for column in range(reduced.shape[1]):
        top = len(pivots)
        if top == reduced.shape[0]:
            break
        best = top + int(np.abs(reduced[top:, column]).argmax())
        if abs(reduced[best, column]) <= _ZERO:
            continue
        reduced[[top, best]] = reduced[[best, top]]
        reduced[top] /= reduced[top, column]
        others = np.arange(len(reduced)) != top
        reduced[others] -= np.outer(reduced[others, column], reduced[top])
        pivots.append(column)
    alone = (np.abs(reduced[: len(pivots)]) > _ZERO).sum(axis=1) == 1
    return [column for column, single in zip(pivots, alone.tolist(), strict=True) if single]


def check(stack: Stack, rules: Sequence[Rule], hidden: Mask, findings: Findings) -> None:
    """A finding for each withheld figure that the published ones give away, with what to withhold too."""
    audit = Audit(stack, rules, hidden)
    done: set[Equation] = set()
    for start in audit.equations:
        if start not in done:
            done |= _settle(audit, start, findings).keys()


def _settle(audit: Audit, start: Equation, findings: Findings) -> dict[Equation, None]:
    """Withhold in thought until nothing of the component can be computed; that may join it to others."""
    while True:
        members = audit.component(start)
        known = audit.known(members)
        if not known:
            return members
        cell = known[0]
        more = audit.remedy(cell)
        if audit.is_own(cell) or more is not None:  # else this package has no part in it
            _tell(audit, cell, more, findings)
        if more is None:
            audit.hidden.discard(cell)
        else:
            audit.unknown.add(more)
            audit.hidden.add(more)


def _tell(audit: Audit, cell: Cell, more: Cell | None, findings: Findings) -> None:
    """At the withheld figure; at the one that gives it away, when another package withholds it."""
    frame, row = audit.stack.place(audit.rows[cell])
    rules = ", ".join(sorted({e.rule for e in audit.of_cell[cell]}))
    beside = audit.beside(cell)
    helped = f" and from {', '.join(beside)}" if beside else ""
    note = f"the withheld figure can be computed from published ones{helped} (rule {rules})"
    remedy = "what is public gives it away: ask whether it is to be withheld still" if beside else None
    if more is not None:
        other, number = audit.stack.place(audit.rows[more])
        if isinstance(frame, Known):
            held = f"that of {frame.named(row)}, which is withheld"
            note = f"with this figure, {held}, can be computed (rule {rules})"
            frame, row = other, number
            remedy = "withhold it too: give it CONF_STATUS D"
        else:
            file, line, column = _place(other, number)
            remedy = f"withhold row {line}, column {column} of {file} too: give it CONF_STATUS D"
    file, line, column = _place(frame, row)
    findings.add("suppression-undone", note, file=file, row=line, column=column, remedy=remedy)


def _place(frame: Frame, row: int) -> tuple[str, int, str]:
    """Where the figure stands; of a national table, its own cell."""
    return frame.cell(row, figures.measure(frame) or "")
