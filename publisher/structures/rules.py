"""What must hold in and between artefacts; each rule has stable codes, told in docs/findings.md.

A rule takes what was loaded and one artefact, and gives findings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from publisher.errors import Finding
from publisher.structures import model as m
from publisher.structures import references, versions
from publisher.structures.constraint_rules import constraint_names
from publisher.structures.metadata_rules import (
    metadata_constraint_names,
    metadata_structure_holds,
    report_holds,
)
from publisher.structures.parts import items_of, parts_of
from publisher.structures.place import Place, some
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.structures.registry import Loaded, Registry

# SDMXCommonReferences.xsd: IDType, NCNameIDType, NestedNCNameIDType.
_ID = re.compile(r"[A-Za-z0-9_@$\-]+")
_NAME_ID = re.compile(r"[A-Za-z][A-Za-z0-9_\-]*")
_AGENCY = re.compile(r"[A-Za-z][A-Za-z0-9_\-]*(\.[A-Za-z][A-Za-z0-9_\-]*)*")
_NAMED_BY_NCNAME = (m.Codelist, m.ConceptScheme, m.CategoryScheme)

# (class, field) → the kinds that the reference may point at.
_KINDS: Mapping[tuple[type, str], tuple[str, ...]] = {
    (m.Dataflow, "structure"): ("datastructure",),
    (m.ProvisionAgreement, "dataflow"): ("dataflow",),
    (m.ProvisionAgreement, "provider"): ("dataproviderscheme",),
    (m.Metadataflow, "structure"): ("metadatastructure",),
    (m.MetadataProvisionAgreement, "metadataflow"): ("metadataflow",),
    (m.MetadataProvisionAgreement, "provider"): ("metadataproviderscheme",),
    (m.ConceptSchemeMap, "source_scheme"): ("conceptscheme",),
    (m.ConceptSchemeMap, "target_scheme"): ("conceptscheme",),
    (m.CategorySchemeMap, "source_scheme"): ("categoryscheme",),
    (m.CategorySchemeMap, "target_scheme"): ("categoryscheme",),
    (m.ReportingTaxonomyMap, "source_scheme"): ("reportingtaxonomy",),
    (m.ReportingTaxonomyMap, "target_scheme"): ("reportingtaxonomy",),
    (m.Categorisation, "category"): ("categoryscheme",),
    (m.HierarchyAssociation, "hierarchy"): ("hierarchy",),
    (m.StructureMap, "source_structure"): ("datastructure", "dataflow"),
    (m.StructureMap, "target_structure"): ("datastructure", "dataflow"),
}
_MUST: tuple[tuple[type, str], ...] = (*_KINDS, (m.Categorisation, "categorised"))


def check(loaded: Loaded) -> Iterator[Finding]:
    """The findings of every rule."""
    for artefact in loaded.registry.all():
        for rule in RULES:
            yield from rule(loaded, artefact)
    for report in loaded.registry.reports.ordered:
        for rule in (ids_are_legal, version_is_legal, references_resolve, names_are_there):
            yield from rule(loaded, report)
        yield from report_holds(loaded, report)


def ids_are_legal(loaded: Loaded, artefact: m.Maintainable) -> Iterator[Finding]:
    place = Place(loaded, artefact)
    form = _NAME_ID if isinstance(artefact, _NAMED_BY_NCNAME) else _ID
    if not form.fullmatch(artefact.id):
        yield place.finding("illegal-id", f"the id of {artefact.ref} is not legal", allowed=form.pattern)
    if not _AGENCY.fullmatch(artefact.agency):
        yield place.finding(
            "illegal-id", f"the agency of {artefact.ref} is not legal", allowed=_AGENCY.pattern
        )
    for part in parts_of(artefact):
        form = _NAME_ID if isinstance(part, m.Component | m.Concept) else _ID
        if not form.fullmatch(part.id.rpartition(".")[2]):
            yield place.finding(
                "illegal-id",
                f"the id {part.id!r} in {artefact.ref} is not legal",
                part,
                value=part.id,
                allowed=form.pattern,
            )


def version_is_legal(loaded: Loaded, artefact: m.Maintainable) -> Iterator[Finding]:
    try:
        versions.parse(artefact.version)
    except ValueError:
        yield Place(loaded, artefact).finding(
            "illegal-version",
            f"the version of {artefact.ref} is not legal",
            value=artefact.version,
            allowed="1.0.0, 1.0.0-draft, or the older 1.0 and 1",
        )


def references_resolve(loaded: Loaded, artefact: m.Maintainable) -> Iterator[Finding]:
    """Every reference leads to an artefact, and to an item in it when it names one."""
    for ref, owner in references.located(artefact):
        found = loaded.registry.resolve(ref)
        if found is None:
            message, allowed = f"{artefact.ref} references {ref}, which is not there", _near(loaded, ref)
        elif ref.item and ref.item not in items_of(loaded.registry.artefacts[found]):
            message = f"{artefact.ref} references {ref.item} in {found}, which has no such item"
            allowed = some(items_of(loaded.registry.artefacts[found]))
        else:
            continue
        yield Place(loaded, artefact).finding(
            "missing-reference",
            message,
            owner,
            value=ref.short,
            allowed=allowed,
            remedy="add what is referenced, or correct the reference",
        )


def references_have_their_kind(loaded: Loaded, artefact: m.Maintainable) -> Iterator[Finding]:
    """A dataflow has a data structure, an agreement a dataflow and a provider, and so on."""
    place = Place(loaded, artefact)
    for cls, field in _MUST:
        if not isinstance(artefact, cls):
            continue
        ref, kinds = getattr(artefact, field), _KINDS.get((cls, field))
        what = field.replace("_", " ")
        if ref is None:
            yield place.finding("no-reference", f"{artefact.ref} names no {what}")
        elif kinds and ref.kind not in kinds:
            yield place.finding(
                "wrong-kind",
                f"the {what} of {artefact.ref} is a {ref.kind}",
                value=ref.short,
                allowed=" or ".join(kinds),
            )


def constraints_have_their_place(loaded: Loaded, artefact: m.Maintainable) -> Iterator[Finding]:
    """A constraint on a constraint, on itself for one, says nothing about data."""
    if isinstance(artefact, m.DataConstraint):
        for to in artefact.attached_to:
            if to.kind.endswith("constraint"):
                message = f"{artefact.ref} is attached to a {to.kind}"
                allowed = "datastructure, dataflow, provisionagreement or dataprovider"
                yield Place(loaded, artefact).finding("wrong-kind", message, value=to.short, allowed=allowed)


def parents_are_there(loaded: Loaded, artefact: m.Maintainable) -> Iterator[Finding]:
    """The parent of an item is in its scheme, and no item is its own ancestor."""
    if not isinstance(artefact, m.ItemScheme):
        return
    place = Place(loaded, artefact)
    parents = {item.id: item.parent for item in artefact.items.values() if item.parent}
    circle = _own_ancestors(parents)
    for part in parts_of(artefact):
        item, parent = part.id, parents.get(part.id)
        if parent is None:
            continue
        if parent not in artefact.items:
            message = f"the parent of {item} is not in {artefact.ref}"
            yield place.finding("missing-parent", message, part, value=parent)
        elif item in circle:
            message = f"{item} in {artefact.ref} is its own ancestor"
            yield place.finding("parent-cycle", message, part, value=parent)


def structure_holds(loaded: Loaded, artefact: m.Maintainable) -> Iterator[Finding]:
    """Components have concepts; groups and attributes are attached to what is there."""
    if not isinstance(artefact, m.DataStructure) or artefact.is_external:
        return
    place = Place(loaded, artefact)
    for component in (*artefact.dimensions, *artefact.measures, *artefact.attributes):
        if component.concept is None or component.concept.item is None:
            message = f"{component.id} in {artefact.ref} names no concept"
            yield place.finding("no-concept", message, component)
    dimensions = [dimension.id for dimension in artefact.dimensions]
    groups = [group.id for group in artefact.groups]
    for part, named, known in _attached(artefact, dimensions, groups):
        if named not in known:
            message = f"{part.id} in {artefact.ref} is attached to {named}, which is not there"
            yield place.finding("unknown-component", message, part, value=named, allowed=some(known))
    if not dimensions or not artefact.measures:
        yield place.finding("incomplete-structure", f"{artefact.ref} has no dimension or no measure")


def maps_hold(loaded: Loaded, artefact: m.Maintainable) -> Iterator[Finding]:
    """Components that are mapped are in the source and the target."""
    if not isinstance(artefact, m.StructureMap):
        return
    place = Place(loaded, artefact)
    source, target = (
        _components(loaded.registry, r) for r in (artefact.source_structure, artefact.target_structure)
    )
    for mapped in artefact.component_maps:
        for names, known in ((mapped.source, source), (mapped.target, target)):
            for name in names:
                if known and name not in known:
                    message = f"{artefact.ref} maps {name}, which is not there"
                    yield place.finding("unknown-component", message, mapped, value=name, allowed=some(known))


def names_are_there(loaded: Loaded, artefact: m.Maintainable) -> Iterator[Finding]:
    """Names, and a warning where a language that the registry has elsewhere is missing."""
    place = Place(loaded, artefact)
    named = [artefact, *(part for part in parts_of(artefact) if isinstance(part, m.Item))]
    if isinstance(artefact, m.ValueList):
        named = [artefact]
    for part in named:
        if not part.name:
            yield place.finding("no-name", f"{part.id} in {artefact.ref} has no name", part)
    for language in loaded.registry.languages:
        without = [part for part in named if part.name and language not in part.name]
        if without:
            yield place.finding(
                "missing-language",
                f"{artefact.ref} has {len(without)} of {len(named)} names not in {language!r}",
                without[0],
                severity="warning",
                value=some([part.id for part in without]),
                remedy=f'add Name elements with xml:lang="{language}"',
            )


def agency_is_known(loaded: Loaded, artefact: m.Maintainable) -> Iterator[Finding]:
    known = loaded.registry.agencies
    if artefact.agency not in known and artefact.agency != "SDMX":
        yield Place(loaded, artefact).finding(
            "unknown-agency",
            f"the agency of {artefact.ref} is in no agency scheme",
            severity="warning",
            value=artefact.agency,
            allowed=some(known),
        )


def _attached(
    structure: m.DataStructure, dimensions: list[str], groups: list[str]
) -> Iterator[tuple[m.Identifiable, str, list[str]]]:
    for group in structure.groups:
        yield from ((group, name, dimensions) for name in group.dimensions)
    measures = [measure.id for measure in structure.measures]
    for attribute in structure.attributes:
        known = groups if attribute.attachment == m.GROUP else dimensions
        yield from ((attribute, name, known) for name in attribute.attached_to)
        yield from ((attribute, name, measures) for name in attribute.measures)


def _components(registry: Registry, ref: Ref | None) -> list[str]:
    found = registry.resolve(ref) if ref else None
    artefact = registry.artefacts[found] if found else None
    if isinstance(artefact, m.Dataflow):
        return _components(registry, artefact.structure)
    if isinstance(artefact, m.DataStructure):
        parts = (*artefact.dimensions, *artefact.measures, *artefact.attributes)
        return [part.id for part in parts]
    return []


def _own_ancestors(parents: Mapping[str, str]) -> set[str]:
    """An item of each circle of parents; each item is walked over once, however deep they lie."""
    circle: set[str] = set()
    done: set[str] = set()
    for start in parents:
        path: dict[str, int] = {}
        at: str | None = start
        while at is not None and at not in done and at not in path:
            path[at] = len(path)
            at = parents.get(at)
        if at in path:
            circle.add(at)
        done.update(path)
    return circle


def _near(loaded: Loaded, ref: Ref) -> str | None:
    """Versions of the same artefact, else ids of its agency: what may have been meant."""
    same = loaded.registry.find(ref.kind, [ref.agency], [ref.id])
    others = same or loaded.registry.find(ref.kind, [ref.agency])
    return some([other.ref.short for other in others]) or None


Rule = Callable[["Loaded", m.Maintainable], Iterator[Finding]]
RULES: tuple[Rule, ...] = (
    ids_are_legal,
    version_is_legal,
    references_resolve,
    references_have_their_kind,
    constraints_have_their_place,
    parents_are_there,
    structure_holds,
    maps_hold,
    constraint_names,
    metadata_structure_holds,
    metadata_constraint_names,
    names_are_there,
    agency_is_known,
)
