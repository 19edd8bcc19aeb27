"""Numbers ready to print: digits by locale, unit, notes, and the query that returns each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import quote

from publisher.factsheets.definition import Definition, Unit
from publisher.factsheets.figures import Observation, Series
from publisher.factsheets.notes import Note, Notes, Reference
from publisher.factsheets.words import Words
from publisher.structures.definition import Definition as Structure
from publisher.structures.definition import Resolved

PLAIN = Unit(decimals=6)
UNIT, MULTIPLIER, DECIMALS = "UNIT_MEASURE", "UNIT_MULT", "DECIMALS"  # SDMX cross-domain concepts


@dataclass(frozen=True)
class Number:
    """One printed figure and where it is from; `missing` tells why there is none."""

    text: str
    unit: str
    value: str  # the decimal as released; "" when missing
    scale: int  # text × 10^scale is the value as released
    flow: str
    key: str
    period: str
    period_text: str
    href: str
    notes: tuple[Note, ...] = ()
    references: tuple[Reference, ...] = ()
    missing: str = ""  # the status code of a missing value, or "none"
    as_of: str = ""  # the instant at which it was public; "": it is


def query(series: Series, period: str | None = None, as_of: str = "") -> str:
    """The address, on this site, of the SDMX query that returns the figure, or the whole series.

    `as_of`: as it was public at that instant.
    """
    ref = series.dataflow
    path = f"/sdmx/v2/data/dataflow/{ref.agency}/{ref.id}/{ref.version}/{quote(series.text)}"
    time = f"c%5BTIME_PERIOD%5D=eq:{quote(period)}&" if period else ""
    before = f"asOf={quote(as_of)}&" if as_of else ""
    return f"{path}?{time}{before}format=csv"


@dataclass(frozen=True)
class Data:
    """Where the figures of one chart are taken from, in each form."""

    csv: str
    xml: str
    json: str
    xlsx: str
    embed: str
    page: str  # the explorer, with the same figures


def data(series: Sequence[Series], since: str, language: str) -> Data:
    """The addresses of all of `series` from the period `since` on; `language` of the site's pages."""
    first = series[0]
    ref = first.dataflow
    codes = {name: sorted({one.key[name] for one in series}) for name in first.key}
    asked = [f"c%5B{name}%5D={quote(','.join(chosen), safe=',')}" for name, chosen in codes.items()]
    asked += [f"c%5BTIME_PERIOD%5D=ge:{quote(since)}"] if since else []
    text = "&".join(asked)
    api = f"/sdmx/v2/data/dataflow/{ref.agency}/{ref.id}/{ref.version}/*?{text}"
    page = f"/{language}/explore/{ref.id}"
    return Data(
        csv=f"{api}&format=csv",
        xml=f"{api}&format=xml",
        json=f"{api}&format=json",
        xlsx=f"{page}.xlsx?{text}",
        embed=f"/{language}/embed/{ref.id}?{text}",
        page=f"{page}?{text}",
    )


class Printer:
    """Prints figures in one language and collects their notes."""

    def __init__(self, sheet: Definition, words: Words, notes: Notes) -> None:
        self.sheet, self.words, self.notes = sheet, words, notes

    def number(self, series: Series, observation: Observation, structure: Structure) -> Number:
        """The figure with its notes, not yet referred to."""
        rule = self.unit(series)
        value = observation.decimal
        shift, unit = self.scale(series, rule, value)
        text = self.missing(observation, structure) if value is None else self.digits(series, value, shift)
        status = observation.attributes.get(self.sheet.status, ())
        return Number(
            text=text,
            unit=unit if value is not None else "",
            value=observation.value or "" if value is not None else "",
            scale=shift,
            flow=series.dataflow.short,
            key=series.text,
            period=observation.period,
            period_text=self.period(observation),
            href=query(series, observation.period),
            notes=self.notes.of(series, observation, structure, self.words),
            missing="" if value is not None else next(iter(status), "none"),
        )

    def referred(self, number: Number, skip: frozenset[Note] = frozenset()) -> Number:
        """The number with references to its notes, but those said for a whole column."""
        marks = tuple(self.notes.refer(note) for note in number.notes if note not in skip)
        return replace(number, references=marks)

    def unit(self, series: Series) -> Unit:
        return self.sheet.units.get(series.attribute(UNIT), PLAIN)

    def scale(self, series: Series, rule: Unit, value: Decimal | None) -> tuple[int, str]:
        """Power of ten that the printed number is divided by, and the words of its unit."""
        code = series.attribute(UNIT)
        released = int(series.attribute(MULTIPLIER) or 0)
        size = abs(value).scaleb(released) if value is not None else Decimal(0)
        power = next((p for p in rule.scales if size >= Decimal(1).scaleb(p)), 0 if rule.scales else released)
        unit = self.words.get(f"unit.{code}", "")
        words = self.words.get(f"scale.{power}", "") if power else ""
        return power - released, " ".join(filter(None, (words, unit)))

    def digits(self, series: Series, value: Decimal, shift: int) -> str:
        """Never more digits than were released, or declared; a rescaled number has the unit's."""
        rule = self.unit(series)
        exponent = value.as_tuple().exponent
        released = max(0, -exponent) if isinstance(exponent, int) else 0
        declared = series.attribute(DECIMALS)
        most = int(declared) if declared.isdigit() else min(rule.decimals, released)
        return self.words.number(value.scaleb(-shift), rule.decimals if shift else most)

    def missing(self, observation: Observation, structure: Structure) -> str:
        """Why there is no value, by the status's name."""
        status = next(iter(observation.attributes.get(self.sheet.status, ())), "")
        return self.words.get(f"missing.{status}", "") or self.code(
            structure.components[self.sheet.status], status
        )

    def period(self, observation: Observation) -> str:
        """The month a longer period stands for, where the source tells it; else the period."""
        detail = next(iter(observation.attributes.get(self.sheet.period_detail, ())), "")
        return self.words.period(detail if is_month(detail) else observation.period)

    def code(self, component: Resolved, code: str) -> str:
        """The name of a code; the code itself where the list has none."""
        items: Mapping[str, object] = component.codes.items if component.codes else {}
        item = component.codes.items.get(code) if component.codes and code in items else None
        return self.words.name(item.name) if item and item.name else code


def is_month(text: str) -> bool:
    year, _, month = text.partition("-")
    return len(year) == 4 and year.isdigit() and len(month) == 2 and month.isdigit() and 1 <= int(month) <= 12
