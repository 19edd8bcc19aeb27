"""Errors between rows: keys, what is constant in a series, gaps, the scope."""

from __future__ import annotations

from random import Random

from publisher.package.required import Required
from publisher.package.rules import gaps
from publisher.structures import model as m
from tests.package.mutants import cells
from tests.package.mutants.sheet import STATUS, TIME, VALUE, Draft, Plant, Planted, Sheet


def _other_value(text: str, rng: Random) -> str:
    """Another plain number with the same decimals."""
    last = text[-1:]
    return f"{text[:-1]}{rng.choice([d for d in '123456789' if d != last])}" if last.isdigit() else "1"


def again(change: str) -> Plant:
    """A row is there twice; `change` says what the second says differently."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        sheet = draft.sheet
        row = rng.choice([n for n in range(len(sheet.rows)) if sheet.get(n, VALUE)])
        copy, text = list(sheet.rows[row]), sheet.get(row, VALUE)
        column: str | None = VALUE
        match change:
            case "value":
                copy[sheet.at(VALUE)] = _other_value(text, rng)
            case "spelling":
                copy[sheet.at(VALUE)] = f"{text}0" if "." in text else f"{text}.0"
            case "status":
                column = STATUS
                copy[sheet.at(STATUS)] = "E" if sheet.get(row, STATUS) != "E" else "P"
            case _:
                column = None
        at = rng.randrange(len(sheet.rows) + 1)
        sheet.rows.insert(at, copy)
        return Planted(max(at, row + (at <= row)), column)

    return plant


def same_key(draft: Draft, rng: Random) -> Planted | None:
    """Two observations get one key."""
    sheet = draft.sheet
    for _ in range(cells.TRIES):
        one, other = rng.sample(range(len(sheet.rows)), 2)
        if (
            sheet.get(one, VALUE)
            and sheet.get(other, VALUE)
            and sheet.get(one, VALUE) != sheet.get(other, VALUE)
        ):
            for name in {*sheet.dimensions, TIME} & set(sheet.header):
                sheet.put(one, name, sheet.get(other, name))
            return Planted(max(one, other), VALUE)
    return None


def in_two_files(draft: Draft, rng: Random) -> Planted | None:
    """The second file repeats a row of the first with another value."""
    sheet = draft.sheet
    row = rng.choice([n for n in range(len(sheet.rows)) if sheet.get(n, VALUE)])
    copy = list(sheet.rows[row])
    copy[sheet.at(VALUE)] = _other_value(copy[sheet.at(VALUE)], rng)
    other = Sheet(sheet.definition, sheet.limits, dict(sheet.resource), sheet.header, [copy], sheet.write)
    other.resource |= {"name": "more", "path": "zz-more.csv"}
    draft.sheets.append(other)
    return Planted(0, VALUE, sheet=1)


def attached(sheet: Sheet) -> list[str]:
    """Columns of attributes that belong to the series."""
    return [
        name
        for name in sheet.header
        if isinstance(c := sheet.component(name).component, m.Attribute) and c.attachment == m.DIMENSIONS
    ]


def changing(draft: Draft, rng: Random) -> Planted | None:
    """An attribute of the series is another in one of its rows."""
    sheet = draft.sheet
    long = [rows for rows in sheet.by_series() if len(rows) > 2]
    names = [name for name in attached(sheet) if name != "ROUNDING"]
    if not long or not names:
        return None
    name, row = rng.choice(names), rng.choice(rng.choice(long))
    codes = sheet.component(name).codes
    others = [c for c in codes.items if c != sheet.get(row, name)] if codes else ["Revised in 2025"]
    sheet.put(row, name, rng.choice(others))
    return Planted(row, name)


def required(rules: tuple[Required, ...]) -> Plant:
    """What `reference/required.csv` asks for is not given."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        sheet = draft.sheet
        asking = [
            (row, rule.required)
            for rule in rules
            if rule.structure == sheet.definition.structure.id and rule.required in sheet.header
            for row in range(len(sheet.rows))
            if sheet.get(row, rule.when_component) == rule.when_value
        ]
        if not asking:
            return None
        row, name = rng.choice(asking)
        sheet.put(row, name, "")
        return Planted(row, name)

    return plant


def out_of_scope(draft: Draft, rng: Random) -> Planted | None:
    """The scope holds all rows but one, whose code is another that the provider may file."""
    sheet = draft.sheet
    names = [name for name in sheet.dimensions if name in sheet.header]
    for _ in range(cells.TRIES):
        name, row = rng.choice(names), rng.randrange(len(sheet.rows))
        used, codes = {sheet.get(n, name) for n in range(len(sheet.rows))}, sheet.component(name).codes
        left = [c for c in codes.items if c not in used and all(c in limit.get(name, {c}) for limit in sheet.limits)] if codes else []  # fmt: skip
        if left:
            sheet.resource["sdmx"]["scope"] = {name: sorted(used)}
            sheet.put(row, name, rng.choice(left))
            return Planted(row, name)
    return None


def gap(rules: tuple[gaps.Continuous, ...]) -> Plant:
    """A period is taken out of a series that `rules/continuous.csv` says to have them all."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        sheet = draft.sheet
        own = [rule for rule in rules if rule.structure == sheet.definition.structure.id]
        series = [
            rows
            for rows in sheet.by_series()
            if len(rows) > 2
            and any(all(sheet.get(rows[0], n) in codes for n, codes in rule.where.items()) for rule in own)
        ]
        if not series or "period-gap" in draft.usual:
            return None
        rows = sorted(rng.choice(series), key=lambda row: sheet.get(row, TIME))
        first = rng.randrange(1, len(rows) - 1)
        last = min(first + rng.choice((1, 1, 1, 2, 3)), len(rows) - 1)
        after, gone = rows[last], set(rows[first:last])
        sheet.rows = [cells for number, cells in enumerate(sheet.rows) if number not in gone]
        return Planted(after - sum(number < after for number in gone), TIME)

    return plant
