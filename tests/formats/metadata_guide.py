"""What the SDMX-CSV field guide asks of a metadata message, as a checker: `faults(document, labels)`.

Source: sdmx-csv docs/metadata_message_field_guide.md (2.0 and 2.1); RFC 4180. `read` takes it apart again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from publisher.structures import urns

IDENTITY = re.compile(r"[A-Za-z][\w.-]*:[\w@$-]+(\(\d+(\.\d+)*(-[\w.-]+)?\))?(\.[\w@$-]+)?")
ATTRIBUTE = re.compile(r"[A-Za-z_][\w$@-]*(\[\])?(\.[A-Za-z_][\w$@-]*(\[\])?)*(\[[a-z]{2}(.[a-z]{2})*\])?")
LEAD = ("MDSTRUCTURE_ID", "METADATASET_ID", "ACTION", "TARGET_TYPES", "TARGET_IDS")
NAMED = ("MDSTRUCTURE_ID", "METADATASET_ID", "TARGET_IDS")
STRUCTURES = {"metadataflow", "metadataprovision"}


def faults(document: bytes, labels: str) -> list[str]:
    """What in `document` the guide does not allow."""
    return list(_faults(document, labels))


def _faults(document: bytes, labels: str) -> Iterator[str]:
    text = document.decode("utf-8")
    bare = re.sub(r'"(?:[^"]|"")*"', "", text).replace("\r\n", "")
    if text.startswith("\ufeff") or not text.endswith("\r\n") or set(bare) & set('\r\n"'):
        yield "RFC 4180: byte order mark, line ends or quotes"
    head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    separator = re.fullmatch(r"MDSTRUCTURE(?:\[(.)\])?", head[0])
    if not separator:
        yield f"the first column is {head[0]}"
        return
    lead = [name for one in LEAD for name in _with_name(one, labels)]
    if head[1 : len(lead) + 1] != lead:
        yield f"header begins {head[: len(lead) + 1]}, not MDSTRUCTURE, {lead}"
    if len(set(head)) != len(head) and labels != "name":
        yield "a column twice"
    yield from _attributes(head[len(lead) + 1 :], labels)
    for row in rows:
        if len(row) != len(head):
            yield "RFC 4180: rows differ in length"
        yield from _row(dict(zip(head[: len(lead) + 1], row, strict=False)), separator[1], labels)
        yield from _cells(head, row, len(lead) + 1, labels, separator[1])


def _with_name(name: str, labels: str) -> list[str]:
    return [name, re.sub("_IDS?$", lambda m: f"_NAME{m[0][3:]}", name)] if _has_name(name, labels) else [name]


def _has_name(name: str, labels: str) -> bool:
    return labels == "name" and name in NAMED


def _attributes(columns: Sequence[str], labels: str) -> Iterator[str]:
    for name in columns[:: 2 if labels == "name" else 1]:
        attribute, _, label = name.partition(": ")
        if not ATTRIBUTE.fullmatch(attribute):
            yield f"header: {attribute} is no metadata attribute"
        if bool(label) != (labels == "both"):
            yield f"header: label of {name}"


def _row(about: dict[str, str], separator: str | None, labels: str) -> Iterator[str]:
    structure, *_ = about.values()
    if structure not in STRUCTURES:
        yield f"MDSTRUCTURE: {structure}"
    if about["ACTION"] not in set("IARD"):
        yield f"ACTION: {about['ACTION']}"
    kinds = sub_fields(about["TARGET_TYPES"], separator)
    ids = sub_fields(about["TARGET_IDS"], separator)
    if len(kinds) != len(ids):
        yield f"{len(kinds)} target types, {len(ids)} targets"
    yield from (f"TARGET_TYPES: {kind}" for kind in kinds if kind not in urns.KINDS)
    for name in (*sub_fields(about["MDSTRUCTURE_ID"], None), about["METADATASET_ID"], *ids):
        identity, _, label = name.partition(": ")
        if not IDENTITY.fullmatch(identity):
            yield f"{identity} is no AGENCY:ID(VERSION)"
        if bool(label) != (labels == "both"):
            yield f"label of {name}"


def _cells(
    head: Sequence[str], row: Sequence[str], start: int, labels: str, separator: str | None
) -> Iterator[str]:
    for name, cell in list(zip(head, row, strict=True))[start :: 2 if labels == "name" else 1]:
        try:
            taken = apart(name.partition(": ")[0], cell, separator)
        except ValueError as error:
            yield f"{name}: {error}"
            continue
        languages = re.search(r"\[([a-z].*)\]$", name.partition(": ")[0])
        if languages and cell:
            known = sub_fields(languages[1], separator)
            yield from (f"{name}: language {tag}" for tag in _tags(taken) - set(known))


def _tags(taken: object) -> set[str]:
    if isinstance(taken, dict):
        return set(taken)
    return {tag for one in taken for tag in _tags(one)} if isinstance(taken, list) else set()


def apart(name: str, cell: str, separator: str | None) -> object:
    """The value, a dictionary by language, or a list for each level with brackets."""
    levels = name.count("[]")
    has_languages = bool(re.search(r"\[[a-z]{2}", name))
    return _apart(cell, levels, has_languages, separator)


def _apart(cell: str, levels: int, has_languages: bool, separator: str | None) -> object:
    if levels:
        return [_apart(part, levels - 1, has_languages, separator) for part in sub_fields(cell, separator)]
    if not has_languages or not cell:
        return cell
    found = {}
    for part in re.findall(r'([a-z]{2}):("(?:[^"]|"")*"|[^;"]*)(?:;|$)', cell):
        found[part[0]] = part[1][1:-1].replace('""', '"') if part[1].startswith('"') else part[1]
    if not found:
        raise ValueError(f"{cell!r} has no language")
    return found


def sub_fields(cell: str, separator: str | None) -> list[str]:
    """A cell's parts, quoted like the fields of a line."""
    if separator is None or not cell:
        return [cell]
    (found,) = csv.reader(io.StringIO(cell, newline=""), delimiter=separator, strict=True)
    return found
