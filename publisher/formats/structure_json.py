"""Structure and error messages of SDMX-JSON 2.1, 2.0 and 1.0, an artefact a chunk.

Source: sdmx-json-structure-schema.json 2.1.0, 2.0.0 and 1.0. Arrays there have at least one entry: what is
empty is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from publisher.formats import structure_generations as generations
from publisher.formats.message import ErrorMessage, Header, StructureMessage
from publisher.formats.structure_json_10 import ARTEFACTS_10
from publisher.formats.structure_json_artefacts import ARTEFACTS_20, ARTEFACTS_21
from publisher.formats.structure_json_parts import URN, URN_21, Json, Languages, Urn, filled, named, zoned
from publisher.formats.xmltext import WARNING, moment
from publisher.structures import model as m

Chunks = Iterator[bytes | memoryview]


@dataclass(frozen=True, eq=False)
class Version:
    """SDMX-JSON of one version: its schema, and the array and content of each artefact."""

    name: str
    schema: str
    artefacts: Mapping[type[m.Maintainable], tuple[str, Callable[[Any, Languages], Json]]]
    has_schema_at_root: bool = False
    urn: Urn = URN
    without_urn: type[m.Maintainable] | None = None
    more: Json = field(default_factory=dict)  # what every artefact says
    whole_stubs: frozenset[type[m.Maintainable]] = frozenset()  # the schema wants their references


_SCHEMAS = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/"
JSON_21 = Version(
    "2.1.0",
    "https://json.sdmx.org/2.1/sdmx-json-structure-schema.json",
    ARTEFACTS_21,
    has_schema_at_root=True,
)
JSON_20 = Version(
    "2.0.0",
    f"{_SCHEMAS}2.0.0/sdmx-json-structure-schema.json",
    ARTEFACTS_20,
    without_urn=m.ValueList,  # the pattern of URNs in the schema misspells it
)
JSON_10 = Version(
    "1.0.0",
    f"{_SCHEMAS}1.0/sdmx-json-structure-schema.json",
    ARTEFACTS_10,
    urn=URN_21,
    more={"isFinal": True},
    whole_stubs=frozenset({m.ProvisionAgreement}),
)


def write_21(message: StructureMessage) -> Chunks:
    """Chunks of an SDMX-JSON 2.1 structure message."""
    return _write(message, JSON_21)


def write_20(message: StructureMessage) -> Chunks:
    """Chunks of an SDMX-JSON 2.0 structure message."""
    return _write(message, JSON_20)


def write_10(message: StructureMessage) -> Chunks:
    """Chunks of an SDMX-JSON 1.0 structure message."""
    return _write(message, JSON_10)


def error_21(message: ErrorMessage) -> Chunks:
    """An SDMX-JSON 2.1 message with nothing but its errors."""
    return _error(message, JSON_21)


def error_20(message: ErrorMessage) -> Chunks:
    """An SDMX-JSON 2.0 message with nothing but its errors."""
    return _error(message, JSON_20)


def error_10(message: ErrorMessage) -> Chunks:
    """An SDMX-JSON 1.0 message with nothing but its errors."""
    return _error(message, JSON_10)


def _write(message: StructureMessage, version: Version) -> Chunks:
    yield f'{{{dump(head(message.header, message.languages, version))[1:-1]},"data":{{'.encode()
    written: dict[str, list[m.Maintainable]] = {key: [] for key, _ in version.artefacts.values()}
    for artefact in generations.in_generation(message.artefacts, version.name):
        if type(artefact) in version.artefacts:
            written[version.artefacts[type(artefact)][0]].append(artefact)
    for place, key in enumerate(key for key, found in written.items() if found):
        yield f'{"," if place else ""}"{key}":['.encode()
        for number, artefact in enumerate(written[key]):
            yield ((b"," if number else b"") + dump(_artefact(artefact, message, version)).encode())
        yield b"]"
    yield f"}}{warned(message.warnings)}}}".encode()


def warned(warnings: tuple[str, ...]) -> str:
    """What was passed over in the query, as the member `errors` after `data`; nothing when there is none."""
    found = [{"code": WARNING, "title": warning} for warning in warnings]
    return f',"errors":{dump(found)}' if found else ""


def _error(message: ErrorMessage, version: Version) -> Chunks:
    errors = [{"code": message.code, "title": text} for text in message.texts]
    start = head(message.header, message.header.languages, version)
    yield dump(start | {"errors": errors or [{"code": message.code}]}).encode()


def dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def head(header: Header, languages: Languages, version: Version) -> Json:
    """`meta`; the schema is named there up to 2.0, at the root since."""
    meta: Json = {
        "id": header.id,
        "test": header.test,
        "prepared": moment(header.prepared),
        "contentLanguages": [tag.lower() for tag in languages or header.languages],  # the schema's pattern
        "sender": {"id": header.sender},
    }
    if version.has_schema_at_root:
        return {"$schema": version.schema, "meta": meta}
    return {"meta": {"schema": version.schema} | meta}


def _artefact(artefact: m.Maintainable, message: StructureMessage, version: Version) -> Json:
    write = version.artefacts[type(artefact)][1]
    if isinstance(artefact, m.AvailabilityConstraint):
        return filled(write(artefact, message.languages))
    is_stub = artefact.ref in message.stubs
    if is_stub:
        artefact = replace(artefact, is_external=True)
        if not message.complete_stubs:
            artefact = replace(artefact, description=m.NO_TEXT, annotations=())
    written = _maintained(artefact, message.languages, version)
    if not is_stub or type(artefact) in version.whole_stubs:
        written |= filled(write(artefact, message.languages))
    return written


def _maintained(artefact: m.Maintainable, languages: Languages, version: Version) -> Json:
    written: Json = {"id": artefact.id, "agencyID": artefact.agency, "version": artefact.version}
    if languages is not None and version is JSON_21:
        written["isPartialLanguage"] = True
    if artefact.is_external:
        written["isExternalReference"] = True
    for key, instant in (("validFrom", artefact.valid_from), ("validTo", artefact.valid_to)):
        if instant:
            written[key] = zoned(instant)
    if type(artefact) is not version.without_urn:
        written["links"] = [{"rel": "self", "urn": version.urn(artefact.ref)}]
    return written | version.more | named(artefact, languages)
