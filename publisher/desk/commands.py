"""`lmis release`, `calendar`, `token` and `audit`: the desk from the command line."""

from __future__ import annotations

import argparse
import getpass
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.errors import Forbidden, ReleaseError, UsageError
from publisher.usage import Argument

if TYPE_CHECKING:
    from publisher.desk.desk import Desk
    from publisher.desk.people import Person
    from publisher.desk.states import Submission
    from publisher.release.progress import Reporter
    from publisher.settings import Settings

Arguments = argparse.Namespace
Action = Callable[["Desk", "Person", Arguments], int]
DAYS = 365  # that a token is good for, if nothing else is said


def run(settings: Settings, progress: Reporter, args: Arguments) -> int:
    """Do what `args.action` of the command says."""
    from publisher.desk.desk import Desk

    desk = Desk(settings, progress)
    return ACTIONS[args.command][args.action](desk, somebody(desk), args)


def somebody(desk: Desk) -> Person:
    """Whose token LMIS_TOKEN holds; without one, who is logged in on this machine, who may do everything."""
    from publisher.desk.people import Person, holder

    token = os.environ.get("LMIS_TOKEN")
    if not token:
        return Person(getpass.getuser())
    found = holder(desk.folder, token, desk.now())
    if found is None:
        raise Forbidden("the token in LMIS_TOKEN is not known here, or has expired; ask for a new one")
    return found


def _one(args: Arguments) -> str:
    if len(args.name) != 1:
        raise UsageError(f"lmis {args.command} {args.action} needs one name, as `lmis release list` shows it")
    return str(args.name[0])


# -- lmis release -------------------------------------------------------------------------------


def submit(desk: Desk, person: Person, args: Arguments) -> int:
    return _submitted(desk, person, args, [Path(name) for name in args.name])


def correct(desk: Desk, person: Person, args: Arguments) -> int:
    if len(args.name) < 2:
        raise UsageError("lmis release correct needs the release and the packages that correct it")
    args.corrects = args.name[0]
    return _submitted(desk, person, args, [Path(name) for name in args.name[1:]])


def _submitted(desk: Desk, person: Person, args: Arguments, packages: list[Path]) -> int:
    from publisher.desk import actions, states
    from publisher.package import report

    if not packages:
        raise UsageError("lmis release submit needs the packages of the release")
    made, reports = actions.submit(desk, person, packages, args.key, args.corrects, args.reason)
    print(report.FORMATS["text"](reports))
    _show(made)
    return 0 if made.state == states.CHECKED and not made.problem else 1


def _show(submission: Submission) -> None:
    from publisher.desk.states import SCHEDULED, unapproved

    when = f", public at {submission.due.isoformat()}" if submission.due else ""
    print(f"{submission.key}  {submission.state}  {submission.release or '(not checked)'}{when}")
    for told in (submission.problem, unapproved(submission) if submission.state == SCHEDULED else ""):
        if told:
            print(f"  {told}")


def diff(desk: Desk, person: Person, args: Arguments) -> int:
    from publisher.desk import actions

    told = actions.difference(desk, person, _one(args))
    print(f"{told['release']}, content {told['content'][:12]}")
    for flow, names in told.get("cells", {}).items():
        print(f"  {flow}: {', '.join(names)}")
    for flow, counts in told["dataflows"].items():
        print(f"  {flow}: " + ", ".join(f"{count:,} {kind}" for kind, count in counts.items()))
    for warning in told["warnings"]:
        print(f"  warning: {warning['message']}")
    return 0


def dry_run(desk: Desk, person: Person, args: Arguments) -> int:
    from publisher.desk.rehearsal import dry_runs

    if not args.name:
        raise UsageError("lmis release dry-run needs the packages of the release")
    print("\n\n".join(map(str, dry_runs(desk, person, [Path(name) for name in args.name]))))
    return 0


def preview(desk: Desk, person: Person, args: Arguments) -> int:
    from dataclasses import replace

    from publisher.desk import actions
    from publisher.web.serve import serve

    submission, unit = actions.see(desk, person, _one(args), "preview")
    print(f"NOT PUBLIC: everything as it will be with {submission.release}")
    return serve(replace(desk.settings, home=unit.home.path), "127.0.0.1", args.port, 1)


def schedule(desk: Desk, person: Person, args: Arguments) -> int:
    from publisher.desk import actions
    from publisher.release import calendar

    zone = args.zone or desk.settings.timezone
    instant = calendar.moment(args.at, zone) if args.at else None
    _show(actions.schedule(desk, person, _one(args), instant, zone, args.entry))
    return 0


def approve(desk: Desk, person: Person, args: Arguments) -> int:
    from publisher.desk import actions

    _show(actions.approve(desk, person, _one(args), args.content))
    return 0


def withdraw(desk: Desk, person: Person, args: Arguments) -> int:
    from publisher.desk import actions

    _show(actions.withdraw(desk, person, _one(args), args.reason))
    return 0


def purge(desk: Desk, person: Person, args: Arguments) -> int:
    from publisher.desk import purging

    if len(args.name) != 2:
        raise UsageError(
            "lmis release purge needs a dataflow and the key of its cells, and --period unless all are meant:"
            " lmis release purge DF_UNE M.MYS._T --period 2024-03 --reason TEXT"
        )
    flow, key = args.name
    made = purging.ask(desk, person, flow, key, args.period, args.reason, args.provider)
    for short, names in purging.difference(desk, made)["cells"].items():
        print(f"{short}: {made.about['purges']:,} cells: {', '.join(names)}")
    _show(made)
    return 0


def listing(desk: Desk, person: Person, args: Arguments) -> int:
    from publisher.desk import actions

    if not desk.settings.two_persons:
        print("The two-person rule is switched off (two_persons in settings.toml).")
    for submission in actions.listed(desk, person):
        _show(submission)
    return 0


def log(desk: Desk, person: Person, args: Arguments) -> int:
    person.need("audit")
    keys = {desk.find(name).key for name in args.name}
    for event in desk.events():
        if not keys or event.key in keys:
            print(
                f"{event.number:>6}  {event.at}  {event.by}  {event.action} {event.key}",
                _told(event.detail),
            )
    return 0


def _told(detail: Any) -> str:
    return "; ".join(f"{name} {value}" for name, value in detail.items() if value)


# -- lmis calendar ------------------------------------------------------------------------------


def announce(desk: Desk, person: Person, args: Arguments) -> int:
    from publisher.desk import actions

    if not (args.title and args.at):
        raise UsageError("lmis calendar announce needs --title and --at")
    entry = {
        "provider": args.provider or person.provider,
        "title": {"en": args.title},
        "instant": args.at,
        "zone": args.zone or desk.settings.timezone,
        "kind": args.kind,
        "dataflows": args.dataflow or [],
        "text": {"en": args.text} if args.text else {},
    }
    _entry(actions.announce(desk, person, entry))
    return 0


def move(desk: Desk, person: Person, args: Arguments) -> int:
    from publisher.desk import actions

    if not args.at:
        raise UsageError("lmis calendar move needs --at, the new date; `cancel` takes an entry back")
    _entry(actions.move(desk, person, _one(args), args.at, args.zone, args.reason))
    return 0


def cancel(desk: Desk, person: Person, args: Arguments) -> int:
    from publisher.desk import actions

    _entry(actions.move(desk, person, _one(args), "", "", args.reason))
    return 0


def entries(desk: Desk, person: Person, args: Arguments) -> int:
    for entry in desk.announce():
        _entry(entry)
    return 0


def _entry(entry: Any) -> None:
    cancelled = "  cancelled" if entry.is_cancelled else ""
    title = " / ".join(entry.title.values())
    print(f"{entry.id}  {entry.instant} {entry.zone}  {entry.provider}  {title}{cancelled}")
    for moved in entry.moved:
        print(f"  {moved.at}: {moved.was} → {moved.to or 'cancelled'}: {moved.reason}")


# -- lmis token and lmis audit ------------------------------------------------------------------


def add(desk: Desk, person: Person, args: Arguments) -> int:
    from publisher.desk import people

    person.need("audit")
    in_a_year = desk.now().replace(microsecond=0) + timedelta(days=DAYS)
    expires = datetime.fromisoformat(args.expires) if args.expires else in_a_year
    if expires.tzinfo is None:
        expires = expires.replace(tzinfo=desk.settings.zone)
    providers = {i for s in desk.structures.find("dataproviderscheme") for i in getattr(s, "items", ())}
    if args.provider and args.provider not in providers:
        raise UsageError(f"there is no provider {args.provider}; providers: {', '.join(sorted(providers))}")
    name, flows, areas = _one(args), args.dataflow or (), args.area or ()
    token = people.issue(desk.folder, name, args.provider, args.role, expires.isoformat(), flows, areas)
    told = {"name": name, "provider": args.provider, "role": args.role, "expires": expires.isoformat()}
    with desk.writing() as book:
        book.add(desk.now(), person.name, "token", "", told)
    print(token)
    print(f"(shown once; {args.role} of {args.provider or 'all providers'} until {expires.isoformat()})")
    return 0


def revoke(desk: Desk, person: Person, args: Arguments) -> int:
    from publisher.desk import people

    person.need("audit")
    gone = people.revoke(desk.folder, _one(args))
    with desk.writing() as book:
        book.add(desk.now(), person.name, "revoke", "", {"name": _one(args), "tokens": gone})
    print(f"{gone} tokens of {_one(args)} are good no more")
    return 0


def holders(desk: Desk, person: Person, args: Arguments) -> int:
    from publisher.desk import people

    person.need("audit")
    for token in people.tokens(desk.folder):
        print(f"{token.name}  {token.role}  {token.provider or 'all providers'}  until {token.expires}")
    return 0


def verify(desk: Desk, person: Person, args: Arguments) -> int:
    from publisher.desk import log as book

    problems = book.verify(desk.path)
    for problem in problems:
        print(problem)
    events = [] if problems else desk.events()
    if problems:
        raise ReleaseError(f"{desk.path}: {len(problems)} problems")
    last = events[-1].hash if events else "none"
    if args.expect and args.expect not in {event.hash for event in events}:
        raise ReleaseError(f"{desk.path} no longer holds the event {args.expect}: its end was cut off")
    print(f"{len(events)} events, whole and in order; the last one's hash: {last}")
    return 0


ACTIONS: dict[str, dict[str, Action]] = {
    "release": {
        "submit": submit,
        "dry-run": dry_run,
        "diff": diff,
        "preview": preview,
        "schedule": schedule,
        "approve": approve,
        "withdraw": withdraw,
        "correct": correct,
        "purge": purge,
        "list": listing,
        "log": log,
    },
    "calendar": {"list": entries, "announce": announce, "move": move, "cancel": cancel},
    "token": {"add": add, "list": holders, "revoke": revoke},
    "audit": {"verify": verify, "log": log},
}
NAMES: Argument = (("name",), {"nargs": "*", "metavar": "NAME"})
AT: Argument = (("--at",), {"default": "", "metavar": "TIME", "help": "2026-12-01T10:00, in --zone"})
ZONE: Argument = (("--zone",), {"default": "", "help": "IANA name (default: `timezone` of the settings)"})
REASON: Argument = (("--reason",), {"default": "", "metavar": "TEXT", "help": "published with it"})
PROVIDER: Argument = (("--provider",), {"default": "", "metavar": "ID", "help": "id of the office"})
DATAFLOW: Argument = (("--dataflow",), {"action": "append", "metavar": "ID", "help": "may be repeated"})
ARGUMENTS: dict[str, tuple[Argument, ...]] = {
    "release": (
        (
            ("name",),
            {
                "nargs": "*",
                "metavar": "NAME",
                "help": "packages to submit; to purge, a dataflow and a key; else key or release id",
            },
        ),
        (("--key",), {"default": "", "help": "submit: new content for this submission"}),
        (("--corrects",), {"default": "", "metavar": "RELEASE", "help": "submit: what it corrects"}),
        REASON,
        AT,
        ZONE,
        (("--entry",), {"default": "", "metavar": "ID", "help": "schedule: entry of the calendar"}),
        (("--content",), {"default": "", "metavar": "HASH", "help": "approve: what was looked at"}),
        (
            ("--period",),
            {"default": "", "metavar": "PERIOD", "help": "purge: of these, with + between (default: all)"},
        ),
        PROVIDER,
        (("--port",), {"type": int, "default": 8480, "help": "preview: port (default %(default)s)"}),
    ),
    "calendar": (
        NAMES,
        AT,
        ZONE,
        REASON,
        PROVIDER,
        DATAFLOW,
        (("--title",), {"default": "", "help": "what comes, in English"}),
        (("--kind",), {"default": "data", "choices": ("data", "structures")}),
        (("--text",), {"default": "", "help": "what changes, for structures"}),
    ),
    "token": (
        NAMES,
        PROVIDER,
        DATAFLOW,
        (("--role",), {"default": "submitter", "help": "reader, submitter, approver, controller"}),
        (("--area",), {"action": "append", "metavar": "CODE", "help": "only this area; may be repeated"}),
        (("--expires",), {"default": "", "metavar": "DATE", "help": "default: in a year"}),
    ),
    "audit": (
        NAMES,
        (("--expect",), {"default": "", "metavar": "HASH", "help": "a hash that was written down before"}),
    ),
}
TEXTS = {
    "release": (
        "Bring a release to the public, from the check to its instant, take it back, or purge cells.",
        "lmis release submit my-package; lmis release schedule 3f9a --at 2026-03-02T10:00\n"
        "  lmis release purge DF_UNE M.MYS._T --period 2024-03 --reason 'identifies an employer'",
    ),
    "calendar": (
        "Announce releases and changes of structures, and change announced dates.",
        "lmis calendar announce --provider MY_OFFICE --title 'Labour force, March' --at 2026-04-09T12:00",
    ),
    "token": ("Give out and revoke the tokens of the offices.", "lmis token add siti --provider MY_OFFICE"),
    "audit": ("Check that the log of who did what is whole, or show it.", "lmis audit verify"),
}
COMMANDS = tuple(
    (name, *TEXTS[name], ((("action",), {"choices": tuple(actions)}), *ARGUMENTS[name]))
    for name, actions in ACTIONS.items()
)
