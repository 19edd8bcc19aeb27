"""Components with their concepts, representations and code lists looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.errors import StructureError
from publisher.structures import model as m
from publisher.structures.definition import Definition, Resolved
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.structures.registry import Registry

_TEXT = m.Representation()


def resolve_definition(registry: Registry, flow: m.Dataflow) -> Definition:
    """Raises NotFound for what is missing, StructureError when the dataflow names no structure."""
    structure = registry.get(flow.structure) if flow.structure else None
    if not isinstance(structure, m.DataStructure):
        raise StructureError(f"{flow.ref} names no data structure")
    return Definition(flow, structure, resolved_components(registry, structure))


def resolved_components(registry: Registry, structure: m.DataStructure) -> dict[str, Resolved]:
    """Id → dimensions in key order, time, measures, attributes; a list that is not there is None."""
    components = (*structure.dimensions, *structure.measures, *structure.attributes)
    return {component.id: resolved_component(registry, component) for component in components}


def resolved_component(registry: Registry, component: m.Component) -> Resolved:
    """SDMX 3.0 section 2: the local representation, else the concept's core representation."""
    concept = find_concept(registry, component.concept) or m.Concept(component.id)
    representation = component.representation or concept.representation or _TEXT
    found = registry.resolve(representation.enumeration) if representation.enumeration else None
    codes = registry.artefacts[found] if found else None
    listed = codes if isinstance(codes, m.Codelist | m.ValueList) else None
    return Resolved(component, concept, representation, listed)


def find_concept(registry: Registry, ref: Ref | None) -> m.Concept | None:
    """The concept that `ref` points at, None when it is not there."""
    found = registry.resolve(ref) if ref else None
    scheme = registry.artefacts[found] if found else None
    if not isinstance(scheme, m.ConceptScheme) or ref is None:
        return None
    concept = scheme.items.get(ref.item or "")
    return concept if isinstance(concept, m.Concept) else None
