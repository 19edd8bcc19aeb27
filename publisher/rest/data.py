"""Data queries: the data sets of a message, selected but not yet written.

Source: SDMX REST 2.2.2 doc/data.md; REST 1.5.0 data queries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from publisher.errors import NotSupported, QuerySemanticError
from publisher.formats.message import DataSet
from publisher.query.model import DataQuery, Key
from publisher.rest import resolve
from publisher.rest.resolve import Wanted
from publisher.store import Cube, Regrouped, Selection, Snapshot, select
from publisher.structures.definition import Definition
from publisher.structures.model import DATASET, DIMENSIONS, GROUP, OBSERVATION, Attribute
from publisher.structures.urns import Ref

FLAT = "AllDimensions"
# `attributes=` keyword → attachments; msd: there are no metadata attributes in our structures.
KEYWORDS: dict[str, tuple[str, ...]] = {
    "dsd": (DATASET, GROUP, DIMENSIONS, OBSERVATION),
    "all": (DATASET, GROUP, DIMENSIONS, OBSERVATION),
    "dataset": (DATASET,),
    "series": (GROUP, DIMENSIONS),
    "obs": (OBSERVATION,),
    "msd": (),
    "none": (),
}


def datasets(snapshot: Snapshot, query: DataQuery) -> tuple[DataSet, ...]:
    """The data sets that answer `query`, none of them empty; no data set: nothing matches.

    Raises NotFound, QuerySemanticError (a key, component or dimension that no structure asked has),
    NotSupported.
    """
    _refuse_unsupported(query)
    found: list[DataSet] = []
    window = _Window(query)
    for part in parts(snapshot, query):
        if (chosen := window.cut(part)) is not None:
            found.append(_dataset(part, chosen, query))
    return tuple(found)


def _refuse_unsupported(query: DataQuery) -> None:
    for name, is_asked in (("updatedAfter", query.updated_after), ("includeHistory", query.include_history)):
        if is_asked:
            raise NotSupported(
                f"{name} is not answered by this service yet; ask without it, or by asOf for an older vintage"
            )


@dataclass(frozen=True)
class Part:
    """One data set's cube, and the query as it reads for it."""

    wanted: Wanted
    cube: Cube
    query: DataQuery

    @property
    def definition(self) -> Definition:
        return self.cube.definition


def parts(snapshot: Snapshot, query: DataQuery) -> Iterator[Part]:
    """The parts of an answer, in the order of the registry.

    Where several structures are asked, those that the query does not fit have no part in the
    answer; when it fits none of them, the first one's reason is raised.
    """
    wanted = resolve.wanted(snapshot.registry, query.target, query.api)
    refusals: list[QuerySemanticError] = []
    for one in wanted:
        definition = snapshot.registry.definition(one.dataflow)
        try:
            fitted = _fitted(query, definition, one)
        except QuerySemanticError as exc:
            refusals.append(exc)
            continue
        yield Part(one, snapshot.cube(one.dataflow), fitted)
    if wanted and len(refusals) == len(wanted):
        raise refusals[0]


def _fitted(query: DataQuery, definition: Definition, wanted: Wanted) -> DataQuery:
    """`query` for one structure. Raises QuerySemanticError where it does not fit."""
    flow = definition.dataflow.ref.short
    names = [d.id for d in definition.dimensions]
    for key in query.keys:
        _check_key(key, names, query.api, flow)
    for filter_ in query.filters:
        _check_component(f"c[{filter_.component}]", filter_.component, list(definition.components), flow)
    time = [definition.time.id] if definition.time else []
    if query.dimension_at_observation:
        allowed = [*names, *time, FLAT]
        _check_component("dimensionAtObservation", query.dimension_at_observation, allowed, flow)
    attributes(query.attributes, definition)
    measures(query.measures, definition)
    _check_order(query, [*names, *time], flow)
    if wanted.provider is None:
        return query
    return replace(query, providers=((None, wanted.provider),))


def _check_key(key: Key, names: Sequence[str], api: str, flow: str) -> None:
    if len(key) > len(names) or (api == "v1" and key and len(key) < len(names)):
        raise QuerySemanticError(
            f"key: it has {len(key)} positions, {flow} has {len(names)}: {'.'.join(names)}"
        )


def _check_component(place: str, name: str, allowed: Sequence[str], flow: str) -> None:
    if name not in allowed:
        raise QuerySemanticError(f"{place}: {flow} has no {name}; allowed: {', '.join(allowed)}")


def _check_order(query: DataQuery, names: Sequence[str], flow: str) -> None:
    """`sort`: answers come in the order of the structure's dimensions, time last, and in no other yet."""
    asked: list[str] = []
    for component, is_descending in query.sort:
        asked += {"*": list(names), "series_key": list(names[:-1])}.get(component, [component])
        if is_descending:
            raise NotSupported(f"sort: {component}:desc is not answered by this service yet; ask for :asc")
    if asked != list(names[: len(asked)]):
        raise NotSupported(
            f"sort: this service answers in the order of the dimensions of {flow}, {'+'.join(names)}, only"
        )


def attributes(asked: Iterable[str], definition: Definition) -> tuple[str, ...]:
    """The ids of the attributes asked for, in the order of the structure. Raises QuerySemanticError."""
    asked = tuple(asked)
    known = {a.id: a.component for a in definition.attributes}
    if unknown := [name for name in asked if name not in KEYWORDS and name not in known]:
        allowed = ", ".join([*KEYWORDS, *known])
        flow = definition.dataflow.ref.short
        raise QuerySemanticError(f"attributes: {flow} has no {', '.join(unknown)}; allowed: {allowed}")
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
    if unknown := [name for name in asked if name not in known]:
        flow = definition.dataflow.ref.short
        raise QuerySemanticError(
            f"measures: {flow} has no {', '.join(unknown)}; allowed: all, none, {', '.join(known)}"
        )
    return tuple(name for name in known if name in asked)


class _Window:
    """`offset` and `limit` over all data sets of an answer together."""

    def __init__(self, query: DataQuery) -> None:
        self.skip, self.left = query.offset, query.limit

    def cut(self, part: Part) -> Selection | None:
        """What the part's data set holds of the window; None: nothing."""
        whole = select(part.cube, replace(part.query, offset=0, limit=None))
        if whole.is_empty or self.left == 0:
            return None
        if not self.skip and self.left is None:
            return whole
        size = whole.count() if part.query.with_observations else whole.series_count
        if self.skip >= size:
            self.skip -= size
            return None
        chosen = select(part.cube, replace(part.query, offset=self.skip, limit=self.left))
        taken = size - self.skip if self.left is None else min(self.left, size - self.skip)
        self.skip, self.left = 0, None if self.left is None else self.left - taken
        return chosen


def _dataset(part: Part, chosen: Selection, query: DataQuery) -> DataSet:
    definition = part.definition
    dimension = query.dimension_at_observation or (definition.time.id if definition.time else FLAT)
    is_grouped = dimension == FLAT or (definition.time and dimension == definition.time.id)
    observations: Selection | Regrouped = chosen if is_grouped else chosen.regrouped(dimension)
    return DataSet(
        definition,
        observations,
        action=_action(query),
        structure=_structure(part.wanted.structure, definition),
        attributes=attributes(query.attributes, definition),
        measures=measures(query.measures, definition),
        with_observations=query.with_observations,
        dimension_at_observation=dimension,
    )


def _structure(context: Ref, definition: Definition) -> Ref | None:
    return None if context == definition.dataflow.ref else context


def _action(query: DataQuery) -> str:
    """SDMX REST: what is whole replaces, what lacks attributes or measures can only be merged."""
    is_whole = query.attributes in (("dsd",), ("all",)) and query.measures == ("all",)
    return "Replace" if is_whole else "Merge"
