"""The lines that the explorer shows for each tool, run as printed: all find what the query answers."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from publisher.web.snippets import WAYS

pytestmark = pytest.mark.slow
VIEWS = (
    "DF_UNE?c[FREQ]=A&c[INDICATOR]=UNE_DEAP_RT&c[SEX]=_T,F&c[REF_AREA]=MYS,VNM&c[TIME_PERIOD]=ge:2015+le:2020",
    "DF_EMP?c[FREQ]=M&c[REF_AREA]=MYS&c[INDICATOR]=EMP_TEMP_NB&lastNObservations=3&asOf=2025-06-30T00:00:00Z",
)
Found = set[tuple[str, str, str, float]]
KEY = ("FREQ", "REF_AREA", "INDICATOR", "SEX", "AGE", "SOURCE", "TIME_PERIOD")
# DuckDB's own command line as far as the lines use it, where it is not installed.
DUCKDB = """#!{python}
import sys, duckdb
duckdb.sql(sys.argv[sys.argv.index("-c") + 1]).write_csv("shown.csv")
print(open("shown.csv", encoding="utf-8").read())
"""


def _told(rows: Iterable[Any], value: str = "OBS_VALUE", time: str = "TIME_PERIOD") -> set[tuple[Any, ...]]:
    names = (*KEY[:-1], time)
    return {(*(str(row[name]) for name in names), float(row[value])) for row in rows}


def _python(code: str, folder: Path) -> set[tuple[Any, ...]]:
    show = "data = data.reset_index()\nprint(data.to_csv(index=False))"
    return _told(csv.DictReader(io.StringIO(_run([sys.executable, "-c", f"{code}\n{show}"], folder))))


def _sdmx1(code: str, folder: Path) -> set[tuple[Any, ...]]:
    show = "data = data.reset_index()\nprint(data.to_csv(index=False))"
    answer = _run([sys.executable, "-c", f"{code}\n{show}"], folder)
    return _told(csv.DictReader(io.StringIO(answer)), "value")


def _r(code: str, folder: Path) -> set[tuple[Any, ...]]:
    found = shutil.which("Rscript")
    probe = 'quit(status = !requireNamespace("rsdmx", quietly = TRUE))'
    if not found or subprocess.run([found, "-e", probe], check=False).returncode:
        pytest.skip("rsdmx is not installed; tests/clients/install.sh says why")
    # rsdmx 0.6 warns of a condition of its own for each observation with several attributes.
    (folder / "x.R").write_text(f"options(warn = -1)\n{code}\nwrite.csv(data, row.names = FALSE)\n", "utf-8")
    return _told(csv.DictReader(io.StringIO(_run([found, "x.R"], folder))))


def _shell(code: str, folder: Path) -> set[tuple[Any, ...]]:
    if not shutil.which("sh") or not shutil.which("curl"):
        pytest.skip("sh or curl is not installed")
    if not shutil.which("duckdb"):
        (folder / "duckdb").write_text(DUCKDB.format(python=sys.executable), "utf-8")
        (folder / "duckdb").chmod(0o755)
    return _told(csv.DictReader(io.StringIO(_run(["sh", "-c", code], folder))))


def _power_query(code: str, folder: Path) -> set[tuple[Any, ...]]:
    """There is no Excel here: the steps follow from each other, brackets close, and the address answers."""
    steps = re.findall(r"^ {4}(\w+) = (.*?),?$", code, re.M)
    assert code.startswith("let\n")
    assert code.endswith(f"in\n    {steps[-1][0]}")
    for (before, _), (_, step) in pairwise(steps):
        assert re.search(rf"\({before},", step), f"{step} does not take up {before}"
    bare = re.sub(r'"[^"]*"', "", code)
    assert all(bare.count(a) == bare.count(b) for a, b in ("()", "[]", "{}"))
    (url,) = re.findall(r'Web\.Contents\("([^"]*)"\)', code)
    with urllib.request.urlopen(url) as answer:
        return _told(csv.DictReader(io.StringIO(answer.read().decode("utf-8"))))


def _run(command: list[str], folder: Path) -> str:
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=folder, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


RUN: dict[str, Callable[[str, Path], set[tuple[Any, ...]]]] = {
    "excel": _power_query,
    "pandas": _python,
    "python": _sdmx1,
    "r": _r,
    "curl": _shell,
    "duckdb": _shell,
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("way", WAYS)
def test_what_is_shown_finds_what_the_query_answers(base: str, tmp_path: Path, way: str, view: str) -> None:
    with urllib.request.urlopen(f"{base}/en/explore/{view}") as answer:
        page = html.document_fromstring(answer.read().decode("utf-8"))
    blocks = [block.text_content() for block in page.xpath("//details[@class='snippet']//code")]
    (query,) = (block for block in blocks if block.startswith("http"))
    code = blocks[-len(WAYS) :][list(WAYS).index(way)]
    public = query.partition("/sdmx/")[0]
    assert public in code
    address = f"{query.replace(public, base)}&format=csvdata".replace("[", "%5B").replace("]", "%5D")
    with urllib.request.urlopen(address) as answer:
        expected = _told(csv.DictReader(io.StringIO(answer.read().decode("utf-8"))))
    assert len(expected) > 2
    assert RUN[way](code.replace(public, base), tmp_path) == expected
