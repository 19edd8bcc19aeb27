"""Cells that show a code with its name, as `M: Male`: the code is read, the name is for the reader's eye.

Source: SDMX-CSV 2.0 field guide, `labels=both`. A resource declares it with `"sdmx": {"labels": "both"}`.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from publisher.structures.definition import Resolved

BETWEEN = ": "
_LABELLED = re.compile(r"([A-Za-z0-9_@$\-]+): (.+)")


def labelled(code: str, name: str) -> str:
    """The code with its name; a semicolon would part several codes of one cell.

    >>> labelled("Y15T64", "15 to 64; total")
    'Y15T64: 15 to 64, total'
    """
    return f"{code}{BETWEEN}{name.replace(';', ',')}" if name and name != code else code


def without(column: pa.DictionaryArray, resolved: Resolved) -> pa.DictionaryArray:
    """The column with codes only. A name that belongs to another code stays, and is no code then."""
    if resolved.codes is None:
        return column
    owners: dict[str, set[str]] = {}
    for code, item in resolved.codes.items.items():
        for name in item.name.values():
            owners.setdefault(name.replace(";", ","), set()).add(code)
    texts = [
        text and ";".join(_code(part, owners) for part in _parts(text, resolved))
        for text in column.dictionary.to_pylist()
    ]
    return pc.take(pa.array(texts, column.dictionary.type), column.indices).dictionary_encode()


def _parts(text: str, resolved: Resolved) -> list[str]:
    return [part.strip() for part in text.split(";")] if resolved.is_array else [text]


def _code(text: str, owners: dict[str, set[str]]) -> str:
    match = _LABELLED.fullmatch(text)
    if match is None or (match[2] in owners and match[1] not in owners[match[2]]):
        return text
    return match[1]
