"""All rules that are data, over all filings of a package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from publisher.package.findings import Findings
from publisher.package.frame import Frame
from publisher.package.keys import Keys
from publisher.package.rules import (
    accounting,
    comparable,
    gaps,
    plausible,
    previous,
    ranges,
    stack,
    tables,
)
from publisher.structures.registry import Registry


def check(
    frames: Sequence[Frame],
    keys: Sequence[Keys],
    registry: Registry,
    findings: Findings,
    before: Mapping[str, pa.Table],
) -> None:
    """Each filing by itself and beside what was public, then what must agree between filings."""
    limits, continuous = ranges.load(registry), gaps.load(registry)
    conventions, likely = comparable.load(registry), plausible.load(registry)
    for frame, its in zip(frames, keys, strict=True):
        ranges.check(frame, limits, findings)
        gaps.check(frame, its, continuous, findings)
        comparable.check(frame, its, conventions, findings)
        old = before.get(frame.filing.dataflow.short)
        if old is not None and frame.filing.action != "Delete" and (pair := previous.pair(frame, old)):
            plausible.check(pair, likely, findings)
    rules = accounting.load(registry)
    spoken = [
        n
        for n, frame in enumerate(frames)
        if any(tables.is_about(r.structure, frame.definition) for r in rules)
    ]
    for one in stack.of([frames[n] for n in spoken], [keys[n] for n in spoken]):
        accounting.check(one, rules, findings)
