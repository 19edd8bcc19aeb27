"""The change log of the structures: what each vintage that changed them added, changed and took away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import NotFound
from publisher.store import Snapshot
from publisher.store.home import read, write_json
from publisher.structures.registry import Registry

NAME = "structures.json"  # among a vintage's pages


@dataclass(frozen=True)
class Change:
    vintage: int
    instant: str
    added: tuple[str, ...]  # `Ref.short`, with the kind before it
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def write(pages: Path, instant: str, before: Registry, after: Registry) -> None:
    """Put what changed between two registries among the pages of a vintage."""
    old, new = ({artefact.ref: artefact for artefact in one.all()} for one in (before, after))
    told = {
        "instant": instant,
        "added": _names(new.keys() - old.keys()),
        "changed": _names(ref for ref in new.keys() & old.keys() if new[ref] != old[ref]),
        "removed": _names(old.keys() - new.keys()),
    }
    write_json(pages / NAME, told)


def _names(refs: Iterable[object]) -> list[str]:
    return sorted(f"{getattr(ref, 'kind', '')} {getattr(ref, 'short', ref)}" for ref in refs)


def changes(snapshot: Snapshot) -> tuple[Change, ...]:
    """Every change up to this vintage, newest first."""
    found = []
    for vintage in range(snapshot.number, 0, -1):
        try:
            told = read(snapshot.path("pages", str(vintage), NAME))
        except NotFound:
            continue
        parts = (tuple(told[name]) for name in ("added", "changed", "removed"))
        found.append(Change(vintage, told["instant"], *parts))
    return tuple(found)
