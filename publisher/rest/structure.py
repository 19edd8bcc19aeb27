"""Structure queries: the artefacts of a message.

Source: SDMX REST 2.2.2 doc/structures.md; REST 1.5.0 structural metadata queries.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from publisher.errors import NotFound
from publisher.query.model import ANY, StructureQuery
from publisher.rest import partial, resolve
from publisher.structures import model as m
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref


@dataclass(frozen=True)
class Structures:
    """Artefacts, and which of them are to be written as stubs."""

    artefacts: tuple[m.Maintainable, ...]
    stubs: frozenset[Ref] = frozenset()
    complete_stubs: bool = False


def structures(registry: Registry, query: StructureQuery) -> Structures:
    """The artefacts that answer `query`; none when nothing was named and there is nothing.

    Raises NotFound when what was named is not there.
    """
    found = resolve.artefacts(registry, query.kinds, query.target, query.api)
    if query.role:
        found = tuple(a for a in found if isinstance(a, m.DataConstraint) and a.role == query.role)
    if not found:
        if resolve.is_open(query.target):
            return Structures(())
        raise resolve.missing(query.kinds, query.target)
    targets = _with_items(found, query)
    related = _related(registry, targets, query)
    artefacts = tuple(_extended(a, query.detail) for a in (*targets, *related))
    return Structures(artefacts, _stubs(query.detail, targets, related), "complete" in query.detail)


def _with_items(found: Iterable[m.Maintainable], query: StructureQuery) -> tuple[m.Maintainable, ...]:
    if query.items == (ANY,):
        return tuple(found)
    cut = [partial.items(a, query.items) for a in found if isinstance(a, m.ItemScheme)]
    kept = tuple(scheme for scheme in cut if scheme)
    if not kept:
        schemes = ", ".join(a.ref.short for a in found)
        raise NotFound(f"itemID: there is no {', '.join(query.items)} in {schemes}")
    return kept


def _related(
    registry: Registry, targets: tuple[m.Maintainable, ...], query: StructureQuery
) -> tuple[m.Maintainable, ...]:
    related = registry.related(targets, query.references)
    if query.api == "v1":  # a draft is no legal version there
        related = tuple(a for a in related if "-" not in a.version)
    if query.detail != "referencepartial":
        return related
    used: dict[Ref, set[str]] = {
        **partial.codes_allowed(registry, targets),
        **partial.used_by(registry, (*targets, *related)),
    }
    return partial.reduce(related, used)


def _extended(artefact: m.Maintainable, detail: str) -> m.Maintainable:
    """`raw`: an extended code list as it is written; else with its inherited codes and no extension."""
    if not isinstance(artefact, m.Codelist) or not artefact.extensions:
        return artefact
    if detail != "raw":
        return replace(artefact, extensions=(), own=None)
    own = artefact.own if artefact.own is not None else tuple(artefact.items)
    return replace(
        artefact, items=m.Items({id_: artefact.items[id_] for id_ in own if id_ in artefact.items})
    )


def _stubs(
    detail: str, targets: Iterable[m.Maintainable], related: Iterable[m.Maintainable]
) -> frozenset[Ref]:
    if detail.startswith("all"):
        return frozenset(a.ref for a in (*targets, *related))
    if detail in ("referencestubs", "referencecompletestubs"):
        return frozenset(a.ref for a in related)
    return frozenset()
