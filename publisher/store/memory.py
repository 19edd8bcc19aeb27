"""The slow, obvious reading of a query, over Python lists: what tests hold `select` against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from itertools import groupby

from publisher.query.model import Condition, DataQuery, Filter
from publisher.structures import periods
from publisher.structures.definition import Definition, Resolved

Row = Mapping[str, str | None]


def select(rows: Iterable[Row], definition: Definition, query: DataQuery) -> list[Row]:
    """The rows that match, in store order, whole. Rows have PROVIDER too."""
    found = [row for row in in_order(rows, definition) if _matches(row, definition, query)]
    names = [d.id for d in definition.dimensions]
    series = [list(group) for _, group in groupby(found, key=lambda row: [row[n] for n in names])]
    kept = [row for group in series for row in _ends(group, query.first_n, query.last_n)]
    if query.with_observations:
        stop = None if query.limit is None else query.offset + query.limit
        return kept[query.offset : stop]
    heads = [group[0] for group in series]
    return heads[query.offset : None if query.limit is None else query.offset + query.limit]


def in_order(rows: Iterable[Row], definition: Definition) -> list[Row]:
    """By dimension in the order of the code lists, then by time: earlier start, then longer, first."""

    def place(row: Row) -> tuple[object, ...]:
        keys: list[object] = []
        for dimension in definition.dimensions:
            codes = list(dimension.codes.items) if dimension.codes else []
            value = row[dimension.id] or ""
            keys.append((codes.index(value) if value in codes else len(codes), value))
        if definition.time:
            text = row[definition.time.id] or ""
            span = periods.parse(text)
            keys.append((span.start, span.start - span.end, text))
        return tuple(keys)

    return sorted(rows, key=place)


def _ends(group: list[Row], first: int | None, last: int | None) -> list[Row]:
    if first is None and last is None:
        return group
    return [r for n, r in enumerate(group) if n < (first or 0) or n >= len(group) - (last or 0)]


def _matches(row: Row, definition: Definition, query: DataQuery) -> bool:
    dimensions = [d.id for d in definition.dimensions]
    in_key = any(
        all(codes is None or row[name] in codes for name, codes in zip(dimensions, key, strict=False))
        for key in query.keys
    )
    provided = not query.providers or row["PROVIDER"] in [provider for _, provider in query.providers]
    start = query.reporting_year_start_day or "--01-01"
    return in_key and provided and all(_lets(row, definition, f, start) for f in query.filters)


def _lets(row: Row, definition: Definition, wanted: Filter, year_start: str) -> bool:
    component = definition.components[wanted.component]
    text = row.get(wanted.component)
    values = [] if text is None else text.split("\x1f")
    return any(
        all(_holds(component, values, condition, year_start) for condition in alternative)
        for alternative in wanted.alternatives
    )


def _holds(component: Resolved, values: list[str], condition: Condition, year_start: str) -> bool:
    if condition.operator == "ne":
        return not any(_one(component, value, "eq", condition.value, year_start) for value in values)
    if condition.operator == "nc":
        return not any(condition.value in value for value in values)
    return any(_one(component, value, condition.operator, condition.value, year_start) for value in values)


def _one(component: Resolved, value: str, operator: str, wanted: str, year_start: str) -> bool:
    if operator == "co":
        return wanted in value
    if operator == "sw":
        return value.startswith(wanted)
    if operator == "ew":
        return value.endswith(wanted)
    if getattr(component.component, "is_time", False):
        mine, theirs = periods.parse(value, year_start), periods.parse(wanted, year_start)
        return {
            "eq": theirs.start <= mine.start and mine.end <= theirs.end,
            "lt": mine.end <= theirs.start,
            "le": mine.end <= theirs.end,
            "gt": mine.start >= theirs.end,
            "ge": mine.start >= theirs.start,
        }[operator]
    left: object = value
    right: object = wanted
    if component.is_numeric:
        try:
            left, right = Decimal(value), Decimal(wanted)
        except InvalidOperation:
            return False
    return bool(getattr(left, f"__{operator}__")(right))
