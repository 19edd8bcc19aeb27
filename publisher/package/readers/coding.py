"""Blocks of text columns → columns of codes, block by block, so that the texts are never all in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package.readers.model import joined, narrow

_LOOK = 64  # cells at the beginning of a block that tell whether equal ones follow each other
_RUNS = 8  # changes among them up to which it pays to look up runs instead of cells


def columns(blocks: Iterable[pa.RecordBatch], types: Mapping[str, pa.DataType]) -> dict[str, pa.Array]:
    """The columns `types`, each in one piece: string as it is, dictionary<int32, string> as codes."""
    parts: dict[str, list[pa.Array]] = {name: [] for name in types}
    for block in blocks:
        for (name, type_), column in zip(types.items(), block.columns, strict=True):
            parts[name].append(narrow(codes(column)) if pa.types.is_dictionary(type_) else column)
    return {name: joined(parts.pop(name), type_) for name, type_ in types.items()}


def codes(texts: pa.StringArray) -> pa.DictionaryArray:
    """Each distinct text once. Columns of one text, and long runs of one, need not be looked up cell by cell.

    >>> codes(pa.array(["A", "A", None])).to_pylist()
    ['A', 'A', None]
    """
    if _is_one(texts):
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(texts), np.int32)), texts[:1])
    head = texts[:_LOOK]
    if len(head) < _LOOK or pc.sum(pc.not_equal(head[1:], head[:-1])).as_py() not in range(_RUNS):
        return texts.dictionary_encode()
    runs = pc.run_end_encode(texts, run_end_type=pa.int32())
    distinct = runs.values.dictionary_encode()
    own = distinct.indices.fill_null(-1).to_numpy()
    every = np.repeat(own, np.diff(runs.run_ends.to_numpy(), prepend=0))
    mask = every < 0 if distinct.null_count else None
    return pa.DictionaryArray.from_arrays(pa.array(every, mask=mask), distinct.dictionary)


def _is_one(texts: pa.StringArray) -> bool:
    """True when all cells have the text of the first: its bytes over and over, in cells of one length."""
    if not len(texts) or texts.null_count:
        return False
    _, ends, values = texts.buffers()
    places = np.frombuffer(ends, np.int32, len(texts) + 1, texts.offset * 4)
    first, length = int(places[0]), int(places[1] - places[0])
    if int(places[-1]) - first != length * len(texts):
        return False
    even = not length or np.array_equal(np.diff(places), np.full(len(texts), length))
    content = values[first : int(places[-1])].to_pybytes() if length else b""
    return even and content == content[:length] * len(texts)
