"""The example with a component of every kind at every level, and random observations of it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import strategies as st

from publisher.structures import model as m
from publisher.structures.definition import Definition, Resolved
from tests.store.example import Row, definition

AREAS, SEXES = ("MYS", "IDN", "LAO"), ("_T", "F")
PERIODS = {"A": ("2019", "2020"), "Q": ("2019-Q4", "2020-Q1"), "M": ("2020-01", "2020-02")}
# Attribute → type, whether it takes several values, what it hangs on.
ADDED: dict[str, tuple[str, bool, str, tuple[str, ...]]] = {
    "NOTES": ("String", True, m.OBSERVATION, ()),
    "CHECKED": ("Boolean", False, m.OBSERVATION, ()),
    "SAMPLE": ("Integer", False, m.OBSERVATION, ()),
    "METHODS": ("String", True, m.DIMENSIONS, ("FREQ", "REF_AREA", "SEX")),
    "AREA_NOTE": ("String", False, m.DIMENSIONS, ("REF_AREA",)),
    "SURVEYS": ("String", True, m.GROUP, ("G_AREA",)),
    "SOURCES": ("String", True, m.DATASET, ()),
    "MANUAL": ("XHTML", False, m.OBSERVATION, ()),
}
MEASURES = {"OBS_VALUE": "Double", "SHARE": "Decimal", "REMARK": "String"}


@cache
def wide() -> Definition:
    """The example's definition with more measures and attributes."""
    known = definition()
    components = dict(known.components)
    first = components.pop("OBS_VALUE")
    after = {name: components.pop(name) for name in [a.id for a in known.attributes]}
    for name, type_ in MEASURES.items():
        components[name] = _like(first, name, m.Representation(text_type=type_))
    components |= after
    for name, (type_, is_several, attachment, to) in ADDED.items():
        form = m.Representation(text_type=type_, max_occurs=None if is_several else 1)
        added = _like(components["COMMENT_OBS"], name, form)
        at = replace(added.component, attachment=attachment, attached_to=to)  # type: ignore[call-arg]
        components[name] = replace(added, component=at)
    parts = {
        "measures": tuple(c.component for c in components.values() if isinstance(c.component, m.Measure)),
        "attributes": tuple(c.component for c in components.values() if isinstance(c.component, m.Attribute)),
    }
    return replace(known, components=components, structure=replace(known.structure, **parts))  # type: ignore[arg-type]


def _like(given: Resolved, name: str, form: m.Representation) -> Resolved:
    component = replace(given.component, id=name, name=m.Text({"en": name.title()}), representation=form)
    return replace(given, component=component, representation=form, codes=None)


# -- random rows ------------------------------------------------------------------------------

# What formats must escape, quote and split; no control characters: no package may have them.
TEXT = st.text(st.sampled_from("ab ,;:\"'<>&\n\r\t=[]{}~-é中\u2028\\/"), min_size=1, max_size=6)
NUMBER = st.sampled_from(["0", "-0.50", "12", "1e3", "+1", "007", ".5", "5.", "NaN", "INF", "123456789.125"])
SEVERAL = st.lists(TEXT, min_size=1, max_size=3, unique=True).map("\x1f".join)
STATUS = st.sampled_from(["A", "B", "B\x1fP", "P\x1fM"])


def maybe(values: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.none() | values


OF_OBSERVATION: dict[str, st.SearchStrategy[str | None]] = {
    "OBS_VALUE": maybe(NUMBER), "SHARE": maybe(NUMBER), "REMARK": maybe(TEXT), "OBS_STATUS": STATUS,
    "COMMENT_OBS": maybe(TEXT), "NOTES": maybe(SEVERAL), "CHECKED": maybe(st.sampled_from(["true", "false"])),
    "SAMPLE": maybe(st.sampled_from(["0", "12", "-3"])), "MANUAL": maybe(st.just('<p id="x">a &amp; b</p>')),
}  # fmt: skip
# Attribute → the dimensions that it hangs on; None: what the data set says, or each area for itself.
ABOVE: dict[str, tuple[tuple[str, ...], st.SearchStrategy[str | None]]] = {
    "UNIT_MULT": (("FREQ", "REF_AREA", "SEX"), maybe(st.sampled_from(["0", "3"]))),
    "METHODS": (("FREQ", "REF_AREA", "SEX"), maybe(SEVERAL)),
    "AREA_NOTE": (("REF_AREA",), maybe(TEXT)),
    "TITLE": (("REF_AREA", "SEX"), maybe(TEXT)),
    "SURVEYS": (("REF_AREA", "SEX"), maybe(SEVERAL)),
    "LICENSE": ((), maybe(TEXT)),
    "SOURCES": ((), maybe(SEVERAL)),
}


@st.composite
def rows(draw: Any) -> list[Row]:
    """Observations with distinct keys; what hangs on less than the whole key is the same wherever that is."""
    key = st.tuples(st.sampled_from("AQM"), st.sampled_from(AREAS), st.sampled_from(SEXES), st.booleans())
    keys = draw(st.lists(key, min_size=1, max_size=5, unique=True))
    differ = draw(st.booleans())  # the providers of the data set do not agree
    said: dict[tuple[str, ...], str | None] = {}
    found: list[Row] = []
    for freq, area, sex, late in keys:
        row: dict[str, str | None] = {"FREQ": freq, "REF_AREA": area, "SEX": sex}
        row["TIME_PERIOD"] = PERIODS[freq][late]
        row |= {name: draw(values) for name, values in OF_OBSERVATION.items()}
        for name, (to, values) in ABOVE.items():
            place = (name, *(str(row[d]) for d in (to or (("REF_AREA",) if differ else ()))))
            if place not in said:
                said[place] = draw(values)
            row[name] = said[place]
        found.append(row)
    return found
