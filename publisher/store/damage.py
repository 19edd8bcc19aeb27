"""Whether the files that a vintage's answers are made of are as they were written: a look, not a search.

A file is hashed at the first look of a process and when its time, size or place changed; `lmis store verify`
compares everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from publisher.errors import Finding
from publisher.store.seal import problems
from publisher.store.vintage import Snapshot


def damaged(snapshot: Snapshot) -> list[Finding]:
    """What is damaged of what is public: heads, structures, cubes and pages, a finding for each file."""
    return [finding for folder in _folders(snapshot) for finding in problems(folder)]


def _folders(snapshot: Snapshot) -> Iterator[Path]:
    public = snapshot.folder
    yield public / "structures" / snapshot.record["structures"]
    yield from (public / "releases" / release for release in sorted(set(snapshot.heads.values())))
    cubes = (public / "index" / name for name in sorted(set(snapshot.record["cubes"].values())))
    yield from (cube for cube in cubes if cube.exists())  # a lost one is built when it is asked for
    pages = public / "pages" / str(snapshot.number)
    if pages.exists():
        yield pages
