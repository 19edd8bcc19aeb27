"""Structure files as documents: the gate (size, DOCTYPE, depth), then the reader of their version."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.parsers import expat

from lxml import etree

from publisher.errors import Finding
from publisher.structures import read_ml
from publisher.structures.read_ml import Document
from publisher.structures.tags_21 import ML_21
from publisher.structures.tags_30 import ML_30
from publisher.structures.tags_31 import ML_31
from publisher.structures.tags_metadata import METADATA_30, METADATA_31

LARGEST = 50 * 1024 * 1024  # bytes of one file
DEEPEST = 64  # elements inside each other
MOST_TAGS = 800_000  # of one file
MOST_ATTRIBUTES, LONGEST = 64, 1024 * 1024  # of an element; characters of a text or attribute

VERSIONS = {version.clark("mes:Structure"): version for version in (ML_31, ML_30, ML_21)}
REPORTS = {version.clark("mes:GenericMetadata"): version for version in (METADATA_31, METADATA_30)}


_LONG = f"boolean(//text()[string-length() > {LONGEST}] | //@*[string-length() > {LONGEST}])"


class _Stop(Exception):
    pass


def listed(folder: Path) -> Iterator[tuple[str, Path]]:
    """(path relative to `folder` with /, path) of every file in it that is not hidden, sorted."""
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        relative = path.relative_to(folder)
        hidden = any(part.startswith((".", "__")) for part in relative.parts)
        if path.is_file() and not hidden and path.suffix not in (".py", ".pyc"):
            yield relative.as_posix(), path


def read(content: bytes, source: str) -> Document:
    """The artefacts of one XML file; what stops its reading is a finding of the document."""
    document = Document(source)
    tree = parse(content, document)
    if tree is None:
        return document
    if (of_reports := REPORTS.get(tree.getroot().tag)) is not None:
        return read_ml.read_sets(tree, of_reports, source)
    version = VERSIONS.get(tree.getroot().tag)
    if version is None:
        document.findings.append(
            Finding(
                "not-structure", "neither a structure nor a metadata message of SDMX-ML", file=source, row=1,
                value=str(tree.getroot().tag),
                allowed="Structure of SDMX-ML 3.1, 3.0 or 2.1, GenericMetadata of 3.1 or 3.0",
            )
        )  # fmt: skip
        return document
    return read_ml.read(tree, version, source)


def parse(content: bytes, document: Document) -> etree._ElementTree | None:
    """The tree of `content`, or None and a finding: too large, with DOCTYPE, too deep, not XML.

    Nothing outside `content` is read and no entity is expanded.
    """

    def refuse(code: str, message: str, allowed: str, line: int | None = 1) -> etree._ElementTree | None:
        document.findings.append(Finding(code, message, file=document.source, row=line, allowed=allowed))
        return None

    if len(content) > LARGEST:
        return refuse("too-large", f"the file has {len(content)} bytes", f"at most {LARGEST} bytes a file")
    if content.count(b"<") > MOST_TAGS:
        return refuse("too-large", "the file has too many elements", f"at most {MOST_TAGS:,} tags a file")
    try:
        if _has_doctype(content):
            return refuse("doctype", "the file has a document type declaration", "XML without DOCTYPE")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, expat.ExpatError, ValueError, LookupError) as exc:
        return refuse("not-xml", f"not well-formed: {exc}", "well-formed XML", getattr(exc, "lineno", None))
    if root.xpath(f"boolean({'/*' * (DEEPEST + 1)})"):
        return refuse("too-deep", "elements nest too deep", f"at most {DEEPEST} levels")
    if len(content) > LONGEST and root.xpath(_LONG):
        return refuse("too-large", "a text is too long", f"at most {LONGEST:,} characters")
    if root.xpath(f"boolean(//*[count(@*) > {MOST_ATTRIBUTES}])"):
        allowed = f"at most {MOST_ATTRIBUTES} attributes of an element"
        return refuse("too-large", "an element has too many attributes", allowed)
    return root.getroottree()


def _has_doctype(content: bytes) -> bool:
    """True when a DOCTYPE stands before the root element; reads no further than that element."""
    seen: list[str] = []

    def stop(what: str) -> Callable[..., None]:
        def handler(*_: object) -> None:
            seen.append(what)
            raise _Stop

        return handler

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = stop("doctype")
    parser.StartElementHandler = stop("element")
    with contextlib.suppress(_Stop):
        parser.Parse(content, True)
    return seen == ["doctype"]
