"""The states of a submission, and the one table of what may be done in which state.

draft → checked → scheduled → released → superseded or withdrawn. No clock and no files: an event and what
was before it give what is after it, or a ReleaseError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from publisher.errors import ReleaseError

NOTHING = ""  # before the first event
DRAFT, CHECKED, SCHEDULED = "draft", "checked", "scheduled"
RELEASED, SUPERSEDED, WITHDRAWN = "released", "superseded", "withdrawn"
STATES = (DRAFT, CHECKED, SCHEDULED, RELEASED, SUPERSEDED, WITHDRAWN)
PENDING = (DRAFT, CHECKED, SCHEDULED)  # nothing of these is public
PUBLISHER = "publisher"  # the program itself; no person has this right

PACKAGES, WITHDRAWAL, PURGE = "packages", "withdrawal", "purge"  # what a submission brings


@dataclass(frozen=True)
class Event:
    """One line of the log: who did what to which submission."""

    number: int
    at: str  # ISO 8601, UTC
    by: str
    action: str  # of MOVES, or of OTHERS
    key: str = ""  # of the submission
    detail: Mapping[str, Any] = field(default_factory=dict)
    previous: str = ""  # hash of the event before
    hash: str = ""


@dataclass(frozen=True)
class Submission:
    """One release on its way. `content` is a hash of what it brings: approvals hold for it alone."""

    key: str = ""  # random, so that it tells nothing
    state: str = NOTHING
    kind: str = PACKAGES
    provider: str = ""
    release: str = ""  # the id under which it becomes public
    dataflows: tuple[str, ...] = ()
    content: str = ""
    version: int = 0  # number of the event that submitted it
    submitted_by: tuple[str, ...] = ()  # everybody who had a hand in the content
    approved_by: tuple[str, ...] = ()
    two_persons: bool = True
    instant: datetime | None = None  # when it is to be public
    delayed: datetime | None = None  # when it could be, where the instant was missed
    zone: str = "UTC"
    entry: str = ""  # of the calendar, which it is the release of
    about: Mapping[str, Any] = field(default_factory=dict)  # corrects, withdraws, purges, reason
    problem: str = ""  # why it cannot be staged
    vintage: int = 0
    seen_by: tuple[tuple[str, str], ...] = ()  # (instant, who) before it was public

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING

    @property
    def due(self) -> datetime | None:
        """When it is to be public, as things stand."""
        return self.delayed or self.instant

    @property
    def is_ready(self) -> bool:
        """Whether it becomes public at its instant as it is."""
        return self.state == SCHEDULED and not self.problem and not unapproved(self)


def unapproved(submission: Submission) -> str:
    """What an approval is still wanting; empty when nothing."""
    others = set(submission.approved_by) - set(submission.submitted_by)
    if not submission.two_persons or others:
        return ""
    hands = ", ".join(submission.submitted_by)
    return f"{submission.release} waits for the approval of another person than {hands}"


# -- what must hold: the reason why it does not, or nothing -------------------------------------

Condition = Callable[[Submission, Event], str]


def has_reason(submission: Submission, event: Event) -> str:
    return "" if str(event.detail.get("reason", "")).strip() else "say why: a reason is kept with it"


def has_instant(submission: Submission, event: Event) -> str:
    return "" if event.detail.get("instant") else "say when it is to be public"


def is_as_seen(submission: Submission, event: Event) -> str:
    """An approval is of what was looked at."""
    seen, now = event.detail.get("content"), submission.content
    if seen == now:
        return ""
    return f"the content changed: approved was {str(seen)[:12]}, it is {now[:12]}; look at it again"


def is_by_another(submission: Submission, event: Event) -> str:
    if not submission.two_persons or event.by not in submission.submitted_by:
        return ""
    return f"{event.by} submitted it, and whoever submits cannot be the one to approve; ask a colleague"


def is_approved(submission: Submission, event: Event) -> str:
    return unapproved(submission)


def is_due(submission: Submission, event: Event) -> str:
    due = submission.due
    if due and datetime.fromisoformat(event.at) >= due:
        return ""
    return f"{submission.release} is not due before {due}"


# -- what an event changes ----------------------------------------------------------------------

Change = Callable[[Submission, Event], Submission]


def _submit(submission: Submission, event: Event) -> Submission:
    """New content: nothing that was said of the old one holds."""
    told = event.detail
    return Submission(
        key=event.key,
        kind=told.get("kind", PACKAGES),
        version=event.number,
        submitted_by=tuple(dict.fromkeys((*submission.submitted_by, event.by))),
        two_persons=bool(told.get("two_persons", True)),
        about=told.get("about", {}),
        provider=told.get("provider", ""),
        seen_by=submission.seen_by,
        entry=submission.entry,
    )


def _pass(submission: Submission, event: Event) -> Submission:
    told = event.detail
    return replace(
        submission,
        provider=told["provider"],
        release=told["release"],
        dataflows=tuple(told["dataflows"]),
        content=told["content"],
        problem="",
    )


def _schedule(submission: Submission, event: Event) -> Submission:
    told = event.detail
    return replace(
        submission,
        instant=datetime.fromisoformat(told["instant"]),
        zone=told.get("zone", "UTC"),
        entry=told.get("entry", ""),
        approved_by=(),
        delayed=None,
        problem="",
    )


def _hold(submission: Submission, event: Event) -> Submission:
    return replace(submission, instant=None, delayed=None, entry="", approved_by=())


def _approve(submission: Submission, event: Event) -> Submission:
    return replace(submission, approved_by=tuple(dict.fromkeys((*submission.approved_by, event.by))))


def _see(submission: Submission, event: Event) -> Submission:
    return replace(submission, seen_by=(*submission.seen_by, (event.at, event.by)))


def _block(submission: Submission, event: Event) -> Submission:
    return replace(submission, problem=event.detail["problem"])


def _delay(submission: Submission, event: Event) -> Submission:
    return replace(submission, delayed=datetime.fromisoformat(event.detail["instant"]))


def _release(submission: Submission, event: Event) -> Submission:
    return replace(submission, vintage=event.detail["vintage"])


def _same(submission: Submission, event: Event) -> Submission:
    return submission


@dataclass(frozen=True)
class Move:
    """What an action needs and does."""

    before: tuple[str, ...]
    after: str | None  # None: the state stays
    right: str
    change: Change = _same
    holds: tuple[Condition, ...] = ()


MOVES: Mapping[str, Move] = {
    "submit": Move((NOTHING, *PENDING), DRAFT, "submit", _submit),
    "pass": Move((DRAFT,), CHECKED, PUBLISHER, _pass),
    "see": Move((CHECKED, SCHEDULED), None, "preview", _see),
    "schedule": Move((CHECKED, SCHEDULED), SCHEDULED, "schedule", _schedule, (has_instant,)),
    "hold": Move((SCHEDULED,), CHECKED, "schedule", _hold),
    "approve": Move((SCHEDULED,), None, "approve", _approve, (is_by_another, is_as_seen)),
    "block": Move(PENDING, None, PUBLISHER, _block),
    "delay": Move((SCHEDULED,), None, PUBLISHER, _delay),
    "release": Move((SCHEDULED,), RELEASED, PUBLISHER, _release, (is_due, is_approved)),
    "supersede": Move((RELEASED,), SUPERSEDED, PUBLISHER),
    "withdraw": Move(PENDING, WITHDRAWN, "withdraw", _same, (has_reason,)),
    "retract": Move((RELEASED,), WITHDRAWN, PUBLISHER),
}
# Events that are about no submission: tokens and the calendar keep their own content.
OTHERS = ("token", "revoke", "announce", "move", "cancel")


def apply(submission: Submission, event: Event) -> Submission:
    """What `event` makes of `submission`. Raises ReleaseError where it may not be."""
    move = MOVES[event.action]
    name = submission.release or event.key
    if submission.state not in move.before:
        states = " or ".join(state or "new" for state in move.before)
        raise ReleaseError(
            f"{name} is {submission.state or 'not on the desk'}: {event.action} is for what is {states}"
        )
    if problems := [problem for holds in move.holds if (problem := holds(submission, event))]:
        raise ReleaseError("; ".join(problems))
    changed = move.change(submission, event)
    return replace(changed, state=submission.state if move.after is None else move.after)


def take(found: dict[str, Submission], event: Event) -> None:
    """Put what `event` does into `found`. Raises ReleaseError; `found` is then as it was."""
    if event.action in OTHERS:
        return
    if event.action not in MOVES:
        raise ReleaseError(f"there is no action {event.action}")
    found[event.key] = apply(found.get(event.key, Submission()), event)
    if event.action == "release":
        _follow(found, found[event.key], event)


def _follow(found: dict[str, Submission], released: Submission, event: Event) -> None:
    """What a release does to the earlier ones of its provider: withdrawn, or superseded as a whole."""
    newer: set[str] = set()
    public = [other for other in found.values() if other.vintage and other.provider == released.provider]
    for other in sorted(public, key=lambda other: other.vintage, reverse=True):
        if other.release == released.about.get("withdraws"):
            found[other.key] = apply(other, replace(event, action="retract"))
        elif other.state == RELEASED and set(other.dataflows) <= newer:
            found[other.key] = apply(other, replace(event, action="supersede"))
        newer |= set(other.dataflows)
