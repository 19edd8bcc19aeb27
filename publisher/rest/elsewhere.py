"""Where the reference metadata are that a data query asks for: data messages do not carry them.

SDMX REST 2.2.2 doc/data.md `attributes`: `msd`. See docs/decisions.md.
"""

from __future__ import annotations

from collections.abc import Iterable

from publisher.query.model import DataQuery
from publisher.rest import resolve
from publisher.store import Snapshot
from publisher.store.whole import flows
from publisher.structures.urns import Ref


def warnings(snapshot: Snapshot, query: DataQuery, base_url: str) -> tuple[str, ...]:
    """For `attributes=msd`: the addresses of the reports on the data. Raises NotFound."""
    if "msd" not in query.attributes:
        return ()
    registry = snapshot.registry
    found = {
        f"{base_url}/sdmx/v2/metadata/metadataset/{report.agency}/{report.id}/{report.version}": None
        for wanted in resolve.wanted(registry, query.target, query.api)
        for flow in _delivered(snapshot, wanted.data)
        for report in registry.reports_of(flow, wanted.provider)
    }
    where = f"reports on them: {' '.join(found)}" if found else "there are no reports on them"
    return (f"attributes=msd: these data carry no metadata attributes; {where}",)


def _delivered(snapshot: Snapshot, data: Ref) -> Iterable[Ref]:
    """The dataflows that data are delivered in."""
    if data.kind != "dataflow":
        return flows(snapshot, data)
    view = snapshot.views.get(data)
    return view.sources if view else (data,)
