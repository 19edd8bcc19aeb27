"""What was purged stays purged: its list lies beside the backups, and an older backup is purged anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from publisher.errors import UsageError
from publisher.release.progress import Reporter
from publisher.release.purge import Purge, purge
from publisher.settings import load
from publisher.store import Home
from publisher.store.home import read, write
from publisher.store.purge import LIST, Cells

FILE = "lmis-purged.json"  # beside the backups: keys and reasons, no figure
Told = Mapping[str, Any]


def listed(home: Home) -> list[Told]:
    """Every purge of `home`, oldest first."""
    return sorted(_listed(home), key=lambda told: (told["instant"], told["id"]))


def _listed(home: Home) -> Iterator[Told]:
    for cells in (home.public / "releases").glob(f"*/purged/{LIST}"):
        manifest = read(cells.parents[1] / "manifest.json")
        yield {**{n: manifest[n] for n in ("id", "instant", "reason")}, "cells": read(cells)}


def known(path: Path) -> list[Told]:
    """What a list says; nothing where there is none. Raises UsageError."""
    if not path.exists():
        return []
    try:
        found: list[Told] = json.loads(path.read_text(encoding="utf-8"))
        return [{name: told[name] for name in ("id", "instant", "reason", "cells")} for told in found]
    except (ValueError, TypeError, KeyError) as exc:
        raise UsageError(
            f"{path} is no list of what was purged; bring back what `lmis backup` wrote"
        ) from exc


def keep_beside(home: Home, target: Path) -> None:
    """Bring the list beside the backup `target` to all that it says and `home` knows."""
    path = target.parent / FILE
    together = {told["id"]: told for told in (*known(path), *listed(home))}
    if together:
        write(path, json.dumps([*together.values()], ensure_ascii=False, indent=1) + "\n")


def purge_again(home: Home, wanted: Sequence[Told], progress: Reporter) -> int:
    """Purge from `home` what it does not know to be purged; how many purges that were.

    Packages on its desk may hold it as well, and go.
    """
    there = {told["id"] for told in listed(home)}
    lacking = [told for told in wanted if told["id"] not in there]
    for told in sorted(lacking, key=lambda told: (told["instant"], told["id"])):
        progress(f"purging again: {told['id']}")
        again = Purge(
            told["id"], Cells.of(told["cells"]), told["reason"], datetime.fromisoformat(told["instant"])
        )
        folders = (home.path / "desk" / "packages").glob("*")
        purge(load(home.path), again, progress, [f for f in folders if not (f / LIST).exists()])
    return len(lacking)
