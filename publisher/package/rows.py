"""Every check of the rows of a package: cell by cell, key by key, filing by filing."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.package import attributes, cells, keys, regions, required, values
from publisher.package.findings import Findings
from publisher.package.frame import Frame, Rows
from publisher.package.plan import Plan
from publisher.package.rules import check as rules
from publisher.structures.registry import Registry


def check(frames: Sequence[Frame], plan: Plan | None, registry: Registry, findings: Findings) -> list[Rows]:
    """Gives the rows of each frame that are to be dropped, as they repeat another."""
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
    rules.check(frames, numbered, registry, findings)
    return dropped
