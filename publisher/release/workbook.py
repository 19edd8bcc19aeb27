"""A workbook that Excel and LibreOffice open, put together by Arrow like the other formats.

Source: ECMA-376 part 1 (SpreadsheetML). Texts are inline strings, so that none is ever taken for a formula.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa
import pyarrow.compute as pc

BATCH = 1 << 8  # rows put together at a time: each cell is some hundred bytes of text
# Excel's own limits. Source: Microsoft, "Excel specifications and limits".
ROWS, NAME = 1_048_576, 31
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # of every part, so that the same table gives the same bytes


@dataclass(frozen=True)
class Sheet:
    name: str
    heads: Sequence[str]
    columns: Sequence[pa.ChunkedArray]
    is_number: Sequence[bool]  # a cell of a number column that holds no number is text
    widths: Sequence[int] = ()  # in characters; Excel's own where there are none


def write(file: Path | IO[bytes], sheets: Sequence[Sheet]) -> None:
    """Write the workbook, its sheets in order."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as made:
        for name, content in _parts([sheet.name[:NAME] for sheet in sheets]).items():
            made.writestr(_part(name), _XML + content)
        for number, sheet in enumerate(sheets, 1):
            with made.open(_part(_path(number)), "w", force_zip64=True) as part:
                for piece in _sheet(sheet):
                    part.write(piece)


def _path(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _parts(names: Sequence[str]) -> dict[str, str]:
    """What stands around the sheets."""
    numbers = range(1, len(names) + 1)
    types = "".join(
        f'<Override PartName="/{_path(n)}" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers
    )
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="r{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    targets = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{targets}'
        "</Relationships>",
    }


PAPER = 180  # characters: columns no wider are printed on one page beside each other, and can be read
_FITTED = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
_PRINTED = '<pageSetup orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
_FROZEN = (
    '<sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)


def _part(name: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, _EARLIEST)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _sheet(sheet: Sheet) -> Iterator[bytes | memoryview]:
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(sheet.widths, 1)
    )
    head = "".join(_TEXT.format(_safe(head)) for head in sheet.heads)
    wide = f"<cols>{widths}</cols>" if widths else ""
    fitted = _FITTED if 0 < sum(sheet.widths) <= PAPER else ""
    yield f'{_XML}<worksheet xmlns="{_MAIN}">{fitted}{_FROZEN}{wide}<sheetData><row>{head}</row>'.encode()
    pairs = list(zip(sheet.columns, sheet.is_number, strict=True))
    columns = [column if number else _dressed(column) for column, number in pairs]
    table = pa.table(columns, [str(n) for n in range(len(columns))])
    for batch in table.to_batches(max_chunksize=BATCH):
        cells = [
            _numbers(column) if number else _texts(column)
            for column, number in zip(batch.columns, sheet.is_number, strict=True)
        ]
        rows = pc.binary_join_element_wise("<row>", *cells, "</row>", "")
        yield memoryview(pc.binary_join(pa.ListArray.from_arrays([0, len(rows)], rows), "")[0].as_buffer())
    yield f"</sheetData>{_PRINTED}</worksheet>".encode()


_TEXT = '<c t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>'
_EMPTY = "<c/>"


def _dressed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """With a cell in place of each text of a dictionary, put together once; other columns as they are."""
    if not pa.types.is_dictionary(column.type):
        return column
    return pa.chunked_array(
        [pa.DictionaryArray.from_arrays(c.indices, _cells(c.dictionary)) for c in column.chunks],
        pa.dictionary(column.type.index_type, pa.string()),
    )


def _texts(column: pa.Array) -> pa.Array:
    """A cell for each text, or the cells that `_dressed` has put together."""
    if not pa.types.is_dictionary(column.type):
        coded = column.dictionary_encode()
        column = pa.DictionaryArray.from_arrays(coded.indices, _cells(coded.dictionary))
    return pc.fill_null(column.dictionary_decode(), _EMPTY)


def _cells(texts: pa.Array) -> pa.Array:
    return pa.array([_TEXT.format(_safe(text)) for text in texts.to_pylist()], pa.string())


def _numbers(column: pa.Array) -> pa.Array:
    plain = column.cast(pa.string())
    is_number = pc.fill_null(pc.match_substring_regex(plain, _NUMBER), False)
    numbers = pc.binary_join_element_wise("<c><v>", plain, "</v></c>", "")
    others = pc.if_else(is_number, pa.scalar(None, pa.string()), plain)
    return pc.if_else(is_number, numbers, _texts(others))


def _safe(value: str) -> str:
    """XML 1.0 has no place for most control characters: they become blanks."""
    return escape("".join(sign if sign >= " " or sign in "\t\n" else " " for sign in value))
