"""A publication recorded, so that the power can fail at any moment of it, and what a disk may then hold.

Before each fsync and each rename the whole home is looked at. What POSIX promises after a crash is little:
the content of a file as it was at its last fsync, the names in a folder as they were at that folder's.
Everything later may be there or not, each by itself. SQLite's files are as they were: it syncs them itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Names = dict[str, int]  # of a folder: name → inode
OWN = "catalogue.sqlite"


@dataclass(frozen=True)
class Look:
    """A home at one moment, and the inode that is then synced (0: none)."""

    synced: int
    folders: dict[int, Names]
    files: dict[int, str]  # inode → hash of the content
    root: int


# -- in the process that publishes ----------------------------------------------------------------


def recorded(home: Path, into: Path, run: Callable[[], int]) -> int:
    """Run it with every look at `home` kept in `into`; its result."""
    into.mkdir(parents=True, exist_ok=True)
    looks: list[dict[str, Any]] = []
    hashes: dict[tuple[int, int, int], str] = {}

    def look(synced: int = 0) -> None:
        folders: dict[int, Names] = {}
        files: dict[int, str] = {}
        for place, _, _ in os.walk(home):
            here = folders.setdefault(os.stat(place).st_ino, {})
            for entry in os.scandir(place):
                about = entry.stat(follow_symlinks=False)
                here[entry.name] = about.st_ino
                if entry.is_file(follow_symlinks=False):
                    key = (about.st_ino, about.st_mtime_ns, about.st_size)
                    if key not in hashes or OWN in entry.name:
                        hashes[key] = _kept(Path(entry.path), into)
                    files[about.st_ino] = hashes[key]
        root = os.stat(home).st_ino
        looks.append({"synced": synced, "folders": folders, "files": files, "root": root})

    def before(act: Callable[..., Any], is_sync: bool) -> Callable[..., Any]:
        def acting(*words: Any, **more: Any) -> Any:
            look(os.fstat(words[0]).st_ino if is_sync else 0)
            return act(*words, **more)

        return acting

    look()
    os.fsync, os.replace, os.rename = (
        before(os.fsync, True),
        before(os.replace, False),
        before(os.rename, False),
    )
    result = run()
    look()
    (into / "looks.json").write_text(json.dumps(looks), encoding="utf-8")
    return result


def _kept(path: Path, into: Path) -> str:
    content = path.read_bytes()
    name = hashlib.sha256(content).hexdigest()
    if not (into / name).exists():
        (into / name).write_bytes(content)
    return name


# -- what may be left -----------------------------------------------------------------------------


def looks(kept: Path) -> list[Look]:
    told = json.loads((kept / "looks.json").read_text(encoding="utf-8"))
    return [
        Look(
            one["synced"],
            {int(inode): names for inode, names in one["folders"].items()},
            {int(inode): name for inode, name in one["files"].items()},
            one["root"],
        )
        for one in told
    ]


# Whether what is newer than the last fsync is there, of a folder, of a file; None: by chance, each by itself.
LEFT: dict[str, tuple[bool | None, bool | None]] = {
    "all that was not synced is lost": (False, False),
    "names are there before content": (True, False),
    "content is there before names": (False, True),
    "some of it is there": (None, None),
}


class Crash:
    """What is left when the power fails at look `at` of `seen`."""

    def __init__(self, seen: list[Look], at: int, way: str, seed: int) -> None:
        self.now = seen[at]
        self.newer_names, self.newer_content = LEFT[way]
        self.chance = random.Random(f"{seed} {at} {way}")
        self.names, self.content = dict(seen[0].folders), dict(seen[0].files)  # as they were synced
        self.ever = {inode: name for look in seen[: at + 1] for inode, name in look.files.items()}
        for look in seen[:at]:  # the one at `at` has not come to its end
            if look.synced in look.folders:
                self.names[look.synced] = look.folders[look.synced]
            elif look.synced in look.files:
                self.content[look.synced] = look.files[look.synced]
        self.chosen = self._chosen()

    def _chosen(self) -> dict[int, Names]:
        """The names in each folder."""
        now, public = self.now.folders, self.now.folders[self.now.root]["public"]
        chosen = {
            inode: now[inode]
            if inode in now and self._is_there(self.newer_names)
            else self.names.get(inode, {})
            for inode in now.keys() | self.names.keys()
        }
        others = {name: inode for name, inode in chosen[public].items() if not name.startswith(OWN)}
        chosen[public] = others | {name: i for name, i in now[public].items() if name.startswith(OWN)}
        # A rename from folder to folder is one entry of a file system's journal: no file is then in neither.
        reached = {inode for names in chosen.values() for inode in names.values()}
        known = {inode for names in self.names.values() for inode in names.values()}
        for folder, names in now.items():
            chosen[folder] |= {name: i for name, i in names.items() if i in known - reached}
        return chosen

    def _is_there(self, newer: bool | None) -> bool:
        return self.chance.random() < 0.5 if newer is None else newer

    def entries(self) -> Iterator[tuple[str, str | None]]:
        """Path → hash of the content; None: a folder; "": an empty file."""
        yield from self._below(self.now.root, "")

    def _below(self, folder: int, path: str) -> Iterator[tuple[str, str | None]]:
        for name, inode in sorted(self.chosen.get(folder, {}).items()):
            if inode in self.chosen:
                yield f"{path}{name}", None
                yield from self._below(inode, f"{path}{name}/")
            elif name.startswith(OWN) or self._is_there(self.newer_content):
                yield f"{path}{name}", self.now.files.get(inode, self.ever.get(inode, ""))
            else:
                yield f"{path}{name}", self.content.get(inode, "")


def lay(kept: Path, home: Path, crash: Crash) -> None:
    """Write a home as the power left it."""
    home.mkdir(parents=True)
    for path, content in crash.entries():
        if content is None:
            (home / path).mkdir(exist_ok=True)
        else:
            (home / path).write_bytes((kept / content).read_bytes() if content else b"")
