"""A bit of an archive flipped: refused, or the very same package; never another one in silence."""

from __future__ import annotations

import gzip
import io
import os
import random
import tarfile
import time
import zipfile
from collections.abc import Callable

import pytest

from publisher.package import Report, check
from publisher.structures.registry import Registry
from tests.package.hostile.case import files

SEED = int(os.environ.get("SEED") or time.time_ns() % 10**6)
FLIPS = 250


def zipped(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files().items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files().items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(out.getvalue(), mtime=0)


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "zip, stored": lambda: zipped(zipfile.ZIP_STORED),
    "zip, deflated": lambda: zipped(zipfile.ZIP_DEFLATED),
    "tar.gz": tarred,
}


def told(report: Report) -> object:
    """All that a package says: its descriptor, its figures, its files."""
    tables = [(d.dataflow, d.action, d.scope, d.table.to_pylist()) for d in report.deliveries]
    return report.descriptor, report.files, tables


@pytest.mark.slow
@pytest.mark.parametrize("name", ARCHIVES)
def test_a_flipped_bit(name: str, registry: Registry) -> None:
    whole = ARCHIVES[name]()
    right = told(check(io.BytesIO(whole), registry))
    chance = random.Random(f"{SEED}{name}")
    refused = 0
    for _ in range(FLIPS):
        at, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        report = check(io.BytesIO(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]), registry)
        refused += not report.valid
        assert not report.valid or told(report) == right, (SEED, at, bit)
    assert refused > FLIPS / 2
