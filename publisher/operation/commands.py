"""`lmis store`, `backup` and `restore`: for who runs the service. docs/operation.md."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import Damaged, UsageError, outcome
from publisher.usage import Argument

if TYPE_CHECKING:
    from publisher.release.progress import Reporter
    from publisher.settings import Settings

Arguments = argparse.Namespace
Action = Callable[["Settings", "Reporter", Arguments], int]


def run(settings: Settings, progress: Reporter, args: Arguments) -> int:
    """Do what the command, and its action where it has some, says."""
    action = ACTIONS[args.command] if args.command in ACTIONS else STORE[args.action]
    return action(settings, progress, args)


def backup(settings: Settings, progress: Reporter, args: Arguments) -> int:
    from publisher.operation.backup import backup as keep
    from publisher.store import Home

    print(keep(Home(settings.home), args.target, progress))
    return 0


def restore(settings: Settings, progress: Reporter, args: Arguments) -> int:
    from publisher.operation.purged import known
    from publisher.operation.restore import restore as bring

    if args.purged and not args.purged.is_file():
        raise UsageError(f"--purged {args.purged}: there is no such file; `lmis backup` writes one")
    print(bring(args.backup, settings.home, progress, known(args.purged) if args.purged else ()))
    return 0


def verify(settings: Settings, progress: Reporter, args: Arguments) -> int:
    from publisher.operation.verify import verify as compare
    from publisher.store import Home

    found = compare(Home(settings.home))
    print(found)
    return outcome(Damaged("")).exit_code if found.findings else 0


def repair(settings: Settings, progress: Reporter, args: Arguments) -> int:
    from publisher.operation.repair import repair as mend

    left = mend(settings, args.source, print)
    print(left)
    return outcome(Damaged("")).exit_code if left.findings else 0


def prune(settings: Settings, progress: Reporter, args: Arguments) -> int:
    from publisher.operation.prune import prune as reduce
    from publisher.store import Home

    print(reduce(Home(settings.home), args.keep, _instant(args.since, settings), args.yes))
    return 0


def _instant(text: str | None, settings: Settings) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--since {text}: write a date as 2025-06-12, or with a time") from None
    return found if found.tzinfo else found.replace(tzinfo=settings.zone)


ACTIONS: dict[str, Action] = {"backup": backup, "restore": restore}
STORE: dict[str, Action] = {"verify": verify, "repair": repair, "prune": prune}
COMMANDS: tuple[tuple[str, str, str, tuple[Argument, ...]], ...] = (
    (
        "backup",
        "Keep a home as it is now, while it is served, in a new folder or a .tar or .tar.gz file.",
        "lmis backup /backup/lmis-2026-11-24.tar --home my-home",
        ((("target",), {"type": Path, "metavar": "TARGET", "help": "new folder, or .tar or .tar.gz file"}),),
    ),
    (
        "restore",
        "Make a new home from a backup; every hash is compared first.",
        "lmis restore /backup/lmis-2026-11-24.tar --home new-home",
        (
            (("backup",), {"type": Path, "metavar": "BACKUP", "help": "what `lmis backup` made"}),
            (
                ("--purged",),
                {
                    "type": Path,
                    "metavar": "FILE",
                    "help": "what was purged since; default: lmis-purged.json beside the backup",
                },
            ),
        ),
    ),
    (
        "store",
        "Compare every hash (verify), mend from a backup (repair), or let old vintages go (prune).",
        "lmis store verify --home my-home; lmis store repair --from /backup/lmis-2026-11-24.tar",
        (
            (("action",), {"choices": tuple(STORE)}),
            (
                ("--from",),
                {"dest": "source", "type": Path, "metavar": "BACKUP", "help": "repair: files come from here"},
            ),
            (("--keep",), {"type": int, "metavar": "N", "help": "prune: keep the newest N vintages"}),
            (
                ("--since",),
                {"metavar": "DATE", "help": "prune: keep what was public at DATE, and everything since"},
            ),
            (("--yes",), {"action": "store_true", "help": "prune: do it; else only tell what would go"}),
        ),
    ),
)
