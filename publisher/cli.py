"""The `lmis` command. Everything heavy is imported inside the command that needs it.

Exit codes: 0 done (also: nothing to do), 1 a package is refused, 2 wrong usage or a bad query,
3 the structures do not hold together, 4 the release does not fit the store, 5 a catalogue refused,
6 the person may not, 7 the disk or the system refused, 8 the store is damaged, 70 a fault of ours,
130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from publisher import usage
from publisher.desk import commands
from publisher.errors import Damaged, PackageError, UserError, outcome, refused
from publisher.operation import commands as operations
from publisher.usage import Argument

if TYPE_CHECKING:
    from publisher.settings import Settings

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is the outcome."""
    args = parser().parse_args(argv)
    return ended(lambda: args.run(args))


def ended(run: Callable[[], int]) -> int:
    """The exit code of `run`; what a user did or a disk refused is told on standard error."""
    try:
        return int(run())
    except (UserError, Damaged) as error:
        return _told(error)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        return _told(refused(error))


def _told(error: UserError | Damaged) -> int:
    with contextlib.suppress(OSError):  # what the errors go to may be what is full: the exit code still tells
        print(f"lmis: {error}", file=sys.stderr)
        for finding in error.findings:
            print(f"  {finding}", file=sys.stderr)
    return outcome(error).exit_code


def parser() -> argparse.ArgumentParser:
    """All commands; tests and the reference in docs/cli.md read it."""
    top = argparse.ArgumentParser(
        prog="lmis",
        description="Statistical data packages in; an SDMX service, a catalogue and country fact sheets out.",
        epilog=__doc__.partition("\n\n")[2] if __doc__ else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, run, help_text, example, arguments in COMMANDS:
        command = commands.add_parser(
            name,
            help=help_text,
            description=help_text,
            epilog=f"example:\n  {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.set_defaults(run=run, command=name)
        for flags, options in arguments:
            command.add_argument(*flags, **options)
    return top


def settings(args: argparse.Namespace) -> Settings:
    from publisher.settings import load

    return load(
        getattr(args, "home", None),
        dsd=getattr(args, "dsd", None),
        base_url=getattr(args, "base_url", None),
    )


def validate(args: argparse.Namespace) -> int:
    from publisher.package import report
    from publisher.package.words import words
    from publisher.release.publish import examined
    from publisher.release.structures import registry
    from publisher.store import Home

    chosen = settings(args)
    spoken = words(args.language, chosen.templates)
    for path in args.report:
        report.format_of(path)  # a wrong name is told before the work
    structures = registry(chosen)
    checked = examined(chosen, Home(chosen.home), args.package, structures, progress(args))
    print(report.FORMATS[args.format](checked, spoken))
    for path in args.report:
        report.write(path, checked, spoken)
    if not all(r.valid for r in checked):
        return outcome(PackageError("")).exit_code
    if args.home and args.format == "text":
        from publisher.release.dry_run import effect

        print(effect(chosen, structures, checked))
    return 0


def new(args: argparse.Namespace) -> int:
    from publisher.release.new import new as run

    made = run(
        settings(args),
        args.provider,
        args.dataflow,
        args.folder,
        args.release or date.today().isoformat(),
        language=args.language,
        release=args.rows_of or "",
        empty=args.empty,
    )
    print(f"{made}: fill in the workbook, then `lmis validate {made}`")
    return 0


def harmonise(args: argparse.Namespace) -> int:
    from publisher.package import check, report
    from publisher.package.harmonise import show
    from publisher.release.structures import registry

    structures = registry(settings(args))
    checked = [check(path, structures, progress=progress(args)) for path in args.package]
    shown = show.table(d for its in checked for d in its.deliveries)
    for line in show.FORMATS[args.format](shown):
        print(line)
    print(show.summary(shown), file=sys.stderr)
    for its in checked:
        print(report.to_text(its), file=sys.stderr)
    return 0 if all(r.valid for r in checked) else outcome(PackageError("")).exit_code


def lineage(args: argparse.Namespace) -> int:
    from publisher.package.harmonise import show
    from publisher.release.lineage import lineage as run
    from publisher.store import Home, current

    snapshot = current(Home(settings(args).home))
    for line in show.FORMATS[args.format](run(snapshot, args.dataflow, args.key, args.period)):
        print(line)
    return 0


def publish(args: argparse.Namespace) -> int:
    if args.dry_run:
        return _dry_run(args)
    from publisher.release.publish import publish as run

    done = run(settings(args), args.package, progress(args))
    print(done)
    return 0


def _dry_run(args: argparse.Namespace) -> int:
    from publisher.release.dry_run import dry_run

    done = dry_run(settings(args), args.package, progress(args))
    print(json.dumps(done.descriptor(), ensure_ascii=False, indent=2) if args.json else done)
    return 0


def demo(args: argparse.Namespace) -> int:
    from publisher.release.demo import build

    chosen = settings(args)
    if not args.no_serve:
        return _demo_apart(args) or _serve(chosen, args)
    build(chosen, progress(args))
    return 0


def _demo_apart(args: argparse.Namespace) -> int:
    """Build the demo in a process of its own; its exit code.

    The web's processes are forked from this one, and an engine of charts that ran before a fork answers
    nobody after it.
    """
    words = [word for folder in args.dsd or () for word in ("--dsd", folder)]
    words += [word for flag, value in (("--home", args.home), ("--base-url", args.base_url)) if value
              for word in (flag, value)]  # fmt: skip
    words += ["--quiet"] if args.quiet else []
    return subprocess.run(
        [sys.executable, "-m", "publisher", "demo", "--no-serve", *words], check=False
    ).returncode


def serve(args: argparse.Namespace) -> int:
    return _serve(settings(args), args)


def _serve(chosen: Settings, args: argparse.Namespace) -> int:
    from publisher.desk.serve import serve as run

    return run(chosen, args.role, args.host, args.port, args.workers, args.desk_port, args.metrics_port)


def desk(args: argparse.Namespace) -> int:
    return commands.run(settings(args), progress(args), args)


def operation(args: argparse.Namespace) -> int:
    return operations.run(settings(args), progress(args), args)


def releases(args: argparse.Namespace) -> int:
    from publisher.release.listing import listing

    for line in listing(settings(args)):
        print(line)
    return 0


def factsheets(args: argparse.Namespace) -> int:
    from publisher.release.sheets import Wanted, rebuild

    chosen = settings(args)
    only, tags = (tuple(given) if given else None for given in (args.area, args.lang))
    wanted = Wanted(args.out, only, tags, args.all, args.pdf, args.vintage)
    for path in rebuild(chosen, wanted, progress(args), args.jobs):
        print(path)
    return 0


def export(args: argparse.Namespace) -> int:
    from publisher.web.export import export as run

    print(f"{args.folder}: {run(settings(args), args.folder, progress(args)):,} files")
    return 0


def catalogue(args: argparse.Namespace) -> int:
    from publisher.release import catalogues

    chosen = settings(args)
    if args.action == "plan":
        print(catalogues.plan(chosen))
    else:
        bring = catalogues.watch if args.watch else catalogues.sync
        print(bring(chosen, progress(args)))
    return 0


def dsd(args: argparse.Namespace) -> int:
    return DSD_ACTIONS[args.action](args)


def _dsd_check(args: argparse.Namespace) -> int:
    from publisher.errors import StructureError
    from publisher.package.rules import written
    from publisher.structures.check import check
    from publisher.structures.registry import Registry

    folders = settings(args).structures()
    findings = check(*folders)
    if not any(f.severity == "error" for f in findings):  # tables are judged by structures that hold
        findings = (*findings, *written.check(Registry.load(*folders)))
    for finding in findings:
        print(f"{finding.severity}: {finding}")
    errors = sum(f.severity == "error" for f in findings)
    print(f"{errors} errors, {len(findings) - errors} warnings in {', '.join(f.name for f in folders)}")
    return outcome(StructureError("")).exit_code if errors else 0


def _dsd_schema(args: argparse.Namespace) -> int:
    from publisher.errors import UsageError
    from publisher.release.structures import dataflow, registry
    from publisher.structures.schema import table_schema

    if not args.dataflow:
        raise UsageError("lmis dsd schema needs a DATAFLOW, e.g. `lmis dsd schema DF_LF`")
    structures = registry(settings(args))
    definition = structures.definition(dataflow(structures, args.dataflow))
    print(json.dumps(table_schema(definition, structures, (args.lang,)), ensure_ascii=False, indent=2))
    return 0


def _dsd_maps(args: argparse.Namespace) -> int:
    from publisher.release.maps import bring

    for path in bring(settings(args).structures()):
        print(path)
    return 0


DSD_ACTIONS: dict[str, Command] = {"check": _dsd_check, "maps": _dsd_maps, "schema": _dsd_schema}


def progress(args: argparse.Namespace) -> Callable[[str], None]:
    """Where progress goes: one line that is rewritten on a terminal, plain lines otherwise."""
    from publisher.release.progress import reporter

    return reporter(sys.stderr, quiet=getattr(args, "quiet", False))


RUN: dict[str, Command] = {
    "demo": demo,
    "serve": serve,
    "new": new,
    "validate": validate,
    "harmonise": harmonise,
    "lineage": lineage,
    "publish": publish,
    "releases": releases,
    "export": export,
    "catalogue": catalogue,
    "factsheets": factsheets,
    "dsd": dsd,
}
COMMANDS: tuple[tuple[str, Command, str, str, tuple[Argument, ...]], ...] = (
    *((name, RUN[name], text, example, arguments) for name, text, example, arguments in usage.COMMANDS),
    *(
        (name, desk, text, example, (*arguments, usage.HOME, usage.DSD, usage.QUIET))
        for name, text, example, arguments in commands.COMMANDS
    ),
    *(
        (name, operation, text, example, (*arguments, usage.HOME, usage.QUIET))
        for name, text, example, arguments in operations.COMMANDS
    ),
)


if __name__ == "__main__":
    raise SystemExit(main())
