"""From what is published to what the catalogue says: one dataset per dataflow and provider.

Providers become organizations, categories groups. Everything is read from the snapshot: structures,
observations, and the descriptors that came with the releases.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from catalogue.record import Catalogue, Dataset, Group, Organization
from publisher.package.titles import texts
from publisher.release import resources
from publisher.release.naming import dataset_name, slug
from publisher.release.source import Source
from publisher.settings import Settings
from publisher.store import Snapshot
from publisher.structures.model import Item, Organisation, Text, text
from publisher.structures.urns import Ref

MARK = "lmis"  # the extra that says a record is ours, and of which deployment
# SDMX content-oriented guidelines, cross-domain concepts: the ids under which all structures have these.
AREA, FREQUENCY, SUBJECT = "REF_AREA", "FREQ", "INDICATOR"
MAX_TAGS = 40
AUTHORITY = "http://publications.europa.eu/resource/authority"  # tables of the EU Publications Office


def records(snapshot: Snapshot, settings: Settings) -> Catalogue:
    """All records of a vintage; the same snapshot and settings give the same records."""
    made = [
        Source(snapshot, settings, provider, flow, release) for flow, provider, release in _heads(snapshot)
    ]
    mark = {MARK: settings.base_url}
    providers = {source.provider: source for source in made}
    categories = {name: category for source in made for name, category in source.categories.items()}
    return Catalogue(
        tuple(_organization(providers[id], mark) for id in sorted(providers)),
        tuple(_group(name, categories[name]) for name in sorted(categories)),
        tuple(_dataset(source, mark) for source in made),
    )


def _heads(snapshot: Snapshot) -> list[tuple[Ref, str, str]]:
    flows = {flow.ref.short: flow.ref for flow in snapshot.registry.find("dataflow")}
    found = [(flows[flow], provider, release) for (flow, provider), release in snapshot.heads.items()]
    return sorted(found, key=lambda head: dataset_name(head[1], head[0]))


# -- organizations and groups -------------------------------------------------------------------


def _organization(source: Source, mark: Mapping[str, str]) -> Organization:
    item = source.organisation
    contacts = item.contacts if isinstance(item, Organisation) else ()
    url = next((contact["uri"] for contact in contacts if contact.get("uri")), "")
    extras = dict(mark) | _translated("title", item.name) | _translated("description", item.description)
    extras |= {"provider": source.provider} | ({"url": url} if url else {})
    return Organization(
        slug(source.provider), text(item.name) or source.provider, text(item.description), extras
    )


def _group(name: str, category: Item) -> Group:
    """Without our mark: the deployments that share a CKAN share its groups."""
    extras = _translated("title", category.name) | _translated("description", category.description)
    return Group(name, text(category.name) or category.id, text(category.description), extras)


def _translated(field: str, texts: Text) -> dict[str, str]:
    """As ckanext-fluent names it: `title_translated`, a JSON object by language; absent with one language."""
    return {f"{field}_translated": _json(dict(sorted(texts.items())))} if len(texts) > 1 else {}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# -- datasets -----------------------------------------------------------------------------------


def _dataset(source: Source, mark: Mapping[str, str]) -> Dataset:
    descriptor = source.descriptor
    title = _joined(source.dataflow.name, source.organisation.name, ", ")
    notes = _joined(
        source.dataflow.description or source.dataflow.name, texts(descriptor, "description"), "\n\n"
    )
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
        | _translated("release_title", texts(descriptor, "title"))
        | {"keywords_translated": _json(_keywords(source))}
        | _extras(source, licence)
        | _for_dcat(source),
        resources=resources.of(source),
        vocabularies=_vocabularies(source),
    )


def _joined(first: Text, second: Text, between: str) -> Text:
    """Both texts in each language that either has; the one that lacks it takes its English."""
    parts = {tag: (text(first, (tag,)), text(second, (tag,))) for tag in {**first, **second}}
    return Text({tag: between.join(p for p in pair if p) for tag, pair in parts.items()})


def _contributor(descriptor: Mapping[str, Any], role: str) -> Mapping[str, Any]:
    people = descriptor.get("contributors", ())
    return next((p for p in people if role in (*p.get("roles", ()), p.get("role"))), {})


def _extras(source: Source, licence: Mapping[str, Any]) -> dict[str, str]:
    covered = source.coverage
    structure = source.dataflow.structure
    found = {
        "provider": source.provider,
        "dataflow": source.ref.short,
        "dataflow_urn": source.ref.urn,
        "dsd_urn": structure.urn if structure else "",
        "release": source.release,
        "release_title": text(texts(source.descriptor, "title")),
        "issued": str(source.manifest["instant"]),
        "num_series": str(covered.series),
        "num_observations": str(covered.observations),
        "temporal_start": covered.start,
        "temporal_end": covered.end,
        "years": _json(_years(covered.start, covered.end)),
        "frequency": _json(covered.codes.get(FREQUENCY, ())),
        "unit_measure": _json(covered.units),
        "spatial": _json(covered.codes.get(AREA, ())),
        "sources": _json(_sources(source.descriptor)),
        "license_text": str(licence.get("title") or ""),
        "license_url": str(licence.get("path") or ""),
    }
    return {key: value for key, value in found.items() if value not in ("", "[]")}


def _for_dcat(source: Source) -> dict[str, str]:
    """What ckanext-dcat reads under names of its own, so that it says of a real CKAN's dataset what
    the embedded catalogue says. Source: ckanext-dcat 2.4.4, profile `euro_dcat_ap_3`."""
    base, structure = source.settings.base_url, source.dataflow.structure
    areas = source.coverage.codes.get(AREA, ())
    is_country = len(areas) == 1 and len(areas[0]) == 3 and areas[0].isalpha()
    found = {
        "uri": f"{base}/dataset/{source.name}",
        "identifier": source.name,
        "access_rights": f"{AUTHORITY}/access-right/PUBLIC",
        "conforms_to": _json([structure.urn]) if structure else "",
        "theme": _json([f"{base}/group/{name}" for name in source.categories]),
        "spatial_uri": f"{AUTHORITY}/country/{areas[0]}" if is_country else "",
    }
    return {key: value for key, value in found.items() if value not in ("", "[]")}


def _sources(descriptor: Mapping[str, Any]) -> list[dict[str, str]]:
    listed = descriptor.get("sources", ())
    return [{k: str(s[k]) for k in ("title", "path") if s.get(k)} for s in listed]


def _years(start: str, end: str) -> list[str]:
    """The years that are covered, newest first."""
    return [str(year) for year in range(int(end[:4]), int(start[:4]) - 1, -1)] if start and end else []


def _tags(source: Source) -> tuple[str, ...]:
    """Names of areas and subjects, and the package's keywords, as CKAN allows them."""
    codes = source.coverage.codes
    labels = [source.label(name, code) for name in (AREA, SUBJECT) for code in codes.get(name, ())]
    plain = (_tag(label) for label in (*labels, *source.descriptor.get("keywords", ())))
    found = {tag.lower(): tag for tag in reversed([t for t in plain if len(t) > 1])}
    return tuple(sorted(sorted(found.values())[:MAX_TAGS]))


def _vocabularies(source: Source) -> dict[str, tuple[str, ...]]:
    """The English names of areas and topics, which all deployments share."""
    areas = (_tag(source.label(AREA, code)) for code in source.coverage.codes.get(AREA, ()))
    topics = (_tag(text(category.name)) for category in source.categories.values())
    found = {"country": tuple(sorted({*areas})), "topic": tuple(sorted({*topics}))}
    return {name: tags for name, tags in found.items() if tags}


def _keywords(source: Source) -> dict[str, list[str]]:
    """Names of areas, subjects and topics in every language that they have: what a search finds it by."""
    named = [c.name for c in source.categories.values()]
    for dimension in (AREA, SUBJECT):
        items = source.items(dimension)
        named += [items[code].name for code in source.coverage.codes.get(dimension, ()) if code in items]
    found: dict[str, dict[str, None]] = {}
    for name in named:
        for tag, label in name.items():
            found.setdefault(tag, {})[label] = None
    return {tag: list(found[tag]) for tag in sorted(found)}


def _tag(label: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[^\w \-.]", " ", str(label))).strip()[:100].strip()
