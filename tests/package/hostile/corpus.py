"""All hostile inputs, and the guard that watches what is done with one."""

from __future__ import annotations

import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from publisher.package import Report, check
from publisher.structures.registry import Registry
from tests.package.hostile import descriptors, folders, jsons, messages, tables, tars, workbooks, zips
from tests.package.hostile.case import Case

CASES: list[Case] = [
    case
    for module in (folders, zips, tars, descriptors, jsons, tables, workbooks, messages)
    for case in module.CASES
]
ROOT = Path(__file__).parents[3]
# What a program reads of itself: the interpreter, libraries, this checkout and the data of the system.
OWN = (
    "__editable__",
    *(
        str(p)
        for p in (  # where the finder of an editable install looks
            ROOT,
            sys.prefix,
            sys.base_prefix,
            *sysconfig.get_paths().values(),
            "/usr",
            "/proc/self",
        )
    ),
)
NEVER = ("socket.", "urllib.", "http.client", "ftplib.", "smtplib.", "subprocess.", "os.system", "os.exec",
         "os.posix_spawn", "os.fork", "ctypes.dlopen", "webbrowser.", "os.symlink", "os.link")  # fmt: skip
_watching: list[tuple[Path, list[str]]] = []
_installed: list[bool] = []


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _watching:
        return
    work, seen = _watching[-1]
    if event.startswith(NEVER):
        seen.append(f"{event} {args}")
    elif event == "open":
        name, _, flags = args
        if isinstance(name, (str, bytes, Path)):
            path = str(name.decode() if isinstance(name, bytes) else name)
            own = path.startswith(OWN) and not (flags or 0) & 3
            if not own and not path.startswith(str(work)):
                seen.append(f"open {path}")


@contextmanager
def watched(work: Path) -> Iterator[list[str]]:
    """Everything that is opened outside of `work` (reading the program itself apart), and every call out."""
    if not _installed:
        sys.addaudithook(_hook)
        _installed.append(True)
    before, tempfile.tempdir = tempfile.tempdir, str(work)
    seen: list[str] = []
    _watching.append((work, seen))
    try:
        yield seen
    finally:
        _watching.pop()
        tempfile.tempdir = before


def refused(case: Case, work: Path, registry: Registry) -> tuple[Report, list[str]]:
    """The report on a case made in `work`, and what was done that must not be."""
    made = case.make(work)
    before = sorted(work.rglob("*"))
    with watched(work) as seen:
        report = check(made, registry)
    if sorted(work.rglob("*")) != before:
        seen.append("files were left in the work folder")
    return report, seen
