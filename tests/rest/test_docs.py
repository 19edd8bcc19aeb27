"""docs/api.md: every address in it is answered as it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DOCS = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
COMMANDS = re.findall(
    r"^curl (?:-g )?'http://127\.0\.0\.1:8470/sdmx/([^']+)'(?: -H '([^:]+): ([^']+)')?$", DOCS, re.M
)
CELLS = [
    (f"{api}/{address}" + ("" if "?" in address else "?") + "&", "", "")
    for row in re.findall(r"^\| [^`|]+ \| (`data/[^|]+)\| ([^|]*)\|$", DOCS, re.M)
    for api, cell in zip(("v2", "v1"), row, strict=True)
    for address in re.findall(r"`(data/[^`]+)`", cell)
]


def test_there_are_examples() -> None:
    assert len(COMMANDS) == DOCS.count("\ncurl ")
    assert len(CELLS) >= 8


@pytest.mark.parametrize(("url", "name", "value"), COMMANDS + CELLS)
def test_example(ask: Callable[..., Any], url: str, name: str, value: str) -> None:
    reply = ask(url, **{name.lower().replace("-", "_"): value} if name else {})
    assert reply.status == 200, reply.text[:300]
    assert "Warning" not in reply.headers


FORMATS = re.findall(r"`(application/vnd\.sdmx\.[a-z]+\+[a-z]+;version=[0-9.]+)`", DOCS)


@pytest.mark.parametrize("content_type", FORMATS)
def test_format(ask: Callable[..., Any], content_type: str) -> None:
    path = "structure/dataflow" if "structure+" in content_type else "data/dataflow/LMIS/DF_LF"
    assert ask(f"v2/{path}", content_type).type == content_type
