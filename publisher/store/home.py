"""A home on disk: where things are, and writing them so that a crash leaves the old or the new, whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.errors import Damaged
from publisher.store.seal import REMEDY

SEAL = "sha256"  # of a vintage's record
WHOLE = "whole."  # how the names of cubes begin that readers make for themselves
# moved into the public in this order; the pointer comes last, so nothing public names what is not there yet
ROOMS = ("structures", "releases", "index", "pages", "vintages")


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
    def purging(self) -> Path:
        """A purge that is being made, or carried out: see `journal`."""
        return self.path / "purge"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def pointer(self) -> Path:
        return self.public / "current"

    @property
    def oldest(self) -> Path:
        """Names the first vintage that was not pruned; absent until some were."""
        return self.public / "oldest"

    def number(self) -> int | None:
        """The number of the public vintage, None before the first. Raises Damaged when unreadable or lost."""
        number = _pointed(self.pointer)
        if number is None and any((self.public / "vintages").glob("[0-9]*.json")):
            raise Damaged(f"{self.pointer} is lost, and there are vintages; {REMEDY}")
        return number or None  # 0: the first publication has begun

    def first(self) -> int:
        """The number of the oldest vintage that was not pruned. Raises Damaged when unreadable."""
        return _pointed(self.oldest) or 1

    def point(self, number: int) -> None:
        """Make vintage `number` the public one: the one step that everything else waits for."""
        write(self.pointer, _pointing(number).decode())

    def begin(self) -> None:
        """Say that a first publication has begun, so that vintages without a pointer are damage."""
        if not self.pointer.exists():
            self.point(0)

    def forget(self, before: int) -> None:
        """Say that the vintages `before` this number are not kept; their records may then go."""
        write(self.oldest, _pointing(before).decode())

    def sweep(self) -> None:
        """Remove what a crashed writer left: staged folders, scratch, and what no vintage names.

        A purge that was decided is carried out first. Only under the lock.
        """
        from publisher.store.journal import finish

        finish(self)
        for folder in (self.staged, self.tmp):
            shutil.rmtree(folder, ignore_errors=True)
        number = self.number() or 0
        for room in ("vintages", "pages"):
            for entry in (self.public / room).glob("*"):
                if not entry.stem.isdigit() or int(entry.stem) > number:
                    remove(entry)
        for draft in self.public.glob(".*"):
            remove(draft)
        for room, known in named((self.public / "vintages").glob("[0-9]*.json")).items():
            for entry in (self.public / room).glob("*"):
                if entry.name not in known and not entry.name.startswith(WHOLE):
                    remove(entry)


def named(records: Iterable[Path]) -> dict[str, set[str]]:
    """The releases, structures and cubes that any of the records of vintages names."""
    found: dict[str, set[str]] = {"releases": set(), "structures": set(), "index": set()}
    for path in records:
        record = read_record(path)
        found["releases"].update(record["releases"])
        found["structures"].add(record["structures"])
        found["index"].update(record["cubes"].values())
    return found


def _pointed(path: Path) -> int | None:
    try:
        line = path.read_bytes()
    except FileNotFoundError:
        return None
    number = line.partition(b" ")[0]
    if not number.isdigit() or line != _pointing(int(number)):
        raise Damaged(f"{path} holds no vintage number; {REMEDY}")
    return int(number)


def _pointing(number: int) -> bytes:
    """The line of the pointer; the hash tells a number that was changed by the disk."""
    return f"{number} {hashlib.sha256(str(number).encode()).hexdigest()[:16]}\n".encode()


def remove(path: Path) -> None:
    """Remove a file, a folder with all that is in it, or a link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def record_path(folder: Path, number: int) -> Path:
    """Where vintage `number` is written down below `folder` (public or staged)."""
    return folder / "vintages" / f"{number:06d}.json"


def read_record(path: Path) -> dict[str, Any]:
    """The record of a vintage. Raises Damaged when it is not what was written."""
    try:
        record = read(path)
        seal = record.pop(SEAL)
    except (OSError, ValueError, KeyError, AttributeError) as exc:
        raise Damaged(f"{path} cannot be read; {REMEDY}") from exc
    if seal != _hash(record):
        raise Damaged(f"{path} is not what was written; {REMEDY}")
    return record


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    """Write the record of a vintage, sealed by a hash of itself."""
    write_json(path, {**record, SEAL: _hash(record)})


def _hash(record: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


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
