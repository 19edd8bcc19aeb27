"""SDMX-CSV 2.0 and 2.1 metadata messages: a row a metadata set, a column a metadata attribute.

Source: sdmx-csv docs/metadata_message_field_guide.md. `;` separates what is several in one cell.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from publisher.formats.message import MetadataMessage
from publisher.structures import model as m
from publisher.structures import urns
from publisher.structures.registry import Registry
from publisher.structures.reports import metadataflow_of, structure_of
from publisher.structures.resolve import find_concept
from publisher.structures.urns import Ref

OPTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType({"labels": ("id", "name", "both")})
ACTIONS = {"Information": "I", "Append": "A", "Merge": "A", "Replace": "R", "Delete": "D"}


@dataclass(frozen=True)
class Column:
    """A metadata attribute by its path, and what its cells may hold."""

    path: tuple[str, ...]
    attribute: m.MetadataAttribute
    name: str
    codes: m.ItemScheme | None
    is_several: bool
    languages: tuple[str, ...]  # of texts in several languages; none: plain values

    @property
    def head(self) -> str:
        several = "[]" if self.is_several else ""
        return ".".join(self.path) + several + (f"[{';'.join(self.languages)}]" if self.languages else "")


def write(message: MetadataMessage) -> Iterator[bytes | memoryview]:
    """Chunks of the message: the header, then a row each."""
    labels = message.options.get("labels", "id")
    columns = list(_columns(message))
    yield _row(_header(columns, labels))
    for report in message.reports:
        yield _row(_cells(message, report, columns, labels))


def _row(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()


def _columns(message: MetadataMessage) -> Iterator[Column]:
    """The attributes of every structure of the reports, each once, that any report answers."""
    registry, seen = message.registry, set[tuple[str, ...]]()
    for report in message.reports:
        structure = structure_of(registry, metadataflow_of(registry, report))
        for path, attribute in _walk(structure.attributes if structure else (), ()):
            if path not in seen:
                seen.add(path)
                answers = [a for r in message.reports for a in _answers(r.attributes, path)]
                if answers:
                    yield _column(message, path, attribute, answers)


def _walk(
    attributes: tuple[m.MetadataAttribute, ...], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], m.MetadataAttribute]]:
    for attribute in attributes:
        path = (*above, attribute.id)
        yield path, attribute
        yield from _walk(attribute.attributes, path)


def _answers(attributes: tuple[m.ReportedAttribute, ...], path: tuple[str, ...]) -> list[m.ReportedAttribute]:
    found = [attribute for attribute in attributes if attribute.id == path[0]]
    if len(path) == 1:
        return [answer for answer in found if answer.text or answer.value is not None]
    return [answer for parent in found for answer in _answers(parent.attributes, path[1:])]


def _column(
    message: MetadataMessage,
    path: tuple[str, ...],
    attribute: m.MetadataAttribute,
    answers: list[m.ReportedAttribute],
) -> Column:
    registry = message.registry
    concept = find_concept(registry, attribute.concept) or m.Concept(attribute.id)
    form = attribute.representation or concept.representation
    found = registry.resolve(form.enumeration) if form and form.enumeration else None
    codes = registry.artefacts[found] if found else None
    return Column(
        path,
        attribute,
        m.text(concept.name, message.languages or ("en",)),
        codes if isinstance(codes, m.ItemScheme) else None,
        attribute.max_occurs != 1,
        tuple(dict.fromkeys(language for answer in answers for language in answer.text)),
    )


def _header(columns: list[Column], labels: str) -> list[str]:
    names = labels == "name"
    cells = ["MDSTRUCTURE[;]", "MDSTRUCTURE_ID", *(["MDSTRUCTURE_NAME"] if names else [])]
    cells += ["METADATASET_ID", *(["METADATASET_NAME"] if names else [])]
    cells += ["ACTION", "TARGET_TYPES", "TARGET_IDS", *(["TARGET_NAMES"] if names else [])]
    for column in columns:
        cells += [f"{column.head}: {column.name}"] if labels == "both" else [column.head]
        cells += [column.name] if names else []
    return cells


def _cells(message: MetadataMessage, report: m.MetadataSet, columns: list[Column], labels: str) -> list[str]:
    order = message.languages or ("en",)
    structure = report.agreement or report.metadataflow
    kind = "metadataprovision" if report.agreement else "metadataflow"
    targets = [urns.parse(target) for target in report.targets]
    cells = [kind, *_labelled(structure, _name(message.registry, structure, order), labels)]
    cells += _labelled(report.ref, m.text(report.name, order), labels)
    cells += [ACTIONS[report.action or "Information"], ";".join(target.kind for target in targets)]
    named = [_labelled(target, _name(message.registry, target, order), labels) for target in targets]
    cells += [";".join(parts) for parts in zip(*named, strict=True)]
    for column in columns:
        answers = _answers(report.attributes, column.path)
        cells += _answered(column, answers, order, labels)
    return cells


def _labelled(ref: Ref | None, name: str, labels: str) -> list[str]:
    short = ref.short if ref else ""
    if labels == "both":
        return [f"{short}: {name}"]
    return [short, name] if labels == "name" else [short]


def _name(registry: Registry, ref: Ref | None, order: tuple[str, ...]) -> str:
    found = registry.resolve(ref) if ref else None
    artefact = registry.artefacts[found] if found else None
    if artefact and ref and ref.item and isinstance(artefact, m.ItemScheme) and ref.item in artefact.items:
        return m.text(artefact.items[ref.item].name, order)
    return m.text(artefact.name, order) if artefact else ""


def _answered(
    column: Column, answers: list[m.ReportedAttribute], order: tuple[str, ...], labels: str
) -> list[str]:
    """The cell of a column; with `labels=name` that of its names too."""
    items = column.codes.items if column.codes else {}
    values = [answer.value or "" for answer in answers]
    names = [m.text(items[value].name, order) if value in items else "" for value in values]
    values = [_value(column, answer) for answer in answers]
    if labels == "both":
        values = [f"{value}: {name}" if name else value for value, name in zip(values, names, strict=True)]
    if column.is_several and column.languages:
        values = [_quoted(value) for value in values]
    return [";".join(values), *([";".join(filter(None, names))] if labels == "name" else [])]


def _value(column: Column, answer: m.ReportedAttribute) -> str:
    if not answer.text:
        value = answer.value or ""
        return _quoted(value) if column.is_several and set(value) & set(';"') else value
    return ";".join(f"{tag}:{_inner(text)}" for tag, text in answer.text.items())


def _inner(text: str) -> str:
    """A text that has the separator in it is quoted, so that the cell can be taken apart."""
    return _quoted(text) if set(text) & set(';"') else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
