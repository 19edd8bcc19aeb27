"""What is made ahead for a vintage: fact sheets and bulk files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from publisher.release.progress import Reporter
from publisher.settings import Settings
from publisher.store import Snapshot

if TYPE_CHECKING:
    from publisher.factsheets.build import Made


def build(
    snapshot: Snapshot, out: Path, settings: Settings, progress: Reporter, earlier: Path | None = None
) -> None:
    """Write the pages of `snapshot` under `out`: factsheets/<AREA>.<lang>.html, files/<dataset>.csv.

    `earlier`: the pages of the vintage before; sheets that say the same are taken from there.
    """
    from publisher.factsheets.build import Made
    from publisher.release.files import build as files

    files(snapshot, out / "files", progress)
    made = Made(earlier=earlier / "factsheets") if earlier else Made()
    sheets(snapshot, out / "factsheets", settings, progress, made)


def sheets(snapshot: Snapshot, out: Path, settings: Settings, progress: Reporter, made: Made) -> None:
    """The fact sheets alone, where the definition of the sheets is about these structures."""
    from publisher.factsheets import build as factsheets

    if factsheets.concerns(snapshot, settings):
        factsheets.build(snapshot, out, settings, progress=progress, made=made)
    else:
        progress("no fact sheets: factsheets/sheet.toml names no dataflow of these structures")
