"""What was public on a day of the past, at one address: releases, downloads, fact sheets, queries as of then.

A day is meant to its end, in the time zone of the settings; an instant may be named instead. `latest` is now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import abort, g, redirect, request
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.wrappers import Response as AnyResponse

from publisher.errors import NotFound
from publisher.release import resources
from publisher.release.naming import dataset_name
from publisher.release.source import Source
from publisher.store import Home, at
from publisher.store.vintage import instant_of, kept, opened, parts
from publisher.structures.urns import Ref
from publisher.web import dataset as datasets
from publisher.web import fresh
from publisher.web.context import Lmis, lmis
from publisher.web.dataset import Release
from publisher.web.names import AREA, Names
from publisher.web.pages import bp, naming, show, wording

if TYPE_CHECKING:
    from publisher.store import Snapshot

LATEST = "latest"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Set:
    """One dataset as it was."""

    name: str
    title: str
    provider: str
    release: str
    files: tuple[tuple[str, str], ...]  # suffix, permanent address
    query: str


@dataclass(frozen=True)
class Past:
    """What was public at a moment."""

    when: str  # as it was asked for
    day: str
    is_over: bool  # nothing can be added to it any more
    instant: str  # of the vintage
    number: int
    releases: tuple[Release, ...]  # of the day that was asked for, or of the vintage
    sets: tuple[Set, ...]
    sheets: tuple[tuple[str, str, str], ...]  # area, its name, address


def found(when: str) -> Snapshot:
    """The vintage that was public. Answers 404 for what is no day, has not come, or was before the first."""
    home, here = Home(lmis().settings.home), lmis().snapshot()
    if when == LATEST:
        return here
    start, end = span(when)
    if start > fresh.now():
        abort(404, f"{when} has not come yet.")
    try:
        snapshot = at(home, end)
    except NotFound as exc:
        status = 410 if home.first() > 1 else 404
        first = instant_of(home, kept(home, here.number)[0]).astimezone(lmis().settings.zone)
        abort(status, f"Of {when} nothing can be shown: {exc}. The first day that can be is {first.date()}.")
    return snapshot if snapshot.number < here.number else here


def span(when: str) -> tuple[datetime, datetime]:
    """First and last moment that are meant, to the second. Answers 404 for what is no day and no instant."""
    zone = lmis().settings.zone
    try:
        if _DAY.fullmatch(when):
            start = datetime.combine(datetime.fromisoformat(when), time(), zone)
            return start.astimezone(UTC), (start + timedelta(days=1, seconds=-1)).astimezone(UTC)
        read = datetime.fromisoformat(when)
    except (ValueError, OverflowError):
        abort(404, f"{when!r} is no day; write it as 2025-06-12, or an instant as 2025-06-12T09:00:00Z.")
    read = read if read.tzinfo else read.replace(tzinfo=zone)
    return read.astimezone(UTC), read.astimezone(UTC)


# -- addresses ----------------------------------------------------------------------------------


@bp.get("/<language:lang>/at")
def choose() -> AnyResponse:
    """From the form: `?on=2025-06-12`."""
    return redirect(f"/{wording().language}/at/{quote(request.args.get('on', '') or LATEST)}", 302)


@bp.get("/<language:lang>/at/<when>")
def then(when: str) -> AnyResponse:
    """Everything that was public then."""
    snapshot = found(when)
    return show("at", "releases", names=naming(), past=_past(lmis(), snapshot, when, naming()))


@bp.get("/<language:lang>/at/<when>/factsheets/<area>")
def sheet_then(when: str, area: str) -> AnyResponse:
    """To the fact sheet as it was."""
    language = g.get("sheet_language") or wording().language
    return _to(f"/files/{found(when).number}/factsheets/{area}.{language}.html", when)


@bp.get("/<language:lang>/at/<when>/factsheets/<area>.pdf")
def sheet_then_pdf(when: str, area: str) -> AnyResponse:
    """To the same, printed."""
    language = g.get("sheet_language") or wording().language
    return _to(f"/files/{found(when).number}/factsheets/{area}.{language}.pdf", when)


@bp.get("/at/<when>/<name>.<any(csv, xlsx, parquet):suffix>")
def file_then(when: str, name: str, suffix: str) -> AnyResponse:
    """To the file of a dataset as it was."""
    snapshot = found(when)
    return _to(_file(snapshot, name, suffix), when)


@bp.get("/releases/<id>/files/<name>.<any(csv, xlsx, parquet):suffix>")
def file_of(id: str, name: str, suffix: str) -> AnyResponse:
    """To the file of a dataset as a release left it; `latest`: as it is now."""
    here = lmis().snapshot()
    if id == LATEST:
        return _to(_file(here, name, suffix), LATEST)
    if id not in here.record["releases"]:
        raise NoPage(f"There is no release {id}.")
    home, number = Home(lmis().settings.home), int(here.manifest(id)["vintage"])
    if number not in kept(home, here.number):
        abort(410, f"What was public in vintage {number} is not kept any more.")
    return _to(_file(opened(home, number), name, suffix), here.manifest(id)["instant"])


@bp.get("/releases/latest")
def latest() -> AnyResponse:
    """To the newest release; `?dataset=` and `?provider=` narrow it."""
    dataset, provider = request.args.get("dataset"), request.args.get("provider")
    for release in datasets.releases(lmis().snapshot()):
        is_meant = provider in (None, release.slug, release.provider)
        if is_meant and dataset in (None, *(part.name for part in release.flows.values())):
            return _to(f"/{wording().language}/releases/{release.id}", LATEST)
    raise NoPage("There is no such release.")


def _to(address: str, when: str) -> AnyResponse:
    """A day that is over always leads to the same place."""
    response = redirect(address, 302)
    is_over = when != LATEST and span(when)[1] < fresh.now()
    response.headers["Cache-Control"] = "public, no-cache" if not is_over else fresh.cache_control(lmis())
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


# -- what the page shows ------------------------------------------------------------------------


def _past(app: Lmis, snapshot: Snapshot, when: str, names: Names) -> Past:
    first, last = (snapshot.instant, snapshot.instant) if when == LATEST else span(when)
    every = datasets.releases(snapshot)
    that_day = [r for r in every if first <= datetime.fromisoformat(r.instant) <= last]
    meant = snapshot.instant if when == LATEST else last
    return Past(
        when,
        names.words.day(meant.astimezone(app.settings.zone)),
        when != LATEST and last < fresh.now(),
        snapshot.record["instant"],
        snapshot.number,
        tuple(that_day),
        tuple(_set(app, source, names) for source in _sources(app, snapshot)),
        tuple(_sheets(snapshot, names)),
    )


def _sources(app: Lmis, snapshot: Snapshot) -> Iterator[Source]:
    for (flow, provider), release in sorted(snapshot.heads.items()):
        yield Source(snapshot, app.settings, provider, Ref("dataflow", *parts(flow)), release)


def _set(app: Lmis, source: Source, names: Names) -> Set:
    ref = source.ref
    data = f"{app.settings.base_url}/sdmx/v2/data/dataflow/{ref.agency}/{ref.id}/{ref.version}/*"
    return Set(
        source.name,
        names.words.name(source.dataflow.name),
        names.words.name(source.organisation.name),
        source.release,
        tuple(_files(source)),
        f"{data}?asOf={source.snapshot.record['instant']}",
    )


def _files(source: Source) -> Iterator[tuple[str, str]]:
    for suffix in resources.FILES:
        name = f"{dataset_name(source.provider, source.ref)}.{suffix}"
        if vintage := resources.file_vintage(source, name):
            yield suffix, f"/files/{vintage}/{name}"


def _file(snapshot: Snapshot, name: str, suffix: str) -> str:
    for source in _sources(lmis(), snapshot):
        if source.name == name and (address := dict(_files(source)).get(suffix)):
            return address
    raise NoPage(f"There was no file {name}.{suffix} then.")


def _sheets(snapshot: Snapshot, names: Names) -> Iterator[tuple[str, str, str]]:
    language = names.words.language
    folder = snapshot.folder / "pages" / str(snapshot.number) / "factsheets"
    found = {path.name.split(".")[0] for path in folder.glob("*.*.html")}
    labelled = sorted((names.code(AREA, area), area) for area in found)
    for name, area in labelled:
        yield area, name, f"/files/{snapshot.number}/factsheets/{area}.{language}.html"
