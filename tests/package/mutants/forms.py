"""Every legal way to write a table: dialects, encodings, workbooks, Parquet, SDMX-CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.package.mutants.sheet import Sheet


def text(sheet: Sheet, **dialect: Any) -> str:
    """The table as CSV."""
    out = io.StringIO()
    csv.writer(out, **{"lineterminator": "\n", **dialect}).writerows([sheet.header, *sheet.rows])
    return out.getvalue()


def plain(sheet: Sheet) -> bytes:
    return text(sheet).encode()


def _workbook(sheet: Sheet) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("Data")
    for row in [sheet.header, *sheet.rows]:
        page.append([cell or None for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _parquet(sheet: Sheet) -> bytes:
    columns = zip(*sheet.rows, strict=True)
    table = pa.table(
        {n: pa.array(list(column), pa.string()) for n, column in zip(sheet.header, columns, strict=True)}
    )
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def _sdmx_csv(sheet: Sheet) -> bytes:
    """SDMX-CSV 2.0."""
    own = [name for name in sheet.definition.components if name in sheet.header]
    flow, action = sheet.resource["sdmx"]["dataflow"], sheet.resource["sdmx"].get("action", "Replace")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["STRUCTURE", "STRUCTURE_ID", "ACTION", *own])
    for row in range(len(sheet.rows)):
        writer.writerow(["dataflow", flow, action[0], *(sheet.get(row, name) for name in own)])
    return out.getvalue().encode()


def csv_by(encoding: str = "utf-8", declared: dict[str, Any] | None = None, **dialect: Any) -> Form:
    """A form of CSV: what the descriptor says of it, and how it is written."""

    def form(sheet: Sheet) -> None:
        sheet.write = lambda its: text(its, **dialect).encode(encoding)
        if encoding != "utf-8":
            sheet.resource["encoding"] = encoding
        if declared:
            sheet.resource["dialect"] = declared

    return form


def commented(sheet: Sheet) -> None:
    """A title above the header and remarks between the rows are no rows."""

    def write(its: Sheet) -> bytes:
        header, *rows = text(its).splitlines(keepends=True)
        return "".join(["Labour force survey\n", header, "# checked\n", *rows]).encode()

    sheet.write, sheet.first = write, 4
    sheet.resource["dialect"] = {"headerRows": [2], "commentChar": "#"}


def as_file(ending: str, write: Callable[[Sheet], bytes], first: int = 2, **resource: Any) -> Form:
    def form(sheet: Sheet) -> None:
        sheet.resource["path"] = sheet.file.rpartition(".")[0] + ending
        sheet.resource |= resource
        sheet.write, sheet.first = write, first

    return form


def message(sheet: Sheet) -> None:
    """SDMX-CSV has every dimension as a column, so that the descriptor fixes none."""
    for name, code in sheet.fixed.items():
        sheet.add(name, code)
    sheet.resource["sdmx"] = {k: v for k, v in sheet.resource["sdmx"].items() if k != "fixed"}
    as_file(".csv", _sdmx_csv, format="sdmx-csv")(sheet)


Form = Callable[[Sheet], None]
CSV: dict[str, Form] = {
    "CSV": csv_by(),
    "CSV, semicolon": csv_by(declared={"delimiter": ";"}, delimiter=";"),
    "CSV, tab": csv_by(declared={"delimiter": "\t"}, delimiter="\t"),
    "CSV, bar and apostrophe": csv_by(
        declared={"delimiter": "|", "quoteChar": "'"}, delimiter="|", quotechar="'"
    ),
    "CSV, all quoted, CR LF": csv_by(quoting=csv.QUOTE_ALL, lineterminator="\r\n"),
    "CSV, escaped": csv_by(
        declared={"doubleQuote": False, "escapeChar": "\\"}, doublequote=False, escapechar="\\"
    ),
    "CSV, UTF-16": csv_by("utf-16"),
    "CSV, GB18030": csv_by("gb18030"),
    "CSV, titled and commented": commented,
}
FORMS: dict[str, Form] = CSV | {
    "XLSX": as_file(".xlsx", _workbook),
    "Parquet": as_file(".parquet", _parquet, first=1),
    "SDMX-CSV": message,
}
