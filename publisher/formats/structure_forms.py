"""How each form of `tags.Row` is written: the value of a field → text of its elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

from publisher.structures import model as m
from publisher.structures import tags
from publisher.structures.tags import Row, Version
from publisher.structures.urns import KINDS, Ref

if TYPE_CHECKING:
    from publisher.formats.structure_ml import Writer


# -- text -------------------------------------------------------------------------------------


def opened(tag: str, head: str, body: str) -> str:
    return f"<{tag}{head}>{body}</{tag}>" if body else f"<{tag}{head}/>"


def _leaf(tag: str, text: str, head: str = "") -> str:
    return f"<{tag}{head}>{escape(text, quote=False)}</{tag}>"


def localised(tag: str, texts: Mapping[str, str]) -> str:
    """One element a language."""
    return "".join(_leaf(tag, text, f' xml:lang="{escape(tag_)}"') for tag_, text in texts.items())


def chosen(text: m.Text, languages: tuple[str, ...] | None) -> Mapping[str, str]:
    """The languages asked for (RFC 4647 lookup), at least one: a name may not be missing."""
    if languages is None or not text:
        return text
    found: dict[str, str] = {}
    for language in languages:
        tag = language
        while tag and tag not in text:
            tag = tag.rpartition("-")[0]
        if tag:
            found[tag] = text[tag]
    tag = "en" if "en" in text else next(iter(text))
    return found or {tag: text[tag]}


# -- attributes -------------------------------------------------------------------------------


def attribute(row: Row, thing: object) -> str:
    """` name="value"`, or nothing when the value is absent or the XSD's default."""
    value = row.of if row.form == "constant" else getattr(thing, row.field)
    if row.form == "occurrence" and value is None:
        value = "unbounded"
    if value is None or value == row.default:
        return ""
    if row.form == "flag":
        true, false = row.of or ("true", "false")
        value = true if value else false
    if row.field == "id":  # a category's id is its path
        value = value.rpartition(".")[2]
    return f' {row.name}="{escape(str(value))}"'


# -- references -------------------------------------------------------------------------------


def urn(version: Version, ref: Ref) -> str:
    """The URN in the words of `version`."""
    if version.references == "ref":
        return escape(ref.urn_21)
    if version.name == "3.1" and ref.kind == "categorisation":  # CategorisationUrnType: always 1.0
        return escape(replace(ref, version="1.0").urn)
    return escape(ref.urn)


def reference(writer: Writer, tag: str, ref: Ref) -> str:
    """3.0: the URN; 2.1: a `Ref`, with class and package also where the XSD fixes them."""
    if writer.version.references == "urn":
        return _leaf(tag, ref.urn)
    kind, version = KINDS[ref.kind], ref.version.replace("+", "")
    if ref.item:
        inside = f' maintainableParentID="{escape(ref.id)}" maintainableParentVersion="{escape(version)}"'
        names = f'id="{escape(ref.item)}"{inside} agencyID="{escape(ref.agency)}"'
    else:
        names = f'id="{escape(ref.id)}" version="{escape(version)}" agencyID="{escape(ref.agency)}"'
    cls = ref.cls or (kind.item_cls if ref.item else kind.cls_21 or kind.cls)
    return f'<{tag}><Ref {names} package="{kind.package_21}" class="{cls}"/></{tag}>'


def ref(writer: Writer, row: Row, value: Ref) -> str:
    return reference(writer, row.name, value)


def refs(writer: Writer, row: Row, value: tuple[Ref, ...]) -> str:
    return "".join(reference(writer, row.name, ref) for ref in value)


def local(tag: str, name: str) -> str:
    return f'<{tag}><Ref id="{escape(name)}"/></{tag}>'


def attachment(writer: Writer, row: Row, value: tuple[Ref, ...]) -> str:
    """One kind only (ConstraintAttachmentType is a choice): that of the first."""
    named = [ref for ref in value if ref.kind == value[0].kind and ref.kind in row.of]
    return opened(row.name, "", "".join(reference(writer, row.of[ref.kind], ref) for ref in named))


# -- nested -----------------------------------------------------------------------------------


def name(writer: Writer, row: Row, value: m.Text) -> str:
    return localised(row.name, chosen(value, writer.languages))


def value(writer: Writer, row: Row, value: str) -> str:
    return _leaf(row.name, value)


def values(writer: Writer, row: Row, value: tuple[str, ...]) -> str:
    return "".join(_leaf(row.name, text) for text in value)


def inner_values(writer: Writer, row: Row, value: tuple[str, ...]) -> str:
    return "".join(opened(row.name, "", _leaf(row.of, text)) for text in value)


def many(writer: Writer, row: Row, value: tuple[Any, ...]) -> str:
    field, wanted = row.where or ("", None)
    return "".join(
        writer.element(row.name, thing, row.rows, f' position="{place}"' if row.numbered else "")
        for place, thing in enumerate(value, 1)
        if not field or getattr(thing, field) == wanted
    )


def one(writer: Writer, row: Row, value: object) -> str:
    return writer.element(row.name, value, row.rows)


def own_text(writer: Writer, row: Row, value: str) -> str:
    return escape(value, quote=False)


def items(writer: Writer, row: Row, value: Mapping[str, m.Item]) -> str:
    return "".join(writer.element(row.name, item, row.rows) for item in value.values())


def chain(writer: Writer, row: Row, value: tuple[Any, ...]) -> str:
    attributes = [r for r in row.rows if r.form in tags.ATTRIBUTES]
    head = "".join(attribute(r, value[0]) for r in attributes)
    inner = chain(writer, row, value[1:]) if value[1:] else ""
    return opened(row.name, head, writer.content(value[0], row.rows) + inner)


def wrap(writer: Writer, row: Row, value: object) -> str:
    """Left out when nothing would be in it."""
    return writer.element(row.name, value, row.rows) if writer.content(value, row.rows) else ""


def categories(writer: Writer, row: Row, value: Mapping[str, m.Item]) -> str:
    """Names, then the categories below, then what else there is."""
    more = tuple(r for r in row.rows if r not in tags.NAMED)
    below: dict[str | None, list[m.Item]] = {}
    for item in value.values():
        below.setdefault(item.parent, []).append(item)

    def written(item: m.Item) -> str:
        head = "".join(attribute(r, item) for r in tags.NAMED if r.form in tags.ATTRIBUTES)
        inner = "".join(written(child) for child in below.get(item.id, ()))
        return opened(row.name, head, writer.content(item, tags.NAMED) + inner + writer.content(item, more))

    return "".join(written(item) for item in below.get(None, ()))


# -- with a single use ------------------------------------------------------------------------


def annotated(writer: Writer, row: Row, value: tuple[m.Annotation, ...]) -> str:
    return opened(row.name, "", "".join(_annotation(writer, annotation) for annotation in value))


def _annotation(writer: Writer, a: m.Annotation) -> str:
    parts = (("Title", a.title), ("Type", a.type), ("URL", a.url))
    body = "".join(_leaf(f"com:Annotation{part}", text) for part, text in parts if text is not None)
    body += localised("com:AnnotationText", chosen(a.text, writer.languages))
    if a.value is not None and writer.version.references == "urn":
        body += _leaf("com:AnnotationValue", a.value)
    return opened("com:Annotation", f' id="{escape(a.id)}"' if a.id is not None else "", body)


_CONTACT = {
    "name": "com:Name",
    "department": "str:Department",
    "role": "str:Role",
    "telephone": "str:Telephone",
    "fax": "str:Fax",
    "x400": "str:X400",
    "uri": "str:URI",
    "email": "str:Email",
}


def contacts(writer: Writer, row: Row, value: tuple[m.Text, ...]) -> str:
    return "".join(_contact(row.name, contact) for contact in value)


def _contact(tag: str, contact: m.Text) -> str:
    body = ""
    for wanted, element in _CONTACT.items():
        for key, texts in contact.items():
            field, _, language = key.partition("@")
            if field == wanted:
                speaks = field in ("name", "department", "role")
                head = f' xml:lang="{escape(language or "en")}"' if speaks else ""
                body += "".join(_leaf(element, text, head) for text in texts.split("\n"))
    return opened(tag, f' id="{escape(contact["id"])}"' if "id" in contact else "", body)


# SDMXCommon.xsd 2.1 SimpleDataType has not these types of 3.0 and of concepts.
NOT_SIMPLE = frozenset({"XHTML", "GeospatialInformation"})


def representation(writer: Writer, row: Row, value: m.Representation) -> str:
    """2.1 has code lists only, and one value in one language: a value list becomes text."""
    is_30 = writer.version.references == "urn"
    plain = not is_30 and row.name == "str:LocalRepresentation" and not row.of
    text_type = "String" if plain and value.text_type in NOT_SIMPLE else value.text_type
    kept = {n: facet for n, facet in value.facets.items() if not (plain and n == "isMultiLingual")}
    facets = "".join(f' {name}="{escape(facet)}"' for name, facet in kept.items())
    type_ = f' textType="{escape(text_type)}"'
    if value.enumeration and (is_30 or value.enumeration.kind == "codelist"):
        body = reference(writer, "str:Enumeration", value.enumeration)
        if facets or text_type != "String":
            body += f"<str:EnumerationFormat{type_}{facets}/>"
    else:
        body = f"<str:TextFormat{type_}{facets}/>"
    return opened(row.name, _occurs(value) if is_30 else "", body)


def _occurs(value: m.Representation) -> str:
    head = "" if value.min_occurs == 1 else f' minOccurs="{value.min_occurs}"'
    if value.max_occurs != 1:
        head += f' maxOccurs="{"unbounded" if value.max_occurs is None else value.max_occurs}"'
    return head


def relationship(writer: Writer, row: Row, value: m.Attribute) -> str:
    is_30 = writer.version.references == "urn"
    if value.attachment in (m.DATASET, m.OBSERVATION):
        on_data_set = "<str:Dataflow/>" if is_30 else "<str:None/>"
        on_value = "<str:Observation/>" if is_30 else local("str:PrimaryMeasure", "OBS_VALUE")
        return opened(row.name, "", on_data_set if value.attachment == m.DATASET else on_value)
    tag = "str:Group" if value.attachment == m.GROUP else "str:Dimension"
    write = _leaf if is_30 else local
    return opened(row.name, "", "".join(write(tag, to) for to in value.attached_to))


def selected_values(writer: Writer, row: Row, value: m.MemberSelection) -> str:
    return "".join(
        _leaf(row.name, code, ' cascadeValues="true"' if code in value.cascading else "")
        for code in value.values
    )


def time_range(writer: Writer, row: Row, value: m.MemberSelection) -> str:
    if value.start is None and value.end is None:
        return ""
    both = value.start is not None and value.end is not None
    body, prefix = "", row.name.partition(":")[0]
    if value.start is not None:
        tag = f"{prefix}:{'StartPeriod' if both else 'AfterPeriod'}"
        body += _period(tag, value.start, value.start_included)
    if value.end is not None:
        tag = f"{prefix}:{'EndPeriod' if both else 'BeforePeriod'}"
        body += _period(tag, value.end, value.end_included)
    return opened(row.name, "", body)


def _period(tag: str, period: str, included: bool) -> str:
    return _leaf(tag, period, f' isInclusive="{str(included).lower()}"')  # sdmx1 does not know its default


def lists(writer: Writer, row: Row, value: tuple[Ref | str, ...]) -> str:
    codelist, data_type = row.name.split("|")
    return "".join(
        _leaf(codelist, entry.urn) if isinstance(entry, Ref) else _leaf(data_type, entry) for entry in value
    )


def couples(writer: Writer, row: Row, value: tuple[tuple[str, str], ...]) -> str:
    first, second = row.name.split("|")
    return "".join(_leaf(first, source) + _leaf(second, target) for source, target in value)


def generic_dataflow(writer: Writer, row: Row, value: m.VtlMapping) -> str:
    return f"<{row.name}/>" if value.is_generic else ""


FORMS: dict[str, Callable[[Writer, Row, Any], str]] = {
    "name": name,
    "value": value,
    "values": values,
    "inner values": inner_values,
    "ref": ref,
    "refs": refs,
    "attachment": attachment,
    "many": many,
    "one": one,
    "text": own_text,
    "items": items,
    "chain": chain,
    "wrap": wrap,
    "categories": categories,
    "annotations": annotated,
    "contacts": contacts,
    "representation": representation,
    "relationship": relationship,
    "selected values": selected_values,
    "time range": time_range,
    "lists": lists,
    "couples": couples,
    "generic dataflow": generic_dataflow,
}
