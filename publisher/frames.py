"""The door for people with a notebook: an SDMX query in, a pandas DataFrame out.

from publisher import frames
frames.read("lmis-home", "data/dataflow/LMIS/DF_UNE/1.0.0/A.IDN.*?c[TIME_PERIOD]=ge:2015", labels=True)
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa

from publisher.errors import QuerySemanticError
from publisher.query import v2
from publisher.query.model import DataQuery
from publisher.store import Home, Selection, Snapshot, at, current, select
from publisher.structures.definition import Definition, Resolved
from publisher.structures.model import Dataflow, text
from publisher.structures.periods import parse as span


def read(
    source: Snapshot | Path | str,
    query: DataQuery | str,
    labels: bool = False,
    languages: Sequence[str] = ("en",),
    decimals: bool = True,
) -> pd.DataFrame:
    """One row an observation, in the store's order; a column per dimension, time, measure and attribute.

    `source` is a home or one of its vintages; `query` what follows `/sdmx/v2/`, or a parsed query, whose
    `asOf` chooses the vintage. Codes are categories; with `labels` a column `<id>_label` follows each
    that has a code list, in the first of `languages` that the list has. Measures are Decimal as released, or
    floats with `decimals=False`; a missing value is None or NaN. Attributes that no row has are left out.
    Raises QueryError.
    """
    asked = v2.parse(*query.lstrip("/").partition("?")[::2]) if isinstance(query, str) else query
    if not isinstance(asked, DataQuery):
        raise QuerySemanticError(f"{query} asks for no data; begin it with data/")
    snapshot = _snapshot(source, asked)
    selections = [select(snapshot.cube(flow.ref), asked) for flow in _dataflows(snapshot, asked)]
    frames = [_frame(one, labels, tuple(languages), decimals) for one in selections if not one.is_empty]
    if not frames:
        return _frame(selections[0], labels, tuple(languages), decimals)
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _snapshot(source: Snapshot | Path | str, query: DataQuery) -> Snapshot:
    if isinstance(source, Snapshot):
        return source
    home = Home(Path(source))
    return at(home, span(query.as_of).start) if query.as_of else current(home)


def _dataflows(snapshot: Snapshot, query: DataQuery) -> list[Dataflow]:
    """The dataflows that the query names. Raises QuerySemanticError when there are none."""
    target = query.target
    if target.context not in ("dataflow", "*"):
        raise QuerySemanticError(f"a frame is read from a dataflow, not from a {target.context}")
    found = snapshot.registry.find("dataflow", target.agencies, target.ids, target.versions)
    if not found:
        raise QuerySemanticError(f"there is no dataflow {','.join(target.ids)} {','.join(target.versions)}")
    return [flow for flow in found if isinstance(flow, Dataflow)]


def _frame(chosen: Selection, labels: bool, languages: tuple[str, ...], decimals: bool) -> pd.DataFrame:
    definition = chosen.cube.definition
    table = _table(chosen, definition)
    columns: dict[str, pd.Series] = {}
    for name, component in definition.components.items():
        if component in definition.measures:
            columns[name] = _measure(table.column(name), decimals)
        elif name in table.column_names and table.column(name).null_count < max(table.num_rows, 1):
            columns[name] = table.column(name).to_pandas()
            if labels and component.codes is not None:
                columns[f"{name}_label"] = _labelled(columns[name], component, languages)
    return pd.DataFrame(columns)


def _table(chosen: Selection, definition: Definition) -> pa.Table:
    """Series and observations side by side, a row an observation."""
    batches = list(chosen.batches())
    if not batches:
        columns = {name: pa.array([], pa.string()) for name in definition.components}
        return pa.table(columns)
    observations = pa.Table.from_batches(batches)
    series = chosen.series.take(observations.column("series"))
    for name in observations.drop_columns(["series"]).column_names:
        series = series.append_column(name, observations.column(name))
    return series


def _measure(column: pa.ChunkedArray, decimals: bool) -> pd.Series:
    if not decimals:
        return pd.to_numeric(column.to_pandas(), errors="coerce").astype("float64")
    encoded = column.dictionary_encode().combine_chunks()  # each distinct text becomes a Decimal once
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.unify_dictionaries().combine_chunks()
    values = [Decimal(value) for value in encoded.dictionary.to_pylist()]
    places = encoded.indices.to_pandas()
    return places.map(dict(enumerate(values))).astype(object).where(places.notna(), None)


def _labelled(column: pd.Series, component: Resolved, languages: tuple[str, ...]) -> pd.Series:
    """The names of the codes; the code itself where the list does not have it."""
    assert component.codes is not None
    items = component.codes.items
    codes = (
        column.cat.categories if isinstance(column.dtype, pd.CategoricalDtype) else column.dropna().unique()
    )
    names = {code: text(items[code].name, languages) or code if code in items else code for code in codes}
    return column.astype(object).map(names).astype("category")
