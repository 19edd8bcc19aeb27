"""The registry: every artefact of the folders of structures, found by reference, kind and version.

It is immutable and may be shared between threads; what it works out it keeps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from publisher.errors import Finding, NotFound, StructureError
from publisher.structures import extensions, files, graph, references, rules, versions
from publisher.structures import model as m
from publisher.structures.allowed import allowed
from publisher.structures.definition import Definition
from publisher.structures.read_ml import Document
from publisher.structures.reports import Reports, metadataflow_of
from publisher.structures.resolve import resolve_definition
from publisher.structures.urns import KINDS, Ref

ANY = ("*",)
_Place = tuple[str, str, str]  # kind, agency, id


@dataclass(frozen=True, eq=False)
class Registry:
    artefacts: Mapping[Ref, m.Maintainable]
    folders: tuple[Path, ...] = ()
    content_hash: str = ""  # sha256 over the names and contents of all files
    reports: Reports = field(default_factory=Reports)  # reference metadata
    _definitions: dict[Ref, Definition] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, *folders: Path | str, is_frozen: bool = False) -> Registry:
        """All structures in `folders`; where a later folder redefines an artefact, it wins.

        Frozen structures held together when they were published; a stricter rule of later is not for them.
        Raises StructureError with every error that was found.
        """
        loaded = read(*folders)
        found = loaded.findings if is_frozen else (*loaded.findings, *rules.check(loaded))
        errors = [finding for finding in found if finding.severity == "error"]
        if errors:
            raise StructureError(_summary(errors), errors)
        return loaded.registry

    def all(self) -> tuple[m.Maintainable, ...]:
        return self._ordered

    def find(
        self,
        kind: str,
        agencies: Iterable[str] = ANY,
        ids: Iterable[str] = ANY,
        versions: Iterable[str] = ANY,
    ) -> tuple[m.Maintainable, ...]:
        """Artefacts of `kind` (`*`: every kind) by agency, id and version, in a fixed order.

        `versions` in the grammar of REST (`+`, `~`, `1.0+.0`, …), counted within each artefact's id.
        Raises ValueError on an expression outside the grammar.
        """
        agencies, ids, wanted = set(agencies), set(ids), tuple(versions)
        found = []
        for (its_kind, agency, its_id), group in self._places.items():
            if (kind in ("*", its_kind)) and _in(agency, agencies) and _in(its_id, ids):
                found.extend(_versions(group, wanted))
        return tuple(found)

    def resolve(self, ref: Ref) -> Ref | None:
        """The reference to the artefact that `ref` means (`1.0+.0` is the latest), without its item."""
        whole = ref.parent
        if whole in self.artefacts:
            return whole
        group = self._places.get((ref.kind, ref.agency, ref.id), {})
        try:
            chosen = versions.select((ref.version,), group)
        except ValueError:
            return None
        return group[chosen[-1]].ref if chosen else None

    def get(self, ref: Ref) -> m.Maintainable:
        """The artefact that `ref` points at, or lies in. Raises NotFound."""
        found = self.resolve(ref)
        if found is None:
            raise NotFound(f"there is no {ref.parent}")
        return self.artefacts[found]

    def definition(self, dataflow: Ref) -> Definition:
        """The dataflow with its structure resolved. Raises NotFound, StructureError."""
        flow = self.get(dataflow)
        if isinstance(flow, m.ProvisionAgreement) and flow.dataflow:
            flow = self.get(flow.dataflow)
        if not isinstance(flow, m.Dataflow):
            raise NotFound(f"{dataflow} is not a dataflow")
        if flow.ref not in self._definitions:
            self._definitions[flow.ref] = resolve_definition(self, flow)
        return self._definitions[flow.ref]

    def agreements(self, dataflow: Ref) -> tuple[m.ProvisionAgreement, ...]:
        """Who may provide the data of `dataflow`."""
        return self._agreed.get(self.resolve(dataflow), ())

    @cached_property
    def _agreed(self) -> Mapping[Ref | None, tuple[m.ProvisionAgreement, ...]]:
        found: dict[Ref | None, list[m.ProvisionAgreement]] = {}
        for artefact in self._ordered:
            if isinstance(artefact, m.ProvisionAgreement) and artefact.dataflow:
                found.setdefault(self.resolve(artefact.dataflow), []).append(artefact)
        return {flow: tuple(agreements) for flow, agreements in found.items()}

    def constraints(self, ref: Ref) -> tuple[m.DataConstraint, ...]:
        """The constraints attached to what `ref` points at (an item: a data provider)."""
        return self._attached.get((self.resolve(ref), ref.item), ())

    @cached_property
    def _attached(self) -> Mapping[tuple[Ref | None, str | None], tuple[m.DataConstraint, ...]]:
        found: dict[tuple[Ref | None, str | None], dict[Ref, m.DataConstraint]] = {}
        for constraint in self._ordered:
            if isinstance(constraint, m.DataConstraint):
                for to in constraint.attached_to:
                    found.setdefault((self.resolve(to), to.item), {})[constraint.ref] = constraint
        return {place: tuple(constraints.values()) for place, constraints in found.items()}

    def allowed(self, *refs: Ref) -> dict[str, frozenset[str]]:
        """Component id → the values that all Allowed constraints of all `refs` let through.

        A component that no constraint speaks of is absent.
        """
        return allowed(self, refs)

    def children(self, artefact: m.Maintainable | Ref) -> tuple[Ref, ...]:
        """The artefacts that `artefact` references, its agency's scheme included, each once."""
        ref = self.resolve(artefact if isinstance(artefact, Ref) else artefact.ref)
        return self._graph.children.get(ref, ()) if ref else ()

    def parents(self, artefact: m.Maintainable | Ref) -> tuple[Ref, ...]:
        """The artefacts that reference `artefact`, each once."""
        ref = self.resolve(artefact if isinstance(artefact, Ref) else artefact.ref)
        return self._graph.parents.get(ref, ()) if ref else ()

    def related(
        self, artefacts: Iterable[m.Maintainable], wanted: Iterable[str] = ("none",)
    ) -> tuple[m.Maintainable, ...]:
        """What `references=` of a structure query adds to `artefacts` (they themselves left out).

        `wanted`: none, parents, parentsandsiblings, ancestors, children, descendants, all, or kinds.
        Raises ValueError on another word.
        """
        starts = [artefact.ref for artefact in artefacts]
        found = graph.related(self._graph, starts, wanted)
        return tuple(artefact for artefact in self._ordered if artefact.ref in found)

    def metadatasets(
        self, providers: Iterable[str] = ANY, ids: Iterable[str] = ANY, versions: Iterable[str] = ANY
    ) -> tuple[m.MetadataSet, ...]:
        """Reports by metadata provider, id and version, as /metadata/metadataset asks."""
        return self.reports.find(providers, ids, versions)

    def metadatasets_of(
        self, metadataflows: Iterable[Ref], providers: Iterable[str] = ANY
    ) -> tuple[m.MetadataSet, ...]:
        """Reports for any of `metadataflows`, as /metadata/metadataflow asks; a provider is its id."""
        flows = {self.resolve(flow) for flow in metadataflows}
        found = self.reports.find(providers)
        return tuple(r for r in found if (ref := metadataflow_of(self, r)) and self.resolve(ref) in flows)

    def metadatasets_on(self, targets: Iterable[Ref]) -> tuple[m.MetadataSet, ...]:
        """Reports on any of the artefacts `targets`, as /metadata/structure asks."""
        return self.reports.on(targets)

    def reports_of(self, dataflow: Ref, provider: str | None = None) -> tuple[m.MetadataSet, ...]:
        """Reports for readers of data: on the dataflow, on an agreement (of `provider`), on the provider."""
        agreements = [a for a in self.agreements(dataflow) if a.provider]
        mine = [a for a in agreements if a.provider and provider in (None, a.provider.item)]
        return self.reports.on([dataflow, *(a.ref for a in mine), *(a.provider for a in mine if a.provider)])

    def hierarchies(self, target: Ref) -> tuple[m.Hierarchy, ...]:
        """The hierarchies associated with a code list or component (an item of a data structure)."""
        whole = self.resolve(target)
        found = [
            self.get(a.hierarchy)
            for a in self._ordered
            if isinstance(a, m.HierarchyAssociation)
            and a.hierarchy
            and a.linked_object
            and a.linked_object.item == target.item
            and self.resolve(a.linked_object) == whole
        ]
        return tuple(h for h in found if isinstance(h, m.Hierarchy))

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that any artefact has a name in; English first, then by tag."""
        found = {language for artefact in self._ordered for language in artefact.name}
        return tuple(sorted(found, key=lambda language: (language != "en", language)))

    @cached_property
    def _ordered(self) -> tuple[m.Maintainable, ...]:
        return tuple(artefact for group in self._places.values() for artefact in group.values())

    @cached_property
    def _places(self) -> Mapping[_Place, Mapping[str, m.Maintainable]]:
        """(kind, agency, id) → version → artefact; kinds in the order of `KINDS`, versions by age."""
        kinds = list(KINDS)
        places: dict[_Place, dict[str, m.Maintainable]] = {}
        for ref in sorted(
            self.artefacts, key=lambda r: (kinds.index(r.kind), r.agency, r.id, versions.order(r.version))
        ):
            places.setdefault((ref.kind, ref.agency, ref.id), {})[ref.version] = self.artefacts[ref]
        return places

    @cached_property
    def agencies(self) -> Mapping[str, Ref]:
        """Agency, as `agencyID` writes it → the scheme that it is in."""
        schemes = [scheme for scheme in self._ordered if isinstance(scheme, m.AgencyScheme)]
        return {agency: scheme.ref for scheme in schemes for agency in agency_ids(scheme)}

    @cached_property
    def _graph(self) -> graph.Graph:
        children: dict[Ref, tuple[Ref, ...]] = {}
        for artefact in self._ordered:
            targets = [self.resolve(ref) for ref in references.of(artefact)]
            targets.append(self.agencies.get(artefact.agency))
            unique = dict.fromkeys(t for t in targets if t and t != artefact.ref)
            children[artefact.ref] = tuple(unique)
        return graph.Graph(children)


def agency_ids(scheme: m.AgencyScheme) -> tuple[str, ...]:
    """The agencies of a scheme as `agencyID` writes them: those below SDMX's have no prefix."""
    prefix = "" if scheme.agency == "SDMX" else f"{scheme.agency}."
    return tuple(prefix + item for item in scheme.items)


@dataclass(frozen=True)
class Loaded:
    """What reading the folders gave: the registry of what could be read, and what is wrong."""

    registry: Registry
    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]

    def line(self, artefact: m.Maintainable, part: object = None) -> int | None:
        """The line where `part` of `artefact`, or else itself, was read."""
        lines, written = self._written.get(artefact.ref, ({}, None))
        return lines.get(id(part)) or lines.get(id(written))

    @cached_property
    def _written(self) -> Mapping[Ref, tuple[Mapping[int, int], m.Maintainable]]:
        return {a.ref: (document.lines, a) for document in self.documents for a in document.artefacts}


def read(*folders: Path | str) -> Loaded:
    """Everything in `folders`, with the findings of reading, duplicates and extensions."""
    documents: list[Document] = []
    findings: list[Finding] = []
    artefacts: dict[Ref, m.Maintainable] = {}
    digest = hashlib.sha256()
    for folder in map(Path, folders):
        if not folder.is_dir():
            findings.append(Finding("no-folder", "there is no such folder of structures", file=str(folder)))
            continue
        here = [_document(path, name, digest) for name, path in files.listed(folder)]
        read_here = [document for document in here if document is not None]
        documents.extend(read_here)
        artefacts.update(_merge(read_here, findings))
    for document in documents:
        findings.extend(document.findings)
    reports = {ref: a for ref, a in artefacts.items() if isinstance(a, m.MetadataSet)}
    structures = {ref: a for ref, a in artefacts.items() if ref not in reports}
    resolved = extensions.resolve(Registry(structures), findings)
    registry = Registry(resolved, tuple(map(Path, folders)), digest.hexdigest(), Reports(reports))
    return Loaded(registry, tuple(documents), tuple(findings))


def _document(path: Path, name: str, digest: hashlib._Hash) -> Document | None:
    content = path.read_bytes()
    digest.update(f"{name}\0{len(content)}\0".encode())
    digest.update(content)
    return files.read(content, name) if path.suffix.lower() == ".xml" else None


def _merge(documents: Iterable[Document], findings: list[Finding]) -> dict[Ref, m.Maintainable]:
    """The artefacts of one folder: the same twice is one, different content under one name is not."""
    merged: dict[Ref, m.Maintainable] = {}
    for document in documents:
        for artefact in document.artefacts:
            first = merged.setdefault(artefact.ref, artefact)
            if first != artefact:
                findings.append(
                    Finding(
                        "duplicate-artefact", f"{artefact.ref} is also in {first.source}, with other content",
                        file=document.source, row=document.lines.get(id(artefact)), value=artefact.ref.short,
                        remedy="keep one of them, or give the newer one a new version",
                    )
                )  # fmt: skip
    return merged


def _in(value: str, wanted: set[str]) -> bool:
    return "*" in wanted or value in wanted


def _versions(group: Mapping[str, m.Maintainable], wanted: tuple[str, ...]) -> list[m.Maintainable]:
    if "*" in wanted:
        return list(group.values())
    return [group[version] for version in versions.select(wanted, group)]


def _summary(errors: list[Finding]) -> str:
    shown = "\n".join(f"  {finding}" for finding in errors[:20])
    more = f"\n  … and {len(errors) - 20} more" if len(errors) > 20 else ""
    plural = "s" if len(errors) > 1 else ""
    return f"the structures have {len(errors)} error{plural}:\n{shown}{more}"
