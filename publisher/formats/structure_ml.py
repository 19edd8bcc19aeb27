"""Structure and error messages of SDMX-ML 3.1, 3.0 and 2.1, by the rows of `structures.tags`.

Each artefact is one chunk of bytes. What 2.1 has no place for is left out: `structure_gaps` says what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from publisher.formats import structure_forms, structure_forms_21, xmltext
from publisher.formats import structure_generations as generations
from publisher.formats.message import ErrorMessage, StructureMessage
from publisher.formats.structure_forms import attribute, localised, opened, urn
from publisher.structures import model as m
from publisher.structures import tags
from publisher.structures.tags import Row, Rows, Version
from publisher.structures.tags_21 import ML_21
from publisher.structures.tags_30 import ML_30
from publisher.structures.tags_31 import ML_31

FORMS = structure_forms.FORMS | structure_forms_21.FORMS
Chunks = Iterator[bytes | memoryview]


@dataclass(frozen=True)
class Writer:
    """One message being written: its version, and the languages asked for (None: every one)."""

    version: Version
    languages: tuple[str, ...] | None
    forms: Mapping[str, Callable[[Writer, Row, Any], str]] = field(default_factory=lambda: FORMS)

    def element(self, tag: str, thing: object, rows: Rows, extra: str = "") -> str:
        """`thing` as the element `tag`; nothing stands for an element that would be empty content."""
        head = "".join(attribute(row, thing) for row in rows if row.form in tags.ATTRIBUTES)
        return opened(tag, extra + head, self.content(thing, rows))

    def content(self, thing: object, rows: Rows) -> str:
        return "".join(self.row(thing, row) for row in rows if row.form not in tags.ATTRIBUTES)

    def row(self, thing: object, row: Row) -> str:
        value = getattr(thing, row.field) if row.field else thing
        return self.forms[row.form](self, row, value) if value not in (None, (), "") else ""


def write_31(message: StructureMessage) -> Chunks:
    """Chunks of an SDMX-ML 3.1 structure message."""
    return _write(message, ML_31)


def write_30(message: StructureMessage) -> Chunks:
    """Chunks of an SDMX-ML 3.0 structure message."""
    return _write(message, ML_30)


def write_21(message: StructureMessage) -> Chunks:
    """Chunks of an SDMX-ML 2.1 structure message."""
    return _write(message, ML_21)


def _write(message: StructureMessage, version: Version) -> Chunks:
    namespaces = xmltext.attributes((f"xmlns:{prefix}", uri) for prefix, uri in version.namespaces.items())
    head = xmltext.header(message.header, "")
    yield f"{xmltext.DECLARATION}<mes:Structure{namespaces}>{head}<mes:Structures>".encode()
    writer = Writer(version, message.languages)
    written: dict[type[m.Maintainable], list[m.Maintainable]] = {}
    for artefact in generations.in_generation(message.artefacts, version.name):
        written.setdefault(type(artefact), []).append(artefact)
    classes = [cls for cls in version.artefacts if cls in written]
    for container, group in groupby(classes, lambda cls: version.artefacts[cls][0]):
        yield f"<{container}>".encode()
        for cls in group:
            yield from (_artefact(writer, artefact, message).encode() for artefact in written[cls])
        yield f"</{container}>".encode()
    schemas = version.namespaces["mes"].removesuffix("/message")
    yield f"</mes:Structures>{xmltext.footer(message.warnings, schemas)}</mes:Structure>".encode()


def _artefact(writer: Writer, artefact: m.Maintainable, message: StructureMessage) -> str:
    version = writer.version
    if isinstance(artefact, m.Codelist) and artefact.is_complete:
        artefact = replace(artefact, extensions=(), own=None)  # its codes are all there
    _, tag, rows = version.artefacts[type(artefact)]
    if isinstance(artefact, m.AvailabilityConstraint):
        return writer.element(tag, artefact, rows)
    if artefact.ref in message.stubs:
        rows = tuple(row for row in rows if _in_stub(row, message.complete_stubs))
        artefact = replace(artefact, is_external=True)
    extra = f' urn="{urn(version, artefact.ref)}"'
    if version is ML_31 and message.languages is not None:
        extra += ' isPartialLanguage="true"'
    return writer.element(tag, artefact, rows, extra)


def _in_stub(row: Row, complete: bool) -> bool:
    """REST 2.2.2 doc/structures.md `detail`: identification and name; complete: description, annotations."""
    kept = ("name", "description", "annotations") if complete else ("name",)
    return row.form in tags.ATTRIBUTES or row.field in kept or row.required


def error_31(message: ErrorMessage) -> Chunks:
    """An SDMX-ML 3.1 error message."""
    return _error(message, ML_31)


def error_30(message: ErrorMessage) -> Chunks:
    """An SDMX-ML 3.0 error message."""
    return _error(message, ML_30)


def error_21(message: ErrorMessage) -> Chunks:
    """An SDMX-ML 2.1 error message."""
    return _error(message, ML_21)


def _error(message: ErrorMessage, version: Version) -> Chunks:
    """SDMXMessage.xsd ErrorType: a coded status message."""
    names = {prefix: version.namespaces[prefix] for prefix in ("mes", "com")}
    namespaces = xmltext.attributes((f"xmlns:{prefix}", uri) for prefix, uri in names.items())
    language = message.header.languages[0] if message.header.languages else "en"
    texts = "".join(localised("com:Text", {language: text}) for text in message.texts)
    coded = f'<mes:ErrorMessage code="{message.code}">{texts}</mes:ErrorMessage>'
    yield f"{xmltext.DECLARATION}<mes:Error{namespaces}>{coded}</mes:Error>".encode()
