"""The delivery as it may leave: withheld figures missing, and nothing that is only for protection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from publisher.errors import Finding
from publisher.package.codes import RULES
from publisher.package.delivery import Delivery, Report
from publisher.package.protect.suppression import CONF_STATUS, FREE
from publisher.structures.definition import Definition, Resolved
from publisher.structures.model import OBSERVATION, Attribute, Measure

# CL_OBS_STATUS and CL_CONF_STATUS. Out, a figure is free or confidential; which confidential figures
# are primary and which secondary would tell an attacker which one to solve for.
OBS_STATUS, SUPPRESSED, CONFIDENTIAL = "OBS_STATUS", "Q", "C"


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
    lineage = (
        None if delivery.withheld is not None and pc.any(delivery.withheld).as_py() else delivery.lineage
    )
    return replace(delivery, table=pa.table(columns), lineage=lineage, withheld=None)


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
    if resolved.id == OBS_STATUS:
        return pc.if_else(mask, SUPPRESSED, column)
    component = resolved.component
    of_cell = isinstance(component, Attribute) and component.attachment == OBSERVATION
    if isinstance(component, Measure) or of_cell:  # a bound or a note may tell what the value was
        return pc.if_else(mask, pa.scalar(None, pa.string()), column)
    return column


def scrubbed(report: Report) -> Iterable[Finding]:
    """The findings as a public release may keep them: of a package that withholds, no figure."""
    if not any(d.withheld is not None and pc.any(d.withheld).as_py() for d in report.deliveries):
        return report.findings
    return [
        replace(f, message=RULES[f.code].title, value=None, allowed=None, remedy=None)
        for f in report.findings
    ]
