"""Parts of SDMX-JSON 2.0 structure messages that several artefacts share."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from publisher.structures import model as m

Json = dict[str, Any]
Languages = tuple[str, ...] | None  # None: every one


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


def _facet(name: str, text: str) -> object:
    if name in _NUMBERS:
        number = Decimal(text)
        return int(number) if number == number.to_integral_value() else float(number)
    return text in ("true", "1") if name in _BOOLEANS else text


def representation(given: m.Representation, occurs: bool = True) -> Json:
    """`occurs`: whether the schema has minOccurs and maxOccurs there (not for dimensions)."""
    form = {"dataType": given.text_type} | {name: _facet(name, text) for name, text in given.facets.items()}
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
            "attributeList": _listed("AttributeDescriptor", "attributes", attributes),
            "measureList": _listed("MeasureDescriptor", "measures", measures),
        }
    )


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
    match attribute.attachment:
        case m.GROUP:
            relationship: Json = {"group": attribute.attached_to[0]}
        case m.DIMENSIONS:
            relationship = {"dimensions": list(attribute.attached_to)}
        case attachment:  # observation, dataflow
            relationship = {attachment: {}}
    return written | {"attributeRelationship": relationship}


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


def region(given: m.CubeRegion) -> Json:
    keys = [_selection(s) for s in given.selections if s.is_key]
    others = [_selection(s) for s in given.selections if not s.is_key]
    return filled({"include": given.is_included, "keyValues": keys, "components": others})


def _selection(given: m.MemberSelection) -> Json:
    # The schema takes a bare text too, pysdmx only an object.
    values = [{"value": v} | ({"cascadeValues": True} if v in given.cascading else {}) for v in given.values]
    return filled(
        {
            "id": given.component,
            "include": given.is_included,
            "values": values,
            "timeRange": _time_range(given),
        }
    )


def _time_range(given: m.MemberSelection) -> Json:
    both = given.start is not None and given.end is not None
    ends = (
        ("startPeriod" if both else "afterPeriod", given.start, given.start_included),
        ("endPeriod" if both else "beforePeriod", given.end, given.end_included),
    )
    return {
        key: {"period": period, "isInclusive": included}
        for key, period, included in ends
        if period is not None
    }
