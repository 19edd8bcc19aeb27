"""Errors that only other figures show: accounting, the last release, conventions, breaks, confidentiality."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from random import Random

from publisher.package.rules import comparable, plausible
from tests.package.mutants.cells import TRIES
from tests.package.mutants.sheet import STATUS, TIME, VALUE, Draft, Plant, Planted, Sheet


def _scaled(text: str, factor: str) -> str:
    return f"{(Decimal(text) * Decimal(factor)).normalize():f}"


def _moved(text: str, by: Decimal) -> str:
    """The figure moved by `by`, with its decimals kept."""
    decimals = len(text.partition(".")[2])
    return f"{Decimal(text) + by.quantize(Decimal(1).scaleb(-decimals)):f}"


# -- accounting -----------------------------------------------------------------------------------


def unbalanced(draft: Draft, rng: Random) -> Planted | None:
    """One side of an equation is another than the rest makes; the finding is at its whole."""
    if not draft.equation or "accounting" in draft.usual:
        return None
    number, row = rng.choice(draft.equation)
    sheet = draft.sheets[number]
    size = max(abs(Decimal(draft.sheets[n].get(r, VALUE))) for n, r in draft.equation)
    by = Decimal(rng.choice((7, 19))) if draft.script != "sum" else size / 5 + 2000
    if draft.script == "rate" and (number, row) != draft.equation[0]:
        by = size / 2 + 2000  # a count moves the rate only by its share
    sheet.put(row, VALUE, _moved(sheet.get(row, VALUE), by))
    whole = draft.equation[0] if draft.script != "hundred" else min(draft.equation)
    return Planted(whole[1], VALUE, sheet=whole[0])


def undone(draft: Draft, rng: Random) -> Planted | None:
    """One side of a sum is withheld and all others are published."""
    if draft.script != "sum" or len(draft.sheets) > 1:
        return None
    number, row = rng.choice(draft.equation)
    sheet = draft.sheets[number]
    sheet.add("CONF_STATUS", ["F" if n != row else "N" for n in range(len(sheet.rows))])
    return Planted(row, VALUE)


# -- beside the last release ----------------------------------------------------------------------


def _changed(draft: Draft, row: int, text: str) -> Planted:
    draft.previous = draft.sheet.public()
    draft.sheet.put(row, VALUE, text)
    return Planted(row, VALUE)


def times(*factors: str) -> Plant:
    """A published figure comes back a thousand times as large or small."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        rows = [n for n in range(len(draft.sheet.rows)) if float(draft.sheet.get(n, VALUE) or 0)]
        if not rows:
            return None
        row = rng.choice(rows)
        return _changed(draft, row, _scaled(draft.sheet.get(row, VALUE), rng.choice(factors)))

    return plant


def negative(draft: Draft, rng: Random) -> Planted | None:
    rows = [n for n in range(len(draft.sheet.rows)) if float(draft.sheet.get(n, VALUE) or 0)]
    if not rows:
        return None
    row = rng.choice(rows)
    return _changed(draft, row, _scaled(draft.sheet.get(row, VALUE), "-1"))


def _limit(sheet: Sheet, row: int, limits: tuple[plausible.Limit, ...]) -> plausible.Limit | None:
    for one in limits:
        if one.structure == sheet.definition.structure.id and all(
            sheet.get(row, name) in codes for name, codes in one.where.items()
        ):
            return one
    return None


def _size(text: str, level: Decimal, sheet: Sheet, row: int) -> Decimal:
    """What `rules/plausible.csv` says as a difference, in the unit of the cell."""
    share = text.endswith("%")
    return abs(level) * Decimal(text[:-1]) / 100 if share else Decimal(text) / Decimal(10) ** int(sheet.get(row, "UNIT_MULT") or 0)  # fmt: skip


def revised(limits: tuple[plausible.Limit, ...]) -> Plant:
    """A published figure is revised by more than is usual, and by less than a slip."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        sheet = draft.sheet
        for _ in range(TRIES):
            row = rng.randrange(len(sheet.rows))
            text, limit = sheet.get(row, VALUE), _limit(sheet, row, limits)
            if text and limit and Decimal(text) > 0:
                by = _size(limit.revision, Decimal(text), sheet, row) * Decimal(rng.choice(("1.5", "3"))) + 1
                if by < 200 * Decimal(text):
                    return _changed(draft, row, _moved(text, by))
        return None

    return plant


def jumping(limits: tuple[plausible.Limit, ...]) -> Plant:
    """The first new period of a series is many usual steps away."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        sheet = draft.sheet
        for rows in rng.sample(series := sheet.by_series(), len(series)):
            rows = sorted((r for r in rows if sheet.get(r, VALUE)), key=lambda row: sheet.get(row, TIME))
            limit = _limit(sheet, rows[0], limits) if len(rows) > 8 else None
            values = [Decimal(sheet.get(row, VALUE)) for row in rows]
            if limit and all(value > 0 for value in values):
                steps = [abs(b - a) for a, b in pairwise(values[:-1])]
                least = max(_size(limit.step, values[-2], sheet, rows[0]), Decimal(str(limit.factor)) * max(steps))  # fmt: skip
                by = least * Decimal("1.2") + 1
                if by < 200 * values[-2]:
                    draft.previous = sheet.public([n for n in range(len(sheet.rows)) if n != rows[-1]])
                    sheet.put(
                        rows[-1], VALUE, _moved(sheet.get(rows[-1], VALUE), by + abs(values[-2] - values[-1]))
                    )
                    return Planted(rows[-1], VALUE)
        return None

    return plant


def slipping(draft: Draft, rng: Random) -> Planted | None:
    """A new period of a known series is in another unit."""
    sheet = draft.sheet
    long = [rows for rows in sheet.by_series() if len(rows) > 2]
    if not long:
        return None
    *_, before, row = sorted(rng.choice(long), key=lambda row: sheet.get(row, TIME))
    if not all(float(sheet.get(n, VALUE) or 0) for n in (before, row)):
        return None
    draft.previous = sheet.public([n for n in range(len(sheet.rows)) if n != row])
    sheet.put(row, VALUE, _scaled(sheet.get(before, VALUE), "1000"))
    return Planted(row, VALUE)


def vanished(draft: Draft, rng: Random) -> Planted | None:
    sheet = draft.sheet
    series = sheet.by_series()
    if len(series) < 2:
        return None
    draft.previous = sheet.public()
    gone = set(rng.choice(series))
    sheet.rows = [cells for number, cells in enumerate(sheet.rows) if number not in gone]
    return Planted()


# -- comparability --------------------------------------------------------------------------------


def unlike(conventions: tuple[comparable.Convention, ...]) -> Plant:
    """A row has another age band or population than the region compares."""

    def plant(draft: Draft, rng: Random) -> Planted | None:
        sheet = draft.sheet
        own = [c for c in conventions if c.structure == sheet.definition.structure.id]
        if not own or "not-comparable" in draft.usual:
            return None
        one = rng.choice(own)
        rows = [n for n in range(len(sheet.rows)) if all(sheet.get(n, k) in v for k, v in one.where.items())]
        if not rows:
            return None
        row = rng.choice(rows)
        wrong = rng.choice(sorted(one.instead))
        sheet.add(
            one.component,
            [sheet.get(n, one.component) if n != row else wrong for n in range(len(sheet.rows))],
        )
        sheet.resource["sdmx"]["fixed"] = {k: v for k, v in sheet.fixed.items() if k != one.component}
        return Planted(row, one.component)

    return plant


def unflagged(draft: Draft, rng: Random) -> Planted | None:
    """From some period on a series is weighted to another census, and no status says that it breaks."""
    sheet = draft.sheet
    long = [rows for rows in sheet.by_series() if len(rows) > 3]
    if (
        "CENSUS_BASE" not in sheet.definition.components
        or not long
        or sheet.definition.structure.id != "DSD_LFS"
    ):
        return None
    rows = sorted(rng.choice(long), key=lambda row: sheet.get(row, TIME))
    first = rng.randrange(1, len(rows) - 1)
    if "B" in sheet.get(rows[first], STATUS):
        return None
    later = set(rows[first:])
    sheet.add("CENSUS_BASE", ["2020" if n in later else "2010" for n in range(len(sheet.rows))])
    return Planted(rows[first], "CENSUS_BASE")


# -- confidentiality ------------------------------------------------------------------------------


def withheld_after(draft: Draft, rng: Random) -> Planted | None:
    """A figure is withheld that the last release tells."""
    sheet = draft.sheet
    row = rng.choice([n for n in range(len(sheet.rows)) if sheet.get(n, VALUE)])
    draft.previous = sheet.public()
    sheet.add("CONF_STATUS", ["F" if n != row else rng.choice("CN") for n in range(len(sheet.rows))])
    return Planted(row, VALUE)


def withheld_by_merge(draft: Draft, rng: Random) -> Planted | None:
    sheet = draft.sheet
    row = rng.randrange(len(sheet.rows))
    sheet.resource["sdmx"] = {**sheet.resource["sdmx"], "action": "Merge"}
    sheet.add("CONF_STATUS", ["F" if n != row else rng.choice("CN") for n in range(len(sheet.rows))])
    return Planted(row, VALUE)
