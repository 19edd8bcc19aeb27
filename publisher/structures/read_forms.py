"""How each form of `tags.Row` is read: all elements of one row → the value of its field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lxml import etree

from publisher.structures import model as m
from publisher.structures.tags import Row
from publisher.structures.urns import KINDS, Ref, kind_of, parse

if TYPE_CHECKING:
    from publisher.structures.read_ml import Reader

Elements = list[etree._Element]
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()


def reference(reader: Reader, element: etree._Element, kind: str | None = None) -> Ref | None:
    """3.0: the URN. 2.1: a `Ref` to something of `kind` unless it says its class, or a `URN`."""
    urn = element.find("URN")
    try:
        if urn is None and (named := element.find("Ref")) is not None:
            return _from_ref(named, kind)
        return parse(_text(element if urn is None else urn))
    except ValueError:
        reader.found(
            element, "bad-urn", f"{_local(element)} is not an SDMX URN", value=_text(element),
            allowed="urn:sdmx:org.sdmx.infomodel.<package>.<Class>=<agency>:<id>(<version>)",
        )  # fmt: skip
        return None


def _from_ref(named: etree._Element, kind: str | None) -> Ref:
    """SDMXCommonReferences.xsd 2.1: versions are 1.0 unless said."""
    cls = named.get("class", "")
    its_kind = kind_of(cls) if cls else KINDS.get(kind or "")
    if its_kind is None:
        raise ValueError(cls)
    agency, id_ = named.get("agencyID", ""), named.get("id", "")
    if scheme := named.get("maintainableParentID"):
        version = named.get("maintainableParentVersion", "1.0")
        component = cls if cls and its_kind.item_cls is None else None
        return Ref(its_kind.name, agency, scheme, version, id_, component)
    return Ref(its_kind.name, agency, id_, named.get("version", "1.0"))


def local_id(element: etree._Element) -> str | None:
    """2.1: the id in a reference to a part of the same artefact."""
    named = element.find("Ref")
    return None if named is None else str(named.get("id"))


def name(reader: Reader, row: Row, elements: Elements) -> m.Text:
    """SDMXCommon.xsd TextType: the language is English unless said."""
    return m.Text({element.get(_LANG, "en"): element.text or "" for element in elements})


def value(reader: Reader, row: Row, elements: Elements) -> str:
    return _text(elements[0])


def values(reader: Reader, row: Row, elements: Elements) -> tuple[str, ...]:
    for element in elements:
        for attribute in element.attrib:  # such as cascadeValues of a MemberValue
            reader.unknown(element, f"attribute {attribute}")
    return tuple(_text(element) for element in elements)


def inner_values(reader: Reader, row: Row, elements: Elements) -> tuple[str, ...]:
    return tuple(_text(inner) for element in elements for inner in element.iter(reader.version.clark(row.of)))


def ref(reader: Reader, row: Row, elements: Elements) -> Ref | None:
    return reference(reader, elements[0], row.of)


def refs(reader: Reader, row: Row, elements: Elements) -> tuple[Ref, ...]:
    return tuple(found for element in elements if (found := reference(reader, element, row.of)))


def attachment(reader: Reader, row: Row, elements: Elements) -> tuple[Ref, ...]:
    kinds = {reader.version.clark(name): kind for kind, name in row.of.items()}
    found: list[Ref | None] = []
    for child in elements[0].iterchildren(tag=etree.Element):
        if child.tag in kinds:
            found.append(reference(reader, child, kinds[child.tag]))
        else:
            reader.unknown(child, f"attachment to {_local(child)}")
    return tuple(ref for ref in found if ref)


def many(reader: Reader, row: Row, elements: Elements) -> tuple[Any, ...]:
    fixed = dict([row.where] if row.where else [])
    made = (reader.make(element, row.rows, row.cls or object, **fixed) for element in elements)
    return tuple(made)


def one(reader: Reader, row: Row, elements: Elements) -> Any:
    return reader.make(elements[0], row.rows, row.cls or object)


def items(reader: Reader, row: Row, elements: Elements) -> m.Items:
    return _items(reader, [(e, reader.make(e, row.rows, row.cls or m.Item)) for e in elements])


def _items(reader: Reader, made: list[tuple[etree._Element, m.Item]]) -> m.Items:
    items = m.Items()
    for element, item in made:
        if item.id in items:
            reader.found(
                element, "duplicate-item", f"{_local(element)} {item.id} stands twice", value=item.id
            )
        items[item.id] = item
    return items


def chain(reader: Reader, row: Row, elements: Elements) -> tuple[Any, ...]:
    """Levels of a hierarchy: each holds the next."""
    made: list[Any] = []
    element: etree._Element | None = elements[0]
    tag = reader.version.clark(row.name)
    while element is not None:
        following = element.find(tag)
        if following is not None:
            element.remove(following)
        made.append(reader.make(element, row.rows, row.cls or m.Identifiable))
        element = following
    return tuple(made)


def wrap(reader: Reader, row: Row, elements: Elements) -> Mapping[str, Any]:
    return reader.fields(elements[0], row.rows)


def annotated(reader: Reader, row: Row, elements: Elements) -> tuple[m.Annotation, ...]:
    return tuple(_annotation(element) for element in elements[0].iterchildren(tag=etree.Element))


def _annotation(element: etree._Element) -> m.Annotation:
    fields: dict[str, Any] = {"id": element.get("id")}
    text = m.Text()
    for child in element.iterchildren(tag=etree.Element):
        part = _local(child).removeprefix("Annotation").lower()
        if part == "text":
            text[child.get(_LANG, "en")] = child.text or ""
        else:
            fields.setdefault(part, child.text or "")
    return m.Annotation(**fields, text=text)


def contacts(reader: Reader, row: Row, elements: Elements) -> tuple[m.Text, ...]:
    return tuple(_contact(element) for element in elements)


def _contact(element: etree._Element) -> m.Text:
    contact = m.Text({"id": str(element.get("id"))} if element.get("id") else {})
    for child in element.iterchildren(tag=etree.Element):
        language = child.get(_LANG, "en")
        key = _local(child).lower() + (f"@{language}" if language != "en" else "")
        contact[key] = f"{contact[key]}\n{_text(child)}" if key in contact else _text(child)
    return contact


def representation(reader: Reader, row: Row, elements: Elements) -> m.Representation:
    """SDMXStructureBase.xsd RepresentationType: an enumeration, or a type with facets."""
    element = elements[0]
    most = element.get("maxOccurs")
    made = m.Representation(
        min_occurs=int(element.get("minOccurs", "1")),
        max_occurs=1 if most is None else None if most == "unbounded" else int(most),
    )
    for child in element.iterchildren(tag=etree.Element):
        if _local(child) == "Enumeration":
            made = replace(made, enumeration=reference(reader, child, "codelist"))
            continue
        for sentinel in child.iterchildren(tag=etree.Element):
            reader.unknown(sentinel, f"element {_local(sentinel)}")
        facets = m.Text({str(k): str(v) for k, v in child.attrib.items() if k != "textType"})
        made = replace(made, text_type=child.get("textType", "String"), facets=facets)
    reader.document.lines[id(made)] = element.sourceline or 0
    return made


_ATTACHED = {
    "Dataflow": m.DATASET,
    "Observation": m.OBSERVATION,
    "None": m.DATASET,  # 2.1
    "PrimaryMeasure": m.OBSERVATION,  # 2.1
}


def relationship(reader: Reader, row: Row, elements: Elements) -> Mapping[str, Any]:
    """SDMXStructureDataStructure.xsd AttributeRelationshipType."""
    children = list(elements[0].iterchildren(tag=etree.Element))
    for child in children:
        if child.get("optional") in ("true", "1"):
            reader.unknown(child, "attribute optional")
    first = _local(children[0]) if children else "Observation"
    if first in _ATTACHED:
        return {"attachment": _ATTACHED[first]}
    kind = m.GROUP if first == "Group" else m.DIMENSIONS
    named = (local_id(child) or _text(child) for child in children if _local(child) == first)
    return {"attachment": kind, "attached_to": tuple(named)}


def selected_values(reader: Reader, row: Row, elements: Elements) -> Mapping[str, Any]:
    """SDMXStructureConstraint.xsd SimpleComponentValueType."""
    for element in elements:
        for name in set(element.attrib) - {"cascadeValues", _LANG}:
            reader.unknown(element, f"attribute {name}")
        if element.get("cascadeValues") == "excluderoot":
            reader.unknown(element, "cascadeValues=excluderoot")
    cascading = tuple(_text(e) for e in elements if e.get("cascadeValues") in ("true", "1"))
    return {"values": tuple(_text(e) for e in elements), "cascading": cascading}


_RANGE = {"BeforePeriod": "end", "AfterPeriod": "start", "StartPeriod": "start", "EndPeriod": "end"}


def time_range(reader: Reader, row: Row, elements: Elements) -> Mapping[str, Any]:
    """SDMXStructureConstraint.xsd TimeRangeValueType."""
    fields: dict[str, Any] = {}
    for child in elements[0].iterchildren(tag=etree.Element):
        end = _RANGE[_local(child)]
        fields[end] = _text(child)
        fields[f"{end}_included"] = child.get("isInclusive", "true") in ("true", "1")
    return fields


def categories(reader: Reader, row: Row, elements: Elements) -> m.Items:
    """Categories, also of reporting, in the order of the document, their ids the path from the top."""
    return _items(reader, list(_categories(reader, row, elements, "")))


def _categories(
    reader: Reader, row: Row, elements: Elements, path: str
) -> Iterator[tuple[etree._Element, m.Item]]:
    tag = reader.version.clark(row.name)
    for element in elements:
        below = element.findall(tag)
        for child in below:
            element.remove(child)
        made = reader.make(element, row.rows, row.cls or m.Category)
        whole = f"{path}.{made.id}" if path else made.id
        category = replace(made, id=whole, parent=path or None)
        reader.document.lines[id(category)] = element.sourceline or 0
        yield element, category
        yield from _categories(reader, row, below, whole)


def lists(reader: Reader, row: Row, elements: Elements) -> tuple[Ref | str, ...]:
    """Code lists, or names of data types, that a representation map starts from or leads to."""
    made = (reference(reader, e) if _local(e).endswith("Codelist") else _text(e) for e in elements)
    return tuple(found for found in made if found is not None)


def couples(reader: Reader, row: Row, elements: Elements) -> tuple[tuple[str, str], ...]:
    """Elements that take turns: source, target, source, target."""
    texts = [_text(element) for element in elements]
    return tuple(zip(texts[::2], texts[1::2], strict=False))


def generic_dataflow(reader: Reader, row: Row, elements: Elements) -> Mapping[str, Any]:
    """It says by being there that no dataflow, code list or concept is named."""
    return {}


FORMS: dict[str, Callable[[Reader, Row, Elements], Any]] = {
    "name": name,
    "value": value,
    "values": values,
    "inner values": inner_values,
    "ref": ref,
    "refs": refs,
    "attachment": attachment,
    "many": many,
    "one": one,
    "items": items,
    "chain": chain,
    "wrap": wrap,
    "annotations": annotated,
    "contacts": contacts,
    "representation": representation,
    "relationship": relationship,
    "selected values": selected_values,
    "time range": time_range,
    "categories": categories,
    "lists": lists,
    "couples": couples,
    "generic dataflow": generic_dataflow,
}
