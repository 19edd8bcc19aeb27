"""Repair from a backup: damaged files come from there, cubes and the catalogue are made again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher.errors import Damaged, Finding, UserError
from publisher.operation.purged import listed
from publisher.operation.restore import restore, unpacked
from publisher.operation.verify import CATALOGUE, Verified, verify
from publisher.release import catalogues
from publisher.release.progress import Reporter
from publisher.settings import Settings
from publisher.store import Home, Snapshot, current
from publisher.store.home import read_record, remove
from publisher.store.journal import finish, is_open
from publisher.store.lock import locked
from publisher.store.seal import SUMS, problems

PATIENCE = 60.0  # seconds that a publication may go on


def repair(settings: Settings, backup: Path | None, progress: Reporter) -> Verified:
    """Mend what `verify` finds; what it finds afterwards. Nothing that is whole is touched."""
    home = Home(settings.home)
    with locked(home.lock, PATIENCE):
        if is_open(home):
            progress("a purge was stopped half way: it is carried out")
            finish(home)
        home.tmp.mkdir(parents=True, exist_ok=True)
    with locked(home.lock, PATIENCE), _opened(backup, home) as source:
        seen: tuple[Finding, ...] = ()
        # a record or a list of hashes that is mended shows what of its folders is damaged besides
        while (found := verify(home).findings) and found != seen:
            for finding in found:
                progress(_mended(home, Path(finding.file or ""), source))
            _point(home)
            seen = found
        _rebuild(home, settings, source, progress)
    return verify(home)


@contextmanager
def _opened(backup: Path | None, home: Home) -> Iterator[Path | None]:
    if backup is None:
        yield None
        return
    with unpacked(backup, home.tmp) as folder:
        if there := listed(home):  # an older backup must not bring back what was purged since
            with TemporaryDirectory(dir=home.tmp, prefix=".purged-") as scratch:
                restore(folder, Path(scratch) / "home", lambda message: None, there)
                yield Path(scratch) / "home"
        else:
            yield folder


def _mended(home: Home, path: Path, source: Path | None) -> str:
    """What became of one damaged file, for people."""
    name = path.relative_to(home.path).as_posix()
    room = path.relative_to(home.public).parts[0]
    if room == "index":
        remove(home.public.joinpath(*path.relative_to(home.public).parts[:2]))
        return f"{name}: will be built again"
    if room in (CATALOGUE, home.pointer.name):
        return f"{name}: will be made again"
    unit = home.public.joinpath(*path.relative_to(home.public).parts[:2])
    if source and not (source / name).is_file() and (source / unit.relative_to(home.path) / SUMS).is_file():
        return _folder(unit, source / unit.relative_to(home.path), name)  # the list names what never was
    if source is None or not (source / name).is_file():
        return f"{name}: not mended, the backup does not have it" if source else f"{name}: needs a backup"
    if path.name == SUMS:
        return _folder(path.parent, (source / name).parent, name)
    _copy(source / name, path)
    if unit.is_dir() and problems(unit, path.relative_to(unit).as_posix()):  # the list of hashes lies
        _copy(source / unit.relative_to(home.path) / SUMS, unit / SUMS)
    return f"{name}: from the backup"


def _folder(damaged: Path, kept: Path, name: str) -> str:
    """Where the list of hashes itself is damaged, nothing in the folder can be told to be whole."""
    for file in kept.rglob("*"):
        if file.is_file():
            _copy(file, damaged / file.relative_to(kept))
    return f"{name}: the folder from the backup"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.mended")
    shutil.copyfile(source, scratch)
    scratch.replace(target)


def _point(home: Home) -> None:
    """Where the pointer is lost: at the newest vintage that is whole."""
    try:
        home.number()
        return
    except Damaged:
        pass
    for path in sorted((home.public / "vintages").glob("[0-9]*.json"), reverse=True):
        try:
            record = read_record(path)
        except Damaged:
            continue
        if all(not problems(home.public / "releases" / release) for release in record["releases"]):
            home.point(int(record["number"]))
            return


def _catalogue(
    path: Path, snapshot: Snapshot, settings: Settings, source: Path | None, progress: Reporter
) -> None:
    """That of the backup where it is of this vintage; else the records of this vintage, made anew."""
    path.unlink(missing_ok=True)
    path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    kept = source / "public" / CATALOGUE if source else None
    if source and kept and kept.exists() and Home(source).number() == snapshot.number:
        _copy(kept, path)
    else:
        catalogues.prepare(snapshot, settings, progress)


def _rebuild(home: Home, settings: Settings, source: Path | None, progress: Reporter) -> None:
    """The cubes of the public vintage, and the catalogue where it is not as it was written."""
    from catalogue.embedded import Embedded

    try:
        snapshot = current(home)
        for flow in snapshot.registry.find("dataflow"):
            snapshot.cube(flow.ref)
        path = home.public / CATALOGUE
        if not path.exists() or Embedded(path).problems():
            _catalogue(path, snapshot, settings, source, progress)
    except (Damaged, UserError) as left:
        progress(f"not all could be made again: {left}")
