"""Staging: the next vintage is built out of sight, whole, and becomes public in one step."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from publisher.errors import ReleaseError
from publisher.store.change import Release
from publisher.store.home import (
    ROOMS,
    Home,
    move_into,
    read,
    read_record,
    record_path,
    sync_tree,
    write_record,
)
from publisher.store.lock import locked
from publisher.store.seal import seal
from publisher.store.vintage import Snapshot, cube_name, parts
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

_KEPT_BACK = ("__pycache__", "*.py", "suppression")  # an office's limits help who would undo a suppression


@dataclass
class Stage:
    """The vintage being made. `folder` is laid out like `public`; pages go to `folder/pages/<number>`."""

    home: Home
    folder: Path
    record: dict[str, Any]
    is_changed: bool = False
    _registry: Registry | None = field(default=None, repr=False)

    @property
    def number(self) -> int:
        return int(self.record["number"])

    def freeze(
        self, release: Release, registry: Registry, structure_folders: Sequence[Path]
    ) -> dict[str, Any]:
        """Put `release` into the coming vintage, and the structures it is described by. Returns its manifest.

        The same release with the same content again changes nothing. Raises ReleaseError.
        """
        from publisher.store.freeze import freeze
        from publisher.store.purge import refuse

        if _same(self.home, self.record, release, self.folder):
            return self._snapshot().manifest(release.id)
        self._advance(release)
        self._keep_structures(registry, structure_folders)
        before = self._snapshot()
        refuse(before, release)
        previous = {}
        for change in release.changes:
            short = change.dataflow.short
            if head := before.heads.get((short, release.provider)):
                previous[short] = (head, before.states(change.dataflow)[release.provider])
        folder = self.folder / "releases" / release.id
        manifest = freeze(
            folder,
            release,
            registry,
            previous,
            self.home.tmp,
            vintage=self.number,
            structures=registry.content_hash,
        )
        self.record["releases"] = [*self.record["releases"], release.id]
        heads = {flow: dict(by) for flow, by in self.record["heads"].items()}
        for short in manifest["flows"]:
            heads.setdefault(short, {})[release.provider] = release.id
        self.record["heads"] = heads
        self.is_changed = True
        return manifest

    def _advance(self, release: Release) -> None:
        instant = datetime.fromisoformat(self.record["instant"]) if self.record["instant"] else None
        if instant and release.instant < instant:
            raise ReleaseError(
                f"{release.id} says it was released at {_text(release.instant)}, before what is public "
                f"already ({_text(instant)}); publish releases in the order of their dates, or give it a "
                "later releaseDate"
            )
        self.record["instant"] = _text(release.instant)

    def _keep_structures(self, registry: Registry, folders: Sequence[Path]) -> None:
        name = registry.content_hash
        target = self.folder / "structures" / name
        if not target.exists() and not (self.home.public / "structures" / name).exists():
            for number, folder in enumerate(folders):  # by number: later ones win where they redefine
                shutil.copytree(folder, target / f"{number:02d}", ignore=shutil.ignore_patterns(*_KEPT_BACK))
        self.record["structures"] = name
        self._registry = registry

    def snapshot(self) -> Snapshot:
        """What would be public, with a cube for every dataflow; those that did not change are reused."""
        snapshot = self._snapshot()
        released = [Ref("dataflow", *parts(short)) for short in self.record["heads"]]
        cubes = {}
        for dataflow in (*released, *snapshot.views):
            name = cube_name(snapshot.made_of(dataflow), self.record["structures"])
            cubes[dataflow.short] = name
            if not (self.home.public / "index" / name).exists():
                snapshot.make_cube(dataflow, name, self.folder)
        self.record["cubes"] = cubes
        return self._snapshot()

    def _snapshot(self) -> Snapshot:
        snapshot = Snapshot(dict(self.record), (self.folder, self.home.public), self.home.tmp)
        if self._registry is not None:
            snapshot.__dict__["registry"] = self._registry  # read already
        return snapshot

    def release(self) -> int:
        """Make it public: everything to disk, moved into place, then the pointer. Returns the public number.

        Nothing happens when nothing was frozen.
        """
        if not self.is_changed:
            return self.home.number() or 0
        if not set(self.record["heads"]) <= set(self.record["cubes"]):
            self.snapshot()
        self.close()
        self.home.begin()
        for room in ROOMS:
            move_into(self.folder / room, self.home.public / room)
        self.home.point(self.number)
        return self.number

    def close(self) -> None:
        """Write the record, seal every folder, and have it all on the disk."""
        write_record(record_path(self.folder, self.number), self.record)
        for room in ("releases", "structures", "pages"):
            for folder in (self.folder / room).glob("*"):
                seal(folder)
        sync_tree(self.folder)


@contextmanager
def stage(home: Home) -> Iterator[Stage]:
    """The one writer's next vintage; on leaving without `release()` nothing is left of it.

    Raises ReleaseError when another process is publishing.
    """
    with locked(home.lock):
        home.sweep()
        number = home.number()
        record = read_record(record_path(home.public, number)) if number else _first()
        folder = home.staged / secrets.token_hex(8)
        folder.mkdir(parents=True, mode=0o700)
        try:
            yield Stage(home, folder, record | {"number": (number or 0) + 1, "cubes": {}})
        finally:
            for left in (home.staged, home.tmp):
                shutil.rmtree(left, ignore_errors=True)


def released(home: Home, release: Release) -> int | None:
    """The number of the vintage that `release` is public in; None when it is not public yet.

    Raises ReleaseError when another content is public under its id.
    """
    number = home.number()
    record = read_record(record_path(home.public, number)) if number else _first()
    if not _same(home, record, release):
        return None
    return int(read(home.public / "releases" / release.id / "manifest.json")["vintage"])


def _first() -> dict[str, Any]:
    return {"number": 0, "instant": None, "heads": {}, "releases": [], "structures": None, "cubes": {}}


def _same(home: Home, record: dict[str, Any], release: Release, *more: Path) -> bool:
    from publisher.store.freeze import content

    if release.id not in record["releases"]:
        return False
    places = [folder / "releases" / release.id / "manifest.json" for folder in (*more, home.public)]
    manifest = read(next(place for place in places if place.exists()))
    if manifest["content"] != content(release):
        raise ReleaseError(
            f"{release.id} is published already, of {manifest['instant']}, with other content; "
            "a published release never changes: give the corrected one a new release name"
        )
    return True


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
