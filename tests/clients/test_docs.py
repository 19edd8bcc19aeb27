"""docs/clients.md shows the scripts that are run, whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parent / "scripts").iterdir())
DOCS = (Path(__file__).parents[2] / "docs" / "clients.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```[a-z]+\n(.*?)^```$", DOCS, re.M | re.S)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_script_is_shown(script: Path) -> None:
    assert script.read_text(encoding="utf-8") in BLOCKS


def test_the_frame(demo_home: Path) -> None:
    """The one block that is no script."""
    (block,) = (block for block in BLOCKS if "frames.read" in block)
    names: dict[str, object] = {}
    exec(block.replace("my-home", str(demo_home)), names)
    assert len(names["unemployment"]) > 100  # type: ignore[arg-type]
