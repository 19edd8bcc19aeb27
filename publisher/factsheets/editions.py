"""Which vintage a sheet is of: the newest in which anything changed that it says.

A sheet that a release does not touch stays the file that it was, with its number, date and address. So the
number is kept beside the files, one `<AREA>.edition.json` for each area.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from publisher.factsheets.definition import folders
from publisher.settings import Settings
from publisher.store import Snapshot

SUFFIX = ".edition.json"


@dataclass(frozen=True)
class Edition:
    vintage: int
    instant: str  # ISO 8601
    content: str = ""  # hash of all that the sheet says, in any language, but its number and date
    files: dict[str, str] = field(default_factory=dict)  # name → SHA-256

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.instant)


NONE = Edition(0, "1970-01-01T00:00:00+00:00")


def of(snapshot: Snapshot, content: str = "") -> Edition:
    """The edition of a sheet that is new in this vintage."""
    return Edition(snapshot.number, snapshot.record["instant"], content)


def read(folder: Path | None, area: str) -> Edition | None:
    """The edition of the area's sheet in a folder of sheets; None where none is told."""
    path = folder / f"{area}{SUFFIX}" if folder else None
    return Edition(**json.loads(path.read_text(encoding="utf-8"))) if path and path.is_file() else None


def write(folder: Path, area: str, edition: Edition) -> Path:
    path = folder / f"{area}{SUFFIX}"
    text = json.dumps(asdict(edition), indent=1, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def add(folder: Path, area: str, files: Mapping[str, str]) -> None:
    """Tell further files of the area's sheet, by their hashes."""
    if files and (edition := read(folder, area)):
        write(folder, area, replace(edition, files={**edition.files, **files}))


def same(folder: Path | None, edition: Edition, name: str) -> bytes | None:
    """The file of the edition in the folder, None when it is not there or not as it was written."""
    path = folder / name if folder else None
    content = path.read_bytes() if path and name in edition.files and path.is_file() else b""
    return content if edition.files.get(name) == digest(content) else None


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def surroundings(snapshot: Snapshot, settings: Settings) -> str:
    """Hash of what sheets are made with: program, structures, templates, address."""
    try:
        program = version("lmis-publisher")
    except PackageNotFoundError:
        program = ""
    told = sha256(f"{program}\n{snapshot.record['structures']}\n{settings.base_url}\n".encode())
    for place in folders(settings):
        for path in sorted([*(place / "factsheets").rglob("*"), *(place / "charts").rglob("*")]):
            if path.is_file():
                told.update(f"{path.relative_to(place).as_posix()}\n".encode() + path.read_bytes())
    return told.hexdigest()
