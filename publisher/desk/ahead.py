"""Staging ahead: every submission that may become public is staged on what will be public before it.

Releases of one instant are one vintage. What is staged has a name made of what it stands on and what it
brings, so that only what changed is staged again, and an approval changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from publisher.desk import log, purging, states, units
from publisher.desk.desk import Desk
from publisher.desk.states import Submission
from publisher.desk.units import Unit
from publisher.errors import UserError
from publisher.store import Home, current, journal
from publisher.store.freeze import content
from publisher.store.lock import locked

PATIENCE = 900.0  # seconds that one stager waits for another


@dataclass
class _Base:
    """What is staged on: a home, and the name of its world."""

    home: Home
    world: str

    @property
    def instant(self) -> datetime | None:
        return current(self.home).instant if self.world else None


class _Blocked(Exception):
    def __init__(self, key: str, problem: str) -> None:
        super().__init__(problem)
        self.key, self.problem = key, problem


def arrange(desk: Desk) -> dict[str, Unit]:
    """Stage what is wanted and not there, and drop what is not wanted. The unit of each submission by key;
    one that cannot be staged is blocked, with the reason."""
    with locked(_lock(desk), PATIENCE):
        recover(desk)
        while True:
            try:
                found = _arranged(desk)
            except _Blocked as blocked:
                with desk.writing() as book:
                    told = {"problem": blocked.problem}
                    book.add(desk.now(), states.PUBLISHER, "block", blocked.key, told)
                continue
            wanted = {unit.folder for unit in found.values()}
            for unit in units.units(desk.staged):
                if unit.folder not in wanted:
                    unit.drop()
            return found


def _lock(desk: Desk) -> Path:
    desk.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return desk.folder / "staging.lock"


def _arranged(desk: Desk) -> dict[str, Unit]:
    held = desk.submissions().values()
    there = {unit.spec: unit for unit in units.units(desk.staged) if not unit.was_landing}
    for unit in there.values():
        units.relink(unit, desk.home)
    found: dict[str, Unit] = {}
    base = _Base(desk.home, units.world(desk.home))
    bases: list[tuple[datetime | None, _Base]] = [(None, base)]
    for instant, group in groups(held):
        unit = _staged(desk, base, group, there)
        found |= dict.fromkeys(unit.keys, unit)
        base = _Base(unit.home, unit.made)
        bases.append((instant, base))
    for submission in held:
        if submission.key not in found and _is_shown(submission):
            found[submission.key] = _beforehand(desk, bases, submission, held, there)
    return found


def groups(held: Iterable[Submission]) -> list[tuple[datetime, list[Submission]]]:
    """What becomes public as it is: instant and submissions, by instant."""
    ready = sorted((s for s in held if s.is_ready and s.kind != states.PURGE), key=_order)
    return [(instant, list(group)) for instant, group in groupby(ready, lambda s: _due(s))]


def _order(submission: Submission) -> tuple[datetime, int]:
    return _due(submission), submission.version


def _due(submission: Submission) -> datetime:
    assert submission.due is not None
    return submission.due.astimezone(UTC)


def _is_shown(submission: Submission) -> bool:
    is_whole = submission.state in (states.CHECKED, states.SCHEDULED) and not submission.problem
    return is_whole and submission.kind != states.PURGE


def _beforehand(
    desk: Desk,
    bases: Sequence[tuple[datetime | None, _Base]],
    submission: Submission,
    held: Iterable[Submission],
    there: dict[str, Unit],
) -> Unit:
    """The unit of one that is not to become public yet, for those who look at it: as if it were approved."""
    if submission.due is None:
        return _staged(desk, bases[0][1], [submission], there)
    due = _due(submission)
    base = [base for instant, base in bases if instant is None or instant < due][-1]
    group = next((group for instant, group in groups(held) if instant == due), [])
    return _staged(desk, base, sorted([*group, submission], key=_order), there)


def _staged(desk: Desk, base: _Base, group: Sequence[Submission], there: dict[str, Unit]) -> Unit:
    earliest = base.instant
    instant = group[0].due or earliest or desk.now().replace(microsecond=0)
    instant = max(instant, earliest or instant)
    members = [(s.key, s.version) for s in group]
    name = units.spec(base.world, members, log.text(instant), desk.structures.content_hash)
    if name not in there:
        there[name] = _build(desk, base, name, group, instant)
    return there[name]


def _build(desk: Desk, base: _Base, name: str, group: Sequence[Submission], instant: datetime) -> Unit:
    releases = {}
    for submission in group:
        try:
            release = releases[submission.key] = desk.release(submission, base.home, instant)
        except UserError as error:
            raise _Blocked(submission.key, problem(error)) from error
        if submission.content and content(release) != submission.content:
            raise _Blocked(submission.key, "the structures changed what it says; submit it again")
    calendar = {s.entry: releases[s.key].id for s in group if s.entry}
    try:
        return units.build(
            desk.staged, base.home, name, releases, calendar, desk.structures, desk.settings, desk.progress
        )
    except UserError as error:  # whoever came last is in the way
        raise _Blocked(max(group, key=lambda s: s.version).key, problem(error)) from error


def problem(error: UserError) -> str:
    return "; ".join([str(error), *(str(finding) for finding in error.findings[:5])])


# -- the instant --------------------------------------------------------------------------------

GRACE = 5.0  # seconds after which a release bears the instant at which it could be made


def release_due(desk: Desk) -> list[str]:
    """Make public what is due, in the order of the instants; the ids of the releases."""
    _go_on(desk)
    recover(desk)
    done = _purge(desk)
    while waiting := [(i, g) for i, g in groups(desk.submissions().values()) if i <= desk.now()]:
        instant, group = waiting[0]
        if (desk.now() - instant).total_seconds() > GRACE and not group[0].delayed:
            _delay(desk, group)
            continue
        unit = find(desk, group) or arrange(desk).get(group[0].key)
        if unit is None:  # blocked
            continue
        try:
            vintage = units.land(desk.home, unit, desk.settings, desk.progress)
        except units.Stale:
            arrange(desk)
            continue
        done += _released(desk, group, vintage)
        unit.drop()
    return done


def _go_on(desk: Desk) -> None:
    """With a purge that a crash stopped."""
    if journal.is_open(desk.home):
        with locked(desk.home.lock, units.PATIENCE):
            journal.finish(desk.home)


def _purge(desk: Desk) -> list[str]:
    """Carry out the purges that are approved, first: what is released meanwhile stands on what they leave."""
    done = []
    for submission in purging.due(desk):
        with locked(_lock(desk), PATIENCE):  # nothing is staged on what goes
            vintage = purging.carry_out(desk, submission)
        done += _released(desk, [submission], vintage)
    return done


def find(desk: Desk, group: Sequence[Submission]) -> Unit | None:
    """The unit of `group` as it is staged, if it still fits what is public."""
    keys = tuple(submission.key for submission in group)
    world = units.world(desk.home)
    for unit in units.units(desk.staged):
        if unit.keys == keys and unit.base == world and not unit.was_landing:
            members = [(s.key, s.version) for s in group]
            instant = log.text(max(_due(group[0]), current(desk.home).instant if world else _due(group[0])))
            if unit.spec == units.spec(world, members, instant, desk.structures.content_hash):
                return unit
    return None


def _delay(desk: Desk, group: Sequence[Submission]) -> None:
    """The instant was missed: what is public from now on must not say that it was so before."""
    now = desk.now().replace(microsecond=0)
    with desk.writing() as book:
        for submission in group:
            book.add(desk.now(), states.PUBLISHER, "delay", submission.key, {"instant": log.text(now)})


def _released(desk: Desk, group: Iterable[Submission], vintage: int) -> list[str]:
    with desk.writing() as book:
        held = book.told.desk
        for submission in group:
            if held[submission.key].state == states.RELEASED:  # `recover` was quicker
                continue
            at = max(desk.now(), _due(submission))  # the clock may have been put back since
            book.add(at, states.PUBLISHER, "release", submission.key, {"vintage": vintage})
    return [submission.release for submission in group]


def late(desk: Desk) -> list[str]:
    """What should be public by now and is not, with the reason."""
    late_by = [
        (s, (desk.now() - _due(s)).total_seconds())
        for s in desk.submissions().values()
        if s.state == states.SCHEDULED
    ]
    return [
        f"{s.release} was due at {log.text(_due(s))}: {s.problem or states.unapproved(s) or 'being staged'}"
        for s, seconds in late_by
        if seconds > GRACE
    ]


def recover(desk: Desk) -> None:
    """Write down what a crash left unsaid: a release that is public is released."""
    if not units.world(desk.home):
        return
    public = current(desk.home)
    for submission in list(desk.submissions().values()):
        if submission.state == states.SCHEDULED and submission.release in public.record["releases"]:
            manifest = public.manifest(submission.release)
            if manifest["content"] == submission.content:
                _released(desk, [submission], int(manifest["vintage"]))
