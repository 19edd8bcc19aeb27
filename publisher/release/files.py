"""Bulk files: all observations of one provider in one dataflow, as CSV, workbook and Parquet."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from publisher import rest
from publisher.errors import Damaged, Fault, NotFound
from publisher.release import tables
from publisher.release.naming import dataset_name
from publisher.release.progress import Reporter
from publisher.store import Snapshot
from publisher.structures.model import ProvisionAgreement

SUFFIXES = ("csv", "xlsx", "parquet")
ACCEPT = {"accept": "application/vnd.sdmx.data+csv;version=2.0.0;labels=both", "accept-language": "en"}


def build(snapshot: Snapshot, out: Path, progress: Reporter) -> None:
    """Write `out/<dataset>.csv`, `.xlsx` and `.parquet` for every head that no earlier vintage has files of.

    The CSV is what the service answers to the query for the provision agreement.
    """
    for flow in snapshot.registry.find("dataflow"):
        for agreement in snapshot.registry.agreements(flow.ref):
            provider = (agreement.provider and agreement.provider.item) or ""
            release = snapshot.heads.get((flow.ref.short, provider))
            name = dataset_name(provider, flow.ref)
            if release and not _is_there(snapshot, int(snapshot.manifest(release)["vintage"]), name):
                progress(f"files {name}")
                out.mkdir(parents=True, exist_ok=True)
                _write(snapshot, agreement, out / f"{name}.csv")
                _tables(snapshot, agreement, provider, out / name)


def again(snapshot: Snapshot, provider: str, flows: Collection[str], there: Path, out: Path) -> None:
    """Write into `out` anew what the folder `there` has of the provider's part of `flows`."""
    for flow in (flow for flow in snapshot.registry.find("dataflow") if flow.ref.short in flows):
        for agreement in snapshot.registry.agreements(flow.ref):
            name = dataset_name(provider, flow.ref)
            if agreement.provider and agreement.provider.item == provider and any(there.glob(f"{name}.*")):
                out.mkdir(parents=True, exist_ok=True)
                _write(snapshot, agreement, out / f"{name}.csv")
                _tables(snapshot, agreement, provider, out / name)


def _is_there(snapshot: Snapshot, since: int, name: str) -> bool:
    for vintage in range(since, snapshot.number + 1):
        try:
            snapshot.path("pages", str(vintage), "files", f"{name}.parquet")
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
    if isinstance(answer.error, OSError | Damaged):
        raise answer.error  # the disk's or the system's, for who publishes to mend
    if answer.status not in (200, 204):
        raise Fault(f"the bulk file of {ref.short} could not be made: {b''.join(answer.chunks)!r}")
    with path.open("wb") as file:
        for chunk in answer.chunks:
            file.write(chunk)


def _tables(snapshot: Snapshot, agreement: ProvisionAgreement, provider: str, stem: Path) -> None:
    """The same observations as columns; no workbook of more rows than a sheet may have."""
    assert agreement.dataflow
    cube = snapshot.cube(agreement.dataflow)
    found = tables.table(cube, provider)
    tables.as_parquet(found, cube, stem.with_name(f"{stem.name}.parquet"))
    if tables.fits_a_sheet(found):
        tables.as_workbook(found, cube, stem.with_name(f"{stem.name}.xlsx"))
