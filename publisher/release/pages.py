"""What is made ahead for a vintage: fact sheets and bulk files."""

from __future__ import annotations

from pathlib import Path

from publisher.release.progress import Reporter
from publisher.settings import Settings
from publisher.store import Snapshot


def build(snapshot: Snapshot, out: Path, settings: Settings, progress: Reporter) -> None:
    """Write the pages of `snapshot` under `out`: factsheets/<AREA>.<lang>.html, files/<dataset>.csv."""
    from publisher.release.files import build as files

    files(snapshot, out / "files", progress)
    sheets(snapshot, out / "factsheets", settings, progress)


def sheets(snapshot: Snapshot, out: Path, settings: Settings, progress: Reporter) -> None:
    """The fact sheets alone, where the definition of the sheets is about these structures."""
    from publisher import factsheets

    if factsheets.concerns(snapshot, settings):
        factsheets.build(snapshot, out, settings, progress=progress)
    else:
        progress("no fact sheets: factsheets/sheet.toml names no dataflow of these structures")
