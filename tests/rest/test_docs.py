"""docs/api.md, docs/metadata.md: every address in it is answered as it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publisher import formats

FOLDER = Path(__file__).parents[2] / "docs"
DOCS = "".join((FOLDER / name).read_text(encoding="utf-8") for name in ("api.md", "metadata.md"))
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


FORMATS = [
    (what, type_, version)
    for what, type_, versions in re.findall(
        r"^\| ([a-z, ]+) \| `(application/vnd[^`]+)` \| ([0-9., ]+) \|$", DOCS, re.M
    )
    for version in versions.split(", ")
]
PATHS = {
    "data": "data/dataflow/LMIS/DF_LF?limit=5",
    "structures, availability": "structure/dataflow",
    "schemas": "schema/dataflow/LMIS/DF_LF",
    "reports": "metadata/metadataset",
    "registrations": "registration",
}


@pytest.mark.parametrize(("what", "type_", "version"), FORMATS)
def test_format(ask: Callable[..., Any], what: str, type_: str, version: str) -> None:
    assert ask(f"v2/{PATHS[what]}", f"{type_};version={version}").type == f"{type_};version={version}"


def test_every_format_is_told() -> None:
    tables = (formats.DATA, formats.STRUCTURE, formats.SCHEMA, formats.METADATA, formats.REGISTRATION)
    told = {f"{type_};version={version}" for _, type_, version in FORMATS}
    assert told == {name for table in tables for name in table}
