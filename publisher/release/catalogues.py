"""Bringing the catalogues to a vintage: the embedded one with the release, a real CKAN after it."""

from __future__ import annotations

from catalogue import ckan
from catalogue.call import Site
from catalogue.embedded import Embedded
from catalogue.errors import SyncError
from publisher.errors import CatalogueError
from publisher.release.progress import Reporter
from publisher.release.records import records
from publisher.settings import Settings
from publisher.store import Home, Snapshot, current


def prepare(snapshot: Snapshot, settings: Settings, progress: Reporter) -> None:
    """Write the records of a staged vintage into the embedded catalogue.

    It shows each reader only what the public vintage has, so they appear when the pointer moves.
    What an interrupted publication left for a vintage that never came is forgotten first.
    """
    catalogue = Embedded(settings.home / "public" / "catalogue.sqlite")
    catalogue.discard_after(snapshot.number - 1)
    site = Site(settings.base_url, settings.sender)
    api = ckan.embedded(catalogue, snapshot.number, site, lambda: snapshot.instant)
    _bring(api, snapshot, settings, progress)


def sync(settings: Settings, progress: Reporter) -> None:
    """Bring the real CKAN of the settings, if there is one, to the public vintage.

    Raises CatalogueError that says what was not done; the same call again goes on from there.
    """
    if settings.ckan_url:
        api = ckan.Remote(settings.ckan_url, apikey=settings.ckan_token)
        _bring(api, current(Home(settings.home)), settings, progress)


def _bring(api: ckan.Api, snapshot: Snapshot, settings: Settings, progress: Reporter) -> None:
    try:
        plan = ckan.plan(api, records(snapshot, settings))
        ckan.apply(api, plan, lambda change: progress(f"catalogue: {change}"))
    except SyncError as error:
        raise CatalogueError(str(error)) from error
