"""Parquet → columns of text, by pyarrow; row 1 is the first row of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from publisher.package.findings import Findings, quoted
from publisher.package.lines import sequence
from publisher.package.plan import Filing, Table
from publisher.package.readers.model import BATCH, MAX_COLUMNS, Columns, Opened, cast, joined

MAX_ROWS = 20_000_000
MAX_BYTES = 4 << 30  # unpacked, as the file's own footer has it
_FORMS = {"year": "%Y", "yearmonth": "%Y-%m", "date": "%Y-%m-%d"}


def read(file: str, data: bytes, table: Table, filing: Filing, findings: Findings) -> Opened | None:
    """The file with the names of its columns; None with a finding when it is no table."""
    try:
        opened = pq.ParquetFile(
            pa.BufferReader(data), thrift_string_size_limit=64 << 20, thrift_container_size_limit=1 << 20
        )
    except (pa.ArrowException, OSError) as exc:
        findings.add("file-invalid", f"the file is not Parquet: {_first(exc)}", file=file)
        return None
    rows, size = opened.metadata.num_rows, _size(opened)
    columns = len(opened.schema_arrow.names)
    if rows > MAX_ROWS or size > MAX_BYTES or columns > MAX_COLUMNS or rows < 0:
        note = f"the file has {rows:,} rows, {columns} columns, {size >> 20} MiB unpacked"
        limit = f"{MAX_ROWS:,} rows, {MAX_COLUMNS} columns, {MAX_BYTES >> 20} MiB"
        findings.add("too-large", note, file=file, allowed=limit)
        return None
    for field in opened.schema_arrow:
        if not _is_cell(field.type):
            note = f"column {quoted(field.name)} is of type {field.type}"
            findings.add("file-invalid", note, file=file, column=field.name, allowed="text, numbers, dates")
            return None
    return Parquet(file, list(opened.schema_arrow.names), opened, table, findings)


def _first(exc: Exception) -> str:
    return (str(exc).splitlines() or ["no reason given"])[0][:200]


def _size(opened: pq.ParquetFile) -> int:
    groups = range(opened.metadata.num_row_groups)
    return sum(opened.metadata.row_group(number).total_byte_size for number in groups)


def _is_cell(type_: pa.DataType) -> bool:
    value = type_.value_type if pa.types.is_dictionary(type_) else type_
    tests = (
        pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_integer,
        pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean, pa.types.is_date,
        pa.types.is_timestamp, pa.types.is_null,
    )  # fmt: skip
    return any(test(value) for test in tests)


@dataclass(frozen=True)
class Parquet:
    place: str
    names: list[str]
    opened: pq.ParquetFile
    table: Table
    findings: Findings
    header_row: int = 0

    def read(self, types: Mapping[str, pa.DataType]) -> Columns | None:
        """The columns `types`, read in batches, so that a repeated value is kept once."""
        parts: dict[str, list[pa.Array]] = {name: [] for name in types}
        missing = pa.array(self.table.missing, pa.string())
        rows = 0
        try:
            for batch in self.opened.iter_batches(BATCH, columns=list(types)):
                rows += batch.num_rows
                for name, type_ in types.items():
                    texts = self._texts(batch.column(batch.schema.get_field_index(name)), name)
                    texts = pc.if_else(pc.is_in(texts, missing), pa.scalar(None, pa.string()), texts)
                    parts[name].append(cast(pa.chunked_array([texts]), type_))
        except (pa.ArrowException, OSError) as exc:
            note = f"the file cannot be read after row {rows}: {_first(exc)}"
            self.findings.add("file-invalid", note, file=self.place)
            return None
        arrays = {name: joined(parts.pop(name), type_) for name, type_ in types.items()}
        return Columns(arrays, sequence(1, rows + 1))

    def _texts(self, array: pa.Array, name: str) -> pa.Array:
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if pa.types.is_date(array.type) or pa.types.is_timestamp(array.type):
            form = _FORMS[self.table.dates.get(name, "date")]
            return pc.strftime(array.cast(pa.timestamp("s"), safe=False), format=form)
        texts = array.cast(pa.string())
        if pa.types.is_floating(array.type):
            texts = without_exponent(texts)
        return texts


def without_exponent(texts: pa.StringArray) -> pa.StringArray:
    """The shortest decimals that give the same floating-point numbers.

    >>> without_exponent(pa.array(["1e-7", "67.6", "-0", "1.5e+15"])).to_pylist()
    ['0.0000001', '67.6', '0', '1500000000000000']
    """
    odd = pc.or_(pc.match_substring(texts, "e"), pc.equal(texts, "-0")).fill_null(False)
    if not pc.any(odd).as_py():
        return texts
    plain = [_plain(text) for text in texts.filter(odd).to_pylist()]
    return pc.replace_with_mask(texts, odd, pa.array(plain, pa.string()))


def _plain(text: str) -> str:
    return "0" if text == "-0" else f"{Decimal(text):f}"
