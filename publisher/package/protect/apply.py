"""The delivery as it may leave: withheld figures missing, and nothing that is only for protection."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from publisher.package.codes import RULES
from publisher.package.delivery import Delivery, Report
from publisher.package.protect.known import keys_in
from publisher.package.protect.suppression import CONF_STATUS, FREE
from publisher.structures.definition import Definition, Resolved
from publisher.structures.model import OBSERVATION, Attribute, Measure
from publisher.structures.registry import Registry

# CL_OBS_STATUS and CL_CONF_STATUS. Out, a figure is free or confidential; which confidential figures
# are primary and which secondary would tell an attacker which one to solve for.
OBS_STATUS, SUPPRESSED, CONFIDENTIAL = "OBS_STATUS", "Q", "C"
_OF_BYTES = ("hash", "bytes")  # Data Package, properties of a resource


def protect(delivery: Delivery, definition: Definition) -> Delivery:
    """`delivery` as it may be frozen: a withheld figure is missing, its row too where no status says so."""
    table = delivery.table
    mask = delivery.withheld if delivery.withheld is not None else pa.repeat(False, table.num_rows)
    hides = bool(pc.any(mask).as_py())
    if hides and not _can_say_so(definition, table):
        table, mask = table.filter(pc.invert(mask)), pa.repeat(False, table.num_rows - pc.sum(mask).as_py())
        hides = False
    columns = {
        name: _column(definition.components[name], table[name], mask, hides)
        for name in table.column_names
        if definition.components[name].is_published
    }
    return replace(delivery, table=pa.table(columns), lineage=_lineage(delivery, definition), withheld=None)


def _lineage(delivery: Delivery, definition: Definition) -> pa.Table | None:
    """Where each published figure came from. It tells no figure that the release does not tell.

    So nothing of withheld ones, and of sums, means and divided figures not what each part was.
    """
    lineage = delivery.lineage
    if lineage is None:
        return None
    keys = keys_in(lineage, definition)
    if delivery.withheld is not None:
        hidden = keys_in(delivery.table.filter(delivery.withheld), definition)
        keep = pc.invert(pc.is_in(keys, hidden))
        lineage, keys = lineage.filter(keep), keys.filter(keep)
    places = keys.dictionary_encode().indices.to_numpy()
    alone = pa.array(np.bincount(places)[places] == 1) if len(places) else pa.array([], pa.bool_())
    is_whole = pc.and_(alone, pc.is_null(lineage["weight"]))
    texts = pc.if_else(is_whole, lineage["text"], pa.scalar(None, pa.string()))
    measures = [m.id for m in definition.measures if m.id in lineage.column_names]
    return lineage.set_column(lineage.column_names.index("text"), "text", texts).drop_columns(measures)


def _can_say_so(definition: Definition, table: pa.Table) -> bool:
    status = definition.components.get(OBS_STATUS)
    return bool(
        status and status.codes and SUPPRESSED in status.codes.items and OBS_STATUS in table.column_names
    )


def _column(resolved: Resolved, column: pa.ChunkedArray, mask: pa.Array, hides: bool) -> pa.ChunkedArray:
    if resolved.id == CONF_STATUS:
        free = pc.if_else(pc.is_null(column), pa.scalar(None, pa.string()), FREE)
        return pc.if_else(mask, CONFIDENTIAL, free) if hides else free
    if not hides:
        return column
    column = pc.cast(column, pa.string())
    if resolved.id == OBS_STATUS:
        return pc.if_else(mask, SUPPRESSED, column)
    component = resolved.component
    of_cell = isinstance(component, Attribute) and component.attachment == OBSERVATION
    if isinstance(component, Measure) or of_cell:  # a bound or a note may tell what the value was
        return pc.if_else(mask, pa.scalar(None, pa.string()), column)
    return column


def keeps_back(report: Report, registry: Registry) -> bool:
    """Whether the package has anything that must not leave: withheld figures, or what is for protection."""
    return any(
        (delivery.withheld is not None and pc.any(delivery.withheld).as_py())
        or any(
            delivery.table[name].null_count < delivery.table.num_rows
            for name in _inward(registry.definition(delivery.dataflow)) & set(delivery.table.column_names)
        )
        for delivery in report.deliveries
    )


def _inward(definition: Definition) -> set[str]:
    return {resolved.id for resolved in definition.components.values() if not resolved.is_published}


def scrubbed(report: Report, registry: Registry) -> Report:
    """What a public release may keep of the report on a package that keeps something back.

    Findings without figures; no digest and no size of a file, by which a guess at the one figure that is
    not public could be confirmed.
    """
    inward = set().union(*(_inward(registry.definition(d.dataflow)) for d in report.deliveries))
    findings = tuple(
        replace(f, message=RULES[f.code].title, value=None, allowed=None, remedy=None)
        for f in report.findings
    )
    return replace(report, findings=findings, files={}, descriptor=_plain(report.descriptor, inward))


def _plain(part: Any, inward: Collection[str]) -> Any:
    """The descriptor without what is said of files' bytes and of what is for protection."""
    if isinstance(part, Mapping):
        dropped = {*_OF_BYTES, *inward}
        return {name: _plain(value, inward) for name, value in part.items() if name not in dropped}
    return [_plain(value, inward) for value in part] if isinstance(part, list) else part
