"""Checks of single cells by their distinct texts: codes, limits of constraints, types, periods."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

import numpy as np
import numpy.typing as npt

from publisher.package import subfields, texts
from publisher.package.findings import Findings, nearest, quoted
from publisher.package.frame import Column, Frame
from publisher.structures import periods
from publisher.structures.definition import Resolved
from publisher.structures.model import Dimension

FREQ, OBS_STATUS = "FREQ", "OBS_STATUS"  # ids of the cross-domain concepts (SDMX guidelines, annex 1)
FORECAST = "F"  # CL_OBS_STATUS
# CL_FREQ → form of period (periods.frequency_of); other frequencies (irregular, hourly, …) take any.
_FORMS = {code: code for code in "ASTQMWD"} | {"B": "D"}
EXAMPLES = {
    "A": "2024", "S": "2024-S1", "T": "2024-T1", "Q": "2024-Q1", "M": "2024-01", "W": "2024-W01",
    "D": "2024-01-31",
}  # fmt: skip


def parts(resolved: Resolved, value: str) -> list[str]:
    """The values of a cell: several only where the component takes several."""
    return subfields.split(value) if resolved.is_array else [value]


def check(frame: Frame, instant: datetime | None, findings: Findings) -> None:
    """Every column by its own rules, then periods against frequencies and the release."""
    for name, column in frame.coded.items():
        resolved = frame.definition.components[name]
        if isinstance(resolved.component, Dimension):
            empty = frame.written(name, np.flatnonzero(frame.empty(name)))
            frame.tell(findings, "dimension-missing", empty, name, f"{name} is empty")
        if resolved.codes is not None:
            _codes(frame, resolved, column, findings)
        elif not (isinstance(resolved.component, Dimension) and resolved.component.is_time):
            texts.check(frame, resolved, column, findings)
        _limits(frame, name, column, findings)
    if (time := frame.definition.time) and time.id in frame.coded:
        _periods(frame, time.id, instant, findings)


def _codes(frame: Frame, resolved: Resolved, column: Column, findings: Findings) -> None:
    assert resolved.codes is not None
    codes, name = resolved.codes.items, resolved.id
    split = [parts(resolved, value) for value in column.values]
    wrong = [not all(code in codes for code in cell) for cell in split]
    where = f"{name}'s list {resolved.codes.ref.short}"

    def message(value: str) -> str:
        bad = next((code for code in parts(resolved, value) if code not in codes), value)
        return f"{quoted(bad)} is not in {where}"

    rows = frame.written(name, column.rows(wrong))
    frame.tell(findings, "unknown-code", rows, name, message, lambda value: _alike(resolved, value))
    twice = column.rows([len(set(cell)) < len(cell) for cell in split])
    frame.tell(findings, "code-repeated", twice, name, "{} has a code twice")


def _alike(resolved: Resolved, value: str) -> str:
    assert resolved.codes is not None
    bad = next((code for code in parts(resolved, value) if code not in resolved.codes.items), value)
    return nearest(bad, resolved.codes.items)


def _limits(frame: Frame, name: str, column: Column, findings: Findings) -> None:
    """Codes outside the Allowed constraints (SDMX 3.0 section 2, "Constraints") or the declared scope."""
    filing, resolved = frame.filing, frame.definition.components[name]
    limits: tuple[tuple[str, str, Mapping[str, frozenset[str] | tuple[str, ...]]], ...] = (
        ("not-in-dataflow", f"is not what {filing.dataflow.short} holds", filing.in_dataflow),
        ("not-in-agreement", "is not what the provider may file", filing.in_agreement),
        ("outside-scope", "is outside of the declared scope", filing.scope),
    )
    codes = resolved.codes.items if resolved.codes else None
    for code, text, limit in limits:
        if name not in limit:
            continue
        allowed = limit[name]
        wrong = [
            any(c not in allowed and (codes is None or c in codes) for c in parts(resolved, value))
            for value in column.values
        ]
        rows = frame.written(name, column.rows(wrong))
        frame.tell(findings, code, rows, name, f"{{}} {text}", partial(_nearest, sorted(allowed)))


def _nearest(known: list[str], value: str) -> str:
    return nearest(value, known)


def _periods(frame: Frame, name: str, instant: datetime | None, findings: Findings) -> None:
    column = frame.coded[name]
    starts = [_start(value) for value in column.values]
    illegal = column.rows([start is None for start in starts])
    frame.tell(
        findings, "period-form", illegal, name, "{} is not a time period", ", ".join(EXAMPLES.values())
    )
    if FREQ in frame.coded:
        _frequencies(frame, name, findings)
    released = (instant or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
    ahead = column.rows([start is not None and start > released for start in starts])
    if len(ahead) and OBS_STATUS in frame.coded:
        resolved, status = frame.definition.components[OBS_STATUS], frame.coded[OBS_STATUS]
        forecast = [FORECAST in parts(resolved, value) for value in status.values]
        ahead = np.setdiff1d(ahead, status.rows(forecast), assume_unique=True)
    day = released.date().isoformat()
    frame.tell(findings, "period-future", ahead, name, f"{{}} begins after the release of {day}")


def _start(value: str) -> datetime | None:
    try:
        return periods.parse(value).start
    except ValueError:
        return None


def _frequencies(frame: Frame, name: str, findings: Findings) -> None:
    """FREQ and the form of the period say the same (SDMX 3.0 section 6, "Time and time format")."""
    time, freq = frame.coded[name], frame.coded[FREQ]
    expected = [_FORMS.get(code) for code in freq.values]
    forms = [periods.frequency_of(value) if _start(value) else None for value in time.values]
    clash: npt.NDArray[np.bool_] = np.zeros((len(expected) + 1, len(forms) + 1), bool)  # last: empty
    for f, wanted in enumerate(expected):
        for p, form in enumerate(forms):
            clash[f, p] = wanted is not None and form is not None and form != wanted
    if not clash.any():
        return
    rows = np.flatnonzero(clash[freq.codes, time.codes])
    for number, code in enumerate(freq.values):
        own = rows[freq.codes[rows] == number]
        note = f"{{}} is no period of FREQ {code}"
        frame.tell(findings, "period-frequency", own, name, note, EXAMPLES.get(_FORMS.get(code, "")))
