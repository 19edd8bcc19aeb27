"""Parts of SDMX-JSON structure messages that several artefacts share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import attrgetter
from typing import Any

from publisher.structures import model as m
from publisher.structures.urns import Ref

Json = dict[str, Any]
Languages = tuple[str, ...] | None  # None: every one
Urn = Callable[[Ref], str]
URN: Urn = attrgetter("urn")
URN_21: Urn = attrgetter("urn_21")


def filled(written: Mapping[str, Any]) -> Json:
    """Without what is absent or empty: the schema's arrays have an entry at least."""
    return {key: value for key, value in written.items() if value not in (None, "", [], {}, ())}


def named(thing: m.Identifiable, languages: Languages) -> Json:
    """Name and description in the best language; in all of them too when all are asked for."""
    order = languages or ("en",)
    written: Json = {"name": m.text(thing.name, order), "description": m.text(thing.description, order)}
    if languages is None:
        written |= {"names": dict(thing.name), "descriptions": dict(thing.description)}
    return filled(written | {"annotations": [_annotation(a, languages) for a in thing.annotations]})


def identified(thing: m.Identifiable, languages: Languages) -> Json:
    """Id and annotations of what has no name."""
    annotations = [_annotation(a, languages) for a in thing.annotations]
    return filled({"id": thing.id, "annotations": annotations})


def _annotation(a: m.Annotation, languages: Languages) -> Json:
    written: Json = {"id": a.id, "title": a.title, "type": a.type, "value": a.value}
    written["text"] = m.text(a.text, languages or ("en",))
    if languages is None:
        written["texts"] = dict(a.text)
    if a.url:
        written["links"] = [{"rel": "related", "href": a.url}]
    return filled(written)


_SEVERAL = {
    "telephone": "telephones",
    "fax": "faxes",
    "x400": "x400s",
    "uri": "uris",
    "email": "emails",
}
_SPOKEN = ("name", "department", "role")


def contact(given: m.Text) -> Json:
    """`model.Organisation.contacts` tells the keys."""
    written: Json = {"id": given.get("id")}
    for field in _SPOKEN:
        texts = {k.partition("@")[2] or "en": v for k, v in given.items() if k.partition("@")[0] == field}
        if texts:
            written |= {field: m.text(m.Text(texts)), f"{field}s": texts}
    for field, key in _SEVERAL.items():
        written[key] = given[field].split("\n") if field in given else []
    return filled(written)


_NUMBERS = (
    "interval",
    "startValue",
    "endValue",
    "minValue",
    "maxValue",
    "minLength",
    "maxLength",
    "decimals",
)
_BOOLEANS = ("isSequence", "isMultiLingual")


def number(name: str, text: str) -> object:
    if name in _NUMBERS:
        number = Decimal(text)
        return int(number) if number == number.to_integral_value() else float(number)
    return text in ("true", "1") if name in _BOOLEANS else text


def representation(given: m.Representation, occurs: bool = True) -> Json:
    """`occurs`: whether the schema has minOccurs and maxOccurs there (not for dimensions)."""
    form = {"dataType": given.text_type} | {name: number(name, text) for name, text in given.facets.items()}
    if given.enumeration:
        has_form = given.facets or given.text_type != "String"
        written: Json = {
            "enumeration": given.enumeration.urn,
            "enumerationFormat": form if has_form else None,
        }
    else:
        written = {"format": form}
    if occurs and given.min_occurs != 1:
        written["minOccurs"] = given.min_occurs
    if occurs and given.max_occurs != 1:
        written["maxOccurs"] = "unbounded" if given.max_occurs is None else given.max_occurs
    return {key: value for key, value in written.items() if value is not None}


def components(structure: m.DataStructure, languages: Languages) -> Json:
    dimensions = [
        _component(d, languages, occurs=False) | {"position": n}
        for n, d in enumerate(structure.key_dimensions)
    ]
    time = structure.time_dimension
    attributes = [_attribute(attribute, languages) for attribute in structure.attributes]
    measures = [_measure(measure, languages) for measure in structure.measures]
    return filled(
        {
            "dimensionList": filled(
                {
                    "id": "DimensionDescriptor",
                    "dimensions": dimensions,
                    "timeDimension": _component(time, languages, occurs=False) if time else None,
                }
            ),
            "groups": [_group(group, languages) for group in structure.groups],
            "attributeList": _attribute_list(structure, attributes, languages),
            "measureList": _listed("MeasureDescriptor", "measures", measures),
        }
    )


def _attribute_list(structure: m.DataStructure, attributes: list[Json], languages: Languages) -> Json | None:
    usages = [
        annotated(usage.annotations, languages)
        | {
            "metadataAttributeReference": usage.metadata_attribute,
            "attributeRelationship": relationship(usage.attachment, usage.attached_to),
        }
        for usage in structure.metadata_usages
    ]
    written = filled({"attributes": attributes, "metadataAttributeUsages": usages})
    return {"id": "AttributeDescriptor"} | written if written else None


def _listed(id_: str, key: str, written: list[Json]) -> Json | None:
    return {"id": id_, key: written} if written else None


def _group(group: m.Group, languages: Languages) -> Json:
    return identified(group, languages) | {"groupDimensions": list(group.dimensions)}


def _component(component: m.Component, languages: Languages, occurs: bool = True) -> Json:
    local = component.representation
    return filled(
        {
            **identified(component, languages),
            "conceptIdentity": component.concept.urn if component.concept else None,
            "conceptRoles": [role.urn for role in component.roles],
            "localRepresentation": representation(local, occurs) if local else None,
        }
    )


def _usage(is_mandatory: bool) -> str:
    return "mandatory" if is_mandatory else "optional"


def _measure(measure: m.Measure, languages: Languages) -> Json:
    return _component(measure, languages) | {"usage": _usage(measure.is_mandatory)}


def _attribute(attribute: m.Attribute, languages: Languages) -> Json:
    written = _component(attribute, languages) | {"usage": _usage(attribute.is_mandatory)}
    if attribute.measures:
        written["measureRelationship"] = list(attribute.measures)
    return written | {"attributeRelationship": relationship(attribute.attachment, attribute.attached_to)}


def relationship(attachment: str, attached_to: tuple[str, ...]) -> Json:
    match attachment:
        case m.GROUP:
            return {"group": attached_to[0]}
        case m.DIMENSIONS:
            return {"dimensions": list(attached_to)}
    return {attachment: {}}  # observation, dataflow


def hierarchical_code(code: m.HierarchicalCode, languages: Languages) -> Json:
    return filled(
        {
            **identified(code, languages),
            "code": code.code.urn if code.code else None,
            "hierarchicalCodes": [hierarchical_code(child, languages) for child in code.children],
            "level": code.level,
        }
    )


def levels(given: tuple[m.Identifiable, ...], languages: Languages) -> Json | None:
    """Each level holds the next."""
    if not given:
        return None
    first, *rest = given
    return filled({"id": first.id} | named(first, languages) | {"level": levels(tuple(rest), languages)})


def urn_of(ref: Ref | None) -> str | None:
    return ref.urn if ref else None


def refs(urn: Urn = URN, /, **fields: str) -> Callable[[Any, Languages], Json]:
    """What has references only: key → field."""
    return lambda artefact, languages: {key: plain(getattr(artefact, f), urn) for key, f in fields.items()}


def plain(value: object, urn: Urn = URN) -> object:
    """A field as JSON has it: references as URNs, tuples as arrays."""
    if isinstance(value, Ref):
        return urn(value)
    return [plain(entry, urn) for entry in value] if isinstance(value, tuple) else value


def localised(key: str, text: m.Text, languages: Languages) -> Json:
    """`key` in the best language; `<key>s` in all when all are asked for."""
    written: Json = {key: m.text(text, languages or ("en",))}
    return filled(written | ({f"{key}s": dict(text)} if languages is None else {}))


def annotated(annotations: tuple[m.Annotation, ...], languages: Languages) -> Json:
    return filled({"annotations": [_annotation(a, languages) for a in annotations]})


def zoned(instant: str | None) -> str | None:
    """RFC 3339 wants a time and a zone; XML Schema does not. Without them it is midnight, UTC."""
    if instant is None:
        return None
    whole = instant if "T" in instant else f"{instant[:10]}T00:00:00{instant[10:]}"
    has_zone = whole.endswith("Z") or "+" in whole[10:] or "-" in whole[10:]
    return whole if has_zone else f"{whole}Z"


def scheme(key: str, item: Callable[[Any, Languages], Json]) -> Callable[[Any, Languages], Json]:
    def write(scheme: m.ItemScheme, languages: Languages) -> Json:
        items = [filled(item(entry, languages)) for entry in scheme.items.values()]
        return {"isPartial": scheme.is_partial or None, key: items}

    return write


def nested(scheme: m.ItemScheme, key: str, languages: Languages, more: Callable[[Any], Json]) -> list[Json]:
    """Items inside each other, by their parents; their ids are paths."""
    below: dict[str | None, list[m.Item]] = {}
    for item in scheme.items.values():
        below.setdefault(item.parent, []).append(item)

    def written(item: m.Item) -> Json:
        head = {"id": item.id.rpartition(".")[2]} | named(item, languages)
        return filled(head | {key: [written(child) for child in below.get(item.id, ())]} | more(item))

    return [written(item) for item in below.get(None, ())]
