"""Vintages: what is public now, and what was at an instant. Readers resolve the pointer once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from publisher.errors import NotFound
from publisher.store.cube import Cube, empty, open_cube
from publisher.store.home import Home, read, record_path
from publisher.structures.registry import Registry
from publisher.structures.urns import Ref

if TYPE_CHECKING:
    from publisher.store.views import View

INDEX_FORMAT = 2  # part of a cube's name: a new layout makes new cubes
_KEPT = 4  # opened vintages kept in a process: the public one, and those asked for by `asOf`
_opened: dict[tuple[Path, str], Snapshot] = {}
_registries: dict[Path, Registry] = {}
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
        return read(self.path("releases", release) / "manifest.json")

    @cached_property
    def registry(self) -> Registry:
        """The structures as they were frozen with this vintage."""
        return registry_in(self.path("structures", self.record["structures"]))

    def path(self, *names: str) -> Path:
        """A folder or file by name. Raises NotFound."""
        for folder in self.folders:
            if (found := folder.joinpath(*names)).exists():
                return found
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
        return self.path("releases", release) / file

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
        return {
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
        raise NotFound(f"nothing has been published in {home.path} yet; `lmis publish` does it")
    return opened(home, number)


def at(home: Home, instant: datetime) -> Snapshot:
    """The vintage that was public at `instant` (aware). Raises NotFound before the first."""
    for number in range(home.number() or 0, 0, -1):
        if datetime.fromisoformat(read(record_path(home.public, number))["instant"]) <= instant:
            return opened(home, number)
    raise NotFound(f"nothing was public yet at {instant.astimezone(UTC).isoformat()}")


def opened(home: Home, number: int) -> Snapshot:
    """Vintage `number`, from memory when this process opened it before."""
    text = record_path(home.public, number).read_text(encoding="utf-8")
    key = (home.public, text)  # the record itself: a home made anew has other vintages of the same number
    with _lock:
        if key not in _opened:
            while len(_opened) >= _KEPT:
                del _opened[next(iter(_opened))]
            _opened[key] = Snapshot(json.loads(text), (home.public,), home.tmp)
        return _opened[key]


def registry_in(folder: Path) -> Registry:
    """The registry of frozen structures, from memory when this process read them before."""
    with _lock:
        if folder not in _registries:
            while len(_registries) >= _KEPT:
                del _registries[next(iter(_registries))]
            _registries[folder] = Registry.load(*sorted(folder.iterdir()))
        return _registries[folder]
