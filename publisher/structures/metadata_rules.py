"""What must hold in metadata structures, and in the reports that follow them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher.errors import Finding
from publisher.structures import model as m
from publisher.structures import urns
from publisher.structures.place import Place, some
from publisher.structures.reports import covers, metadataflow_of, structure_of
from publisher.structures.resolve import find_concept
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.structures.registry import Loaded, Registry


def metadata_structure_holds(loaded: Loaded, artefact: m.Maintainable) -> Iterator[Finding]:
    """Metadata attributes have concepts, and ids that differ from those beside them."""
    if not isinstance(artefact, m.MetadataStructure):
        return
    place = Place(loaded, artefact)
    if not artefact.attributes and not artefact.is_external:
        yield place.finding("incomplete-structure", f"{artefact.ref} has no metadata attribute")
    for beside in _levels(artefact.attributes):
        for attribute in beside:
            if attribute.concept is None or attribute.concept.item is None:
                message = f"{attribute.id} in {artefact.ref} names no concept"
                yield place.finding("no-concept", message, attribute)
        for id_, count in Counter(attribute.id for attribute in beside).items():
            if count > 1:
                yield place.finding("duplicate-item", f"{id_} stands {count} times in {artefact.ref}")


def _levels(attributes: tuple[m.MetadataAttribute, ...]) -> Iterator[tuple[m.MetadataAttribute, ...]]:
    yield attributes
    for attribute in attributes:
        if attribute.attributes:
            yield from _levels(attribute.attributes)


def metadata_constraint_names(loaded: Loaded, artefact: m.Maintainable) -> Iterator[Finding]:
    """The metadata attributes that a metadata constraint names are in the structures it is attached to."""
    if not isinstance(artefact, m.MetadataConstraint):
        return
    place = Place(loaded, artefact)
    if not artefact.attached_to:
        message = f"{artefact.ref} is attached to nothing"
        yield place.finding("unattached-constraint", message, severity="warning")
    for ref in artefact.attached_to:
        structure = structure_of(loaded.registry, ref)
        known = list(m.paths(structure.attributes)) if structure else []
        for selection in (s for region in artefact.regions for s in region.selections):
            if structure and selection.component not in known:
                message = f"{artefact.ref} constrains {selection.component}, which is not in {structure.ref}"
                value = selection.component
                yield place.finding("unknown-component", message, selection, value=value, allowed=some(known))


# -- reports ----------------------------------------------------------------------------------


def report_holds(loaded: Loaded, report: m.MetadataSet) -> Iterator[Finding]:
    """A report follows its structure, and is by whom and on what its agreement says."""
    place, registry = Place(loaded, report), loaded.registry
    structure = structure_of(registry, metadataflow_of(registry, report))
    if structure is None:
        message = f"{report.ref} leads to no metadata structure"
        yield place.finding("no-reference", message, remedy="name a Metadataflow or its agreement")
    else:
        yield from _answers(place, report.attributes, structure.attributes, "")
    yield from _targets(place, report)
    yield from _provider(place, report)


def _provider(place: Place, report: m.MetadataSet) -> Iterator[Finding]:
    registry = place.loaded.registry
    found = registry.resolve(report.agreement) if report.agreement else None
    agreement = registry.artefacts[found] if found else None
    provider = agreement.provider if isinstance(agreement, m.MetadataProvisionAgreement) else None
    if provider and provider.item != report.agency:
        message = f"{report.ref} is not by the provider of {found}"
        yield place.finding("wrong-provider", message, value=report.agency, allowed=provider.item)


def _answers(
    place: Place,
    answers: tuple[m.ReportedAttribute, ...],
    asked: tuple[m.MetadataAttribute, ...],
    above: str,
) -> Iterator[Finding]:
    known, counts = {attribute.id: attribute for attribute in asked}, Counter(a.id for a in answers)
    for attribute in asked:
        most = attribute.max_occurs
        if counts[attribute.id] < attribute.min_occurs or (most and counts[attribute.id] > most):
            count = counts[attribute.id]
            message = f"{above}{attribute.id} is answered {count} times in {place.artefact.ref}"
            allowed = f"{attribute.min_occurs} to {most or 'any number of'} times"
            yield place.finding("wrong-count", message, allowed=allowed)
    for answer in answers:
        if answer.id not in known:
            message = f"{place.artefact.ref} answers {above}{answer.id}, which its structure does not have"
            yield place.finding("unknown-component", message, answer, value=answer.id, allowed=some(known))
            continue
        yield from _value(place, answer, known[answer.id], above)
        yield from _answers(place, answer.attributes, known[answer.id].attributes, f"{above}{answer.id}.")


def _value(
    place: Place, answer: m.ReportedAttribute, attribute: m.MetadataAttribute, above: str
) -> Iterator[Finding]:
    """A code is in the list of the attribute; texts are in every language that the registry has."""
    registry = place.loaded.registry
    concept = find_concept(registry, attribute.concept)
    form = attribute.representation or (concept.representation if concept else None)
    codes = registry.resolve(form.enumeration) if form and form.enumeration else None
    listed = registry.artefacts[codes] if codes else None
    if isinstance(listed, m.ItemScheme) and answer.value not in listed.items:
        message = f"{place.artefact.ref} answers {above}{answer.id} with a code that is not in {listed.ref}"
        yield place.finding("unknown-code", message, answer, value=answer.value, allowed=some(listed.items))
    missing = [language for language in registry.languages if answer.text and language not in answer.text]
    if missing:
        message = f"{above}{answer.id} of {place.artefact.ref} has no text in {', '.join(missing)}"
        yield place.finding("missing-language", message, answer, severity="warning")


def _targets(place: Place, report: m.MetadataSet) -> Iterator[Finding]:
    """What a report is on is there, and among what its flow and agreement let it be on."""
    registry = place.loaded.registry
    allowed = [_allowed(registry, ref) for ref in (metadataflow_of(registry, report), report.agreement)]
    for target in report.targets:
        for patterns in allowed:
            if patterns and not any(covers(pattern, target) for pattern in patterns):
                message = f"{report.ref} is on something that its flow or agreement does not name"
                yield place.finding("wrong-target", message, value=target, allowed=some(patterns))
        if "*" not in target and not _is_there(registry, target):
            message = f"{report.ref} is on {target}, which is not there"
            yield place.finding("missing-reference", message, value=target)


def _allowed(registry: Registry, ref: Ref | None) -> tuple[str, ...]:
    found = registry.resolve(ref) if ref else None
    artefact = registry.artefacts[found] if found else None
    return artefact.targets if isinstance(artefact, m.Metadataflow | m.MetadataProvisionAgreement) else ()


def _is_there(registry: Registry, target: str) -> bool:
    try:
        return registry.resolve(urns.parse(target)) is not None
    except ValueError:
        return False
