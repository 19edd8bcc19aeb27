"""Restore: a new home from a backup, every hash compared, ready to be served."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher.errors import Damaged, PackageError, UsageError
from publisher.operation.purged import FILE, Told, known, purge_again
from publisher.release.progress import Reporter
from publisher.store import Home, current
from publisher.store.home import sync_tree
from publisher.store.seal import SUMS, problems


@dataclass(frozen=True)
class Restored:
    place: Path
    vintage: int
    instant: str
    purges: int = 0  # that the backup did not know of yet

    def __str__(self) -> str:
        told = f"{self.purges} purges carried out again" if self.purges else "every file as it was kept"
        return f"{self.place}: vintage {self.vintage} of {self.instant}, {told}"


def restore(backup: Path, target: Path, progress: Reporter, purges: Sequence[Told] = ()) -> Restored:
    """Make the home `target`, which must not be there yet, from `backup`.

    What the list beside the backup, or `purges`, says was purged is purged from it again. Raises UsageError,
    PackageError where `backup` is none, Damaged with every file that is not as it was.
    """
    if target.exists() and any(target.iterdir()):
        raise UsageError(f"{target} is not empty; restore into a new folder, then serve that one")
    target.parent.mkdir(parents=True, exist_ok=True)
    with unpacked(backup, target.parent) as folder:
        if wrong := problems(folder):
            raise Damaged(f"{backup} is damaged, nothing was restored: {wrong[0]}", wrong)
        if target.exists():
            target.rmdir()
        draft = target.with_name(f".{target.name}.restoring")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(folder, draft, ignore=lambda at, names: [SUMS] if Path(at) == folder else [])
    again = purge_again(Home(draft), [*known(backup.parent / FILE), *purges], progress)
    made = replace(_ready(Home(draft), progress), purges=again)
    sync_tree(draft)
    draft.rename(target)
    return replace(made, place=target)


@contextmanager
def unpacked(backup: Path, scratch: Path) -> Iterator[Path]:
    """The folder of a backup; one that is packed is unpacked below `scratch` for as long as it is needed."""
    if (backup / SUMS).is_file():
        yield backup
        return
    if not backup.is_file() or not tarfile.is_tarfile(backup):
        raise PackageError(f"{backup} is no backup: neither a folder with {SUMS} nor a .tar or .tar.gz")
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch, prefix=".unpacked-") as folder:
        with tarfile.open(backup) as tar:
            tar.extractall(folder, filter="data")
        yield Path(folder) / "home"


def _ready(home: Home, progress: Reporter) -> Restored:
    """Make the cubes of the public vintage."""
    snapshot = current(home)
    for flow in snapshot.registry.find("dataflow"):
        progress(f"restore: {flow.id}")
        snapshot.cube(flow.ref)
    return Restored(home.path, snapshot.number, snapshot.record["instant"])
