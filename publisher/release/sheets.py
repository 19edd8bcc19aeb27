"""`lmis factsheets`: sheets of the public vintage, written where one wants them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from publisher.errors import UsageError
from publisher.factsheets import build
from publisher.release.progress import Reporter
from publisher.settings import Settings
from publisher.store import Home, current
from publisher.store.vintage import kept, opened


def rebuild(
    settings: Settings,
    areas: Sequence[str] | None,
    languages: Sequence[str] | None,
    out: Path,
    progress: Reporter,
    every: bool = False,
    number: int | None = None,
) -> list[Path]:
    """Write the sheets of `areas` in `languages` (default: those made at a release; `every`: all).

    `number`: as of that vintage, the same bytes as then; default the public one.
    """
    home = Home(settings.home)
    public = current(home)
    if number is not None and number not in kept(home, public.number):
        known = kept(home, public.number)
        raise UsageError(f"there is no vintage {number}; those kept are {known.start} to {known.stop - 1}")
    snapshot = public if number is None else opened(home, number)
    return build(snapshot, out, settings, areas, languages, progress, every=every)
