"""Metadata messages of SDMX-ML 3.1 and 3.0, by the rows of `structures.tags_metadata`, and generic 2.1.

Source: SDMXMetadataGeneric.xsd of each version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from publisher.formats import structure_forms, xmltext
from publisher.formats.message import MetadataMessage
from publisher.formats.structure_forms import chosen, localised, opened, reference
from publisher.formats.structure_ml import Writer
from publisher.structures import model as m
from publisher.structures import urns
from publisher.structures.reports import metadataflow_of
from publisher.structures.tags import Row, Version
from publisher.structures.tags_21 import ML_21
from publisher.structures.tags_metadata import METADATA_30, METADATA_31
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.formats.structure_ml import Chunks


def write_31(message: MetadataMessage) -> Chunks:
    """Chunks of an SDMX-ML 3.1 metadata message."""
    return _write(message, METADATA_31)


def write_30(message: MetadataMessage) -> Chunks:
    """Chunks of an SDMX-ML 3.0 metadata message."""
    return _write(message, METADATA_30)


def _write(message: MetadataMessage, version: Version) -> Chunks:
    writer = Writer(version, message.languages, FORMS)
    space = xmltext.attributes((f"xmlns:{prefix}", uri) for prefix, uri in version.namespaces.items())
    head = xmltext.header(message.header, _structures(writer, message))
    yield f"{xmltext.DECLARATION}<mes:GenericMetadata{space}>{head}".encode()
    _, tag, rows = version.artefacts[m.MetadataSet]
    if message.stubs:
        rows = tuple(row for row in rows if row.field != "attributes" and not row.name.startswith("md:"))
    for report in message.reports:
        extra = f' urn="{escape(report.ref.urn)}"'
        if version is METADATA_31 and message.languages is not None:
            extra += ' isPartialLanguage="true"'
        yield writer.element(tag, report, rows, extra).encode()
    yield _end(message, version)


def _end(message: MetadataMessage, version: Version) -> bytes:
    schemas = version.namespaces["mes"].removesuffix("/message")
    return f"{xmltext.footer(message.warnings, schemas)}</mes:GenericMetadata>".encode()


def _structures(writer: Writer, message: MetadataMessage) -> str:
    """`mes:Structure` of the header: each metadataflow that the reports follow."""
    return "".join(
        f'<mes:Structure structureID="{id_}">{reference(writer, "com:StructureUsage", flow)}</mes:Structure>'
        for flow, id_ in _flows(message).items()
    )


def _flows(message: MetadataMessage) -> Mapping[Ref, str]:
    found = (metadataflow_of(message.registry, report) for report in message.reports)
    return {flow: f"MDF{n}" for n, flow in enumerate(dict.fromkeys(f for f in found if f))}


def reported_text(writer: Writer, row: Row, value: m.ReportedAttribute) -> str:
    if value.is_structured:
        return ""
    return localised(row.name, chosen(value.text, writer.languages))


def structured_text(writer: Writer, row: Row, value: m.ReportedAttribute) -> str:
    if not value.is_structured:
        return ""
    texts = chosen(value.text, writer.languages).items()
    return "".join(f'<{row.name} xml:lang="{escape(tag)}">{xhtml}</{row.name}>' for tag, xhtml in texts)


FORMS: Mapping[str, Callable[[Writer, Row, Any], str]] = structure_forms.FORMS | {
    "reported text": reported_text,
    "structured text": structured_text,
}


# -- SDMX-ML 2.1 generic ----------------------------------------------------------------------


def write_21(message: MetadataMessage) -> Chunks:
    """Chunks of a generic metadata message of SDMX-ML 2.1: a set a report, in it a report on each target."""
    writer = Writer(ML_21, message.languages)
    spaces = {
        "mes": ML_21.namespaces["mes"],
        "com": ML_21.namespaces["com"],
        "md": ML_21.namespaces["mes"].replace("/message", "/metadata/generic"),
    }
    space = xmltext.attributes((f"xmlns:{prefix}", uri) for prefix, uri in spaces.items())
    head = xmltext.header(message.header, _structures(writer, message))
    yield f"{xmltext.DECLARATION}<mes:GenericMetadata{space}>{head}".encode()
    flows = _flows(message)
    for report in message.reports:
        flow = metadataflow_of(message.registry, report)
        if flow:
            yield _set_21(writer, report, flows[flow]).encode()
    yield _end(message, ML_21)


def _set_21(writer: Writer, report: m.MetadataSet, structure: str) -> str:
    """Targets whose URN names one thing: 2.1 has no wildcards."""
    targets = [target for target in report.targets if "*" not in target]
    answers = _answers_21(writer, report.attributes)
    reports = "".join(_report_21(writer, target, answers) for target in targets)
    names = localised("com:Name", chosen(report.name, writer.languages))
    head = f' structureRef="{structure}" setID="{escape(report.id)}"'
    return opened("mes:MetadataSet", head, names + reports)


def _report_21(writer: Writer, target: str, answers: str) -> str:
    object_ = reference(writer, "md:ObjectReference", urns.parse(target))
    value = f'<md:ReferenceValue id="OBJECT">{object_}</md:ReferenceValue>'
    return f'<md:Report id="REPORT"><md:Target id="TARGET">{value}</md:Target>{answers}</md:Report>'


def _answers_21(writer: Writer, attributes: tuple[m.ReportedAttribute, ...]) -> str:
    return opened("md:AttributeSet", "", "".join(_answer_21(writer, attribute) for attribute in attributes))


def _answer_21(writer: Writer, attribute: m.ReportedAttribute) -> str:
    head = f' id="{escape(attribute.id)}"'
    head += "" if attribute.value is None else f' value="{escape(attribute.value)}"'
    body = reported_text(writer, Row("com:Text", "", ""), attribute)
    body += structured_text(writer, Row("com:StructuredText", "", ""), attribute)
    body += _answers_21(writer, attribute.attributes) if attribute.attributes else ""
    return opened("md:ReportedAttribute", head, body)
