"""A workbook of one sheet that Excel and LibreOffice open, put together by Arrow like the other formats.

Source: ECMA-376 part 1 (SpreadsheetML). Texts are inline strings, so that none is ever taken for a formula.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.compute as pc

BATCH = 1 << 15
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Data" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
_BEFORE = (
    f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    "<sheetData>"
)
_AFTER = "</sheetData></worksheet>"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # of every part, so that the same table gives the same bytes


def write(
    path: Path, heads: Sequence[str], columns: Sequence[pa.ChunkedArray], is_number: Sequence[bool]
) -> None:
    """Write the workbook; a cell of a number column that holds no number is text."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as file:
        for name, content in _PARTS.items():
            file.writestr(_part(name), _XML + content)
        with file.open(_part("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as sheet:
            for piece in _sheet(heads, columns, is_number):
                sheet.write(piece)


def _part(name: str) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, _EARLIEST)
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _sheet(
    heads: Sequence[str], columns: Sequence[pa.ChunkedArray], is_number: Sequence[bool]
) -> Iterator[bytes]:
    yield (
        _XML + _BEFORE + "<row>" + "".join(_TEXT.format(_safe(head)) for head in heads) + "</row>"
    ).encode()
    table = pa.table(list(columns), [str(i) for i in range(len(columns))])
    for batch in table.to_batches(max_chunksize=BATCH):
        cells = [
            _numbers(column) if number else _texts(column)
            for column, number in zip(batch.columns, is_number, strict=True)
        ]
        rows = pc.binary_join_element_wise("<row>", *cells, "</row>", "")
        yield pc.binary_join(pa.ListArray.from_arrays([0, len(rows)], rows), "")[0].as_buffer().to_pybytes()
    yield _AFTER.encode()


_TEXT = '<c t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>'
_EMPTY = "<c/>"


def _texts(column: pa.Array) -> pa.Array:
    """A cell for each text, put together once for each that is distinct."""
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    cells = pa.array([_TEXT.format(_safe(value)) for value in coded.dictionary.to_pylist()], pa.string())
    return pc.fill_null(cells.take(coded.indices), _EMPTY)


def _numbers(column: pa.Array) -> pa.Array:
    plain = column.cast(pa.string())
    numbers = pc.binary_join_element_wise("<c><v>", plain, "</v></c>", "")
    return pc.if_else(pc.fill_null(pc.match_substring_regex(plain, _NUMBER), False), numbers, _texts(plain))


def _safe(value: str) -> str:
    """XML 1.0 has no place for most control characters: they become blanks."""
    return escape("".join(sign if sign >= " " or sign in "\t\n" else " " for sign in value))
