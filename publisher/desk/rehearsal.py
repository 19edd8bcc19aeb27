"""What a package would do to what is public, and to what is scheduled of the same office before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from publisher.desk import actions
from publisher.desk.desk import Desk
from publisher.desk.people import Person
from publisher.release.dry_run import DryRun, effect
from publisher.release.publish import accepted, examined


def dry_runs(desk: Desk, person: Person, packages: Sequence[Path]) -> list[DryRun]:
    """The effect on what is public; then on what will be when everything of the office's is released.

    That one is written down as seen by `person`, as every look at what is not public. Nothing else changes.
    Raises Forbidden, PackageError, ReleaseError.
    """
    person.need("submit")
    reports = examined(desk.settings, desk.home, packages, desk.structures, desk.progress)
    provider = accepted(reports, desk.structures).provider
    person.need("submit", provider)
    runs = [effect(desk.settings, desk.structures, reports)]
    waiting = [s for s in desk.submissions().values() if s.provider == provider and s.is_ready]
    if not waiting:
        return runs
    waiting.sort(key=lambda submission: (submission.due is not None, submission.due, submission.version))
    units = [actions.see(desk, person, submission.key, "dry-run")[1] for submission in waiting]
    home = units[-1].home  # stands on all that come before it
    later = replace(desk.settings, home=home.path)
    reports = examined(later, home, packages, desk.structures, desk.progress)
    scheduled = tuple(submission.release for submission in waiting)
    return [*runs, effect(later, desk.structures, reports, scheduled)]
