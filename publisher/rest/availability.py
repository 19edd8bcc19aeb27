"""Availability queries: what data there are, as Actual constraints.

Source: SDMX REST 2.2.2 doc/availability.md; REST 1.5.0 availableconstraint. SDMX 3.1 calls the
answer AvailabilityConstraint; before it is a DataConstraint (2.1: ContentConstraint) with role Actual.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial as partial_

import numpy as np

from publisher.query.model import AvailabilityQuery, DataQuery
from publisher.rest import partial
from publisher.rest.data import Part, parts
from publisher.rest.history import pieces
from publisher.store import Availability, Selection, Snapshot, availability, select
from publisher.store.cube import PROVIDER
from publisher.store.whole import flows
from publisher.structures import model as m
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

ALL = ("dataflow", "datastructure", "conceptscheme", "codelist", "valuelist", "dataproviderscheme")


def constraints(snapshot: Snapshot, query: AvailabilityQuery) -> tuple[m.Maintainable, ...]:
    """One constraint for each data set that matches, then what `references` asks for; perhaps nothing.

    Raises NotFound, QuerySemanticError.
    """
    found: list[m.Maintainable] = []
    related: dict[Ref, m.Maintainable] = {}
    for part in parts(snapshot, query.data):
        choose = partial_(_changed, snapshot, part) if part.query.updated_after else None
        there = availability(part.cube, part.query, query.components, query.mode, choose)
        if any(there.values.values()):
            found.append(_constraint(part, there))
            _merge(related, _referenced(snapshot, part, there, query.references))
    return (*found, *related.values())


def _changed(snapshot: Snapshot, part: Part, query: DataQuery) -> list[Selection]:
    """`updatedAfter`: what was added or revised, and what was deleted."""
    found = pieces(snapshot, part.wanted.data, part.cube, query)
    return [piece.selection for piece in found if not piece.selection.is_empty]


def _constraint(part: Part, there: Availability) -> m.DataConstraint:
    flow = part.definition.dataflow
    return m.DataConstraint(
        f"{part.wanted.structure.id}_AVAILABILITY",
        m.Text({language: f"{name}: availability" for language, name in flow.name.items()}),
        agency=flow.agency,
        role="Actual",
        attached_to=(part.wanted.structure,),
        regions=(m.CubeRegion(tuple(_selections(part, there))),),
        series_count=there.series_count,
        obs_count=there.obs_count,
    )


def _selections(part: Part, there: Availability) -> Iterator[m.MemberSelection]:
    """The codes of each dimension; of time its span, from the first day to the last."""
    time = part.definition.time
    for name, values in there.values.items():
        if time and name == time.id and there.start and there.end:
            first, last = there.start.date(), (there.end - timedelta(microseconds=1)).date()
            yield m.MemberSelection(name, start=first.isoformat(), end=last.isoformat())
        elif values:
            yield m.MemberSelection(name, values)


def _referenced(
    snapshot: Snapshot, part: Part, there: Availability, references: Iterable[str]
) -> Iterator[m.Maintainable]:
    """The artefacts of the kinds asked for, item schemes cut down to what the constraint uses."""
    definition = part.definition
    kinds = set(ALL) if "all" in references else set(references)
    registry = snapshot.registry
    yield from [registry.get(ref) for ref in _flows(snapshot, part) if ref.kind in kinds]
    yield from [definition.structure] if definition.structure.kind in kinds else []
    used: dict[Ref, set[str]] = {}
    for name in there.values:
        component = definition.components[name]
        if component.codes is not None:
            used.setdefault(component.codes.ref, set()).update(there.values[name])
        _use(registry, used, component.component.concept)
    for provider in _providers(snapshot, part):
        _use(registry, used, provider)
    for ref, ids in used.items():
        scheme = registry.get(ref)
        if ref.kind in kinds and isinstance(scheme, m.ItemScheme):
            yield partial.cut(scheme, partial.with_ancestors(scheme, ids))


def _use(registry: Registry, used: dict[Ref, set[str]], item: Ref | None) -> None:
    if item and item.item and (scheme := registry.resolve(item)):
        used.setdefault(scheme, set()).add(item.item)


def _flows(snapshot: Snapshot, part: Part) -> list[Ref]:
    data = part.wanted.data
    return [data] if data.kind == "dataflow" else flows(snapshot, data)


def _providers(snapshot: Snapshot, part: Part) -> Iterator[Ref]:
    """The data providers whose series match."""
    matching = select(part.cube, part.query).numbers
    names = part.cube.values(PROVIDER)
    ids = {names[code] for code in np.unique(part.cube.codes(PROVIDER)[matching])}
    for flow in _flows(snapshot, part):
        for agreement in snapshot.registry.agreements(flow):
            if agreement.provider and agreement.provider.item in ids:
                yield agreement.provider


def _merge(found: dict[Ref, m.Maintainable], more: Iterable[m.Maintainable]) -> None:
    """Add `more`; a scheme that several constraints use has the items of all."""
    for artefact in more:
        known = found.get(artefact.ref)
        if isinstance(known, m.ItemScheme) and isinstance(artefact, m.ItemScheme):
            artefact = partial.both(known, artefact)
        found[artefact.ref] = artefact
