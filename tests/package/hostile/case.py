"""A hostile input: how it is made below a folder of its own, and the code that it is refused with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.package import made

Input = Path | IO[bytes]


@dataclass(frozen=True)
class Case:
    name: str
    code: str  # that must be among those that it is refused with
    make: Callable[[Path], Input]
    heavy: bool = False  # takes more than a moment to make or to refuse
    posix: bool = False  # cannot be made on Windows


LINES = made.texts()
TABLE = made.as_csv(LINES)


def plain(folder: Path, **resource: Any) -> Path:
    """A package that is right."""
    return made.package(folder / "p", "jobs.csv", TABLE, **resource)


def descriptor(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((plain(folder) / "datapackage.json").read_text(encoding="utf-8"))
    return content


def write(folder: Path, content: Any) -> Path:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "p" / "datapackage.json").write_bytes(
        text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    )
    return folder / "p"


def files() -> dict[str, bytes]:
    """The members of a package that is right."""
    content = {
        "name": "made",
        "resources": [{"name": "jobs", "path": "jobs.csv", "sdmx": {"dataflow": made.FLOW}}],
        "sdmx": dict(made.SDMX),
    }
    return {"datapackage.json": json.dumps(content).encode(), "jobs.csv": TABLE}
