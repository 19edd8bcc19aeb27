"""Rules of data constraints: what they name exists in the structures that they are attached to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.errors import Finding
from publisher.structures import model as m
from publisher.structures import periods
from publisher.structures.definition import Resolved
from publisher.structures.place import Place, some
from publisher.structures.resolve import resolved_components
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.structures.registry import Loaded, Registry

_ROLES = ("Allowed", "Actual")


def constraint_names(loaded: Loaded, artefact: m.Maintainable) -> Iterator[Finding]:
    """Components and codes that a constraint names are there; it is attached, and has a known role."""
    if not isinstance(artefact, m.DataConstraint):
        return
    place = Place(loaded, artefact)
    if artefact.role not in _ROLES:
        message = f"the role of {artefact.ref} is not known"
        yield place.finding("unknown-role", message, value=artefact.role, allowed=some(_ROLES))
    if not artefact.attached_to:
        message = f"{artefact.ref} is attached to nothing"
        yield place.finding("unattached-constraint", message, severity="warning")
    for structure in dict.fromkeys(_structures(loaded.registry, artefact)):
        components = resolved_components(loaded.registry, structure)
        for region in artefact.regions:
            yield from _region(place, region, components, structure)
        for key in (key for keys in artefact.key_sets for key in keys.keys):
            yield from _selections(place, key.selections, components, structure)


def _region(
    place: Place, region: m.CubeRegion, components: dict[str, Resolved], structure: m.DataStructure
) -> Iterator[Finding]:
    if not region.is_included and len(region.selections) > 1:
        message = f"{place.artefact.ref} excludes combinations of components, which is not held"
        yield place.finding("unsupported", message, region, severity="warning")
    yield from _selections(place, region.selections, components, structure)


def _selections(
    place: Place,
    selections: tuple[m.MemberSelection, ...],
    components: dict[str, Resolved],
    structure: m.DataStructure,
) -> Iterator[Finding]:
    for selection in selections:
        name = selection.component
        if name not in components:
            message = f"{place.artefact.ref} constrains {name}, which is not in {structure.ref}"
            allowed = some(components)
            yield place.finding("unknown-component", message, selection, value=name, allowed=allowed)
        else:
            yield from _selection(place, selection, components[name])


def _selection(place: Place, selection: m.MemberSelection, component: Resolved) -> Iterator[Finding]:
    if selection.is_key != isinstance(component.component, m.Dimension):
        right = "KeyValue" if not selection.is_key else "Component"
        message = f"{component.id} in {place.artefact.ref} must be a {right}"
        yield place.finding("unknown-component", message, selection, value=component.id)
    if component.codes is not None:
        unknown = [value for value in selection.values if value not in component.codes.items]
        for value in unknown:
            message = f"{place.artefact.ref} names {value!r} for {component.id}: not in {component.codes.ref}"
            allowed = some(component.codes.items)
            yield place.finding("unknown-code", message, selection, value=value, allowed=allowed)
    for period in (selection.start, selection.end):
        if period is not None and not periods.is_legal(period):
            message = f"{place.artefact.ref} has a time range with an illegal period"
            yield place.finding("illegal-period", message, selection, value=period)


def _structures(registry: Registry, constraint: m.DataConstraint) -> Iterator[m.DataStructure]:
    for ref in constraint.attached_to:
        if structure := structure_of(registry, ref):
            yield structure


def structure_of(registry: Registry, ref: Ref | None) -> m.DataStructure | None:
    """The data structure that a dataflow, an agreement or a structure leads to."""
    found = registry.resolve(ref) if ref else None
    artefact = registry.artefacts[found] if found else None
    match artefact:
        case m.DataStructure():
            return artefact
        case m.Dataflow():
            return structure_of(registry, artefact.structure)
        case m.ProvisionAgreement():
            return structure_of(registry, artefact.dataflow)
    return None
