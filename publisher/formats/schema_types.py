"""The data types and facets of SDMX in XML Schema and in JSON Schema.

Source: SDMX 3.0 section 6 (technical notes), table of data types; SDMX-ML, `common:DataType`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# SDMX data type → type of XML Schema; all others are xs:string.
TYPES: Mapping[str, str] = {
    "Alpha": "common:AlphaType",
    "AlphaNumeric": "common:AlphaNumericType",
    "Numeric": "common:NumericType",
    "BigInteger": "xs:integer",
    "Integer": "xs:int",
    "Long": "xs:long",
    "Short": "xs:short",
    "Decimal": "xs:decimal",
    "Float": "xs:float",
    "Double": "xs:double",
    "Boolean": "xs:boolean",
    "URI": "xs:anyURI",
    "Count": "xs:integer",
    "InclusiveValueRange": "xs:decimal",
    "ExclusiveValueRange": "xs:decimal",
    "Incremental": "xs:decimal",
    "ObservationalTimePeriod": "common:ObservationalTimePeriodType",
    "StandardTimePeriod": "common:StandardTimePeriodType",
    "BasicTimePeriod": "common:BasicTimePeriodType",
    "GregorianTimePeriod": "common:GregorianTimePeriodType",
    "GregorianYear": "xs:gYear",
    "GregorianYearMonth": "xs:gYearMonth",
    "GregorianDay": "xs:date",
    "ReportingTimePeriod": "common:ReportingTimePeriodType",
    "ReportingYear": "common:ReportingYearType",
    "ReportingSemester": "common:ReportingSemesterType",
    "ReportingTrimester": "common:ReportingTrimesterType",
    "ReportingQuarter": "common:ReportingQuarterType",
    "ReportingMonth": "common:ReportingMonthType",
    "ReportingWeek": "common:ReportingWeekType",
    "ReportingDay": "common:ReportingDayType",
    "DateTime": "xs:dateTime",
    "TimeRange": "common:TimeRangeType",
    "Month": "xs:gMonth",
    "MonthDay": "xs:gMonthDay",
    "Day": "xs:gDay",
    "Time": "xs:time",
    "Duration": "xs:duration",
}
_TEXTS = ("xs:string", "xs:anyURI", "common:AlphaType", "common:AlphaNumericType", "common:NumericType")
_DECIMALS = ("xs:integer", "xs:int", "xs:long", "xs:short", "xs:decimal")
_FACETS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "minLength": ("minLength", _TEXTS),
    "maxLength": ("maxLength", _TEXTS),
    "pattern": ("pattern", (*_TEXTS, *_DECIMALS, "xs:float", "xs:double")),
    "minValue": ("minInclusive", (*_DECIMALS, "xs:float", "xs:double")),
    "maxValue": ("maxInclusive", (*_DECIMALS, "xs:float", "xs:double")),
    "decimals": ("fractionDigits", _DECIMALS),
}


def facets(text_type: str, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """The facets of XML Schema, and their values, that say what `given` says of such a type."""
    base = TYPES.get(text_type, "xs:string")
    found = [(*_FACETS[name], value) for name, value in given.items() if name in _FACETS]
    exclusive = {"minInclusive": "minExclusive", "maxInclusive": "maxExclusive"}
    change = exclusive if text_type == "ExclusiveValueRange" else {}
    return [(change.get(facet, facet), value) for facet, bases, value in found if base in bases]


_INTEGERS = ("Integer", "Long", "Short", "Count")
_NUMBERS = ("Float", "Double")
_EITHER = ("BigInteger", "Decimal", "Incremental", "InclusiveValueRange", "ExclusiveValueRange")
_JSON_FACETS: Mapping[str, str] = {
    "minLength": "minLength",
    "maxLength": "maxLength",
    "pattern": "pattern",
    "minInclusive": "minimum",
    "maxInclusive": "maximum",
    "minExclusive": "exclusiveMinimum",
    "maxExclusive": "exclusiveMaximum",
}


def json_type(text_type: str, given: Mapping[str, str]) -> dict[str, Any]:
    """The schema of a value in JSON: SDMX-JSON 2.1 field guide, "Data type conversions"."""
    found: dict[str, Any] = {}
    for facet, value in facets(text_type, given):
        if name := _JSON_FACETS.get(facet):
            found[name] = f"^(?:{value})$" if name == "pattern" else json.loads(value)
    if text_type in _INTEGERS:
        return {"type": "integer"} | found
    if text_type in _NUMBERS:
        return {"anyOf": [{"type": "number"} | found, {"enum": ["INF", "-INF"]}]}
    if text_type in _EITHER:
        digits = {"type": "string", "pattern": r"^[+-]?(\d+(\.\d*)?|\.\d+)$"}
        return {"anyOf": [{"type": "number"} | found, digits]}
    if text_type == "Boolean":
        return {"type": "boolean"}
    return {"type": "string"} | found
