"""PDF/UA-1 and PDF/A-2a, judged by veraPDF."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from publisher.factsheets import pdf
from publisher.factsheets.build import Writer
from publisher.settings import Settings
from publisher.store import Snapshot
from tests.factsheets.sample import IS_WHOLE, LANGUAGES, areas

pytestmark = pytest.mark.slow
BUNDLED = Settings(home=Path(), base_url="https://lmis.example.org")
JARS = Path(os.environ.get("LMIS_SHEETS", ".venv/sheets")) / "jars"
JUDGE = Path(__file__).parent / "verapdf" / "Judge.java"


def judge(files: list[Path]) -> list[str]:
    """What is not as the standards want it."""
    if not JARS.is_dir() or shutil.which("java") is None:
        pytest.skip(f"veraPDF is not in {JARS}")
    command = ["java", "-cp", f"{JARS}/*", str(JUDGE), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert len(lines) == 2 * len(files), done.stderr
    return [line for line in lines if line.split("\t")[2] != "true"]


def test_sheets_keep_to_the_standards(bundled: Snapshot, tmp_path: Path) -> None:
    if absent := pdf.lacking():
        pytest.skip(f"PDF needs {', '.join(absent)} (extra `sheets`)")
    writer = Writer(bundled, BUNDLED)
    files = []
    tags = LANGUAGES if IS_WHOLE else ("en", "km", "my", "zh")
    for tag in tags:
        for area in areas(tag):
            files.append(tmp_path / f"{area}.{tag}.pdf")
            files[-1].write_bytes(pdf.write(BUNDLED, writer.html(area, tag)))
    assert judge(files) == []


def test_the_judge_bites(tmp_path: Path) -> None:
    """An empty page that nobody tagged."""
    pikepdf = pytest.importorskip("pikepdf")
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(tmp_path / "bad.pdf")
    assert len(judge([tmp_path / "bad.pdf"])) == 2
