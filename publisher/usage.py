"""What each command of `lmis` is for, with an example and its arguments; `cli.py` runs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

Argument = tuple[tuple[str, ...], dict[str, Any]]  # flags, and what argparse is told of them

HOME: Argument = (
    ("--home",),
    {"metavar": "DIR", "help": "where everything is kept (LMIS_HOME, else ./lmis-home)"},
)
DSD: Argument = (
    ("--dsd",),
    {
        "action": "append",
        "metavar": "DIR",
        "help": "structures beside the bundled ones (LMIS_DSD); LMIS_BUNDLED_DSD=no leaves those out",
    },
)
QUIET: Argument = (("--quiet",), {"action": "store_true", "help": "no progress"})
BASE_URL: Argument = (
    ("--base-url",),
    {"metavar": "URL", "help": "the service's address as the public sees it"},
)
LANGUAGE: Argument = (("--language",), {"default": "en", "metavar": "LANG", "help": "default %(default)s"})
HOST: Argument = (("--host",), {"default": "127.0.0.1", "help": "address to listen on (default %(default)s)"})
PORT: Argument = (
    ("--port",),
    {"type": int, "default": 8470, "help": "port to listen on (default %(default)s)"},
)
WORKERS: Argument = (
    ("--workers",),
    {"type": int, "default": 2, "help": "web processes (default %(default)s)"},
)
ROLE: Argument = (
    ("--role",),
    {
        "choices": ("all", "web", "publisher", "desk"),
        "default": "all",
        "help": "the process to run: each as its own user protects embargoes (default %(default)s)",
    },
)
DESK_PORT: Argument = (
    ("--desk-port",),
    {"type": int, "default": 8471, "metavar": "PORT", "help": "of the offices' API (default %(default)s)"},
)
METRICS_PORT: Argument = (
    ("--metrics-port",),
    {"type": int, "metavar": "PORT", "help": "figures for Prometheus, to this machine alone (default: none)"},
)
PACKAGES: Argument = (
    ("package",),
    {
        "nargs": "+",
        "type": Path,
        "metavar": "PACKAGE",
        "help": "folder, .zip or .tar.gz with a datapackage.json; files elsewhere only from `allowed_hosts`",
    },
)

# Name, what it is for, an example, its arguments.
COMMANDS: tuple[tuple[str, str, str, tuple[Argument, ...]], ...] = (
    (
        "demo",
        "Publish the bundled packages and serve them.",
        "lmis demo --home my-demo --port 8470",
        (
            HOME,
            DSD,
            BASE_URL,
            HOST,
            PORT,
            WORKERS,
            ROLE,
            DESK_PORT,
            METRICS_PORT,
            QUIET,
            (("--no-serve",), {"action": "store_true", "help": "build the home and exit"}),
        ),
    ),
    (
        "serve",
        "Serve a home until Ctrl-C.",
        "lmis serve --home my-home --port 8470",
        (HOME, BASE_URL, HOST, PORT, WORKERS, ROLE, DESK_PORT, METRICS_PORT),
    ),
    (
        "new",
        "Make a package to fill in: an Excel file with lists of codes, beginning with your last release.",
        "lmis new IDN_BPS DF_LF my-package --home my-home --language id",
        (
            (("provider",), {"metavar": "PROVIDER", "help": "id of the office, as the structures have it"}),
            (("dataflow",), {"metavar": "DATAFLOW", "help": "id or agency:id(version)"}),
            (("folder",), {"type": Path, "metavar": "DIR", "help": "the package to make: a new folder"}),
            HOME,
            DSD,
            LANGUAGE,
            (("--release",), {"metavar": "NAME", "help": "your name of the release (default: today's date)"}),
            (
                ("--from",),
                {"dest": "rows_of", "metavar": "RELEASE", "help": "begin with the rows of this release"},
            ),
            (("--empty",), {"action": "store_true", "help": "begin without rows"}),
        ),
    ),
    (
        "validate",
        "Check data packages against the structures; everything that is wrong is listed.",
        "lmis validate my-package --report report.html --report report.xlsx",
        (
            PACKAGES,
            HOME,
            DSD,
            QUIET,
            LANGUAGE,
            (
                ("--format",),
                {
                    "choices": ("text", "json", "html", "csv"),
                    "default": "text",
                    "help": "default %(default)s",
                },
            ),
            (
                ("--report",),
                {
                    "action": "append",
                    "default": [],
                    "type": Path,
                    "metavar": "FILE",
                    "help": "write the report to FILE.html, .csv, .xlsx, .json or .txt; may be repeated",
                },
            ),
        ),
    ),
    (
        "harmonise",
        "Show each figure of national tables with its cell and labels, beside the key and value made of it.",
        "lmis harmonise my-package --format csv > figures.csv",
        (
            PACKAGES,
            HOME,
            DSD,
            QUIET,
            (("--format",), {"choices": ("text", "csv"), "default": "text", "help": "default %(default)s"}),
        ),
    ),
    (
        "lineage",
        "Show the cell of the office's own table that each public observation came from.",
        "lmis lineage DF_UNE M.MYS.UNE_DEAP_RT --period 2025-08 --home my-home",
        (
            (("dataflow",), {"metavar": "DATAFLOW", "help": "id or agency:id(version)"}),
            (
                ("key",),
                {"metavar": "KEY", "nargs": "?", "default": "*", "help": "as in SDMX REST; default all"},
            ),
            (("--period",), {"default": "", "metavar": "PERIOD", "help": "only this period"}),
            HOME,
            (("--format",), {"choices": ("text", "csv"), "default": "text", "help": "default %(default)s"}),
        ),
    ),
    (
        "publish",
        "Publish the packages of one provider together, as one release.",
        "lmis publish lfs-2025-10 --home my-home",
        (
            PACKAGES,
            HOME,
            DSD,
            BASE_URL,
            QUIET,
            (("--dry-run",), {"action": "store_true", "help": "show what would change; nothing does"}),
            (("--json",), {"action": "store_true", "help": "with --dry-run: as JSON"}),
        ),
    ),
    (
        "releases",
        "List the releases of a home, newest first.",
        "lmis releases --home my-home",
        (HOME,),
    ),
    (
        "export",
        "Write the public site, its data and structures as files, for when the service is down.",
        "lmis export site --home my-home --base-url https://lmis.example",
        (
            (("folder",), {"type": Path, "metavar": "DIR", "help": "new, empty, or an earlier copy"}),
            HOME,
            BASE_URL,
            QUIET,
        ),
    ),
    (
        "catalogue",
        "Show what differs in the CKAN of the settings (plan), or bring it to what is public (sync).",
        "lmis catalogue plan --home my-home; lmis catalogue sync --home my-home",
        (
            (("action",), {"choices": ("plan", "sync")}),
            HOME,
            BASE_URL,
            QUIET,
            (("--watch",), {"action": "store_true", "help": "sync what waits until nothing does"}),
        ),
    ),
    (
        "factsheets",
        "Write fact sheets of the public vintage into a folder.",
        "lmis factsheets --area IDN --lang id --out sheets; lmis factsheets --all",
        (
            HOME,
            DSD,
            BASE_URL,
            QUIET,
            (("--area",), {"action": "append", "metavar": "AREA", "help": "only this area; may be repeated"}),
            (
                ("--lang",),
                {"action": "append", "metavar": "LANG", "help": "only this language; may be repeated"},
            ),
            (("--all",), {"action": "store_true", "help": "every language, not only those of a release"}),
            (("--pdf",), {"action": "store_true", "help": "as PDF too; needs the extra `sheets`"}),
            (("--vintage",), {"type": int, "metavar": "N", "help": "as of this vintage"}),
            (("--jobs",), {"type": int, "default": 1, "metavar": "N", "help": "processes that print PDF"}),
            (
                ("--out",),
                {
                    "type": Path,
                    "default": Path("factsheets"),
                    "metavar": "DIR",
                    "help": "default %(default)s",
                },
            ),
        ),
    ),
    (
        "dsd",
        "Check the structures, write the code maps of national tables as SDMX, or print a Table Schema.",
        "lmis dsd check; lmis dsd schema DF_LF",
        (
            (("action",), {"choices": ("check", "maps", "schema")}),
            (
                ("dataflow",),
                {"nargs": "?", "metavar": "DATAFLOW", "help": "id or agency:id(version), for schema"},
            ),
            HOME,
            DSD,
            (("--lang",), {"default": "en", "help": "language of titles (default %(default)s)"}),
        ),
    ),
)
