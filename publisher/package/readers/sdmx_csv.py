"""SDMX-CSV 1.0 and 2.x: the columns that say what the message is, checked and taken off.

Source: sdmx-csv field guides. 1.0 begins with DATAFLOW; 2.x with STRUCTURE, STRUCTURE_ID, ACTION,
has `[;]` after STRUCTURE for the separator of several values, `[]` after their columns, and labels
as `ID: name`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package import message, subfields
from publisher.package.findings import Findings
from publisher.package.plan import Filing, Table
from publisher.package.readers import delimited
from publisher.package.readers.model import Columns, Opened

_STRUCTURE = re.compile(r"STRUCTURE(?:\[(.)\])?")
_NAMED = {"SERIES_KEY", "OBS_KEY", "STRUCTURE_NAME"}  # said by other columns as well
_LABELLED = re.compile(r"([A-Za-z0-9_@$\-]+(?:\[\])?): ")
_CODED = pa.dictionary(pa.int32(), pa.string())


def read(file: str, data: bytes, table: Table, filing: Filing, findings: Findings) -> Opened | None:
    """The table of the message with the components as its columns."""
    opened = delimited.read(file, data, table, filing, findings)
    if opened is None:
        return None
    first = opened.names[0] if opened.names else ""
    structure = _STRUCTURE.fullmatch(first.partition(": ")[0])
    if first != "DATAFLOW" and not structure:
        findings.add(
            "message-invalid",
            "the file is not SDMX-CSV",
            file=file,
            row=opened.header_row,
            value=first,
            allowed="a first column STRUCTURE (2.0) or DATAFLOW (1.0)",
            remedy='declare the format "csv", or add the column',
        )
        return None
    separator = (structure[1] if structure else None) or subfields.SEPARATOR
    components = filing.definition.components
    names, sources = [], {}
    for name in opened.names[1:]:
        plain = (m[1] if (m := _LABELLED.match(name)) else name).removesuffix("[]")
        if (
            plain in _NAMED
            or plain in ("STRUCTURE_ID", "ACTION")
            or _is_label(opened.names, name, components)
        ):
            continue
        names.append(plain)
        sources[plain] = name
    return Message(opened.place, names, opened, sources, separator, filing, findings)


def _is_label(names: list[str], name: str, components: Mapping[str, object]) -> bool:
    """`labels=name` puts a column with the name after each column with the id (2.x)."""
    before = names[names.index(name) - 1].removesuffix("[]")
    return "STRUCTURE_NAME" in names and name not in components and before in components


@dataclass(frozen=True)
class Message:
    place: str
    names: list[str]
    opened: Opened
    sources: Mapping[str, str]  # component id → column of the file
    separator: str
    filing: Filing
    findings: Findings

    @property
    def header_row(self) -> int:
        return self.opened.header_row

    def read(self, types: Mapping[str, pa.DataType]) -> Columns | None:
        """The columns `types`; rows of another dataflow or action are findings."""
        about = [name for name in self.opened.names if self._is_about(name)]
        wanted = {self.sources[name]: type_ for name, type_ in types.items()}
        read = self.opened.read(wanted | dict.fromkeys(about, _CODED))
        if read is None:
            return None
        for name in about:
            self._check(name.partition(": ")[0], read.arrays[name], read)
        columns = {name: self._values(name, read.arrays[self.sources[name]]) for name in types}
        return Columns(columns, read.numbers)

    def _is_about(self, name: str) -> bool:
        return name.partition(": ")[0] in ("DATAFLOW", "STRUCTURE_ID", "ACTION")

    def _check(self, name: str, column: pa.DictionaryArray, read: Columns) -> None:
        judge = message.action_fault if name == "ACTION" else message.structure_fault
        codes = column.indices.fill_null(-1).to_numpy()
        for number, value in enumerate(column.dictionary.to_pylist()):
            if fault := judge(value.partition(": ")[0], self.filing):
                rows = read.numbers[np.flatnonzero(codes == number)]
                message.tell(fault, value, name, self.place, rows.tolist(), self.findings)

    def _values(self, name: str, column: pa.Array) -> pa.Array:
        resolved = self.filing.definition.components[name]
        source = self.sources[name]
        if not pa.types.is_dictionary(column.type):
            return column
        has_labels = bool(_LABELLED.match(source)) and resolved.codes is not None
        if not has_labels and (not resolved.is_array or self.separator == subfields.SEPARATOR):
            return column

        def plain(text: str) -> str:
            values = subfields.split(text, self.separator) if resolved.is_array else [text]
            values = [value.partition(": ")[0] for value in values] if has_labels else values
            return subfields.join(values) if resolved.is_array else values[0]

        texts = pa.array([plain(text) for text in column.dictionary.to_pylist()], pa.string())
        return pc.take(texts, column.indices).dictionary_encode()
