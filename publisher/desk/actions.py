"""What people do at the desk: the same functions behind the command line and the HTTP API.

Each checks the right, does one thing, and returns the submission as it is then.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from publisher.desk import ahead, log, purging, states
from publisher.desk.desk import Desk, refuse_twice, said
from publisher.desk.people import Person, covers
from publisher.desk.states import Submission
from publisher.desk.units import Unit
from publisher.errors import Forbidden, NotFound, ReleaseError, UsageError
from publisher.package import report
from publisher.package.delivery import Report
from publisher.release import calendar
from publisher.release.publish import accepted
from publisher.store import Release, current, released
from publisher.store.freeze import content
from publisher.store.home import write


def submit(
    desk: Desk,
    person: Person,
    packages: Sequence[Path],
    key: str = "",
    corrects: str = "",
    reason: str = "",
) -> tuple[Submission, list[Report]]:
    """Put `packages` of one office on the desk, as a new submission or as new content of `key`.

    It is checked when every package is accepted and can be staged, else it stays a draft with its reports.
    Raises Forbidden, UsageError, ReleaseError.
    """
    person.need("submit")
    about = {"corrects": corrects, "reason": reason} if corrects else {}
    if corrects and not reason.strip():
        raise ReleaseError("say why it is corrected: the reason is published with it")
    if key:
        submission = theirs(desk, person, "submit", key)
        key, about = submission.key, about or dict(submission.about)
    if corrects:
        _public(desk, person, corrects)
    key = key or secrets.token_hex(8)
    told = {
        "packages": desk.keep(key, packages),
        "about": about,
        "two_persons": desk.settings.two_persons,
        "provider": person.provider,
    }
    submission = _log(desk, person.name, "submit", key, told)
    reports = desk.reports(submission, desk.home)
    _keep_reports(desk, submission, reports)
    if all(found.valid for found in reports):
        release = accepted(reports, desk.structures)
        _pass(desk, person, submission, release)
    return desk.submissions()[key], reports


def _keep_reports(desk: Desk, submission: Submission, reports: Sequence[Report]) -> None:
    for suffix, form in (("json", "json"), ("txt", "text")):
        text = report_as(form, desk, submission, reports)
        write(desk.folder / "packages" / submission.key / f"report.{suffix}", text)


def report_as(form: str, desk: Desk, submission: Submission, reports: Sequence[Report]) -> str:
    """The reports on what was just submitted; a package is named as it was sent, not by its place here."""
    text = report.FORMATS[form](reports)
    for path in desk.packages(submission):
        text = text.replace(json.dumps(str(path))[1:-1] if form == "json" else str(path), path.name)
    return text


def _pass(desk: Desk, person: Person, submission: Submission, release: Release) -> None:
    """From draft to checked, when it may come from this person and can be staged."""
    person.need("submit", release.provider)
    covers(person, desk.structures, release.changes)
    refuse_twice(desk.submissions(), submission.key, release.id)
    if (vintage := released(desk.home, release)) is not None:
        raise ReleaseError(f"{release.id} is public already with this content, in vintage {vintage}")
    told = {
        "provider": release.provider,
        "release": release.id,
        "dataflows": sorted({change.dataflow.short for change in release.changes}),
        "content": content(release),
    }
    _log(desk, states.PUBLISHER, "pass", submission.key, told)
    ahead.arrange(desk)


def schedule(
    desk: Desk, person: Person, name: str, instant: datetime | None, zone: str = "UTC", entry: str = ""
) -> Submission:
    """Say when it becomes public; None: as soon as it is approved. Approvals of another instant are void."""
    submission = theirs(desk, person, "schedule", name)
    now = desk.now().replace(microsecond=0)
    announced = _entry(desk, submission, instant, entry)
    if announced:
        instant, zone = announced.when, announced.zone
    if instant is not None and instant < now:
        raise ReleaseError(
            f"{instant.isoformat()} has passed; give an instant that lies ahead, or none to release at once"
        )
    told = {
        "instant": log.text((instant or now).replace(microsecond=0)),
        "zone": zone,
        "entry": announced.id if announced else "",
    }
    _log(desk, person.name, "schedule", submission.key, told)
    ahead.arrange(desk)
    return desk.submissions()[submission.key]


def _entry(desk: Desk, submission: Submission, instant: datetime | None, name: str) -> calendar.Entry | None:
    """The entry of the calendar that announced it. Raises ReleaseError where that says something else."""
    done = current(desk.home).record.get("calendar", {}) if desk.home.number() else {}
    open_ = {e.id: e for e in calendar.ahead(desk.announce(), done) if e.provider == submission.provider}
    if name and name not in open_:
        raise NotFound(f"no entry {name} of {submission.provider}; open: {', '.join(open_) or 'none'}")
    if name and instant is not None and open_[name].when != instant:
        raise ReleaseError(
            f"{name} is announced for {open_[name].instant}; `lmis calendar move` changes that, with a reason"
        )
    at_the_time = [entry for entry in open_.values() if entry.when == instant]
    if name:
        return open_[name]
    return at_the_time[0] if len(at_the_time) == 1 else None


def approve(desk: Desk, person: Person, name: str, seen: str = "") -> Submission:
    """Agree to the content (`seen`: its hash, as it was looked at) and to the instant."""
    submission = theirs(desk, person, "approve", name)
    if submission.problem:
        raise ReleaseError(f"{submission.release} cannot be released: {submission.problem}")
    told = {"content": seen or submission.content, "instant": str(submission.instant)}
    submission = _log(desk, person.name, "approve", submission.key, told)
    ahead.arrange(desk)
    return submission


def withdraw(desk: Desk, person: Person, name: str, reason: str) -> Submission:
    """Take back what is on the desk; or, of what is public, put a release on the desk that brings back what
    was public before. That one needs approval like any other. Raises Forbidden, ReleaseError."""
    try:
        submission = theirs(desk, person, "withdraw", name)
    except NotFound:
        _public(desk, person, name)  # or it is not there at all
        submission = Submission(release=name)
    if submission.is_pending:
        submission = _log(desk, person.name, "withdraw", submission.key, {"reason": reason})
        ahead.arrange(desk)
        return submission
    if not reason.strip():
        raise ReleaseError("say why it is withdrawn: the reason is published with it")
    provider = _public(desk, person, submission.release)
    about = {"withdraws": submission.release, "reason": reason}
    key = secrets.token_hex(8)
    told = {
        "kind": states.WITHDRAWAL,
        "about": about,
        "two_persons": desk.settings.two_persons,
        "provider": provider,
    }
    made = _log(desk, person.name, "submit", key, told)
    _pass(desk, person, made, desk.release(made, desk.home, desk.now().replace(microsecond=0)))
    return schedule(desk, person, key, None)


def _public(desk: Desk, person: Person, release: str) -> str:
    """The provider of a public release, which must be the person's. Raises NotFound, Forbidden."""
    public = current(desk.home)
    if release not in public.record["releases"]:
        raise NotFound(f"there is no public release {release}; `lmis releases` shows them")
    provider = str(public.manifest(release)["provider"])
    person.need("submit", provider)
    return provider


def see(desk: Desk, person: Person, name: str, what: str = "") -> tuple[Submission, Unit]:
    """The staged home that shows everything as it will be. Who looks is written down first."""
    submission = theirs(desk, person, "preview", name)
    found = ahead.arrange(desk).get(submission.key)
    if found is None:
        raise ReleaseError(
            submission.problem or f"{submission.release or submission.key} is {submission.state}: not staged"
        )
    if (person.name, what) not in {(by, w) for by, w in _seen(desk, submission)}:
        submission = _log(desk, person.name, "see", submission.key, {"what": what})
    return submission, found


def _seen(desk: Desk, submission: Submission) -> list[tuple[str, str]]:
    return [
        (event.by, event.detail.get("what", ""))
        for event in desk.events()
        if event.action == "see" and event.key == submission.key and event.number > submission.version
    ]


def difference(desk: Desk, person: Person, name: str) -> dict[str, Any]:
    """What it changes against what will be public before it, by dataflow."""
    asked = theirs(desk, person, "preview", name)
    if asked.kind == states.PURGE:
        return purging.difference(desk, asked)
    submission, unit = see(desk, person, name, "diff")
    manifest = current(unit.home).manifest(submission.release)
    flows = {
        short: {kind: flow[kind] for kind in ("observations", "new", "revised", "deleted")}
        for short, flow in manifest["flows"].items()
    }
    return {
        "release": submission.release,
        "content": submission.content,
        **said(submission.about),
        "dataflows": flows,
        "warnings": manifest["warnings"],
    }


def theirs(desk: Desk, person: Person, right: str, name: str) -> Submission:
    """The submission, which the person has `right` over. What others have is as if it were not there."""
    person.need(right)
    submission = desk.find(name)
    try:
        person.need(right, submission.provider)
    except Forbidden as error:
        raise NotFound(f"there is no submission {name}; `lmis release list` shows all") from error
    return submission


def listed(desk: Desk, person: Person) -> list[Submission]:
    """What is on the desk and concerns the person, oldest first."""
    person.need("read")
    return [s for s in desk.submissions().values() if person.provider in ("", s.provider)]


# -- the calendar -------------------------------------------------------------------------------


def announce(desk: Desk, person: Person, entry: Mapping[str, Any]) -> calendar.Entry:
    """Put an announcement into the public calendar. Raises UsageError, Forbidden."""
    provider, kind = str(entry.get("provider") or ""), entry.get("kind", calendar.DATA)
    person.need("announce", provider)
    if kind not in calendar.KINDS or not entry.get("title"):
        raise UsageError(f"an announcement has a title and a kind: {' or '.join(calendar.KINDS)}")
    flows = {flow.id for flow in desk.structures.find("dataflow")}
    if unknown := sorted(set(entry.get("dataflows", ())) - flows):
        raise UsageError(f"no dataflow is called {', '.join(unknown)}; known: {', '.join(sorted(flows))}")
    when = calendar.moment(str(entry["instant"]), str(entry.get("zone") or desk.settings.timezone))
    if when <= desk.now():
        raise UsageError(f"{when.isoformat()} has passed; announce what lies ahead")
    told = {
        **entry,
        "id": _name(entry, desk),
        "kind": kind,
        "provider": provider,
        "instant": when.isoformat(),
        "zone": str(entry.get("zone") or desk.settings.timezone),
    }
    _log(desk, person.name, "announce", "", told)
    return _announced(desk, told["id"])


def _name(entry: Mapping[str, Any], desk: Desk) -> str:
    """Made of what is public alone."""
    told = json.dumps([sorted(entry.items(), key=str), log.text(desk.now())], default=str, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def move(desk: Desk, person: Person, id: str, instant: str, zone: str, reason: str) -> calendar.Entry:
    """Change an announced date, or cancel it (no instant). What was scheduled for it is scheduled anew (or
    no more), and must be approved anew. Raises UsageError, ReleaseError."""
    entry = _announced(desk, id)
    person.need("announce", entry.provider)
    if not reason.strip():
        raise ReleaseError("say why the date changes: the reason is published in the calendar")
    told: dict[str, Any] = {"id": id, "reason": reason}
    if instant:
        when = calendar.moment(instant, zone or entry.zone)
        if when <= desk.now():
            raise UsageError(f"{when.isoformat()} has passed; move it to an instant that lies ahead")
        told["instant"] = when.isoformat()
    _log(desk, person.name, "move" if instant else "cancel", "", told)
    for submission in desk.submissions().values():
        if submission.state == states.SCHEDULED and submission.entry == id:
            again = {"instant": log.text(when), "zone": entry.zone, "entry": id} if instant else {}
            _log(desk, person.name, "schedule" if instant else "hold", submission.key, again)
    ahead.arrange(desk)
    return _announced(desk, id)


def _announced(desk: Desk, id: str) -> calendar.Entry:
    for entry in desk.announce():
        if entry.id == id:
            return entry
    raise NotFound(f"the calendar has no entry {id}; `lmis calendar list` shows all")


def _log(desk: Desk, by: str, action: str, key: str, detail: Mapping[str, Any]) -> Submission:
    with desk.writing() as book:
        book.add(desk.now().astimezone(UTC), by, action, key, detail)
    return desk.submissions().get(key, Submission())
