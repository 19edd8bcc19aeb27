"""Checks of observed values: their form, their decimals, and whether a missing one says why."""

from __future__ import annotations

import numpy as np

from publisher.package import texts
from publisher.package.cells import OBS_STATUS, parts
from publisher.package.findings import Findings, quoted
from publisher.package.frame import Frame

DECIMALS = "DECIMALS"  # cross-domain concept: the decimals that the provider declares
# CL_OBS_STATUS: missing because of a holiday, not collected, cannot exist, missing, suppressed.
MISSING = frozenset("HLMOQ")
_ANY = 1_000  # decimals where none are declared


def check(frame: Frame, findings: Findings) -> None:
    """Numbers, and the primary measure against DECIMALS and OBS_STATUS."""
    if frame.filing.action == "Delete":
        return
    for name in frame.plain:
        well_formed = texts.check_plain(frame, frame.definition.components[name], findings)
        if name == _primary(frame) and DECIMALS in frame.coded:
            _decimals(frame, name, well_formed, findings)
    if (primary := _primary(frame)) and OBS_STATUS in frame.coded:
        _missing(frame, primary, findings)


def _primary(frame: Frame) -> str | None:
    """The first measure that the files have: DECIMALS and OBS_STATUS speak of it."""
    written = (m.id for m in frame.definition.measures if m.id in frame.plain or m.id in frame.coded)
    return next(written, None)


def _decimals(frame: Frame, name: str, well_formed: texts.Mask, findings: Findings) -> None:
    declared = frame.coded[DECIMALS].lookup(lambda v: int(v) if v.isdigit() else _ANY, _ANY)
    found = np.asarray(texts.decimals(frame.plain[name]).fill_null(0))
    rows = np.flatnonzero((found > declared) & well_formed)
    frame.tell(
        findings,
        "too-many-decimals",
        rows,
        name,
        lambda value: (
            f"{quoted(value)} has {len(value.partition('.')[2])} decimals, more than DECIMALS declares"
        ),
    )


def _missing(frame: Frame, name: str, findings: Findings) -> None:
    resolved, status = frame.definition.components[OBS_STATUS], frame.coded[OBS_STATUS]
    missing = MISSING & (resolved.codes.items.keys() if resolved.codes else MISSING)
    says = status.lookup(lambda value: int(not missing.isdisjoint(parts(resolved, value))), -1)
    empty = frame.empty(name)
    if frame.filing.action == "Replace":  # in a Merge an empty cell leaves what is there
        rows = frame.written(name, np.flatnonzero(empty & (says == 0)))
        frame.tell(
            findings,
            "missing-without-status",
            rows,
            name,
            f"there is no value, and {OBS_STATUS} does not say that it is missing",
            f"{OBS_STATUS} {', '.join(sorted(missing))}",
        )
    rows = np.flatnonzero(~empty & (says == 1))
    frame.tell(
        findings,
        "value-with-missing-status",
        rows,
        name,
        f"there is a value ({{}}), and {OBS_STATUS} says that it is missing",
    )
