"""One table of observations, written in every format by others' tools, and the package around it."""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from pysdmx.io import write_sdmx
from pysdmx.io.format import Format
from pysdmx.io.pd import PandasDataset
from pysdmx.model import Component, Components, Concept, DataType, Role, Schema

Row = dict[str, str | None]
NAMES = ("FREQ", "AREA", "SEX", "PRICE_BASE", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "UNIT_MEASURE",
         "COMMENT_OBS")  # fmt: skip
ROWS: tuple[Row, ...] = tuple(
    dict(zip(NAMES, (None if cell == "-" else cell for cell in line.split("|")), strict=True))
    for line in """\
M|AA|F|V|2024-01|-10.5|A|PS|ประเทศไทย
M|AA|F|V|2024-02|1234.25|A|PS|ລາວ
M|AA|M|V|2024-01|-|M|PS|កម្ពុជា
M|AA|M|V|2024-02|7|A|PS|မြန်မာ
M|CC|_T|V|2024-01|0.0625|P|PS|Việt Nam; 10 < 11
M|CC|_T|V|2024-02|67.6|A|PS|-""".splitlines()
)
SDMX: Mapping[str, str] = {"dataProvider": "OFFICE_A", "release": "2025-10"}
FLOW = "TEST:DF_JOBS(1.0.0)"


def texts(rows: tuple[Row, ...] = ROWS) -> list[list[str]]:
    """Header and rows, empty where there is nothing."""
    return [list(NAMES), *([row[name] or "" for name in NAMES] for row in rows)]


def as_csv(lines: list[list[str]], encoding: str = "utf-8", **dialect: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **dialect).writerows(lines)
    return text.getvalue().encode(encoding)


def as_xlsx(lines: list[list[str]], *, typed: bool = True, sheet: str = "Data") -> bytes:
    """A workbook; values as numbers, as Excel has them."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for line in lines:
        page.append([_cell(text) if typed else text or None for text in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_shared_xlsx(lines: list[list[str]]) -> bytes:
    """A workbook whose texts are in a part of their own, as Excel has them; openpyxl puts them in cells."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet("Data")
        for row, line in enumerate(lines):
            page.write_row(row, 0, [_cell(text) for text in line])
    return out.getvalue()


def _cell(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text or None


def as_parquet(rows: tuple[Row, ...] = ROWS, value: pa.DataType | None = None) -> bytes:
    columns = {name: pa.array([row[name] for row in rows]) for name in NAMES}
    if value is not None:
        columns["OBS_VALUE"] = columns["OBS_VALUE"].cast(value)
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def schema() -> Schema:
    roles = {"OBS_VALUE": Role.MEASURE} | dict.fromkeys(NAMES[:5], Role.DIMENSION)
    levels = {"UNIT_MEASURE": "FREQ,AREA,SEX,PRICE_BASE"}
    components = [
        Component(
            name,
            name != "COMMENT_OBS",
            roles.get(name, Role.ATTRIBUTE),
            Concept(name, dtype=DataType.STRING),
            attachment_level=levels.get(name, "O") if name in NAMES[6:] else None,
        )
        for name in NAMES
    ]
    return Schema("dataflow", "TEST", "DF_JOBS", Components(components), "1.0.0")


def as_sdmx(format_: Format, rows: tuple[Row, ...] = ROWS) -> bytes:
    frame = pd.DataFrame([{name: row[name] or "" for name in NAMES} for row in rows])
    dataset = PandasDataset(structure=schema(), data=frame)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return str(write_sdmx([dataset], format_)).encode()


def package(folder: Path, file: str, data: bytes, /, **resource: Any) -> Path:
    """A package in `folder` with one table."""
    folder.mkdir(exist_ok=True)
    (folder / file).write_bytes(data)
    descriptor = {
        "name": "made",
        "resources": [{"name": "jobs", "path": file, "sdmx": {"dataflow": FLOW}} | resource],
        "sdmx": dict(SDMX),
    }
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return folder


Made = tuple[str, bytes, dict[str, Any]]
SDMX_FORMATS = [f for f in Format if f.name.startswith(("DATA_SDMX_CSV", "DATA_SDMX_ML"))]
COMMA = {"fields": [{"name": name} | ({"type": "number", "decimalChar": ",", "groupChar": "."}
                    if name == "OBS_VALUE" else {"type": "string"}) for name in NAMES]}  # fmt: skip


def _comma() -> bytes:
    lines = texts()
    for line in lines[1:]:
        line[5] = line[5].replace(".", ",").replace("1234", "1.234")
    return as_csv(lines, delimiter=";")


FORMATS: dict[str, Callable[[], Made]] = {
    "CSV": lambda: ("jobs.csv", as_csv(texts()), {}),
    "CSV, decimal comma": lambda: ("jobs.csv", _comma(), {"dialect": {"delimiter": ";"}, "schema": COMMA}),
    "TSV": lambda: ("jobs.tsv", as_csv(texts(), delimiter="\t"), {"dialect": {"delimiter": "\t"}}),
    "CSV, UTF-16": lambda: ("jobs.csv", as_csv(texts(), "utf-16"), {"encoding": "utf-16"}),
    "CSV, GB18030": lambda: ("jobs.csv", as_csv(texts(), "gb18030"), {"encoding": "gb18030"}),
    "XLSX, numbers": lambda: ("jobs.xlsx", as_xlsx(texts()), {}),
    "XLSX, texts": lambda: ("jobs.xlsx", as_xlsx(texts(), typed=False), {"dialect": {"sheetName": "Data"}}),
    "XLSX, shared texts": lambda: ("jobs.xlsx", as_shared_xlsx(texts()), {}),
    "Parquet, texts": lambda: ("jobs.parquet", as_parquet(), {}),
    "Parquet, doubles": lambda: ("jobs.parquet", as_parquet(value=pa.float64()), {}),
} | {
    f.name: lambda f=f: (  # type: ignore[misc]
        "jobs" + (".csv" if "CSV" in f.name else ".xml"),
        as_sdmx(f),
        {
            "format": "sdmx-csv" if "CSV" in f.name else "sdmx-ml",
            "sdmx": {"dataflow": FLOW, "action": "Merge" if f.name == "DATA_SDMX_CSV_2_1_0" else "Replace"},
        },
    )
    for f in SDMX_FORMATS
}
