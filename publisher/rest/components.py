"""Which attributes and measures an answer has, and which components a query may name at all.

Source: SDMX REST 2.2.2 doc/data.md `attributes`, `measures`, `sort`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from publisher.errors import QuerySemanticError
from publisher.query.model import DataQuery
from publisher.structures.definition import Definition
from publisher.structures.model import DATASET, DIMENSIONS, GROUP, OBSERVATION, Attribute

FLAT = "AllDimensions"
_EVERY = (DATASET, GROUP, DIMENSIONS, OBSERVATION)
# `attributes=` keyword → attachments; msd: reports are answered by /metadata, see `elsewhere`.
KEYWORDS: dict[str, tuple[str, ...]] = {
    "dsd": _EVERY,
    "all": _EVERY,
    "dataset": (DATASET,),
    "series": (GROUP, DIMENSIONS),
    "obs": (OBSERVATION,),
    "msd": (),
    "none": (),
}


def hidden(definition: Definition) -> frozenset[str]:
    """The attributes that are for nobody outside: to a query they do not exist."""
    return frozenset(a.id for a in definition.attributes if not a.is_published)


def public(definition: Definition) -> list[str]:
    """The ids of all components that a query may name, in the order of the structure."""
    without = hidden(definition)
    return [name for name in definition.components if name not in without]


def check(place: str, name: str, allowed: Sequence[str], definition: Definition) -> None:
    """Raise QuerySemanticError when `name` is not one of `allowed`."""
    if name not in allowed:
        flow = definition.dataflow.ref.short
        raise QuerySemanticError(f"{place}: {flow} has no {name}; allowed: {', '.join(allowed)}")


def attributes(asked: Iterable[str], definition: Definition) -> tuple[str, ...]:
    """The ids of the attributes asked for, in the order of the structure. Raises QuerySemanticError."""
    asked, without = tuple(asked), hidden(definition)
    known = {a.id: a.component for a in definition.attributes if a.id not in without}
    for name in asked:
        check("attributes", name, [*KEYWORDS, *known], definition)
    attachments = {attachment for name in asked for attachment in KEYWORDS.get(name, ())}
    return tuple(
        name
        for name, component in known.items()
        if name in asked or (isinstance(component, Attribute) and component.attachment in attachments)
    )


def measures(asked: Sequence[str], definition: Definition) -> tuple[str, ...]:
    """The ids of the measures asked for, in the order of the structure. Raises QuerySemanticError."""
    known = [m.id for m in definition.measures]
    if tuple(asked) in (("all",), ("none",)):
        return tuple(known) if asked[0] == "all" else ()
    for name in asked:
        check("measures", name, ["all", "none", *known], definition)
    return tuple(name for name in known if name in asked)


def dimension(query: DataQuery, definition: Definition) -> str:
    """What stands at the observation: as asked, else time, else everything."""
    return query.dimension_at_observation or (definition.time.id if definition.time else FLAT)


def order(query: DataQuery, definition: Definition) -> tuple[tuple[str, bool], ...]:
    """The components to sort by, keywords spelt out; nothing: as it comes. Raises QuerySemanticError."""
    names = [d.id for d in definition.dimensions]
    every = [*names, *([definition.time.id] if definition.time else [])]
    at_observation = dimension(query, definition)
    found: dict[str, bool] = {}
    for name, is_descending in query.sort:
        if name == "series_key" and at_observation == FLAT:
            raise QuerySemanticError(
                "sort: series_key means the dimensions above the observation, and with AllDimensions there"
                " are none; write * for all dimensions"
            )
        spelt = {"*": every, "series_key": [d for d in every if d != at_observation]}.get(name, [name])
        for component in spelt:
            check("sort", component, [*public(definition), "series_key", "*"], definition)
            found.setdefault(component, is_descending)
    if not query.with_observations:
        _refuse_below_series(found, definition)
    return tuple(found.items())


def _refuse_below_series(asked: Iterable[str], definition: Definition) -> None:
    below = {c.id for c in (*definition.measures, *definition.attributes_of(OBSERVATION))}
    below |= {definition.time.id} if definition.time else set()
    if wrong := [name for name in asked if name in below]:
        raise QuerySemanticError(
            f"sort: {', '.join(wrong)} stands at the observation, and this query asks for series only;"
            " sort by series_key, or ask for measures"
        )
