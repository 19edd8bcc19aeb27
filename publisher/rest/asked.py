"""A parsed request, and what was negotiated for its answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from importlib import metadata

from publisher.errors import QuerySemanticError, QuerySyntaxError
from publisher.formats.message import Header
from publisher.query import parse
from publisher.query.model import (
    AvailabilityQuery,
    DataQuery,
    MetadataQuery,
    Query,
    RegistrationQuery,
    SchemaQuery,
)
from publisher.query.period import instant, localised
from publisher.rest import elsewhere, encoding, negotiate
from publisher.rest.conditional import digest
from publisher.rest.negotiate import Representation
from publisher.rest.request import Request
from publisher.rest.served import extensions, served
from publisher.rest.service import Service
from publisher.store import Home, Snapshot, at


def _version() -> str:
    try:
        return metadata.version("lmis-publisher")
    except metadata.PackageNotFoundError:  # a checkout that is not installed
        return ""


VERSION = _version()  # of the program: another one may write the same data otherwise
KINDS: dict[type, str] = {
    DataQuery: "data",
    SchemaQuery: "schema",
    MetadataQuery: "metadata",
    RegistrationQuery: "registration",
}


@dataclass(frozen=True)
class Asked:
    snapshot: Snapshot
    request: Request
    query: Query
    service: Service

    @cached_property
    def representation(self) -> Representation:
        given = self.extensions
        return served(self.request.api, KINDS.get(type(self.query), "structure")).choose(
            self.request.headers.get("accept"), given.get("format"), given.get("formatVersion")
        )

    @cached_property
    def languages(self) -> tuple[str, ...] | None:
        asked = self.request.headers.get("accept-language")
        return negotiate.languages(asked, self.extensions.get("lang"), self.snapshot.registry.languages)

    @cached_property
    def coding(self) -> str:
        asked = self.request.headers.get("accept-encoding")
        return encoding.choose(asked, self.extensions.get("compression"))

    @cached_property
    def extensions(self) -> dict[str, str]:
        return extensions(self.request.query)

    @cached_property
    def digest(self) -> str:
        """A hash of all that the answer depends on."""
        vintage = (
            self.snapshot.number,
            self.snapshot.instant.isoformat(),
            self.snapshot.registry.content_hash,
            *self.snapshot.purges,
        )
        negotiated = (self.representation, self.languages, self.query.warnings)
        return digest(vintage, VERSION, self.service, self.query, *negotiated)

    @property
    def etag(self) -> str:
        """One for each representation, so also for each content coding."""
        return f'"{self.digest}"' if self.coding == encoding.IDENTITY else f'"{self.digest}-{self.coding}"'

    @property
    def header(self) -> Header:
        known = self.snapshot.registry.languages or ("en",)
        languages = self.languages or (known[:1] if isinstance(self.query, DataQuery) else known)
        return Header(f"IREF{self.digest}", self.snapshot.instant, self.service.sender, languages)


def read(snapshot: Snapshot, request: Request, service: Service) -> Asked:
    """What `request` asks of the vintage that it means. Raises QueryError."""
    query = _localised(parse(request.api, request.path, request.query), service)
    if service.is_strict and query.warnings:
        raise QuerySyntaxError("; ".join(query.warnings))
    snapshot = _at(snapshot, query)
    if isinstance(query, DataQuery):
        told = elsewhere.warnings(snapshot, query, service.base_url)
        query = replace(query, warnings=(*query.warnings, *told))
    return Asked(snapshot, request, query, service)


def _localised(query: Query, service: Service) -> Query:
    """`query` with an offset at each moment. doc/data.md `asOf`: an error when `updatedAfter` is later."""
    if isinstance(query, AvailabilityQuery):
        data = _localised(query.data, service)
        assert isinstance(data, DataQuery)
        return replace(query, data=data)
    as_of = localised(query.as_of, service.zone)
    if not isinstance(query, DataQuery | RegistrationQuery):
        return replace(query, as_of=as_of)
    after = localised(query.updated_after, service.zone)
    if after and as_of and instant(after) > instant(as_of):
        raise QuerySemanticError(f"updatedAfter: {after} is later than asOf {as_of}; ask for an earlier one")
    if isinstance(query, DataQuery):
        return replace(query, as_of=as_of, updated_after=after)
    return replace(query, updated_after=after, updated_before=localised(query.updated_before, service.zone))


def _at(snapshot: Snapshot, query: Query) -> Snapshot:
    """The vintage that `asOf` names, else the public one; never a later one than this request began with."""
    moment = query.data.as_of if isinstance(query, AvailabilityQuery) else query.as_of
    if moment is None:
        return snapshot
    found = at(Home(snapshot.folder.parent), instant(moment))
    return found if found.number < snapshot.number else snapshot
