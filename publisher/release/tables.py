"""One provider's observations as a table: what workbooks, Parquet files and datastores are made from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from publisher.query.model import DataQuery, Target
from publisher.release import workbook
from publisher.release.workbook import Sheet
from publisher.store import Cube, Selection, select
from publisher.store.cube import CODED
from publisher.structures.definition import Resolved
from publisher.structures.model import Item, text

WIDEST = 40  # characters of a sheet's column
SEVERAL = "\x1f"  # the store's sign between several values of one attribute


def table(cube: Cube, provider: str) -> pa.Table:
    """All of a provider's observations, see `of`."""
    return of(select(cube, DataQuery(Target("dataflow"), providers=((None, provider),))))


def of(chosen: Selection) -> pa.Table:
    """A row an observation, in the store's order; a text column for each published component in structure
    order. Codes are dictionaries, measures the decimals as released."""
    batches = list(chosen.batches())
    names = [c.id for c in chosen.cube.definition.components.values() if c.is_published]
    if not batches:
        return pa.table({name: pa.nulls(0, CODED) for name in names})
    observations = pa.Table.from_batches(batches)
    columns = {name: observations.column(name) for name in observations.column_names}
    above = chosen.series.take(columns["series"].combine_chunks())
    columns |= {name: above.column(name) for name in above.column_names if name not in columns}
    nothing = pa.nulls(observations.num_rows, CODED)
    return pa.table({name: columns.get(name, nothing) for name in names})


def as_parquet(found: pa.Table, cube: Cube, path: Path) -> None:
    pq.write_table(for_parquet(found, cube), path, compression="zstd")


def for_parquet(found: pa.Table, cube: Cube) -> pa.Table:
    """Codes as they are; measures as floating-point numbers."""
    measures = {m.id for m in cube.definition.measures if m.is_numeric}
    return pa.table({n: (numbers if n in measures else codes)(found.column(n)) for n in found.column_names})


def as_workbook(found: pa.Table, cube: Cube, path: Path) -> None:
    workbook.write(path, [sheet(found, cube, "Data")])


def sheet(found: pa.Table, cube: Cube, name: str, languages: tuple[str, ...] = ("en",)) -> Sheet:
    """Headings and cells as in the CSV: `FREQ: Frequency`, `A: Annual`; values are numbers. A column in which
    nothing stands is left out."""
    used = [name for name in found.column_names if found.column(name).null_count < found.num_rows]
    components = [cube.definition.components[name] for name in used]
    names = [text(c.name, languages) for c in components]
    heads = [f"{c.id}: {name}" if name else c.id for c, name in zip(components, names, strict=True)]
    columns = [_labelled(found.column(c.id), c, languages) for c in components]
    measures = {m.id for m in cube.definition.measures if m.is_numeric}
    widths = [_width(head, column) for head, column in zip(heads, columns, strict=True)]
    return Sheet(name, heads, columns, [c.id in measures for c in components], widths)


def _width(head: str, column: pa.ChunkedArray) -> int:
    """Of a column in characters: what is in it can be read, as far as `WIDEST`."""
    texts = column.chunk(0).dictionary if pa.types.is_dictionary(column.type) and column.num_chunks else None
    longest = pc.max(pc.utf8_length(texts)).as_py() if texts is not None else None
    return min(max(len(head), longest or 0) + 2, WIDEST)


def fits_a_sheet(found: pa.Table) -> bool:
    return bool(found.num_rows < workbook.ROWS)


def numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(column, pa.float64())


def codes(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Several values of one attribute with `;` between, as SDMX-CSV has them."""
    if not pa.types.is_dictionary(column.type):
        return column
    whole = _whole(column)
    plain = pc.replace_substring(whole.dictionary, SEVERAL, ";")
    return pa.chunked_array([pa.DictionaryArray.from_arrays(whole.indices, plain)])


def _whole(column: pa.ChunkedArray) -> pa.DictionaryArray:
    whole = column.unify_dictionaries().combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole


def _labelled(column: pa.ChunkedArray, component: Resolved, languages: tuple[str, ...]) -> pa.ChunkedArray:
    """Codes with their names, each distinct one put together once."""
    if not pa.types.is_dictionary(column.type):
        return column
    whole = _whole(column)
    items: Mapping[str, Item] = component.codes.items if component.codes else {}
    told = [
        "; ".join(_told(value, items, languages) for value in values.split(SEVERAL))
        for values in whole.dictionary.to_pylist()
    ]
    labelled = pa.DictionaryArray.from_arrays(whole.indices, pa.array(told, pa.string()))
    return pa.chunked_array([labelled])


def _told(value: str, items: Mapping[str, Item], languages: tuple[str, ...]) -> str:
    name = text(items[value].name, languages) if value in items else ""
    return f"{value}: {name}" if name else value
