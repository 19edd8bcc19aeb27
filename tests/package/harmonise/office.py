"""National tables made on the spot, with a layout and code maps of their own."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from publisher.structures.registry import Registry

LAYOUT = """
[title]
en = "A table"
[body]
first_row = 2
[[variable]]
name = "industry"
column = "A"
[[variable]]
name = "measure"
row = 1
[[codes]]
map = "industry"
[[codes]]
map = "measure"
[missing]
"-" = "no row"
"..." = "O"
[fixed]
FREQ = "A"
TIME_PERIOD = "2023"
REF_AREA = "PHL"
SEX = "_T"
AGE = "Y_GE15"
EDUCATION_LEV = "_T"
OCCUPATION = "_T"
STATUS_IN_EMPLOYMENT = "_T"
DURATION = "_T"
URBANISATION = "_T"
POP_COVERAGE = "_T"
SEASONAL_ADJUST = "N"
SOURCE = "PHL_LFS"
SOURCE_TYPE = "NS"
UNIT_MULT = "0"
OBS_STATUS = "A"
[dataflows]
"LMIS:DF_EMP(1.0.0)" = { INDICATOR = ["EMP_TEMP_NB", "EMP_DEAP_RT"] }
"""
MEASURE = "measure,INDICATOR,UNIT_MEASURE\nemployed,EMP_TEMP_NB,PS\nrate,EMP_DEAP_RT,PT\n"
HEAD = "industry,ACTIVITY,weight,rule,note\n"
Rows = Sequence[Sequence[str]]


def write(
    place: Path, rows: Rows, layout: str = LAYOUT, resource: Mapping[str, object] | None = None, **codes: str
) -> Path:
    """A folder of structures with the map PHL_PSA/made, and a package that uses it; gives the package."""
    maps = place / "dsd" / "maps" / "PHL_PSA"
    (maps / "made").mkdir(parents=True, exist_ok=True)
    (maps / "made" / "layout.toml").write_text(layout, encoding="utf-8")
    for name, text in ({"measure": MEASURE} | codes).items():
        (maps / f"{name}.csv").write_text(text, encoding="utf-8")
    package = place / "package"
    package.mkdir(exist_ok=True)
    with (package / "table.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    own = {"map": "PHL_PSA/made"} | dict(resource or {})
    descriptor = {
        "name": "made",
        "sdmx": {"dataProvider": "PHL_PSA", "release": "2024", "releaseDate": "2024-06-01T12:00:00+08:00"},
        "resources": [{"name": "table", "path": "table.csv", "sdmx": own}],
    }
    (package / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return package


def with_maps(registry: Registry, place: Path) -> Registry:
    return dataclasses.replace(registry, folders=(*registry.folders, place / "dsd"))


def package_of(file: Path, provider: str, name: str) -> Path:
    """A package beside `file` with it as its only table, harmonised by the map `name`."""
    package = file.parent / f"package-{file.name.replace('.', '-')}"
    package.mkdir()
    (package / file.name).write_bytes(file.read_bytes())
    descriptor = {
        "name": file.name.lower(),
        "sdmx": {"dataProvider": provider, "release": "2025", "releaseDate": "2025-12-31T12:00:00+08:00"},
        "resources": [{"name": "table", "path": file.name, "sdmx": {"map": name}}],
    }
    (package / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return package
