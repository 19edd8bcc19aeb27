"""Registrations: that a release brought data for a provision agreement, and where they are.

Source: SDMX REST 2.2.2 doc/registration.md; SDMX 3.0 section 5, "Registration".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from publisher import formats
from publisher.errors import NotFound
from publisher.formats.message import Registration, RegistrationMessage
from publisher.query.model import ANY, RegistrationQuery
from publisher.query.period import instant
from publisher.rest import resolve
from publisher.rest.asked import Asked
from publisher.rest.history import moment
from publisher.store import Snapshot
from publisher.store.vintage import parts
from publisher.structures.model import ProvisionAgreement
from publisher.structures.urns import Ref

Chunks = Iterator[bytes | memoryview]


def document(asked: Asked, query: RegistrationQuery) -> Chunks | None:
    """The registrations that match, in the message that was negotiated; None: none do."""
    found = tuple(registrations(asked.snapshot, query, asked.service.base_url))
    if not found:
        if query.ids != (ANY,):
            raise NotFound(f"there is no registration {', '.join(query.ids)}")
        return None
    row = formats.REGISTRATION[asked.representation.content_type]
    return iter(row.write(RegistrationMessage(asked.header, found, query.warnings)))


def registrations(snapshot: Snapshot, query: RegistrationQuery, base_url: str = "") -> Iterator[Registration]:
    """One for each release and agreement that match `query`, oldest first. Raises NotFound."""
    agreements = {a.ref: a for a in _agreements(snapshot, query)}
    for manifest in snapshot.releases:
        updated = datetime.fromisoformat(manifest["instant"])
        if not _is_between(updated, query):
            continue
        for short in manifest["flows"]:
            for agreement in _of(snapshot, Ref("dataflow", *parts(short)), manifest["provider"]):
                name = _id(manifest["id"], agreement)
                if agreement.ref in agreements and (query.ids == (ANY,) or name in query.ids):
                    url = _url(base_url, agreement, updated)
                    yield Registration(name, agreement.ref, updated, url, updated)


def _is_between(updated: datetime, query: RegistrationQuery) -> bool:
    """Both ends are exclusive."""
    after, before = query.updated_after, query.updated_before
    return (not after or updated > instant(after)) and (not before or updated < instant(before))


def _id(release: str, agreement: ProvisionAgreement) -> str:
    """An SDMX id (no points), the same as long as the release is public."""
    return f"{release.replace('.', '_')}@{agreement.id}"


def _url(base_url: str, agreement: ProvisionAgreement, updated: datetime) -> str:
    path = f"{agreement.agency}/{agreement.id}/{agreement.version}"
    return f"{base_url}/sdmx/v2/data/provisionagreement/{path}?asOf={moment(updated)}"


def _of(snapshot: Snapshot, flow: Ref, provider: str) -> Iterable[ProvisionAgreement]:
    """The agreements by which `provider` delivers `flow`."""
    found = snapshot.registry.agreements(flow)
    return [a for a in found if a.provider and a.provider.item == provider]


def _agreements(snapshot: Snapshot, query: RegistrationQuery) -> Iterator[ProvisionAgreement]:
    """Those of the providers and of the context asked for. Raises NotFound when there is none of the name."""
    registry = snapshot.registry
    context = query.target.context
    kinds = ("provisionagreement", "dataflow", "datastructure") if context == ANY else (context,)
    targets = {a.ref for a in resolve.artefacts(registry, kinds, query.target, query.api)}
    if not targets and not resolve.is_open(query.target):
        raise resolve.missing(kinds, query.target)
    for agreement in registry.find("provisionagreement"):
        if not isinstance(agreement, ProvisionAgreement) or not agreement.provider or not agreement.dataflow:
            continue
        definition = registry.definition(agreement.dataflow)
        related = {agreement.ref, definition.dataflow.ref, definition.structure.ref}
        if related & targets and _is_by(agreement.provider, query):
            yield agreement


def _is_by(provider: Ref, query: RegistrationQuery) -> bool:
    agencies, providers = query.agencies, query.providers
    return (agencies == (ANY,) or provider.agency in agencies) and (
        providers == (ANY,) or provider.item in providers
    )
