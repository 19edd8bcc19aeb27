"""`lmis factsheets`: sheets of the public vintage, written where one wants them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

from publisher.errors import UsageError
from publisher.factsheets import Made, areas_of, build, editions, languages, pdf
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
    """Write the sheets, by so many processes; one that `out` has already, of the same edition, stays.

    Raises UsageError when an area, a language or the vintage is not there, or what PDF needs.
    """
    public = current(Home(settings.home)).number
    number = public if wanted.number is None else wanted.number
    known = kept(Home(settings.home), public)
    if number not in known:
        raise UsageError(f"there is no vintage {number}; those kept are {known.start} to {known.stop - 1}")
    if wanted.pdf:
        pdf.check()
    if jobs < 2:
        return _written(settings, number, wanted, wanted.areas, progress)
    return [path for part in _shared(settings, number, wanted, progress, jobs) for path in part]


def _shared(
    settings: Settings, number: int, wanted: Wanted, progress: Reporter, jobs: int
) -> Iterator[list[Path]]:
    """An area at a time for each process, or some of its languages where there are few areas.

    The processes are started anew: an engine of charts that ran before a fork answers nobody after it.
    """
    asked = wanted.areas or areas_of(_snapshot(settings, number), settings)
    tags = wanted.languages or (languages(settings) if wanted.every else ())
    split = jobs if tags and len(asked) < jobs else 1
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for area, parts in [
            (
                area,
                [
                    pool.submit(_written, settings, number, part, (area,))
                    for part in _parts(wanted, tags, split)
                ],
            )
            for area in asked
        ]:
            paths = [path for part in parts for path in part.result()]
            editions.complete(wanted.out, area, paths)
            progress(f"fact sheets of {area}")
            yield paths


def _parts(wanted: Wanted, tags: tuple[str, ...], split: int) -> Iterator[Wanted]:
    for first in range(split):
        yield wanted if split == 1 else replace(wanted, languages=tags[first::split])


def _written(
    settings: Settings,
    number: int,
    wanted: Wanted,
    only: Sequence[str] | None,
    progress: Reporter | None = None,
) -> list[Path]:
    own = settings.home / "public" / "pages" / str(number) / "factsheets"
    made = Made(earlier=wanted.out, own=own, pdf=wanted.pdf)
    snapshot, tags = _snapshot(settings, number), wanted.languages
    return build(snapshot, wanted.out, settings, only, tags, progress, every=wanted.every, made=made)


@lru_cache(maxsize=1)
def _snapshot(settings: Settings, number: int) -> Snapshot:
    return opened(Home(settings.home), number)
