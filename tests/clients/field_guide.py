"""What the SDMX-CSV field guides ask of a data message, as a checker: `faults(document, …)`.

Source: sdmx-csv docs/data_message_field_guide.md (2.0 and 2.1) and the guide of 1.0; RFC 4180.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from publisher.structures.definition import Definition

STRUCTURES = {"dataflow", "datastructure", "dataprovision"}
ACTIONS = {"1.0.0": "", "2.0.0": "IARD", "2.1.0": "IAMRD"}
CUSTOM = ("VALID_FROM", "VALID_TO")  # of the implementer's own, which may stand after the components
IDENTITY = re.compile(r"[A-Za-z][\w.-]*:[\w@$-]+\(\d+(\.\d+)*(-[\w.-]+)?\)")
PERIOD = re.compile(
    r"-?\d{4}(-(Q[1-4]|S[12]|T[1-3]|W\d\d|M\d\d|D\d{3}|A1|\d\d(-\d\d(T[\d:.+Z-]+)?)?))?(/P\w+)?"
)
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([Ee][+-]?\d+)?|NaN|INF|-INF|")


@dataclass(frozen=True)
class Column:
    """A component's column, or pair of columns with `labels=name`."""

    id: str  # without [] or [en;fr]
    place: int
    is_array: bool
    label: str | None  # in the header


@dataclass
class Guide:
    """One message held against the guide of its version, with the options it was asked with."""

    version: str
    options: Mapping[str, str]
    definitions: Sequence[Definition]
    at: str  # the dimension at the observation
    found: list[str] = field(default_factory=list)

    @property
    def labels(self) -> str:
        return self.options.get("labels", "id")

    @property
    def keys(self) -> str:
        return self.options.get("keys", self.options.get("key", "none"))  # the guide has both spellings

    def expect(self, holds: object, what: str) -> None:
        if not holds and len(self.found) < 20:
            self.found.append(what)


def faults(
    document: bytes, version: str, options: Mapping[str, str], definitions: Sequence[Definition], at: str
) -> list[str]:
    """What in `document` the guide does not allow."""
    guide = Guide(version, options, definitions, at)
    guide.expect(not document.startswith(b"\xef\xbb\xbf"), "starts with a byte order mark")
    text = document.decode("utf-8")
    guide.expect(text.endswith("\r\n"), "RFC 4180: the last line has no CRLF")
    bare = re.sub(r'"(?:[^"]|"")*"', "", text).replace("\r\n", "")
    guide.expect("\n" not in bare and "\r" not in bare, "RFC 4180: a line break that is no CRLF")
    guide.expect('"' not in bare, "RFC 4180: a quote inside an unquoted field")
    head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    guide.expect(rows, "no rows")
    guide.expect(all(len(row) == len(head) for row in rows), "RFC 4180: rows differ in length")
    lead = _lead(guide, head)
    custom = [name for name in head[-len(CUSTOM) :] if name in CUSTOM]
    columns = list(_columns(guide, head[: len(head) - len(custom)], len(lead)))
    _check_header(guide, columns, head)
    _check_lead(guide, lead, head, rows)
    for column in columns:
        _check_values(guide, column, sorted({row[column.place] for row in rows}), head[0][10:-1])
    _check_keys(guide, lead, columns, rows)
    return guide.found


def _lead(guide: Guide, head: Sequence[str]) -> list[str]:
    """The columns before the components, as the guide asks for them."""
    if guide.version == "1.0.0":
        lead = ["DATAFLOW"]
    else:
        has_arrays = any("[" in name.partition(":")[0] for name in head[1:])
        lead = [head[0] if re.fullmatch(r"STRUCTURE\[.\]", head[0]) and has_arrays else "STRUCTURE"]
        lead += ["STRUCTURE_ID", *(["STRUCTURE_NAME"] if guide.labels == "name" else []), "ACTION"]
        lead += ["SERIES_KEY"] if guide.keys in ("series", "both") else []
        lead += ["OBS_KEY"] if guide.keys in ("obs", "both") else []
    guide.expect(list(head[: len(lead)]) == lead, f"header begins {head[: len(lead)]}, not {lead}")
    return lead


def _columns(guide: Guide, head: Sequence[str], start: int) -> Iterator[Column]:
    step = 2 if guide.labels == "name" else 1
    for place in range(start, len(head), step):
        name, _, label = head[place].partition(": ")
        match = re.fullmatch(r"([A-Za-z_][\w-]*)(\[[^\]]*\])?", name)
        guide.expect(match, f"header: {head[place]!r} is no component")
        if not match:
            continue
        guide.expect(bool(label) == (guide.labels == "both"), f"header: label of {head[place]!r}")
        found = head[place + 1] if step == 2 else label or None
        yield Column(match[1], place, match[2] is not None, found)


def _check_header(guide: Guide, columns: Sequence[Column], head: Sequence[str]) -> None:
    ids = [column.id for column in columns]
    guide.expect(len(set(ids)) == len(ids), "header: a component twice")
    known = {name for d in guide.definitions for name in d.components}
    guide.expect(set(ids) <= known, f"header: no components: {set(ids) - known}")
    guide.expect(guide.version != "1.0.0" or not any(c.is_array for c in columns), "1.0 knows no arrays")
    stage = 0
    for name in ids:  # one structure's attribute may be another's dimension: the earliest that fits
        stage = min((n for n in _stages(guide.definitions, name) if n >= stage), default=9)
    guide.expect(stage < 9, "header: not dimensions, then measures, then attributes")
    if len(guide.definitions) == 1:
        (definition,) = guide.definitions
        expected = [name for name in _in_order(definition) if name in ids]
        guide.expect(ids == expected, "header: not in the order of the structure")


def _in_order(definition: Definition) -> list[str]:
    time = [definition.time.id] if definition.time else []
    parts = (definition.dimensions, definition.measures, definition.attributes)
    dimensions, measures, attributes = ([c.id for c in part] for part in parts)
    return [*dimensions, *time, *measures, *attributes]


def _stages(definitions: Sequence[Definition], name: str) -> set[int]:
    """0, 1, 2: the component is a dimension, a measure, an attribute of some structure asked."""
    return {
        0 if name not in later else 1 if name in {m.id for m in definition.measures} else 2
        for definition in definitions
        if name in definition.components
        for later in [{c.id for c in (*definition.measures, *definition.attributes)}]
    }


def _check_lead(guide: Guide, lead: Sequence[str], head: Sequence[str], rows: Sequence[list[str]]) -> None:
    place = lead.index("DATAFLOW" if guide.version == "1.0.0" else "STRUCTURE_ID")
    for text in {row[place] for row in rows}:
        identity, _, label = text.partition(": ")
        guide.expect(IDENTITY.fullmatch(identity), f"{identity!r} is no AGENCY:ID(VERSION)")
        guide.expect(bool(label) == (guide.labels == "both"), f"label of {text!r}")
    if guide.version == "1.0.0":
        return
    types = {row[0] for row in rows}
    guide.expect(types <= STRUCTURES, f"STRUCTURE: {types - STRUCTURES}")
    actions = {row[lead.index("ACTION")] for row in rows}
    guide.expect(actions <= set(ACTIONS[guide.version]), f"ACTION: {actions}")


def _check_values(guide: Guide, column: Column, values: Sequence[str], separator: str) -> None:
    resolved = next(d.components[column.id] for d in guide.definitions if column.id in d.components)
    is_time = any(d.time and d.time.id == column.id for d in guide.definitions)
    is_number = _stages(guide.definitions, column.id) == {1} and resolved.is_numeric
    for value in values:
        parts = value.split(separator) if column.is_array and separator else [value]
        for part in filter(None, parts):
            code, _, label = (
                part.partition(": ") if guide.labels == "both" and resolved.codes else (part, "", "")
            )
            place = f"{column.id}: {part!r}"
            if resolved.codes:
                guide.expect(
                    code in resolved.codes.items or code in ("~", "-"), f"{place} is not in the list"
                )
                guide.expect(bool(label) == (guide.labels == "both"), f"{place}: label")
            if is_time:
                guide.expect(PERIOD.fullmatch(part), f"{place} is no period")
            if is_number:
                guide.expect(NUMBER.fullmatch(part), f"{place} is no number")


def _check_keys(
    guide: Guide, lead: Sequence[str], columns: Sequence[Column], rows: Sequence[list[str]]
) -> None:
    """OBS_KEY: all dimensions; SERIES_KEY: all but the one at the observation; both with time as recorded."""
    if len(guide.definitions) != 1:
        return
    (definition,) = guide.definitions
    time = [definition.time.id] if definition.time else []
    names = [d.id for d in definition.dimensions] + time
    places = {column.id: column.place for column in columns}
    for header, parts in (("SERIES_KEY", [n for n in names if n != guide.at]), ("OBS_KEY", names)):
        if header not in lead:
            continue
        for row in rows[:100]:
            key = [row[places[name]].partition(": ")[0] for name in parts if name in places]
            found = row[lead.index(header)].split(".")
            if guide.options.get("timeFormat") == "normalized" and parts[-1] in time:
                key, found = key[:-1], found[: len(key) - 1]
            guide.expect(found == key, f"{header}: {found} is not {key}")
