"""`lmis dsd schema`: a dataflow as a Frictionless Table Schema, for those who prepare its packages.

Source: Table Schema (Data Package v2), https://datapackage.org/standard/table-schema/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from publisher.structures import model as m
from publisher.structures.definition import Definition, Resolved

if TYPE_CHECKING:
    from publisher.structures.registry import Registry

# SDMX data type → type of a Table Schema field; all others are strings.
TYPES: dict[str, str] = {
    "BigInteger": "integer",
    "Integer": "integer",
    "Long": "integer",
    "Short": "integer",
    "Count": "integer",
    "Decimal": "number",
    "Float": "number",
    "Double": "number",
    "Incremental": "number",
    "Boolean": "boolean",
    "DateTime": "datetime",
    "GregorianDay": "date",
    "GregorianYear": "year",
    "GregorianYearMonth": "yearmonth",
}
# SDMX facet → constraint of a field.
CONSTRAINTS: dict[str, str] = {
    "minLength": "minLength",
    "maxLength": "maxLength",
    "minValue": "minimum",
    "maxValue": "maximum",
    "pattern": "pattern",
}


def table_schema(
    definition: Definition, registry: Registry, languages: tuple[str, ...] = ("en",)
) -> dict[str, Any]:
    """Fields in the structure's order: dimensions, time, measures, attributes.

    Codes are those that the dataflow's and structure's constraints let through, with their labels.
    A measure is not required: a missing value is an observation with its status.
    """
    allowed = registry.allowed(definition.structure.ref, definition.dataflow.ref)
    dimensions = [r.id for r in definition.components.values() if isinstance(r.component, m.Dimension)]
    return {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "name": definition.dataflow.id.lower(),
        "title": m.text(definition.dataflow.name, languages),
        "fields": [_field(r, allowed.get(r.id), languages) for r in definition.components.values()],
        "primaryKey": dimensions,
        "missingValues": [""],
        "sdmx": {"dataflow": definition.dataflow.ref.short},
    }


def _field(resolved: Resolved, allowed: frozenset[str] | None, languages: tuple[str, ...]) -> dict[str, Any]:
    representation = resolved.representation
    simple = resolved.codes is None and not resolved.is_array
    type_ = TYPES.get(representation.text_type, "string") if simple else "string"
    field: dict[str, Any] = {
        "name": resolved.id,
        "type": type_,
        "title": m.text(resolved.name, languages),
        "description": _description(resolved, languages),
        "constraints": _constraints(resolved, allowed, type_),
    }
    if resolved.codes is not None and not resolved.is_array:
        values = field["constraints"]["enum"]
        items = resolved.codes.items
        field["categories"] = [{"value": v, "label": m.text(items[v].name, languages) or v} for v in values]
    return {name: value for name, value in field.items() if value not in ("", {})}


def _description(resolved: Resolved, languages: tuple[str, ...]) -> str:
    return m.text(resolved.component.description or resolved.concept.description, languages)


def _constraints(resolved: Resolved, allowed: frozenset[str] | None, type_: str) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": _required(resolved.component)}
    if resolved.codes is not None and not resolved.is_array:
        constraints["enum"] = [code for code in resolved.codes.items if allowed is None or code in allowed]
        return constraints
    for facet, name in CONSTRAINTS.items():
        if facet in resolved.representation.facets and not resolved.is_array:
            constraints[name] = _value(name, resolved.representation.facets[facet], type_)
    return constraints


def _value(name: str, text: str, type_: str) -> object:
    if name in ("minLength", "maxLength"):
        return int(text)
    return int(text) if type_ == "integer" else float(text) if type_ == "number" else text


def _required(component: m.Component) -> bool:
    match component:
        case m.Dimension():
            return True
        case m.Attribute():
            return component.is_mandatory
    return False
