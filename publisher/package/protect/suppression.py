"""Which rows are withheld: those marked confidential, and those that the office's own rule suppresses.

`rules/suppression/<provider>.toml` beside the structures:

    [[rule]]
    kind = "minimum"             # "minimum": at least so much, as persons or answers behind the figure;
    component = "SAMPLE_SIZE"    # "share": at most so much, as the part that the n largest have of it
    limit = 30                   # (dominance); "cv": the standard error at most that share of the figure
    where = "UNIT_MEASURE=PS"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from publisher.errors import StructureError
from publisher.package.cells import parts
from publisher.package.findings import Findings
from publisher.package.frame import Frame
from publisher.package.rules import figures, tables
from publisher.structures.registry import Registry

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
CONF_STATUS, FREE = "CONF_STATUS", "F"  # CL_CONF_STATUS: free for publication

# Kind → whether a figure must be withheld, from what the component says of it, the figure and the limit.
KINDS: dict[str, Callable[[Numbers, Numbers, float], Mask]] = {
    "minimum": lambda said, value, limit: said < limit,
    "share": lambda said, value, limit: said > limit,
    "cv": lambda said, value, limit: said > limit * np.abs(value),
}


@dataclass(frozen=True)
class Rule:
    kind: str
    component: str
    limit: float
    where: tables.Where


def load(registry: Registry, provider: str) -> tuple[Rule, ...]:
    """The provider's rule, from all folders. Raises StructureError when a file is not such a rule."""
    rules: list[Rule] = []
    if not re.fullmatch(r"[A-Za-z0-9_\-]+", provider):
        return ()
    for folder in registry.folders:
        path = folder / "rules" / "suppression" / f"{provider}.toml"
        if path.is_file():
            try:
                raw = tomllib.loads(path.read_text(encoding="utf-8"))["rule"]
                rules.extend(_rule(item, _components(registry)) for item in raw)
            except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as exc:
                raise StructureError(f"{path}: not a suppression rule: {exc}") from exc
    return tuple(rules)


def _components(registry: Registry) -> set[str]:
    """The ids of everything that any dataflow holds."""
    return {name for flow in registry.find("dataflow") for name in registry.definition(flow.ref).components}


def _rule(item: dict[str, Any], known: Collection[str]) -> Rule:
    if item["kind"] not in KINDS:
        raise ValueError(f"kind {item['kind']!r}; allowed: {', '.join(KINDS)}")
    where = tables.where(str(item.get("where", "")))
    if unknown := sorted({str(item["component"]), *where} - set(known)):
        raise ValueError(f"no structure has {', '.join(unknown)}")  # it would withhold nothing, in silence
    return Rule(item["kind"], str(item["component"]), float(item["limit"]), where)


def unjudged(frame: Frame, rules: tuple[Rule, ...], mask: Mask, findings: Findings) -> None:
    """Tells of figures that a rule speaks of and cannot judge, since what it reads is not given."""
    name = figures.measure(frame)
    for rule in rules:
        if (
            name is None
            or frame.filing.action == "Delete"
            or rule.component not in frame.definition.components
        ):
            continue
        asked = tables.holds(frame, rule.where) & ~frame.empty(name) & ~mask
        note = f"the office's rule of suppression ({rule.kind}) reads {rule.component}, which is not given"
        if rule.component in frame.plain:
            rows = frame.written(rule.component, np.flatnonzero(asked & frame.empty(rule.component)))
            frame.tell(findings, "suppression-unjudged", rows, rule.component, note)
        for part, start in zip(frame.parts, frame.offsets.tolist(), strict=False):
            lacks = rule.component not in {*part.columns, *part.table.fixed}
            if lacks and (count := int(asked[start : start + part.rows].sum())):
                more = f"{note}; {count:,} figures of {frame.filing.dataflow.short} are published"
                findings.add("suppression-unjudged", more, file=part.file, value=rule.component)


def withheld(frame: Frame, rules: tuple[Rule, ...]) -> Mask:
    """The rows whose figure must not leave."""
    mask = np.zeros(frame.rows, bool)
    if frame.filing.action == "Delete":
        return mask
    if (column := frame.coded.get(CONF_STATUS)) is not None:
        resolved = frame.definition.components[CONF_STATUS]
        marked = [any(code != FREE for code in parts(resolved, value)) for value in column.values]
        mask |= column.marked(marked)
    name = figures.measure(frame)
    for rule in rules:
        if name is None or rule.component not in frame.plain:
            continue
        said = figures.numbers(frame.plain[rule.component])
        with np.errstate(invalid="ignore"):
            mask |= tables.holds(frame, rule.where) & KINDS[rule.kind](
                said, figures.numbers(frame.plain[name]), rule.limit
            )
    return mask
