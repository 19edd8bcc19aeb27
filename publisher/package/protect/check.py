"""What a package withholds: found, audited, and said to the office."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from publisher.package.findings import Findings
from publisher.package.frame import Frame
from publisher.package.keys import Keys
from publisher.package.protect import audit, suppression
from publisher.package.protect.apply import OBS_STATUS, SUPPRESSED
from publisher.package.rules import accounting, figures, stack, tables
from publisher.structures.registry import Registry

Mask = npt.NDArray[np.bool_]


def withheld(frames: Sequence[Frame], registry: Registry, provider: str, findings: Findings) -> list[Mask]:
    """The rows of each frame whose figure must not leave; a Merge cannot withhold."""
    rules = suppression.load(registry, provider)
    masks = [suppression.withheld(frame, rules) for frame in frames]
    for frame, mask in zip(frames, masks, strict=True):
        if mask.any() and frame.filing.action == "Merge":  # an empty value would leave the public one
            name = figures.measure(frame) or ""
            rows = np.flatnonzero(mask)
            frame.tell(findings, "confidential-merge", rows, name, "a Merge cannot withhold a figure")
    return masks


def check(
    frames: Sequence[Frame],
    keys: Sequence[Keys],
    masks: Sequence[Mask],
    registry: Registry,
    findings: Findings,
) -> None:
    """Whether what is withheld could be computed from what is published."""
    hidden = [mask | _suppressed(frame) for frame, mask in zip(frames, masks, strict=True)]
    if not any(mask.any() for mask in hidden):
        return
    rules = accounting.load(registry)
    of_frame = {id(frame): mask for frame, mask in zip(frames, hidden, strict=True)}
    for one in stack.of(frames, keys, hidden):
        parts = [of_frame[id(frame)][rows] for frame, rows in zip(one.frames, one.kept, strict=True)]
        audit.check(one, rules, np.concatenate(parts), findings)


def _suppressed(frame: Frame) -> Mask:
    """Rows that the office has suppressed itself: they have the status and no figure."""
    name = figures.measure(frame)
    if name is None:
        return np.zeros(frame.rows, bool)
    return frame.empty(name) & tables.holds(frame, {OBS_STATUS: frozenset(SUPPRESSED)})
