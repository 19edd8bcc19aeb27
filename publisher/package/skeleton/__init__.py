"""A package to begin with: `write` makes the folder, its datapackage.json and the workbook to fill in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from publisher.errors import UsageError
from publisher.package.gate import DESCRIPTOR
from publisher.package.skeleton import workbook
from publisher.package.skeleton.columns import Columns, columns
from publisher.package.words import Words
from publisher.structures.definition import Definition, Resolved
from publisher.structures.model import DataProviderScheme, text
from publisher.structures.registry import Registry
from publisher.structures.schema import TYPES

MAX_ROWS = 50_000  # filled in beforehand; larger tables are better sent as CSV
_KEPT = ("keywords", "homepage", "licenses", "sources", "contributors")
_PROFILE = "https://datapackage.org/profiles/2.0/"
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write(
    out: Path,
    definition: Definition,
    registry: Registry,
    provider: str,
    release: str,
    words: Words,
    filled: pa.Table | None = None,
    before: Mapping[str, Any] = MappingProxyType({}),
) -> Path:
    """Make the package of `provider` for one dataflow in the new folder `out`.

    `filled` are its rows so far, `before` the descriptor that they came with: its licence, sources and
    contacts hold on; the reasons for which it accepted warnings do not, they were given for other figures.
    Raises UsageError when the provider may not file it, the rows are too many, or `out` holds something.
    """
    layout = columns(definition, registry, provider, words)
    flow = text(definition.dataflow.name, (words.language,))
    if filled is not None and filled.num_rows > MAX_ROWS:
        raise UsageError(
            f"{provider} has {filled.num_rows:,} rows in {definition.dataflow.ref.short}, more than the "
            f"{MAX_ROWS:,} that a workbook is good for; make it with --empty, or send a CSV file"
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is there already; name a new folder")
    out.mkdir(parents=True, exist_ok=True)
    file = f"{definition.dataflow.id.lower().replace('_', '-')}.xlsx"
    title = f"{flow}, {_name(registry, provider, words)}"
    action = "Merge" if filled is None else "Replace"
    steps = ("1", "2", f"3.{action}", "4", "5")
    about = (title, *(words(f"notes.step{step}", folder=out.name) for step in steps))
    workbook.write(out / file, words("sheet.data"), layout, about, words, filled)
    descriptor = {
        "$schema": _PROFILE + "datapackage.json",
        "name": f"{provider}-{definition.dataflow.id}-{release}".lower().replace("_", "-"),
        "title": title,
        **{name: before[name] for name in _KEPT if name in before},
        "sdmx": {"dataProvider": provider, "release": release},
        "resources": [_resource(file, definition, layout, action, words)],
    }
    content = json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"
    (out / DESCRIPTOR).write_text(content, encoding="utf-8", newline="\n")
    return out


def _name(registry: Registry, provider: str, words: Words) -> str:
    for scheme in registry.find("dataproviderscheme"):
        if isinstance(scheme, DataProviderScheme) and provider in scheme.items:
            return text(scheme.items[provider].name, (words.language,)) or provider
    return provider


def _resource(
    file: str, definition: Definition, layout: Columns, action: str, words: Words
) -> Mapping[str, Any]:
    """A sheet that begins with all rows of the provider replaces them; an empty one adds to them."""
    return {
        "name": file.removesuffix(".xlsx"),
        "type": "table",
        "path": file,
        "format": "xlsx",
        "mediatype": _MEDIA_TYPE,
        "dialect": {"sheetName": words("sheet.data"), "headerRows": [workbook.HEADER_ROW]},
        "schema": {
            "$schema": _PROFILE + "tableschema.json",
            "fields": [_field(c.resolved, list(c.choices.values()), c.title) for c in layout.columns],
            "primaryKey": [d.id for d in definition.dimensions if d.id not in layout.fixed]
            + ([definition.time.id] if definition.time else []),
            "missingValues": [""],
        },
        "sdmx": {
            "dataflow": definition.dataflow.ref.short,
            "action": action,
            "fixed": dict(layout.fixed),
            "labels": "both",
        },
    }


def _field(resolved: Resolved, choices: list[str], title: str) -> dict[str, Any]:
    """The values are the cells of the workbook, so that any Frictionless tool can check it as it is."""
    field: dict[str, Any] = {"name": resolved.id, "type": "string", "title": title}
    if choices and not resolved.is_array:
        field["constraints"] = {"enum": choices}
    elif resolved.codes is None and resolved.is_numeric:
        field["type"] = TYPES.get(resolved.representation.text_type, "number")
    return field
