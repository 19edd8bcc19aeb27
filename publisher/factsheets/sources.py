"""Where a sheet's figures are from: sources, releases, and whether they tell how exact they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from publisher.factsheets.cards import Cards
from publisher.factsheets.figures import Series
from publisher.factsheets.printed import query
from publisher.store import Snapshot

Used = Sequence[tuple[str, Series]]  # title of what shows it, series


@dataclass(frozen=True)
class Release:
    """One provider's release that figures of the sheet are from."""

    id: str
    provider: str  # its name
    instant: str  # as printed


@dataclass(frozen=True)
class Source:
    name: str
    uses: tuple[str, ...]  # titles of what is taken from it
    latest: str  # newest period used, as printed
    href: str  # a query for one of its series
    releases: tuple[str, ...]  # ids


def is_exact(cards: Cards, series: Series) -> bool:
    """Whether its source tells how exact the newest figure is."""
    latest = series.latest
    return latest is not None and any(name in latest.attributes for name in cards.sheet.uncertainty)


def sources(cards: Cards, used: Used) -> tuple[Source, ...]:
    """In order of first use."""
    grouped: dict[str, list[tuple[str, Series]]] = {}
    for title, series in used:
        grouped.setdefault(series.key[cards.sheet.source], []).append((title, series))
    return tuple(_source(cards, parts) for parts in grouped.values())


def _source(cards: Cards, parts: Used) -> Source:
    first = parts[0][1]
    snapshot = cards.chooser.reader.snapshot
    newest = max((o for _, s in parts if (o := s.latest)), key=lambda o: o.period, default=None)
    return Source(
        name=cards.source(first, cards.chooser.reader.structure(first.dataflow.short)),
        uses=tuple(dict.fromkeys(title for title, _ in parts)),
        latest=cards.printer.period(newest) if newest else "",
        href=query(first),
        releases=tuple(dict.fromkeys(r for _, s in parts if (r := release_of(snapshot, s)))),
    )


def release_of(snapshot: Snapshot, series: Series) -> str:
    """The release that the state of the series comes from; "" when none is known."""
    return str(snapshot.heads.get((series.dataflow.short, series.provider), ""))


def releases(cards: Cards, used: Used) -> tuple[Release, ...]:
    """By id."""
    snapshot = cards.chooser.reader.snapshot
    instants = {manifest["id"]: manifest["instant"] for manifest in snapshot.releases}
    found = {release_of(snapshot, series): series.provider for _, series in used}
    return tuple(
        Release(name, provider(cards, of), _day(cards, instants.get(name)))
        for name, of in sorted(found.items())
        if name
    )


def _day(cards: Cards, instant: str | None) -> str:
    return cards.words.date(datetime.fromisoformat(instant)) if instant else ""


def provider(cards: Cards, id: str) -> str:
    """Its name in any scheme of data providers."""
    for scheme in cards.chooser.reader.snapshot.registry.find("dataproviderscheme"):
        items = getattr(scheme, "items", {})
        if id in items:
            return cards.words.name(items[id].name) or id
    return id
