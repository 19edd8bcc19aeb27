"""What publishing would make, in a folder aside: the home is only read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher.store.change import Release
from publisher.store.home import Home, read_record, record_path
from publisher.store.staging import Stage, _first
from publisher.store.vintage import Snapshot
from publisher.structures.registry import Registry


@dataclass(frozen=True)
class _Aside(Home):
    """A home whose scratch files lie elsewhere."""

    scratch: Path

    @property
    def tmp(self) -> Path:
        return self.scratch / "tmp"


@contextmanager
def rehearse(
    home: Home, release: Release, registry: Registry, structure_folders: Sequence[Path]
) -> Iterator[Snapshot]:
    """The vintage that `release` would make; gone on leaving. Raises ReleaseError as publishing would."""
    with TemporaryDirectory(prefix="lmis-") as scratch:
        aside, number = _Aside(home.path, Path(scratch)), home.number()
        record = read_record(record_path(home.public, number)) if number else _first()
        staged = Stage(aside, aside.scratch / "staged", record | {"number": (number or 0) + 1, "cubes": {}})
        staged.freeze(release, registry, structure_folders)
        yield staged._snapshot()
