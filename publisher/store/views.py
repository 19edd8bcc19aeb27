"""Dataflows that nobody delivers: series chosen from the other dataflows of the same structure by a table.

A dataflow is a view when it has the annotation VIEW, whose title names the table, a CSV in the folders
of structures, and which column holds which dimension:
`reference/preferred.csv?area=REF_AREA&indicator=INDICATOR`. A series is chosen when a row of the table
has its codes, and when the constraints of the view allow it.
"""

from __future__ import annotations

import secrets
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from publisher.errors import StructureError
from publisher.store.engine import connect, ident, literal
from publisher.structures.model import Dataflow
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

ANNOTATION = "VIEW"


@dataclass(frozen=True)
class View:
    dataflow: Dataflow
    table: str  # path of the CSV in a folder of structures
    columns: Mapping[str, str]  # column → dimension
    sources: tuple[Ref, ...]  # the dataflows it chooses from


def views(registry: Registry) -> tuple[View, ...]:
    """All views of `registry`. Raises StructureError when a table's columns are not said."""
    flows = [flow for flow in registry.find("dataflow") if isinstance(flow, Dataflow)]
    titles = {flow.ref: _title(flow) for flow in flows}
    return tuple(
        View(flow, *_parsed(flow, title), tuple(f.ref for f in flows if _is_source(f, flow, titles)))
        for flow in flows
        if (title := titles[flow.ref]) is not None
    )


def _title(flow: Dataflow) -> str | None:
    return next((a.title or "" for a in flow.annotations if ANNOTATION in (a.id, a.type)), None)


def _is_source(flow: Dataflow, view: Dataflow, titles: Mapping[Ref, str | None]) -> bool:
    return flow.structure == view.structure and titles[flow.ref] is None


def _parsed(flow: Dataflow, title: str) -> tuple[str, dict[str, str]]:
    table, _, query = title.partition("?")
    columns = dict(urllib.parse.parse_qsl(query))
    if not table or not columns:
        raise StructureError(
            f"{flow.ref}: the title of its annotation {ANNOTATION} is {title!r}; "
            "it must be TABLE.csv?column=DIMENSION&column=DIMENSION"
        )
    return table, columns


def states(
    view: View, registry: Registry, delivered: Mapping[str, Sequence[Path]], scratch: Path
) -> dict[str, Path]:
    """Provider → Parquet of what the view has of it, written into `scratch`.

    `delivered`: provider → the states of the view's sources.
    """
    chosen = _table(view, registry)
    allowed = registry.allowed(view.dataflow.ref)
    made = {}
    with connect(scratch) as con:
        con.register("chosen", chosen)
        joins = f"SEMI JOIN chosen USING ({', '.join(ident(name) for name in chosen.column_names)})"
        for number, (component, codes) in enumerate(sorted(allowed.items())):
            con.register(f"allowed_{number}", pa.table({component: pa.array(sorted(codes), pa.string())}))
            joins += f" SEMI JOIN allowed_{number} USING ({ident(component)})"
        for provider, paths in sorted(delivered.items()):
            files = ", ".join(literal(path.as_posix()) for path in paths)
            target = scratch / f"view.{secrets.token_hex(4)}.parquet"
            con.execute(
                f"COPY (SELECT * FROM read_parquet([{files}], union_by_name = true) {joins}) "
                f"TO {literal(target.as_posix())} (FORMAT parquet)"
            )
            made[provider] = target
    return made


def _table(view: View, registry: Registry) -> pa.Table:
    """The distinct codes of the view's table, columns named by dimension."""
    found = [path for folder in registry.folders if (path := folder / view.table).is_file()]
    if not found:
        raise StructureError(f"{view.dataflow.ref}: no folder of structures has its table {view.table}")
    options = pa.csv.ConvertOptions(
        column_types={name: pa.string() for name in view.columns}, include_columns=list(view.columns)
    )
    try:
        table = pa.csv.read_csv(found[-1], convert_options=options)
    except (KeyError, pa.ArrowInvalid) as exc:
        raise StructureError(f"{view.dataflow.ref}: {view.table}: {exc}") from exc
    renamed = table.rename_columns(list(view.columns.values()))
    return renamed.group_by(renamed.column_names).aggregate([])
