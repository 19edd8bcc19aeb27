"""Registrations as SDMX-ML 3.1 and 3.0: RegistryInterface with a QueryRegistrationResponse.

Source: SDMX-ML 3.1 and 3.0, SDMXRegistryRegistration.xsd, SDMXRegistryBase.xsd.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from publisher.formats.fragments import chunks
from publisher.formats.message import Registration, RegistrationMessage
from publisher.formats.xmltext import DECLARATION, attributes, header, moment

_RECEIVER = '<mes:Receiver id="not_supplied"/>'  # the header of a registry's message must have one
_SCHEMAS = "http://www.sdmx.org/resources/sdmxml/schemas"


def write_31(message: RegistrationMessage) -> Iterator[bytes | memoryview]:
    """SDMX-ML 3.1."""
    return chunks(_write(message, f"{_SCHEMAS}/v3_1"))


def write_30(message: RegistrationMessage) -> Iterator[bytes | memoryview]:
    """SDMX-ML 3.0."""
    return chunks(_write(message, f"{_SCHEMAS}/v3_0"))


def _write(message: RegistrationMessage, schemas: str) -> Iterator[str]:
    spaces = [(f"xmlns:{p}", f"{schemas}/{n}") for p, n in (("mes", "message"), ("reg", "registry"))]
    spaces.append(("xmlns:com", f"{schemas}/common"))
    yield f"{DECLARATION}<mes:RegistryInterface{attributes(spaces)}>{header(message.header, _RECEIVER)}"
    yield "<mes:QueryRegistrationResponse>"
    yield _status(message)
    for registration in message.registrations:
        yield _result(registration)
    yield "</mes:QueryRegistrationResponse></mes:RegistryInterface>"


def _status(message: RegistrationMessage) -> str:
    """What was passed over in the query makes the success a warning."""
    if not message.warnings:
        return '<reg:StatusMessage status="Success"/>'
    texts = "".join(f'<com:Text xml:lang="en">{escape(text)}</com:Text>' for text in message.warnings)
    return (
        f'<reg:StatusMessage status="Warning"><reg:MessageText>{texts}</reg:MessageText></reg:StatusMessage>'
    )


def _result(registration: Registration) -> str:
    about = [
        ("id", registration.id),
        ("validFrom", moment(registration.valid_from) if registration.valid_from else None),
        ("validTo", moment(registration.valid_to) if registration.valid_to else None),
        ("lastUpdated", moment(registration.updated)),
        ("indexTimeSeries", "true"),
    ]
    return (
        '<reg:QueryResult timeSeriesMatch="false"><reg:DataResult>'
        f"<reg:Registration{attributes(about)}>"
        f"<reg:ProvisionAgreement>{escape(registration.agreement.urn)}</reg:ProvisionAgreement>"
        f"<reg:Datasource><reg:SimpleDataSource>{escape(registration.url)}</reg:SimpleDataSource></reg:Datasource>"
        "</reg:Registration></reg:DataResult></reg:QueryResult>"
    )
