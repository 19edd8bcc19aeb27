"""`c[COMPONENT]=…`: which values of a component are wanted.

Source: SDMX REST 2.2.2 doc/data.md, `c`: comma is OR, plus is AND, and binds closer; an operator
stands before its value, separated by a colon; each component only once.
"""

from __future__ import annotations

import re

from publisher.query.model import Condition, Filter
from publisher.query.period import is_period
from publisher.query.text import NCNAME, refuse

OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew")
TIME = "TIME_PERIOD"  # SDMX 3.0 section 3A: the time dimension's id is fixed
ALLOWED = f"values joined by , (or) and + (and), each with an operator if wanted: {', '.join(OPERATORS)}"

_NAME = re.compile(rf"c\[({NCNAME})\]")
_PREFIX = re.compile(r"([a-z]{2}):(.*)", re.DOTALL)
_AND = re.compile(r"\+(?!\d\d:\d\d(?:[+,]|$))")  # not the + of a time zone: T00:00:00+08:00
_LOST_PLUS = re.compile(rf"\s(?:{'|'.join(OPERATORS)}):")


def component(name: str) -> str:
    """The component that the parameter `name` is about. Raises QuerySyntaxError unless it is `c[ID]`."""
    match = _NAME.fullmatch(name)
    if not match:
        refuse(
            name, "is no component filter", name, "c[COMPONENT]=value, with one component's id in brackets"
        )
    return match[1]


def parse(name: str, text: str) -> Filter:
    """The filter that `name=text` writes.

    >>> parse("c[TIME_PERIOD]", "ge:2020-01+le:2020-12").alternatives
    ((Condition(operator='ge', value='2020-01'), Condition(operator='le', value='2020-12')),)
    """
    component_id = component(name)
    alternatives = tuple(
        tuple(_condition(name, component_id, part) for part in _AND.split(alternative))
        for alternative in text.split(",")
    )
    return Filter(component_id, tuple(dict.fromkeys(alternatives)))


def _condition(name: str, component_id: str, part: str) -> Condition:
    operator, value = "eq", part
    if match := _PREFIX.fullmatch(part):
        operator, value = match[1], match[2]
        if operator not in OPERATORS:
            refuse(name, f"{operator!r} is no operator", part, ALLOWED)
    if not value:
        refuse(name, "a value is empty", part or None, ALLOWED)
    if _LOST_PLUS.search(value):
        refuse(
            name,
            f"{part!r} has a space before an operator",
            part,
            None,
            "write the + between conditions as %2B",
        )
    if component_id == TIME and operator in ("eq", "ne", "lt", "le", "gt", "ge") and not is_period(value):
        refuse(name, f"{value!r} is no time period", part, "2020, 2020-03, 2020-03-31, 2020-Q1, 2020-W07, …")
    return Condition(operator, value)


def time_range(start: str | None, end: str | None) -> tuple[Filter, ...]:
    """What `startPeriod` and `endPeriod` of REST 1.5 ask for, both inclusive."""
    conditions = [Condition("ge", start)] if start else []
    conditions += [Condition("le", end)] if end else []
    return (Filter(TIME, (tuple(conditions),)),) if conditions else ()
