"""The same observations in every format give the same delivery; findings name the office's own row."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pysdmx.io.format import Format

from publisher.package import check
from publisher.package.findings import Findings
from publisher.package.readers import xlsx, xlsx_parts
from publisher.structures.registry import Registry
from tests.package import made

EXPECTED = sorted(tuple(row.items()) for row in made.ROWS)


def delivered(folder: Path, registry: Registry) -> list[tuple[tuple[str, str | None], ...]]:
    report = check(folder, registry)
    assert [str(finding) for finding in report.findings] == []
    (delivery,) = report.deliveries
    return sorted(tuple((name, row.get(name)) for name in made.NAMES) for row in delivery.table.to_pylist())


@pytest.mark.parametrize("name", made.FORMATS)
def test_same_delivery(name: str, tmp_path: Path, registry: Registry) -> None:
    file, data, resource = made.FORMATS[name]()
    assert delivered(made.package(tmp_path / "p", file, data, **resource), registry) == EXPECTED


# -- every finding has the office's own row ------------------------------------------------------

WRONG = 3  # of made.ROWS, from 0


def with_wrong_sex() -> list[list[str]]:
    lines = made.texts()
    lines[WRONG + 1][2] = "X"
    return lines


def wrong_rows() -> tuple[made.Row, ...]:
    return tuple({**row, "SEX": "X"} if at == WRONG else row for at, row in enumerate(made.ROWS))


def commented() -> bytes:
    first, *others = made.as_csv(with_wrong_sex()).decode().splitlines(keepends=True)
    return "".join(["Labour force\n", "# checked by hand\n", "\n", first, "# first half\n", *others]).encode()


def titled() -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(made.as_xlsx(with_wrong_sex())))
    book["Data"].insert_rows(1, 3)
    book["Data"]["A1"] = "Labour force"
    book["Data"].insert_rows(6)  # left empty
    book.create_sheet("Notes")["A1"] = "nothing here"
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


COMMENTED = {"dialect": {"headerRows": [4], "commentChar": "#", "commentRows": [1]}}
PLACES: dict[str, tuple[str, bytes, dict[str, Any], str, int]] = {
    "CSV": ("j.csv", made.as_csv(with_wrong_sex()), {}, "j.csv", WRONG + 2),
    "CSV, commented": ("j.csv", commented(), COMMENTED, "j.csv", WRONG + 6),
    "CSV, no header": (
        "j.csv",
        made.as_csv(with_wrong_sex()[1:]),
        {"dialect": {"header": False}, "schema": {"fields": [{"name": name} for name in made.NAMES]}},
        "j.csv",
        WRONG + 1,
    ),
    "XLSX": ("j.xlsx", made.as_xlsx(with_wrong_sex()), {}, "j.xlsx, sheet Data", WRONG + 2),
    "XLSX, titled": (
        "j.xlsx",
        titled(),
        {"dialect": {"sheetName": "Data", "headerRows": [4]}},
        "j.xlsx, sheet Data",
        WRONG + 6,
    ),
    "Parquet": ("j.parquet", made.as_parquet(wrong_rows()), {}, "j.parquet", WRONG + 1),
    "SDMX-CSV": (
        "j.csv",
        made.as_sdmx(Format.DATA_SDMX_CSV_1_0_0, wrong_rows()),
        {"format": "sdmx-csv"},
        "j.csv",
        WRONG + 2,
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_place(name: str, tmp_path: Path, registry: Registry) -> None:
    file, data, resource, place, row = PLACES[name]
    (finding,) = check(made.package(tmp_path / "p", file, data, **resource), registry).findings
    assert (finding.code, finding.file, finding.row, finding.column, finding.value) == (
        "unknown-code", place, row, "SEX", "X",
    )  # fmt: skip


def test_line_in_sdmx_ml(tmp_path: Path, registry: Registry) -> None:
    data = made.as_sdmx(Format.DATA_SDMX_ML_3_0, wrong_rows())
    (line,) = [at for at, text in enumerate(data.splitlines(), 1) if b'SEX="X"' in text]
    folder = made.package(tmp_path / "p", "jobs.xml", data)
    (finding,) = check(folder, registry).findings
    assert (finding.code, finding.row) == ("unknown-code", line)


# -- dialects ------------------------------------------------------------------------------------

DIALECTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "semicolon": ({"delimiter": ";"}, {"delimiter": ";"}),
    "bar, apostrophes": ({"delimiter": "|", "quotechar": "'"}, {"delimiter": "|", "quoteChar": "'"}),
    "escaped": (
        {"doublequote": False, "escapechar": "\\"},
        {"doubleQuote": False, "escapeChar": "\\"},
    ),
    "no quotes": (
        {"quoting": csv.QUOTE_NONE, "escapechar": "\\", "delimiter": "\t"},
        {"quoteChar": "", "escapeChar": "\\", "delimiter": "\t"},
    ),
    "all quoted, CR LF": ({"quoting": csv.QUOTE_ALL}, {"csv": {"lineTerminator": "\r\n"}}),
}


@pytest.mark.parametrize("name", DIALECTS)
def test_dialect(name: str, tmp_path: Path, registry: Registry) -> None:
    written, declared = DIALECTS[name]
    data = made.as_csv(made.texts(), **written)
    assert delivered(made.package(tmp_path / "p", "j.csv", data, dialect=declared), registry) == EXPECTED


def test_spaces_after_delimiters(tmp_path: Path, registry: Registry) -> None:
    data = made.as_csv(made.texts()).replace(b",", b",  ")
    folder = made.package(tmp_path / "p", "j.csv", data, dialect={"skipInitialSpace": True})
    assert delivered(folder, registry) == EXPECTED


TEXTS = {
    "Thai": ("อัตราการว่างงาน", ("utf-8", "tis-620", "cp874", "windows-874", "iso-8859-11")),
    "Vietnamese": ("Tỷ lệ thất nghiệp", ("utf-8", "utf-16", "gb18030")),
    "Vietnamese, decomposed": ("Ty\u0309 lê\u0323", ("cp1258", "windows-1258")),
    "Lao": ("ອັດຕາການຫວ່າງງານ", ("utf-8", "utf-16-le", "gb18030")),
    "Khmer": ("អត្រាអ្នកអត់ការងារធ្វើ", ("utf-8", "utf-16-be", "gb18030")),
    "Burmese": ("အလုပ်လက်မဲ့နှုန်း", ("utf-8", "utf-16", "gb18030")),
    "French": ("Chômage – 12 %", ("cp1252", "windows-1252", "utf-8")),
}


@pytest.mark.parametrize(
    ("text", "encoding"), [(text, e) for text, encodings in TEXTS.values() for e in encodings]
)
def test_scripts(text: str, encoding: str, tmp_path: Path, registry: Registry) -> None:
    lines = made.texts()[:2]
    lines[1][-1] = text
    data = made.as_csv(lines, "cp874" if encoding == "windows-874" else encoding)
    (delivery,) = check(made.package(tmp_path / "p", "j.csv", data, encoding=encoding), registry).deliveries
    assert delivery.table["COMMENT_OBS"].to_pylist() == [unicodedata.normalize("NFC", text)]


# Script → a text, the encodings of offices' computers, and one whose bytes these cannot be
LEGACY = {
    "Thai": ("อัตราการว่างงาน", ("tis-620", "cp874", "iso-8859-11"), "us-ascii"),
    "Vietnamese": ("Ty\u0309 lê\u0323 thâ\u0301t", ("cp1258", "windows-1258", "utf-16-le"), "us-ascii"),
    "Latin of Europe": ("Chômage – 12 €", ("cp1252", "windows-1252", "utf-16-be"), "us-ascii"),
    "Chinese": ("失业率", ("gb18030", "big5", "shift_jis"), "us-ascii"),
    "Lao": ("ອັດຕາການຫວ່າງງານ", ("utf-16", "utf-16-le", "gb18030"), "us-ascii"),
}
UNDECLARED = [
    (script, encoding, declared)
    for script, (_, encodings, wrong) in LEGACY.items()
    for encoding in encodings
    for declared in (None, wrong, "cp437", "mac-roman")
]


@pytest.mark.parametrize(("script", "encoding", "declared"), UNDECLARED)
def test_an_encoding_that_is_not_declared(
    script: str, encoding: str, declared: str | None, tmp_path: Path, registry: Registry
) -> None:
    """Read right where it is declared; refused where nothing is, or what the bytes are not."""
    text = "失業率" if encoding in ("big5", "shift_jis") else LEGACY[script][0]
    lines = made.texts()[:2]
    lines[1][-1] = text
    data = made.as_csv(lines, encoding)
    right = check(made.package(tmp_path / "p", "j.csv", data, encoding=encoding), registry)
    (delivery,) = right.deliveries
    assert delivery.table["COMMENT_OBS"].to_pylist() == [unicodedata.normalize("NFC", text)]
    said = {"encoding": declared} if declared else {}
    report = check(made.package(tmp_path / "p", "j.csv", data, **said), registry)
    assert not report.deliveries
    assert {"encoding", "control-character"} & report.counts.keys()


# -- workbooks -----------------------------------------------------------------------------------


def changed(change: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(made.as_xlsx(made.texts())))
    change(book["Data"])
    return saved(book)


def put(cell: str, value: object, number_format: str | None = None) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet[cell] = value
        if number_format:
            sheet[cell].number_format = number_format

    return change


def second_sheet(sheet: Any) -> None:
    sheet.parent.create_sheet("Other")


def merged(sheet: Any) -> None:
    for cells in ("B2:B5", "B6:B7"):
        sheet.merge_cells(cells)


WORKBOOKS: dict[str, tuple[Callable[[Any], None], list[tuple[str, int | None, str | None]]]] = {
    "merged areas": (merged, []),
    "formula without value": (put("F2", "=SUM(F3:F4)"), [("cell-formula", 2, "F")]),
    "error": (put("F2", "#REF!"), [("cell-error", 2, "F")]),
    "percentage": (put("F2", 0.105, "0.0%"), [("cell-percent", 2, "OBS_VALUE")]),
    "two sheets": (second_sheet, [("sheet-unknown", None, None)]),
    "date": (put("E2", date(2024, 1, 1)), [("period-frequency", 2, "TIME_PERIOD")]),
    "wide row": (put("K3", "note"), [("row-width", 3, None)]),
    "number as code": (put("C3", 1), [("unknown-code", 3, "SEX")]),
}


@pytest.mark.parametrize("name", WORKBOOKS)
def test_workbook(name: str, tmp_path: Path, registry: Registry) -> None:
    change, expected = WORKBOOKS[name]
    folder = made.package(tmp_path / "p", "j.xlsx", changed(change))
    found = [(f.code, f.row, f.column) for f in check(folder, registry).findings]
    assert [line for line in found if line[0] != "missing-without-status"] == expected


@pytest.mark.parametrize("value", [date(2024, 1, 1), datetime(2024, 1, 1)])
def test_date_cells_as_declared(value: date, tmp_path: Path, registry: Registry) -> None:
    fields = [{"name": n, "type": "yearmonth" if n == "TIME_PERIOD" else "any"} for n in made.NAMES]
    data = changed(put("E2", value))
    folder = made.package(tmp_path / "p", "j.xlsx", data, schema={"fields": fields})
    assert delivered(folder, registry) == EXPECTED


def test_header_in_two_rows(tmp_path: Path, registry: Registry) -> None:
    """Merged cells of a header stand over each of their columns; rows are joined."""

    def change(sheet: Any) -> None:
        sheet.insert_rows(1)
        for column, name in enumerate(made.NAMES, 1):
            first, _, second = name.partition("_")
            sheet.cell(1, column).value, sheet.cell(2, column).value = first, second or None
        sheet.merge_cells("F1:G1")

    folder = made.package(
        tmp_path / "p", "j.xlsx", changed(change), dialect={"headerRows": [1, 2], "headerJoin": "_"}
    )
    assert delivered(folder, registry) == EXPECTED


def test_two_sheets_of_one_workbook(tmp_path: Path, registry: Registry) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made.as_xlsx(made.texts()[:4])))
    page = book.create_sheet("More")
    for line in (made.texts()[0], *made.texts()[4:]):
        page.append([cell or None for cell in line])
    folder = made.package(tmp_path / "p", "j.xlsx", saved(book), dialect={"sheetName": "Data"})
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    (first,) = descriptor["resources"]
    descriptor["resources"].append(first | {"name": "more", "dialect": {"sheetName": "More"}})
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    assert delivered(folder, registry) == EXPECTED


def test_numbers_as_excel_saves_them() -> None:
    """Up to 17 digits in the file; the shortest decimals that give the same number are meant."""
    saved = {"67.599999999999994": "67.6", "2024": "2024", "1E-4": "0.0001", "1.2345678901234567E+19":
             "12345678901234567000"}  # fmt: skip
    assert {text: xlsx.number_text(float(text)) for text in saved} == saved


def test_cells_agree_with_openpyxl(tmp_path: Path) -> None:
    data = changed(put("J1", date(2024, 5, 6)))
    page = openpyxl.load_workbook(io.BytesIO(data))["Data"]
    book = xlsx_parts.open_workbook(data)
    sheet = xlsx.cells_of(book, "Data", "j.xlsx", Findings())
    assert sheet
    ours = {
        (row, column + 1): str(value) for row, cells in sheet.cells.items() for column, value in cells.items()
    }
    theirs = {(cell.row, cell.column): cell.value for line in page for cell in line if cell.value is not None}
    assert ours == {
        place: str(value.date() if isinstance(value, datetime) else value) for place, value in theirs.items()
    }


# SDMX-CSV, a Merge: figure and status of a row → what is found, and what the delivery says
MERGES = [
    ("NaN", "M", [], None),
    ("NaN", "A", [("missing-without-status", 2, "OBS_VALUE")], None),
    ("NaN", "", [("missing-without-status", 2, "OBS_VALUE")], None),
    ("", "A", [], None),
    ("7", "", [], "7"),
]


@pytest.mark.parametrize(("value", "status", "found", "delivered"), MERGES)
def test_a_mark_in_a_merge_takes_a_value_away(
    value: str,
    status: str,
    found: list[tuple[str, int, str]],
    delivered: str | None,
    tmp_path: Path,
    registry: Registry,
) -> None:
    head = ["STRUCTURE", "STRUCTURE_ID", "ACTION", *made.NAMES]
    line = ["dataflow", made.FLOW, "M", *made.texts()[1]]
    line[head.index("OBS_VALUE")], line[head.index("OBS_STATUS")] = value, status
    sdmx = {"dataflow": made.FLOW, "action": "Merge"}
    path = made.package(tmp_path / "p", "x.csv", made.as_csv([head, line]), format="sdmx-csv", sdmx=sdmx)
    report = check(path, registry)
    assert [(f.code, f.row, f.column) for f in report.findings if f.code != "attribute-missing"] == found
    assert [d.table["OBS_VALUE"].to_pylist() for d in report.deliveries] == (
        [[delivered]] if report.valid else []
    )


@pytest.mark.parametrize("status", ["A", "M"])
def test_a_mark_in_a_merge_does_not_take_an_attribute_away(
    status: str, tmp_path: Path, registry: Registry
) -> None:
    head = ["STRUCTURE", "STRUCTURE_ID", "ACTION", *made.NAMES]
    line = ["dataflow", made.FLOW, "M", *made.texts()[1]]
    line[head.index("UNIT_MEASURE")], line[head.index("OBS_STATUS")] = "#N/A", status
    line[head.index("OBS_VALUE")] = "" if status == "M" else "7"
    sdmx = {"dataflow": made.FLOW, "action": "Merge"}
    path = made.package(tmp_path / "p", "x.csv", made.as_csv([head, line]), format="sdmx-csv", sdmx=sdmx)
    told = [(f.code, f.row, f.column, f.value) for f in check(path, registry).findings]
    assert ("merge-attribute", 2, "UNIT_MEASURE", "#N/A") in told


def test_rows_that_are_all_too_wide_are_no_empty_file(tmp_path: Path, registry: Registry) -> None:
    head, *lines = made.texts()
    path = made.package(tmp_path / "p", "j.csv", made.as_csv([head, *([*line, ""] for line in lines)]))
    assert check(path, registry).counts == {"row-width": len(lines)}
