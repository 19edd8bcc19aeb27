"""`lmis new`: a package to fill in, with the provider's last release in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from publisher.errors import NotFound, UsageError
from publisher.package import skeleton
from publisher.package.words import words
from publisher.release.structures import dataflow, registry
from publisher.settings import Settings
from publisher.store import Home, current
from publisher.store.home import read
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref


def new(
    settings: Settings,
    provider: str,
    flow: str,
    out: Path,
    name: str,
    *,
    language: str = "en",
    release: str = "",
    empty: bool = False,
    structures: Registry | None = None,
) -> Path:
    """Make the package of release `name` in `out`; `release`: whose rows it begins with (default: the last).

    Raises UsageError.
    """
    structures = structures or registry(settings)
    ref = dataflow(structures, flow)
    last = _Last() if empty else _last(Home(settings.home), provider, ref, release)
    definition = structures.definition(ref)
    spoken = words(language, settings.templates)
    return skeleton.write(out, definition, structures, provider, name, spoken, last.rows, last.descriptor)


@dataclass(frozen=True)
class _Last:
    """The rows and the descriptor of a release; nothing where there is none."""

    rows: pa.Table | None = None
    descriptor: Mapping[str, Any] = field(default_factory=dict)


def _last(home: Home, provider: str, ref: Ref, release: str) -> _Last:
    """What `release` made of the dataflow, else the newest. Raises UsageError when `release` is none."""
    try:
        snapshot = current(home)
    except NotFound as error:
        if release:
            raise UsageError(f"{error}; there is no release {release!r} to begin with") from error
        return _Last()
    known = [m["id"] for m in snapshot.releases if m["provider"] == provider and ref.short in m["flows"]]
    if release and release not in known:
        listed = ", ".join(known) or "none"
        raise UsageError(f"{provider} has no release {release!r} of {ref.short}; there are: {listed}")
    chosen = release or snapshot.heads.get((ref.short, provider))
    if not chosen:
        return _Last()
    manifest, folder = snapshot.manifest(chosen), snapshot.path("releases", chosen)
    rows = pq.read_table(folder / manifest["flows"][ref.short]["state"]["file"])
    return _Last(rows, _descriptor(folder, manifest, ref))


def _descriptor(folder: Path, manifest: Mapping[str, Any], ref: Ref) -> Mapping[str, Any]:
    """That of the package that brought the dataflow."""
    for package in manifest["packages"]:
        found: dict[str, Any] = read(folder / "packages" / package / "datapackage.json")
        if any(r.get("sdmx", {}).get("dataflow") == ref.short for r in found["resources"]):
            return found
    return {}
