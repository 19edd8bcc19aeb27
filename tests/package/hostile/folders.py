"""Folders: links, pipes, devices, names, and what is there in place of a file."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

from tests.package.hostile.case import TABLE, Case, plain, write

Change = Callable[[Path], object]


def _changed(change: Change) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        package = plain(folder)
        change(package)
        return package

    return make


def _moved(package: Path, again: Callable[[Path, Path], object]) -> None:
    """jobs.csv lies beside the package, and something else in its place."""
    there = package.parent / "jobs.csv"
    (package / "jobs.csv").rename(there)
    again(package / "jobs.csv", there)


def _socket(package: Path) -> None:
    here = os.getcwd()
    os.chdir(package)
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("s")
    finally:
        os.chdir(here)


def _deep(package: Path) -> None:
    inner = package.joinpath(*["d"] * 20)
    inner.mkdir(parents=True)


def _many(package: Path, kind: str) -> None:
    for number in range(1_001):
        (package / str(number)).mkdir() if kind == "folders" else (package / str(number)).touch()


def _named(*names: str) -> Callable[[Path], Path]:
    return _changed(lambda package: [(package / name).write_bytes(TABLE) for name in names])


def _bytes_name(package: Path) -> None:
    Path(os.fsdecode(os.fsencode(package) + b"/jobs\xff.csv")).write_bytes(TABLE)


def _device(package: Path) -> None:
    try:
        os.mknod(package / "zero", 0o600 | stat.S_IFCHR, os.makedev(1, 5))
    except OSError:  # not as root: a link to one
        (package / "zero").symlink_to("/dev/zero")


def _no_package(make: Callable[[Path], object]) -> Callable[[Path], Path]:
    def made_(folder: Path) -> Path:
        make(folder)
        return folder / "p"

    return made_


def _in_place_of_descriptor(package: Path, again: Callable[[Path], object]) -> None:
    (package / "datapackage.json").unlink()
    again(package / "datapackage.json")


def _large(package: Path) -> None:
    with (package / "jobs.csv").open("r+b") as file:
        file.truncate(600 << 20)


IRREGULAR = "not-a-regular-file"
CASES = [
    *(
        Case(f"folder: {name}", IRREGULAR, _changed(change), posix=True)
        for name, change in {
            "link to a file outside": lambda p: (p / "x.csv").symlink_to("/etc/hostname"),
            "link in place of the table": lambda p: _moved(p, lambda a, b: a.symlink_to(b)),
            "relative link up": lambda p: (p / "x.csv").symlink_to("../../../etc/hostname"),
            "link to a folder": lambda p: (p / "x").symlink_to("/", target_is_directory=True),
            "link to nothing": lambda p: (p / "x.csv").symlink_to("nowhere"),
            "link to itself": lambda p: (p / "x.csv").symlink_to("x.csv"),
            "link to /proc": lambda p: (p / "x.csv").symlink_to("/proc/self/environ"),
            "link to a device": lambda p: (p / "x.csv").symlink_to("/dev/zero"),
            "hard link": lambda p: os.link(p / "jobs.csv", p / "again.csv"),
            "hard link in place of the table": lambda p: _moved(p, lambda a, b: os.link(b, a)),
            "pipe": lambda p: os.mkfifo(p / "x.csv"),
            "pipe in place of the table": lambda p: _moved(p, lambda a, b: os.mkfifo(a)),
            "pipe as descriptor": lambda p: _in_place_of_descriptor(p, os.mkfifo),
            "link as descriptor": lambda p: _in_place_of_descriptor(p, lambda a: a.symlink_to("/etc/hostname")),
            "socket": _socket,
            "device": _device,
            "twenty folders deep": _deep,
        }.items()
    ),
    *(
        Case(f"folder: name {name!r}", "unsafe-name", _named(name), posix=True)
        for name in (
            "a\\b.csv", "a:b.csv", "a*.csv", "a?.csv", 'a"b.csv', "a<b.csv", "a|b.csv", "$HOME.csv", "~a.csv",
            "COM1.csv", "nul", "LPT9.txt", "aux.csv", "dot.csv.", "space.csv ", "line\nend.csv", "tab\t.csv",
            "zero\u200bwidth.csv", "right\u202eleft.csv", "mark\ufeff.csv", "full\uff0fwidth.csv",
            "slash\u2215like.csv", "dots\u2025.csv", "j\u043ebs.csv", "\u03bfutput.csv", "C\u2160.csv\uff1a",
            "CO\u039c1.csv", "\uff23\uff2f\uff2d1.csv",
        )
    ),
    Case("folder: two names but for case", "unsafe-name", _named("More.csv", "more.csv"), posix=True),
    Case("folder: two names but for composition", "unsafe-name", _named("é.csv", "e\u0301.csv"), posix=True),
    Case("folder: name that is not UTF-8", "unsafe-name", _changed(_bytes_name), posix=True),
    Case("folder: 1,001 files", "too-large", _changed(lambda p: _many(p, "files")), heavy=True),
    Case("folder: 1,001 folders", "too-large", _changed(lambda p: _many(p, "folders")), heavy=True),
    Case("folder: 600 MiB", "too-large", _changed(_large)),
    Case("folder: archive inside", "archive-nested", _named("more.zip")),
    Case("folder: packed file inside", "archive-nested", _named("jobs.csv.gz")),
    Case("folder: empty", "package-missing", _no_package(lambda f: (f / "p").mkdir())),
    Case("folder: not there", "package-missing", _no_package(lambda f: None)),
    Case("folder: a text file", "package-missing", _no_package(lambda f: (f / "p").write_text("none"))),
    Case("folder: YAML descriptor", "package-missing", _no_package(
        lambda f: [(f / "p").mkdir(), (f / "p" / "datapackage.yaml").write_text("a: &a [*a, *a]")])),
    Case("folder: a pipe itself", "package-missing", _no_package(lambda f: os.mkfifo(f / "p")), posix=True),
    Case("folder: folder as descriptor", "package-missing",
         _changed(lambda p: _in_place_of_descriptor(p, lambda a: a.mkdir()))),
    Case("folder: folder as table", "file-missing", _changed(lambda p: _moved(p, lambda a, b: a.mkdir()))),
    Case("folder: YAML in the descriptor", "json-invalid", lambda f: (plain(f), write(f, "a: &a [*a]"))[1]),
]  # fmt: skip
