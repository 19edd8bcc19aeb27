"""SDMX-CSV 2.0 and 2.1 metadata messages: a row a metadata set, a column a metadata attribute.

Source: sdmx-csv docs/metadata_message_field_guide.md. `;` separates what is several in one cell.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from publisher.formats.message import MetadataMessage
from publisher.structures import model as m
from publisher.structures import urns
from publisher.structures.registry import Registry
from publisher.structures.reports import metadataflow_of, structure_of
from publisher.structures.resolve import find_concept
from publisher.structures.urns import Ref

SUB_FIELDS = ";"
OPTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType({"labels": ("id", "name", "both")})
ACTIONS = {"Information": "I", "Append": "A", "Merge": "A", "Replace": "R", "Delete": "D"}


@dataclass(frozen=True)
class Column:
    """A metadata attribute with those above it, and what its cells may hold."""

    chain: tuple[m.MetadataAttribute, ...]
    name: str
    codes: m.ItemScheme | None
    languages: tuple[str, ...]  # of texts in several languages; none: plain values

    @property
    def head(self) -> str:
        """Each level that may be there several times has its brackets, e.g. `CONTACT[].PHONE[]`."""
        path = ".".join(a.id + "[]" * _is_several(a) for a in self.chain)
        return path + (f"[{SUB_FIELDS.join(self.languages)}]" if self.languages else "")


def _is_several(attribute: m.MetadataAttribute) -> bool:
    return attribute.max_occurs != 1


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
        for chain in _walk(structure.attributes if structure else (), ()):
            path = tuple(attribute.id for attribute in chain)
            if path not in seen:
                seen.add(path)
                answers = [a for r in message.reports for a in _answers(r.attributes, path)]
                if answers:
                    yield _column(message, chain, answers)


def _walk(
    attributes: tuple[m.MetadataAttribute, ...], above: tuple[m.MetadataAttribute, ...]
) -> Iterator[tuple[m.MetadataAttribute, ...]]:
    for attribute in attributes:
        yield (*above, attribute)
        yield from _walk(attribute.attributes, (*above, attribute))


def _answers(attributes: tuple[m.ReportedAttribute, ...], path: tuple[str, ...]) -> list[m.ReportedAttribute]:
    found = [attribute for attribute in attributes if attribute.id == path[0]]
    if len(path) == 1:
        return [answer for answer in found if answer.text or answer.value is not None]
    return [answer for parent in found for answer in _answers(parent.attributes, path[1:])]


def _column(
    message: MetadataMessage, chain: tuple[m.MetadataAttribute, ...], answers: list[m.ReportedAttribute]
) -> Column:
    registry, attribute = message.registry, chain[-1]
    concept = find_concept(registry, attribute.concept) or m.Concept(attribute.id)
    form = attribute.representation or concept.representation
    found = registry.resolve(form.enumeration) if form and form.enumeration else None
    codes = registry.artefacts[found] if found else None
    return Column(
        chain,
        m.text(concept.name, message.languages or ("en",)),
        codes if isinstance(codes, m.ItemScheme) else None,
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
    cells += [_several(parts) for parts in zip(*named, strict=True)]
    for column in columns:
        cells += _answered(column, report.attributes, order, labels)
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
    column: Column, attributes: tuple[m.ReportedAttribute, ...], order: tuple[str, ...], labels: str
) -> list[str]:
    """The cell of a column; with `labels=name` that of its names too."""
    items = column.codes.items if column.codes else {}

    def name(answer: m.ReportedAttribute) -> str:
        item = items.get(answer.value or "")
        return m.text(item.name, order) if item else ""

    def value(answer: m.ReportedAttribute) -> str:
        found, label = _value(answer), name(answer) if labels == "both" else ""
        return f"{found}: {label}" if label else found

    cell = _cell(column, column.chain, attributes, value)
    return [cell, _cell(column, column.chain, attributes, name)] if labels == "name" else [cell]


def _cell(
    column: Column,
    chain: tuple[m.MetadataAttribute, ...],
    attributes: tuple[m.ReportedAttribute, ...],
    of: Callable[[m.ReportedAttribute], str],
) -> str:
    """What `of` says of the answers; where there is none stays empty, so that others keep their place."""
    one, *below = chain
    found = [answer for answer in attributes if answer.id == one.id]
    texts = [_cell(column, tuple(below), a.attributes, of) if below else of(a) for a in found]
    if not _is_several(one):
        return "".join(texts[:1])
    if not any(texts):
        return ""
    if column.languages:  # each set of languages is encapsulated
        return SUB_FIELDS.join(_quoted(text) if text else "" for text in texts)
    return _several(texts)


def _several(texts: Iterable[str]) -> str:
    return SUB_FIELDS.join(map(_inner, texts))


def _value(answer: m.ReportedAttribute) -> str:
    def text(found: str) -> str:
        return _quoted(found) if answer.is_structured else _inner(found)

    if not answer.text:
        return answer.value or ""
    return SUB_FIELDS.join(f"{tag}:{text(found)}" for tag, found in answer.text.items())


def _inner(text: str) -> str:
    """A text with the separator, a quote or a line end in it is quoted: the cell can be taken apart."""
    return _quoted(text) if set(text) & set(f'{SUB_FIELDS}"\r\n') else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
