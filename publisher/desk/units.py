"""A staged release is a home: what is public before it as links, what it adds for real.

So whatever serves a home can show it beforehand, the next release can be staged on top of it, and making it
public is moving its own entries and then the pointer.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from publisher.errors import ReleaseError
from publisher.release import catalogues
from publisher.release.progress import Reporter
from publisher.release.publish import put
from publisher.settings import Settings
from publisher.store import Home, Release, current, stage
from publisher.store.home import move_into, read, record_path, write_json
from publisher.store.lock import locked
from publisher.structures.registry import Registry

# the pointer comes after all of them, so nothing public names what is not there yet
ROOMS = ("structures", "releases", "index", "pages", "vintages")
CATALOGUE, CALENDAR, LANDING = "catalogue.sqlite", "calendar.json", "landing"
PATIENCE = 30.0  # seconds that a release waits for another writer


class Stale(ReleaseError):
    """What the unit was staged on is not what is public."""


@dataclass(frozen=True)
class Unit:
    """Releases that become public together, staged in `folder`."""

    folder: Path
    spec: str  # what it was made of and on: `spec(…)`
    base: str  # the world it stands on
    made: str  # the world that it makes
    keys: tuple[str, ...]  # of the submissions
    number: int  # of its vintage
    catalogue: str  # hash of the catalogue before it

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    @property
    def was_landing(self) -> bool:
        """Whether a crash stopped it half way into the public."""
        return (self.folder / LANDING).exists()

    def drop(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def world(home: Home) -> str:
    """A name for everything that is public: the hash of the vintage's record, empty before the first."""
    number = home.number()
    return _digest(record_path(home.public, number)) if number else ""


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def spec(base: str, members: Sequence[tuple[str, int]], instant: str, structures: str) -> str:
    """The name of what is to be staged: the same name, the same thing."""
    return hashlib.sha256(json.dumps([base, list(members), instant, structures]).encode()).hexdigest()


def units(folder: Path) -> list[Unit]:
    """All that are whole."""
    found = []
    for place in sorted(folder.glob("*/unit.json")):
        told = read(place)
        found.append(Unit(**told | {"folder": place.parent, "keys": tuple(told["keys"])}))
    return found


def build(
    folder: Path,
    base: Home,
    name: str,
    releases: Mapping[str, Release],
    calendar: Mapping[str, str],
    structures: Registry,
    settings: Settings,
    progress: Reporter,
) -> Unit:
    """Stage `releases` (by the keys of their submissions) together on `base`, below `folder`.

    `calendar`: entry → id of the release that it announced. Raises ReleaseError; nothing is left then.
    """
    place = folder / secrets.token_hex(16)
    place.mkdir(parents=True, mode=0o700)
    home = Home(place / "home")
    try:
        link(base, home)
        before = _digest(home.public / CATALOGUE)
        with stage(home) as staged:
            staged.record["calendar"] = {**staged.record.get("calendar", {}), **calendar}
            put(staged, releases.values(), structures, replace(settings, home=home.path), progress)
            number = staged.release()
        unit = Unit(place, name, world(base), world(home), tuple(releases), number, before)
        write_json(place / "unit.json", asdict(replace(unit, folder=Path())) | {"folder": ""})
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return unit


def link(base: Home, home: Home) -> None:
    """Make `home` show what `base` shows."""
    home.public.mkdir(parents=True)
    for room in ROOMS:
        (home.public / room).mkdir()
        for entry in _known(base, room):
            _link(entry.resolve(), home.public / room / entry.name)
    if (base.public / CATALOGUE).exists():
        shutil.copyfile(base.public / CATALOGUE, home.public / CATALOGUE)
    if (base.public / CALENDAR).exists():
        _link((base.public / CALENDAR).resolve(), home.public / CALENDAR)
    if base.oldest.exists():
        shutil.copyfile(base.oldest, home.oldest)
    if number := base.number():
        home.point(number)


def _known(home: Home, room: str) -> Iterator[Path]:
    """The entries that the public vintage knows; a crash may have left others."""
    number = home.number() or 0
    known = set(read(record_path(home.public, number))["releases"]) if number else set()
    for entry in (home.public / room).glob("*"):
        is_later = room in ("pages", "vintages") and int(entry.stem) > number
        if not is_later and (room != "releases" or entry.name in known):
            yield entry


def _link(source: Path, target: Path) -> None:
    try:
        os.symlink(source, target, target_is_directory=source.is_dir())
    except OSError:  # Windows without the right to link
        shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)


def land(home: Home, unit: Unit, settings: Settings, progress: Reporter) -> int:
    """Make the unit public: its entries, then the pointer. The number of the vintage.

    Raises Stale when something else became public since it was staged, ReleaseError when another writer does
    not come to an end.
    """
    with locked(home.lock, PATIENCE):
        if world(home) != unit.base or unit.was_landing:
            raise Stale("something else was published since this was staged")
        home.sweep()
        relink(unit, home)
        (unit.folder / LANDING).touch()
        _catalogue(home, unit, settings, progress)
        home.begin()
        for room in ROOMS:
            for entry in (unit.home.public / room).iterdir():
                if entry.is_symlink():
                    entry.unlink()
            move_into(unit.home.public / room, home.public / room)
        if (unit.home.public / CATALOGUE).exists():
            os.replace(unit.home.public / CATALOGUE, home.public / CATALOGUE)
        home.point(unit.number)
    return unit.number


def _catalogue(home: Home, unit: Unit, settings: Settings, progress: Reporter) -> None:
    """Write the unit's records again where somebody wrote to the public catalogue since it was staged."""
    if _digest(home.public / CATALOGUE) != unit.catalogue:
        shutil.copyfile(home.public / CATALOGUE, unit.home.public / CATALOGUE)
        catalogues.prepare(current(unit.home), replace(settings, home=unit.home.path), progress)


def relink(unit: Unit, home: Home) -> None:
    """Point the links of a staged home at where things are since an earlier one has landed."""
    for room in ROOMS:
        for entry in (unit.home.public / room).iterdir():
            if entry.is_symlink() and not entry.exists():
                entry.unlink()
                _link(home.public / room / entry.name, entry)
