"""One provider's part of one dataflow: everything that its catalogue record is made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from publisher.release import coverage
from publisher.release.naming import dataset_name, slug
from publisher.settings import Settings
from publisher.store import Snapshot
from publisher.structures.definition import Definition, Resolved
from publisher.structures.model import (
    Categorisation,
    Codelist,
    Dataflow,
    Item,
    ItemScheme,
    ProvisionAgreement,
    Text,
    text,
)
from publisher.structures.urns import Ref


@dataclass(frozen=True)
class Source:
    """One provider's part of one dataflow, with everything that its record is made from."""

    snapshot: Snapshot
    settings: Settings
    provider: str
    ref: Ref
    release: str

    @property
    def name(self) -> str:
        return dataset_name(self.provider, self.ref)

    @property
    def definition(self) -> Definition:
        return self.snapshot.registry.definition(self.ref)

    @property
    def published(self) -> tuple[Resolved, ...]:
        """The components that leave the house, in structure order: dimensions, time, measures, attributes."""
        return tuple(c for c in self.definition.components.values() if c.is_published)

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        return self.snapshot.manifest(self.release)

    @cached_property
    def dataflow(self) -> Dataflow:
        found = self.snapshot.registry.get(self.ref)
        assert isinstance(found, Dataflow)
        return found

    @cached_property
    def agreement(self) -> ProvisionAgreement | None:
        """The agreement under which the provider delivers; None where structures have none."""
        agreements = self.snapshot.registry.agreements(self.ref)
        return next((a for a in agreements if a.provider and a.provider.item == self.provider), None)

    @cached_property
    def organisation(self) -> Item:
        for scheme in self.snapshot.registry.find("dataproviderscheme"):
            assert isinstance(scheme, ItemScheme)
            if self.provider in scheme.items:
                return scheme.items[self.provider]
        return Item(self.provider, Text(en=self.provider))

    @cached_property
    def categories(self) -> dict[str, Item]:
        """Group name → category, of every categorisation of the dataflow."""
        registry = self.snapshot.registry
        found = {}
        for ref in registry.parents(self.ref):
            artefact = registry.get(ref)
            if isinstance(artefact, Categorisation) and artefact.category and artefact.category.item:
                scheme = registry.get(artefact.category.parent)
                assert isinstance(scheme, ItemScheme)
                if item := scheme.items.get(artefact.category.item):
                    found[slug(item.id.replace(".", "-"))] = item
        return dict(sorted(found.items()))

    @cached_property
    def package(self) -> str:
        """The name of the data package that brought the dataflow; of the first one where several did."""
        names: list[str] = list(self.manifest["packages"])
        return next((name for name in names if self._brings(name)), names[0] if names else "")

    @cached_property
    def descriptor(self) -> Mapping[str, Any]:
        """That package's descriptor, as it was delivered."""
        return self._read(self.package) if self.package else {}

    def _brings(self, package: str) -> bool:
        resources = self._read(package).get("resources", ())
        return any(r.get("sdmx", {}).get("dataflow") == self.ref.short for r in resources)

    def _read(self, package: str) -> Mapping[str, Any]:
        path = self.snapshot.path("releases", self.release, "packages", package, "datapackage.json")
        read: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return read

    @cached_property
    def coverage(self) -> coverage.Coverage:
        return coverage.of(self.snapshot.cube(self.ref), self.provider)

    def items(self, dimension: str) -> Mapping[str, Item]:
        """The dimension's codes; none where it has no list."""
        resolved = self.definition.components.get(dimension)
        codes = resolved.codes if resolved else None
        return codes.items if isinstance(codes, Codelist) else {}

    def label(self, dimension: str, code: str) -> str:
        """The code's English name."""
        item = self.items(dimension).get(code)
        return (text(item.name) if item else "") or code
