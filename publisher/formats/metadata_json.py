"""Metadata messages of SDMX-JSON 2.1 and 2.0. Source: sdmx-json-metadata-schema.json 2.1.0 and 2.0.0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from publisher.formats.message import MetadataMessage
from publisher.formats.structure_forms import chosen
from publisher.formats.structure_json import JSON_20, JSON_21, Version, dump, head, warned
from publisher.formats.structure_json_parts import Json, Languages, annotated, filled, named, urn_of, zoned
from publisher.structures import model as m

Chunks = Iterator[bytes | memoryview]

META_21 = replace(JSON_21, schema=JSON_21.schema.replace("structure-schema", "metadata-schema"))
META_20 = replace(
    JSON_20,
    schema=JSON_20.schema.replace("structure-message", "metadata-message").replace(
        "structure-schema", "metadata-schema"
    ),
)


def write_21(message: MetadataMessage) -> Chunks:
    """Chunks of an SDMX-JSON 2.1 metadata message."""
    return _write(message, META_21)


def write_20(message: MetadataMessage) -> Chunks:
    """Chunks of an SDMX-JSON 2.0 metadata message."""
    return _write(message, META_20)


def _write(message: MetadataMessage, version: Version) -> Chunks:
    start = dump(head(message.header, message.languages, version))[1:-1]
    yield f'{{{start},"data":{{"metadataSets":['.encode()
    for number, report in enumerate(message.reports):
        yield ((b"," if number else b"") + dump(_set(report, message, version)).encode())
    yield f"]}}{warned(message.warnings)}}}".encode()


def _set(report: m.MetadataSet, message: MetadataMessage, version: Version) -> Json:
    """The schema wants targets and attributes in a stub too: then they stay, empty of answers."""
    languages = message.languages
    attributes = [_attribute(attribute, languages, not message.stubs) for attribute in report.attributes]
    written: Json = {
        "action": _action(report),
        "isPartialLanguage": True if languages is not None and version is META_21 else None,
        "publicationPeriod": report.publication_period,
        "publicationYear": report.publication_year,
        "reportingBegin": report.reporting_begin,
        "reportingEnd": report.reporting_end,
        "id": report.id,
        "version": report.version,
        "agencyID": report.agency,
        "isExternalReference": True if message.stubs else None,
        "metadataflow": urn_of(report.metadataflow),
        "metadataProvisionAgreement": urn_of(report.agreement),
        "validFrom": zoned(report.valid_from),
        "validTo": zoned(report.valid_to),
        **named(report, languages),
        "targets": list(report.targets),
        "attributes": attributes,
    }
    return filled(written)


def _action(report: m.MetadataSet) -> str | None:
    """ActionType of both versions has no Merge."""
    return "Append" if report.action == "Merge" else report.action


def _attribute(given: m.ReportedAttribute, languages: Languages, is_full: bool) -> Json:
    written: Json = {"id": given.id}
    if not is_full:
        return written
    written |= annotated(given.annotations, languages)
    if given.text:
        written["value"] = dict(chosen(given.text, languages))
    elif given.value is not None:
        written["value"] = given.value
    below = [_attribute(attribute, languages, is_full) for attribute in given.attributes]
    return filled(written | {"attributes": below})
