"""Constraints as cube regions: a row must lie in one of the included regions, in none of the excluded.

Source: SDMX 3.0 section 2, "Constraints". A region is a combination: an agreement with two regions
(one area from one source, another from another) does not let the crossing pairs through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
import numpy.typing as npt

from publisher.package.cells import parts
from publisher.package.findings import Findings
from publisher.package.frame import Frame, Rows
from publisher.structures import model as m
from publisher.structures import periods
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class _Region:
    names: tuple[str, ...]  # the components that it speaks of and the files have
    fails: tuple[Mask, ...]  # for each of them, the rows outside


def check(frame: Frame, provider: str, registry: Registry, findings: Findings) -> None:
    """Rows that a constraint keeps out though each of their codes alone would pass, or by their time."""
    agreements = [
        a.ref
        for a in registry.agreements(frame.filing.dataflow)
        if a.provider and a.provider.item == provider
    ]
    flow, structure = frame.definition.dataflow.ref, frame.definition.structure.ref
    told = np.zeros(frame.rows, bool)
    for code, refs in (("not-in-dataflow", (structure, flow)), ("not-in-agreement", agreements)):
        for constraint in _constraints(registry, refs):
            _check(frame, constraint, code, told, findings)


def _constraints(registry: Registry, refs: Iterable[Ref]) -> list[m.DataConstraint]:
    found = [c for ref in refs for c in registry.constraints(ref) if c.role == "Allowed"]
    return [c for c in found if _is_more_than_lists(c)]


def _is_more_than_lists(constraint: m.DataConstraint) -> bool:
    """Whether lists of codes (`cells`) cannot say all that it says."""
    timed = any(s.start or s.end for region in constraint.regions for s in region.selections)
    excluded = [r for r in constraint.regions if not r.is_included]
    return (
        timed or len(constraint.regions) - len(excluded) > 1 or any(len(r.selections) > 1 for r in excluded)
    )


def _check(frame: Frame, constraint: m.DataConstraint, code: str, told: Mask, findings: Findings) -> None:
    nowhere = np.zeros(frame.rows, bool)
    included = [_region(frame, r) for r in constraint.regions if r.is_included]
    for region in (_region(frame, r) for r in constraint.regions if not r.is_included):
        inside = ~np.logical_or.reduce([nowhere, *region.fails])
        _tell(frame, constraint, code, np.flatnonzero(inside & ~told), cycle(region.names[:1]), findings)
        told |= inside
    if not included:
        return
    outside = np.logical_and.reduce([np.logical_or.reduce([nowhere, *r.fails]) for r in included])
    rows = np.flatnonzero(outside & ~told & ~_known(frame, constraint))
    shown = rows[: findings.room(code)]
    failing = np.stack([sum((f[shown] for f in r.fails), np.zeros(len(shown), int)) for r in included])
    nearest = failing.argmin(axis=0)
    names = [_blamed(included[n], row) for n, row in zip(nearest.tolist(), shown.tolist(), strict=True)]
    _tell(frame, constraint, code, rows, names, findings)
    told |= outside


def _blamed(region: _Region, row: int) -> str:
    """The last component that keeps the row out of the region that it is nearest to."""
    return [name for name, fails in zip(region.names, region.fails, strict=True) if fails[row]][-1]


def _known(frame: Frame, constraint: m.DataConstraint) -> Mask:
    """Rows that no list of codes lets through: `cells` has told them."""
    lists: dict[str, set[str]] = {}
    regions = [r for r in constraint.regions if r.is_included]
    for region in regions:
        for selection in region.selections:
            if selection.component in frame.coded:
                lists.setdefault(selection.component, set()).update(_listed(frame, selection))
    mask = np.zeros(frame.rows, bool)
    for name, codes in lists.items():
        if (
            codes
            and name in frame.coded
            and all(name in {s.component for s in r.selections} for r in regions)
        ):
            mask |= ~_among(frame, name, codes)
    return mask


def _among(frame: Frame, name: str, codes: Iterable[str]) -> Mask:
    column, resolved, allowed = frame.coded[name], frame.definition.components[name], set(codes)
    marks = [all(c in allowed for c in parts(resolved, value)) for value in column.values]
    return column.marked(marks, empty=True)


def _region(frame: Frame, region: m.CubeRegion) -> _Region:
    names, fails = [], []
    for selection in region.selections:
        if selection.component not in frame.coded:
            continue
        names.append(selection.component)
        fails.append(~_inside(frame, selection))
    return _Region(tuple(names), tuple(fails))


def _inside(frame: Frame, selection: m.MemberSelection) -> Mask:
    if selection.start or selection.end:
        column = frame.coded[selection.component]
        marks = [_in_time(value, selection) for value in column.values]
        inside = column.marked(marks, empty=True)
    else:
        inside = _among(frame, selection.component, _listed(frame, selection))
    return inside if selection.is_included else ~inside


def _listed(frame: Frame, selection: m.MemberSelection) -> Iterable[str]:
    codes = frame.definition.components[selection.component].codes
    return set(selection.values) | set(_below(codes, selection.cascading))


def _below(codes: m.ItemScheme | None, roots: Sequence[str]) -> set[str]:
    """`cascadeValues`: the codes below `roots`."""
    found = set(roots)
    while codes is not None and found:
        more = {item.id for item in codes.items.values() if item.parent in found} - found
        if not more:
            break
        found |= more
    return found


def _in_time(value: str, selection: m.MemberSelection) -> bool:
    """Whether the period lies between the bounds; what is no period is told elsewhere."""
    try:
        span = periods.parse(value)
        if selection.start:
            bound = periods.parse(selection.start)
            if span.start < (bound.start if selection.start_included else bound.end):
                return False
        if selection.end:
            bound = periods.parse(selection.end)
            if span.end > (bound.end if selection.end_included else bound.start):
                return False
    except ValueError:
        return True
    return True


def _tell(
    frame: Frame,
    constraint: m.DataConstraint,
    code: str,
    rows: Rows,
    names: Iterable[str],
    findings: Findings,
) -> None:
    room = findings.room(code)
    for row, name in zip(rows[:room].tolist(), names, strict=False):
        file, line, column = frame.cell(row, name)
        spoken = dict.fromkeys(s.component for r in constraint.regions for s in r.selections)
        combination = ", ".join(f"{n} {frame.value(n, row) or 'empty'}" for n in spoken if n in frame.coded)
        findings.add(
            code,
            f"the combination {combination} is outside {constraint.ref.short}",
            file=file,
            row=line,
            column=column,
            value=frame.value(name, row) or "",
        )
    findings.count(code, len(rows) - room)
