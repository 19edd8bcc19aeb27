"""Bringing the catalogues to a vintage: the embedded one with the release, a real CKAN after it.

A release never waits for a real CKAN: what is to be told to it is kept in the home's outbox, tried once at
the release, and again by `lmis catalogue sync`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from catalogue import ckan
from catalogue.call import Site
from catalogue.embedded import Embedded
from catalogue.errors import SyncError
from catalogue.outbox import Job, Outbox
from catalogue.record import Catalogue
from publisher.errors import CatalogueError, ReleaseError, UsageError
from publisher.release.progress import Reporter
from publisher.release.records import records
from publisher.settings import Settings
from publisher.store import Home, Snapshot, current
from publisher.store.lock import locked

AT_ONCE = 60.0  # seconds that a release gives to a CKAN
LATER = 600.0  # and `lmis catalogue sync`
MEANWHILE = 10  # releases that may come while a CKAN is told of the first of them


def prepare(snapshot: Snapshot, settings: Settings, progress: Reporter) -> None:
    """Write the records of a staged vintage into the embedded catalogue.

    It shows each reader only what the public vintage has, so they appear when the pointer moves.
    What an interrupted publication left for a vintage that never came is forgotten first.
    """
    catalogue = Embedded(settings.home / "public" / "catalogue.sqlite")
    catalogue.discard_after(snapshot.number - 1)
    site = Site(settings.base_url, settings.sender)
    api = ckan.embedded(catalogue, snapshot.number, site, lambda: snapshot.instant)
    try:
        plan = ckan.plan(api, records(snapshot, settings), loads_tables=False)
        ckan.apply(api, plan, lambda change: progress(f"catalogue: {change}"))
    except SyncError as error:
        raise CatalogueError(str(error)) from error


def outbox(settings: Settings) -> Outbox:
    return Outbox(settings.home / "outbox")


def announce(settings: Settings, progress: Reporter) -> str:
    """Keep that the CKAN of the settings is to be told, and try it once. What became of it, for people; empty
    when there is no CKAN to tell."""
    if not settings.ckan_url:
        return ""
    job = outbox(settings).put(current(Home(settings.home)).number)
    return _try(settings, job, ckan.Patience(tries=2, total=AT_ONCE), progress)


def plan(settings: Settings) -> ckan.Plan:
    """What a sync would do. Raises CatalogueError when the CKAN does not answer."""
    try:
        return _plan(_remote(settings), records(current(Home(settings.home)), settings), settings)
    except SyncError as error:
        raise CatalogueError(str(error)) from error


def sync(settings: Settings, progress: Reporter) -> str:
    """Bring the CKAN of the settings to the public vintage. Raises CatalogueError with what was not done;
    the same call again goes on from there."""
    _remote(settings)
    job = outbox(settings).put(current(Home(settings.home)).number)
    told = _try(settings, job, ckan.Patience(total=LATER), progress)
    if outbox(settings).waiting():
        raise CatalogueError(told)
    return told


def watch(settings: Settings, progress: Reporter, wait: Callable[[float], None] = time.sleep) -> str:
    """Try what waits in the outbox whenever it is due, until nothing does."""
    told = "nothing waits in the outbox"
    box = outbox(settings)
    while jobs := box.waiting():
        wait(max(0.0, jobs[0].due - box.clock()))
        told = _try(settings, jobs[0], ckan.Patience(tries=2, total=AT_ONCE), progress)
        progress(told)
    return told


def _try(settings: Settings, job: Job, patience: ckan.Patience, progress: Reporter) -> str:
    box = outbox(settings)
    try:
        with _alone(box, patience):
            done, brought = _bring(settings, patience, progress)
    except SyncError as error:
        box.failed(job, str(error))
        return (
            f"the catalogue {settings.ckan_url} is not up to date: {error}; kept in {box.folder}, "
            "`lmis catalogue sync` tries again"
        )
    box.done(replace(job, vintage=brought))
    return f"the catalogue {settings.ckan_url} is up to date: {done} changes"


@contextmanager
def _alone(box: Outbox, patience: ckan.Patience) -> Iterator[None]:
    """One sync of a home at a time: an older one goes on with what is public by then, so who waits has little
    left to do. Raises SyncError when the other takes longer than there is patience."""
    with ExitStack() as held:
        try:
            held.enter_context(locked(box.folder / "sync.lock", patience.total))
        except ReleaseError:
            raise SyncError("another process of this home is still bringing it there") from None
        yield


def _bring(settings: Settings, patience: ckan.Patience, progress: Reporter) -> tuple[int, int]:
    """Plan, apply and read back as anybody, again for each release that came meanwhile; the number of
    changes, and of the vintage. What is no longer public is not written."""
    home, done = Home(settings.home), 0
    with _remote(settings) as api, ckan.Remote(settings.ckan_url) as reader:
        for _ in range(MEANWHILE):
            snapshot = current(home)
            try:
                done += _once(api, reader, snapshot, settings, patience, progress)
            except SyncError:
                if home.number() == snapshot.number:
                    raise
            if home.number() == snapshot.number:
                return done, snapshot.number
    raise SyncError(f"{MEANWHILE} releases came one after the other meanwhile")


def _once(
    api: ckan.Api,
    reader: ckan.Api,
    snapshot: Snapshot,
    settings: Settings,
    patience: ckan.Patience,
    progress: Reporter,
) -> int:
    home, wanted = Home(settings.home), records(snapshot, settings)
    due = _plan(api, wanted, settings, patience)
    ckan.apply(
        api,
        due,
        lambda change: progress(f"catalogue: {change}"),
        patience=patience,
        is_due=lambda: home.number() == snapshot.number,
        beside=lambda: _remote(settings),
    )
    if due.changes:
        ckan.verify(reader, wanted, patience, settings.ckan_vocabularies)
    return len(due.changes)


def _plan(
    api: ckan.Api, wanted: Catalogue, settings: Settings, patience: ckan.Patience | None = None
) -> ckan.Plan:
    return ckan.plan(api, wanted, patience, vocabularies=settings.ckan_vocabularies)


def _remote(settings: Settings) -> ckan.Remote:
    if not settings.ckan_url:
        raise UsageError("there is no CKAN to tell: set ckan_url in settings.toml or LMIS_CKAN_URL")
    return ckan.Remote(settings.ckan_url, apikey=settings.ckan_token)
