"""JSON schemas of data messages of one structure: what SDMX-JSON 2.1 and 2.0 may say of it.

They stand beside the standard's own schema, which says what any message looks like, and say what it
cannot: the components, where they are, and their codes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.formats.data_ml import namespace
from publisher.formats.fragments import chunks
from publisher.formats.layout import missing
from publisher.formats.message import SchemaRequest
from publisher.formats.schema_levels import Levels
from publisher.formats.schema_types import json_type
from publisher.structures.definition import Resolved
from publisher.structures.model import Dimension, Measure, text

Json = dict[str, Any]
LEVELS = ("dataSet", "dimensionGroup", "series", "observation")
_KEY = "^[0-9]+(:[0-9]+)*$"


@dataclass(frozen=True)
class Version:
    draft: str
    definitions: str  # where that draft keeps its parts
    general: str  # the standard's schema of all data messages


V21 = Version(
    "https://json-schema.org/draft/2019-09/schema",
    "$defs",
    "https://json.sdmx.org/2.1/sdmx-json-data-schema.json",
)
V20 = Version(
    "http://json-schema.org/draft-07/schema#",
    "definitions",
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/2.0.0/"
    "sdmx-json-data-schema.json",
)


def write_21(request: SchemaRequest) -> Iterator[bytes | memoryview]:
    """Of SDMX-JSON 2.1.0."""
    return chunks([json.dumps(_document(_Schema(Levels(request), V21)), ensure_ascii=False)])


def write_20(request: SchemaRequest) -> Iterator[bytes | memoryview]:
    """Of SDMX-JSON 2.0.0."""
    return chunks([json.dumps(_document(_Schema(Levels(request), V20)), ensure_ascii=False)])


def _document(schema: _Schema) -> Json:
    levels, version = schema.levels, schema.version
    structures = {"type": "array", "minItems": 1, "items": schema.structure()}
    datasets = {"type": "array", "items": schema.dataset()}
    data = {
        "type": "object",
        "required": ["structures", "dataSets"],
        "properties": {"structures": structures, "dataSets": datasets},
        **schema.measured(),
    }
    return {
        "$schema": version.draft,
        "$id": namespace((levels.structure, levels.request.dimension_at_observation)),
        "$comment": f"Holds together with {version.general}",
        "title": text(levels.request.definition.dataflow.name),
        "type": "object",
        "required": ["meta", "data"],
        "properties": {"data": data},
        version.definitions: schema.components(),
    }


@dataclass(frozen=True)
class _Schema:
    levels: Levels
    version: Version

    def structure(self) -> Json:
        levels = self.levels
        named = {
            "type": "object",
            "required": ["urn"],
            "properties": {"urn": {"const": levels.structure.urn}},
        }
        dimensions: dict[str, Sequence[Resolved]] = {
            "dataSet": levels.dimensions,
            "series": levels.series_dimensions,
            "observation": levels.observation_dimensions,
        }
        above = levels.request.definition.attributes
        attributes: dict[str, Sequence[Resolved]] = dict.fromkeys(LEVELS, above)
        parts = {
            "dimensions": self._lists(dimensions),
            "measures": self._lists({"observation": levels.request.definition.measures}),
            "attributes": self._lists(attributes),
        }
        return {
            "type": "object",
            "required": ["links", "dimensions"],
            "properties": {"links": {"type": "array", "contains": named}, **parts},
        }

    def _lists(self, lists: dict[str, Sequence[Resolved]]) -> Json:
        return {"type": "object", "properties": {name: self._list(found) for name, found in lists.items()}}

    def _list(self, components: Sequence[Resolved]) -> Json:
        """A list of components, each as its own part of the schema says."""
        if not components:
            return {"type": "array", "maxItems": 0}
        cases = [
            {
                "if": {"properties": {"id": {"const": c.id}}},
                "then": {"$ref": f"#/{self.version.definitions}/{c.id}"},
            }
            for c in components
        ]
        known = {"id": {"enum": [c.id for c in components]}}
        return {
            "type": "array",
            "items": {"type": "object", "required": ["id"], "properties": known, "allOf": cases},
        }

    # -- components

    def components(self) -> Json:
        return {c.id: self._component(c) for c in self.levels.request.definition.components.values()}

    def _component(self, component: Resolved) -> Json:
        is_dimension = isinstance(component.component, Dimension)
        values: Json = {"values": {"type": "array", "items": self._value(component)}}
        about: Json = {"title": text(component.name), "type": "object", "properties": values}
        if is_dimension:
            values["keyPosition"] = {"const": self.levels.dimensions.index(component)}
            about["required"] = ["keyPosition", "values"]
        return about

    def _value(self, component: Resolved) -> Json:
        """An entry of the list of values: a code by `id`, anything else by `value`, several by `values`."""
        one = self._one(component)
        entry = {"type": "object", "properties": {"id": one, "value": one}}
        if not component.is_array:
            return entry
        most = component.representation.max_occurs
        several = {"type": "array", "items": one} | ({"maxItems": most} if most else {})
        entry["properties"] = {"id": one, "value": one, "values": several}
        return {"anyOf": [{"type": "null"}, entry]}

    def _one(self, component: Resolved) -> Json:
        if self.levels.request.deletion and not isinstance(component.component, Dimension):
            return {}  # a value says which is deleted, not what it was
        listed = self.levels.values(component)
        if listed is None:
            return json_type(component.representation.text_type, component.representation.facets)
        return {
            "enum": [*listed, *([missing(component)] if isinstance(component.component, Measure) else [])]
        }

    # -- data sets

    def dataset(self) -> Json:
        observations = {
            "type": "object",
            "propertyNames": {"pattern": _KEY},
            "additionalProperties": {"type": "array"},
        }
        series: Json = {
            "type": "object",
            "propertyNames": {"pattern": _KEY},
            "additionalProperties": {"type": "object", "properties": {"observations": observations}},
        }
        here, absent = ("observations", "series") if self.levels.is_flat else ("series", "observations")
        held = observations if self.levels.is_flat else series
        return {"type": "object", "properties": {here: held, absent: False}}

    def measured(self) -> Json:
        """Where a message has all measures, they come first in each observation."""
        measures = self.levels.request.definition.measures
        if not measures or self.levels.request.deletion:
            return {}
        every: Json = {"minItems": len(measures)}
        listed: Json = {"required": ["observation"], "properties": {"observation": every}}
        structure: Json = {"required": ["measures"], "properties": {"measures": listed}}
        condition = {"properties": {"structures": {"items": structure}}}
        places = {"additionalProperties": {"items": [self._measure(m) for m in measures]}}
        series = {"additionalProperties": {"properties": {"observations": places}}}
        datasets = {"items": {"properties": {"observations": places, "series": series}}}
        return {"if": condition, "then": {"properties": {"dataSets": datasets}}}

    def _measure(self, measure: Resolved) -> Json:
        if measure.codes is not None:
            return {"type": ["integer", "array", "string", "null"]}
        one = self._one(measure)
        return {"anyOf": [one, {"enum": [missing(measure), None]}]}
