"""Values that are not coded: what each SDMX data type and facet lets through.

Source: SDMX 3.0 section 2, DataType and Facet. Numbers are written in one way only, that JSON, XML
and CSV all read alike: an optional minus, digits without leading zeros, a dot and digits. So
`+5`, `.5`, `1,5`, `1_000`, `0x10`, NaN, INF and full-width digits are refused; Float and Double may
have an exponent. SDMX's own Decimal (xs:decimal) is wider: `+5`, `.5`, `5.` and `007` say nothing
that `5`, `0.5`, `5` and `7` do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package.findings import Findings
from publisher.package.frame import Column, Frame
from publisher.package.tables import NUMBERS
from publisher.structures import periods
from publisher.structures.definition import Resolved
from publisher.structures.model import Representation

Mask = npt.NDArray[np.bool_]

MAX_DIGITS = 38  # what a decimal of Arrow, DuckDB and Parquet holds
_INTEGER = r"-?(?:0|[1-9][0-9]*)"
_DECIMAL = _INTEGER + r"(?:\.[0-9]+)?"
_PATTERNS = {
    "Decimal": _DECIMAL,
    "Float": _DECIMAL + r"(?:[eE][+-]?[0-9]+)?",
    "Double": _DECIMAL + r"(?:[eE][+-]?[0-9]+)?",
    "Integer": _INTEGER,
    "BigInteger": _INTEGER,
    "Long": _INTEGER,
    "Short": _INTEGER,
    "Incremental": _DECIMAL,
    "Count": _INTEGER,
    "Boolean": "true|false",
    "Alpha": "[A-Za-z]+",
    "AlphaNumeric": "[A-Za-z0-9]+",
    "Numeric": "[0-9]+",
    "URI": r"[^\s<>\"{}|\\^`]+",
}  # types not listed take any text
_TIMES = {
    "ObservationalTimePeriod", "StandardTimePeriod", "BasicTimePeriod", "GregorianTimePeriod",
    "GregorianYear", "GregorianYearMonth", "GregorianDay", "ReportingTimePeriod", "ReportingYear",
    "ReportingSemester", "ReportingTrimester", "ReportingQuarter", "ReportingMonth",
    "ReportingWeek", "ReportingDay", "DateTime", "TimeRange",
}  # fmt: skip
# Characters that XML 1.0 cannot hold, U+001F among them (it joins several values in the store), and
# those that turn the reading direction of what follows.
_UNFIT = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff]"


def check(frame: Frame, resolved: Resolved, column: Column, findings: Findings) -> None:
    """Texts of a column that its representation does not take."""
    right = fits(resolved.representation, pa.array(column.values, pa.string()))
    rows = frame.written(resolved.id, column.rows(~right))
    _tell(frame, resolved, rows, findings)


def check_plain(frame: Frame, resolved: Resolved, findings: Findings) -> Mask:
    """The same for a column of numbers; gives the rows that are well-formed or empty."""
    right = fits(resolved.representation, frame.plain[resolved.id])
    _tell(frame, resolved, np.flatnonzero(~right), findings)
    frame.legal[resolved.id] = right
    return right


def _tell(frame: Frame, resolved: Resolved, rows: npt.NDArray[np.int64], findings: Findings) -> None:
    kind = resolved.representation.text_type
    code = "number-form" if kind in NUMBERS else "text-form"
    what = f"a {kind}" if kind in NUMBERS or kind in _TIMES else f"text that {resolved.id} takes"
    frame.tell(findings, code, rows, resolved.id, f"{{}} is not {what}", describe(resolved.representation))


def describe(representation: Representation) -> str:
    """The type and facets in words."""
    facets = ", ".join(f"{name} {value}" for name, value in representation.facets.items())
    return f"{representation.text_type}{', ' if facets else ''}{facets}"


def fits(representation: Representation, texts: pa.StringArray) -> Mask:
    """For each text whether it is of the type and within the facets; empty cells are."""
    kind = representation.text_type
    if kind in _PATTERNS:
        right = pc.match_substring_regex(texts, rf"\A(?:{_PATTERNS[kind]})\z")
    elif kind in _TIMES:
        right = pa.array([text is None or _is_period(text) for text in texts.to_pylist()], pa.bool_())
    else:
        right = pc.invert(pc.match_substring_regex(texts, _UNFIT))
    if kind in NUMBERS:
        right = pc.and_kleene(right, pc.less_equal(pc.binary_length(texts), MAX_DIGITS + 2))
    for facet, value in representation.facets.items():
        if facet in _FACETS:
            right = pc.and_kleene(right, _FACETS[facet](texts, value, right))
    return np.asarray(right.fill_null(True))


def _is_period(text: str) -> bool:
    try:
        periods.parse(text)
    except ValueError:
        return False
    return True


def _pattern(texts: pa.StringArray, pattern: str, right: pa.BooleanArray) -> pa.BooleanArray:
    """XML Schema patterns hold for the whole value; by Python, once for each distinct text."""
    distinct = pc.unique(texts).drop_null()
    compiled = re.compile(pattern)
    good = [bool(compiled.fullmatch(text)) for text in distinct.to_pylist()]
    return pc.is_in(texts, distinct.filter(pa.array(good, pa.bool_())))


def _decimals(texts: pa.StringArray, most: str, right: pa.BooleanArray) -> pa.BooleanArray:
    return pc.less_equal(decimals(texts), int(most))


def decimals(texts: pa.StringArray) -> pa.Int32Array:
    """Digits after the dot of each plain number."""
    dot = pc.find_substring(texts, ".")
    after = pc.subtract(pc.subtract(pc.binary_length(texts), dot), 1)
    return pc.if_else(pc.less(dot, 0), 0, after)


_Compare = Callable[[pa.Array, float], pa.BooleanArray]


def _bound(compare: _Compare) -> Callable[[pa.StringArray, str, pa.BooleanArray], pa.BooleanArray]:
    def holds(texts: pa.StringArray, limit: str, right: pa.BooleanArray) -> pa.BooleanArray:
        numbers = pc.cast(pc.if_else(right, texts, pa.scalar(None, pa.string())), pa.float64())
        return compare(numbers, float(limit)).fill_null(True)  # what is no number is found already

    return holds


_FACETS: dict[str, Callable[[pa.StringArray, str, pa.BooleanArray], pa.BooleanArray]] = {
    "minLength": lambda texts, n, _: pc.greater_equal(pc.utf8_length(texts), int(n)),
    "maxLength": lambda texts, n, _: pc.less_equal(pc.utf8_length(texts), int(n)),
    "pattern": _pattern,
    "decimals": _decimals,
    "minValue": _bound(pc.greater_equal),
    "maxValue": _bound(pc.less_equal),
}
