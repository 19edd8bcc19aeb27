"""The pages about the API: served, whole, and without anything from elsewhere."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

PAGES = ["/docs/api", "/conformance", "/docs/gaps"]


@pytest.mark.parametrize("path", PAGES)
def test_page_needs_nothing_from_elsewhere(client: Any, path: str) -> None:
    reply = client.get(path)
    assert reply.status_code == 200
    text = reply.get_data(as_text=True)
    assert not re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(?:https?:)?//', text)


def test_document(client: Any) -> None:
    reply = client.get("/openapi.json")
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    document = json.loads(reply.get_data(as_text=True))
    page = client.get("/docs/api").get_data(as_text=True)
    for path, item in document["paths"].items():
        assert f"/sdmx{path}" in page
        for parameter in item["get"]["parameters"]:
            assert f"<code>{parameter['name']}</code>" in page
