"""What data constraints let through, component by component.

Source: SDMX 3.0 section 2, "Constraints": regions of one constraint add up, constraints on the same
artefact hold together, an excluded region takes away.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from publisher.structures import model as m
from publisher.structures.constraint_rules import structure_of
from publisher.structures.resolve import resolved_components
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.structures.registry import Registry

Values = frozenset[str]


def allowed(registry: Registry, refs: Iterable[Ref]) -> dict[str, Values]:
    """Component id → values; absent where nothing is said. Time ranges are not lists of values."""
    result: dict[str, Values] = {}
    for ref in refs:
        for constraint in registry.constraints(ref):
            if constraint.role == "Allowed":
                for component, values in _of(registry, constraint).items():
                    result[component] = result.get(component, values) & values
    return result


def _of(registry: Registry, constraint: m.DataConstraint) -> dict[str, Values]:
    codes = _codes(registry, constraint)
    included = [_region(region, codes) for region in constraint.regions if region.is_included]
    # Of data keys a list of values holds what any of them has; that they belong together it cannot say.
    keys = [key for key_set in constraint.key_sets if key_set.is_included for key in key_set.keys]
    included += [_region(m.CubeRegion(key.selections), codes) for key in keys]
    result: dict[str, Values] = {}
    if included:  # only what every included region speaks of is limited
        for component in set.intersection(*(set(region) for region in included)):
            result[component] = frozenset().union(*(region[component] for region in included))
    for region in (*constraint.regions, *_excluded(constraint)):
        if not region.is_included and len(region.selections) == 1:
            # With two components it takes away combinations, which no list of values can say.
            for component, values in _region(region, codes).items():
                known = codes.get(component)
                whole = result.get(component, frozenset(known.items) if known else None)
                if whole is not None:
                    result[component] = whole - values
    return result


def _excluded(constraint: m.DataConstraint) -> list[m.CubeRegion]:
    keys = [key for key_set in constraint.key_sets if not key_set.is_included for key in key_set.keys]
    return [m.CubeRegion(key.selections, is_included=False) for key in keys]


def _region(region: m.CubeRegion, codes: dict[str, m.ItemScheme]) -> dict[str, Values]:
    values: dict[str, Values] = {}
    for selection in region.selections:
        if not selection.values:
            continue
        listed = frozenset(selection.values) | _descendants(
            codes.get(selection.component), selection.cascading
        )
        if not selection.is_included:
            known = codes.get(selection.component)
            if known is None:
                continue
            listed = frozenset(known.items) - listed
        values[selection.component] = listed
    return values


def _descendants(scheme: m.ItemScheme | None, roots: Iterable[str]) -> Values:
    """`cascadeValues`: the codes below `roots` in the list's own parents."""
    found = set(roots)
    if scheme is None or not found:
        return frozenset(found)
    grown = True
    while grown:
        below = {item.id for item in scheme.items.values() if item.parent in found} - found
        found |= below
        grown = bool(below)
    return frozenset(found)


def _codes(registry: Registry, constraint: m.DataConstraint) -> dict[str, m.ItemScheme]:
    """Component → its list, in the first structure that the constraint leads to."""
    for ref in constraint.attached_to:
        if structure := structure_of(registry, ref):
            components = resolved_components(registry, structure).values()
            return {r.id: r.codes for r in components if r.codes is not None}
    return {}
