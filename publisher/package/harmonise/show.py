"""The office's figures beside what is made of them, a line for each figure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package.delivery import Delivery

COLUMNS = ("file", "cell", "source", "figure", "weight", "rule", "dataflow", "key", "period", "value")
TIME = "TIME_PERIOD"


def table(deliveries: Iterable[Delivery]) -> pa.Table:
    """The lineage of all `deliveries` with the columns of COLUMNS; the key as SDMX REST writes it."""
    tables = [_table(delivery) for delivery in deliveries if delivery.lineage is not None]
    return (
        pa.concat_tables(tables)
        if tables
        else pa.table({name: pa.array([], pa.string()) for name in COLUMNS})
    )


def _table(delivery: Delivery) -> pa.Table:
    lineage = delivery.lineage
    assert lineage is not None
    after = lineage.column_names.index("weight") + 1
    key = [name for name in lineage.column_names[after:-1] if name != TIME]
    sheet = pc.binary_join_element_wise(lineage["file"], lineage["sheet"], ", sheet ")
    columns = [
        pc.coalesce(sheet, lineage["file"]),
        lineage["cell"],
        lineage["source"],
        lineage["text"],
        pc.fill_null(lineage["weight"], ""),
        pc.fill_null(lineage["rule"], ""),
        pa.array([delivery.dataflow.short] * lineage.num_rows, pa.string()),
        pc.binary_join_element_wise(*(lineage[name] for name in key), "."),
        lineage[TIME],
        pc.fill_null(lineage[lineage.column_names[-1]], ""),
    ]
    return pa.table(dict(zip(COLUMNS, columns, strict=True)))


def to_text(shown: pa.Table) -> Iterator[str]:
    """Lines with the columns below each other."""
    texts = [[name, *shown[name].to_pylist()] for name in shown.column_names]
    widths = [max(map(len, column)) for column in texts]
    for row in zip(*texts, strict=True):
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def to_csv(shown: pa.Table) -> Iterator[str]:
    """The same as lines of CSV."""
    for row in zip(*([name, *shown[name].to_pylist()] for name in shown.column_names), strict=True):
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(row)
        yield out.getvalue()


FORMATS = {"text": to_text, "csv": to_csv}


def summary(shown: pa.Table) -> str:
    """How many figures of the office are an observation as they are, and what became of the others.

    >>> line = dict(zip(COLUMNS, ("a.csv", "B2", "x=1", "3.5", "", "", "F", "K", "2024", "3.5")))
    >>> summary(pa.table({name: [text] for name, text in line.items()}))
    '1 figures of the office: 1 equal to the observation'
    """
    key = pc.binary_join_element_wise(shown["dataflow"], shown["key"], shown["period"], "\x1f")
    places = key.combine_chunks().dictionary_encode().indices.to_numpy()
    is_part = (np.bincount(places)[places] > 1) | pc.not_equal(shown["weight"], "").to_numpy()
    is_missing = pc.equal(shown["value"], "").to_numpy()
    is_equal = pc.equal(shown["figure"], shown["value"]).to_numpy()
    counts = {
        "equal to the observation": is_equal & ~is_part,
        "in a sum, a mean or divided": is_part,
        "missing with their status": is_missing & ~is_part,
        "written otherwise": ~is_equal & ~is_missing & ~is_part,
    }
    parts = [f"{int(mask.sum()):,} {name}" for name, mask in counts.items() if mask.any()]
    return f"{shown.num_rows:,} figures of the office: {', '.join(parts) or 'none'}"
