"""`lmis publish`: check, freeze, stage, release, sync; one release for all packages given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from publisher.errors import PackageError, ReleaseError
from publisher.package import together
from publisher.package.delivery import Report
from publisher.release import catalogues, downgrade, pages, structure_log
from publisher.release.before import protected, public_state
from publisher.release.progress import Reporter
from publisher.release.structures import registry
from publisher.settings import Settings
from publisher.store import Change, Home, Release, Stage, released, stage
from publisher.store.vintage import registry_in
from publisher.structures.registry import Registry


@dataclass(frozen=True)
class Published:
    release: str
    vintage: int
    is_new: bool
    observations: int = 0
    catalogue: str = ""  # what became of telling a real CKAN

    def __str__(self) -> str:
        told = f"{self.observations:,} observations delivered, public as vintage {self.vintage}"
        if not self.is_new:
            told = f"published already with this content, in vintage {self.vintage}; nothing to do"
        return "\n".join(filter(None, (f"{self.release}: {told}", self.catalogue)))


def publish(
    settings: Settings,
    packages: Sequence[Path],
    progress: Reporter,
    *,
    with_pages: bool = True,
    structures: Registry | None = None,
) -> Published:
    """Publish `packages` of one provider as one release; `structures`: the settings', if read already.

    Raises PackageError (with all findings of all packages; nothing is changed then), ReleaseError. What a
    real CKAN makes of it never matters to the release: it is tried once and told, the rest is the outbox's.
    """
    structures = structures or registry(settings)
    home = Home(settings.home)
    release = accepted(examined(settings, home, packages, structures, progress), structures)
    release = replace(release, instant=past(release.instant))
    done = released(home, release)
    if done is None:
        progress(f"{release.id}: freezing")
        with stage(home) as staged:
            done = put(staged, [release], structures, settings, progress, with_pages)
            staged.release()
        observations = sum(change.table.num_rows for change in release.changes)
        published = Published(release.id, done, True, observations)
    else:
        published = Published(release.id, done, False)
    return replace(published, catalogue=catalogues.announce(settings, progress))


def examined(
    settings: Settings, home: Home, packages: Sequence[Path], structures: Registry, progress: Reporter
) -> list[Report]:
    """The reports on `packages`, compared with what is public in `home`."""
    before = public_state(home)
    return together(packages, structures, progress=progress, hosts=settings.hosts, previous=before)


def accepted(reports: Sequence[Report], structures: Registry) -> Release:
    """What the packages bring, as it may leave; its instant is the date declared, else now.

    Raises PackageError with all findings of all packages, ReleaseError.
    """
    refuse(reports)
    return as_release([protected(report, structures) for report in reports], now())


def put(
    staged: Stage,
    releases: Iterable[Release],
    structures: Registry,
    settings: Settings,
    progress: Reporter,
    with_pages: bool = True,
) -> int:
    """Put `releases` and everything that is made of them into the coming vintage; its number."""
    before = staged.record["structures"]
    earlier = None
    if before not in (None, structures.content_hash):
        earlier = registry_in(staged.home.public / "structures" / before)
        downgrade.refuse(earlier, structures)
    for release in releases:
        staged.freeze(release, structures, settings.structures())
    snapshot = staged.snapshot()
    if earlier:
        place = staged.folder / "pages" / str(snapshot.number)
        structure_log.write(place, snapshot.record["instant"], earlier, structures)
    if with_pages:
        last = staged.home.public / "pages" / str(snapshot.number - 1)
        pages.build(snapshot, staged.folder / "pages" / str(snapshot.number), settings, progress, last)
    catalogues.prepare(snapshot, settings, progress)
    return snapshot.number


def refuse(reports: Iterable[Report]) -> None:
    """Raise PackageError when any report has an error; the findings of all of them go with it."""
    bad = [report for report in reports if not report.valid]
    if bad:
        findings = [f for report in bad for f in report.findings if f.severity == "error"]
        names = ", ".join(report.package for report in bad)
        raise PackageError(f"refused, nothing was published: {names}; {len(findings)} errors", findings)


def past(declared: datetime) -> datetime:
    """The declared date of what is published at once. Raises ReleaseError when it lies ahead."""
    if declared > now():
        raise ReleaseError(
            f"the release date {declared.isoformat()} lies ahead; `lmis release submit` keeps it until "
            "then, or mend releaseDate"
        )
    return declared


def as_release(reports: Sequence[Report], instant: datetime) -> Release:
    """One release of all `reports`, of the date that they declare, else of `instant`.

    Raises ReleaseError when they do not belong together.
    """
    providers = sorted({report.provider for report in reports})
    names = sorted({report.release for report in reports})
    if len(providers) > 1 or len(names) > 1:
        raise ReleaseError(
            "one release has one provider and one name; these packages have providers "
            f"{', '.join(providers)} and names {', '.join(names)}; publish them one release at a time"
        )
    declared = max((r.instant for r in reports if r.instant), default=instant)
    return Release(
        id=f"{providers[0]}-{names[0]}".lower().replace("_", "-"),
        provider=providers[0],
        instant=declared.astimezone(UTC).replace(microsecond=0),
        changes=changes(reports),
        descriptors={report.package: report.descriptor for report in reports},
        files={
            f"{report.package}/{path}": digest for report in reports for path, digest in report.files.items()
        },
        warnings=tuple(asdict(f) for report in reports for f in report.findings),
    )


def changes(reports: Iterable[Report]) -> tuple[Change, ...]:
    """The deliveries of all reports. Raises ReleaseError when two packages bring the same dataflow."""
    found: dict[str, Change] = {}
    for report in reports:
        for delivery in report.deliveries:
            if delivery.dataflow.short in found:
                raise ReleaseError(
                    f"two packages bring {delivery.dataflow.short}; put its rows into one package"
                )
            found[delivery.dataflow.short] = Change(
                delivery.dataflow, delivery.action, delivery.scope, delivery.table, delivery.lineage
            )
    return tuple(found.values())


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
