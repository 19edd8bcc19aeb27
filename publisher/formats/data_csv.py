"""SDMX-CSV 2.1, 2.0 and 1.0: one row an observation. Source: sdmx-csv field guides, RFC 4180.

The guides call the option `keys` where they explain it and `key` in their examples: both do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import pyarrow as pa
import pyarrow.compute as pc

from publisher.errors import NotAcceptable
from publisher.formats.fragments import Field, Part, Render, Rows, as_is, chunks, joined
from publisher.formats.layout import SEPARATOR, Layout, is_safe, most_severe
from publisher.formats.message import DataMessage
from publisher.formats.times import normalized
from publisher.structures.definition import Resolved
from publisher.structures.model import text

OPTIONS_20 = {
    "labels": ("id", "name", "both"),
    "timeFormat": ("original", "normalized"),
    "keys": ("none", "obs", "series", "both"),
    "key": ("none", "obs", "series", "both"),
}
OPTIONS_10 = {"labels": ("id", "both"), "timeFormat": ("original", "normalized")}
END = "\r\n"  # RFC 4180 section 2.1
SUB_FIELDS = ";"
_SPECIAL = f'{SUB_FIELDS}"\r\n'  # what a sub-field goes in quotes for
ACTIONS_21 = {"Merge": "M", "Append": "A", "Replace": "R", "Delete": "D", "Information": "I"}
ACTIONS_20 = ACTIONS_21 | {"Merge": "A"}
VALIDITY = ("VALID_FROM", "VALID_TO")  # custom columns, where a data set has a validity
STRUCTURES = {"provisionagreement": "dataprovision"}  # the others are called as in REST


def write_21(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-CSV 2.1. Options: labels, timeFormat, keys."""
    return chunks(_write(message, _Version20(message, ACTIONS_21)))


def write_20(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-CSV 2.0. Options: labels, timeFormat, keys."""
    return chunks(_write(message, _Version20(message)))


def write_10(message: DataMessage) -> Iterator[bytes | memoryview]:
    """SDMX-CSV 1.0. Options: labels=id|both, timeFormat. Raises NotAcceptable where something was deleted."""
    if any(dataset.action == "Delete" for dataset in message.datasets):
        raise NotAcceptable(
            "SDMX-CSV 1.0 cannot tell what was deleted from what is there: it has no action; ask for"
            " application/vnd.sdmx.data+csv;version=2.0.0"
        )
    return chunks(_write(message, _Version10(message)))


@dataclass(frozen=True)
class _Version20:
    message: DataMessage
    actions: Mapping[str, str] = field(default_factory=lambda: ACTIONS_20)

    def option(self, name: str) -> str:
        return self.message.options.get(name, OPTIONS_20[name][0])

    @property
    def columns_of_keys(self) -> str:
        """`none`, `series`, `obs` or `both`."""
        return self.message.options.get("keys", self.option("key"))

    @cached_property
    def periods(self) -> list[str]:
        """Those of the whole message: the finest of them decides how times are written."""
        layouts = [Layout(dataset) for dataset in self.message.datasets]
        names = [(layout, layout.dataset.definition.time) for layout in layouts]
        return [p for layout, time in names if time for p in layout.used(time.id)[time.id]]

    @property
    def validity(self) -> tuple[str, ...]:
        datasets = self.message.datasets
        return VALIDITY if any(d.valid_from or d.valid_to for d in datasets) else ()

    @property
    def languages(self) -> tuple[str, ...]:
        return self.message.header.languages

    def head(self, columns: Sequence[Resolved]) -> list[str]:
        has_arrays = any(c.is_array for c in columns)
        names = ["STRUCTURE" + (f"[{SUB_FIELDS}]" if has_arrays else ""), "STRUCTURE_ID"]
        names += ["STRUCTURE_NAME"] if self.option("labels") == "name" else []
        names += ["ACTION"]
        names += ["SERIES_KEY"] if self.columns_of_keys in ("series", "both") else []
        names += ["OBS_KEY"] if self.columns_of_keys in ("obs", "both") else []
        for column in columns:
            name = column.id + ("[]" if column.is_array else "")
            label = text(column.name, self.languages)
            match self.option("labels"):
                case "both":
                    names.append(f"{name}: {label}")
                case "name":
                    names += [name, label]
                case _:
                    names.append(name)
        return [*names, *self.validity]

    def start(self, layout: Layout) -> list[str]:
        structure = layout.structure
        label = text(layout.dataset.definition.dataflow.name, self.languages)
        labels = self.option("labels")
        return [
            STRUCTURES.get(structure.kind, structure.kind),
            f"{structure.short}: {label}" if labels == "both" else structure.short,
            *([label] if labels == "name" else []),
            self.actions[layout.dataset.action],
        ]

    def end(self, layout: Layout) -> list[str]:
        """The validity of the data set."""
        dataset = layout.dataset
        return [dataset.valid_from or "", dataset.valid_to or ""] if self.validity else []

    def keys(self, layout: Layout) -> list[Part]:
        parts: list[Part] = []
        if self.columns_of_keys in ("series", "both"):
            parts += [",", *_key(layout.series_dimensions)]
        if self.columns_of_keys in ("obs", "both"):
            parts += [",", *_key(layout.dimensions)]
        return parts

    def cell(self, layout: Layout, component: Resolved) -> list[Part]:
        labels = self.option("labels")
        if component.codes is None or labels == "id":
            cell: list[Part] = [self.plain(layout, component)]
            return [*cell, ","] if labels == "name" else cell
        name = partial(_labelled, component, self.languages)
        if labels == "both":
            return [replace(self.plain(layout, component), render=name(lambda c, label: f"{c}: {label}"))]
        return [self.plain(layout, component), ",", Field(component.id, name(lambda _, label: label))]

    def plain(self, layout: Layout, component: Resolved) -> Field:
        """The value itself."""
        render = as_is if is_safe(component) else quoted
        if component in layout.measures:
            return Field(component.id, render, absent=layout.missing(component), is_plain=True)
        if component is layout.dataset.definition.time and self.option("timeFormat") == "normalized":
            return Field(component.id, normalized(self.periods))
        return Field(component.id, self.several if component.is_array else render)

    def several(self, texts: pa.Array) -> pa.Array:
        """Several values of one attribute."""
        if pc.any(pc.match_substring_regex(texts, f"[{_SPECIAL}]")).as_py():
            values = [v if v is None else _sub_fields(v.split(SEPARATOR)) for v in texts.to_pylist()]
            return quoted(pa.array(values, pa.string()))
        return quoted(pc.replace_substring(texts, SEPARATOR, SUB_FIELDS))


@dataclass(frozen=True)
class _Version10(_Version20):
    """`DATAFLOW`, the components, nothing else; one value an attribute."""

    def option(self, name: str) -> str:
        return self.message.options.get(name, OPTIONS_10[name][0])

    @property
    def columns_of_keys(self) -> str:
        return "none"

    def head(self, columns: Sequence[Resolved]) -> list[str]:
        names = [c.id for c in columns]
        if self.option("labels") == "both":
            names = [f"{c.id}: {text(c.name, self.languages)}" for c in columns]
        return ["DATAFLOW", *names, *self.validity]

    def start(self, layout: Layout) -> list[str]:
        flow = layout.dataset.definition.dataflow
        name = text(flow.name, self.languages)
        return [f"{flow.ref.short}: {name}" if self.option("labels") == "both" else flow.ref.short]

    def keys(self, layout: Layout) -> list[Part]:
        return []

    def cell(self, layout: Layout, component: Resolved) -> list[Part]:
        if component.codes is None or self.option("labels") == "id":
            return [self.plain(layout, component)]
        both = _labelled(component, self.languages, lambda code, label: f"{code}: {label}")
        return [replace(self.plain(layout, component), render=lambda texts: both(most_severe(texts)))]

    def several(self, texts: pa.Array) -> pa.Array:
        return quoted(most_severe(texts))


def _write(message: DataMessage, version: _Version20) -> Iterator[str | memoryview]:
    layouts = [Layout(dataset) for dataset in message.datasets]
    columns = _columns(layouts)
    yield ",".join(_quote(name) for name in version.head(columns)) + END
    for layout in layouts:
        yield from _rows(layout, _template(layout, columns, version))


def _columns(layouts: Sequence[Layout]) -> list[Resolved]:
    """Dimensions of the first structure, what the others add, then measures and attributes likewise."""
    found: dict[str, Resolved] = {}
    levels: tuple[Callable[[Layout], Sequence[Resolved]], ...] = (
        lambda layout: layout.dimensions,
        lambda layout: layout.measures,
        lambda layout: layout.attributes,
    )
    for level in levels:
        for layout in layouts:
            for component in level(layout):
                found.setdefault(component.id, component)
    return list(found.values())


def _template(layout: Layout, columns: Sequence[Resolved], version: _Version20) -> list[Part]:
    parts: list[Part] = [",".join(_quote(value) for value in version.start(layout)), *version.keys(layout)]
    has = {c.id for c in (*layout.dimensions, *layout.measures, *layout.attributes)}
    for column in columns:
        parts.append(",")
        if column.id in has:
            parts += version.cell(layout, layout.component(column.id))
        elif version.option("labels") == "name":
            parts.append(",")
    return [*parts, "".join(f",{value}" for value in version.end(layout)), END]


def _rows(layout: Layout, template: list[Part]) -> Iterator[memoryview]:
    if layout.dataset.with_observations:
        yield from layout.written(template)
    else:
        yield from Rows(template, layout.series).series_only()


def _key(dimensions: Sequence[Resolved]) -> list[Part]:
    parts: list[Part] = []
    for number, dimension in enumerate(dimensions):
        parts += ["."] * bool(number) + [Field(dimension.id)]
    return parts


def _labelled(component: Resolved, languages: tuple[str, ...], form: Callable[[str, str], str]) -> Render:
    """Codes by `form(code, name)`; several of one attribute each for itself."""
    items = component.codes.items if component.codes else {}

    def label(code: str) -> str:
        return form(code, text(items[code].name, languages) if code in items else "")

    def render(texts: pa.Array) -> pa.Array:
        values = texts.to_pylist()
        together = _sub_fields if component.is_array else "".join
        found = {v: together(map(label, v.split(SEPARATOR))) for v in set(values) if v is not None}
        return quoted(pa.array([found.get(v) for v in values], pa.string()))

    return render


def _sub_fields(values: Iterable[str]) -> str:
    """Values of one field: quoted as fields are, by RFC 4180; the field guide's examples do so."""
    return SUB_FIELDS.join(
        '"' + v.replace('"', '""') + '"' if any(c in v for c in _SPECIAL) else v for v in values
    )


def quoted(texts: pa.Array) -> pa.Array:
    """RFC 4180 section 2.6: fields with comma, quote or line end go in quotes, quotes in them twice."""
    special = pc.match_substring_regex(texts, '[",\r\n]')
    if not pc.any(special).as_py():
        return texts
    inside = joined('"', pc.replace_substring(texts, '"', '""'), '"')
    return pc.if_else(special, inside, texts)


def _quote(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if any(c in value for c in '",\r\n') else value
