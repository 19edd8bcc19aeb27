"""When data last changed, in the dataflows and agreements themselves: who polls asks for stubs alone.

SDMX has no attribute for it (`validFrom` is of the artefact, not of its data), so it is an annotation; of the
stubs only the complete ones have annotations (REST 2.2.2 doc/structures.md `detail`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from publisher.rest.history import moment
from publisher.store import Snapshot
from publisher.structures import model as m
from publisher.structures.urns import Ref

TYPE = "DATA_LAST_UPDATE"


def stamped(snapshot: Snapshot, artefacts: Iterable[m.Maintainable]) -> tuple[m.Maintainable, ...]:
    """`artefacts`, dataflows and agreements with the instant of the newest release of their data."""
    return tuple(_stamped(snapshot, a) if _has_data(a) else a for a in artefacts)


def _has_data(artefact: m.Maintainable) -> bool:
    return isinstance(artefact, m.Dataflow | m.ProvisionAgreement)


def _stamped(snapshot: Snapshot, artefact: m.Maintainable) -> m.Maintainable:
    others = tuple(a for a in artefact.annotations if a.type != TYPE)
    if (last := last_update(snapshot, artefact)) is None:
        return replace(artefact, annotations=others)
    return replace(artefact, annotations=(*others, m.Annotation(id=TYPE, type=TYPE, title=moment(last))))


def last_update(snapshot: Snapshot, artefact: m.Maintainable) -> datetime | None:
    """When the newest release of the data of a dataflow or agreement became public; None: there is none."""
    if isinstance(artefact, m.ProvisionAgreement):
        flow, providers = artefact.dataflow, {artefact.provider.item if artefact.provider else None}
    else:
        flow, providers = artefact.ref, None
    found = _instants(snapshot, flow, providers) if flow else []
    return max(found, default=None)


def _instants(snapshot: Snapshot, flow: Ref, providers: set[str | None] | None) -> list[datetime]:
    view = snapshot.views.get(flow)
    return [
        datetime.fromisoformat(snapshot.manifest(release)["instant"])
        for source in (view.sources if view else (flow,))
        for provider, release in snapshot.record["heads"].get(source.short, {}).items()
        if providers is None or provider in providers
    ]
