"""What stands between the check and the freeze: the public state to compare with, and protection."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from publisher.errors import NotFound
from publisher.package.delivery import Report
from publisher.package.protect import keeps_back, protect, scrubbed
from publisher.package.rules.previous import Public
from publisher.store import Home, Snapshot, current
from publisher.store.revisions import NEW, OLD, changes
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref


def public_state(home: Home) -> Public:
    """Gives what a provider has made public of a dataflow, now and before; None where it has nothing."""
    snapshot = current(home) if home.number() else None

    def state(provider: str, dataflow: Ref) -> pa.Table | None:
        try:
            path = snapshot.states(dataflow).get(provider) if snapshot else None
        except NotFound:
            return None
        return pq.read_table(path) if path else None

    def gone(provider: str, dataflow: Ref) -> pa.Table | None:
        return withdrawn(snapshot, provider, dataflow) if snapshot else None

    return Public(cache(state), gone)


def withdrawn(snapshot: Snapshot, provider: str, dataflow: Ref) -> pa.Table | None:
    """The observations that were public once and were revised or deleted since, as they were then."""
    parts = []
    for manifest in reversed(snapshot.releases):
        if manifest["provider"] == provider and dataflow.short in manifest["flows"]:
            table = changes(snapshot, manifest["id"], dataflow)
            table = table.filter(pc.not_equal(table["change"], NEW))
            before = [name for name in table.column_names if name.startswith(OLD)]
            same = [n for n in table.column_names if n not in ("change", *before) and OLD + n not in before]
            parts.append(
                table.select([*same, *before]).rename_columns([*same, *(n.removeprefix(OLD) for n in before)])
            )
    return pa.concat_tables(parts, promote_options="default") if parts else None


def protected(report: Report, structures: Registry) -> Report:
    """The report with all that it holds as it may leave."""
    deliveries = tuple(protect(d, structures.definition(d.dataflow)) for d in report.deliveries)
    plain = scrubbed(report, structures) if keeps_back(report, structures) else report
    return replace(plain, deliveries=deliveries)
