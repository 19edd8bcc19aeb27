"""The reports (metadata sets) of a registry, by name and by what they are on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from publisher.structures import model as m
from publisher.structures import versions
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.structures.registry import Registry


@dataclass(frozen=True, eq=False)
class Reports:
    sets: Mapping[Ref, m.MetadataSet] = field(default_factory=dict)

    @cached_property
    def ordered(self) -> tuple[m.MetadataSet, ...]:
        """By provider, id and age."""
        order = sorted(self.sets, key=lambda ref: (ref.agency, ref.id, versions.order(ref.version)))
        return tuple(self.sets[ref] for ref in order)

    def find(
        self, providers: Iterable[str] = ("*",), ids: Iterable[str] = ("*",), wanted: Iterable[str] = ("*",)
    ) -> tuple[m.MetadataSet, ...]:
        """By provider, id and version, in the grammar of REST. Raises ValueError on another expression."""
        providers, ids, wanted = set(providers), set(ids), tuple(wanted)
        groups: dict[tuple[str, str], dict[str, m.MetadataSet]] = {}
        for report in self.ordered:
            if _in(report.agency, providers) and _in(report.id, ids):
                groups.setdefault((report.agency, report.id), {})[report.version] = report
        return tuple(
            group[version]
            for group in groups.values()
            for version in (group if "*" in wanted else versions.select(wanted, group))
        )

    def on(self, targets: Iterable[Ref]) -> tuple[m.MetadataSet, ...]:
        """Those with a target that means any of `targets`."""
        urns = {urn for target in targets for urn in (target.urn, target.parent.urn if target.item else "")}
        return tuple(r for r in self.ordered if any(covers(t, urn) for t in r.targets for urn in urns))


def covers(target: str, urn: str) -> bool:
    """Whether a target, in which parts may be `*`, means `urn`.

    >>> covers("urn:…Codelist=X:*(*)", "urn:…Codelist=X:CL(1.0.0)")
    True
    """
    if "*" not in target:
        return target == urn
    return re.fullmatch(".*".join(map(re.escape, target.split("*"))), urn) is not None


def _in(value: str, wanted: set[str]) -> bool:
    return "*" in wanted or value in wanted


def metadataflow_of(registry: Registry, report: m.MetadataSet) -> Ref | None:
    """The metadataflow of a report: its own, or that of its agreement."""
    if report.metadataflow or not report.agreement:
        return report.metadataflow
    found = registry.resolve(report.agreement)
    agreement = registry.artefacts[found] if found else None
    return agreement.metadataflow if isinstance(agreement, m.MetadataProvisionAgreement) else None


def structure_of(registry: Registry, ref: Ref | None) -> m.MetadataStructure | None:
    """The metadata structure that a metadataflow, an agreement or a structure's own name leads to."""
    found = registry.resolve(ref) if ref else None
    match registry.artefacts[found] if found else None:
        case m.MetadataStructure() as structure:
            return structure
        case m.Metadataflow() as flow:
            return structure_of(registry, flow.structure)
        case m.MetadataProvisionAgreement() as agreement:
            return structure_of(registry, agreement.metadataflow)
    return None
