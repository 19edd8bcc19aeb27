"""What the gate refuses and cannot lie in a checkout: links, pipes, zip files, limits; and no network."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.package import archives, check, folders, names, tables
from publisher.package.findings import Findings
from publisher.package.readers import delimited
from publisher.structures.registry import Registry

HERE = Path(__file__).parent
PLAIN = HERE / "good" / "plain"
posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")


def codes(path: Path, registry: Registry) -> list[str]:
    return [finding.code for finding in check(path, registry).findings]


def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PLAIN, tmp_path / "package"))


# -- folders ------------------------------------------------------------------------------------


def symlink(folder: Path) -> None:
    (folder / "link.csv").symlink_to("/etc/hostname")


def symlink_in_place(folder: Path) -> None:
    (folder / "jobs.csv").rename(folder.parent / "jobs.csv")
    (folder / "jobs.csv").symlink_to(folder.parent / "jobs.csv")


def symlink_to_folder(folder: Path) -> None:
    (folder / "data").symlink_to(folder.parent, target_is_directory=True)


def hard_link(folder: Path) -> None:
    os.link(folder / "jobs.csv", folder / "again.csv")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "pipe.csv")


def pipe_in_place(folder: Path) -> None:
    (folder / "jobs.csv").unlink()
    os.mkfifo(folder / "jobs.csv")


def listening(folder: Path) -> None:
    here = os.getcwd()
    os.chdir(folder)  # the name of a socket is limited to 108 bytes
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("socket.csv")
    finally:
        os.chdir(here)


@posix
@pytest.mark.parametrize(
    "make", [symlink, symlink_in_place, symlink_to_folder, hard_link, pipe, pipe_in_place, listening]
)
def test_irregular_files(make: Callable[[Path], None], tmp_path: Path, registry: Registry) -> None:
    folder = copy(tmp_path)
    make(folder)
    assert set(codes(folder, registry)) == {"not-a-regular-file"}


@posix
def test_file_exchanged_after_the_look(tmp_path: Path, registry: Registry) -> None:
    folder = copy(tmp_path)
    source = folders.Folder(folder)
    source.members(Findings())
    (folder / "jobs.csv").unlink()
    (folder / "jobs.csv").symlink_to("/etc/hostname")
    with pytest.raises(OSError, match=r"jobs\.csv|symbolic"):
        source.open("jobs.csv")


@pytest.mark.parametrize("path", ["nowhere", "empty", "note.txt"])
def test_no_package(path: str, tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "note.txt").write_text("no zip", encoding="utf-8")
    assert codes(tmp_path / path, registry) == ["package-missing"]


def test_the_descriptor_itself_names_the_package(registry: Registry) -> None:
    assert check(PLAIN / "datapackage.json", registry).valid


# -- limits, each at its border -----------------------------------------------------------------


@pytest.mark.parametrize(("extra", "expected"), [(0, []), (1, ["too-large"])])
def test_number_of_files(extra: int, expected: list[str], tmp_path: Path, registry: Registry) -> None:
    folder = copy(tmp_path)
    for number in range(archives.MAX_MEMBERS - 2 + extra):
        (folder / f"{number}.txt").touch()
    assert codes(folder, registry) == expected


@pytest.mark.parametrize(("less", "expected"), [(0, []), (1, ["too-large"])])
def test_total_size(
    less: int, expected: list[str], monkeypatch: pytest.MonkeyPatch, registry: Registry
) -> None:
    size = sum(path.stat().st_size for path in PLAIN.iterdir())
    monkeypatch.setattr(archives, "MAX_TOTAL", size - less)
    assert codes(PLAIN, registry) == expected


@pytest.mark.parametrize(
    ("length", "expected"), [(tables.MAX_CELL, "text-form"), (tables.MAX_CELL + 1, "cell-too-long")]
)
def test_cell_size(length: int, expected: str, tmp_path: Path, registry: Registry) -> None:
    folder = copy(tmp_path)
    head, row, *_ = (folder / "jobs.csv").read_text(encoding="utf-8").splitlines()
    (folder / "jobs.csv").write_text(f"{head},COMMENT_OBS\n{row},{'x' * length}\n", encoding="utf-8")
    assert expected in codes(folder, registry)


def test_row_longer_than_a_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: Registry) -> None:
    monkeypatch.setattr(delimited, "_BLOCK", 1 << 17)
    folder = copy(tmp_path)
    head, row, *_ = (folder / "jobs.csv").read_text(encoding="utf-8").splitlines()
    (folder / "jobs.csv").write_text(
        f"{head},COMMENT_OBS\n{row},\n{row},{'x' * (1 << 18)}\n", encoding="utf-8"
    )
    report = check(folder, registry)
    assert [(f.code, f.row) for f in report.findings] == [("cell-too-long", 3)]


@pytest.mark.parametrize(("columns", "large"), [(256, False), (257, True)])
def test_number_of_columns(columns: int, large: bool, tmp_path: Path, registry: Registry) -> None:
    folder = copy(tmp_path)
    header = ",".join(f"C{number}" for number in range(columns))
    (folder / "jobs.csv").write_text(f"{header}\n{',' * (columns - 1)}\n", encoding="utf-8")
    assert ("too-large" in codes(folder, registry)) == large


@pytest.mark.parametrize(
    "text", ['{"a":' * 40 + "1" + "}" * 40, "[" * 100_000, '{"a": NaN}', '{"a": 1' + "0" * 5000 + "}"]
)
def test_hostile_json(text: str, tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "datapackage.json").write_text(text, encoding="utf-8")
    assert codes(tmp_path, registry) == ["json-invalid"]


# -- zip files ----------------------------------------------------------------------------------


def zipped(path: Path, members: dict[str, bytes], **attributes: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            for attribute, value in attributes.items():
                setattr(info, attribute, value)
            archive.writestr(info, data)
    return path


FILES = {path.name: path.read_bytes() for path in PLAIN.iterdir()}


@pytest.mark.parametrize("prefix", ["", "package/"])
def test_good_zip(prefix: str, tmp_path: Path, registry: Registry) -> None:
    path = zipped(tmp_path / "p.zip", {prefix + name: data for name, data in FILES.items()})
    report = check(path, registry)
    assert report.valid
    assert set(report.files) == set(FILES)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"../escape.csv": b""}, "unsafe-name"),
        ({"/etc/cron.d/x": b""}, "unsafe-name"),
        ({"C:\\x.csv": b""}, "unsafe-name"),
        ({"zeros.csv": bytes(4 << 20)}, "too-large"),
        ({f"{n}.txt": b"" for n in range(1001)}, "too-large"),
    ],
)
def test_bad_zip(members: dict[str, bytes], code: str, tmp_path: Path, registry: Registry) -> None:
    assert set(codes(zipped(tmp_path / "p.zip", FILES | members), registry)) == {code}


def test_zip_with_a_link(tmp_path: Path, registry: Registry) -> None:
    path = zipped(tmp_path / "p.zip", FILES, external_attr=(stat.S_IFLNK | 0o777) << 16)
    assert set(codes(path, registry)) == {"not-a-regular-file"}


def test_zip_with_a_name_twice(tmp_path: Path, registry: Registry) -> None:
    path = zipped(tmp_path / "p.zip", FILES)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("jobs.csv", b"")
    assert codes(path, registry) == ["archive-invalid"]


def test_zip_whose_bytes_were_changed(tmp_path: Path, registry: Registry) -> None:
    path = zipped(tmp_path / "p.zip", FILES)
    content = bytearray(path.read_bytes())
    at = content.index(b"jobs.csv") + len(b"jobs.csv") + 3
    content[at] ^= 0xFF
    path.write_bytes(bytes(content))
    assert codes(path, registry) == ["file-missing"]


# -- every byte counts, and nothing is fetched ----------------------------------------------------


def test_every_changed_byte_is_found(tmp_path: Path, registry: Registry) -> None:
    folder = Path(shutil.copytree(HERE / "good" / "every-feature", tmp_path / "package"))
    content = (folder / "jobs.csv").read_bytes()
    for position in range(0, len(content), 23):
        changed = content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]
        (folder / "jobs.csv").write_bytes(changed)
        assert "hash-mismatch" in codes(folder, registry)


WATCH = """
import sys
def hook(event, args):
    if event.startswith(("socket.", "urllib", "http.", "subprocess.", "os.system")):
        print("caught", event, args)
sys.path.insert(0, sys.argv[1])
import conftest
from pathlib import Path
from publisher.package import check, report
from publisher.structures.registry import Registry
import frictionless
registry = Registry({a.ref: a for a in conftest.artefacts()})
sys.addaudithook(hook)
for folder in sorted(p.parent for p in Path(sys.argv[1]).glob("*/*/datapackage.json")):
    report.to_json([check(folder, registry)])
print("done")
"""


def test_no_network() -> None:
    command = [sys.executable, "-c", WATCH, str(HERE)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE.parent.parent, check=True)
    assert done.stdout == "done\n"


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("jobs.csv", True),
        ("data/labour force 2024.csv", True),
        ("ข้อมูล.csv", True),
        ("a" * 251 + ".csv", True),
        ("a" * 252 + ".csv", False),
        ("data//jobs.csv", False),
        ("data/.", False),
        ("COM1.csv", False),
        ("jobs.csv.", False),
        ("jobs\u200b.csv", False),
        ("", False),
    ],
)
def test_names(name: str, right: bool) -> None:
    assert (names.fault(name) is None) == right
