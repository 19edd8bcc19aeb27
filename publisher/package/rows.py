"""Every check of the rows of a package: cell by cell, key by key, filing by filing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from publisher.package import attributes, cells, keys, regions, required, values
from publisher.package.delivery import Report
from publisher.package.findings import Findings
from publisher.package.frame import Frame, Mask, Rows
from publisher.package.plan import Plan
from publisher.package.protect import check as confidential
from publisher.package.rules import check as rules
from publisher.package.rules.previous import Previous
from publisher.structures.registry import Registry


@dataclass(frozen=True)
class Checked:
    """Of one filing: the rows that repeat another, to be dropped, and those to be withheld."""

    dropped: Rows
    withheld: Mask


def check(
    frames: Sequence[Frame],
    plan: Plan | None,
    registry: Registry,
    findings: Findings,
    previous: Previous | None = None,
    beside: Sequence[Report] = (),
) -> list[Checked]:
    """What is to become of the rows of each frame; everything that is wrong with them goes to `findings`."""
    if not frames or plan is None:
        return []
    needed = required.load(registry)
    dropped, numbered = [], []
    for frame in frames:
        cells.check(frame, plan.instant, findings)
        regions.check(frame, plan.provider, registry, findings)
        values.check(frame, findings)
        its = keys.of(frame)
        attributes.check(frame, its, needed, findings)
        dropped.append(keys.check(frame, its, findings))
        numbered.append(its)
    flows = [frame.filing.dataflow for frame in frames]
    before = {flow.short: previous(plan.provider, flow) for flow in flows} if previous else {}
    known = {name: table for name, table in before.items() if table is not None}
    if previous:
        for frame in frames:
            attributes.unsaid(frame, known.get(frame.filing.dataflow.short), findings)
            values.unsaid(frame, known.get(frame.filing.dataflow.short), findings)
    masks = confidential.withheld(frames, registry, plan.provider, findings)
    rules.check(frames, numbered, registry, findings, known)
    confidential.check(frames, numbered, masks, plan.provider, registry, findings, previous, beside)
    return [Checked(rows, mask) for rows, mask in zip(dropped, masks, strict=True)]
