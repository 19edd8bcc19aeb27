"""Workbooks and Parquet: XML inside, references that lie, sizes, damage."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.package import made
from tests.package.hostile.case import LINES, Case, files
from tests.package.hostile.zips import central, packed

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
) + b"]>"  # fmt: skip
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
ANYWHERE = b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'


def book(**changes: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    """A workbook with parts changed; names are the ends of the parts' names without `.xml`."""

    def make(folder: Path) -> Path:
        members = {}
        with zipfile.ZipFile(io.BytesIO(made.as_shared_xlsx(LINES))) as archive:
            for info in archive.infolist():
                data = archive.read(info)
                change = changes.get(info.filename.rpartition("/")[2].partition(".")[0])
                members[info.filename] = change(data) if change else data
        return made.package(folder / "p", "jobs.xlsx", packed(members))

    return make


def instead(data: bytes, file: str = "jobs.xlsx") -> Callable[[Path], Path]:
    return lambda folder: made.package(folder / "p", file, data)


def after_declaration(text: bytes) -> Callable[[bytes], bytes]:
    """`text` before the root element."""

    def change(data: bytes) -> bytes:
        end = data.find(b"?>") + 2 if data.startswith(b"<?xml") else 0
        return data[:end] + text + data[end:]

    return change


def sub(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return change


def rows(xml: bytes) -> Callable[[bytes], bytes]:
    return sub(b"</sheetData>", xml + b"</sheetData>")


def _deep(data: bytes) -> bytes:
    return rows(b"<x>" * 100_000)(data)


def _cells(data: bytes) -> bytes:
    return rows(b'<row r="9"><c r="A9"><v>1</v></c></row>' * 4_100_000)(data)


def _strings(data: bytes) -> bytes:
    return sub(b"</sst>", b"<si><t>x</t></si>" * 2_000_001 + b"</sst>")(data)


def parquet(table: pa.Table) -> Callable[[Path], Path]:
    out = io.BytesIO()
    pq.write_table(table, out)
    return instead(out.getvalue(), "jobs.parquet")


def column(values: Any) -> pa.Table:
    return pa.table({"FREQ": values})


def _flipped() -> bytes:
    data = bytearray(made.as_parquet())
    data[20:60] = b"\xff" * 40
    return bytes(data)


def _many_rows(folder: Path) -> Path:
    return parquet(column(pa.DictionaryArray.from_arrays(pa.array(bytes(25_000_000), pa.int8()), ["M"])))(
        folder
    )


GOOD_PARQUET = made.as_parquet()
INVALID = "file-invalid"
CASES = [
    Case("xlsx: garbage", INVALID, instead(bytes(range(256)) * 10)),
    Case("xlsx: empty", INVALID, instead(b"")),
    Case("xlsx: text", INVALID, instead(made.as_csv(LINES))),
    Case("xlsx: of the format before 2007, or encrypted", INVALID, instead(b"\xd0\xcf\x11\xe0" + bytes(600))),
    Case("xlsx: some zip file", INVALID, instead(packed(files()))),
    Case("xlsx: cut off", INVALID, instead(made.as_shared_xlsx(LINES)[:-100])),
    Case("xlsx: encrypted member", INVALID, instead(central(made.as_shared_xlsx(LINES), 8, "<H", 1, SHEET.encode()))),
    Case("xlsx: claims 4 GiB", "too-large",
         instead(central(made.as_shared_xlsx(LINES), 24, "<I", 0xFFFFFFF0, SHEET.encode()))),
    *(
        Case(f"xlsx: {name} in {part}", INVALID, book(**{part: after_declaration(text)}))
        for part in ("sheet1", "sharedStrings", "workbook", "styles")
        for name, text in (("entities", ENTITIES), ("file from outside", OUTSIDE), ("DTD from outside", ANYWHERE))
    ),
    Case("xlsx: XML that is none", INVALID, book(sheet1=lambda data: data[:-20])),
    Case("xlsx: deep", INVALID, book(sheet1=_deep)),
    Case("xlsx: three hundred attributes", INVALID,
         book(sheet1=rows(b"<row " + b"".join(b'a%d="1" ' % n for n in range(300)) + b"/>"))),
    Case("xlsx: text of two megabytes", "too-large",
         book(sheet1=rows(b'<row r="9"><c r="A9" t="inlineStr"><is><t>' + b"x" * (2 << 20) + b"</t></is></c></row>"))),
    Case("xlsx: cell in the last corner", "too-large", book(sheet1=rows(b'<row><c r="XFD1048576"><v>1</v></c></row>'))),
    Case("xlsx: cell outside of every sheet", INVALID, book(sheet1=rows(b'<row><c r="ZZZ9999999"><v>1</v></c></row>'))),
    Case("xlsx: row zero", INVALID, book(sheet1=rows(b'<row r="0"><c><v>1</v></c></row>'))),
    Case("xlsx: row of thirty digits", INVALID, book(sheet1=rows(b'<row r="' + b"9" * 30 + b'"/>'))),
    Case("xlsx: reference that is none", INVALID, book(sheet1=rows(b'<row><c r="-1"><v>1</v></c></row>'))),
    Case("xlsx: text number a million", INVALID, book(sheet1=rows(b'<row><c r="A9" t="s"><v>1000000</v></c></row>'))),
    Case("xlsx: text number minus one", INVALID, book(sheet1=rows(b'<row><c r="A9" t="s"><v>-1</v></c></row>'))),
    Case("xlsx: number that is none", INVALID, book(sheet1=rows(b'<row><c r="A9"><v>1_0x</v></c></row>'))),
    Case("xlsx: infinite number", "number-form", book(sheet1=sub(b"<v>-10.5</v>", b"<v>1e999</v>"))),
    Case("xlsx: merged to the last corner", "too-large", book(
        sheet1=sub(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'))),
    Case("xlsx: merged ten thousand times", "too-large", book(sheet1=sub(b"</sheetData>",
         b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:Z9999"/>' * 10_000 + b"</mergeCells>"))),
    Case("xlsx: formula without value", "cell-formula",
         book(sheet1=sub(b"<v>-10.5</v>", b'<f>WEBSERVICE("http://127.0.0.1:1/")</f>'))),
    Case("xlsx: error", "cell-error",
         book(sheet1=rows(b'<row r="9"><c r="A9" t="e"><v>#REF!</v></c></row>'))),
    Case("xlsx: sheet outside of the workbook", INVALID,
         book(workbook=lambda data: data.replace(b'r:id="rId1"', b'r:id="rId9"'))),
    Case("xlsx: hidden sheet", "sheet-unknown", book(workbook=lambda data: data.replace(
        b"<sheet name", b'<sheet state="hidden" name'))),
    Case("xlsx: sheet that is not there", "sheet-unknown",
         lambda folder: made.package(folder / "p", "j.xlsx", made.as_shared_xlsx(LINES), dialect={"sheetName": "X"})),
    Case("xlsx: sheet number 2", "sheet-unknown",
         lambda folder: made.package(folder / "p", "j.xlsx", made.as_shared_xlsx(LINES), dialect={"sheetNumber": 2})),
    Case("xlsx: header in row 900", "csv-empty",
         lambda folder: made.package(folder / "p", "j.xlsx", made.as_shared_xlsx(LINES), dialect={"headerRows": [900]})),
    Case("xlsx: one sheet, two hundred times", "descriptor-invalid",
         lambda folder: made.package(folder / "p", "j.xlsx", made.as_shared_xlsx(LINES), path=["j.xlsx"] * 200)),
    Case("xlsx: with macros", "format-unsupported", instead(made.as_shared_xlsx(LINES), "jobs.xlsm")),
    Case("xlsx: formula as a code", "unknown-code",
         book(sharedStrings=sub(b"<t>_T</t>", b"<t>=1+1</t>"))),
    Case("xlsx: four million cells", "too-large", book(sheet1=_cells), heavy=True),
    Case("xlsx: two million texts", "too-large", book(sharedStrings=_strings), heavy=True),
    Case("parquet: garbage", INVALID, instead(bytes(range(256)) * 10, "j.parquet")),
    Case("parquet: empty", INVALID, instead(b"", "j.parquet")),
    Case("parquet: only its marks", INVALID, instead(b"PAR1" + bytes(4) + b"PAR1", "j.parquet")),
    Case("parquet: cut off", INVALID, instead(GOOD_PARQUET[:-40], "j.parquet")),
    Case("parquet: footer of 4 GiB", INVALID,
         instead(GOOD_PARQUET[:-8] + b"\xff\xff\xff\xff" + b"PAR1", "j.parquet")),
    Case("parquet: encrypted", INVALID, instead(b"PARE" + GOOD_PARQUET[4:-4] + b"PARE", "j.parquet")),
    Case("parquet: damaged pages", INVALID, instead(_flipped(), "j.parquet")),
    Case("parquet: lists", INVALID, parquet(column([["M"]]))),
    Case("parquet: bytes", INVALID, parquet(column([b"M"]))),
    Case("parquet: structures", INVALID, parquet(column([{"a": 1}]))),
    Case("parquet: 257 columns", "too-large", parquet(pa.table({f"C{n}": ["1"] for n in range(257)}))),
    Case("parquet: column twice", "column-duplicate",
         parquet(pa.table([pa.array(["M"]), pa.array(["M"])], names=["FREQ", "FREQ"]))),
    Case("parquet: not a number", "number-form", parquet(pa.table(
        {name: [row[name] for row in made.ROWS] for name in made.NAMES} | {"OBS_VALUE": [float("nan")] * 6}))),
    Case("parquet: twenty-five million rows", "too-large", _many_rows, heavy=True),
]  # fmt: skip
