"""`lmis factsheets`: sheets of the public vintage, written where one wants them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from publisher.factsheets import build
from publisher.release.progress import Reporter
from publisher.settings import Settings
from publisher.store import Home, current


def rebuild(
    settings: Settings,
    areas: Sequence[str] | None,
    languages: Sequence[str] | None,
    out: Path,
    progress: Reporter,
) -> list[Path]:
    """Write the sheets of `areas` in `languages` (default: all that the sheet's definition names)."""
    snapshot = current(Home(settings.home))
    return build(snapshot, out, settings, areas=areas, languages=languages, progress=progress)
