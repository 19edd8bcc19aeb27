"""A home on disk: where things are, and writing them so that a crash leaves the old or the new, whole."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.errors import Fault


@dataclass(frozen=True)
class Home:
    """Paths of one deployment; docs/architecture.md "A home" draws it."""

    path: Path

    @property
    def public(self) -> Path:
        return self.path / "public"

    @property
    def staged(self) -> Path:
        return self.path / "staged"

    @property
    def tmp(self) -> Path:
        return self.path / "tmp"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def pointer(self) -> Path:
        return self.public / "current"

    def number(self) -> int | None:
        """The number of the public vintage, None before the first. Raises Fault when unreadable."""
        try:
            return int(self.pointer.read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        except ValueError as exc:
            raise Fault(f"{self.pointer} holds no vintage number") from exc

    def point(self, number: int) -> None:
        """Make vintage `number` the public one: the one step that everything else waits for."""
        write(self.pointer, f"{number}\n")

    def sweep(self) -> None:
        """Remove what a crashed writer left: staged folders, scratch, and vintages never pointed at.

        Only under the lock.
        """
        for folder in (self.staged, self.tmp):
            shutil.rmtree(folder, ignore_errors=True)
        number = self.number() or 0
        for record in (self.public / "vintages").glob("*.json"):
            if int(record.stem) > number:
                record.unlink()
        for pages in (self.public / "pages").glob("*"):
            if int(pages.name) > number:
                shutil.rmtree(pages)
        known = set(read(record_path(self.public, number))["releases"]) if number else set()
        for release in (self.public / "releases").glob("*"):
            if release.name not in known:
                shutil.rmtree(release)


def record_path(folder: Path, number: int) -> Path:
    """Where vintage `number` is written down below `folder` (public or staged)."""
    return folder / "vintages" / f"{number:06d}.json"


def read(path: Path) -> dict[str, Any]:
    """The JSON object in `path`."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def write(path: Path, text: str) -> None:
    """Put `text` into `path` in one step: scratch file, fsync, rename, fsync of the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with scratch.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(scratch, path)
    sync_folder(path.parent)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    write(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` outlast a power cut, where the system can (Windows cannot open one)."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_tree(folder: Path) -> None:
    """fsync every file below `folder`, and the folders themselves, deepest first."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            with (Path(place) / name).open("rb+") as file:
                os.fsync(file.fileno())
        sync_folder(Path(place))


def move_into(source: Path, target: Path) -> None:
    """Move each entry of folder `source` into folder `target`; what is there already stays.

    Only for content that is named by what it is (releases, structures, cubes), or new by number.
    """
    if not source.is_dir():
        return
    target.mkdir(parents=True, exist_ok=True)
    for entry in sorted(source.iterdir()):
        if not (target / entry.name).exists():
            _move(entry, target / entry.name)
    sync_folder(target)
    sync_folder(target.parent)


def _move(source: Path, target: Path) -> None:
    try:
        os.replace(source, target)
    except PermissionError:  # Windows: a cube of the staged snapshot is still mapped
        scratch = target.with_name(f".{target.name}.{os.getpid()}")
        shutil.copytree(source, scratch) if source.is_dir() else shutil.copy2(source, scratch)
        os.replace(scratch, target)
