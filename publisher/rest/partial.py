"""Item schemes cut down to what is asked for, or to what is used.

Source: SDMX REST 2.2.2 doc/structures.md, "Notes about using itemID" and `detail=referencepartial`;
doc/availability.md `references`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from publisher.structures import model as m
from publisher.structures.registry import Registry, agency_ids
from publisher.structures.urns import Ref

Used = Mapping[Ref, Collection[str]]  # item scheme → the ids of its items that are used


def cut(scheme: m.ItemScheme, ids: Collection[str]) -> m.ItemScheme:
    """`scheme` with only the items `ids`, in its own order; partial when that leaves any out."""
    kept = m.Items({id_: item for id_, item in scheme.items.items() if id_ in ids})
    return scheme if len(kept) == len(scheme.items) else replace(scheme, items=kept, is_partial=True)


def both(one: m.ItemScheme, other: m.ItemScheme) -> m.ItemScheme:
    """The items of two cuts of one scheme together; whole when one of them is."""
    if not one.is_partial or not other.is_partial:
        return other if one.is_partial else one
    return replace(one, items=m.Items({**one.items, **other.items}))


def with_ancestors(scheme: m.ItemScheme, ids: Iterable[str]) -> set[str]:
    """`ids` and what lies above them: by the path of a nested id, and by the parents of items.

    >>> scheme = m.CategoryScheme("CS", items=m.Items({"A": m.Category("A"), "A.B": m.Category("A.B")}))
    >>> sorted(with_ancestors(scheme, ["A.B"]))
    ['A', 'A.B']
    """
    found: set[str] = set()
    waiting = [id_ for id_ in ids if id_ in scheme.items]
    while waiting:
        id_ = waiting.pop()
        if id_ in found:
            continue
        found.add(id_)
        above = (scheme.items[id_].parent, id_.rpartition(".")[0])
        waiting += [parent for parent in above if parent and parent in scheme.items]
    return found


def items(scheme: m.ItemScheme, asked: Collection[str]) -> m.ItemScheme | None:
    """`itemID`: the items asked for; a nested id brings those above it. None when it has none of them.

    The scheme is partial even when these are all its items: the document says so.
    """
    known = [id_ for id_ in asked if id_ in scheme.items]
    nested = {id_ for id_ in known if "." in id_}
    chosen = {*known, *with_ancestors(scheme, nested)} if nested else set(known)
    return replace(cut(scheme, chosen), is_partial=True) if chosen else None


def reduce(artefacts: Iterable[m.Maintainable], used: Used) -> tuple[m.Maintainable, ...]:
    """`artefacts` with every item scheme in `used` cut down to its used items and those above them."""
    return tuple(
        cut(a, with_ancestors(a, used[a.ref])) if isinstance(a, m.ItemScheme) and a.ref in used else a
        for a in artefacts
    )


def used_by(registry: Registry, artefacts: Collection[m.Maintainable]) -> dict[Ref, set[str]]:
    """What `artefacts` use of the item schemes among them (the table of `referencepartial`)."""
    used: dict[Ref, set[str]] = {a.ref: set() for a in artefacts if isinstance(a, m.AgencyScheme)}
    for artefact in artefacts:
        for scheme in artefacts:
            if isinstance(scheme, m.AgencyScheme) and artefact.agency in (ids := agency_ids(scheme)):
                used[scheme.ref].add(list(scheme.items)[ids.index(artefact.agency)])
        if isinstance(artefact, m.DataStructure):
            add(
                used,
                registry,
                [c.concept for c in (*artefact.dimensions, *artefact.measures, *artefact.attributes)],
            )
        elif isinstance(artefact, m.ProvisionAgreement):
            add(used, registry, [artefact.provider])
        elif isinstance(artefact, m.Categorisation):
            add(used, registry, [artefact.category, artefact.categorised])
        elif isinstance(artefact, m.DataConstraint):
            add(used, registry, artefact.attached_to)
    return used


def add(used: dict[Ref, set[str]], registry: Registry, refs: Iterable[Ref | None]) -> None:
    for ref in refs:
        if ref and ref.item and (scheme := registry.resolve(ref)):
            used.setdefault(scheme, set()).add(ref.item)


def codes_allowed(registry: Registry, targets: Iterable[m.Maintainable]) -> dict[Ref, set[str]]:
    """Code list → the codes that the constraints on the dataflows and agreements among `targets` let through.

    A list is absent when some component that uses it is not constrained.
    """
    used: dict[Ref, set[str]] = {}
    whole: set[Ref] = set()
    for target in targets:
        if not isinstance(target, m.Dataflow | m.ProvisionAgreement):
            continue
        definition = registry.definition(target.ref)
        allowed = registry.allowed(target.ref, definition.dataflow.ref, definition.structure.ref)
        for component in definition.components.values():
            if component.codes is None:
                continue
            if component.id in allowed:
                used.setdefault(component.codes.ref, set()).update(allowed[component.id])
            else:
                whole.add(component.codes.ref)
    return {ref: codes for ref, codes in used.items() if ref not in whole}
