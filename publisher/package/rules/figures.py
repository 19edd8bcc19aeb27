"""The observed values as numbers, in single units, and how far rounding may have moved each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package import texts
from publisher.package.frame import Frame
from publisher.package.keys import Keys

Numbers = npt.NDArray[np.float64]
FINEST = 6  # decimals beyond which digits are a float's and not a statistic's
UNIT_MULT, DECIMALS, ROUNDING = "UNIT_MULT", "DECIMALS", "ROUNDING"  # cross-domain concepts


@dataclass(frozen=True)
class Figures:
    """`values`: NaN where there is none or none that can be read; `half`: half of the rounding unit."""

    values: Numbers
    half: Numbers


def measure(frame: Frame) -> str | None:
    """The id of the measure that the files have as numbers."""
    return next((m.id for m in frame.definition.measures if m.id in frame.plain), None)


def of(frame: Frame, keys: Keys) -> Figures | None:
    """The figures of the primary measure; None when the files have none."""
    name = measure(frame)
    if name is None:
        return None
    column = frame.plain[name]
    scale = scaled(frame, UNIT_MULT, lambda text: 10.0 ** int(text), 1.0)
    values = measured(frame, name)
    half = together(lambda unit, by: unit / 2 * by, _units(frame, keys, column), scale)
    return Figures(values if np.all(scale == 1) else values * scale, half)


def measured(frame: Frame, name: str) -> Numbers:
    """The plain column `name` as floats, parsed once for all rules."""
    if name not in frame.numbers:
        column, legal = frame.plain[name], frame.legal.get(name)
        if legal is not None and not legal.all():
            column = pc.if_else(pa.array(legal), column, pa.scalar(None, column.type))
        frame.numbers[name] = numbers(column)
    return frame.numbers[name]


def numbers(column: pa.StringArray) -> Numbers:
    """The texts as floats; NaN for those that are none."""
    try:
        cast = pc.cast(column, pa.float64())
    except pa.ArrowInvalid:
        right = pc.match_substring_regex(column, r"\A-?[0-9]{1,30}(?:\.[0-9]{1,30})?\z")
        cast = pc.cast(pc.if_else(right, column, pa.scalar(None, pa.string())), pa.float64())
    return np.asarray(cast.to_numpy(zero_copy_only=False))


def scaled(frame: Frame, name: str, of_text: Callable[[str], float], empty: float) -> Numbers:
    """A number for each row from an attribute; `empty` where it is not given or cannot be read."""
    if name not in frame.coded:
        return np.broadcast_to(np.array([empty]), frame.rows)
    column = frame.coded[name]

    def read(text: str) -> float:
        try:
            return of_text(text)
        except (ValueError, OverflowError):
            return empty

    return column.each(np.array([*(read(text) for text in column.values), empty]))


def together(function: Callable[..., Numbers], *columns: Numbers) -> Numbers:
    """`function` of whole columns; where each is one number broadcast, of these numbers only."""
    if all(column.strides == (0,) for column in columns):
        return np.broadcast_to(function(*(column[:1] for column in columns)), len(columns[0]))
    return function(*columns)


def _given(one: Numbers, other: Numbers) -> Numbers:
    return np.where(np.isnan(one), other, one)


def _units(frame: Frame, keys: Keys, column: pa.StringArray) -> Numbers:
    """The unit that values are rounded to: ROUNDING, else DECIMALS, else the decimals of the series.

    The last is for tolerances only: a value without a declared precision keeps its digits.
    """
    declared = scaled(frame, ROUNDING, float, np.nan)
    if np.isnan(declared).any():
        by_decimals = scaled(frame, DECIMALS, lambda text: 10.0 ** -int(text), np.nan)
        declared = together(_given, declared, by_decimals)
    if np.isnan(declared).any():
        declared = _given(declared, 10.0 ** -_written(keys, column))
    return together(np.abs, declared)


def _written(keys: Keys, column: pa.StringArray) -> Numbers:
    """The most decimals that any value of the row's series has."""
    found = np.minimum(np.asarray(texts.decimals(column).fill_null(0)), FINEST)
    series = keys.series[keys.order]
    heads = np.flatnonzero(np.append(True, series[1:] != series[:-1]))
    most = np.maximum.reduceat(found[keys.order], heads) if len(found) else found
    result = np.empty(len(found))
    result[keys.order] = np.repeat(most, np.diff(np.append(heads, len(found)))) if len(found) else most
    return result


def shown(value: float) -> str:
    """Six digits are enough to see what is wrong; more would show the noise of floats.

    >>> shown(12345.678901), shown(1234567890.0)
    ('12345.7', '1234567890')
    """
    return f"{value:.0f}" if abs(value) >= 1e6 else f"{value:.6g}"
