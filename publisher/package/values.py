"""Checks of observed values: their form, their decimals, and whether a missing one says why."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.package import texts
from publisher.package.cells import parts
from publisher.package.findings import Findings, quoted
from publisher.package.frame import Frame
from publisher.package.rules import previous
from publisher.structures.definition import MISSING, OBS_STATUS

DECIMALS = "DECIMALS"  # cross-domain concept: the decimals that the provider declares
_ANY = 1_000  # decimals where none are declared
_DIGITS = {str(number) for number in range(_ANY)}


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
    declared = frame.coded[DECIMALS].lookup(lambda v: int(v) if v in _DIGITS else _ANY, _ANY)
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


def _says(frame: Frame) -> npt.NDArray[np.int32]:
    """What OBS_STATUS says of each row: 1 missing, 0 not, -1 nothing."""
    resolved, status = frame.definition.components[OBS_STATUS], frame.coded[OBS_STATUS]
    missing = MISSING & (resolved.codes.items.keys() if resolved.codes else MISSING)
    return status.lookup(lambda value: int(not missing.isdisjoint(parts(resolved, value))), -1)


def _missing(frame: Frame, name: str, findings: Findings) -> None:
    resolved = frame.definition.components[OBS_STATUS]
    missing = MISSING & (resolved.codes.items.keys() if resolved.codes else MISSING)
    says, empty = _says(frame), frame.empty(name)
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


def unsaid(frame: Frame, old: pa.Table | None, findings: Findings) -> None:
    """Figures that a Merge would leave empty without a reason: neither it nor what is public has them."""
    name, names = _primary(frame), [d.id for d in (*frame.definition.dimensions, frame.definition.time) if d]
    if frame.filing.action != "Merge" or name is None or not frame.coded.keys() >= {OBS_STATUS, *names}:
        return
    rows = np.flatnonzero(frame.empty(name) & (_says(frame) == 0))
    if not len(rows):
        return
    if old is None:
        old = pa.table({column: pa.array([], pa.string()) for column in [*names, name]})
    key, _ = previous.numbered(frame, old, names, np.zeros(frame.rows + old.num_rows, np.int64), 1)
    public = key[frame.rows :][~np.asarray(old[name].combine_chunks().is_null())]
    note = f"there is no value, here or in public, and {OBS_STATUS} does not say that it is missing"
    frame.tell(findings, "missing-without-status", rows[~np.isin(key[rows], public)], name, note)
