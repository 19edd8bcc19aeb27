"""Bulk files: all observations of one provider in one dataflow, with codes and labels."""

from __future__ import annotations

from pathlib import Path

from publisher import rest
from publisher.errors import Fault, NotFound
from publisher.release.progress import Reporter
from publisher.release.records import dataset_name
from publisher.store import Snapshot
from publisher.structures.model import ProvisionAgreement

ACCEPT = {"accept": "application/vnd.sdmx.data+csv;version=2.0.0;labels=both", "accept-language": "en"}


def build(snapshot: Snapshot, out: Path, progress: Reporter) -> None:
    """Write `out/<dataset>.csv` for every head that no earlier vintage has a file of.

    A file is what the service answers to the query for its provision agreement.
    """
    for flow in snapshot.registry.find("dataflow"):
        for agreement in snapshot.registry.agreements(flow.ref):
            provider = (agreement.provider and agreement.provider.item) or ""
            release = snapshot.heads.get((flow.ref.short, provider))
            name = f"{dataset_name(provider, flow.ref)}.csv"
            if release and not _is_there(snapshot, int(snapshot.manifest(release)["vintage"]), name):
                progress(f"file {name}")
                _write(snapshot, agreement, out / name)


def _is_there(snapshot: Snapshot, since: int, name: str) -> bool:
    for vintage in range(since, snapshot.number + 1):
        try:
            snapshot.path("pages", str(vintage), "files", name)
        except NotFound:
            continue
        return True
    return False


def _write(snapshot: Snapshot, agreement: ProvisionAgreement, path: Path) -> None:
    ref = agreement.ref
    request = rest.Request(
        "v2", f"data/provisionagreement/{ref.agency}/{ref.id}/{ref.version}/*", headers=ACCEPT
    )
    answer = rest.answer(snapshot, request)
    if answer.status not in (200, 204):
        raise Fault(f"the bulk file of {ref.short} could not be made: {b''.join(answer.chunks)!r}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for chunk in answer.chunks:
            file.write(chunk)
