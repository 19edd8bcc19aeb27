"""Reference metadata: the reports that a query means.

Source: SDMX REST 2.2.2 doc/metadata.md; REST 1.5.0 metadata queries.
"""

from __future__ import annotations

from collections.abc import Iterator

from publisher.query.model import MetadataQuery
from publisher.rest import resolve
from publisher.rest.asked import Asked

Chunks = Iterator[bytes | memoryview]


def document(asked: Asked, query: MetadataQuery) -> Chunks | None:
    """The metadata sets that match; None: none do. Raises NotFound when what is named is not there."""
    registry = asked.snapshot.registry
    if query.by != "metadataset":
        context = query.target.context
        if not resolve.artefacts(registry, [context], query.target, query.api) and not resolve.is_open(
            query.target
        ):
            raise resolve.missing([context], query.target)
    return None
