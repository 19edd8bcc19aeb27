"""Schema queries: what data of a dataflow, structure or agreement may be, as a schema or as structures.

Source: SDMX REST 2.2.2 doc/schema.md; REST 1.5.0 schema queries. The constraints up to the context hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from publisher import formats
from publisher.errors import NotFound, QuerySemanticError
from publisher.formats.message import SchemaRequest
from publisher.query.model import SchemaQuery
from publisher.rest import partial, resolve
from publisher.rest.components import FLAT, check, hidden
from publisher.store.whole import definition_of
from publisher.structures import model as m
from publisher.structures.definition import Definition
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

Chunks = Iterator[bytes | memoryview]
Allowed = Mapping[str, frozenset[str]]  # component → values; absent: all


def document(registry: Registry, query: SchemaQuery, content_type: str) -> Chunks:
    """A schema that judges data messages. Raises NotFound, QuerySemanticError."""
    context, definition = _context(registry, query)
    names = [d.id for d in definition.dimensions] + ([definition.time.id] if definition.time else [])
    dimension = query.dimension_at_observation or (definition.time.id if definition.time else FLAT)
    check("dimensionAtObservation", dimension, [*names, FLAT], definition)
    request = SchemaRequest(
        definition, context.ref, _allowed(registry, context, definition), dimension, query.deletion
    )
    return iter(formats.SCHEMA[content_type].write(request))


def structures(registry: Registry, query: SchemaQuery) -> tuple[m.Maintainable, ...]:
    """The structure with what it uses, cut down to what may be said: codes, concepts, agencies.

    Constraints come with it where components that share a list may have different codes of it.
    """
    if "metadata" in query.target.context:
        return _of_reports(registry, query)
    context, definition = _context(registry, query)
    allowed = _allowed(registry, context, definition)
    used: dict[Ref, set[str]] = {}
    for component in definition.components.values():
        if component.codes is not None:
            codes = allowed.get(component.id, frozenset(component.codes.items))
            used.setdefault(component.codes.ref, set()).update(codes)
    partial.add(used, registry, [c.component.concept for c in definition.components.values()])
    schemes = list(_schemes(registry, used))
    limits = [_limits(context.ref, definition, allowed)] if _differ(definition, allowed) else []
    found = (definition.structure, *schemes, *limits)
    return (*found, *_agencies(registry, {artefact.agency for artefact in found}))


def _context(registry: Registry, query: SchemaQuery) -> tuple[m.Maintainable, Definition]:
    """The artefact that is asked for and the structure of its data, without what never leaves."""
    artefact = _named(registry, query)
    if isinstance(artefact, m.DataStructure):
        definition = definition_of(registry, artefact.ref)
    elif isinstance(artefact, m.Dataflow | m.ProvisionAgreement):
        definition = registry.definition(artefact.ref)
    else:  # SDMX 3.0: every metadata set has the same form, which the standard's own schemas judge
        raise QuerySemanticError(
            f"context: reports for {artefact.ref.short} are judged by the standard's schemas of metadata"
            " messages; ask for application/vnd.sdmx.structure+json or +xml to be told what they answer"
        )
    without = hidden(definition)
    shown = {name: c for name, c in definition.components.items() if name not in without}
    return artefact, replace(definition, components=shown)


def _named(registry: Registry, query: SchemaQuery) -> m.Maintainable:
    """Exactly one id was named; of its versions the newest. Raises NotFound."""
    found = resolve.artefacts(registry, [query.target.context], query.target, query.api)
    if not found:
        raise resolve.missing([query.target.context], query.target)
    return found[-1]


def _of_reports(registry: Registry, query: SchemaQuery) -> tuple[m.Maintainable, ...]:
    """The metadata structure that reports of the context follow, with the lists and concepts that it uses."""
    artefact = _named(registry, query)
    below = (artefact, *registry.related([artefact], ("descendants",)))
    kinds = ("metadatastructure", "codelist", "valuelist", "conceptscheme")
    found = tuple(one for one in below if one.kind in kinds)
    return (*found, *_agencies(registry, {one.agency for one in found}))


def _allowed(registry: Registry, context: m.Maintainable, definition: Definition) -> Allowed:
    """What the constraints let through, up to the context (doc/schema.md, `context`)."""
    above = {"datastructure": (), "dataflow": (definition.structure.ref,)}
    refs = above.get(context.kind, (definition.dataflow.ref, definition.structure.ref))
    return registry.allowed(context.ref, *refs)


def _schemes(registry: Registry, used: Mapping[Ref, Collection[str]]) -> Iterator[m.ItemScheme]:
    for ref, ids in used.items():
        scheme = registry.get(ref)
        if isinstance(scheme, m.ItemScheme):
            yield partial.cut(scheme, partial.with_ancestors(scheme, ids))


def _differ(definition: Definition, allowed: Allowed) -> bool:
    """Whether components share a list and not the codes allowed of it."""
    seen: dict[Ref, frozenset[str]] = {}
    for component in definition.components.values():
        if component.codes is not None:
            codes = allowed.get(component.id, frozenset(component.codes.items))
            if seen.setdefault(component.codes.ref, codes) != codes:
                return True
    return False


def _limits(context: Ref, definition: Definition, allowed: Allowed) -> m.DataConstraint:
    attributes = {a.id for a in definition.attributes}
    selections = tuple(
        m.MemberSelection(name, tuple(sorted(values)), is_key=name not in attributes)
        for name, values in allowed.items()
        if name in definition.components
    )
    return m.DataConstraint(
        f"{context.id}_ALLOWED",
        m.Text({"en": "What may be reported"}),
        agency=context.agency,
        attached_to=(context,),
        regions=(m.CubeRegion(selections),),
    )


def _agencies(registry: Registry, used: Collection[str]) -> Iterator[m.Maintainable]:
    """The schemes of the agencies that maintain what the answer has."""
    found: dict[Ref, set[str]] = {}
    for agency in used:
        if (ref := registry.agencies.get(agency)) is not None:
            found.setdefault(ref, set()).add(agency.rpartition(".")[2])
    for ref, ids in found.items():
        scheme = registry.get(ref)
        if not isinstance(scheme, m.ItemScheme):
            raise NotFound(f"there is no {ref}")
        yield partial.cut(scheme, ids)
