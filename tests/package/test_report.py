"""Reports: read by frictionless itself, complete as text, and safe as a page."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from string import Formatter

import frictionless
import openpyxl
import pytest

from publisher.errors import Finding, UsageError
from publisher.package import Report, accepted, check, report, report_page
from publisher.package.codes import RULES
from publisher.package.findings import Findings
from publisher.package.report_model import KINDS, groups, tables
from publisher.package.words import words
from publisher.structures.registry import Registry

HERE = Path(__file__).parent
LANGUAGES = ("en", "id")
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
    """The texts of cells that are marked, what can be linked to, and what is."""

    def __init__(self) -> None:
        super().__init__()
        self.marked: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._inside = said.get("class", "") if tag == "td" and said.get("class") in KINDS else ""
        self.tags.add(tag)
        self.names |= said.keys()
        self.ids += [said["id"]] if "id" in said else []
        self.links |= {said["href"]} if "href" in said else set()

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.marked.append((self._inside, data))
            self._inside = ""


def parsed(page: str) -> Cells:
    cells = Cells()
    cells.feed(page)
    return cells


def test_page_marks_the_cells(registry: Registry) -> None:
    page = parsed(report.to_html([check(HERE / "bad" / "many-at-once", registry)]))
    errors = [text for kind, text in page.marked if kind == "error"]
    assert sorted(errors) == sorted(["X", "2024", "ZZ", "Q", "x", "(empty)", "(empty)"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_stands_alone(registry: Registry, language: str) -> None:
    """Nothing but itself and its style, which its policy names; every link leads to something in it."""
    reports = [check(HERE / "bad" / name, registry) for name in SOME]
    text = report.to_html(reports, words(language))
    page = parsed(text)
    assert not page.tags & {"script", "link", "img", "iframe", "form", "object", "base"}
    assert not {name for name in page.names if name.startswith("on")} | (page.names & {"style", "src"})
    assert len(page.ids) == len(set(page.ids))
    assert page.links == {f"#{id_}" for id_ in page.ids} & page.links
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.S)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src &#39;none&#39;; style-src &#39;sha256-{digest}&#39;;" in text
    assert "⟦" not in text
    assert f'<html lang="{language}">' in text


def test_languages_have_the_same_words() -> None:
    english, *others = (words(language) for language in LANGUAGES)
    rules = {f"rule.{code}.{name}" for code in RULES for name in ("title", "remedy")}
    for other in others:
        assert other.strings.keys() >= english.strings.keys() | rules
        assert all(fields(other.strings[name]) == fields(text) for name, text in english.strings.items())


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_rows_around_and_between(registry: Registry) -> None:
    """A row with a finding, its neighbours, and how many lie between."""
    checked = check(HERE / "bad" / "many-at-once", registry)
    for table in tables(checked, groups(checked)):
        lines = [row.line for row in table.rows]
        assert lines == sorted(lines)
        found = {row.line for row in table.rows if row.findings}
        assert all({line - 1, line, line + 1} & found for line in lines)
        assert all(row.skipped == row.line - before.line - 1 for before, row in pairwise(table.rows))


def test_how_to_accept(registry: Registry) -> None:
    """What the page says to write is what the check takes."""
    warning = Finding("outlier", "far", "warning", "a.csv", 7, "OBS_VALUE", "9")
    one = Report("p", "p", (warning, replace(warning, row=9)), 2, 0.1, counts={"outlier": 2})
    (group,) = groups(one)
    said = json.loads(group.acceptance)
    assert said == {"code": "outlier", "file": "a.csv", "column": "OBS_VALUE", "reason": "…"}
    findings = Findings()
    (taken,) = accepted.read({"sdmx": {"accepted": [said]}}, findings)
    assert not findings.kept
    assert all(taken.covers(finding) for finding in one.findings)


def test_table_of_findings(registry: Registry) -> None:
    checked = [check(HERE / "bad" / name, registry) for name in SOME] + [check(HERE / "good/plain", registry)]
    head, *rows = csv.reader(io.StringIO(report.to_csv(checked)))
    said = [dict(zip(head, row, strict=True)) for row in rows]
    assert len(said) == sum(len(each.findings) for each in checked) + 1
    assert said[-1]["What is found"] == "nothing was found"
    names = ("Code", "File", "Row", "Column", "Value", "Allowed", "Remedy")
    assert [tuple(row[name] for name in names) for row in said[:-1]] == [
        (f.code, f.file or "", str(f.row or ""), f.column or "", f.value or "", f.allowed or "", f.remedy)
        for each in checked
        for f in each.findings
    ]


FORMULA = '=HYPERLINK("http://example.org","x")'


def hostile_report() -> Report:
    finding = Finding(
        "unknown-code", f"{FORMULA} is no code", "error", "a.xlsx, sheet [x]*", 7, "SEX", FORMULA, "-5, @x"
    )
    excerpts = {("a.xlsx, sheet [x]*", 7): {"SEX": FORMULA, "OBS_VALUE": "-5"}}
    return Report("+p", "p", (finding,), 1, 0.1, counts={"unknown-code": 1}, excerpts=excerpts)


def test_no_spreadsheet_calculates_a_report(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    report.write(path, [hostile_report()], words("id"))
    findings, table = openpyxl.load_workbook(path).worksheets
    cells = [cell for sheet in (findings, table) for row in sheet for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n"}
    assert [cell.value for cell in table[2]][:3] == [7, FORMULA, "-5"]
    assert table["B2"].fill.fgColor.rgb == "FFFDE7E5"
    assert table["C2"].fill.fill_type is None
    told = dict(zip([c.value for c in findings[1]], [c.value for c in findings[2]], strict=True))
    assert (told["Berkas"], told["Lembar"], told["Nilai"]) == ("a.xlsx", "[x]*", FORMULA)
    row = list(csv.reader(io.StringIO(report.to_csv([hostile_report()]))))[1]
    assert not [cell for cell in row if cell[:1] in tuple("=+-@")]


@pytest.mark.parametrize("ending", report.ENDINGS)
def test_written_by_ending(ending: str, registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "new" / f"report{ending}"
    report.write(path, [check(HERE / "bad" / "unknown-code", registry)], words())
    starts = {".html": b"<!doctype html>", ".json": b"{", ".xlsx": b"PK", ".csv": b"\xef\xbb\xbfPackage"}
    assert path.read_bytes().startswith(starts.get(ending, b"unknown-code"))


def test_an_ending_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.txt, \.json, \.html, \.csv, \.xlsx"):
        report.format_of(tmp_path / "report.pdf")


def test_every_code_is_explained_in_the_page() -> None:
    assert report_page.explained().keys() == RULES.keys()


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
