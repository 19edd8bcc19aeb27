"""Reports: read by frictionless itself, complete as text, and safe as a page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import frictionless
import pytest

from publisher.errors import Finding
from publisher.package import Report, check, report
from publisher.package.codes import RULES
from publisher.structures.registry import Registry

HERE = Path(__file__).parent
SOME = ("many-at-once", "remote-reference", "duplicate-equal", "row-width", "unknown-code")


@pytest.mark.parametrize("name", SOME)
def test_frictionless_reads_the_report(name: str, registry: Registry) -> None:
    checked = check(HERE / "bad" / name, registry)
    read = frictionless.Report.from_descriptor(json.loads(report.to_json([checked])))
    errors = [*read.errors, *(error for task in read.tasks for error in task.errors)]
    assert read.valid == checked.valid
    assert sorted(e.type for e in errors) == sorted(f.code for f in checked.findings if f.severity == "error")
    assert {(e.row_number, e.field_name, e.cell) for e in errors} == {  # type: ignore[attr-defined]
        (f.row, f.column, f.value) for f in checked.findings if f.severity == "error"
    }
    assert read.to_descriptor()["stats"]["errors"] == len(errors)


def test_frictionless_knows_every_code() -> None:
    for code, rule in RULES.items():
        finding = Finding(code, "something", rule.severity, "a.csv", 2, "SEX", "X", "F, M", rule.remedy)
        one = Report("p", "p", (finding,), 1, 0.1, files={"a.csv": "0" * 64}, counts={code: 1})
        frictionless.Report.from_descriptor(report.to_descriptor(one))


def test_text_tells_what_is_not_shown(registry: Registry) -> None:
    checked = check(HERE / "bad" / "number-form", registry, shown=2)
    lines = report.to_text(checked).splitlines()
    assert lines[0] == "number-form: cannot be published; 13 rows, 12 errors"
    assert len(lines) == 4
    assert lines[-1] == "  … and 10 more [number-form]"
    descriptor = report.to_descriptor(checked)
    assert descriptor["stats"]["errors"] == 12
    assert descriptor["warnings"] == ["… and 10 more [number-form]"]


@pytest.mark.parametrize("form", report.FORMATS)
def test_several_packages_in_one_report(form: str, registry: Registry) -> None:
    checked = [check(HERE / folder, registry) for folder in ("good/plain", "bad/unknown-code")]
    written = report.FORMATS[form](checked)
    assert all(name in written for name in ("plain", "unknown-code"))


class Cells(HTMLParser):
    """The texts of cells that are marked."""

    def __init__(self) -> None:
        super().__init__()
        self.marked: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "td" and ("class", "bad") in attrs

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.marked.append(data)
            self._inside = False


def test_page_marks_the_cells(registry: Registry) -> None:
    cells = Cells()
    cells.feed(report.to_html([check(HERE / "bad" / "many-at-once", registry)]))
    assert sorted(cells.marked) == sorted(["X", "2024", "ZZ", "Q", "x", "(empty)", "(empty)"])


def test_page_escapes_what_the_package_says(registry: Registry, tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script>"
    text = (HERE / "bad" / "unknown-code" / "datapackage.json").read_text(encoding="utf-8")
    descriptor = json.loads(text) | {"title": hostile}
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    table = (HERE / "good" / "plain" / "jobs.csv").read_text(encoding="utf-8").replace(",F,", f",{hostile},")
    (tmp_path / "jobs.csv").write_text(table, encoding="utf-8")
    page = report.to_html([check(tmp_path, registry)])
    assert hostile not in page
    assert page.count("&lt;script&gt;") > 1
