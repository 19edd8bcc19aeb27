"""Measures in JSON documents of data: numbers as JSON writes them, texts as its strings."""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publisher.formats.layout import NUMBER_MISSING

_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_PLAIN = np.isin(np.arange(256), np.frombuffer(b"0123456789.-", np.uint8))


def compact(value: Any) -> str:
    """`value` as JSON without spaces, in its own characters."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def numbers(texts: pa.Array) -> pa.Array:
    """Decimals as JSON writes numbers: `+1`, `.5`, `007` and `INF` of XML Schema it does not know."""
    if _are_plain(texts):
        return texts
    legal = pc.match_substring_regex(texts, f"^{_NUMBER.pattern}$")
    if pc.all(legal).as_py():
        return texts
    encoded = texts.dictionary_encode()
    return pa.DictionaryArray.from_arrays(
        encoded.indices, pa.array(map(_number, encoded.dictionary.to_pylist()), pa.string())
    ).dictionary_decode()


def single(value: str, text_type: str) -> Any:
    """A value as JSON has it: SDMX-JSON 2.1 field guide, "Data type conversions"."""
    try:
        match text_type:
            case "Boolean":
                return {"true": True, "1": True, "false": False, "0": False}[value]
            case "Integer" | "Count" | "Long" | "Short":
                return int(value)
            case "Float" | "Double" if math.isfinite(float(value)):
                return float(value)
    except (KeyError, ValueError):
        pass
    return value


def _are_plain(texts: pa.Array) -> bool:
    """True when all are digits with a point inside and no needless zero before: one look at the bytes."""
    texts = texts.drop_null() if texts.null_count else texts
    _, offsets, values = texts.buffers()
    if values is None or not len(texts):
        return True
    ends = np.frombuffer(offsets, np.int32, len(texts) + 1, texts.offset * 4)
    whole = np.frombuffer(values, np.uint8)
    start, stop = ends[:-1], ends[1:]
    first, last = whole[start], whole[stop - 1]
    second = whole[np.minimum(start + 1, stop - 1)]
    starts_well = (first >= ord("1")) | ((first == ord("0")) & ((stop - start == 1) | (second == ord("."))))
    return bool(
        _PLAIN[whole[ends[0] : ends[-1]]].all()
        and (starts_well | ((first == ord("-")) & (second >= ord("1")))).all()
        and (last >= ord("0")).all()
    )


def _number(value: str) -> str:
    if _NUMBER.fullmatch(value):
        return value
    try:
        found = Decimal(value)
    except InvalidOperation:
        return compact(value)
    return format(found, "f") if found.is_finite() else compact(NUMBER_MISSING if found.is_nan() else value)


def strings(texts: pa.Array) -> pa.Array:
    """Texts as JSON strings."""
    encoded = texts.dictionary_encode()
    found = [compact(value) for value in encoded.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(found, pa.string())).dictionary_decode()
