"""`lmis publish --dry-run`: what a release would do to what is public; nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from publisher.errors import NotFound
from publisher.package.delivery import Report
from publisher.release import downgrade
from publisher.release.progress import Reporter
from publisher.release.publish import accepted, examined
from publisher.release.structures import registry
from publisher.settings import Settings
from publisher.store import Change, Home, Release, Snapshot, current, released
from publisher.store.cube import series_attributes
from publisher.store.rehearse import rehearse
from publisher.store.revisions import DELETED, OLD, REVISED, changes
from publisher.structures.definition import Definition
from publisher.structures.registry import Registry

SHOWN = 20  # single changes in the text
LISTED = 1_000  # in the JSON


@dataclass(frozen=True)
class Single:
    """One observation that would change: its key, and its value and status before and after."""

    key: str
    old: str | None
    new: str | None
    old_status: str | None = None
    new_status: str | None = None


@dataclass(frozen=True)
class Effect:
    """What would happen to one dataflow of the provider."""

    dataflow: str
    action: str
    scope: Mapping[str, Sequence[str]]
    rows: int  # delivered
    series: Mapping[str, int]  # added, gone, described anew, unchanged
    observations: Mapping[str, int]  # added, revised, of those only in notes, withdrawn, unchanged
    revised: tuple[Single, ...]  # the first of them
    withdrawn: tuple[Single, ...]


@dataclass(frozen=True)
class DryRun:
    release: str
    instant: datetime
    public: int | None  # the vintage that has the same content already
    effects: tuple[Effect, ...]
    scheduled: tuple[str, ...] = ()  # releases that will be public before it, and are taken for public

    def __str__(self) -> str:
        if self.public is not None:
            return f"{self.release}: published already with this content, in vintage {self.public}"
        head = f"{self.release} would be released as of {self.instant.isoformat()}; nothing was changed"
        if self.scheduled:
            head = (
                f"{self.release} after what is scheduled ({', '.join(self.scheduled)}); nothing was changed"
            )
        return "\n".join((head, *map(_text, self.effects)))

    def descriptor(self) -> dict[str, Any]:
        """The same for programs."""
        return asdict(self) | {"instant": self.instant.isoformat()}


def dry_run(
    settings: Settings, packages: Sequence[Path], progress: Reporter, structures: Registry | None = None
) -> DryRun:
    """The effect of publishing `packages`. Raises PackageError and ReleaseError as publishing would."""
    structures = structures or registry(settings)
    reports = examined(settings, Home(settings.home), packages, structures, progress)
    return effect(settings, structures, reports)


def effect(
    settings: Settings, structures: Registry, reports: Sequence[Report], scheduled: tuple[str, ...] = ()
) -> DryRun:
    """The effect of what was checked; a release date may lie ahead. Raises PackageError, ReleaseError.

    `scheduled`: the releases that are public in this home alone, which is of a later instant then.
    """
    home, release = Home(settings.home), accepted(reports, structures)
    if scheduled:
        release = replace(release, instant=max(release.instant, current(home).instant))
    if home.number() and current(home).record["structures"] != structures.content_hash:
        downgrade.refuse(current(home).registry, structures)
    public = released(home, release)
    if public is not None:
        return DryRun(release.id, release.instant, public, (), scheduled)
    with rehearse(home, release, structures, settings.structures()) as after:
        before = current(home) if home.number() else None
        effects = tuple(_effect(before, after, release, change) for change in release.changes)
    return DryRun(release.id, release.instant, None, effects, scheduled)


def _effect(before: Snapshot | None, after: Snapshot, release: Release, change: Change) -> Effect:
    definition = after.registry.definition(change.dataflow)
    table = changes(after, release.id, change.dataflow)
    entry = after.manifest(release.id)["flows"][change.dataflow.short]
    revised = table.filter(pc.equal(table.column("change"), REVISED))
    withdrawn = table.filter(pc.equal(table.column("change"), DELETED))
    return Effect(
        change.dataflow.short,
        change.action,
        {name: tuple(codes) for name, codes in change.scope.items()},
        change.table.num_rows,
        _series(before, after, release, definition),
        {
            "added": entry["new"],
            "revised": entry["revised"],
            "only in notes": revised.num_rows - _moved(revised, definition),
            "withdrawn": entry["deleted"],
            "unchanged": entry["observations"] - entry["new"] - entry["revised"],
        },
        _singles(revised, definition),
        _singles(withdrawn, definition),
    )


def _moved(revised: pa.Table, definition: Definition) -> int:
    """How many have another value."""
    measure = definition.measures[0].id
    new, old = (pc.fill_null(revised.column(name), "") for name in (measure, OLD + measure))
    return int(pc.sum(pc.not_equal(new, old)).as_py() or 0)


def _series(
    before: Snapshot | None, after: Snapshot, release: Release, definition: Definition
) -> dict[str, int]:
    """Series that come, go, or are described anew by an attribute of theirs; and all others."""
    keys = [dimension.id for dimension in definition.dimensions]
    notes = [a.id for a in series_attributes(definition) if a.is_published]
    new = _distinct(after, release.provider, definition, keys + notes)
    old = _distinct(before, release.provider, definition, keys + notes)
    added = new.join(old.select(keys), keys, join_type="left anti").num_rows
    gone = old.join(new.select(keys), keys, join_type="left anti").num_rows
    changed = new.join(old, keys + notes, join_type="left anti").num_rows - added
    unchanged = new.num_rows - added - changed
    return {"added": added, "gone": gone, "described anew": changed, "unchanged": unchanged}


def _distinct(
    snapshot: Snapshot | None, provider: str, definition: Definition, columns: list[str]
) -> pa.Table:
    """A row for each series of the provider, absent attributes as empty text."""
    try:
        path = snapshot.states(definition.dataflow.ref).get(provider) if snapshot else None
    except NotFound:
        path = None
    if path is None:
        return pa.table({name: pa.array([], pa.string()) for name in columns})
    held = pq.read_table(path, columns=columns)
    filled = {name: pc.fill_null(held.column(name).cast(pa.string()), "") for name in columns}
    return pa.table(filled).group_by(columns, use_threads=False).aggregate([])


def _singles(table: pa.Table, definition: Definition) -> tuple[Single, ...]:
    """The first of `table`, in store order."""
    measure = definition.measures[0].id
    time = [definition.time.id] if definition.time else []
    keys = [dimension.id for dimension in definition.dimensions] + time
    status = "OBS_STATUS"
    return tuple(
        Single(
            ".".join(row[name] for name in keys),
            row[OLD + measure],
            row[measure],
            row.get(OLD + status),
            row.get(status),
        )
        for row in table.slice(0, LISTED).to_pylist()
    )


def _text(effect: Effect) -> str:
    scope = "; ".join(f"{name} {', '.join(codes)}" for name, codes in effect.scope.items())
    lines = [
        f"{effect.dataflow}: {_ACTIONS[effect.action].format(scope=scope or 'everything of yours')}; "
        f"{effect.rows:,} rows delivered",
        f"  series: {_counts(effect.series)}",
        f"  observations: {_counts(effect.observations)}",
        *_listed("revised", effect.revised, effect.observations["revised"]),
        *_listed("withdrawn", effect.withdrawn, effect.observations["withdrawn"]),
    ]
    return "\n".join(lines)


_ACTIONS = {
    "Merge": "Merge, adds and updates",
    "Replace": "Replace, in place of {scope}",
    "Delete": "Delete, takes away",
}


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.items())


def _listed(name: str, singles: Sequence[Single], count: int) -> list[str]:
    lines = [f"  {name}:"] if singles else []
    lines += [f"    {one.key}: {_change(one)}" for one in singles[:SHOWN]]
    if count > SHOWN:
        lines.append(f"    … and {count - SHOWN:,} more")
    return lines


def _change(one: Single) -> str:
    values = f"{_value(one.old)} → {_value(one.new)}"
    if one.old_status == one.new_status or one.new is None:
        return values
    return f"{values} (status {_value(one.old_status)} → {_value(one.new_status)})"


def _value(text: str | None) -> str:
    return "nothing" if text is None else text.replace("\x1f", ";")
