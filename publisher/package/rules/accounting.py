"""Accounting: sums, rates and shares that must agree (`rules/accounting.csv`, scripts in `rules/vtl`).

A rule runs inside one structure, one source (SOURCE is part of the key) and one partition, and only
where all sides of an equation are there. Rounding of both sides is let through, nothing else is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from publisher.errors import LmisError, StructureError
from publisher.package.findings import Findings
from publisher.package.keys import ranks
from publisher.package.rules import figures, tables, vtl
from publisher.package.rules.stack import Stack
from publisher.structures.model import HierarchicalCode, Hierarchy
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

COLUMNS = (
    "id", "structure", "script", "dimension", "partition", "where", "tolerance", "message",
)  # fmt: skip
_HIERARCHY = re.compile(r"(?P<agency>[^:\s]+):(?P<id>[^(\s]+)\((?P<version>[^()]+)\)")
_SIDES = re.compile(r"\s*([^\s=]+)\s*=\s*(.+?)\s*")
Equations = tuple[tuple[str, tuple[str, ...]], ...]
Ids = npt.NDArray[np.signedinteger]


@dataclass(frozen=True)
class Rule:
    id: str
    structure: str
    script: Path
    dimension: str
    equations: Equations  # whole and parts, as codes of the dimension
    where: tables.Where
    share: float  # of the whole: what is let through beside the rounding
    message: str

    def items(self) -> dict[str, str]:
        """Code → its name in the script: a rate has roles, other scripts use the codes themselves."""
        whole, parts = self.equations[0]
        if self.script.stem == "rate":
            return {whole: "RATE", parts[0]: "PART", parts[1]: "WHOLE"}
        if self.script.stem == "hundred":
            return {part: part for part in parts}
        return {code: code for whole, parts in self.equations for code in (whole, *parts)}

    def text(self) -> str:
        """What the engine runs."""
        script = vtl.script(self.script)
        return f"{vtl.ruleset(self.equations)}\n{script}" if "PARTITION rule" in script else script


def load(registry: Registry) -> tuple[Rule, ...]:
    """The rules of all folders. Raises StructureError where a partition or script is not there."""
    found = []
    for path, row in tables.rows(registry, "accounting.csv", COLUMNS):
        script = path.parent / "vtl" / f"{row['script']}.vtl"
        sides = equations(registry, row["partition"])
        if not sides or not script.is_file():
            raise StructureError(f"{path}: rule {row['id']} names a partition or script that is not there")
        where, share = tables.where(row["where"]), float(row["tolerance"] or 0)
        found.append(
            Rule(row["id"], row["structure"], script, row["dimension"], sides, where, share, row["message"])
        )
    return tuple(found)


def equations(registry: Registry, partition: str) -> Equations:
    """Whole and parts that a partition says, an equation or a hierarchy; none where it is neither."""
    if match := _HIERARCHY.fullmatch(partition):
        try:
            hierarchy = registry.get(Ref("hierarchy", match["agency"], match["id"], match["version"]))
        except LmisError:
            return ()
        return tuple(_nodes(hierarchy.codes)) if isinstance(hierarchy, Hierarchy) else ()
    sides = _SIDES.fullmatch(partition)
    return ((sides[1], tuple(re.split(r"\s*[+/]\s*", sides[2]))),) if sides else ()


def _nodes(codes: Sequence[HierarchicalCode]) -> list[tuple[str, tuple[str, ...]]]:
    """Each code that has children, with them."""
    found = []
    for code in codes:
        if code.children:
            found.append((_id(code), tuple(map(_id, code.children))))
            found.extend(_nodes(code.children))
    return found


def _id(code: HierarchicalCode) -> str:
    return (code.code.item if code.code else None) or code.id


def check(stack: Stack, rules: Sequence[Rule], findings: Findings) -> None:
    """A finding at the whole of each equation that does not hold."""
    for rule in rules:
        if stack.is_about(rule.structure):
            try:
                _run(stack, rule, findings)
            except vtl.EngineMissing:
                findings.add("rules-not-run", f"the rule {rule.id} needs vtlengine, which is not installed")
                return


def _run(stack: Stack, rule: Rule, findings: Findings) -> None:
    items = rule.items()
    possible = _possible(stack, rule)
    if not possible:
        return
    rows = stack.among(rule.dimension, {side for sides in possible for side in sides}, rule.where)
    if len(rows) < 2:
        return
    key, rows = _complete(stack, rule, possible, rows)
    names = np.array([items.get(value, "") for value in stack.values(rule.dimension)], object)
    text, codes = rule.text(), stack.codes(rule.dimension)
    for start, stop in _runs(key):
        its, of = rows[start:stop], key[start:stop]
        item = names[codes[its]]
        values, half = stack.figures.values[its], stack.figures.half[its]
        found = vtl.run(text, rule.share, of, item, values, half)
        if len(found):
            first = _first(found, findings.room("accounting"))
            _tell(stack, rule, first.to_dict("records"), of, its, item, findings)
            findings.count("accounting", len(found) - len(first))


def _possible(stack: Stack, rule: Rule) -> list[list[str]]:
    """The sides of each equation all of whose codes occur at all."""
    items, occurring = rule.items(), {*stack.values(rule.dimension)}
    every = [[side for side in (whole, *parts) if side in items] for whole, parts in rule.equations]
    return [sides for sides in every if occurring.issuperset(sides)]


def _complete(stack: Stack, rule: Rule, possible: list[list[str]], rows: Ids) -> tuple[Ids, Ids]:
    """Only rows of equations of which every side is there: their keys, in order, and they."""
    key = stack.key_without(rule.dimension, rows)
    order = np.argsort(key, kind="stable")
    key, rows = ranks(key[order]), rows[order]
    del order
    code, values = stack.codes(rule.dimension)[rows], stack.values(rule.dimension)
    wanted, count = np.zeros(len(rows), bool), int(key[-1]) + 1
    for sides in possible:
        own = np.array([*(value in sides for value in values), False])[code]
        full = np.bincount(key[own], minlength=count) == len(sides)
        wanted |= own & full[key]
    return key[wanted], rows[wanted]


def _first(found: Any, room: int) -> Any:
    """The findings of the first equations, enough for those that are shown; the others are counted."""
    if len(found) <= room:
        return found
    key = found["KEY"].to_numpy(np.int64)
    return found[key <= np.partition(key, max(room - 1, 0))[max(room - 1, 0)]]


def _runs(key: Ids) -> list[tuple[int, int]]:
    """Cuts of sorted keys that keep a key whole."""
    cuts = [0]
    while cuts[-1] < len(key):
        end = min(cuts[-1] + vtl.MOST, len(key))
        cuts.append(end if end == len(key) else int(np.searchsorted(key, key[end])))
    return list(pairwise(cuts))


def _tell(
    stack: Stack,
    rule: Rule,
    found: list[dict[str, Any]],
    key: Ids,
    rows: Ids,
    names: npt.NDArray[Any],
    findings: Findings,
) -> None:
    told = sorted(found, key=lambda record: (int(record["KEY"]), str(record.get("ITEM", ""))))
    room = findings.room("accounting")
    for record in told[:room]:
        low, high = np.searchsorted(key, [int(record["KEY"]), int(record["KEY"]) + 1])
        item = record.get("ITEM")
        at = next((n for n in range(low, high) if names[n] == item), low)
        expected, tolerance = float(record["EXPECTED"]), float(record["TOLERANCE"])
        _one(stack, rule, int(rows[at]), expected, tolerance, findings)
    findings.count("accounting", len(told) - room)


def _one(stack: Stack, rule: Rule, row: int, expected: float, tolerance: float, findings: Findings) -> None:
    frame, own = stack.place(row)
    scale, name = stack.scale(row), figures.measure(frame)
    assert name
    file, line, column = frame.cell(own, name)
    shown = figures.shown(expected / scale)
    findings.add(
        "accounting",
        rule.message.format(parts=shown) + f" (rule {rule.id})",
        file=file,
        row=line,
        column=column,
        value=frame.value(name, own),
        allowed=f"{100 if rule.script.stem == 'hundred' else shown} ± {figures.shown(tolerance / scale)}",
    )
