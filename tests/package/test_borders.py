"""Every number of the gate and the readers, one below and one above: taken, and refused with its code."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from publisher.package import archives, check, descriptor, folders, header, jsontext, names, patterns
from publisher.package.readers import parquet, xlsx, xlsx_parts, xml
from publisher.structures.registry import Registry
from tests.package import made
from tests.package.hostile.case import LINES, files, plain

Make = Callable[[Path], Path]


def table(folder: Path) -> Path:
    return plain(folder)


def zipped(folder: Path) -> Path:
    path = folder / "p.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files().items():
            archive.writestr(name, data)
    return path


def workbook(folder: Path) -> Path:
    return made.package(folder / "p", "jobs.xlsx", made.as_shared_xlsx(LINES))


def columnar(folder: Path) -> Path:
    return made.package(folder / "p", "jobs.parquet", made.as_parquet())


def message(folder: Path) -> Path:
    data = made.as_sdmx(next(f for f in made.SDMX_FORMATS if f.name.endswith("ML_3_0")))
    return made.package(folder / "p", "jobs.xml", data, format="sdmx-ml")


def patterned(folder: Path) -> Path:
    fields = [{"name": n, "constraints": {"pattern": ".*"}} for n in made.NAMES]
    return plain(folder, schema={"fields": fields})


def two_sheets(folder: Path) -> Path:
    path = made.package(folder / "p", "jobs.xlsx", made.as_xlsx(LINES))
    content = json.loads((path / "datapackage.json").read_text("utf-8"))
    content["resources"][0]["dialect"] = {"sheetName": "Data"}
    (path / "datapackage.json").write_text(json.dumps(content))
    return path


def deep(folder: Path) -> Path:
    path = plain(folder)
    (path / "a" / "b").mkdir(parents=True)
    (path / "a" / "b" / "note.txt").write_text("x")
    return path


SIZES = sum(len(data) for data in files().values())
TEXTS = {t for line in LINES for t in line if t} - {row["OBS_VALUE"] for row in made.ROWS}
DESCRIPTOR = len(files()["datapackage.json"])
# The module, its number, the package that needs exactly so much, how much that is, and the code one below.
NUMBERS: list[tuple[ModuleType, str, Make, int, str]] = [
    (archives, "MAX_MEMBERS", table, 2, "too-large"),
    (archives, "MAX_MEMBERS", zipped, 2, "too-large"),
    (archives, "MAX_TOTAL", table, SIZES, "too-large"),
    (archives, "MAX_TOTAL", zipped, SIZES, "too-large"),
    (folders, "MAX_DEPTH", deep, 2, "not-a-regular-file"),
    (jsontext, "MAX_BYTES", table, DESCRIPTOR, "json-invalid"),
    (jsontext, "MAX_DEPTH", table, 4, "json-invalid"),
    (names, "MAX_NAME", table, len("datapackage.json"), "unsafe-name"),
    (names, "MAX_PATH", table, len("datapackage.json"), "unsafe-name"),
    (patterns, "MAX_PATTERN", patterned, 2, "pattern-unsupported"),
    (header, "MAX_COLUMNS", table, len(made.NAMES), "too-large"),
    (parquet, "MAX_ROWS", columnar, len(made.ROWS), "too-large"),
    (parquet, "MAX_COLUMNS", columnar, len(made.NAMES), "too-large"),
    (xlsx, "MAX_CELLS", workbook, sum(bool(t) for line in LINES for t in line), "too-large"),
    (xlsx, "MAX_COLUMNS", workbook, len(made.NAMES), "too-large"),
    (xlsx_parts, "MAX_TEXTS", workbook, len(TEXTS), "too-large"),
    (xml, "MAX_DEPTH", message, 4, "message-invalid"),
    (xml, "MAX_ATTRIBUTES", message, 9, "message-invalid"),
    (descriptor, "MAX_SHEETS", two_sheets, 1, "descriptor-invalid"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "number", "make", "needed", "code"),
    NUMBERS,
    ids=[f"{m.__name__.rpartition('.')[2]}.{n}-{make.__name__}" for m, n, make, _, _ in NUMBERS],
)
def test_the_number_is_the_border(
    module: ModuleType,
    number: str,
    make: Make,
    needed: int,
    code: str,
    registry: Registry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package = make(tmp_path)
    for least, found in ((needed + 1, set[str]()), (needed, set()), (needed - 1, {code})):
        monkeypatch.setattr(module, number, least)
        report = check(package, registry)
        assert {f.code for f in report.findings} == found, least
        assert bool(report.deliveries) == (not found)
