"""What stands between the check and the freeze: the public state to compare with, and protection."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq

from publisher.errors import NotFound
from publisher.package.delivery import Report
from publisher.package.protect import keeps_back, protect, scrubbed
from publisher.package.rules.previous import Previous
from publisher.store import Home, current
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref


def public_state(home: Home) -> Previous:
    """Gives what a provider has made public of a dataflow; None where it has nothing."""
    snapshot = current(home) if home.number() else None

    def state(provider: str, dataflow: Ref) -> pa.Table | None:
        try:
            path = snapshot.states(dataflow).get(provider) if snapshot else None
        except NotFound:
            return None
        return pq.read_table(path) if path else None

    return state


def protected(report: Report, structures: Registry) -> Report:
    """The report with all that it holds as it may leave."""
    deliveries = tuple(protect(d, structures.definition(d.dataflow)) for d in report.deliveries)
    plain = scrubbed(report, structures) if keeps_back(report, structures) else report
    return replace(plain, deliveries=deliveries)
