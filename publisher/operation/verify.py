"""Every hash of a home compared: what is damaged, a finding for each file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalogue.embedded import Embedded
from publisher.errors import Damaged, Finding
from publisher.store import Home
from publisher.store.home import WHOLE, named, read_record, record_path
from publisher.store.journal import is_open
from publisher.store.seal import REMEDY, forget, problems, sums

CATALOGUE = "catalogue.sqlite"


@dataclass(frozen=True)
class Verified:
    files: int
    findings: tuple[Finding, ...]

    def __str__(self) -> str:
        told = f"{self.files:,} files are as they were written"
        if self.findings:
            told = f"{len(self.findings)} of {self.files:,} files are damaged"
        return "\n".join([*map(str, self.findings), told])


def verify(home: Home) -> Verified:
    """Compare every file of the public part of `home` with its hash."""
    forget()
    count, findings = 0, list(_pointer(home))
    records = sorted((home.public / "vintages").glob("[0-9]*.json"))
    broken = {path: list(_record(path)) for path in records}
    findings += [finding for told in broken.values() for finding in told]
    for folder in units(home, [path for path, told in broken.items() if not told]):
        findings += problems(folder)
        count += _count(folder)
    findings += _catalogue(home)
    if is_open(home):
        findings.append(_finding(home.purging, "a purge was stopped half way"))
    return Verified(count + len(records) + 2, tuple(findings))


def units(home: Home, records: list[Path]) -> Iterator[Path]:
    """The sealed folders that the vintages name, cubes as far as they are there, and all pages."""
    for room, names in named(records).items():
        for name in sorted(names):
            if room != "index" or (home.public / room / name).exists():  # a lost cube is built when asked for
                yield home.public / room / name
    yield from sorted((home.public / "index").glob(f"{WHOLE}*"))
    yield from sorted((home.public / "pages").glob("*"))


def _pointer(home: Home) -> Iterator[Finding]:
    """The pointer and the oldest vintage, and the records between them that are lost."""
    try:
        number = home.number() or 0
    except Damaged as damage:
        yield _finding(home.pointer, str(damage))
        return
    try:
        first = home.first()
    except Damaged as damage:
        yield _finding(home.oldest, str(damage))
        return
    for path in (record_path(home.public, n) for n in range(first, number + 1)):
        if not path.exists():
            yield _finding(path, "the record of the vintage is lost")


def _record(path: Path) -> Iterator[Finding]:
    try:
        read_record(path)
    except Damaged:
        yield _finding(path, "the record of the vintage is not what was written")


def _catalogue(home: Home) -> Iterator[Finding]:
    path = home.public / CATALOGUE
    if path.exists():
        for told in Embedded(path).problems():
            yield _finding(path, told)


def _count(folder: Path) -> int:
    try:
        return len(sums(folder)) + 1
    except (OSError, ValueError):
        return 1


def _finding(path: Path, told: str) -> Finding:
    return Finding("damaged", told, file=str(path), remedy=REMEDY)
