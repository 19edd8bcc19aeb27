"""SDMX-ML data 2.1, 3.0 and 3.1, structure-specific and generic → rows; each row has its line.

Source: SDMX-ML schemas, SDMXDataStructureSpecific.xsd and SDMXDataGeneric.xsd (2.1). Attributes of
data set, group and series are put on each of their observations. Elements come from expat one by
one, so memory holds a batch of rows and not the document.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from publisher.package import message, subfields
from publisher.package.findings import Findings
from publisher.package.plan import Filing, Table
from publisher.package.readers import xml
from publisher.package.readers.model import BATCH, MAX_COLUMNS, Columns, Opened, cast

_ROOTS = {"StructureSpecificData", "StructureSpecificTimeSeriesData", "GenericData", "GenericTimeSeriesData"}
# Attributes of DataSet that are of the message (SDMXCommon.xsd, SetAttributeGroup), some without a namespace.
_OF_THE_SET = {
    "action", "structureRef", "dataScope", "setID", "validFromDate", "validToDate", "publicationYear",
    "publicationPeriod", "reportingBeginDate", "reportingEndDate", "type",
}  # fmt: skip
Cells = dict[str, str]


def read(file: str, data: bytes, table: Table, filing: Filing, findings: Findings) -> Opened | None:
    """The observations of the message as a table; None with a finding when it is none."""
    collected = _Collector(_Found())
    reader = xml.Reader(collected.start, collected.end)
    collected.reader = reader
    try:
        reader.parse(io.BytesIO(data))
    except xml.XmlRefused as exc:
        findings.add(
            "message-invalid", f"{file} is not an SDMX-ML data message: {exc}", file=file, row=exc.line
        )
        return None
    found = collected.found
    found.flush()
    for place, value, line in found.said:
        judge = message.action_fault if place.endswith("ction") else message.structure_fault
        if allowed := judge(value, filing):
            message.tell(allowed, value, place, file, [line], findings)
    if not found.names:
        findings.add("csv-empty", "the message has no observations", file=file)
        return None
    return Message(file, list(found.names), found, table)


class _Found:
    """Observations in columns: batches of rows become Arrow, so that a repeated text is kept once."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}  # in order of appearance
        self.said: list[tuple[str, str, int]] = []  # what the message says of itself: place, value, line
        self.lines: list[int] = []
        self._rows: list[Cells] = []
        self._parts: list[tuple[int, dict[str, pa.DictionaryArray]]] = []

    def add(self, cells: Cells, line: int) -> None:
        self._rows.append(cells)
        self.lines.append(line)
        if len(self._rows) == BATCH:
            self.flush()

    def flush(self) -> None:
        names = dict.fromkeys(name for row in self._rows for name in row)
        self.names |= names
        part = {
            name: pa.array([row.get(name) for row in self._rows], pa.string()).dictionary_encode()
            for name in names
        }
        self._parts.append((len(self._rows), part))
        self._rows = []

    def column(self, name: str) -> pa.ChunkedArray:
        nothing = pa.array([], pa.string()).dictionary_encode().dictionary
        return pa.chunked_array(
            [
                part[name]
                if name in part
                else pa.DictionaryArray.from_arrays(pa.nulls(rows, pa.int32()), nothing)
                for rows, part in self._parts
            ],
            pa.dictionary(pa.int32(), pa.string()),
        )

    @property
    def numbers(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """The line of each observation; its number where several stand on one line."""
        lines = np.array(self.lines, np.int64)
        if np.all(np.diff(lines) > 0):
            return lines
        return np.arange(1, len(lines) + 1)


@dataclass(frozen=True)
class Message:
    place: str
    names: list[str]
    found: _Found
    table: Table
    header_row: int = 1

    def read(self, types: Mapping[str, pa.DataType]) -> Columns | None:
        arrays = {}
        for name, type_ in types.items():
            column = self.found.column(name)
            arrays[name] = cast(_nulled(column, pa.array(self.table.missing, pa.string())), type_)
        return Columns(arrays, self.found.numbers)


def _nulled(column: pa.ChunkedArray, missing: pa.Array) -> pa.ChunkedArray:
    """Texts, with null for those of `missing`."""
    texts = column.cast(pa.string())
    return pa.compute.if_else(pa.compute.is_in(texts, missing), pa.scalar(None, pa.string()), texts)


class _Collector:
    """Follows the elements; what is known of data set, groups and series waits for the observations."""

    reader: xml.Reader

    def __init__(self, found: _Found) -> None:
        self.found = found
        self._open: list[str] = []
        self._dataset: Cells = {}
        self._series: Cells = {}
        self._observation: Cells = {}
        self._into = self._dataset  # where a component that is an element of its own goes
        self._groups: list[tuple[Cells, Cells]] = []
        self._component = self._at_observation = ""
        self._several: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._open and name not in _ROOTS:
            raise xml.XmlRefused(f"its root is {name}", self.reader.line)
        self._open.append(name)
        if starts := _STARTS.get(name):
            starts(self, attributes)

    def end(self, name: str, text: str) -> None:
        self._open.pop()
        if ends := _ENDS.get(name):
            ends(self, text)

    def _is_in(self, name: str) -> bool:
        return name in self._open

    def header_structure(self, attributes: dict[str, str]) -> None:
        if self._is_in("Header") and "dimensionAtObservation" in attributes:
            self._at_observation = attributes["dimensionAtObservation"]

    def reference(self, attributes: dict[str, str]) -> None:
        if self._is_in("Header") and {"agencyID", "id"} <= attributes.keys() and self._is_in("Structure"):
            short = f"{attributes['agencyID']}:{attributes['id']}({attributes.get('version', '')})"
            self.found.said.append(("Header.Structure", short, self.reader.line))

    def urn(self, text: str) -> None:
        if self._is_in("Header") and text.strip().startswith("urn:sdmx:"):
            self.found.said.append(("Header.Structure", text.strip(), self.reader.line))

    def action(self, text: str) -> None:
        self.found.said.append(("DataSetAction", text.strip(), self.reader.line))

    def dataset(self, attributes: dict[str, str]) -> None:
        self._groups.clear()
        self._series = {}
        self._dataset = {n: v for n, v in _plain(attributes).items() if n not in _OF_THE_SET}
        self._into = self._dataset
        for name, value in attributes.items():
            if name.rpartition(" ")[2] == "action":
                self.found.said.append(("action", value, self.reader.line))

    def group(self, attributes: dict[str, str]) -> None:
        cells = _plain(attributes)
        self._groups.append((cells, cells))
        self._into = cells

    def series(self, attributes: dict[str, str]) -> None:
        self._series = _plain(attributes)
        self._into = self._series

    def series_known(self, _: str) -> None:
        self._into = self._dataset

    def observation(self, attributes: dict[str, str]) -> None:
        self._observation = {**self._dataset, **self._series, **_plain(attributes)}
        self._line = self.reader.line
        self._into = self._observation

    def observation_known(self, _: str) -> None:
        cells = self._observation
        if self._groups:
            cells = self._with_groups(cells)
        if len(cells) > MAX_COLUMNS:
            raise xml.XmlRefused(f"an observation has more than {MAX_COLUMNS} components", self._line)
        self.found.add(cells, self._line)
        self._into = self._series

    def _with_groups(self, cells: Cells) -> Cells:
        for key, values in self._groups:
            own = {name: value for name, value in key.items() if name in cells}
            if own and all(cells[name] == value for name, value in own.items()):
                cells = {**values, **cells}
        return cells

    def component(self, attributes: dict[str, str]) -> None:
        self._component = attributes.get("id", "")
        self._several = []

    def component_known(self, _: str) -> None:
        if self._component:
            several = len(self._several) > 1  # else it may be a component of one value, which is as it is
            self._into[self._component] = subfields.join(self._several) if several else "".join(self._several)

    def value(self, attributes: dict[str, str]) -> None:
        """Generic data: `<Value id value>`; 3.0 has the text in it, inside Comp."""
        if "value" in attributes and "id" in attributes:
            self._into[attributes["id"]] = attributes["value"]

    def value_known(self, text: str) -> None:
        if self._is_in("Comp"):
            self._several.append(text)

    def at_observation(self, attributes: dict[str, str]) -> None:
        name = attributes.get("id") or self._at_observation or "TIME_PERIOD"
        self._into[name] = attributes.get("value", "")

    def measure(self, attributes: dict[str, str]) -> None:
        self._into[attributes.get("id", "OBS_VALUE")] = attributes.get("value", "")


def _plain(attributes: dict[str, str]) -> Cells:
    """Attributes that are components: those of no namespace (ss:action and xsi:type are of one)."""
    return {name: value for name, value in attributes.items() if " " not in name}


_STARTS = {
    "Structure": _Collector.header_structure,
    "Ref": _Collector.reference,
    "DataSet": _Collector.dataset,
    "Group": _Collector.group,
    "Series": _Collector.series,
    "Obs": _Collector.observation,
    "Comp": _Collector.component,
    "Value": _Collector.value,
    "ObsDimension": _Collector.at_observation,
    "ObsValue": _Collector.measure,
}
_ENDS = {
    "URN": _Collector.urn,
    "Structure": _Collector.urn,
    "StructureUsage": _Collector.urn,
    "ProvisionAgreement": _Collector.urn,
    "DataSetAction": _Collector.action,
    "Series": _Collector.series_known,
    "Group": _Collector.series_known,
    "Obs": _Collector.observation_known,
    "Comp": _Collector.component_known,
    "Value": _Collector.value_known,
}
