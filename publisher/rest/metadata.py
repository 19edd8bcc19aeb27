"""Reference metadata: the reports that a query means.

Source: SDMX REST 2.2.2 doc/metadata.md; REST 1.5.0 metadata queries.
"""

from __future__ import annotations

from collections.abc import Iterator

from publisher import formats
from publisher.errors import NotFound
from publisher.formats.message import MetadataMessage
from publisher.query.model import ANY, MetadataQuery
from publisher.rest import resolve
from publisher.rest.asked import Asked
from publisher.structures.model import MetadataSet
from publisher.structures.registry import Registry

Chunks = Iterator[bytes | memoryview]


def document(asked: Asked, query: MetadataQuery) -> Chunks | None:
    """The reports that match; None: none do. Raises NotFound when what is named is not there."""
    found = reports(asked.snapshot.registry, query)
    if not found:
        return None
    known = asked.snapshot.registry.languages
    written = MetadataMessage(
        asked.header,
        found,
        asked.snapshot.registry,
        stubs=query.detail == "allstubs",
        languages=None if set(asked.languages or ()) == set(known) else asked.languages,
        options=dict(asked.representation.options),
        warnings=query.warnings,
    )
    return iter(formats.METADATA[asked.representation.content_type].write(written))


def reports(registry: Registry, query: MetadataQuery) -> tuple[MetadataSet, ...]:
    """The reports that answer `query`, perhaps none. Raises NotFound."""
    target = query.target
    if query.by == "metadataset":
        found = registry.metadatasets(target.agencies, target.ids, target.versions)
        if not found and not resolve.is_open(target):
            name = f"{','.join(target.agencies)}:{','.join(target.ids)}({','.join(target.versions)})"
            raise NotFound(f"there is no MetadataSet {name}")
        return found
    kinds = [target.context]
    artefacts = resolve.artefacts(registry, kinds, target, query.api)
    if not artefacts and not resolve.is_open(target):
        raise resolve.missing(kinds, target)
    refs = [artefact.ref for artefact in artefacts]
    if query.by == "structure":
        return registry.metadatasets_on(refs)
    providers = [id_ for _, id_ in query.providers]
    found = registry.metadatasets_of(refs, providers or (ANY,))
    agencies = {id_: agency for agency, id_ in query.providers}
    return tuple(r for r in found if _is_of(registry, r, agencies.get(r.agency)))


def _is_of(registry: Registry, report: MetadataSet, agency: str | None) -> bool:
    """Whether the report's provider stands in a scheme of `agency`; None: of any."""
    schemes = registry.find("metadataproviderscheme", [agency]) if agency else ()
    return agency is None or any(report.agency in getattr(scheme, "items", ()) for scheme in schemes)
