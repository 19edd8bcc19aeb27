"""REST 2: queries for reference metadata and for registrations.

Source: SDMX REST 2.2.2 doc/metadata.md, doc/registration.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from publisher.query import parameters as p
from publisher.query.model import ANY, MetadataQuery, RegistrationQuery, Target
from publisher.query.path import parts_of, target_of
from publisher.query.provider import providers
from publisher.query.text import gather, names, one_of
from publisher.structures.urns import KINDS

METADATA_BY = ("metadataset", "metadataflow", "structure")
CONTEXTS = ("datastructure", "dataflow", "provisionagreement", ANY)
REGISTRATION_BY = ("id", "provider", *CONTEXTS)

METADATA: Mapping[str, p.Reader] = {"detail": p.choice("full", "allstubs"), "asOf": p.moment}
REGISTRATION: Mapping[str, p.Reader] = {"updatedAfter": p.moment, "updatedBefore": p.moment}
_ELSEWHERE = dict.fromkeys(
    ("references", "c", "limit", "offset", "sort", "attributes", "measures", "mode", "includeHistory"), ""
)


def metadata(parts: list[str], query: str) -> MetadataQuery:
    """`metadata/{metadataset|metadataflow|structure}/…`."""
    by = one_of(parts[0] if parts else "metadataset", "resource", METADATA_BY)
    read = {"metadataset": _metadataset, "metadataflow": _metadataflow, "structure": _attached}[by]
    elsewhere = {name: "" for name in (*_ELSEWHERE, *REGISTRATION)}
    found = gather(query=lambda: read(parts[1:]), given=lambda: p.read(query, METADATA, elsewhere))
    given: p.Parameters = found["given"]
    asked: MetadataQuery = found["query"]
    return replace(
        asked, detail=given.get("detail", "full"), as_of=given.get("asOf"), warnings=given.warnings
    )


def _metadataset(parts: list[str]) -> MetadataQuery:
    """The metadata provider maintains its sets, so it stands where others have the agency."""
    named = parts_of(parts, "providerID", "metadatasetID", "version")
    renamed = {
        "agencyID": named.get("providerID", ANY),
        "resourceID": named.get("metadatasetID", ANY),
        "version": named.get("version", ANY),
    }
    return MetadataQuery("metadataset", target_of(renamed, (ANY,)))


def _metadataflow(parts: list[str]) -> MetadataQuery:
    named = parts_of(parts, "agencyID", "resourceID", "version", "providerRef")
    found = gather(
        target=lambda: target_of({**named, "context": "metadataflow"}, ("metadataflow",)),
        providers=lambda: providers(named.get("providerRef", ANY)),
    )
    return MetadataQuery("metadataflow", found["target"], found["providers"])


def _attached(parts: list[str]) -> MetadataQuery:
    named = parts_of(parts, "artefactType", "agencyID", "resourceID", "version")
    kind = one_of(named.get("artefactType", ANY), "artefactType", (*KINDS, ANY))
    renamed = {**named, "context": kind}
    return MetadataQuery("structure", target_of(renamed, (kind,), version="~"))


def registration(parts: list[str], query: str) -> RegistrationQuery:
    """`registration/id/…`, `registration/provider/…` or `registration/{context}/…`."""
    by = one_of(parts[0] if parts else ANY, "resource", REGISTRATION_BY)
    read = {"id": _by_id, "provider": _by_provider}.get(by, _by_context)
    elsewhere = {name: "" for name in (*_ELSEWHERE, *METADATA)}
    found = gather(query=lambda: read(parts), given=lambda: p.read(query, REGISTRATION, elsewhere))
    given: p.Parameters = found["given"]
    asked: RegistrationQuery = found["query"]
    return replace(
        asked,
        updated_after=given.get("updatedAfter"),
        updated_before=given.get("updatedBefore"),
        warnings=given.warnings,
    )


def _by_id(parts: list[str]) -> RegistrationQuery:
    named = parts_of(parts[1:], "registrationID")
    return RegistrationQuery(ids=names(named.get("registrationID", ANY), "registrationID", "id"))


def _by_provider(parts: list[str]) -> RegistrationQuery:
    named = parts_of(parts[1:], "providerAgencyID", "providerID")
    found = gather(
        agencies=lambda: names(named.get("providerAgencyID", ANY), "providerAgencyID", "agency"),
        providers=lambda: names(named.get("providerID", ANY), "providerID", "id"),
    )
    return RegistrationQuery(agencies=found["agencies"], providers=found["providers"])


def _by_context(parts: list[str]) -> RegistrationQuery:
    target: Target = target_of(parts_of(parts, "context", "agencyID", "resourceID", "version"), CONTEXTS)
    return RegistrationQuery(target)
