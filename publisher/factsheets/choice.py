"""Whose figure is shown for an area, what other sources say, and with what it may be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from publisher.errors import Finding, StructureError
from publisher.factsheets import rules as table
from publisher.factsheets.definition import Choice, Definition, Question
from publisher.factsheets.figures import Observation, Reader, Series

PER_YEAR = {"A": 1, "S": 2, "T": 3, "Q": 4, "M": 12, "W": 53, "D": 366}
_PERIOD = re.compile(r"(\d{4})(?:-([ASTQMWD])?(\d+))?")


def ordinal(period: str) -> int | None:
    """The place of a period among those of its frequency; None for other forms of time.

    >>> ordinal("2025-Q1") - ordinal("2024-Q4")
    1
    """
    match = _PERIOD.fullmatch(period)
    if match is None:
        return None
    frequency = match[2] or ("M" if match[3] else "A")
    return int(match[1]) * PER_YEAR[frequency] + int(match[3] or 1)


@dataclass(frozen=True)
class Chosen:
    """The series of one area that answers a question, one per code of the chart."""

    series: Mapping[str, Series]  # code → series; "" when the question has no series dimension
    rule: table.Rule | None  # the rule that decided, if one did
    rivals: tuple[Series, ...] = ()  # of other sources, the nearest one each

    @property
    def first(self) -> Series | None:
        return next(iter(self.series.values()), None)


class Chooser:
    """Answers the questions of a sheet for any area; asks the store once for all areas."""

    def __init__(
        self,
        reader: Reader,
        sheet: Definition,
        rules: Mapping[str, Sequence[table.Rule]],
        areas: Sequence[str],
    ) -> None:
        self.reader, self.sheet, self.rules, self.areas = reader, sheet, rules, tuple(areas)
        self.ruled = frozenset(name for one in sheet.rules.values() for name in one.columns.values())
        self._answers: dict[tuple[object, ...], tuple[Question, Chosen]] = {}  # the same in every language

    def ask(self, question: Question, area: str, by: Mapping[str, Sequence[str]] | None = None) -> Chosen:
        """Series of `area`, one per combination of codes of `by`, from the first source that has any."""
        asked = (id(question), area, *((name, *codes) for name, codes in (by or {}).items()))
        if asked not in self._answers:
            self._answers[asked] = question, self._answer(question, area, by)
        return self._answers[asked][1]

    def _answer(self, question: Question, area: str, by: Mapping[str, Sequence[str]] | None) -> Chosen:
        found = [s for s in self._candidates(question, by or {}) if s.key[self.sheet.area] == area]
        usual = self._defaults(question, by or {})
        for choice in question.sources:
            rule = self._rule(choice, question, area) if isinstance(choice, str) else None
            wanted = rule.codes if rule else choice
            if isinstance(wanted, str):
                continue
            series = [s for s in found if _fits(s, {**usual, **wanted}) and s.latest is not None]
            if series:
                chosen = self._unique(question, series, tuple(by or ()))
                return Chosen(chosen, rule, self._rivals(next(iter(chosen.values())), found))
        return Chosen({}, None, self._rivals(None, found))

    def _rule(self, name: str, question: Question, area: str) -> table.Rule | None:
        if name not in self.rules:
            known = ", ".join(self.rules)
            raise StructureError(f"sheet.toml: {question.id} names the rules {name!r}; there are {known}")
        return table.find(self.rules[name], {**question.key, self.sheet.area: area})

    def _candidates(self, question: Question, by: Mapping[str, Sequence[str]]) -> tuple[Series, ...]:
        key: dict[str, tuple[str, ...]] = {name: (code,) for name, code in question.key.items()}
        key |= {name: tuple(codes) for name, codes in by.items()}
        key[self.sheet.area] = self.areas
        free = {self.sheet.source, *self.ruled, *_named(question.sources)}
        usual = self._defaults(question, by)
        key |= {name: (code,) for name, code in usual.items() if name not in free}
        return self.reader.series(question.dataflow, key)

    def _defaults(self, question: Question, by: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """The codes of dimensions that the question does not name, where their lists have the default."""
        usual: dict[str, str] = {}
        for dimension in self.reader.structure(question.dataflow).dimensions:
            name, codes = dimension.id, dimension.codes
            default = self.sheet.defaults.get(name, self.sheet.defaults.get("*", ""))
            if name not in question.key and name not in by and codes is not None and default in codes.items:
                usual[name] = default
        return usual

    def _unique(self, question: Question, series: Iterable[Series], by: tuple[str, ...]) -> dict[str, Series]:
        """Refuses two series for one place in the sheet: which is meant must be said, not guessed."""
        chosen: dict[str, Series] = {}
        for one in series:
            code = "/".join(one.key[name] for name in by)
            if other := chosen.get(code):
                differing = [name for name in one.key if one.key[name] != other.key[name]]
                raise StructureError(
                    f"sheet.toml: {question.id} finds two series for {one.key[self.sheet.area]}",
                    [
                        Finding(
                            "sheet-ambiguous",
                            f"{question.dataflow} has {other.text} and {one.text}",
                            remedy=f"name {', '.join(differing)} in its key or sources",
                        )
                    ],
                )
            chosen[code] = one
        return chosen

    def _rivals(self, chosen: Series | None, found: Iterable[Series]) -> tuple[Series, ...]:
        """Of each other source the series most like the chosen one; the newest of equals."""
        source = self.sheet.source
        nearest: dict[str, Series] = {}
        for one in found:
            if one.latest is None or one.latest.decimal is None:
                continue
            if chosen and (one.key[source] == chosen.key[source] or not self._same_subject(one, chosen)):
                continue
            other = nearest.get(one.key[source])
            if other is None or _likeness(one, chosen) > _likeness(other, chosen):
                nearest[one.key[source]] = one
        return tuple(nearest[code] for code in sorted(nearest))

    def _same_subject(self, one: Series, chosen: Series) -> bool:
        """Equal in all that no rule may choose; rules choose source, frequency, age and coverage."""
        return all(one.key[name] == code for name, code in chosen.key.items() if name not in self.ruled)


def _named(sources: Iterable[Choice]) -> set[str]:
    return {name for choice in sources if not isinstance(choice, str) for name in choice}


def _fits(series: Series, wanted: Mapping[str, str]) -> bool:
    return all(series.key.get(name, code) == code for name, code in wanted.items())


def _likeness(one: Series, chosen: Series | None) -> tuple[int, str]:
    equal = sum(one.key[name] == code for name, code in chosen.key.items()) if chosen else 0
    return equal, one.latest.period if one.latest else ""


@dataclass(frozen=True)
class Change:
    """What happened since an earlier observation, or why that may not be said."""

    kind: str  # points | percent | break | none
    value: Decimal | None = None
    since: Observation | None = None
    is_significant: bool = True  # False: within what both figures may err, as far as that is known


def change(series: Series, sheet: Definition, kind: str) -> Change:
    """The change of the latest figure; `break` when not comparable, `none` without an earlier one."""
    latest = series.latest
    if latest is None or latest.decimal is None:
        return Change("none")
    back = sheet.compare.get(series.attribute("FREQ"), 1)
    earlier = _before(series, latest, back)
    if earlier is None or earlier.decimal is None:
        return Change("none")
    if not comparable(series, sheet, earlier, latest):
        return Change("break", None, earlier)
    apart = not overlap(interval(latest, sheet), interval(earlier, sheet))
    if kind == "points":
        return Change(kind, latest.decimal - earlier.decimal, earlier, apart)
    if earlier.decimal <= 0:
        return Change("none")
    return Change("percent", (latest.decimal / earlier.decimal - 1) * 100, earlier, apart)


Interval = tuple[Decimal, Decimal]


def interval(observation: Observation, sheet: Definition) -> Interval | None:
    """The bounds of the confidence interval, where the source tells both."""
    found = [next(iter(observation.attributes.get(name, ())), "") for name in sheet.uncertainty]
    try:
        low, high = (Decimal(text) for text in found)
    except (ValueError, ArithmeticError):
        return None
    return (low, high) if low.is_finite() and high.is_finite() else None


def overlap(one: Interval | None, other: Interval | None) -> bool:
    """Whether two intervals have a number in common; False where one of them is not known."""
    return one is not None and other is not None and one[0] <= other[1] and other[0] <= one[1]


def _before(series: Series, latest: Observation, back: int) -> Observation | None:
    """The newest earlier figure a whole multiple of `back` periods before."""
    end = ordinal(latest.period)
    for one in reversed(series.observations[: series.observations.index(latest)]):
        start = ordinal(one.period)
        whole = start is None or end is None or (end - start) % back == 0
        if one.decimal is not None and whole:
            return one
    return None


def comparable(series: Series, sheet: Definition, earlier: Observation, later: Observation) -> bool:
    """Whether no break lies after `earlier` up to `later`, and both rest on the same base."""
    observations = series.observations
    between = observations[observations.index(earlier) + 1 : observations.index(later) + 1]
    if any(is_break(one, sheet) for one in between):
        return False
    pairs = ((earlier.attributes.get(name), later.attributes.get(name)) for name in sheet.same)
    return all(old is None or new is None or old == new for old, new in pairs)


def is_break(observation: Observation, sheet: Definition) -> bool:
    return bool(set(observation.attributes.get(sheet.status, ())) & set(sheet.breaks))
