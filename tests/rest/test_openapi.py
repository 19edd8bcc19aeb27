"""The OpenAPI document: it has every parameter that is read, and every example in it is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from publisher.rest import openapi

DOCUMENT = openapi.document("http://127.0.0.1:8470")


@pytest.mark.slow
@pytest.mark.parametrize(("place", "url"), list(openapi.examples()))
def test_example(ask: Callable[..., Any], place: str, url: str) -> None:
    reply = ask(url)
    assert reply.status == 200, f"{place}: {reply.text[:300]}"
    assert "Warning" not in reply.headers


def test_every_parameter_is_described() -> None:
    for (api, name), table in openapi.TABLES.items():
        found = [r for r in openapi.words()["resource"] if (r["api"], r["name"]) == (api, name)]
        assert found, (api, name)
        for resource in found:
            parameters = DOCUMENT["paths"][f"/{api}{resource['path']}"]["get"]["parameters"]
            named = {p["name"] for p in parameters if p["in"] == "query"}
            assert named >= table.keys()
            assert all(p["description"] and "example" in p for p in parameters)


def test_it_is_an_openapi_document() -> None:
    """Names of operations are unique, parts of paths are declared, and it is JSON."""
    operations = [path["get"] for path in DOCUMENT["paths"].values()]
    assert len({o["operationId"] for o in operations}) == len(operations)
    for path, item in DOCUMENT["paths"].items():
        parts = {p["name"] for p in item["get"]["parameters"] if p["in"] == "path"}
        assert all(f"{{{part}}}" in path for part in parts)
        assert path.count("{") == len(parts)
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT
    assert DOCUMENT["openapi"] == "3.1.0"


def test_every_resource_has_its_table() -> None:
    from publisher.query import v1, v2

    assert {name for api, name in openapi.TABLES if api == "v2"} == set(v2.RESOURCES)
    assert {name for api, name in openapi.TABLES if api == "v1"} == {*v1.RESOURCES, "structure"}
