"""The house keeps its shape: imports point down, and one outside library has one room."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted(p for top in ("publisher", "catalogue") for p in (ROOT / top).rglob("*.py"))

# Lower may not import higher; rooms on one floor do not import each other.
FLOORS: list[set[str]] = [
    {"errors", "usage", "settings", "folders", "logs", "metrics"},
    {"structures"},
    {"query"},
    {"package", "store", "formats"},
    {"rest", "factsheets", "frames"},
    {"release"},
    {"web", "operation"},
    {"desk"},
    {"cli"},
    {"__main__"},
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

ROOMS_OF_LIBRARY = {
    "flask": {"web", "desk", "catalogue/actions"},
    "werkzeug": {"web", "desk", "catalogue/actions"},
    "granian": {"web"},
    "ckanapi": {
        "catalogue/apply",
        "catalogue/plan",
        "catalogue/patience",
        "catalogue/remote",
        "catalogue/tables",
    },
    "duckdb": {"store"},
    "frictionless": {"package"},
    "polars": set(),  # only demo/build.py and benchmarks use it
    "sdmx": {"structures"},
    "lxml": {"formats", "structures", "factsheets"},
    "typst": {"factsheets"},
    "pikepdf": {"factsheets"},
    "uharfbuzz": {"factsheets"},
    "jinja2": {"factsheets", "web", "package"},
    "brotli": {"rest"},
    "zstandard": {"rest"},
    "babel": {"factsheets", "web"},
    "vl_convert": {"factsheets"},
    "pandas": {"frames", "package"},
    "vtlengine": {"package"},
    "sqlite3": {"catalogue/embedded"},
    "xlsxwriter": {"package"},
    "snowballstemmer": {"catalogue/words"},
    "prometheus_client": {"metrics"},
    "rdflib": {"catalogue/vocabulary", "catalogue/graph", "catalogue/feed"},
}


def room(path: Path) -> str:
    top, *rest = path.relative_to(ROOT).parts
    if top == "catalogue":
        return "catalogue/" + Path(rest[-1]).stem
    return Path(rest[0]).stem


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            if node.module == "publisher":
                found |= {f"publisher.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    here = room(path)
    inside = {name.split(".")[1] for name in imports(path) if name.startswith("publisher.")}
    if here.startswith("catalogue/"):
        assert not inside, "the catalogue knows nothing of the publisher"
        return
    if here == "__init__":
        return
    upward = {other for other in inside - {here} if FLOOR[other] >= FLOOR[here] and FLOOR[here] > 0}
    assert not upward, f"{here} may not import {upward}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_one_library_one_room(path: Path) -> None:
    used = {name.split(".")[0] for name in imports(path)} & ROOMS_OF_LIBRARY.keys()
    strangers = {library for library in used if room(path) not in ROOMS_OF_LIBRARY[library]}
    assert not strangers, f"{room(path)} may not import {strangers}"
