"""A purge changes what otherwise never changes: it is made aside, decided by one file, and carried out.

Before the file is there nothing has happened; from then on whoever writes next goes on where a crash stopped.
Every step can be done twice. Readers see a file as it was or as it is to be: both hashes hold meanwhile.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from publisher.store.home import (
    ROOMS,
    WHOLE,
    Home,
    move_into,
    named,
    read,
    remove,
    sync_folder,
    sync_tree,
    write,
    write_json,
)
from publisher.store.seal import NEXT, SUMS, digest, sums

NEW, CHANGED, TRIMMED = "public", "changed", "catalogue.trimmed"  # below what was made aside
CATALOGUE = "catalogue.sqlite"


def change(home: Home, made: Path, unit: Path, gone: Iterable[str] = ()) -> None:
    """Give `made/changed/<unit>`, which holds the files of a sealed folder that change, its list of hashes.

    `gone`: files of the folder that are to go."""
    folder = made / CHANGED / unit
    folder.mkdir(parents=True, exist_ok=True)
    listed = {name: value for name, value in sums(home.public / unit).items() if name not in set(gone)}
    for path in _files(folder):
        listed[path.relative_to(folder).as_posix()] = digest(path)
    for name in (SUMS, NEXT):
        write(folder / name, "".join(f"{listed[file]}  {file}\n" for file in sorted(listed)))


def decide(home: Home, made: Path, number: int, gone: Iterable[Path]) -> None:
    """From here on it happens: `number` becomes the public vintage, all that was made takes its place, and
    the paths `gone` go. Only under the lock."""
    sync_tree(made)
    paths = [path.relative_to(home.path).as_posix() for path in gone]
    write_json(_path(home), {"folder": made.name, "number": number, "remove": paths})


def is_open(home: Home) -> bool:
    """Whether one was decided and is not done."""
    return _path(home).exists()


def finish(home: Home) -> None:
    """Carry out what was decided, or forget what was not. Only under the lock."""
    if is_open(home):
        told = read(_path(home))
        _carry_out(home, home.purging / told["folder"], told)
        sync_folder(home.public)
        _path(home).unlink()
        sync_folder(home.purging)
    shutil.rmtree(home.purging, ignore_errors=True)


def _path(home: Home) -> Path:
    return home.purging / "journal.json"


def _carry_out(home: Home, made: Path, told: Mapping[str, object]) -> None:
    number = int(str(told["number"]))
    for room in ROOMS:
        move_into(made / NEW / room, home.public / room)
    _replace(made / NEW / CATALOGUE, home.public / CATALOGUE)
    if (home.number() or 0) < number:
        home.point(number)
    for room in ("releases", "pages"):
        for folder in sorted((made / CHANGED / room).glob("*")):
            _exchange(folder, home.public / room / folder.name)
    for record in sorted((made / CHANGED / "vintages").glob("*")):
        _replace(record, home.public / "vintages" / record.name)
    _replace(made / TRIMMED, home.public / CATALOGUE)  # nobody reads an older vintage of it any more
    paths = told["remove"]
    assert isinstance(paths, list)
    for name in paths:
        remove(home.path / str(name))
    _drop_cubes(home)


def _exchange(made: Path, target: Path) -> None:
    """Put the files of `made` into `target`; meanwhile the old hashes hold, and the new ones.

    Renames alone: a full disk does not stop it, and a stop leaves no draft in the public folder."""
    _replace(made / NEXT, target / NEXT)
    for path in _files(made):
        _replace(path, target / path.relative_to(made))
    _replace(target / NEXT, target / SUMS)


def _files(made: Path) -> list[Path]:
    """What was made of a folder, but the lists of its hashes."""
    return sorted(p for p in made.rglob("*") if p.is_file() and p.name not in (SUMS, NEXT))


def _replace(source: Path, target: Path) -> None:
    if source.exists():  # else it was done before
        os.replace(source, target)
        sync_folder(target.parent)


def _drop_cubes(home: Home) -> None:
    """The cubes that no vintage names any more, and those that readers made for themselves."""
    known = named((home.public / "vintages").glob("[0-9]*.json"))["index"]
    for cube in (home.public / "index").glob("*"):
        if cube.name not in known or cube.name.startswith(WHOLE):
            remove(cube)
