"""What the latest release of each source changed of the figures on a sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from publisher.errors import NotFound
from publisher.factsheets.choice import ordinal
from publisher.factsheets.figures import SEPARATOR, Observation, Series
from publisher.factsheets.printed import Number, Printer, query
from publisher.store import Snapshot
from publisher.store.revisions import DELETED, NEW, OLD, REVISED, changes
from publisher.structures.definition import Definition as Structure
from publisher.structures.urns import Ref

MOST = 6  # revisions of one release that are shown one by one


@dataclass(frozen=True)
class Revision:
    title: str
    old: Number  # as it was before the release
    new: Number
    difference: str


@dataclass(frozen=True)
class Changed:
    """One release's part in the sheet."""

    release: str
    provider: str
    instant: str
    is_first: bool  # nothing came from this provider before
    new: int
    revised: int
    withdrawn: int
    shown: tuple[Revision, ...]  # the newest revisions of values
    href: str  # all of them, on the release's page


class History:
    """Reads the changes of releases, each once for all sheets of a vintage."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._read: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = {}

    @cached_property
    def manifests(self) -> dict[str, dict[str, Any]]:
        return {manifest["id"]: manifest for manifest in self.snapshot.releases}

    def of(self, release: str, series: Series) -> list[dict[str, Any]]:
        """The changes of one series, as rows."""
        place = (release, series.dataflow.short)
        if place not in self._read:
            self._read[place] = self._series(release, series.dataflow)
        return self._read[place].get(series.text, [])

    def _series(self, release: str, ref: Ref) -> dict[str, list[dict[str, Any]]]:
        """Changes by series key; of a first release nothing is kept: all of it is new."""
        try:
            table = changes(self.snapshot, release, ref)
        except NotFound:
            return {}
        if self.is_first(release, ref):
            return {}
        dimensions = [d.id for d in self.snapshot.registry.definition(ref).dimensions]
        found: dict[str, list[dict[str, Any]]] = {}
        for row in table.to_pylist():
            found.setdefault(".".join(row[name] for name in dimensions), []).append(row)
        return found

    def is_first(self, release: str, ref: Ref) -> bool:
        """Whether its provider had nothing in the dataflow before."""
        flow = self.manifests[release]["flows"].get(ref.short)
        return flow is None or flow["previous"] is None


def changed(
    history: History, printer: Printer, used: Sequence[tuple[str, Series]], provider_name: Any
) -> tuple[Changed, ...]:
    """In order of the releases' ids; of each only what `used` shows."""
    grouped: dict[str, list[tuple[str, Series]]] = {}
    for title, series in used:
        release = history.snapshot.heads.get((series.dataflow.short, series.provider))
        if release and release in history.manifests:
            grouped.setdefault(release, []).append((title, series))
    return tuple(
        _changed(history, printer, release, grouped[release], provider_name) for release in sorted(grouped)
    )


def _changed(
    history: History, printer: Printer, release: str, parts: list[tuple[str, Series]], provider_name: Any
) -> Changed:
    manifest = history.manifests[release]
    once = {series.text + series.dataflow.short: (title, series) for title, series in reversed(parts)}
    rows = [(title, s, row) for title, s in once.values() for row in history.of(release, s)]
    kinds = [row["change"] for _, _, row in rows]
    revisions = [made for part in rows if (made := _revision(history, printer, manifest, *part))]
    revisions.sort(key=lambda one: (-(ordinal(one.new.period) or 0), one.title))
    shown = (
        replace(one, old=printer.referred(one.old), new=printer.referred(one.new)) for one in revisions[:MOST]
    )
    language = printer.sheet.site_language(printer.words.language)
    return Changed(
        release,
        provider_name(manifest["provider"]),
        printer.words.date(datetime.fromisoformat(manifest["instant"])),
        all(history.is_first(release, series.dataflow) for _, series in parts),
        kinds.count(NEW),
        kinds.count(REVISED),
        kinds.count(DELETED),
        tuple(shown),
        f"/{language}/releases/{release}",
    )


def _revision(
    history: History,
    printer: Printer,
    manifest: dict[str, Any],
    title: str,
    series: Series,
    row: dict[str, Any],
) -> Revision | None:
    """None where the value stayed, or there was none before or after."""
    structure: Structure = history.snapshot.registry.definition(series.dataflow)
    measure, time = structure.measures[0].id, structure.time.id if structure.time else ""
    old, new = row.get(OLD + measure), row.get(measure)
    if row["change"] != REVISED or old is None or new is None or Decimal(old) == Decimal(new):
        return None
    now = printer.number(series, Observation(row[time], new, _told(printer, row, "")), structure)
    then = printer.number(series, Observation(row[time], old, _told(printer, row, OLD)), structure)
    before = datetime.fromisoformat(manifest["instant"]) - timedelta(seconds=1)
    as_of = before.isoformat().replace("+00:00", "Z")
    then = replace(then, href=query(series, row[time], as_of), as_of=as_of)
    apart = (Decimal(new) - Decimal(old)).scaleb(-now.scale)
    difference = printer.words.number(apart, max(_decimals(now), _decimals(then)), signed=True)
    return Revision(title, then, now, difference)


def _told(printer: Printer, row: dict[str, Any], prefix: str) -> dict[str, tuple[str, ...]]:
    """The attributes of the figure that become notes."""
    given = {name: row.get(prefix + name) for name in printer.sheet.notes}
    return {name: tuple(value.split(SEPARATOR)) for name, value in given.items() if value}


def _decimals(number: Number) -> int:
    exponent = Decimal(number.value or "0").as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
