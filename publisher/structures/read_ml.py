"""Structure messages of SDMX-ML as artefacts, by the rows of `tags`.

Nothing is lost in silence: an element or attribute that no row knows is a finding, unless the
version lists it as one that may be lost.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field
from functools import cache
from typing import Any

from lxml import etree

from publisher.errors import Finding
from publisher.structures import model as m
from publisher.structures import read_21, read_forms, read_reports, read_sets_21
from publisher.structures.tags import ATTRIBUTES, Row, Rows, Version

FORMS = read_forms.FORMS | read_21.FORMS | read_reports.FORMS


@dataclass
class Document:
    """What one file holds; `lines` tells where, by `id()` of the artefacts and their parts."""

    source: str
    version: str | None = None  # of SDMX-ML, when it is a structure message
    artefacts: list[m.Maintainable] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    lines: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """Rows sorted by what the reader meets: attributes, and elements with their row's number."""

    attributes: Mapping[str, Row]
    elements: Mapping[str, int]
    absent: Mapping[str, Any]
    text: str | None  # the field of the element's own text


_plans: dict[tuple[str, int], Plan] = {}  # rows are constants of `tags`, so their id() is their name


@dataclass
class Reader:
    """Reads one tree; the functions of `read_forms` call back to it for what is nested."""

    version: Version
    document: Document

    def found(self, element: etree._Element, code: str, message: str, **more: str) -> None:
        """Note a finding at the line of `element`."""
        self.document.findings.append(
            Finding(code, message, file=self.document.source, row=element.sourceline, **more)
        )

    def make(self, element: etree._Element, rows: Rows, cls: type, **fixed: Any) -> Any:
        """The object of class `cls` that `element` writes out."""
        fields = self.fields(element, rows)
        concept = fields.get("concept")
        if concept and "id" not in fields | fixed:  # ComponentType: the id is the concept's unless said
            fields["id"] = concept.item
        for name, empty in _required(cls).items():
            if name not in fields and name not in fixed:
                self.found(element, "missing", f"{etree.QName(element).localname} has no {name}")
                fields[name] = empty
        made = cls(**fields, **fixed)
        self.document.lines[id(made)] = element.sourceline or 0
        return made

    def fields(self, element: etree._Element, rows: Rows) -> dict[str, Any]:
        """Field → value, of all attributes and elements of `element` that have a row."""
        plan = self._plan(rows)
        fields: dict[str, Any] = dict(plan.absent)
        for name, text in element.attrib.items():
            if row := plan.attributes.get(str(name)):
                if row.field:
                    fields[row.field] = self._attribute(row, str(text))
            elif name not in self.version.ignored:
                self.unknown(element, f"attribute {name}")
        for number, found in sorted(self._children(element, plan).items()):
            self._add(fields, rows[number], found)
        if plan.text:
            fields[plan.text] = element.text or ""
        return fields

    def _add(self, fields: dict[str, Any], row: Row, found: list[etree._Element]) -> None:
        value = FORMS[row.form](self, row, found)
        if not row.field:
            for name, part in value.items():
                fields[name] = fields[name] + part if isinstance(fields.get(name), tuple) else part
        elif isinstance(fields.get(row.field), tuple):  # two elements for one field
            fields[row.field] += value
        else:
            fields[row.field] = value

    def _children(self, element: etree._Element, plan: Plan) -> dict[int, list[etree._Element]]:
        children: dict[int, list[etree._Element]] = {}
        for child in element.iterchildren(tag=etree.Element):
            number = plan.elements.get(child.tag)
            if number is not None:
                children.setdefault(number, []).append(child)
            elif etree.QName(child).localname not in self.version.ignored:
                self.unknown(child, f"element {etree.QName(child).localname}")
        return children

    def unknown(self, element: etree._Element, what: str) -> None:
        owner = next((e.get("id") for e in (element, *element.iterancestors()) if e.get("id")), "?")
        self.found(
            element,
            "unsupported",
            f"{what} of {owner} is not supported in SDMX-ML {self.version.name} structures",
            remedy="leave it out, or say the same in another way",
        )

    def _attribute(self, row: Row, text: str) -> Any:
        match row.form:
            case "flag":
                return text.strip() in ((row.of or ("true",))[0], "1")
            case "number":
                return int(text)
            case "occurrence":
                return None if text == "unbounded" else int(text)
        return text

    def _plan(self, rows: Rows) -> Plan:
        key = (self.version.name, id(rows))
        if key not in _plans:
            attributes = {row.name: row for row in rows if row.form in ATTRIBUTES}
            elements = {
                self.version.clark(name): number
                for number, row in enumerate(rows)
                if row.form not in ATTRIBUTES and row.name
                for name in row.name.split("|")
            }
            absent = {row.field: row.absent for row in rows if row.absent is not None}
            text = next((row.field for row in rows if row.form == "text"), None)
            _plans[key] = Plan(attributes, elements, absent, text)
        return _plans[key]


@cache
def _required(cls: type) -> Mapping[str, Any]:
    """The fields of `cls` that have no default, with what stands for them when they are missing."""
    return {
        f.name: () if "tuple" in str(f.type) else "" for f in dataclasses.fields(cls) if f.default is MISSING
    }


Maker = Callable[[Reader, etree._Element, Rows, type[m.Maintainable], dict[str, Any]], list[m.Maintainable]]


@cache
def _artefacts(version: Version) -> Mapping[str, tuple[type[m.Maintainable], Rows]]:
    return {version.clark(element): (cls, rows) for cls, (_, element, rows) in version.artefacts.items()}


def read_sets(tree: etree._ElementTree, version: Version, source: str) -> Document:
    """Every metadata set of a metadata message, with what is wrong in it."""
    document = Document(source, version.name)
    reader = Reader(version, document)
    _, tag, rows = version.artefacts[m.MetadataSet]
    for element in tree.getroot().findall(version.clark(tag)):
        document.artefacts.append(reader.make(element, rows, m.MetadataSet, source=source))
    return document


def read(tree: etree._ElementTree, version: Version, source: str) -> Document:
    """Every artefact of a structure message, with what is wrong in it."""
    document = Document(source, version.name)
    reader = Reader(version, document)
    known = _artefacts(version)
    for container in _containers(tree, version):
        for element in container.iterchildren(tag=etree.Element):
            if element.tag not in known:
                name = etree.QName(element).localname
                reader.found(
                    element, "left-out", f"{name} {element.get('id')} is not held", severity="warning"
                )
                continue
            cls, rows = known[element.tag]
            fixed = {"source": source} | ({} if element.get("version") else {"version": "1.0"})
            make: Maker = SEVERAL.get((version.name, cls), _one)
            document.artefacts.extend(make(reader, element, rows, cls, fixed))
    return document


def _one(
    reader: Reader, element: etree._Element, rows: Rows, cls: type[m.Maintainable], fixed: dict[str, Any]
) -> list[m.Maintainable]:
    made = reader.make(element, rows, cls, **fixed)
    urn = element.get("urn")
    if urn and not _agrees(_id_of(urn), made.ref.short, has_version="version" in element.attrib):
        reader.found(
            element,
            "urn-differs",
            f"the URN of {made.ref} names something else",
            value=urn,
            allowed=made.ref.short,
        )
    return [made]


def _agrees(said: str, meant: str, has_version: bool) -> bool:
    """Organisation schemes have no version in SDMX-ML 3: there only the URN may tell one."""
    return said == meant or (not has_version and said.partition("(")[0] == meant.partition("(")[0])


def _id_of(urn: str) -> str:
    """Agency, id and version, as a URN ends."""
    return urn.rpartition("=")[2]


def _availability(
    reader: Reader, element: etree._Element, rows: Rows, cls: type[m.Maintainable], fixed: dict[str, Any]
) -> list[m.Maintainable]:
    """3.1 gives it no name: it is called after what it is attached to."""
    fields = reader.fields(element, rows)
    to = next(iter(fields.get("attached_to", ())), None)
    if to is None:
        reader.found(element, "missing", "AvailabilityConstraint has no ConstraintAttachment")
        return []
    name = m.Text({"en": f"{to.id}: availability"})
    named = {"id": f"{to.id}_AVAILABILITY", "name": name, "agency": to.agency, "version": to.version}
    made = m.DataConstraint(**(fields | named), role="Actual", source=fixed["source"])
    reader.document.lines[id(made)] = element.sourceline or 0
    return [made]


# What is not one artefact an element: (version, class) → function like `_one`.
SEVERAL: Mapping[tuple[str, type[m.Maintainable]], Maker] = {
    ("2.1", m.Hierarchy): read_21.hierarchies_21,
    ("2.1", m.LocatedStructureMap): read_sets_21.structure_sets,
    ("3.1", m.AvailabilityConstraint): _availability,
}


def _containers(tree: etree._ElementTree, version: Version) -> Sequence[etree._Element]:
    structures = tree.getroot().find(version.clark("mes:Structures"))
    return () if structures is None else list(structures.iterchildren(tag=etree.Element))
