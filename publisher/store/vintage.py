"""Vintages: what is public now, and what was at an instant. Readers resolve the pointer once."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from publisher.errors import Damaged, NotFound
from publisher.store.cube import Cube, empty, open_cube
from publisher.store.home import Home, read, read_record, record_path
from publisher.store.seal import REMEDY, check, is_whole
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.store.views import View

INDEX_FORMAT = 2  # part of a cube's name: a new layout makes new cubes
# Opened vintages kept in a process: the public one and those asked for, together with not many more
# observations than this, since what was made of a vintage to answer from it stays with it.
_KEPT, _HELD = 64, 30_000_000
_STRUCTURES = 4  # versions of all structures
_opened: dict[tuple[Path, bytes], Snapshot] = {}
_registries: dict[Path, Registry] = {}
_instants: dict[tuple[Path, int, int], datetime] = {}
_lock = RLock()


@dataclass(frozen=True)
class Snapshot:
    """Everything that is public in one vintage. Never changes; may be kept and shared between threads."""

    record: Mapping[str, Any]
    folders: tuple[Path, ...]  # searched in order: the staged one, if any, then public
    scratch: Path
    _cubes: dict[str, Cube] = field(default_factory=dict, repr=False, compare=False)

    @property
    def number(self) -> int:
        return int(self.record["number"])

    @property
    def instant(self) -> datetime:
        """When it was released, aware, UTC."""
        return datetime.fromisoformat(self.record["instant"])

    @property
    def purges(self) -> tuple[str, ...]:
        """The releases that purged something from what this vintage shows, now or of the past."""
        return tuple(self.record.get("purged", {}).get("by", ()))

    @property
    def modified(self) -> datetime:
        """When what it shows was last changed: by its release, or by a purge."""
        return datetime.fromisoformat(self.record.get("purged", {}).get("at", self.record["instant"]))

    @property
    def folder(self) -> Path:
        """Where the public files are."""
        return self.folders[-1]

    @cached_property
    def heads(self) -> dict[tuple[str, str], str]:
        """(dataflow as `Ref.short`, provider id) → id of the release that its state comes from."""
        flows: Mapping[str, Mapping[str, str]] = self.record["heads"]
        return {(flow, provider): release for flow, by in flows.items() for provider, release in by.items()}

    @cached_property
    def releases(self) -> list[dict[str, Any]]:
        """The manifests of all releases up to this vintage, oldest first."""
        return [self.manifest(release) for release in self.record["releases"]]

    def manifest(self, release: str) -> dict[str, Any]:
        return read(self.path("releases", release, "manifest.json"))

    @cached_property
    def registry(self) -> Registry:
        """The structures as they were frozen with this vintage."""
        return registry_in(self.path("structures", self.record["structures"]))

    def path(self, *names: str) -> Path:
        """A folder or file by name. Raises NotFound, Damaged when a public file is not what was written."""
        for folder in self.folders:
            found = folder.joinpath(*names)
            if folder == self.folder and len(names) > 2 and not found.is_dir():
                is_whole(folder.joinpath(*names[:2]), found)
            if found.exists():
                return found
        if names[0] == "releases" and names[1] in self.record["releases"]:
            raise Damaged(f"{self.folder.joinpath(*names)} is missing; {REMEDY}")
        raise NotFound(f"vintage {self.number} has no {'/'.join(names)}")

    def cube(self, dataflow: Ref) -> Cube:
        """The observations of `dataflow`, none when nobody released any. Raises NotFound when unknown."""
        short = dataflow.short
        with _lock:
            if short not in self._cubes:
                definition = self.registry.definition(dataflow)
                name = self.record["cubes"].get(short)
                self._cubes[short] = (
                    open_cube(self._index(short, name), definition) if name else empty(definition)
                )
            return self._cubes[short]

    def states(self, dataflow: Ref) -> dict[str, Path]:
        """Provider id → Parquet with all observations of `dataflow`, as its provider released them."""
        heads: Mapping[str, str] = self.record["heads"].get(dataflow.short, {})
        return {provider: self._state(release, dataflow.short) for provider, release in heads.items()}

    def _state(self, release: str, short: str) -> Path:
        file: str = self.manifest(release)["flows"][short]["state"]["file"]
        return self.path("releases", release, *file.split("/"))

    def _index(self, short: str, name: str) -> Path:
        """The folder of a cube; cubes are disposable, a lost one is built again."""
        try:
            return self.path("index", name)
        except NotFound:
            return self.make_cube(Ref("dataflow", *parts(short)), name, self.folder)

    def made_of(self, dataflow: Ref) -> dict[str, str]:
        """What the cube of `dataflow` is made of: who released it in which dataflow → sha256."""
        view = self.views.get(dataflow)
        sources = view.sources if view else (dataflow,)
        chosen = {f"view {dataflow.short}": ""} if view else {}  # of the same states a view shows some series
        return chosen | {
            f"{provider} {source.short}": self.manifest(release)["flows"][source.short]["state"]["sha256"]
            for source in sources
            for provider, release in self.record["heads"].get(source.short, {}).items()
        }

    def make_cube(self, dataflow: Ref, name: str, public: Path) -> Path:
        """Build the cube `name` of `dataflow` below `public`."""
        from publisher.store import index, views

        states = self.states(dataflow)
        if view := self.views.get(dataflow):
            delivered: dict[str, list[Path]] = {}
            for source in view.sources:
                for provider, path in self.states(source).items():
                    delivered.setdefault(provider, []).append(path)
            states = views.states(view, self.registry, delivered, self.scratch)
        return index.cube_folder(public, name, self.registry.definition(dataflow), states, self.scratch)

    @cached_property
    def views(self) -> dict[Ref, View]:
        """The dataflows that nobody delivers."""
        from publisher.store.views import views

        return {view.dataflow.ref: view for view in views(self.registry)}


def parts(short: str) -> tuple[str, str, str]:
    """Agency, id and version of `LMIS:DF_LF(1.0.0)`."""
    agency, _, rest = short.partition(":")
    name, _, version = rest.partition("(")
    return agency, name, version.rstrip(")")


def cube_name(states: Mapping[str, str], structures: str) -> str:
    """The name of a cube: a hash of what `Snapshot.made_of` tells of it, and of its structures."""
    made_of = json.dumps([INDEX_FORMAT, sorted(states.items()), structures])
    return hashlib.sha256(made_of.encode()).hexdigest()[:32]


def current(home: Home) -> Snapshot:
    """The public vintage. Raises NotFound when nothing has been published yet."""
    number = home.number()
    if number is None:
        raise NotFound("nothing has been published here yet; `lmis publish` does it")  # public: names no path
    return opened(home, number)


def at(home: Home, instant: datetime) -> Snapshot:
    """The vintage that was public at `instant` (aware). Raises NotFound before the first that is kept."""
    numbers = kept(home, home.number() or 0)
    place = bisect_right(numbers, instant, key=lambda number: instant_of(home, number))
    if place:
        return opened(home, numbers[place - 1])
    moment = instant.astimezone(UTC).isoformat()
    if numbers and numbers[0] > 1:
        oldest = instant_of(home, numbers[0]).isoformat()
        raise NotFound(f"what was public at {moment} is not kept any more; the oldest that is dates {oldest}")
    raise NotFound(f"nothing was public yet at {moment}")


def kept(home: Home, number: int) -> range:
    """The vintages up to `number` that were not pruned; their instants never decrease."""
    return range(home.first(), number + 1)


def instant_of(home: Home, number: int) -> datetime:
    """When a vintage became public; from memory when this process looked before."""
    path = record_path(home.public, number)
    about = path.stat() if path.exists() else None
    key = (path, about.st_mtime_ns if about else 0, about.st_size if about else 0)
    if key not in _instants:
        _instants[key] = datetime.fromisoformat(read_record(path)["instant"])
    return _instants[key]


def opened(home: Home, number: int) -> Snapshot:
    """Vintage `number`, from memory when this process opened it before. Raises Damaged."""
    path = record_path(home.public, number)
    # the record itself: a home made anew has other vintages of the same number
    key = (home.public, path.read_bytes() if path.exists() else b"")
    with _lock:
        found = _opened.pop(key, None)
        if found is None:
            while len(_opened) >= _KEPT or sum(map(_held, _opened.values())) > _HELD:
                del _opened[next(iter(_opened))]
            found = Snapshot(read_record(path), (home.public,), home.tmp)
        _opened[key] = found  # the last asked for is the last to go
        return found


def _held(snapshot: Snapshot) -> int:
    """The observations of the dataflows that were asked for."""
    return sum(cube.count for cube in snapshot._cubes.values())


def registry_in(folder: Path) -> Registry:
    """The registry of frozen structures, from memory when this process read them before."""
    with _lock:
        if folder not in _registries:
            while len(_registries) >= _STRUCTURES:
                del _registries[next(iter(_registries))]
            check(folder)
            places = sorted(place for place in folder.iterdir() if place.is_dir())
            _registries[folder] = Registry.load(*places, is_frozen=True)
        return _registries[folder]
