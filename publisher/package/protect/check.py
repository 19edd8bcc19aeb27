"""What a package withholds: found, audited, and said to the office."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package import keys as numbered
from publisher.package.delivery import Report
from publisher.package.findings import Findings
from publisher.package.frame import Frame
from publisher.package.keys import Keys
from publisher.package.protect import audit, known, suppression
from publisher.package.protect.apply import OBS_STATUS, SUPPRESSED
from publisher.package.rules import accounting, figures, stack, tables
from publisher.package.rules.previous import Previous
from publisher.structures.registry import Registry

Mask = npt.NDArray[np.bool_]


def withheld(frames: Sequence[Frame], registry: Registry, provider: str, findings: Findings) -> list[Mask]:
    """The rows of each frame whose figure must not leave; a Merge cannot withhold."""
    rules = suppression.load(registry, provider)
    masks = [suppression.withheld(frame, rules) for frame in frames]
    for frame, mask in zip(frames, masks, strict=True):
        suppression.unjudged(frame, rules, mask, findings)
        if mask.any() and frame.filing.action == "Merge":  # an empty value would leave the public one
            name = figures.measure(frame) or ""
            rows = np.flatnonzero(mask)
            frame.tell(findings, "confidential-merge", rows, name, "a Merge cannot withhold a figure")
    return masks


def check(
    frames: Sequence[Frame],
    keys: Sequence[Keys],
    masks: Sequence[Mask],
    provider: str,
    registry: Registry,
    findings: Findings,
    previous: Previous | None = None,
    reports: Sequence[Report] = (),
) -> None:
    """Whether what is withheld, here or in public, could be computed from all that a reader has.

    A reader has this package, the others of the release (`reports`), and what is or was public.
    """
    own = [mask | _suppressed(frame) for frame, mask in zip(frames, masks, strict=True)]
    definitions = [frame.definition for frame in frames]
    others = known.sources(definitions, provider, registry, previous, reports)
    hides = any(mask.any() for mask in own)
    if not hides and not any(_hides(source) for source in others):
        return
    others += known.gone(definitions, provider, registry, previous)
    own = [
        mask & ~_was_public(frame, mask, others, findings) for frame, mask in zip(frames, own, strict=True)
    ]
    beside = known.frames(others, frames)
    everything: list[Frame] = [*frames, *beside]
    hidden = [*own, *(frame.withheld | _suppressed(frame) for frame in beside)]
    rules = accounting.load(registry)
    of_frame = {id(frame): mask for frame, mask in zip(everything, hidden, strict=True)}
    for one in stack.of(everything, [*keys, *map(numbered.of, beside)], hidden):
        parts = [
            stack.take(of_frame[id(frame)], rows) for frame, rows in zip(one.frames, one.kept, strict=True)
        ]
        audit.check(one, rules, np.concatenate(parts), findings)


def _hides(source: known.Source) -> bool:
    return bool(pc.any(source.withheld).as_py()) or source.holds(OBS_STATUS, SUPPRESSED)


def _suppressed(frame: Frame) -> Mask:
    """Rows that the office has suppressed itself: they have the status and no figure."""
    name = figures.measure(frame)
    if name is None:
        return np.zeros(frame.rows, bool)
    return frame.empty(name) & tables.holds(frame, {OBS_STATUS: frozenset(SUPPRESSED)})


def _was_public(frame: Frame, mask: Mask, others: Sequence[known.Source], findings: Findings) -> Mask:
    """Tells of figures that some release told; gives those whose figure there is that of now."""
    name, flow = figures.measure(frame), frame.filing.dataflow
    same, rows = np.zeros(frame.rows, bool), np.flatnonzero(mask)
    told = [s.told(name) for s in others if s.is_public and s.definition.dataflow.ref == flow] if name else []
    if name is None or not len(rows) or not told:
        return same
    before = pa.concat_tables(told)
    mine = known.keys_of(frame).take(pa.array(rows))
    public = np.asarray(pc.is_in(mine, before["key"].combine_chunks()))
    note = "the withheld figure is public in an earlier release"
    frame.tell(findings, "confidential-was-public", rows[public], name, note)
    texts = pa.array(figures.measured(frame, name)[rows]).cast(pa.string())
    with_figure = pc.binary_join_element_wise(before["key"], before["figure"], " ").combine_chunks()
    same[rows] = np.asarray(pc.is_in(pc.binary_join_element_wise(mine, texts, " "), with_figure))
    return same
