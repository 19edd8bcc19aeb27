"""The store: releases frozen for good, vintages, and cubes to read from.

Write: `with stage(home) as s: s.freeze(…); s.snapshot(); s.release()`.
Read: `select(current(home).cube(flow), query)`.
"""

from __future__ import annotations

from publisher.store.available import Availability, availability
from publisher.store.change import Change, Release
from publisher.store.cube import Cube
from publisher.store.home import Home
from publisher.store.selection import Selection, select
from publisher.store.sorting import Ordered
from publisher.store.staging import Stage, released, stage
from publisher.store.vintage import Snapshot, at, current

__all__ = [
    "Availability",
    "Change",
    "Cube",
    "Home",
    "Ordered",
    "Release",
    "Selection",
    "Snapshot",
    "Stage",
    "at",
    "availability",
    "current",
    "released",
    "select",
    "stage",
]
