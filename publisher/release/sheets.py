"""`lmis factsheets`: sheets of the public vintage, written where one wants them."""

from __future__ import annotations

from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from publisher.errors import UsageError
from publisher.factsheets import pdf
from publisher.factsheets.build import Made, Printer, build
from publisher.release.progress import Reporter
from publisher.settings import Settings
from publisher.store import Home, Snapshot, current
from publisher.store.vintage import kept, opened


@dataclass(frozen=True)
class Wanted:
    """Which sheets are written, and where."""

    out: Path
    areas: tuple[str, ...] | None = None  # None: all
    languages: tuple[str, ...] | None = None  # None: those made at a release
    every: bool = False  # all languages
    pdf: bool = False  # as PDF too
    number: int | None = None  # as of that vintage, the same bytes as then; None: the public one


def rebuild(settings: Settings, wanted: Wanted, progress: Reporter, jobs: int = 1) -> list[Path]:
    """Write the sheets, and print PDF by so many processes; what `out` has of the same edition stays.

    Raises UsageError when an area, a language or the vintage is not there, or what PDF needs.
    """
    public = current(Home(settings.home)).number
    number = public if wanted.number is None else wanted.number
    known = kept(Home(settings.home), public)
    if number not in known:
        raise UsageError(f"there is no vintage {number}; those kept are {known.start} to {known.stop - 1}")
    snapshot = opened(Home(settings.home), number)
    made = Made(wanted.out, settings.home / "public" / "pages" / str(number) / "factsheets")
    if not wanted.pdf:
        return _written(snapshot, settings, wanted, progress, made)
    pdf.check()
    pool = ProcessPoolExecutor(max(jobs, 1), mp_context=get_context("spawn"))
    for _ in range(max(jobs, 1)):  # they start while the figures are read
        pool.submit(pdf.ready)
    try:
        return _written(snapshot, settings, wanted, progress, replace(made, printer=_printer(pool, settings)))
    finally:
        pool.shutdown(cancel_futures=True)


def _written(
    snapshot: Snapshot, settings: Settings, wanted: Wanted, progress: Reporter, made: Made
) -> list[Path]:
    out, areas, tags = wanted.out, wanted.areas, wanted.languages
    return build(snapshot, out, settings, areas, tags, progress, every=wanted.every, made=made)


def _printer(pool: Executor, settings: Settings) -> Printer:
    """Prints by other processes, which hold no figures and draw no charts: so each of them stays small."""
    return lambda page: pool.submit(pdf.print_page, settings, page).result
