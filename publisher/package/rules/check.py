"""All rules that are data, over all filings of a package."""

from __future__ import annotations

from collections.abc import Sequence

from publisher.package.findings import Findings
from publisher.package.frame import Frame
from publisher.package.keys import Keys
from publisher.package.rules import accounting, gaps, ranges, stack
from publisher.structures.registry import Registry


def check(frames: Sequence[Frame], keys: Sequence[Keys], registry: Registry, findings: Findings) -> None:
    """Ranges and gaps of each filing, then what must agree between filings of one structure."""
    limits, continuous = ranges.load(registry), gaps.load(registry)
    for frame, its in zip(frames, keys, strict=True):
        ranges.check(frame, limits, findings)
        gaps.check(frame, its, continuous, findings)
    rules = accounting.load(registry)
    if rules:
        for one in stack.of(frames, keys):
            accounting.check(one, rules, findings)
