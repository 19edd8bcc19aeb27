"""Which values a filter `c[COMPONENT]=…` lets through.

SDMX REST doc/data.md `c`: alternatives (`,`) of conditions that hold together (`+`). Where the text
leaves room, we read it so:
- a component without a value equals nothing and contains nothing: only `ne` and `nc` let it through;
- of several values of one attribute, one is enough for `eq lt le gt ge co sw ew`; `ne` and `nc` want
  that none equals or contains;
- `lt le gt ge` compare periods as ranges (technical notes section 6), numbers as numbers, exactly,
  and codes and texts by their characters; `eq` of numbers is of their value: 1.0 equals 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from publisher.errors import QuerySemanticError
from publisher.query.model import Condition, Filter
from publisher.structures import periods
from publisher.structures.definition import Resolved
from publisher.structures.model import Dimension

Mask = npt.NDArray[np.bool_]
Test = Callable[[str], bool]
SEPARATOR = "\x1f"  # between several values of one attribute

OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew")
NEGATED = {"ne": "eq", "nc": "co"}
_TEXT: dict[str, Callable[[str, str], bool]] = {
    "co": lambda value, wanted: wanted in value,
    "sw": str.startswith,
    "ew": str.endswith,
}


def table(component: Resolved, wanted: Filter, values: Iterable[str], year_start: str) -> Mask:
    """For each of the distinct `values`, and at the end for "no value", whether `wanted` lets it through.

    Made to be indexed by codes: -1, no value, finds the last entry.
    """
    plain = list(values)
    found = np.zeros(len(plain) + 1, bool)
    for alternative in wanted.alternatives:
        part = np.ones(len(plain) + 1, bool)
        for condition in alternative:
            part &= _holds(component, condition, plain, year_start)
        found |= part
    return found


def _holds(component: Resolved, condition: Condition, values: list[str], year_start: str) -> Mask:
    operator = NEGATED.get(condition.operator, condition.operator)
    holds = test(component, Condition(operator, condition.value), year_start)
    found = [any(map(holds, value.split(SEPARATOR))) for value in values]
    mask = np.array([*found, False], bool)
    return ~mask if condition.operator in NEGATED else mask


def test(component: Resolved, condition: Condition, year_start: str) -> Test:
    """The test of one value. Raises QuerySemanticError on an operator or value that makes no sense here."""
    operator, wanted = condition.operator, condition.value
    if operator not in OPERATORS:
        raise QuerySemanticError(
            f"c[{component.id}]: unknown operator {operator!r}; allowed: {', '.join(OPERATORS)}"
        )
    if operator in _TEXT:
        return lambda value: _TEXT[operator](value, wanted)
    if isinstance(component.component, Dimension) and component.component.is_time:
        return _period_test(component, operator, wanted, year_start)
    if component.is_numeric:
        return _number_test(component, operator, wanted)
    return lambda value: _compare(operator, value, wanted)


def _compare(operator: str, left: object, right: object) -> bool:
    return bool(getattr(left, f"__{operator}__")(right))


def _period_test(component: Resolved, operator: str, wanted: str, year_start: str) -> Test:
    """Technical notes 6: a period matches when its whole range lies where the operator points."""
    try:
        limit = periods.parse(wanted, year_start)
    except ValueError as exc:
        raise QuerySemanticError(f"c[{component.id}]: {exc}") from exc
    rules: dict[str, Callable[[periods.Span], bool]] = {
        "eq": lambda span: span.within(limit),
        "lt": lambda span: span.end <= limit.start,
        "le": lambda span: span.end <= limit.end,
        "gt": lambda span: span.start >= limit.end,
        "ge": lambda span: span.start >= limit.start,
    }
    return lambda value: rules[operator](periods.parse(value, year_start))


def _number_test(component: Resolved, operator: str, wanted: str) -> Test:
    limit = number(component, wanted)

    def holds(value: str) -> bool:
        try:
            return _compare(operator, Decimal(value), limit)
        except InvalidOperation:
            return False

    return holds


def number(component: Resolved, wanted: str) -> Decimal:
    """`wanted` as a number. Raises QuerySemanticError."""
    try:
        return Decimal(wanted)
    except InvalidOperation as exc:
        raise QuerySemanticError(
            f"c[{component.id}]: {wanted!r} is not a number, as {component.id} is; write 12.5"
        ) from exc


def texts(component: Resolved, wanted: Filter, column: pa.Array, year_start: str) -> Mask:
    """The same as `table` for a column of text that is not a dictionary (measures), a mask per row."""
    found = np.zeros(len(column), bool)
    for alternative in wanted.alternatives:
        part = np.ones(len(column), bool)
        for condition in alternative:
            operator = NEGATED.get(condition.operator, condition.operator)
            one = Condition(operator, condition.value)
            exact = test(component, one, year_start)  # refuses what makes no sense
            if component.is_numeric and operator not in _TEXT:
                mask = _numbers(column, operator, number(component, one.value), exact)
            else:
                mask = _distinct(column, exact)
            part &= ~mask if condition.operator in NEGATED else mask
        found |= part
    return found


def _numbers(column: pa.Array, operator: str, limit: Decimal, exact: Test) -> Mask:
    """Compare as double, which keeps order; where a double cannot tell values apart, as decimals."""
    doubles = pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False)
    rough = getattr(
        np,
        {"eq": "equal", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal"}[operator],
    )
    with np.errstate(invalid="ignore"):
        mask: Mask = rough(doubles, float(limit))
    near = np.flatnonzero(doubles == float(limit))
    if len(near):
        mask[near] = _distinct(column.take(pa.array(near)), exact)
    return mask


def _distinct(column: pa.Array, holds: Test) -> Mask:
    encoded = column.dictionary_encode()
    answers = np.array([*(holds(v) for v in encoded.dictionary.to_pylist()), False], bool)
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    mask: Mask = answers[codes]
    return mask
