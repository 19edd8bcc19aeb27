"""From what is published to what the catalogue says: one dataset per dataflow and provider.

Providers become organizations, categories groups. Everything is read from the snapshot: structures,
observations, and the descriptors that came with the releases.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from catalogue.record import Catalogue, Dataset, Group, Organization, Resource
from publisher.errors import NotFound
from publisher.release import coverage
from publisher.settings import Settings
from publisher.store import Snapshot
from publisher.structures.model import (
    Categorisation,
    Codelist,
    Dataflow,
    Item,
    ItemScheme,
    Organisation,
    ProvisionAgreement,
    Text,
    text,
)
from publisher.structures.urns import Ref

NAMESPACE = uuid.UUID("3b0c9a52-3b0e-5f0b-9d6e-7a1c5e6b2f10")  # of resource ids; never changes
MARK = "lmis"  # the extra that says a record is ours, and of which deployment
# SDMX content-oriented guidelines, cross-domain concepts: the ids under which all structures have these.
AREA, FREQUENCY, SUBJECT = "REF_AREA", "FREQ", "INDICATOR"
MAX_TAGS = 40


def slug(id: str) -> str:
    """An SDMX id as a CKAN name: `MYS_DOSM` is `mys-dosm`."""
    return re.sub(r"[^a-z0-9_-]", "-", id.lower().replace("_", "-"))


def dataset_name(provider: str, dataflow: Ref) -> str:
    """`mys-dosm-df-lf`. Also the name of its bulk file."""
    return f"{slug(provider)}-{slug(dataflow.id)}"


def records(snapshot: Snapshot, settings: Settings) -> Catalogue:
    """All records of a vintage; the same snapshot and settings give the same records."""
    made = [
        _Source(snapshot, settings, provider, flow, release) for flow, provider, release in _heads(snapshot)
    ]
    mark = {MARK: settings.base_url}
    providers = {source.provider: source for source in made}
    categories = {name: category for source in made for name, category in source.categories.items()}
    return Catalogue(
        tuple(_organization(providers[id], mark) for id in sorted(providers)),
        tuple(_group(name, categories[name], mark) for name in sorted(categories)),
        tuple(_dataset(source, mark) for source in made),
    )


def _heads(snapshot: Snapshot) -> list[tuple[Ref, str, str]]:
    flows = {flow.ref.short: flow.ref for flow in snapshot.registry.find("dataflow")}
    found = [(flows[flow], provider, release) for (flow, provider), release in snapshot.heads.items()]
    return sorted(found, key=lambda head: dataset_name(head[1], head[0]))


@dataclass(frozen=True)
class _Source:
    """One provider's part of one dataflow, with everything that its record is made from."""

    snapshot: Snapshot
    settings: Settings
    provider: str
    ref: Ref
    release: str

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
    def descriptor(self) -> Mapping[str, Any]:
        """The data package that brought the dataflow; the first one where several did."""
        folder = self.snapshot.path("releases", self.release) / "packages"
        read = [
            json.loads((folder / package / "datapackage.json").read_text(encoding="utf-8"))
            for package in self.manifest["packages"]
        ]
        with_flow = (d for d in read if any(_names(r, self.ref) for r in d.get("resources", ())))
        return next(with_flow, read[0] if read else {})

    @cached_property
    def coverage(self) -> coverage.Coverage:
        return coverage.of(self.snapshot.cube(self.ref), self.provider)

    def label(self, dimension: str, code: str) -> str:
        """The code's English name."""
        resolved = self.snapshot.registry.definition(self.ref).components.get(dimension)
        codes = resolved.codes if resolved else None
        item = codes.items.get(code) if isinstance(codes, Codelist) else None
        return (text(item.name) if item else "") or code


def _names(resource: Mapping[str, Any], ref: Ref) -> bool:
    return bool(resource.get("sdmx", {}).get("dataflow") == ref.short)


# -- organizations and groups -------------------------------------------------------------------


def _organization(source: _Source, mark: Mapping[str, str]) -> Organization:
    item = source.organisation
    contacts = item.contacts if isinstance(item, Organisation) else ()
    url = next((contact["uri"] for contact in contacts if contact.get("uri")), "")
    extras = dict(mark) | _translated("title", item.name) | _translated("description", item.description)
    extras |= {"provider": source.provider} | ({"url": url} if url else {})
    return Organization(
        slug(source.provider), text(item.name) or source.provider, text(item.description), extras
    )


def _group(name: str, category: Item, mark: Mapping[str, str]) -> Group:
    extras = (
        dict(mark) | _translated("title", category.name) | _translated("description", category.description)
    )
    return Group(name, text(category.name) or category.id, text(category.description), extras)


def _translated(field: str, texts: Text) -> dict[str, str]:
    """As ckanext-fluent names it: `title_translated`, a JSON object by language; absent with one language."""
    return {f"{field}_translated": _json(dict(sorted(texts.items())))} if len(texts) > 1 else {}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# -- datasets -----------------------------------------------------------------------------------


def _dataset(source: _Source, mark: Mapping[str, str]) -> Dataset:
    descriptor = source.descriptor
    title = _joined(source.dataflow.name, source.organisation.name, ", ")
    notes = _joined(source.dataflow.description or source.dataflow.name, _described(descriptor), "\n\n")
    licence: Mapping[str, Any] = next(iter(descriptor.get("licenses", ())), {})
    contact = _contributor(descriptor, "contactPoint") or _contributor(descriptor, "maintainer")
    return Dataset(
        name=dataset_name(source.provider, source.ref),
        title=text(title),
        notes=text(notes),
        owner_org=slug(source.provider),
        groups=tuple(source.categories),
        tags=_tags(source),
        license_id=str(licence.get("name") or "notspecified"),
        url=str(descriptor.get("homepage") or ""),
        version=source.release,
        author=text(source.organisation.name),
        maintainer=str(contact.get("title") or ""),
        maintainer_email=str(contact.get("email") or ""),
        extras=dict(mark)
        | _translated("title", title)
        | _translated("notes", notes)
        | _extras(source, licence),
        resources=tuple(_resources(source)),
    )


def _joined(first: Text, second: Text, between: str) -> Text:
    """Both texts in each language of the first; a language that the second lacks takes its English."""
    parts = {tag: (value, text(second, (tag,))) for tag, value in first.items()}
    return Text({tag: between.join(p for p in pair if p) for tag, pair in parts.items()})


def _described(descriptor: Mapping[str, Any]) -> Text:
    translations = descriptor.get("i18n", {})
    texts = {"en": descriptor.get("description", "")}
    texts |= {tag: words.get("description", "") for tag, words in translations.items()}
    return Text({tag: value for tag, value in texts.items() if value})


def _contributor(descriptor: Mapping[str, Any], role: str) -> Mapping[str, Any]:
    people = descriptor.get("contributors", ())
    return next((p for p in people if role in (*p.get("roles", ()), p.get("role"))), {})


def _extras(source: _Source, licence: Mapping[str, Any]) -> dict[str, str]:
    covered = source.coverage
    structure = source.dataflow.structure
    found = {
        "provider": source.provider,
        "dataflow": source.ref.short,
        "dataflow_urn": source.ref.urn,
        "dsd_urn": structure.urn if structure else "",
        "release": source.release,
        "issued": str(source.manifest["instant"]),
        "num_series": str(covered.series),
        "num_observations": str(covered.observations),
        "temporal_start": covered.start,
        "temporal_end": covered.end,
        "frequency": _json(covered.codes.get(FREQUENCY, ())),
        "spatial": _json(covered.codes.get(AREA, ())),
        "sources": _json(_sources(source.descriptor)),
        "license_text": str(licence.get("title") or ""),
        "license_url": str(licence.get("path") or ""),
    }
    return {key: value for key, value in found.items() if value not in ("", "[]")}


def _sources(descriptor: Mapping[str, Any]) -> list[dict[str, str]]:
    listed = descriptor.get("sources", ())
    return [{k: str(s[k]) for k in ("title", "path") if s.get(k)} for s in listed]


def _tags(source: _Source) -> tuple[str, ...]:
    """Names of areas and subjects, and the package's keywords, as CKAN allows them."""
    codes = source.coverage.codes
    labels = [source.label(name, code) for name in (AREA, SUBJECT) for code in codes.get(name, ())]
    plain = (_tag(label) for label in (*labels, *source.descriptor.get("keywords", ())))
    found = {tag.lower(): tag for tag in reversed([t for t in plain if len(t) > 1])}
    return tuple(sorted(sorted(found.values())[:MAX_TAGS]))


def _tag(label: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[^\w \-.]", " ", str(label))).strip()[:100].strip()


# -- resources ----------------------------------------------------------------------------------


def _resources(source: _Source) -> Iterable[Resource]:
    ref, base = source.ref, source.settings.base_url
    path = f"{ref.agency}/{ref.id}/{ref.version}"
    data = f"{base}/sdmx/v2/data/dataflow/{path}/*"
    if source.agreement:
        agreement = source.agreement.ref
        data = (
            f"{base}/sdmx/v2/data/provisionagreement/{agreement.agency}/{agreement.id}/{agreement.version}/*"
        )
    older = f"{base}/sdmx/v1/data/{path.replace('/', ',')}/all/{source.provider}"
    structure = (
        f"{base}/sdmx/v2/structure/dataflow/{path}?references=all&format=structure&formatVersion=3.0.0"
    )
    yield from _bulk(source)
    for kind, label, url, mimetype in (
        ("SDMX-CSV", "SDMX-CSV 2.0", f"{data}?format=csvdata&formatVersion=2.0.0",
         "application/vnd.sdmx.data+csv;version=2.0.0"),
        ("SDMX-JSON", "SDMX-JSON 2.0", f"{data}?format=jsondata&formatVersion=2.0.0",
         "application/vnd.sdmx.data+json;version=2.0.0"),
        ("SDMX-ML 3.0", "SDMX-ML 3.0", f"{data}?format=structurespecificdata&formatVersion=3.0.0",
         "application/vnd.sdmx.data+xml;version=3.0.0"),
        ("SDMX-ML 2.1", "SDMX-ML 2.1", f"{older}?format=structurespecificdata",
         "application/vnd.sdmx.structurespecificdata+xml;version=2.1"),
        ("SDMX-ML", "Structure", structure, "application/vnd.sdmx.structure+xml;version=3.0.0"),
    ):  # fmt: skip
        what = "data structure with code lists" if kind == "SDMX-ML" else "current data, live query"
        yield Resource(_id(source, kind), label, url, kind, f"{label}: {what}", mimetype)


def _id(source: _Source, kind: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{dataset_name(source.provider, source.ref)} {kind}"))


def _bulk(source: _Source) -> Iterable[Resource]:
    """The file of all observations, at its oldest address with this content: new data, new address."""
    name = f"{dataset_name(source.provider, source.ref)}.csv"
    for vintage in range(int(source.manifest["vintage"]), source.snapshot.number + 1):
        try:
            path = source.snapshot.path("pages", str(vintage), "files", name)
        except NotFound:
            continue
        url = f"{source.settings.base_url}/files/{vintage}/{name}"
        size, digest = _measured(path)
        yield Resource(
            _id(source, "CSV"), "CSV", url, "CSV", "All observations in one file", "text/csv", size, digest
        )
        return


def _measured(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
