"""A purge: cells leave everything that is or was public, for good; a release of its own says that they did.

All of it is made aside first: releases without the cells, the vintages' records, their pages anew, and the
next vintage. Then one file decides, and it is carried out (`store.journal`).
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalogue.embedded import Embedded
from publisher.release import files, naming, pages
from publisher.release.progress import Reporter
from publisher.release.publish import put
from publisher.settings import Settings
from publisher.store import Change, Home, Release, Snapshot, Stage, current, journal
from publisher.store import purge as cells_of
from publisher.store.home import read_record, record_path, write_record
from publisher.store.journal import CATALOGUE, CHANGED, NEW, TRIMMED
from publisher.store.lock import KEEP, locked
from publisher.store.purge import Cells
from publisher.store.vintage import cube_name, kept, parts
from publisher.structures.urns import Ref

PATIENCE = 60.0  # seconds that somebody who publishes, or makes a backup, may go on


@dataclass(frozen=True)
class Purge:
    """What leaves, and what is said of it."""

    id: str  # of the release that tells it
    cells: Cells
    reason: str
    instant: datetime

    @property
    def content(self) -> str:
        """A hash of what leaves."""
        told = [self.id, self.cells.plain]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def purge(settings: Settings, wanted: Purge, progress: Reporter, gone: Iterable[Path] = ()) -> int:
    """Carry it out, and remove the paths `gone` with it; the number of the vintage that it makes.

    Raises ReleaseError when another writer does not come to an end.
    """
    home = Home(settings.home)
    with locked(home.path / KEEP, PATIENCE), locked(home.lock, PATIENCE):
        home.sweep()
        made = home.purging / secrets.token_hex(8)
        made.mkdir(parents=True)
        home.purging.chmod(0o700)
        try:
            work = _Work(settings, home, current(home), wanted, made, progress)
            number = work.make()
            journal.decide(home, made, number, [*gone, *work.gone])
        finally:
            if not journal.is_open(home):
                shutil.rmtree(home.purging, ignore_errors=True)
            shutil.rmtree(home.tmp, ignore_errors=True)
        journal.finish(home)
    return number


@dataclass
class _Work:
    """Making it, below `made`."""

    settings: Settings
    home: Home
    before: Snapshot
    wanted: Purge
    made: Path
    progress: Reporter

    def __post_init__(self) -> None:
        self.gone: list[Path] = []
        self.changed: set[str] = set()  # releases that held any of the cells

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where things are looked for: without the cells, else as they are."""
        return (self.made / CHANGED, self.home.public)

    def make(self) -> int:
        self._cut()
        for number in kept(self.home, self.before.number):
            self._vintage(number)
        self._pruned()
        return self._next()

    def _cut(self) -> None:
        cells = self.wanted.cells
        quoted = cells_of.figures(self.before, cells)
        for manifest in (m for m in self.before.releases if m["provider"] == cells.provider):
            unit = Path("releases") / manifest["id"]
            if cells_of.cut(self.before, manifest, cells, quoted, self.made / CHANGED / unit, self.wanted.id):
                self.progress(f"purge: {manifest['id']}")
                self.changed.add(manifest["id"])
                journal.change(self.home, self.made, unit)

    def _vintage(self, number: int) -> None:
        """Its record with other cubes and its pages anew, if it showed a release that changes; else only a
        mark that what it tells of the past is not what it was."""
        record = read_record(record_path(self.home.public, number))
        if not self.changed & set(record["releases"]):
            return
        earlier = record.get("purged", {}).get("by", [])
        record["purged"] = {"by": [*earlier, self.wanted.id], "at": self.instant}
        snapshot = Snapshot(record, self.folders, self.home.tmp)
        flows = [f for (f, _), release in snapshot.heads.items() if release in self.changed]
        if flows:
            named = {f: cube_name(snapshot.made_of(_ref(f)), record["structures"]) for f in record["cubes"]}
            record["cubes"] = named
        (self.made / CHANGED / "vintages").mkdir(parents=True, exist_ok=True)
        write_record(record_path(self.made / CHANGED, number), record)
        if flows and (self.home.public / "pages" / str(number)).is_dir():
            self._pages(Snapshot(record, self.folders, self.home.tmp), flows)

    def _pages(self, snapshot: Snapshot, flows: list[str]) -> None:
        """Every page of a vintage that the cells may have been on; one that comes out as it was stays."""
        from publisher.factsheets.build import Made

        self.progress(f"purge: pages of vintage {snapshot.number}")
        unit = Path("pages") / str(snapshot.number)
        there, again = self.home.public / unit, self.made / CHANGED / unit
        files.again(snapshot, self.wanted.cells.provider, flows, there / "files", again / "files")
        if (there / "factsheets").is_dir():
            own = Made(own=there / "factsheets")
            pages.sheets(snapshot, again / "factsheets", self.settings, lambda message: None, own)
        lost = [p for p in (there / "factsheets").glob("*") if not (again / "factsheets" / p.name).exists()]
        for path in [path for path in again.rglob("*") if path.is_file()]:
            was = there / path.relative_to(again)
            if not was.exists() or was.read_bytes() == path.read_bytes():
                path.unlink()
        self._drop(unit, lost)

    def _drop(self, unit: Path, lost: Iterable[Path]) -> None:
        """What cannot be made again goes with the cells."""
        names = [path.relative_to(self.home.public / unit).as_posix() for path in lost]
        if not names and not any((self.made / CHANGED / unit).rglob("*.*")):
            return
        self.gone += [self.home.public / unit / name for name in names]
        journal.change(self.home, self.made, unit, names)

    def _pruned(self) -> None:
        """Files that pruning left of vintages whose records are gone: they cannot be made again."""
        names = {
            f"{naming.dataset_name(self.wanted.cells.provider, _ref(flow))}.{suffix}"
            for flow in self.wanted.cells.keys
            for suffix in files.SUFFIXES
        }
        for folder in (self.home.public / "pages").glob("[0-9]*"):
            if int(folder.name) < self.home.first():
                sheets = [*(folder / "factsheets").glob("*")]
                bulk = [path for path in (folder / "files").glob("*") if path.name in names]
                self._drop(Path("pages") / folder.name, [*sheets, *bulk])

    @property
    def instant(self) -> str:
        found = max(self.wanted.instant, self.before.instant).astimezone(UTC)
        return found.isoformat().replace("+00:00", "Z")

    def _next(self) -> int:
        """The vintage that tells it: nothing in it but that the cells are gone, and the keys for replicas."""
        if (self.home.public / CATALOGUE).exists():
            (self.made / NEW).mkdir(exist_ok=True)
            shutil.copyfile(self.home.public / CATALOGUE, self.made / NEW / CATALOGUE)
        record = dict(self.before.record) | {"number": self.before.number + 1, "cubes": {}}
        record.pop("purged", None)
        staged = _Stage(self.home, self.made / NEW, record, under=self.made / CHANGED)
        frozen = self.before.path("structures", self.before.record["structures"])
        places = tuple(sorted(place for place in frozen.iterdir() if place.is_dir()))
        settings = replace(self.settings, home=self.made, dsd=places, bundled_dsd=False)
        put(staged, [self._release()], self.before.registry, settings, self.progress)  # no structure changes
        self._leave(staged)
        staged.close()
        trimmed = self.made / TRIMMED
        shutil.copyfile(self.made / NEW / CATALOGUE, trimmed)
        Embedded(trimmed).forget_before(staged.number)
        return staged.number

    def _release(self) -> Release:
        wanted, cells = self.wanted, self.wanted.cells
        known = {flow.ref.short for flow in self.before.registry.find("dataflow")}
        flows = [short for short in cells.keys if short in known]
        changes = tuple(Change(_ref(short), "Delete", {}, cells.keys[short]) for short in flows)
        about = {"purges": cells.count, "reason": wanted.reason, "content": wanted.content}
        heads = {head for short in flows if (head := self.before.heads.get((short, cells.provider)))}
        instant = datetime.fromisoformat(self.instant)
        descriptors = dict(self._descriptors(sorted(heads)))
        return Release(wanted.id, cells.provider, instant, changes, descriptors, about=about)

    def _descriptors(self, heads: Iterable[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """What is told of the data stays, as it is told now."""
        now = Snapshot(self.before.record, self.folders, self.home.tmp)
        for head in heads:
            for package in now.manifest(head)["packages"]:
                path = now.path("releases", head, "packages", package, "datapackage.json")
                yield package, json.loads(path.read_text(encoding="utf-8"))

    def _leave(self, staged: Stage) -> None:
        folder = staged.folder / "releases" / self.wanted.id
        snapshot = staged._snapshot()
        flows = cells_of.leave(folder / "purged", snapshot, self.wanted.cells, self.home.tmp)
        told = {
            "release": self.wanted.id,
            "provider": self.wanted.cells.provider,
            "vintage": staged.number,
            "flows": flows,
        }
        staged.record["purges"] = [*staged.record.get("purges", []), told]


@dataclass
class _Stage(Stage):
    """The coming vintage, on releases of which some are changed."""

    under: Path = Path()

    def _snapshot(self) -> Snapshot:
        snapshot = super()._snapshot()
        return replace(snapshot, folders=(self.folder, self.under, self.home.public))


def _ref(short: str) -> Ref:
    return Ref("dataflow", *parts(short))
