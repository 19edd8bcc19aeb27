"""Backup: a home as it is at one moment, while it is served and published to.

What is public never changes in place, so the copy is of one vintage whatever happens meanwhile. What a
restore makes again (cubes, what is staged) is left out.
"""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from catalogue.embedded import Embedded
from publisher.errors import Damaged, NotFound, ReleaseError, UsageError
from publisher.operation.purged import keep_beside
from publisher.operation.verify import CATALOGUE, verify
from publisher.release.progress import Reporter
from publisher.store import Home
from publisher.store.home import named, record_path, sync_folder, sync_tree
from publisher.store.journal import is_open
from publisher.store.lock import KEEP, locked
from publisher.store.seal import seal, sums

LEFT_OUT = ("public", "staged", "tmp", "purge", "lock", KEEP)
STAGED = "desk/staged"  # staged again from what the desk keeps
TAR = (".tar", ".tar.gz", ".tgz")
PATIENCE = 60.0  # seconds that another backup, or pruning, may go on


@dataclass(frozen=True)
class Backup:
    place: Path
    vintage: int
    files: int

    def __str__(self) -> str:
        return f"{self.place}: vintage {self.vintage}, {self.files:,} files"


def backup(home: Home, target: Path, progress: Reporter) -> Backup:
    """Copy `home` into the new folder `target`, or into a file when it ends in `.tar` or `.tar.gz`.

    It appears whole or not at all. Raises UsageError where something is there already.
    """
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        raise UsageError(f"{target} is there already; name a new folder or file, for instance by the date")
    if is_open(home):
        raise ReleaseError("a purge was stopped half way; `lmis store repair` carries it out first")
    if home.number() is None:
        raise NotFound(f"nothing has been published in {home.path} yet; there is nothing to keep")
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        locked(home.path / KEEP, PATIENCE),
        TemporaryDirectory(dir=target.parent, prefix=".backup-", ignore_cleanup_errors=True) as scratch,
    ):
        made = Path(scratch) / "home"
        number = _copied(home, made, progress)
        sync_tree(made)
        if target.name.endswith(TAR):
            _packed(made, Path(scratch) / "tar", target)
        else:
            if target.exists():
                target.rmdir()
            made.rename(target)
            sync_folder(target.parent)
        keep_beside(home, target)
        return Backup(target, number, len(sums(target if target.is_dir() else made)))


def _copied(home: Home, made: Path, progress: Reporter) -> int:
    """First what the offices' desk knows, then what is public, as a crash between the two would leave it."""
    for source in _private(home):
        _copy(source, made / source.relative_to(home.path))
    number = home.number() or 0
    for source in _public(home, number):
        progress(f"backup: {source.relative_to(home.path)}")
        _copy(source, made / source.relative_to(home.path))
    catalogue = home.public / CATALOGUE
    if catalogue.exists():
        Embedded(catalogue).copy(made / "public" / CATALOGUE)
    Home(made).point(number)
    if found := verify(Home(made)).findings:
        raise Damaged(f"{home.path} is damaged, nothing was kept; `lmis store repair` comes first", found)
    made.chmod(0o700)
    seal(made)
    return number


def _private(home: Home) -> Iterator[Path]:
    for path in sorted(home.path.rglob("*")):
        name = path.relative_to(home.path).as_posix()
        if name.split("/")[0] not in LEFT_OUT and not name.startswith(STAGED) and path.is_file():
            yield path


def _public(home: Home, number: int) -> Iterator[Path]:
    """The records up to vintage `number`, and what they name."""
    records = [
        path for path in sorted((home.public / "vintages").glob("[0-9]*.json")) if int(path.stem) <= number
    ]
    if not record_path(home.public, number).exists():
        raise ReleaseError(f"the record of vintage {number} is missing; `lmis store repair` comes first")
    yield from records
    for room, names in named(records).items():
        if room != "index":
            for name in sorted(names):
                yield from _files(home.public / room / name)
    for pages in (home.public / "pages").glob("[0-9]*"):
        if int(pages.name) <= number:
            yield from _files(pages)
    for path in home.public.glob("*"):
        if path.is_file() and not path.name.startswith((".", CATALOGUE, home.pointer.name)):
            yield path


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _packed(made: Path, draft: Path, target: Path) -> None:
    with tarfile.open(draft, "w:gz" if target.name.endswith("gz") else "w") as tar:
        tar.add(made, "home")
    with draft.open("rb+") as file:
        file.flush()
    draft.replace(target)
    sync_folder(target.parent)
