"""The OpenAPI 3.1 document of what this service answers, made from the tables that read queries.

Words and examples are in templates/pages/openapi.toml; tests run every example.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from publisher import formats
from publisher.folders import folder
from publisher.query import v1, v2, v2_others
from publisher.query.parameters import EXTENSIONS, Reader
from publisher.rest.served import served

Json = dict[str, Any]
# Resource of a generation → the parameters that it reads.
TABLES: Mapping[tuple[str, str], Mapping[str, Reader]] = {
    ("v2", "data"): v2.DATA,
    ("v2", "availability"): v2.AVAILABILITY,
    ("v2", "structure"): v2.STRUCTURE,
    ("v2", "schema"): v2.SCHEMA,
    ("v2", "metadata"): v2_others.METADATA,
    ("v2", "registration"): v2_others.REGISTRATION,
    ("v1", "data"): v1.DATA,
    ("v1", "availableconstraint"): v1.AVAILABILITY,
    ("v1", "structure"): v1.STRUCTURE,
    ("v1", "schema"): v1.SCHEMA,
    ("v1", "metadata"): v1.DATA,
}
WITH_FILTERS = (("v2", "data"), ("v2", "availability"))
PARTS: Mapping[str, Json] = {
    "artefactType": {"v2": v2.ARTEFACT_TYPES, "v1": tuple(v1.TYPES)},
    "context": {"v2": v2.DATA_CONTEXTS, "v1": v1.SCHEMA_CONTEXTS},
}
STATUSES = {
    "304": "Nothing was released since the answer that If-None-Match or If-Modified-Since names.",
    "400": "Not the grammar of the API.",
    "404": "No such artefact; in REST 1.5 also: nothing matches.",
    "406": "The format, language or compression is not served.",
    "413": "Too many keys.",
    "414": "The address is too long.",
    "422": "Grammatical, but no such component, dimension or moment.",
    "429": "Too many requests of one client in a minute; Retry-After tells when to go on.",
    "500": "The service could not answer; the fault is on its side.",
    "503": "Too much is asked of the service at this moment.",
}


@cache
def words() -> Json:
    """The texts and examples."""
    path = folder("templates") / "pages" / "openapi.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def document(base_url: str = "", version: str = "") -> Json:
    """The document; `base_url` is where the public finds this deployment."""
    paths: Json = {}
    for resource in words()["resource"]:
        paths[f"/{resource['api']}{resource['path']}"] = {"get": _operation(resource)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SDMX web service",
            "version": version or "1",
            "summary": "SDMX REST 2.2.2 below /v2 and 1.5.0 below /v1, over the same data.",
        },
        "servers": [{"url": f"{base_url}/sdmx"}],
        "paths": paths,
    }


def _operation(resource: Json) -> Json:
    api, path = resource["api"], resource["path"]
    values = dict(_values(resource))
    parts = [_part(resource, name, values) for name in re.findall(r"\{(\w+)\}", path)]
    return {
        "operationId": re.sub(r"\W+", "_", f"{api}{path}").strip("_"),
        "tags": [f"{api} {resource['name']}"],
        "summary": resource["summary"],
        "parameters": [*parts, *(_parameter(resource, name, reader) for name, reader in _readers(resource))],
        "responses": _responses(api, resource["kind"]),
    }


def _readers(resource: Json) -> Iterator[tuple[str, Reader | None]]:
    place = (resource["api"], resource["name"])
    if place in WITH_FILTERS:
        yield "c", None
    yield from TABLES[place].items()
    yield from ((name, None) for name in EXTENSIONS)


def _values(resource: Json) -> Iterator[tuple[str, str]]:
    """Part of the path → its value in the example."""
    for form, value in zip(resource["path"].split("/"), resource["example"].split("/"), strict=True):
        if form.startswith("{"):
            yield form[1:-1], value


def _part(resource: Json, name: str, values: Mapping[str, str]) -> Json:
    schema: Json = {"type": "string"}
    if name in PARTS and not (name == "context" and resource["name"] == "schema"):
        schema["enum"] = list(PARTS[name][resource["api"]])
    text = words()["parts"][name]
    part = {"name": name, "in": "path", "required": True, "description": text, "schema": schema}
    return part | {"example": values[name]}


def _parameter(resource: Json, name: str, reader: Reader | None) -> Json:
    told = words()["parameter"][name]
    schema = dict(getattr(reader, "schema", {"type": "string"}))
    found: Json = {
        "name": told.get("name", name),
        "in": "query",
        "description": told["text"],
        "schema": schema,
    }
    if schema.get("type") == "array":
        found |= {"style": "form", "explode": False}
    example = example_of(resource, name)
    return found | {"example": [example] if schema.get("type") == "array" else _typed(example, schema)}


def example_of(resource: Json, name: str) -> str:
    """A value of the parameter that the resource's example answers."""
    told = words()["parameter"][name]
    found: str = told.get("examples", {}).get(resource["kind"]) or told["example"]
    return found


def _typed(text: str, schema: Json) -> Any:
    if schema.get("type") == "boolean":
        return text == "true"
    return int(text) if schema.get("type") == "integer" else text


def _responses(api: str, kind: str) -> Json:
    rows = served(api, kind).rows
    errors: Json = {name: {} for name in formats.ERROR}
    found: Json = {"200": {"description": "Found.", "content": {row.content_type: {} for row in rows}}}
    if api == "v2":
        found["204"] = {"description": "Nothing matches."}
    for status, text in STATUSES.items():
        if not (api == "v1" and status == "422"):
            content = {} if status == "304" else {"content": errors}
            found[status] = {"description": text, **content}
    return found


def examples() -> Iterator[tuple[str, str]]:
    """Every example: where it stands, and its address below /sdmx."""
    for resource in words()["resource"]:
        address = resource["api"] + resource["example"]
        yield f"{resource['api']} {resource['path']}", address
        for name, _ in _readers(resource):
            if name == "formatVersion":
                continue  # says nothing alone
            written = words()["parameter"][name].get("name", name)
            value = quote(example_of(resource, name), safe="+:,*[]/-")
            yield f"{resource['api']} {resource['path']} {name}", f"{address}?{written}={value}"
