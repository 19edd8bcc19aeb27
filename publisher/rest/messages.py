"""The document that answers a query, by its kind."""

from __future__ import annotations

from collections.abc import Iterator

from publisher import formats
from publisher.errors import NotAcceptable, QuerySemanticError
from publisher.formats.message import DataMessage, StructureMessage
from publisher.query.model import (
    AvailabilityQuery,
    DataQuery,
    MetadataQuery,
    RegistrationQuery,
    SchemaQuery,
    StructureQuery,
)
from publisher.rest import metadata, registration, schema
from publisher.rest.asked import Asked
from publisher.rest.availability import constraints
from publisher.rest.data import datasets
from publisher.rest.structure import Structures, structures
from publisher.rest.updated import stamped

Chunks = Iterator[bytes | memoryview]
# SDMXMessage.xsd 2.1 GenericTimeSeriesDataHeaderType: one Structure.
_ONE = "application/vnd.sdmx.generictimeseriesdata+xml"


def message(asked: Asked) -> Chunks | None:
    """The document; None when nothing matches. Raises QueryError."""
    query, content_type = asked.query, asked.representation.content_type
    if isinstance(query, DataQuery):
        return _data(asked, query)
    if isinstance(query, StructureQuery):
        return _structures(asked, structures(asked.snapshot.registry, query))
    if isinstance(query, AvailabilityQuery):
        return _structures(asked, Structures(constraints(asked.snapshot, query)))
    if isinstance(query, SchemaQuery):
        if content_type in formats.STRUCTURE:
            return _structures(asked, Structures(schema.structures(asked.snapshot.registry, query)))
        return schema.document(asked.snapshot.registry, query, content_type)
    if isinstance(query, MetadataQuery):
        return metadata.document(asked, query)
    assert isinstance(query, RegistrationQuery)
    return registration.document(asked, query)


def _structures(asked: Asked, found: Structures) -> Chunks | None:
    if not found.artefacts:
        return None
    is_all = set(asked.languages or ()) == set(asked.snapshot.registry.languages)
    written = StructureMessage(
        asked.header,
        stamped(asked.snapshot, found.artefacts),
        found.stubs,
        found.complete_stubs,
        None if is_all else asked.languages,
        warnings=asked.query.warnings,
    )
    return iter(formats.STRUCTURE[asked.representation.content_type].write(written))


def _data(asked: Asked, query: DataQuery) -> Chunks | None:
    row = formats.DATA[asked.representation.content_type]
    found = datasets(asked.snapshot, query, in_rows=row.extension == "csv")
    if not found:
        return None
    if len(found) > 1 and row.media_type == _ONE:
        raise NotAcceptable(
            f"{row.name} holds one data set, not {len(found)}; ask for one dataflow, or for another format"
        )
    for dataset in found:
        time = dataset.definition.time
        if row.only_time and (not time or dataset.dimension_at_observation != time.id):
            raise QuerySemanticError(
                f"dimensionAtObservation: {row.name} is for time series; ask for TIME_PERIOD,"
                " or for another format"
            )
    options = dict(asked.representation.options)
    return iter(row.write(DataMessage(asked.header, found, options, warnings=query.warnings)))
