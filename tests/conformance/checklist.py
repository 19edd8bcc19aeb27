"""The checklist that ships with the pages, read for its tests."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "templates" / "pages" / "conformance.toml"
GENERATIONS = ("v2", "v1")


def lines() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each line with its section."""
    for section in tomllib.loads(FILE.read_text(encoding="utf-8"))["section"]:
        for line in section["line"]:
            yield section, line


def named() -> set[str]:
    """The tests that any line names."""
    return {test for _, line in lines() for api in GENERATIONS for test in line.get(api, [])}
