"""Pruning: old vintages go by rule, and what only they needed; nothing that a kept one names is touched.

Of a release whose figures nobody can ask for any more its manifest, its packages' descriptors and its list of
changes stay: what was published when is told for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publisher.errors import UsageError
from publisher.store import Home
from publisher.store.home import WHOLE, read, read_record, record_path, remove
from publisher.store.lock import KEEP, locked
from publisher.store.seal import SUMS, seal
from publisher.store.vintage import instant_of, kept

PATIENCE = 60.0


@dataclass(frozen=True)
class Pruned:
    first: int  # the oldest vintage that is kept
    paths: tuple[Path, ...]
    size: int
    is_done: bool

    def __str__(self) -> str:
        told = "gone" if self.is_done else "would go; add --yes to remove them"
        return (
            f"vintages from {self.first} on are kept; {len(self.paths):,} files, {self.size:,} bytes {told}"
        )


def prune(home: Home, keep: int | None, since: datetime | None, is_sure: bool) -> Pruned:
    """Keep the newest `keep` vintages, or those that somebody could have seen at `since` or later.

    Without `is_sure` nothing is removed. Raises UsageError, ReleaseError while somebody publishes.
    """
    if (keep is None) == (since is None) or (keep is not None and keep < 1):
        raise UsageError("say what is kept: --keep VINTAGES (1 or more) or --since DATE, not both")
    with locked(home.path / KEEP, PATIENCE), locked(home.lock, PATIENCE):
        home.sweep()
        first = _first(home, keep, since)
        paths = tuple(sorted(_unneeded(home, first)))
        size = sum(path.stat().st_size for path in paths)
        if is_sure:
            home.forget(first)
            _remove(home, paths)
    return Pruned(first, paths, size, is_sure)


def _first(home: Home, keep: int | None, since: datetime | None) -> int:
    numbers = list(kept(home, home.number() or 0))
    if keep is not None:
        return numbers[-keep:][0]
    assert since is not None
    seen = [n for n in numbers if instant_of(home, n) <= since]
    return seen[-1] if seen else numbers[0]


def _unneeded(home: Home, first: int) -> Iterator[Path]:
    """Records before `first`, files of pages that a later vintage has anew, states that nobody reads."""
    gone = [n for n in kept(home, home.number() or 0) if n < first]
    yield from (record_path(home.public, n) for n in gone)
    yield from _pages(home, first)
    needed = _needed(home, first)
    for release in (home.public / "releases").iterdir():
        for path in (release / "obs").glob("*"):
            if (release.name, path.name) not in needed:
                yield path


def _pages(home: Home, first: int) -> Iterator[Path]:
    """Of each file the newest up to `first` stays: an address of it may stand in a record that is kept."""
    seen: set[str] = set()
    folders = (p for p in (home.public / "pages").glob("[0-9]*") if int(p.name) <= first)
    for folder in sorted(folders, key=lambda p: -int(p.name)):
        for path in (p for p in folder.rglob("*") if p.is_file() and p.name != SUMS):
            name = path.relative_to(folder).as_posix()
            if name in seen:
                yield path
            seen.add(name)


def _needed(home: Home, first: int) -> set[tuple[str, str]]:
    """Release and file of every state that a kept vintage shows, and of the one before: a withdrawal's."""
    found: set[tuple[str, str]] = set()
    for number in (n for n in kept(home, home.number() or 0) if n >= first):
        for short, heads in read_record(record_path(home.public, number))["heads"].items():
            for release in heads.values():
                found |= set(_states(home, short, release))
    return found


def _states(home: Home, short: str, release: str) -> Iterator[tuple[str, str]]:
    flow = read(home.public / "releases" / release / "manifest.json")["flows"][short]
    yield release, Path(flow["state"]["file"]).name
    if before := flow["previous"]:
        held = read(home.public / "releases" / before / "manifest.json")["flows"][short]
        yield before, Path(held["state"]["file"]).name


def _remove(home: Home, paths: tuple[Path, ...]) -> None:
    """Records first: what nobody can ask for is then taken away."""
    folders = set()
    for path in sorted(paths, key=lambda p: p.parent.name != "vintages"):
        path.unlink()
        room, *rest = path.relative_to(home.public).parts
        if room != "vintages":
            folders.add(home.public / room / rest[0])
    for folder in folders:
        seal(folder)
    for cube in (home.public / "index").glob(f"{WHOLE}*"):
        remove(cube)
    home.sweep()
