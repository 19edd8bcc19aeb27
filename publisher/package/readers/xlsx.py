"""One sheet of a workbook → rows; a row's number is the one that Excel shows.

Nothing is calculated: a formula gives the value that was saved with it, and is refused without one.
Cells are read one by one (a sheet has at most 1,048,576 rows); larger tables are sent as CSV or Parquet.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zipfile import BadZipFile

from publisher.package import archives
from publisher.package.findings import Findings, nearest, quoted
from publisher.package.plan import Filing, Table
from publisher.package.readers import odd, xml
from publisher.package.readers.model import MAX_COLUMNS, InRows, Opened, Row, place_of
from publisher.package.readers.xlsx_parts import NotAWorkbook, Workbook, open_workbook, part, unescaped

MAX_CELLS = 4_000_000
MAX_ROW = 1_048_576  # of the format
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_DATE_FORMS = {"year": "%Y", "yearmonth": "%Y-%m", "date": "%Y-%m-%d"}


def read(file: str, data: bytes, table: Table, filing: Filing, findings: Findings) -> Opened | None:
    """The declared sheet as a table; None with findings."""
    try:
        book = open_workbook(data)
    except archives.TooLarge as exc:
        findings.add("too-large", str(exc), file=file)
        return None
    except NotAWorkbook as exc:
        findings.add("file-invalid", f"{file} cannot be read: {exc}", file=file, allowed="a workbook (.xlsx)")
        return None
    name = _sheet(file, book, table, findings)
    if name is None:
        return None
    place = place_of(file, name)
    sheet = cells_of(book, name, place, findings)
    if sheet is None:
        return None
    rows = [(number, sheet.row(number)) for number in sorted(sheet.cells)]
    rows = [
        (number, cells) for number, cells in rows if any(cells) and number not in table.dialect.comment_rows
    ]
    if not table.dialect.header_rows:
        return InRows(place, list(table.fields or ()), 1, rows, table.missing)
    return _headed(place, rows, sheet, table, findings)


def _headed(place: str, rows: Sequence[Row], sheet: Sheet, table: Table, findings: Findings) -> Opened | None:
    wanted = table.dialect.header_rows
    if wanted == (1,) and rows:
        wanted = (rows[0][0],)  # not declared otherwise: the first row that has something
    heads = [cells for number, cells in rows if number in wanted]
    if not heads:
        findings.add("csv-empty", f"the sheet has no header in row {wanted[-1]}", file=place)
        return None
    names = odd.joined(heads, table.dialect.header_join)
    while names and not names[-1]:
        names.pop()
    body = [(number, cells) for number, cells in rows if number > wanted[-1]]
    converter = _Converter(place, names, table, sheet, findings)
    return InRows(place, names, wanted[-1], converter.rows(body), table.missing)


def _sheet(file: str, book: Workbook, table: Table, findings: Findings) -> str | None:
    names, wanted = list(book.sheets), table.dialect.sheet
    if isinstance(wanted, int) and 1 <= wanted <= len(names):
        return names[wanted - 1]
    if wanted in names:
        return str(wanted)
    if wanted is None and len(names) == 1:
        return names[0]
    said = "no sheet is declared" if wanted is None else f"there is no sheet {quoted(str(wanted))}"
    findings.add(
        "sheet-unknown",
        f"{said}; the workbook has {len(names)}",
        file=file,
        value=None if wanted is None else str(wanted),
        allowed=nearest(str(wanted or ""), names),
    )
    return None


@dataclass
class Sheet:
    """The cells of a sheet that hold something, and the ranges that are merged."""

    book: Workbook
    cells: dict[int, dict[int, object]] = field(default_factory=dict)  # row → column → value
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)  # top, left, bottom, right
    percents: set[tuple[int, int]] = field(default_factory=set)
    count: int = 0

    def row(self, number: int) -> list[str | None]:
        """The texts of a row; dates as ISO, without what the header may say of them."""
        cells = self.cells[number]
        width = max(cells, default=-1) + 1
        return [_text(cells.get(column)) for column in range(width)]

    def fill(self) -> None:
        """Gives every cell of a merged range the value that is shown for all of them."""
        for top, left, bottom, right in self.merged:
            value = self.cells.get(top, {}).get(left)
            if value is None:
                continue
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    self.cells.setdefault(row, {})[column] = value


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def cells_of(book: Workbook, name: str, place: str, findings: Findings) -> Sheet | None:
    """All cells of the sheet `name`, merged ranges filled; None with findings."""
    collected = _Collector(Sheet(book), place, findings)
    try:
        part(book, book.sheets[name], collected.start, collected.end)
        collected.sheet.fill()
    except archives.TooLarge as exc:
        findings.add("too-large", str(exc), file=place, row=collected.row)
        return None
    except (xml.XmlRefused, KeyError, ValueError, IndexError, BadZipFile, EOFError, OSError, RuntimeError,
            NotImplementedError, OverflowError, zlib.error) as exc:  # fmt: skip
        findings.add(
            "file-invalid", f"the sheet cannot be read: {exc}", file=place, row=collected.row or None
        )
        return None
    return collected.sheet


class _Collector:
    """Follows the elements of a sheet (ECMA-376 part 1, 18.3.1): row, c, v, f, is, mergeCell."""

    def __init__(self, sheet: Sheet, place: str, findings: Findings) -> None:
        self.sheet, self.place, self.findings = sheet, place, findings
        self.row = self.column = 0
        self._type = self._style = self._value = ""
        self._pieces: list[str] = []
        self._has_formula = self._has_value = self._in_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._cell(attributes)
        elif name == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = -1
            if not 1 <= self.row <= MAX_ROW:
                raise ValueError(f"a row has the number {self.row}")
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        self.row, self.column = position(reference) if reference else (self.row, self.column + 1)
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        self._pieces, self._value = [], ""
        self._has_formula = self._has_value = False

    def end(self, name: str, text: str) -> None:
        if name == "v":
            self._value, self._has_value = text, True
        elif name == "t" and not self._in_phonetic:
            self._pieces.append(text)
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "c":
            self._keep()

    def _keep(self) -> None:
        if self._type == "inlineStr":
            value: object = unescaped("".join(self._pieces)) or None
        elif not self._has_value or (self._value == "" and self._type != "str"):
            value = None
            if self._has_formula:
                self._tell("cell-formula", "the cell has a formula and no saved value")
        else:
            value = self._converted()
        if value is None:
            return
        self.sheet.count += 1
        if self.sheet.count > MAX_CELLS:
            raise archives.TooLarge(f"the sheet has more than {MAX_CELLS:,} cells; send CSV or Parquet")
        if self.column >= MAX_COLUMNS:
            raise archives.TooLarge(f"the sheet uses column {letters(self.column)}; at most {MAX_COLUMNS}")
        self.sheet.cells.setdefault(self.row, {})[self.column] = value

    def _converted(self) -> object:
        match self._type:
            case "s":
                return self.sheet.book.text(int(self._value))
            case "str":
                return unescaped(self._value) or None
            case "b":
                return "true" if self._value == "1" else "false"
            case "e":
                self._tell("cell-error", f"the cell shows {quoted(self._value)}")
                return None
            case "d":
                return datetime.fromisoformat(self._value)
        return self._number()

    def _number(self) -> object:
        number = float(self._value)
        style = int(self._style)
        kinds = self.sheet.book.kinds
        kind = kinds[style] if 0 <= style < len(kinds) else "number"
        if kind == "date" and 61 <= number < 2_958_466:  # before, Excel counts a day that never was
            return self.sheet.book.date(number)
        if kind == "percent":
            self.sheet.percents.add((self.row, self.column))
        return number_text(number)

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        (top, left), (bottom, right) = position(first), position(last or first)
        cells = (bottom - top + 1) * (right - left + 1)
        self.sheet.count += cells
        if self.sheet.count > MAX_CELLS or right >= MAX_COLUMNS:
            raise archives.TooLarge(f"the sheet merges {reference}")
        self.sheet.merged.append((top, left, bottom, right))

    def _tell(self, code: str, note: str) -> None:
        where = f"{letters(self.column)}{self.row}"
        self.findings.add(
            code, f"{note} ({where})", file=self.place, row=self.row, column=letters(self.column)
        )


def position(reference: str) -> tuple[int, int]:
    """Row from 1 and column from 0 of a cell.

    >>> position("AB12"), letters(27)
    ((12, 27), 'AB')
    """
    match = _REFERENCE.fullmatch(reference)
    if not match or not 1 <= int(match[2]) <= MAX_ROW:
        raise ValueError(f"a cell has the reference {reference[:20]!r}")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column - 1


def letters(column: int) -> str:
    """The name of a column, from its number from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def number_text(number: float) -> str:
    """The shortest plain decimals of a number that Excel saved with up to 17 digits.

    >>> number_text(float("67.599999999999994")), number_text(2024.0), number_text(1e-7), number_text(-0.0)
    ('67.6', '2024', '0.0000001', '0')
    """
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return f"{Decimal(repr(number)):f}"


@dataclass(frozen=True)
class _Converter:
    """Rows below the header: date cells as their field declares, wide rows and percentages found."""

    place: str
    names: Sequence[str]
    table: Table
    sheet: Sheet
    findings: Findings

    def rows(self, body: Sequence[Row]) -> Iterator[Row]:
        dated = [at for at, name in enumerate(self.names) if name in self.table.dates]
        width = len(self.names)
        for number, cells in body:
            if len(cells) > width and any(cells[width:]):
                note = f"the row has {len(cells)} cells, the header {width}"
                self.findings.add("row-width", note, file=self.place, row=number)
                continue
            yield number, self._dated(number, cells, dated) if dated else cells
        for row, column in sorted(self.sheet.percents):
            if column < width:
                self._percent(row, column)

    def _dated(self, number: int, cells: Sequence[str | None], dated: list[int]) -> list[str | None]:
        texts = list(cells)
        for at in dated:
            value = self.sheet.cells[number].get(at)
            if isinstance(value, date):
                texts[at] = value.strftime(_DATE_FORMS[self.table.dates[self.names[at]]])
        return texts

    def _percent(self, row: int, column: int) -> None:
        value = str(self.sheet.cells[row][column])
        self.findings.add(
            "cell-percent",
            f"the cell holds {value} and shows {number_text(round(float(value) * 100, 10))} %",
            file=self.place,
            row=row,
            column=self.names[column],
            value=value,
        )
