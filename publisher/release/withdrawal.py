"""Withdrawing a release: a release of its own, which brings back what was public before.

What was withdrawn stays in history; `lmis release purge` is for what must not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from publisher.errors import NotFound, ReleaseError
from publisher.store import Change, Home, Release, Snapshot, current
from publisher.structures.urns import parse


def release(home: Home, id: str, instant: datetime) -> Release:
    """The release that takes `id` back. Raises NotFound, ReleaseError when a later one stands on it."""
    snapshot = current(home)
    if id not in snapshot.record["releases"]:
        raise NotFound(f"there is no public release {id}; `lmis releases` shows them")
    manifest = snapshot.manifest(id)
    if manifest.get("purges"):
        raise ReleaseError(
            f"{id} is a purge, which cannot be taken back; `lmis release correct` brings a figure"
        )
    provider = manifest["provider"]
    later = {
        head
        for short in manifest["flows"]
        if (head := snapshot.heads.get((short, provider))) not in (id, None)
    }
    if later:
        raise ReleaseError(
            f"{', '.join(sorted(map(str, later)))} stands on {id}; withdraw that first, or correct it"
        )
    changes = tuple(_change(snapshot, id, short, flow) for short, flow in manifest["flows"].items())
    return Release(f"{id}-withdrawn", provider, instant, changes, _descriptors(snapshot, manifest))


def _change(snapshot: Snapshot, id: str, short: str, flow: Mapping[str, Any]) -> Change:
    """Everything of the provider's is replaced by what stood there before; by nothing, if nothing did."""
    before = flow["previous"]
    held = snapshot.manifest(before or id)["flows"][short]["state"]["file"]
    table = pq.read_table(snapshot.path("releases", before or id, held))
    return Change(parse(flow["dataflow"]), "Replace", {}, table if before else table.slice(0, 0))


def _descriptors(snapshot: Snapshot, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of the data stays: of the release before, or of this one where there was none."""
    before = {flow["previous"] for flow in manifest["flows"].values()} - {None}
    told: dict[str, Any] = {}
    for id in sorted(before) or [manifest["id"]]:
        folder: Path = snapshot.path("releases", id) / "packages"
        for package in snapshot.manifest(id)["packages"]:
            told[package] = json.loads((folder / package / "datapackage.json").read_text(encoding="utf-8"))
    return told
