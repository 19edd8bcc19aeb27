"""`lmis new`: a package to fill in, with the provider's last release in it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from publisher.errors import NotFound, UsageError
from publisher.package import skeleton
from publisher.package.words import words
from publisher.release.before import public_state
from publisher.release.structures import dataflow, registry
from publisher.settings import Settings
from publisher.store import Home, current
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
) -> Path:
    """Make the package of release `name` in `out`; `release`: whose rows it begins with (default: the last).

    Raises UsageError.
    """
    structures = registry(settings)
    ref = dataflow(structures, flow)
    filled = None if empty else _rows(settings, provider, ref, release)
    definition = structures.definition(ref)
    spoken = words(language, settings.templates)
    return skeleton.write(out, definition, structures, provider, name, spoken, filled)


def _rows(settings: Settings, provider: str, ref: Ref, release: str) -> pa.Table | None:
    home = Home(settings.home)
    if not release:
        return public_state(home)(provider, ref)
    try:
        snapshot = current(home)
    except NotFound as error:
        raise UsageError(f"{error}; there is no release {release!r} to begin with") from error
    known = [m["id"] for m in snapshot.releases if m["provider"] == provider and ref.short in m["flows"]]
    if release not in known:
        listed = ", ".join(known) or "none"
        raise UsageError(f"{provider} has no release {release!r} of {ref.short}; there are: {listed}")
    entry = snapshot.manifest(release)["flows"][ref.short]
    return pq.read_table(snapshot.path("releases", release) / entry["state"]["file"])
