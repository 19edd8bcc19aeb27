"""Data queries: the data sets of a message, selected but not yet written.

Source: SDMX REST 2.2.2 doc/data.md; REST 1.5.0 data queries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from publisher.errors import QuerySemanticError
from publisher.formats.message import DataSet, Observations
from publisher.query.model import DataQuery, Key
from publisher.rest import components, resolve
from publisher.rest.components import FLAT
from publisher.rest.history import DELETE, Piece, pieces
from publisher.rest.resolve import Wanted
from publisher.store import Cube, Snapshot
from publisher.store.sorting import ordered
from publisher.store.whole import cube_of, definition_of
from publisher.store.window import cut, size
from publisher.structures.definition import Definition
from publisher.structures.urns import Ref


def datasets(snapshot: Snapshot, query: DataQuery, in_rows: bool = False) -> tuple[DataSet, ...]:
    """The data sets that answer `query`, none of them empty; no data set: nothing matches.

    `in_rows`: the format writes observation by observation, so it can keep to any order.
    Raises NotFound, QuerySemanticError (a key, component or dimension that no structure asked has).
    """
    found: list[DataSet] = []
    window = _Window(query)
    for part in parts(snapshot, query):
        order = components.order(query, part.definition)
        for piece in pieces(snapshot, part.wanted.data, part.cube, part.query):
            if (chosen := window.cut(piece, order, part, in_rows)) is not None:
                found.append(_dataset(part, piece, chosen, query))
    return tuple(found)


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
        definition = definition_of(snapshot.registry, one.data)
        try:
            fitted = _fitted(query, definition, one)
        except QuerySemanticError as exc:
            refusals.append(exc)
            continue
        yield Part(one, cube_of(snapshot, one.data), fitted)
    if wanted and len(refusals) == len(wanted):
        raise refusals[0]


def _fitted(query: DataQuery, definition: Definition, wanted: Wanted) -> DataQuery:
    """`query` for one structure. Raises QuerySemanticError where it does not fit."""
    names = [d.id for d in definition.dimensions]
    for key in query.keys:
        _check_key(key, names, query.api, definition.dataflow.ref.short)
    for filter_ in query.filters:
        name = filter_.component
        components.check(f"c[{name}]", name, components.public(definition), definition)
    time = [definition.time.id] if definition.time else []
    if asked := query.dimension_at_observation:
        components.check("dimensionAtObservation", asked, [*names, *time, FLAT], definition)
    components.attributes(query.attributes, definition)
    components.measures(query.measures, definition)
    components.order(query, definition)
    if wanted.provider is None:
        return query
    return replace(query, providers=((None, wanted.provider),))


def _check_key(key: Key, names: Sequence[str], api: str, flow: str) -> None:
    if len(key) > len(names) or (api == "v1" and key and len(key) < len(names)):
        raise QuerySemanticError(
            f"key: it has {len(key)} positions, {flow} has {len(names)}: {'.'.join(names)}"
        )


class _Window:
    """`offset` and `limit` over all data sets of an answer together."""

    def __init__(self, query: DataQuery) -> None:
        self.skip, self.left = query.offset, query.limit

    def cut(
        self, piece: Piece, order: Sequence[tuple[str, bool]], part: Part, in_rows: bool
    ) -> Observations | None:
        """What the piece holds of the window, in order and grouped; None: nothing."""
        count = 0 if piece.selection.is_empty or self.left == 0 else size(piece.selection)
        offset, limit = self.skip, self.left
        self.skip = max(0, self.skip - count)
        if count <= offset:
            return None
        if limit is not None:
            self.left = limit - min(limit, count - offset)
        return _arranged(piece, order, part, in_rows, offset, limit)


def _arranged(
    piece: Piece, order: Sequence[tuple[str, bool]], part: Part, in_rows: bool, offset: int, limit: int | None
) -> Observations:
    dimension = components.dimension(part.query, part.definition)
    if not order:
        chosen = cut(piece.selection, offset, limit)
        return chosen if dimension == FLAT else chosen.regrouped(dimension)
    found = ordered(piece.selection, order, None if dimension == FLAT else dimension).cut(offset, limit)
    return found if dimension == FLAT or in_rows else found.grouped()


def _dataset(part: Part, piece: Piece, chosen: Observations, query: DataQuery) -> DataSet:
    definition = piece.selection.cube.definition  # of its vintage: an older one may lack a component
    is_deleted = piece.action == DELETE  # by key: what stood there does not matter any more
    attributes = components.attributes(query.attributes, part.definition)
    measures = components.measures(query.measures, part.definition)
    return DataSet(
        definition,
        chosen,
        action=piece.action or _action(query),
        structure=_structure(part.wanted.structure, definition),
        attributes=() if is_deleted else tuple(a for a in attributes if a in definition.components),
        measures=() if is_deleted else tuple(m for m in measures if m in definition.components),
        with_observations=query.with_observations,
        dimension_at_observation=components.dimension(query, definition),
        valid_from=piece.valid_from,
        valid_to=piece.valid_to,
    )


def _structure(context: Ref, definition: Definition) -> Ref | None:
    return None if context == definition.dataflow.ref else context


def _action(query: DataQuery) -> str:
    """SDMX REST: what is whole replaces, what lacks attributes or measures can only be merged."""
    is_whole = query.attributes in (("dsd",), ("all",)) and query.measures == ("all",)
    return "Replace" if is_whole else "Merge"
