"""`lmis demo`: the bundled packages, released in the order of their release dates."""

from __future__ import annotations

import json
from pathlib import Path

from publisher.folders import folder
from publisher.release.progress import Reporter
from publisher.release.publish import publish
from publisher.release.structures import registry
from publisher.settings import Settings


def packages() -> list[Path]:
    """The bundled packages, oldest release first."""
    found = [path.parent for path in folder("demo").glob("*/datapackage.json")]
    return sorted(found, key=_release_date)


def _release_date(package: Path) -> tuple[str, str]:
    descriptor = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    return descriptor["sdmx"]["releaseDate"], package.name


def build(settings: Settings, progress: Reporter) -> None:
    """Publish every bundled package; the pages are made once, for the newest vintage."""
    paths, structures = packages(), registry(settings)
    for number, path in enumerate(paths, 1):
        is_last = number == len(paths)
        done = publish(settings, [path], progress, with_pages=is_last, structures=structures)
        progress(f"{number}/{len(paths)} {done}")
